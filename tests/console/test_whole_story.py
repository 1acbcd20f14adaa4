"""One matter through five pairs of hands, each at their own screen: from the citizen's telephone to the leader's desk."""

import re

from playwright.async_api import Page, ViewportSize, expect

from tests.console.conftest import Hall, findings
from tests.flow.steps import called_back

PHONE = ViewportSize(width=390, height=844)
TITLE = "小区旁公厕夜间不开放"
LETTER = "我们小区旁边的公厕晚上八点就锁门,老人散步、出租车司机都找不到地方,反映过两次没有结果,希望延长开放时间。"
ANSWER = "您好,您反映的小区旁公厕夜间不开放的事项,我局已于11月23日调整为二十四小时开放并张贴告示,感谢您的监督。"


async def write(page: Page) -> tuple[int, str]:
    """The citizen writes on a telephone; (ticket, query code)."""
    await page.goto("/")
    await page.get_by_label("标题").fill(TITLE)
    await page.get_by_label("诉求内容").fill(LETTER)
    await page.get_by_label("诉求类型").select_option("complaint")
    await page.get_by_label("联系电话").fill("13912345678")
    await page.get_by_label("所在区和街道").select_option(label="芙蓉里街道")
    await page.get_by_role("button", name="提交诉求").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("已收到您的诉求")
    number, code = [(await found.inner_text()).replace(" ", "") for found in await page.locator(".numbers dd").all()][
        :2
    ]
    return int(number), code


async def reply(page: Page) -> None:
    """Signed, the citizen spoken with, answered: the unit never leaves the keyboard but to say what it did."""
    await page.get_by_role("row", name=TITLE).click()
    await page.keyboard.press("Alt+s")
    await expect(page.get_by_text("已签收 1 件")).to_be_visible()
    await expect(page.get_by_role("tab", name="办理中1")).to_be_visible()
    await page.keyboard.press("2")
    await page.get_by_role("row", name=TITLE).click()
    await expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    await expect(page.get_by_role("button", name="联系诉求人")).to_be_visible()
    await page.keyboard.press("Alt+l")
    await page.get_by_label("联系结果").fill("已电话说明,今晚起不锁门")
    await page.get_by_role("radio", name="是", exact=True).check()
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("已电话说明,今晚起不锁门")).to_be_visible()
    await page.keyboard.press("Alt+r")
    await page.get_by_role("radio", name="属实", exact=True).check()
    await page.get_by_role("radio", name="已解决").check()
    await page.get_by_label("办理情况").fill("已通知管养单位调整开放时间。")
    await page.get_by_label("公开答复").fill(ANSWER)
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("回复已提交")).to_be_visible()


async def test_a_letter_goes_from_the_citizen_to_the_leader_and_an_instruction_comes_back(hall: Hall) -> None:
    city = hall.city
    citizen = await hall.stranger(PHONE, java_script_enabled=False)
    number, code = await write(citizen)
    await hall.work()
    assert await city.state(number) == "registered", "a matter that the catalogue leaves to a person"

    dispatcher = await hall.opens("dispatcher", "/dispatch")
    await expect(dispatcher.get_by_role("heading", name=TITLE)).to_be_visible()
    await expect(dispatcher.get_by_role("heading", name="经过")).to_be_visible()
    await dispatcher.keyboard.press("u")
    await dispatcher.keyboard.type("城市管理局")
    await dispatcher.get_by_role("option", name="城市管理局").first.click()
    await dispatcher.keyboard.press("Control+Enter")
    await expect(dispatcher.get_by_role("status").filter(has_text=TITLE)).to_contain_text("城市管理局")

    # The order can be called back for some seconds; then it is with the unit, whose desk is already open.
    unit = await hall.opens("unit", "/department")
    await expect(unit.get_by_role("tab", name="待签收1")).to_be_visible()
    await reply(unit)

    chief = await hall.opens("supervisor", f"/tickets/{number}")
    await expect(chief.get_by_text(ANSWER).first).to_be_visible()
    await chief.get_by_role("button", name="审核通过").click()
    await chief.keyboard.press("Control+Enter")
    await expect(chief.get_by_text("待回访").first).to_be_visible()
    await hall.work()

    await citizen.goto("/track")
    await citizen.get_by_label("查询码").fill(code)
    await citizen.get_by_label("联系电话后四位").fill("5678")
    await citizen.get_by_role("button", name="查询", exact=True).click()
    await expect(citizen.locator(".reply")).to_have_text(ANSWER)
    assert await findings(chief) == []

    await hall.pass_time(days=1)
    caller = await hall.opens("callback", "/callback")
    await expect(caller.get_by_role("heading", name=TITLE)).to_be_visible()
    for key in "yyn31":
        await caller.keyboard.press(key)
    await caller.keyboard.press("6")
    await caller.get_by_label("重办理由").fill("夜里仍锁着门,请到现场核实")
    await caller.keyboard.press("Control+Enter")
    await expect(caller.get_by_text("已退回承办单位重办")).to_be_visible()
    await hall.work()

    # A second round in vain, and nobody sends it round a third time.
    hands = city.unit_desk("D14")
    await called_back(city, number, hands)
    await city.pass_time(days=1)
    await city.callback.calls_back(number, solved="no", rating=1)
    await hall.work()

    leader = await hall.opens("leader", "/")
    await expect(leader).to_have_url(re.compile(r"/console/week$"))
    await expect(leader.get_by_role("heading", name="反复投诉类")).to_contain_text("1 件")
    await expect(leader.get_by_text("公厕").first).to_be_visible()
    box = leader.get_by_label(f"批示 {number}")
    await box.fill("请城管局三日内到现场解决,并当面答复群众。")
    await box.press("Control+Enter")
    await expect(leader.get_by_text("已送达").first).to_be_visible()
    assert "instruct" in await city.events(number)

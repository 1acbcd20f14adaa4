"""The unit's desk on the keyboard: sign, contact, reply, be refused and mend it, ask for more time, ask to return."""

from typing import Any

from playwright.async_api import Page, expect

from tests.console.conftest import Hall, findings
from tests.flow.city import City
from tests.flow.steps import BASIS, called_back, sent, signed

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    + "1f15c4890000000d49444154789c6360000002000005000101e221bc330000000049454e44ae426082"
)
GOOD = "您好,您要求有关部门到现场查看并帮忙协调的事项,我局已于11月23日派员到场处理完毕,感谢您的监督。"


async def choose(page: Page, unit: str) -> None:
    """A unit in a picker by a part of its name."""
    await page.keyboard.type(unit)
    await page.get_by_role("option", name=unit).first.click()


async def opens(page: Page, title: str) -> None:
    await page.get_by_role("row", name=title).click()
    await expect(page.get_by_role("heading", name=title)).to_be_visible()


async def lead(city: City, ticket_id: int) -> Any:
    return (await city.supervisor.sees(ticket_id))["ticket"]["assignments"][-1]


async def test_签收_联系_回复_a_unit_works_through_its_tickets_without_a_mouse(hall: Hall) -> None:
    city = hall.city
    first, second, third = [await sent(city, title=f"请来现场看看之{n}", address="文化路8号") for n in "甲乙丙"]
    page = await hall.opens("unit", "/department")
    await expect(page.get_by_role("tab", name="待签收3")).to_be_visible()
    await expect(page.get_by_role("row", name="请来现场看看之甲")).to_be_visible()
    assert await findings(page) == []
    for _ in range(3):
        await page.keyboard.press("x")
        await page.keyboard.press("j")
    await page.keyboard.press("Alt+s")
    await expect(page.get_by_text("已签收 3 件")).to_be_visible()
    await expect(page.get_by_role("tab", name="办理中3")).to_be_visible()
    for ticket_id in (first, second, third):
        assert await city.state(ticket_id) == "in_progress"

    await page.keyboard.press("2")
    await opens(page, "请来现场看看之甲")
    await page.keyboard.press("Alt+l")
    await page.get_by_label("联系结果").fill("已电话约定下午到场")
    await page.get_by_role("radio", name="是", exact=True).check()
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("已电话约定下午到场")).to_be_visible()

    await page.keyboard.press("Alt+r")
    advice = page.get_by_role("region", name="把关意见")
    await page.get_by_role("radio", name="属实", exact=True).check()
    await page.get_by_role("radio", name="已解决").check()
    await page.get_by_label("办理情况").fill("到场核查,系商户占道,已清理。")
    await page.get_by_label("公开答复").fill("已办。")
    await expect(advice.get_by_text("公开答复较短")).to_be_visible()
    assert await findings(page) == []
    await page.reload()
    await expect(page.get_by_role("button", name="回复")).to_be_visible()
    await page.keyboard.press("Alt+r")
    await expect(page.get_by_text("您上次没写完的草稿")).to_be_visible()
    await expect(page.get_by_label("公开答复")).to_have_value("已办。")
    await page.get_by_label("公开答复").fill(GOOD)
    await expect(advice.get_by_text("没有发现问题")).to_be_visible()
    async with page.expect_file_chooser() as chosen:
        await page.get_by_role("button", name="添加附件").last.click()
    await (await chosen.value).set_files({"name": "现场.png", "mimeType": "image/png", "buffer": PICTURE})
    await expect(page.get_by_role("link", name="现场.png").first).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("回复已提交")).to_be_visible()
    await expect(page.get_by_role("tab", name="待中心1")).to_be_visible()
    assert await city.state(first) == "replied"
    [file] = (await city.supervisor.get(f"/tickets/{first}/attachments"))["items"]
    assert (file["name"], file["public"]) == ("现场.png", True)


async def test_驳回_comes_back_with_its_reasons_and_is_answered_again(hall: Hall) -> None:
    city = hall.city
    ticket_id = await signed(city, title="请来现场看看")
    hands = city.unit_desk("D14")
    page = await hall.opens("unit", "/department?tab=in_hand")
    await expect(page.get_by_role("row", name="请来现场看看")).to_be_visible()
    reply = {"account": "已处理", "public_reply": GOOD, "solved": "yes", "found_true": True}
    await hands.does("reply", ticket_id, **reply)
    back = "请写明何时修好、由谁负责"
    await city.supervisor.does("refuse_reply", ticket_id, reasons=["答非所问", "未联系诉求人"], reason=back)
    hall.waker.wake()
    await expect(page.get_by_role("tab", name="退回重办1")).to_be_visible()
    await page.keyboard.press("5")
    await expect(page.get_by_text(f"答非所问、未联系诉求人 — {back}")).to_be_visible()
    await page.keyboard.press("Alt+r")
    await page.get_by_role("radio", name="已解决").check()
    await page.get_by_label("办理情况").fill("再次到场。")
    await page.get_by_label("公开答复").fill(GOOD)
    advice = page.get_by_role("region", name="把关意见")
    await expect(advice.get_by_text("一字不差")).to_be_visible()
    await page.get_by_label("公开答复").fill(GOOD.replace("11月23日", "11月24日"))
    await expect(advice.get_by_text("一字不差")).to_be_hidden()
    # A colleague is faster, and the page does not hear of it: nothing typed is lost, the next press applies it.
    await page.context.set_offline(True)
    await hands.does("contact", ticket_id, how="phone", result="已再次联系")
    await page.context.set_offline(False)
    send = page.get_by_role("button", name="提交回复")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("已再次联系").or_(page.get_by_text("回复已提交")).first).to_be_visible()
    if await send.is_visible():
        await expect(send).not_to_have_attribute("aria-busy", "true")
        await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("回复已提交")).to_be_visible()
    assert await city.state(ticket_id) == "replied"


async def test_重办_why_it_came_back_stands_above_the_ticket_as_it_was_written_for_the_unit(hall: Hall) -> None:
    ticket_id = await signed(hall.city, title="请来现场看看")
    await called_back(hall.city, ticket_id, hall.city.unit_desk("D14"))
    why = "东侧的灯仍不亮,请逐盏核对"
    await hall.city.callback.calls_back(ticket_id, solved="no", rating=3, note=why)
    page = await hall.opens("unit", "/department")
    await page.get_by_role("row", name="请来现场看看").click()
    await expect(page.get_by_text(f"未解决 · 评分 3 — {why}")).to_be_visible()
    assert await findings(page) == []


async def test_退单_and_延期_are_asked_within_what_the_rules_allow(hall: Hall) -> None:
    city = hall.city
    returned, longer = await signed(city, title="请来看看东头"), await signed(city, title="请来看看西头")
    page = await hall.opens("unit", "/department?tab=in_hand")
    await opens(page, "请来看看西头")
    await page.keyboard.press("Alt+e")
    await expect(page.get_by_role("combobox", name="延期到")).to_contain_text("延 5 个工作日")
    await page.get_by_role("combobox", name="延期到").select_option("3")
    await page.get_by_label("已经做了什么").fill("已勘查,等待配件")
    await page.get_by_label("延期理由").fill("配件需定制")
    await expect(page.get_by_role("button", name="提交延期申请")).to_be_disabled()
    await page.get_by_role("checkbox", name="已向诉求人说明进展").check()
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("延期申请已提交")).to_be_visible()
    assert (await city.supervisor.sees(longer))["ticket"]["requests"][0]["amount"] == 3

    await opens(page, "请来看看东头")
    await page.keyboard.press("Alt+t")
    await expect(page.get_by_text("近一年同类退单")).to_be_visible()
    assert await findings(page) == []
    await page.get_by_label("退单理由").fill("属住房保障事项")
    await page.get_by_label("法定依据").fill(BASIS)
    await page.get_by_role("combobox", name="建议承办单位").click()
    await choose(page, "住房")
    await expect(page.get_by_role("button", name="提交退单申请")).to_be_enabled()
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("退单申请已提交")).to_be_visible()
    assert await city.state(returned) == "return_review"
    await expect(page.get_by_role("tab", name="待中心1")).to_be_visible()


async def test_超时签收_asks_why_and_a_phone_shows_the_list(hall: Hall) -> None:
    city = hall.city
    ticket_id = await sent(city, title="请来现场看看", address="文化路8号")
    await hall.pass_time(days=3)
    page = await hall.opens("unit", "/department", size={"width": 390, "height": 844})
    await page.get_by_role("button", name="请来现场看看").click()
    await page.get_by_role("button", name="签收").click()
    why = page.get_by_role("dialog", name="1 件已超过签收时限")
    await expect(why.get_by_role("button", name="签收")).to_be_disabled()
    await why.get_by_label("超时签收的原因").fill("值班交接延误")
    await why.get_by_role("button", name="签收").click()
    await expect(page.get_by_text("已签收 1 件")).to_be_visible()
    history = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"]
    assert next(line["reason"] for line in history if line["event"] == "sign") == "值班交接延误"
    assert (await lead(city, ticket_id))["signed_late"] is True
    assert await findings(page) == []

"""批示 on a brief and its tasks, 督办 from the ticket's own page, a survey sent by text instead of a call, what left the house, and addresses from a file."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from hotline.jobs.posting import post
from tests.console.conftest import Hall, findings
from tests.flow.steps import answers, signed
from tests.flow.test_report_stories import written
from tests.post_office import SECRET, Gateway, gateway

OFFICE = "登录名,邮箱,姓名\r\nunit,hancheng@yunzhou.example,\r\n没有这个人,nobody@yunzhou.example,\r\n"

MINUTES_ARE_SHORT = """() => {
  const real = window.setInterval
  window.setInterval = (run, ms, ...more) => real(run, ms === 60000 ? 250 : ms, ...more)
}"""


@pytest.fixture
def texts() -> Iterator[Gateway]:
    with gateway() as found:
        yield found


@pytest.fixture
async def more_settings(texts: Gateway) -> dict[str, str]:
    return {
        "HOTLINE_GATEWAY_URL": texts.url,
        "HOTLINE_GATEWAY_SECRET": SECRET,
        "HOTLINE_PUBLIC_URL": "https://12345.yunzhou.example",
    }


async def test_督办_on_the_ticket_page_the_text_instead_of_a_call_and_what_the_administrator_sees_of_it(
    hall: Hall, texts: Gateway
) -> None:
    city = hall.city
    owed = await signed(city, title="请来看看东头")
    page = await hall.opens("supervisor", f"/tickets/{owed}")
    await expect(page.get_by_role("heading", name="请来看看东头")).to_be_visible()
    await page.keyboard.press("Alt+v")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text(str(owed))
    await dialog.get_by_role("button", name="督办").click()
    await expect(dialog.get_by_role("alert")).to_be_visible()
    await dialog.get_by_label("督办事由和要求").fill("群众两次来电,请三个工作日内反馈")
    assert await findings(page) == []
    await page.keyboard.press("Control+Enter")
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_role("list", name="办理经过")).to_contain_text("群众两次来电")
    assert (await city.events(owed))[-1] == "supervise"

    asked = await signed(city, title="请来看看西头", urgency="urgent", citizen={"phone": "13912345678", "name": "王芳"})
    await answers(city.unit_desk("D14"), asked)
    await city.supervisor.does("approve_reply", asked)
    desk = await hall.opens("callback", "/callback")
    await expect(desk.get_by_role("heading", name="请来看看西头")).to_be_visible()
    await desk.keyboard.press("Alt+s")
    await expect(desk.get_by_text("现在没有可以拨打的回访")).to_be_visible()

    # The administrator's page looks again by itself, and says on every tab that something could not be sent.
    office = await hall.opens("admin", "/learning")
    await expect(office.get_by_role("link", name="管理台")).to_be_visible()
    await office.evaluate(MINUTES_ARE_SHORT)
    await office.get_by_role("link", name="管理台").click()
    await expect(office.get_by_role("tab", name="通知发送", exact=True)).to_be_visible()
    await office.get_by_role("tab", name="通知发送", exact=True).click()
    await expect(office.get_by_text("短信网关已设置")).to_be_visible()
    await expect(office.get_by_text("没有发送失败的消息")).to_be_visible()
    texts.answers.append(400)
    await post(city.services)
    await expect(office.get_by_role("grid")).to_contain_text("HTTP 400")
    await expect(office.get_by_text("失败与未确认 1")).to_be_visible()
    await office.get_by_role("tab", name="人员").click()
    await expect(office.get_by_role("tab", name="通知发送")).to_contain_text("1")
    await office.get_by_role("tab", name="通知发送").click()
    await expect(office.get_by_role("button", name="重发")).to_be_visible()
    await office.get_by_role("button", name="重发").click()
    await expect(office.get_by_text("没有发送失败的消息")).to_be_visible()
    await post(city.services)
    [told] = texts.passed_on.values()
    assert told["phone"] == "13912345678" and "/s/" in told["text"]
    await expect(office.get_by_role("tab", name="通知发送", exact=True)).to_be_visible()
    await office.get_by_text("已发 · 近七天 1").click()
    await expect(office.get_by_role("grid")).to_contain_text("诉求人(评价短信)")
    assert "13912345678" not in await office.content(), "never what it says, nor to which number"
    await office.get_by_role("button", name="导入邮箱").click()
    form = office.get_by_role("dialog")
    chosen = form.get_by_label("文件", exact=True)
    await chosen.set_input_files({"name": "邮箱.csv", "mimeType": "text/csv", "buffer": OFFICE.encode("utf-16")})
    await expect(form.get_by_role("alert")).to_contain_text("另存为")
    # As Excel writes it in China.
    await chosen.set_input_files({"name": "邮箱.csv", "mimeType": "text/csv", "buffer": OFFICE.encode("gb18030")})
    await expect(form.get_by_role("status")).to_contain_text("新设 1 人,更改 0 人,不变 0 人,退回 1 行")
    assert await findings(office) == []
    await form.get_by_role("button", name="导入 1 人").click()
    await expect(form.get_by_role("status")).to_contain_text("已导入 1 人的邮箱")


async def test_批示_on_a_brief_is_written_where_it_is_read_and_comes_back_from_the_units(hall: Hall) -> None:
    city = hall.city
    draft = (await written(city)).json()
    issued = await city.supervisor.call("POST", f"/reports/briefs/{draft['id']}/issue", {"version": draft["version"]})
    assert issued.status_code == 201
    at = f"/bulletin?paper=brief&brief={draft['id']}"

    # The leader's own words, sent once however often the key is pressed; the chief enters what came on paper.
    leader = await hall.opens("leader", at)
    box = leader.get_by_role("region", name="领导批示")
    await box.get_by_label("写下批示").fill("请城管局牵头,月底前报结果。")
    for _ in range(3):
        await leader.keyboard.press("Control+Enter")
    await expect(box).to_contain_text("待热线中心分解任务")
    assert await findings(leader) == []
    page = await hall.opens("supervisor", at)
    box = page.get_by_role("region", name="领导批示")
    await box.get_by_label("录入领导在纸面上的批示").fill("请住建局一并排查。")
    await page.keyboard.press("Control+Enter")
    await expect(box.get_by_role("alert")).to_contain_text("请填写批示领导")
    await box.get_by_label("批示领导").fill("张副市长")
    await page.keyboard.press("Control+Enter")
    await expect(box).to_contain_text("张副市长（")
    told = [(one["about"], one["text"]) for one in (await city.supervisor.get("/supervision/directives"))["items"]]
    about = "热线专报〔2026〕第1期“冬季路灯照明问题”"
    assert told == [(about, "请住建局一并排查。"), (about, "请城管局牵头,月底前报结果。")]

    # A task of a unit with its day; what comes back is seen under the brief.
    page = await hall.opens("supervisor", "/supervision?tab=instructions")
    one = page.locator("article").filter(has_text="请城管局牵头")
    await one.get_by_role("button", name="分解任务").click()
    await one.get_by_role("combobox", name="主送单位").click()
    await page.keyboard.type("城市管理局")
    await page.get_by_role("option", name="城市管理局").first.click()
    await one.get_by_label("要办的事").fill("排查老化线路")
    await one.get_by_label("时限").fill("2026-11-30")
    await one.get_by_role("button", name="交办").click()
    await expect(one).to_contain_text("排查老化线路")
    unit = await hall.opens("unit", "/duties")
    task = unit.locator("article").filter(has_text="排查老化线路")
    await task.get_by_role("textbox").fill("已排查三处")
    await task.get_by_role("button").click()
    await expect(task).to_contain_text("已反馈,待中心核实")
    await page.reload()
    await one.get_by_role("button", name="办结").click()
    await expect(page.get_by_text("办结率 100.0% (1/1)")).to_be_visible()
    leader = await hall.opens("leader", at)
    await expect(leader.get_by_role("region", name="领导批示")).to_contain_text("已分解 1 项任务,办结 1 项")


async def test_预警函_is_written_from_the_unit_on_without_a_mouse(hall: Hall) -> None:
    page = await hall.opens("supervisor", "/supervision?tab=letters")
    await page.get_by_role("button", name="制发预警函").press("Enter")
    await expect(page.get_by_role("combobox", name="主送单位")).to_be_focused()
    await page.keyboard.type("城市管理局")
    await expect(page.get_by_role("option", name="城市管理局").locator("visible=true").first).to_be_visible()
    for typed, leaves in (
        ("", "Enter"),
        ("", "Tab"),
        ("冬季扬尘", "Tab"),
        ("近7日同类诉求12件", "Control+Enter"),
    ):
        await page.keyboard.type(typed)
        await page.keyboard.press(leaves)
    await expect(page.get_by_role("heading", name="关于做好“冬季扬尘”事项的预警函")).to_be_visible()

    # What the unit answers waits for a look, and the tab says how much does.
    hands = hall.city.unit_desk("D14")
    [letter] = (await hands.get("/supervision/letters"))["items"]
    for act, body in (("receipt", {}), ("answer", {"text": "已排查全部工地"})):
        assert (await hands.call("POST", f"/supervision/letters/{letter['id']}/{act}", body)).status_code == 200
    await hall.pass_time(seconds=3)
    await page.reload()
    await expect(page.get_by_role("tab", name="函件")).to_have_text("函件1")
    looked = {"accepted": True}
    assert (await hall.city.supervisor.call("POST", f"/supervision/letters/{letter['id']}/review", looked)).is_success
    await hall.pass_time(seconds=3)
    await page.reload()
    await expect(page.get_by_role("tab", name="函件")).to_have_text("函件0")

"""A supervisor's Monday: from the candidate to the strike-off, each at their own screen and from the keyboard."""

from datetime import timedelta

from playwright.async_api import expect

from hotline.jobs.posting import hand_out
from tests.console.conftest import Hall, findings
from tests.flow.steps import called_back, signed


async def test_a_difficult_ticket_goes_from_the_candidate_to_the_strike_off(hall: Hall) -> None:
    city = hall.city
    hands = city.unit_desk("D14")
    ticket_id, stays = await signed(city), await signed(city)
    for each in (ticket_id, stays):
        await city.supervisor.does("mark_difficult", each, reason="两次协调未果,群众反映强烈")

    # The supervisor picks, and the list stands.
    page = await hall.opens("supervisor", "/supervision?tab=difficult")
    await expect(page.get_by_role("listitem").filter(has_text=str(ticket_id)).first).to_contain_text("新增")
    await page.keyboard.press("Control+Enter")
    await page.get_by_role("dialog").get_by_role("button", name="定稿").click()
    board = page.get_by_role("region", name="协商会")
    await expect(board.locator("article").filter(has_text=str(ticket_id))).to_contain_text("待反馈意见")
    assert await findings(page) == []

    # The unit is told, and says what it thinks.
    await hand_out(city.services)
    unit = await hall.opens("unit", "/notices")
    await unit.get_by_role("button", name="请提会前意见").first.click()
    await expect(unit).to_have_url(f"{hall.site}/console/duties")
    item = unit.locator("article").filter(has_text=str(ticket_id)).last
    await expect(item).to_contain_text("2026年第48周")
    await expect(item).to_contain_text("热线建议 主办：云州市城市管理局")
    await item.get_by_role("button", name="同意热线建议").click()
    await item.get_by_role("button", name="改意见").click()
    await item.get_by_label("会前意见和依据").fill("路灯由住建部门管养,见三定规定第二条")
    await item.get_by_role("button", name="有异议").click()
    await expect(item).to_contain_text("有异议路灯由住建部门管养")
    assert await findings(unit) == []

    # The meeting decides: ruling and letter in one go.
    await page.reload()
    row = board.locator("article").filter(has_text=str(ticket_id))
    await expect(row).to_contain_text("有异议")
    await row.get_by_role("button", name="作决定").click()
    form = page.get_by_role("dialog")
    await page.keyboard.press("Control+Enter")
    await expect(form.get_by_role("alert")).to_contain_text("请选择主办单位和时限")
    await form.get_by_label("依据").fill("协商会纪要第一条")
    await form.get_by_label("写入派单目录").check()
    await form.get_by_label("工作要求").fill("7日内进场施工\n完工后书面报告")
    await form.get_by_label("时限").fill((city.clock.now() + timedelta(days=10)).date().isoformat())
    assert await findings(page) == []
    await page.keyboard.press("Control+Enter")
    await expect(row).to_contain_text("督〔2026〕1号")
    await expect(row).to_contain_text("已写入派单目录")

    # Signed for, with its clock; progress; the answer; and the request to strike it off.
    await unit.reload()
    letter = unit.locator("article").filter(has_text="督〔2026〕1号")
    await expect(letter).to_contain_text("还剩")
    await expect(letter).to_contain_text("2026年第48周疑难工单协商会议定由你单位主办")
    await expect(item.get_by_role("button", name="改意见")).to_have_count(0)
    await letter.get_by_role("button", name="签收函件").click()
    await expect(letter.get_by_label("整改情况和结果")).to_be_visible()
    await item.get_by_label("本周进展,或销号理由").fill("已完成设计,下周进场")
    await item.get_by_role("button", name="填报进展").click()
    await expect(item).to_contain_text("已完成设计,下周进场")
    await called_back(city, ticket_id, hands)
    for hours in (0, 5, 24, 24, 24):
        await hall.pass_time(hours=hours)
        if await city.state(ticket_id) == "callback":
            await city.callback.calls_back(ticket_id, reached=False)
    assert await city.state(ticket_id) == "closed", "nobody could be reached"
    await hall.pass_time(days=5)
    unit = await hall.opens("unit", "/duties")
    item = unit.locator("article").filter(has_text=str(ticket_id)).last
    await item.get_by_label("本周进展,或销号理由").fill("路灯已全部修复,请销号")
    await item.get_by_role("button", name="申请销号").click()
    await expect(item).to_contain_text("已申请销号,待中心回访核实")
    await expect(item.get_by_role("button", name="填报进展")).to_be_visible()
    await expect(item.get_by_role("button", name="申请销号")).to_have_count(0)

    # The centre's own call: only the citizen's word strikes it off.
    desk = await hall.opens("callback", "/callback")
    await expect(desk.get_by_role("button", name="销号回访 1")).to_be_visible()
    await desk.keyboard.press("Alt+h")
    card = desk.get_by_role("region", name="销号回访卡")
    await expect(card).to_contain_text("路灯已全部修复,请销号")
    await expect(card).to_contain_text("列入2026年第48周疑难名单")
    assert await findings(desk) == []
    await desk.keyboard.press("Alt+d")
    await expect(card.get_by_role("link", name="138")).to_be_visible()
    await card.get_by_role("button", name="未接通").click()
    await expect(card).to_contain_text("未接通:2026-")
    await card.get_by_label("是否解决").select_option("yes")
    await card.get_by_label("满意度").select_option("4")
    await desk.keyboard.press("Control+Enter")
    await expect(desk.get_by_text("没有等待核实的销号申请")).to_be_visible()

    # The ticket's own page tells of it, with the citizen's answer.
    page = await hall.opens("supervisor", f"/tickets/{ticket_id}")
    last = page.get_by_role("list", name="办理经过").get_by_role("listitem").filter(has_text="销号")
    await expect(last).to_contain_text("已解决")

    # The next list: one struck off, one carried over.
    page = await hall.opens("supervisor", "/supervision?tab=difficult")
    await expect(page.get_by_text("新增 0 · 结转 1 · 销号 1")).to_be_visible()
    await expect(page.get_by_role("listitem").filter(has_text=str(stays)).first).to_contain_text("结转")
    await page.keyboard.press("[")
    await expect(page.locator("article").filter(has_text=str(ticket_id)).first).to_contain_text("已销号")

    # What the unit was told stands in its inbox; how it wishes to be told outside is its own.
    await hand_out(city.services)
    inbox = await hall.opens("unit", "/notices")
    await expect(inbox.get_by_role("region", name="通知")).to_contain_text("收到督办")
    assert await findings(inbox) == []
    await inbox.get_by_label("邮件地址").fill("unit@city.gov.cn")
    await inbox.keyboard.press("Control+s")
    await expect(inbox.get_by_text("通知设置已保存。")).to_be_visible()

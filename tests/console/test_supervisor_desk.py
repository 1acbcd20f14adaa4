"""The supervisor's desk: what waits, who is late, one press on them, the week's choice, units side by side."""

from datetime import timedelta

from playwright.async_api import expect

from tests.console.conftest import Hall, findings
from tests.flow.steps import called_back, in_the_pool, sent, signed


async def test_the_supervisor_sees_what_is_late_presses_on_it_and_freezes_the_week(hall: Hall) -> None:
    city = hall.city
    hands = city.unit_desk("D14")
    late = await signed(city)
    await hall.pass_time(days=9)
    await in_the_pool(city)
    done = await signed(city)
    await called_back(city, done, hands)
    await city.callback.calls_back(done, solved="yes", rating=5)

    page = await hall.opens("supervisor", "/supervision")
    strip = page.locator("dl.strip")
    await expect(strip).to_contain_text("在办2")
    await expect(strip).to_contain_text("今日受理2")
    await expect(page.get_by_role("img", name="各区县在办工单")).to_be_visible()
    assert await findings(page) == []

    # Something comes in meanwhile: the number follows by itself.
    await hall.pass_time(seconds=30)
    await sent(city, "D13")
    await hall.work()
    await expect(strip).to_contain_text("在办3")

    await page.keyboard.press("Alt+2")
    grid = page.get_by_role("grid")
    await expect(grid).to_contain_text(str(late))
    assert await findings(page) == []
    await page.keyboard.press("Alt+S")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("督办事由和要求").fill("超期未办结,请三个工作日内反馈")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("status").filter(has_text="已督办")).to_be_visible()
    await page.keyboard.press("Alt+D")
    await dialog.get_by_role("button", name="认定疑难").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("请填写认定理由")
    await dialog.get_by_label("认定理由").fill("两次协调未果,群众反映强烈")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("status").filter(has_text="已认定为疑难")).to_be_visible()
    overlays = (await city.supervisor.sees(late))["ticket"]["overlays"]
    assert {(o["kind"], o["level"]) for o in overlays} >= {("supervision", 2), ("difficult", 0)}

    await page.keyboard.press("Alt+3")
    item = page.get_by_role("listitem").filter(has_text=str(late))
    await expect(item).to_contain_text("R11")
    await expect(item.get_by_role("checkbox")).to_be_checked()
    assert await findings(page) == []
    await page.keyboard.press("Control+Enter")
    await page.get_by_role("dialog").get_by_role("button", name="定稿").click()
    await expect(page.locator(".candidates .head")).to_contain_text("定稿,共 1 件")
    assert await city.conn.fetchval("SELECT count(*) FROM difficult_listing WHERE ticket_id = $1", late) == 1

    await page.keyboard.press("Alt+4")
    row = page.get_by_role("row").filter(has_text="云州市城市管理局")
    await expect(row).to_contain_text("100% (1/1)")
    assert await findings(page) == []
    await row.get_by_role("link", name="满意率").click()
    await expect(page.get_by_role("dialog")).to_contain_text(str(done))


async def test_what_was_rated_low_and_asked_about_again_is_folded_and_the_shelved_are_counted(hall: Hall) -> None:
    city, hands = hall.city, hall.city.unit_desk("D14")
    first = await signed(city)
    await called_back(city, first, hands)
    await city.callback.calls_back(first, solved="no", rating=1)
    page = await hall.opens("supervisor", "/supervision?tab=standing")
    row = page.locator("article").filter(has_text=str(first))
    await expect(row).to_contain_text("评 1 分")
    await expect(page.get_by_text("待二次回访 1 件")).to_be_visible()
    await called_back(city, first, hands)
    await city.callback.calls_back(first, solved="yes", rating=5)
    until = (city.clock.now() + timedelta(days=40)).isoformat()
    shelved = await signed(city)
    plan = {"plan": "列入改造计划", "milestone": until, "leader": "王副局长"}
    await hands.does("request_shelving", shelved, reason="需立项", **plan)
    await city.supervisor.does("shelve", shelved, **plan)
    await page.reload()
    await expect(page.get_by_text("1 件,过了节点未复核 0 件")).to_be_visible()
    await expect(row).to_have_count(0)
    await page.get_by_role("button", name="其余 1 件,含已二次回访的").press("Enter")
    await expect(row).to_contain_text("二次回访 5 分")
    assert await findings(page) == []

"""专题, 考核办法 and 导出台账 on the screen: a rule tried before it is kept, a new version of the scoring, a file taken away."""

import re

from playwright.async_api import expect

from hotline.reports.ledger.desk.actions import write_next
from tests.console.conftest import Hall, findings
from tests.flow.steps import called_back, signed


async def test_the_supervisor_sets_up_a_campaign_scores_anew_and_takes_tickets_out(hall: Hall) -> None:
    city = hall.city
    dusty, other = await signed(city), await signed(city)
    await city.conn.execute("UPDATE matter SET content = content || '工地扬尘' WHERE ticket_id = $1", dusty)
    for ticket_id, solved, rating in ((dusty, "yes", 5), (other, "partly", 1)):
        await called_back(city, ticket_id, city.unit_desk("D14"))
        await city.callback.calls_back(ticket_id, solved=solved, rating=rating)

    page = await hall.opens("supervisor", "/kpi?view=campaigns")
    await page.get_by_role("button", name="新设专题").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("名称").fill("蓝天保卫战")
    await form.get_by_label("开始").fill("2026-11-01")
    await form.get_by_label("关键词").fill("扬尘 露天烧烤")
    await form.get_by_role("button", name="试算").click()
    await expect(form.get_by_text("按此规则会归入 1 件")).to_be_visible()
    await expect(form.get_by_role("listitem")).to_contain_text(str(dusty))
    assert await findings(page) == []
    await form.get_by_role("button", name="保存并归入").click()
    await expect(form).to_be_hidden()
    await expect(page.get_by_role("row").filter(has_text="含:扬尘、露天烧烤")).to_contain_text("至今")
    await expect(page.get_by_role("row").filter(has_text=re.compile("^解决率"))).to_contain_text("100% (1/1)50% (1/2)")
    assert await findings(page) == []

    await page.get_by_role("tab", name="考核办法").click()
    await expect(page.get_by_text("响应率 × 20 + 解决率 × 40 + 满意率 × 40")).to_be_visible()
    await page.get_by_role("button", name="制定新版本").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("响应率", exact=False).first.fill("10")
    await expect(form.get_by_text("权重合计 90,应为 100")).to_be_visible()
    await form.get_by_label("响应率", exact=False).first.fill("20")
    await form.get_by_label("α").fill("0.5")
    await form.get_by_label("最少样本").fill("1")
    await form.get_by_label("依据").fill("市政府办公室 2026 年考核办法")
    await form.get_by_role("button", name="保存新版本").click()
    await expect(page.get_by_text("按 0.5 折入解决率")).to_be_visible()
    assert await findings(page) == []
    await page.get_by_role("tab", name="指标").click()
    await page.get_by_label("名次").check()
    table = page.locator("table").first
    await table.evaluate("(table) => (table.parentElement.style.width = '600px')")
    await table.evaluate("(table) => (table.parentElement.scrollLeft = 300)")
    whole = await table.get_by_role("rowheader").first.bounding_box()
    assert whole is not None and whole["x"] >= 0, "whose numbers they are stays in view"
    await table.evaluate("(table) => (table.parentElement.removeAttribute('style'))")
    await page.get_by_role("tab", name="群众评价").click()
    unit = page.get_by_role("row").filter(has_text="云州市城市管理局")
    await expect(unit).to_contain_text("75% (1+0.5/2)")
    await expect(unit.get_by_role("cell").nth(0)).to_have_text("样本不足")
    await expect(unit.get_by_role("cell").nth(3)).to_have_text("—")

    await page.goto("/console/bulletin?paper=export")
    await page.get_by_role("button", name="新导出").click()
    form = page.get_by_role("dialog")
    await form.get_by_role("button", name="本月").click()
    await form.get_by_label("联系电话").check()
    await form.get_by_label("CSV").check()
    await form.get_by_label("用途").fill("十一月核对")
    assert await findings(page) == []
    await form.get_by_role("button", name="开始导出").click()
    row = page.get_by_role("row").filter(has_text="十一月核对")
    await expect(row).to_contain_text("排队中")
    assert await write_next(city.services) is True
    async with page.expect_download() as fetched:
        await row.get_by_role("link", name="取走 CSV").click()
    content = (await (await fetched.value).path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and str(other) in content.decode() and "****" in content.decode()
    await expect(row).to_contain_text("已取走 1 次")
    assert await findings(page) == []

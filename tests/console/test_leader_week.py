"""The leader's papers on the screen: the week with its instruction box, the measures with their tickets, the month."""

import re

from playwright.async_api import Route, expect

from tests.console.conftest import Hall, findings
from tests.flow.steps import called_back, signed


async def test_the_leader_reads_the_week_writes_an_instruction_and_sees_what_came_back(hall: Hall) -> None:
    city = hall.city
    hands = city.unit_desk("D14")
    before, stays = await signed(city), await signed(city)
    for ticket_id in (before, stays):
        await city.supervisor.does("mark_difficult", ticket_id, reason="两次协调未果")
    assert (await city.supervisor.call("POST", "/reports/difficult/2026-W48/freeze", {})).status_code == 201
    await hall.pass_time(days=7)
    await called_back(city, before, hands)
    await city.callback.calls_back(before, solved="yes", rating=4)

    page = await hall.opens("leader", "/")
    await expect(page).to_have_url(re.compile(r"/console/week$"))
    await expect(page.get_by_role("heading", name="疑难工单周报")).to_contain_text("2026年第49周")
    await expect(page.locator("dl.numbers")).to_contain_text(re.compile(r"在列\s*1\s*−1 · 上周 2"))
    await expect(page.get_by_role("listitem").filter(has_text=str(before)).first).to_contain_text("销号")
    await expect(page.get_by_role("listitem").filter(has_text=str(stays)).first).to_contain_text("结转")
    assert await findings(page) == []

    await page.get_by_role("button", name="展开 21 列").first.click()
    await expect(page.locator("dl.columns").first.locator("dt")).to_have_count(21)

    box = page.get_by_label(f"批示 {stays}")
    await box.fill("请城管局牵头,本周内")
    await page.reload()
    await expect(box).to_have_value("请城管局牵头,本周内")
    await box.fill("请城管局牵头,本周内彻底解决。")
    await expect(page.get_by_text("将送达:云州市城市管理局、热线中心")).to_be_visible()
    await box.press("Control+Enter")
    await expect(page.get_by_text("已送达:云州市城市管理局、热线中心")).to_be_visible()
    await expect(box).to_have_value("")
    await expect(page.locator(".spoken")).to_contain_text("尚未反馈")
    await called_back(city, stays, hands)
    await page.reload()
    await expect(page.locator(".spoken")).to_contain_text("已派维修班到场处理完毕")

    async with page.expect_download() as fetched:
        await page.get_by_role("link", name="下载 PDF").click()
    assert (await fetched.value).suggested_filename == "疑难工单周报-2026-W49.pdf"
    await page.keyboard.press("[")
    await expect(page.get_by_role("heading", name="疑难工单周报")).to_contain_text("2026年第48周")
    await expect(page.get_by_text("定稿", exact=False).first).to_be_visible()
    await page.emulate_media(media="print")
    await expect(page.locator(".tools")).to_be_hidden()


async def test_the_leader_goes_from_a_rate_to_its_tickets_and_reads_the_month(hall: Hall) -> None:
    city = hall.city
    hands = city.unit_desk("D14")
    good, bad = await signed(city), await signed(city)
    for ticket_id, solved, rating in ((good, "yes", 5), (bad, "no", 1)):
        await called_back(city, ticket_id, hands)
        await city.callback.calls_back(ticket_id, solved=solved, rating=rating)

    page = await hall.opens("leader", "/kpi")
    await expect(page.get_by_role("button", name="满意率").first).to_contain_text("50%")
    await expect(page.get_by_role("img", name="满意率近 6 个月:2026-11 50% (1/2)")).to_be_visible()
    assert await findings(page) == []
    await page.get_by_role("tab", name="群众评价").click()
    await page.get_by_role("button", name="云州市城市管理局 满意率 50% (1/2),看背后的工单").click()
    drawer = page.get_by_role("dialog")
    await expect(drawer.get_by_role("tab", selected=True)).to_contain_text("未达1")
    await expect(drawer.get_by_role("link")).to_have_text(str(bad))
    assert await findings(page) == []
    await drawer.get_by_role("tab", name="计入分子").click()
    await expect(drawer.get_by_role("link")).to_have_text(str(good))
    await page.keyboard.press("Escape")
    await page.get_by_label("分组").select_option("channel")
    await expect(page.get_by_role("row").filter(has_text="12345电话")).to_be_visible()

    await page.goto("/console/bulletin")
    await expect(page.get_by_role("heading", name="运行情况通报")).to_contain_text("2026年11月")
    await expect(page.get_by_text("本月共受理群众诉求 2 件")).to_be_visible()
    assert await findings(page) == []
    async with page.expect_download() as fetched:
        await page.get_by_role("link", name="下载 DOCX").click()
    assert (await fetched.value).suggested_filename == "12345热线月通报-2026-11.docx"


async def test_a_unit_among_many_is_found_by_its_name(hall: Hall) -> None:
    await called_back(hall.city, await signed(hall.city), hall.city.unit_desk("D14"))

    async def many(route: Route) -> None:
        """The city's answer as it is with units without end."""
        answered = await route.fetch()
        table = await answered.json()
        one = table["groups"][0]
        others = [{**one, "key": str(9000 + n), "name": f"第{n}街道办事处"} for n in range(1, 40)]
        table["groups"] = [one, *others]
        await route.fulfill(response=answered, json=table)

    page = await hall.opens("leader", "/notices")
    await page.route(re.compile(r"/api/v1/reports/kpi\?.*group=unit"), many)
    await page.goto("/console/kpi")
    rows = page.locator("table").first.get_by_role("rowheader")
    await expect(rows).to_have_count(41)
    box = page.get_by_label("按名称查找")
    await expect(box).to_be_visible()
    await page.keyboard.press("/")
    await expect(box).to_be_focused()
    await page.keyboard.type("街道 第7")
    await expect(rows).to_have_text(["全市", "第7街道办事处"])
    await expect(page.get_by_text("1 / 40 行")).to_be_visible()
    assert await findings(page) == []
    await box.fill("没有的单位")
    await expect(page.get_by_text("没有这个名称的行")).to_be_visible()
    await expect(rows).to_have_text(["全市"])
    await box.press("Escape")
    await expect(rows).to_have_count(41)
    # Few rows need no finding.
    await page.get_by_label("分组").select_option("channel")
    await expect(page.get_by_role("row").filter(has_text="12345电话")).to_be_visible()
    await expect(box).to_be_hidden()


async def test_two_who_write_典型案例_at_once_lose_nothing_and_are_told(hall: Hall) -> None:
    page = await hall.opens("supervisor", "/bulletin")
    box = page.get_by_role("textbox", name="典型案例")
    await box.fill("我写的案例")
    await expect(page.get_by_text("还可写 2995 字")).to_be_visible()
    where = "/reports/monthly/2026-11/words/cases"
    await hall.city.supervisor.sends("PUT", where, 200, {"text": "同事写的案例", "version": 0})
    await box.press("Control+Enter")
    await expect(page.get_by_role("alert")).to_contain_text("您写的没有保存")
    await expect(box).to_have_value("我写的案例")
    await expect(page.get_by_text("同事写的案例")).to_be_visible()
    assert await findings(page) == []
    await page.reload()
    await expect(box).to_have_value("我写的案例")
    theirs = page.get_by_role("paragraph").filter(has_text="同事写的案例")
    await expect(theirs).to_be_visible()
    await box.press("Control+Enter")
    await expect(theirs).to_be_hidden()
    await expect(page.get_by_role("heading", name="三、典型案例")).to_be_visible()
    await expect(page.get_by_role("heading", name="四、考核指标")).to_be_visible()
    assert (await hall.city.supervisor.get(where.removesuffix("/cases")))["items"][0]["text"] == "我写的案例"

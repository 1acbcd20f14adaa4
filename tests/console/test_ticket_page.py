"""工单页: two people at one ticket, and the list in which it is found."""

import re

from playwright.async_api import Locator, Page, expect

from tests.console.conftest import Hall, findings
from tests.flow.steps import in_the_pool, sent


def timeline(page: Page) -> Locator:
    return page.get_by_role("list", name="办理经过")


async def test_what_a_colleague_does_shows_at_once_and_a_stale_act_goes_on_top_of_it(hall: Hall) -> None:
    ticket = await sent(hall.city, "D14")
    chief = await hall.opens("supervisor", f"/tickets/{ticket}")
    await expect(chief.get_by_text("待签收").first).to_be_visible()
    unit = await hall.opens("unit", f"/tickets/{ticket}")
    await expect(chief.locator("header .people")).to_contain_text("在看")

    # The supervisor begins to urge; the unit sees that somebody is writing, and signs meanwhile.
    await chief.keyboard.press("Alt+u")
    await expect(chief.get_by_label("催办内容")).to_be_focused()
    await chief.keyboard.type("诉求人今天又打来电话,请先电话联系。")
    await expect(unit.locator("header .people")).to_contain_text("正在编辑")
    await unit.keyboard.press("Alt+s")
    await expect(timeline(unit)).to_contain_text("签收")

    # Nobody has touched the supervisor's page: it shows the signature, and keeps what is being typed.
    await expect(timeline(chief).locator(".fresh")).to_contain_text("签收")
    await expect(chief.get_by_label("催办内容")).to_have_value("诉求人今天又打来电话,请先电话联系。")
    await chief.keyboard.press("Control+Enter")
    dialog = chief.get_by_role("dialog")
    await expect(dialog).to_contain_text("先办了一步")
    await expect(dialog).to_contain_text("诉求人今天又打来电话,请先电话联系。")
    assert await findings(chief) == []
    await chief.keyboard.press("Control+Enter")
    await expect(dialog).to_be_hidden()
    await expect(timeline(chief)).to_contain_text("诉求人今天又打来电话,请先电话联系。")
    await expect(timeline(unit)).to_contain_text("诉求人今天又打来电话,请先电话联系。")
    assert (await hall.city.events(ticket))[-2:] == ["sign", "urge"]


CROWD = """
INSERT INTO ticket SELECT (jsonb_populate_record(t, jsonb_build_object('id', t.id + n))).*
  FROM ticket t, generate_series(1, 9999) n WHERE t.id = $1
"""
THEIR_WORDS = """
INSERT INTO matter SELECT (jsonb_populate_record(m, jsonb_build_object('ticket_id', m.ticket_id + n, 'title', '第' || n || '件'))).*
  FROM matter m, generate_series(1, 9999) n WHERE m.ticket_id = $1
"""


async def test_ten_thousand_tickets_scroll_with_a_screenful_in_the_page(hall: Hall) -> None:
    first = await in_the_pool(hall.city)
    for copied in (CROWD, THEIR_WORDS):
        await hall.city.conn.execute(copied, first)
    page = await hall.opens("supervisor", "/tickets")
    grid, found = page.get_by_role("grid"), page.get_by_role("search").get_by_role("status")
    await expect(grid).to_contain_text("第9999件")
    for read in range(200, 10_000, 200):
        await expect(found).to_have_text(f"前 {read} 件")
        await grid.press("End")
    await expect(found).to_have_text("10000 件")
    await grid.press("End")
    await expect(page.get_by_role("row").filter(has_text=re.compile("第1件"))).to_be_visible()
    assert await page.locator("[role=rowgroup] [role=row]").count() < 60
    await grid.press("Home")
    await expect(grid).to_contain_text("第9999件")
    # Whatever else this machine does meanwhile: in one of three goes nine frames of ten are there at once.
    goes: list[dict[str, float]] = []
    while len(goes) < 3 and not (goes and goes[-1]["p90"] < 200):
        goes.append(await page.evaluate(SCROLL))
    assert all(go["rows"] < 60 for go in goes) and goes[-1]["p90"] < 200, goes


SCROLL = """async () => {
  const frame = document.querySelector('[role=grid]'), times = []
  let rows = 0
  for (let at = 0; at < 60; at++) {
    const begun = performance.now()
    frame.scrollTop = at * 5000
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))
    times.push(performance.now() - begun)
    rows = Math.max(rows, frame.querySelectorAll('[role=rowgroup] [role=row]').length)
  }
  return { rows, p90: times.sort((a, b) => a - b)[54] }
}"""


async def test_the_search_keeps_its_filters_in_the_address_and_its_rows_true(hall: Hall) -> None:
    waiting = await sent(hall.city, "D14")
    await in_the_pool(hall.city)
    page = await hall.opens("unit", "/tickets?stage=dispatched")
    rows = page.locator("[role=rowgroup] [role=row]")
    await expect(rows).to_have_count(1)
    bell = page.get_by_role("button", name="需要您处理")

    # Another one is sent: it comes into the list, and calls.
    again = await sent(hall.city, "D14", urgency="urgent")
    await expect(rows).to_have_count(2)
    await expect(bell).to_have_accessible_name("需要您处理: 1 件新的事")
    await bell.click()
    await expect(page.get_by_role("tooltip").get_by_role("listitem")).to_have_count(1)
    await page.get_by_role("button", name="免打扰一小时").click()
    await expect(page.get_by_role("button", name="恢复提醒")).to_be_visible()
    assert await findings(page) == []
    kept = await hall.city.person("unit").get("/me/preferences/attention")
    assert kept["value"]["until"], "the wish goes with the person to the next machine"
    await page.keyboard.press("Escape")

    # Signed by a colleague, it leaves the list of those to be signed.
    await hall.city.person("unit").does("sign", waiting)
    await expect(rows).to_have_count(1)
    await page.get_by_role("button", name="临期").click()
    await expect(page).to_have_url(f"{hall.site}/console/tickets?stage=dispatched&due=near")
    await page.get_by_role("button", name="清除条件").first.click()
    await expect(page).to_have_url(f"{hall.site}/console/tickets")
    await expect(rows).to_have_count(2)
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{hall.site}/console/tickets/{again}")
    await expect(timeline(page)).to_be_visible()

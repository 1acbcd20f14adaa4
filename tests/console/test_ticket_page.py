"""工单页: two people at one ticket, and the list in which it is found."""

from playwright.async_api import Locator, Page, expect

from tests.console.conftest import Hall, findings
from tests.flow.steps import sent


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

"""考核申诉 on the screen: what a unit sees of it from the sending to the decision."""

import re

from playwright.async_api import expect

from hotline.jobs.posting import hand_out
from tests.console.conftest import Hall, findings
from tests.flow.steps import called_back, signed


async def test_an_appeal_is_sent_once_named_in_the_trades_words_and_its_outcome_stands_with_the_unit(
    hall: Hall,
) -> None:
    city = hall.city
    ticket_id = await signed(city)
    await called_back(city, ticket_id, city.unit_desk("D14"))
    await city.callback.calls_back(ticket_id, solved="no", rating=2)
    page = await hall.opens("unit", f"/tickets/{ticket_id}")
    await page.get_by_role("button", name="更多").click()
    await page.get_by_role("button", name="考核申诉").click()
    form = page.get_by_role("form", name="考核申诉")
    await form.get_by_text("依法依规不能满足").click()
    await form.get_by_role("textbox", name="申诉证据").fill("勘查笔录")
    await form.get_by_role("textbox", name="理由").fill("超出养护规范")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("考核申诉已提交,待审核。")).to_be_visible()
    await expect(page.get_by_role("complementary", name="工单情况")).to_contain_text("依法依规不能满足")
    offered = page.locator("nav.actions button")  # also those folded away
    await expect(offered.filter(has_text="申请不纳入考核")).to_have_count(1)
    await expect(offered.filter(has_text="考核申诉")).to_have_count(0)

    desk = await hall.opens("supervisor", "/supervision?tab=standing")
    await expect(desk.get_by_role("article").filter(has_text=str(ticket_id)).first).to_contain_text("针对回访:评 2 分")
    assert await findings(desk) == []
    await city.reviewer.does("decide_appeal", ticket_id, granted=False, reason="笔录没有日期")
    # Whoever filed it hears of it under the bell, which leads to the ticket.
    await hand_out(city.services)
    await page.goto("/console/duties")
    bell = page.get_by_role("button", name="通知:1 条未读")
    await expect(bell).to_be_visible()
    await bell.click()
    news = page.get_by_role("listitem").get_by_role("button").filter(has_text=str(ticket_id))
    await expect(news).to_contain_text("考核申诉被驳回")
    await expect(news).to_contain_text("审核意见:笔录没有日期")
    assert await findings(page) == []
    await news.click()
    await expect(page).to_have_url(re.compile(f"/tickets/{ticket_id}$"))
    await page.goto("/console/duties")
    asked = page.get_by_role("article").filter(has_text=str(ticket_id)).first
    await expect(asked).to_contain_text("驳回考核申诉")
    await expect(asked).to_contain_text("笔录没有日期")
    assert await findings(page) == []

"""The callback desk on the keyboard: unreached in the morning, satisfied in the evening; another goes back for rework."""

import re
from typing import Any

from playwright.async_api import Page, expect

from tests.console.conftest import Hall, findings
from tests.flow.steps import answers, signed


async def answered(hall: Hall, title: str, **more: Any) -> int:
    ticket_id = await signed(hall.city, title=title, **more)
    await answers(hall.city.unit_desk("D14"), ticket_id)
    await hall.city.supervisor.does("approve_reply", ticket_id)
    return ticket_id


async def later(hall: Hall, page: Page, **length: float) -> Page:
    """The desk after a pause in which everybody was signed out."""
    await page.context.close()
    hall.contexts.remove(page.context)
    await hall.pass_time(**length)
    return await hall.opens("callback", "/callback")


async def says(page: Page, keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


async def test_回访_unreached_in_the_morning_satisfied_in_the_evening_and_another_goes_back(hall: Hall) -> None:
    city = hall.city
    first, second = await answered(hall, "请来看看东头"), await answered(hall, "请来看看西头")
    page = await hall.opens("callback", "/callback")
    await expect(page.get_by_text("现在没有可以拨打的回访")).to_be_visible()
    await expect(page.get_by_text("2026-11-24 10:00 起可以拨打")).to_be_visible()
    page = await later(hall, page, days=1)
    await expect(page.get_by_role("heading", name="请来看看东头")).to_be_visible()
    await expect(page.get_by_text("下一件:请来看看西头")).to_be_visible()
    await page.keyboard.press("?")
    groups = page.get_by_role("dialog", name="快捷键").locator("section")
    titles = await groups.get_by_role("heading").all_inner_texts()
    assert len(titles) == len(set(titles)) and "按钮" in titles and "显示号码" not in titles
    await expect(groups.filter(has_not=page.locator("kbd"))).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.get_by_text("您反映的问题已处理完毕")).to_be_visible()
    await expect(page.get_by_text("****")).to_be_visible()
    assert await findings(page) == []
    await page.keyboard.press("Alt+d")
    await expect(page.locator("a[href^='tel:']")).to_be_visible()
    assert await city.conn.fetchval("SELECT count(*) FROM number_shown WHERE ticket_id = $1", first) == 1
    await says(page, "n1")
    await expect(page.get_by_role("status").filter(has_text="记一次未接通")).to_be_visible()
    await page.keyboard.press("Control+Enter")

    # The next card is there at once; the other one comes back when a call counts again.
    await expect(page.get_by_role("heading", name="请来看看西头")).to_be_visible()
    await says(page, "ynn311")
    await page.keyboard.press("Backspace")
    # Who was not contacted is not displeased with the result alone: that would excuse the unit.
    await expect(page.get_by_role("radio", name="只对结果")).to_have_count(0)
    await says(page, "36")
    await expect(page.get_by_text("退回原承办单位重办(第 1 轮)")).to_be_visible()
    record = page.get_by_role("button", name="记录")
    await expect(record).to_be_disabled()
    await page.get_by_label("重办理由").fill("东侧的灯仍不亮,请逐盏核对")
    # A look at the ticket, and a reload: nobody is asked twice.
    await page.get_by_role("region", name="回访卡").get_by_role("link").first.click()
    await expect(page).to_have_url(re.compile(f"/tickets/{second}"))
    await page.go_back()
    await page.reload()
    await expect(page.get_by_label("重办理由")).to_have_value("东侧的灯仍不亮,请逐盏核对")
    await expect(page.get_by_role("radio", name="办理不实")).to_be_checked()
    assert await findings(page) == []
    await page.keyboard.press("Control+Enter")
    said = page.get_by_role("status").filter(has_text="已退回承办单位重办")
    await expect(said.get_by_role("link")).to_be_visible()
    seen = (await city.unit_desk("D14").sees(second))["ticket"]
    assert (seen["state"], seen["callbacks"][0]["dissatisfied_with"]) == ("rework", "false")
    history = (await city.supervisor.get(f"/tickets/{second}/history"))["items"]
    assert next(one["reason"] for one in history if one["event"] == "send_back") == "东侧的灯仍不亮,请逐盏核对"

    await expect(page.get_by_text("现在没有可以拨打的回访")).to_be_visible()
    page = await later(hall, page, hours=8, minutes=30)
    await expect(page.get_by_role("heading", name="请来看看东头")).to_be_visible()
    await expect(page.get_by_text("无人接听")).to_be_visible()
    await expect(page.get_by_text("已拨 1/3 次")).to_be_visible()
    await says(page, "yyy15")
    await expect(page.get_by_text("满意,工单办结。")).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("已记录,工单办结。")).to_be_visible()
    done = (await city.supervisor.sees(first))["ticket"]
    assert (done["state"], done["callbacks"][0]["rating"], done["callbacks"][0]["tries"]) == ("closed", 5, 1)


async def test_18点后再打_the_card_leaves_the_desk_and_the_list_says_when(hall: Hall) -> None:
    await answered(hall, "请来看看东头")
    await hall.pass_time(days=1)
    page = await hall.opens("callback", "/callback")
    await expect(page.get_by_role("heading", name="请来看看东头")).to_be_visible()
    await page.keyboard.press("Alt+e")
    await expect(page.get_by_text("已约18:00 后再打")).to_be_visible()
    await expect(page.get_by_text("2026-11-24 18:00 起可以拨打")).to_be_visible()
    await page.keyboard.press("l")
    await expect(page.get_by_role("row", name="请来看看东头")).to_contain_text("18:00")
    assert await findings(page) == []
    await page.get_by_role("row", name="请来看看东头").click()
    await expect(page.get_by_role("heading", name="请来看看东头")).to_be_visible()
    # Lists are double clicked by habit: the second click is not for the button that the list lay over.
    under = await page.get_by_role("button", name="明天上午").bounding_box()
    await page.keyboard.press("l")
    await expect(page.get_by_role("row", name="请来看看东头")).to_be_visible()
    over = await page.get_by_role("row", name="请来看看东头").bounding_box()
    assert under and over
    await page.mouse.dblclick(under["x"] + under["width"] / 2, min(over["y"] + over["height"], under["y"] + 20) - 4)
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("Alt+d")
    await expect(page.get_by_text("先等诉求人网上评价或其约定的时间")).to_be_visible()


async def test_联办回访_the_second_matter_is_asked_in_the_same_call_and_says_that_the_first_is_done(hall: Hall) -> None:
    same = {"phone": "13800001001", "name": "周兰"}
    await answered(hall, "请来看看东头", citizen=same)
    await answered(hall, "请来看看西头", citizen=same)
    await hall.pass_time(days=1)
    page = await hall.opens("callback", "/callback")
    card = page.get_by_role("region", name="回访卡")
    await expect(card.get_by_text("同一诉求人还有 1 件待回访")).to_be_visible()
    await expect(page.get_by_text("下一件:请来看看西头")).to_be_visible()
    await says(page, "yyy15")
    await expect(page.get_by_text("满意,工单办结。")).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("heading", name="请来看看西头")).to_be_visible()
    await expect(card.get_by_text("已为另一件工单回访过这位诉求人")).to_be_visible()
    await expect(card.get_by_text("同一诉求人还有")).to_have_count(0)


async def test_清单里找_a_callback_is_found_by_title_telephone_or_number_and_opened_from_the_box(hall: Hall) -> None:
    await answered(hall, "请来看看东头", citizen={"phone": "13800001001", "name": "周兰"})
    west = await answered(hall, "请来看看西头", citizen={"phone": "13800001002", "name": "王芳"})
    page = await hall.opens("callback", "/callback")
    await expect(page.get_by_text("现在没有可以拨打的回访")).to_be_visible()
    await page.keyboard.press("l")
    dialog = page.get_by_role("dialog")
    eastern, western = (dialog.get_by_role("row", name=name) for name in ("请来看看东头", "请来看看西头"))
    await expect(dialog.get_by_text("一周内待回访 2 件")).to_be_visible()
    await expect(western).to_be_visible()
    box = dialog.get_by_role("searchbox")
    await expect(box).to_be_focused()
    await box.fill("西头")
    await expect(eastern).to_have_count(0)
    await expect(western).to_be_visible()
    await expect(dialog.get_by_text("找到 1 件待回访")).to_be_visible()
    await expect(dialog.get_by_text("不限一周")).to_be_visible()
    assert await findings(page) == []
    await box.fill("138 0000 1001")
    await expect(eastern).to_be_visible()
    await expect(western).to_have_count(0)
    await box.fill("河边")
    await expect(dialog.get_by_text("没有找到“河边”的待回访")).to_be_visible()
    assert await findings(page) == []
    await box.fill(str(west))
    await expect(western).to_be_visible()
    await box.press("Enter")
    await expect(page.get_by_role("heading", name="请来看看西头")).to_be_visible()
    await expect(dialog).to_have_count(0)

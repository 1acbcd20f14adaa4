"""What people do while an answer is still on its way stands: the answer closes what it belongs to, and nothing else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from playwright.async_api import Page, Route, expect

from tests.console.conftest import Hall
from tests.flow.steps import signed
from tests.flow.test_report_stories import written


@contextlib.asynccontextmanager
async def answered_late(page: Page, address: str) -> AsyncIterator[asyncio.Event]:
    """The server does what is asked at this address and says so in the event; the page hears of it after the block."""
    done, heard = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        answer = await route.fetch()
        done.set()
        await heard.wait()
        await route.fulfill(response=answer)

    await page.route(address, hold, times=1)
    try:
        yield done
    finally:
        heard.set()


async def test_the_reply_begun_before_联系_was_answered_stays_open(hall: Hall) -> None:
    ticket_id = await signed(hall.city, title="请来现场看看")
    page = await hall.opens("unit", "/department?tab=in_hand")
    await expect(page.get_by_role("heading", name="请来现场看看")).to_be_visible()
    await page.keyboard.press("Alt+l")
    await page.get_by_label("联系结果").fill("已电话约定下午到场")
    await page.get_by_role("radio", name="是", exact=True).check()
    async with answered_late(page, f"**/tickets/{ticket_id}/contact") as done:
        await page.keyboard.press("Control+Enter")
        await done.wait()
        # The news of one's own act may be faster than the answer to it.
        hall.waker.wake()
        await expect(page.get_by_text("已电话约定下午到场")).to_be_visible()
        await page.keyboard.press("Alt+r")
        await page.get_by_role("radio", name="属实", exact=True).check()
    await expect(page.get_by_text("联系诉求人已提交。")).to_be_visible()
    await expect(page.get_by_role("radio", name="属实", exact=True)).to_be_checked()


async def test_the_verb_pressed_while_another_is_on_its_way_opens_after_it(hall: Hall) -> None:
    ticket_id = await signed(hall.city, title="请来现场看看")
    page = await hall.opens("supervisor", f"/tickets/{ticket_id}")
    await expect(page.get_by_role("heading", name="请来现场看看")).to_be_visible()
    await page.keyboard.press("Alt+u")
    await page.get_by_label("催办内容").fill("请先电话联系")
    async with answered_late(page, f"**/tickets/{ticket_id}/urge") as done:
        await page.keyboard.press("Control+Enter")
        await done.wait()
        await page.keyboard.press("Escape")
        await expect(page.get_by_label("催办内容")).to_be_hidden()
        await page.keyboard.press("Alt+p")
    await expect(page.get_by_role("list", name="办理经过")).to_contain_text("请先电话联系")
    await page.get_by_label("认定理由").fill("三个部门都说不归自己")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("list", name="办理经过")).to_contain_text("三个部门都说不归自己")
    assert (await hall.city.events(ticket_id))[-2:] == ["urge", "mark_difficult"]


async def test_a_public_brief_is_not_overtaken_by_the_internal_one(hall: Hall) -> None:
    """Whoever ticks 公开版 and prints must not print what the public is not to see."""
    draft = (await written(hall.city)).json()
    address = f"/reports/briefs/{draft['id']}"
    page = await hall.opens("supervisor", "/bulletin?paper=brief")
    async with (
        page.expect_event("requestfinished", lambda asked: asked.url.endswith(address)),
        answered_late(page, f"**{address}") as done,
    ):
        await page.get_by_role("link", name=draft["title"]).click()
        await done.wait()
        await page.get_by_role("checkbox", name="公开版").check()
        await expect(page.get_by_role("heading", name="（公开版）")).to_be_visible()
    await page.evaluate("new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))")
    await expect(page.get_by_role("heading", name="（公开版）")).to_be_visible()

"""The dispatcher at work, hands on the keyboard: send, consult, review, rule, several at once, and a colleague beside."""

from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.console.conftest import Hall, findings
from tests.flow.city import City
from tests.flow.steps import BASIS, in_the_pool, signed

JUDGED = "010403"
"""The catalogue names a unit and leaves it to a person."""


def row(page: Page, title: str) -> Locator:
    return page.get_by_role("row", name=title)


def letter(page: Page) -> Locator:
    return page.get_by_role("article")


async def waiting(city: City, count: int) -> list[str]:
    """So many letters that the router left to a person."""
    titles = [f"小区门口占道经营影响通行之{number}" for number in range(count)]
    for title in titles:
        await in_the_pool(city, f"{title},希望尽快处理。", title=title, category=JUDGED, district_code="990101003")
    return titles


async def states(city: City) -> dict[str, str]:
    rows = await city.conn.fetch("SELECT title, state FROM ticket JOIN matter ON ticket_id = id")
    return {found["title"]: found["state"] for found in rows}


async def test_looks(hall: Hall) -> None:
    city = hall.city
    titles = await waiting(city, 6)
    page = await hall.opens("dispatcher", "/dispatch")
    await expect(row(page, titles[0])).to_be_visible()
    await expect(letter(page).get_by_role("button", name="派单 1")).to_be_visible()
    await page.screenshot(path="/tmp/disp/one.png")

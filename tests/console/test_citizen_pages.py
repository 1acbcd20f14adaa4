"""The citizen's pages in a real browser with scripts switched off: on a phone, by keyboard, in large type."""

import contextlib
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, Request, ViewportSize, expect

from hotline.infra.db import Connection
from hotline.infra.http import Services
from tests.api.answered import REPLY, Answered, answered_letter, lay_city
from tests.console.conftest import findings, served

PHONE = ViewportSize(width=390, height=844)
SCREEN = ViewportSize(width=1366, height=768)


@pytest.fixture
async def unit(services: Services) -> int:
    return await lay_city(services)


@pytest.fixture
async def site(services: Services, unit: int) -> AsyncIterator[str]:
    """The address of the whole application, served over the test's own transaction."""
    async with served(services) as address:
        yield address


def left_behind(request: Request) -> bool:
    """The next page, or the end of the visit, drops what the last one was still fetching: nobody refused it."""
    return request.failure == "net::ERR_ABORTED"


@contextlib.asynccontextmanager
async def visit(browser: Browser, site: str, size: ViewportSize) -> AsyncIterator[Page]:
    """A page without scripts; whatever the server or the policy of the page refuses is a fault."""
    context = await browser.new_context(base_url=site, viewport=size, java_script_enabled=False)
    page = await context.new_page()
    refused: list[str] = []
    page.on("requestfailed", lambda request: None if left_behind(request) else refused.append(request.url))
    page.on("console", lambda message: refused.append(message.text) if "Security Policy" in message.text else None)
    yield page
    await context.close()
    assert refused == []


async def fits(page: Page) -> bool:
    """Nothing stands out to the right: what is outside cannot be reached with a thumb."""
    wide, seen = await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return bool(wide <= seen)


async def text_size(page: Page) -> float:
    """Everything is measured in the size of the root's type; the sign beside our name is two of it."""
    sign = await page.locator(".name img").bounding_box()
    assert sign is not None
    return sign["height"] / 2


async def test_a_letter_written_by_keyboard_gets_a_code_and_a_slip_costs_no_word(
    browser: Browser, site: str, conn: Connection
) -> None:
    async with visit(browser, site, SCREEN) as page:
        await page.goto("/")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
        await page.get_by_label("诉求内容").fill("人民路东段从十一月十九日起路灯不亮,请尽快修复。")
        await page.get_by_label("标题").fill("路灯不亮")
        await page.keyboard.press("Enter")
        # Enter sends the letter; it does not press the button for large type, which stands before it on the page.
        await expect(page.get_by_role("alert")).to_contain_text("请填写联系电话")
        assert await page.locator("html.big").count() == 0
        await page.get_by_role("alert").get_by_role("link", name="请填写联系电话").click()
        await page.get_by_label("联系电话").fill("13912345678")
        assert "十一月十九日" in await page.get_by_label("诉求内容").input_value()
        await page.get_by_label("所在区和街道").select_option(label="芙蓉里街道")
        await page.get_by_label("请为我保密").check()
        await page.get_by_role("button", name="提交诉求").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("已收到您的诉求")
        number = (await page.locator(".numbers dd").first.inner_text()).replace(" ", "")
    row = await conn.fetchrow("SELECT id, region, confidential FROM ticket")
    assert row is not None and tuple(row) == (int(number), "990101001", True)


async def test_progress_on_a_phone_holds_a_reply_of_two_thousand_signs_without_a_blank(
    browser: Browser, site: str, services: Services, unit: int
) -> None:
    letter = await answered_letter(services, unit, "A" * 2000)
    async with visit(browser, site, PHONE) as page:
        await page.goto("/track")
        await page.get_by_label("查询码").fill(letter.query_code.lower())
        await page.get_by_label("联系电话后四位").fill("5678")
        await page.get_by_role("button", name="查询", exact=True).click()
        await expect(page.get_by_text("已答复，等待您的评价")).to_be_visible()
        await expect(page.locator(".reply")).to_have_text("A" * 2000)
        assert await fits(page)
        await page.get_by_role("button", name="大字").click()
        await expect(page.locator(".reply")).to_have_text("A" * 2000)
        assert await page.locator("html.big").count() == 1 and await fits(page)


async def test_a_survey_asks_why_only_who_is_not_satisfied_and_thanks_everybody(
    browser: Browser, site: str, services: Services, unit: int, conn: Connection
) -> None:
    letter: Answered = await answered_letter(services, unit)
    async with visit(browser, site, PHONE) as page:
        await page.goto(f"/survey/{letter.survey_token}")
        await expect(page.locator(".reply")).to_have_text(REPLY)
        assert await page.locator("input:checked").count() == 0
        reason = page.get_by_label("问题没有解决")
        await expect(reason).to_be_hidden()
        await page.get_by_label("未解决", exact=True).check()
        await reason.check()
        await page.get_by_label("非常不满意").check()
        await page.get_by_role("button", name="提交评价").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("感谢您的评价")
        await page.goto(f"/survey/{letter.survey_token}")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("您已经评价过")
    row = await conn.fetchrow("SELECT solved, rating, reasons FROM survey")
    assert row is not None and tuple(row) == ("no", 1, ["问题没有解决"])


async def test_large_type_half_way_keeps_the_words_and_stays_on_the_next_page(browser: Browser, site: str) -> None:
    async with visit(browser, site, PHONE) as page:
        await page.goto("/")
        small = await text_size(page)
        await page.get_by_label("诉求内容").fill("写到一半")
        await page.get_by_role("button", name="大字").click()
        assert await page.get_by_label("诉求内容").input_value() == "写到一半"
        assert await text_size(page) > small * 1.2 and await fits(page)
        await page.get_by_role("link", name="查进度", exact=True).click()
        assert await text_size(page) > small * 1.2 and await fits(page)
        await page.goto("/docs")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("接口")


async def test_a_request_is_taken_back_on_the_page_with_its_consequence_said_first(
    browser: Browser, site: str, services: Services, unit: int, conn: Connection
) -> None:
    letter = await answered_letter(services, unit)
    async with visit(browser, site, PHONE) as page:
        await page.goto("/track")
        await page.get_by_label("查询码").fill(letter.query_code)
        await page.get_by_label("联系电话后四位").fill("5678")
        await page.get_by_role("button", name="查询", exact=True).click()
        await page.get_by_text("撤回这件诉求").click()
        await expect(page.get_by_text("撤回后不再办理")).to_be_visible()
        await page.get_by_role("button", name="确认撤回").click()
        await expect(page.locator("#reason-fault")).to_contain_text("请写明撤回的原因")
        await page.get_by_label("撤回的原因").fill("问题已经解决")
        await page.get_by_role("button", name="大字").click()
        await expect(page.get_by_label("撤回的原因")).to_have_value("问题已经解决")
        assert await fits(page)
        await page.get_by_role("button", name="确认撤回").click()
        await expect(page.get_by_role("status")).to_contain_text("您的诉求已撤回")
        await expect(page.get_by_text("撤回这件诉求")).to_be_hidden()
    assert await conn.fetchval("SELECT state FROM ticket") == "withdrawn"


async def test_axe_finds_nothing_serious_on_the_citizens_pages_in_either_size(
    browser: Browser, site: str, services: Services, unit: int
) -> None:
    letter = await answered_letter(services, unit)
    context = await browser.new_context(base_url=site, viewport=PHONE)
    page = await context.new_page()
    for big in ("", "?big=1"):
        for address in ("/", "/track", f"/survey/{letter.survey_token}"):
            await page.goto(f"{address}{big}")
            assert await findings(page) == [], address
    await page.goto("/track")
    await page.get_by_label("查询码").fill(letter.query_code)
    await page.get_by_label("联系电话后四位").fill("5678")
    await page.get_by_role("button", name="查询", exact=True).click()
    await page.get_by_text("撤回这件诉求").click()
    assert await findings(page) == []
    await context.close()

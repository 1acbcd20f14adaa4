"""The dispatcher at work, hands on the keyboard: send, consult, review, rule, several at once, and a colleague beside."""

import asyncio
from datetime import timedelta

from playwright.async_api import Locator, Page, expect

from tests.console.conftest import Hall, findings
from tests.flow.city import City
from tests.flow.steps import in_the_pool, signed

JUDGED = "010403"
"""The catalogue names a unit and leaves it to a person."""
PLACE = "990101003"
SECOND = timedelta(seconds=1)


def row(page: Page, title: str) -> Locator:
    return page.get_by_role("row", name=title)


def letter(page: Page, title: str) -> Locator:
    """The open ticket, when it is this one and all of it has been read."""
    article = page.get_by_role("article").filter(has=page.get_by_role("heading", name=title, exact=True))
    return article.filter(has=page.get_by_role("heading", name="经过"))


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("tab", name=name)


async def waiting(city: City, count: int, about: str = "公厕") -> list[str]:
    """So many letters that the router left to a person, the first to fall due first."""
    titles = [f"{about}夜间不开放,居民不便之{number}" for number in range(count)]
    for title in titles:
        await in_the_pool(city, f"{title},希望尽快处理。", title=title, category=JUDGED, district_code=PLACE)
        city.clock.advance(SECOND)
    return titles


async def states(city: City) -> dict[str, str]:
    rows = await city.conn.fetch("SELECT title, state FROM ticket JOIN matter ON ticket_id = id")
    return {found["title"]: found["state"] for found in rows}


async def test_five_are_sent_one_is_called_back_and_one_goes_to_consultation(hall: Hall) -> None:
    titles = await waiting(hall.city, 6)
    page = await hall.opens("dispatcher", "/dispatch")
    await expect(tab(page, "待派")).to_contain_text("6")
    await expect(letter(page, titles[0])).to_contain_text("目录将此事项标为需人工判断")
    assert await findings(page) == []
    await page.keyboard.press("1")
    await expect(letter(page, titles[1])).to_be_visible()
    await expect(page.get_by_role("status").filter(has_text=titles[0])).to_contain_text("城市管理局")
    assert (await states(hall.city))[titles[0]] == "registered", "it can still be called back"
    await page.keyboard.press("Control+z")
    await expect(letter(page, titles[0])).to_be_visible()
    for at in range(5):
        await expect(letter(page, titles[at])).to_be_visible()
        await page.keyboard.press("1")
        await expect(row(page, titles[at])).to_be_hidden()
    await expect(letter(page, titles[5])).to_be_visible()
    await page.keyboard.press("c")
    asked = page.get_by_role("dialog", name="提请会商")
    await expect(asked).to_contain_text("城市管理局")
    assert await findings(page) == []
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("没有待派的工单")).to_be_visible()
    await expect(tab(page, "会商")).to_contain_text("1")
    await expect(page.get_by_text("今日派出 5")).to_be_visible()
    told = await states(hall.city)
    assert [told[title] for title in titles] == ["dispatched"] * 5 + ["consulting"]
    dispatched = await hall.city.conn.fetch("SELECT actor_name FROM history WHERE event = 'dispatch'")
    assert [line["actor_name"] for line in dispatched] == ["周平"] * 5, "each was sent once"


async def test_what_a_closing_page_still_had_in_hand_is_sent(hall: Hall) -> None:
    [title] = await waiting(hall.city, 1)
    page = await hall.opens("dispatcher", "/dispatch")
    await expect(letter(page, title)).to_be_visible()
    await page.keyboard.press("1")
    await expect(page.get_by_role("status").filter(has_text=title)).to_be_visible()
    await page.goto("/console/tickets")
    await until(hall, title, "dispatched")


async def until(hall: Hall, title: str, state: str) -> None:
    for _ in range(100):
        if (await states(hall.city))[title] == state:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{title} did not become {state}")


async def test_a_unit_that_must_not_be_chosen_says_why_and_another_is_found_by_a_few_letters(hall: Hall) -> None:
    [title] = await waiting(hall.city, 1)
    page = await hall.opens("dispatcher", "/dispatch")
    await expect(letter(page, title)).to_be_visible()
    await page.keyboard.press("u")
    await expect(page.get_by_label("选择主办单位").first).to_be_focused()
    await page.keyboard.type("桃源区人民政府")
    dialog = page.get_by_role("dialog", name="派单")
    await expect(dialog.get_by_role("option")).to_contain_text("辖区")
    await page.keyboard.press("Enter")
    await expect(dialog).to_contain_text("请先选主办单位")
    await page.keyboard.press("Control+a")
    await page.keyboard.type("住建")
    await expect(dialog.get_by_role("option").first).to_contain_text("住房和城乡建设局")
    await page.keyboard.press("Enter")
    await page.keyboard.type("城管")
    await expect(dialog.get_by_role("option").first).to_contain_text("城市管理局")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Control+Enter")
    await expect(dialog).to_be_hidden()
    await page.get_by_role("link", name="工单查询").click()
    await until(hall, title, "dispatched")
    ticket = await hall.city.conn.fetchrow(
        "SELECT part, name FROM assignment a JOIN unit ON unit_id = unit.id ORDER BY a.id"
    )
    assert ticket and (ticket["part"], ticket["name"]) == ("lead", "云州市住房和城乡建设局")


async def test_a_return_is_approved_and_the_ruling_is_written_to_the_catalogue(hall: Hall) -> None:
    city = hall.city
    title = "断头路长期未打通,绕行不便"
    ticket_id = await signed(city, "D14", title=title, category=JUDGED, district_code=PLACE)
    for code, proposed in (("D14", "D13"), ("D13", "D14")):
        ask = {
            "basis": f"{code} 三定规定",
            "proposed_unit": await city.unit(proposed),
            "reason": f"{code} 认为不属职责",
        }
        await city.unit_desk(code).does("request_return", ticket_id, **ask)
        if code == "D14":
            await city.dispatcher.does("approve_return", ticket_id)
    page = await hall.opens("dispatcher", "/dispatch")
    await page.keyboard.press("]")
    await expect(row(page, title)).to_contain_text("D13 认为不属职责")
    review = letter(page, title)
    await expect(review).to_contain_text("D13 三定规定")
    await expect(review).to_contain_text("目录主办")
    await expect(review).to_contain_text("此前退单 1 次")
    await expect(review).to_contain_text("退回过本工单")
    assert await findings(page) == []
    await page.keyboard.press("y")
    await expect(page.get_by_role("dialog", name="同意退单")).to_contain_text("转入会商")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(page.get_by_text("没有待审的退单")).to_be_visible()
    await page.keyboard.press("]")
    await expect(letter(page, title)).to_contain_text("会商后由中心主管裁定")

    chief = await hall.opens("supervisor", "/dispatch")
    await expect(tab(chief, "会商")).to_contain_text("1")
    await chief.keyboard.press("]")
    await chief.keyboard.press("]")
    await expect(letter(chief, title)).to_contain_text("周平 刚刚 领取了这件工单")
    await chief.keyboard.press("t")
    await expect(letter(chief, title).get_by_role("button", name="裁定")).to_be_enabled()
    await chief.keyboard.press("r")
    ruling = chief.get_by_role("dialog", name="裁定")
    await expect(ruling).to_contain_text("城市管理局")
    await ruling.get_by_label("依据").fill("编办函〔2026〕8号")
    await ruling.get_by_label("理由").fill("会商一致")
    await ruling.get_by_label("写入目录").press("Space")
    await chief.keyboard.press("Control+Enter")
    await expect(ruling).to_be_hidden()
    await expect(row(page, title)).to_be_hidden()  # the dispatcher's list follows
    entry = await city.conn.fetchrow("SELECT lead, basis FROM catalogue WHERE source = $1", str(ticket_id))
    assert entry and dict(entry) == {"lead": "D14", "basis": "编办函〔2026〕8号"}
    like = await city.agent_logs(f"{title},同样的情况。", kind="complaint", category=JUDGED, district_code=PLACE)
    assert await city.state(like) == "dispatched", "the like of it goes by itself now"


async def test_three_are_sent_at_once_and_each_is_answered_for_itself(hall: Hall) -> None:
    city = hall.city
    titles = await waiting(city, 4)
    page = await hall.opens("dispatcher", "/dispatch")
    await expect(letter(page, titles[0])).to_be_visible()
    for _ in range(2):
        await page.keyboard.press("Shift+J")
    await expect(page.get_by_text("已选 3 件")).to_be_visible()
    other = await city.conn.fetchval("SELECT ticket_id FROM matter WHERE title = $1", titles[1])
    await page.keyboard.press("d")
    dialog = page.get_by_role("dialog", name="批量派单 3 件")
    await expect(dialog.get_by_role("listitem")).to_have_count(3)
    assert await findings(page) == []
    await city.dispatcher2.call("POST", f"/tickets/{other}/claim", {})
    await page.keyboard.press("Control+Enter")
    await expect(dialog).to_contain_text("已派出 2 件,未派出 1 件。")
    await expect(dialog.get_by_role("listitem").filter(has_text=titles[1])).to_contain_text("叶欣然")
    await page.keyboard.press("Escape")
    await expect(row(page, titles[1])).to_be_visible()
    told = await states(city)
    assert [told[title] for title in titles] == ["dispatched", "registered", "dispatched", "registered"]


async def test_two_dispatchers_see_what_the_other_has_in_hand(hall: Hall) -> None:
    titles = await waiting(hall.city, 2)
    one = await hall.opens("dispatcher", "/dispatch")
    await expect(row(one, titles[0])).to_contain_text("我")
    other = await hall.opens("dispatcher2", "/dispatch")
    await expect(row(other, titles[0])).to_contain_text("周平")
    await expect(letter(other, titles[0])).to_contain_text("周平 刚刚 领取了这件工单")
    await expect(letter(other, titles[0]).get_by_role("button", name="派单 1")).to_be_disabled()
    await other.keyboard.press("t")
    await expect(letter(other, titles[0]).get_by_role("button", name="派单 1")).to_be_enabled()
    await expect(one.get_by_role("alert")).to_contain_text("叶欣然接手了这件工单")
    await expect(row(one, titles[0])).to_contain_text("叶欣然")
    await other.keyboard.press("1")
    await other.get_by_role("link", name="工单查询").click()
    await expect(row(one, titles[0])).to_be_hidden()
    await expect(letter(one, titles[1])).to_be_visible()


async def test_a_filter_is_kept_under_a_name_and_found_again(hall: Hall) -> None:
    titles = await waiting(hall.city, 1)
    await in_the_pool(hall.city, title="咨询公积金提取手续", category=JUDGED, kind="suggestion", district_code=PLACE)
    page = await hall.opens("dispatcher", "/dispatch")
    await expect(row(page, "公积金")).to_be_visible()
    await page.get_by_label("类型").select_option("投诉")
    await expect(row(page, "公积金")).to_be_hidden()
    await expect(row(page, titles[0])).to_be_visible()
    await page.get_by_role("button", name="存为…").click()
    await expect(page.get_by_label("筛选名称")).to_be_focused()
    await page.keyboard.type("只看投诉")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("我的筛选")).to_have_value("只看投诉")
    await page.reload()
    await expect(row(page, "公积金")).to_be_visible()
    await page.get_by_label("我的筛选").select_option("只看投诉")
    await expect(letter(page, titles[0])).to_be_visible()
    await expect(row(page, "公积金")).to_be_hidden()
    await page.keyboard.press("b")
    await page.get_by_label("分类、单位、区划或依据中的词").fill("公厕")
    await expect(page.get_by_role("dialog").get_by_role("row").filter(has_text="公厕").first).to_be_visible()
    assert await findings(page) == []

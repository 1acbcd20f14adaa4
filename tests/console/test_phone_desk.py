"""The telephone's desk: the hall as it is, who is to be called back, numbers that misuse the line, and the figures."""

from datetime import timedelta
from typing import Any

import msgspec
from playwright.async_api import expect

from hotline.intake.channels.phone.actions import take_in
from hotline.intake.channels.phone.event import PhoneEvent, Type
from hotline.intake.channels.phone.seats import store as seats
from hotline.live.waker import PHONE
from tests.console.conftest import Hall, findings
from tests.phone_stories import PLAN, events

FACTS = "连续来电辱骂话务员,两次劝导后仍不听"


async def keeps(hall: Hall, heard: list[PhoneEvent]) -> None:
    async with hall.city.services.pool.acquire() as conn, conn.transaction():
        await take_in(conn, heard, hall.city.services.cipher)
    hall.waker.wake(PHONE)


async def hears(hall: Hall, name: str, call: str, *, ago: float = 0, most: int | None = None, **said: Any) -> None:
    """A story, or its beginning, so many minutes ago, under a number of its own."""
    story = events(name)
    begun = hall.city.clock.now() - timedelta(minutes=ago)
    heard = [
        msgspec.structs.replace(
            event,
            call=call if event.call else "",
            leg=event.leg and (call if event.leg == event.call else f"{call}{event.leg}"),
            event_key=f"{call}{event.event_key}",
            at=begun + (event.at - story[0].at),
            **(said if event.type in (Type.OFFERED, Type.QUEUED) else {}),
        )
        for event in story[:most]
    ]
    await keeps(hall, [event for event in heard if event.call])


async def stands(hall: Hall, agent: str, state: str) -> None:
    now, key = hall.city.clock.now(), f"{agent}{state}{hall.city.clock.now()}"
    data = {"state": state, "extension": agent[-4:]}
    await keeps(
        hall,
        [
            PhoneEvent(
                provider=PLAN.provider, event_key=key, type=Type.AGENT, at=now, received_at=now, agent=agent, data=data
            )
        ],
    )


async def test_the_wall_the_missed_and_those_who_misuse_the_line(hall: Hall) -> None:
    city, pool = hall.city, hall.city.services.pool
    person = await pool.fetchval("SELECT person_id FROM account WHERE username = 'agent'")
    async with pool.acquire() as conn:
        await seats.sit_down(conn, PLAN.provider, "agent-1001", "1001", person, city.clock.now())
    await stands(hall, "agent-1001", "ready")
    await hears(hall, "answered_citizen_hangs_up", "a1", ago=30)
    await hears(hall, "answered_citizen_hangs_up", "a2", ago=20)
    await hears(hall, "abandoned", "m1", ago=10, caller="13900000009")

    wall = await hall.opens("supervisor", "/phone")
    numbers = wall.locator("dl.numbers")
    await expect(numbers).to_contain_text("正在排队0")
    await expect(numbers).to_contain_text("今日接通2")
    await expect(numbers).to_contain_text("66.7% (2/3)")
    seat = wall.get_by_role("listitem").filter(has_text="1001")
    await expect(seat).to_contain_text("示闲")
    assert await findings(wall) == []

    # Somebody calls and waits, and is answered: all of it without anybody asking.
    await hears(hall, "answered_citizen_hangs_up", "a3", most=3)
    await expect(numbers).to_contain_text("正在排队1")
    await stands(hall, "agent-1001", "talking")
    await expect(seat).to_contain_text("通话")
    await hears(hall, "answered_citizen_hangs_up", "a3", most=10)
    await expect(numbers).to_contain_text("正在排队0")
    await seat.get_by_role("button").first.click()
    await seat.get_by_role("button", name="监听").click()
    await expect(wall.get_by_role("alert")).to_contain_text("没有接入电话系统")
    await wall.keyboard.press("Alt+B")
    await expect(wall.get_by_role("button", name="退出大屏")).to_be_visible()
    assert await findings(wall) == []
    await wall.keyboard.press("Escape")

    # 漏接回拨
    await wall.keyboard.press("Alt+2")
    row = wall.get_by_role("row").filter(has_text="139****0009")
    await expect(row).to_contain_text("放弃")
    await expect(row.get_by_role("button", name="放弃")).to_be_disabled()
    assert await findings(wall) == []

    # 低评来电: listened to and written down, then off the list.
    await hall.city.conn.execute(
        "UPDATE call SET score = 1 WHERE id IN (SELECT id FROM call WHERE direction = 'in' ORDER BY id LIMIT 1)"
    )
    await wall.goto("/console/phone/marks")
    row = wall.get_by_role("row").filter(has_text="1 分")
    await row.get_by_role("button", name="核实").click()
    mark = wall.get_by_role("dialog", name="核实低评来电")
    await mark.get_by_label("认定").select_option("误按")
    await wall.keyboard.press("Control+Enter")
    await expect(mark.get_by_text("请写明核实情况")).to_be_visible()
    await mark.get_by_label("核实情况和处理").fill("已回电,市民说按错了")
    assert await findings(wall) == []
    await wall.keyboard.press("Control+Enter")
    await expect(wall.get_by_text("没有待核实的低评来电")).to_be_visible()
    await wall.get_by_role("button", name="已核实的").click()
    await expect(wall.get_by_role("listitem").filter(has_text="误按 已回电,市民说按错了")).to_be_visible()
    assert await findings(wall) == []

    # 骚扰来电: asked for by the agent with a call, approved by the supervisor.
    desk = await hall.opens("agent", "/phone/restrict")
    await desk.keyboard.press("Alt+N")
    dialog = desk.get_by_role("dialog")
    await dialog.get_by_label("哪一通来电").select_option(index=1)
    await expect(dialog.get_by_role("radio", name="提醒")).to_be_checked()
    await dialog.get_by_label("事实说明").fill(FACTS)
    assert await findings(desk) == []
    await desk.keyboard.press("Control+Enter")
    await expect(desk.get_by_role("status").filter(has_text="已提交")).to_be_visible()
    await wall.goto("/console/phone/restrict")
    waiting = wall.get_by_role("article").filter(has_text=FACTS)
    assert await findings(wall) == []
    await waiting.get_by_role("button", name="批准").click()
    await expect(wall.get_by_role("heading", name="生效中 1")).to_be_visible()
    found = await pool.fetchrow("SELECT step, approved, proposed_by FROM caller_restriction")
    assert found is not None and tuple(found) == ("remind", True, person)

    # 话务指标, down to the calls.
    await wall.keyboard.press("Alt+4")
    await wall.get_by_role("button", name="合计").click()
    calls = wall.get_by_role("region", name="合计:逐通")
    await expect(calls.get_by_role("row")).to_have_count(5)
    await expect(calls).to_contain_text("139****0009")
    assert await findings(wall) == []

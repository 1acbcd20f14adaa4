"""Every handler in jobs/handlers.py: run twice, and twice at the same moment, it has one effect."""

import asyncio
from datetime import date, timedelta

import pytest

from hotline.directory.people import SYSTEM, Actor, Role
from hotline.infra.db import Connection
from hotline.infra.http import Services
from hotline.infra.outbox import Follow
from hotline.jobs.handlers import FOLLOWS
from hotline.jobs.worker import handle
from hotline.sla.actions import Change, apply_change, keep
from hotline.sla.calendar import SpecialDay
from hotline.tickets import actions as tickets
from hotline.tickets import audit
from hotline.tickets import facts as f
from hotline.tickets.actions import Held
from hotline.tickets.privacy import Matter, Petitioner
from hotline.tickets.states import Channel, Kind, Outcome, Solved, Urgency
from hotline.tickets.ticket import Times
from hotline.tickets.verbs import Desk

MATTER = Matter("路灯不亮", "人民路东段的路灯从上周五开始不亮,晚上老人出门很危险,希望尽快派人修好。")


async def registered(services: Services, conn: Connection, phone: str = "13800000001") -> Held:
    create = f.Create(Kind.COMPLAINT, Urgency.NORMAL, Channel.PHONE)
    now, cipher = services.clock.now(), services.cipher
    who = Petitioner(phone=phone)
    return await tickets.create(
        conn, [create, f.Register()], MATTER, who, actor=SYSTEM, now=now, cipher=cipher, query_code=None
    )


def share(services: Services) -> f.Share:
    return f.Share(unit_id=7, unit_path=(1, 7), times=Times(finish_due=services.clock.now() + timedelta(days=7)))


async def answered(held: Held, services: Services, *, sampled: bool = True) -> None:
    """Sent, signed, replied, accepted: the citizen is to be asked."""
    await held.do(f.Dispatch(lead=share(services)))
    everyone = frozenset(Role) - {Role.SYSTEM, Role.CITIZEN}
    held.actor = Actor(name="周平", roles=everyone, person_id=1, unit_id=7)
    await held.do(f.Sign(1))
    await held.do(f.Answered(assignment_id=1, solved=Solved.YES, digest="ab"))
    held.actor = Actor(name="苏敏", roles=everyone, person_id=2, unit_id=900)
    await held.do(f.ApproveReply(services.clock.now() + timedelta(days=3), sampled))


async def a_letter(services: Services, conn: Connection) -> Follow:
    return Follow("ticket.registered", (await registered(services, conn)).ticket.id)


async def a_category(services: Services, conn: Connection) -> Follow:
    held = await registered(services, conn)
    await held.do(f.Classify(category="0101"))
    return Follow("ticket.classified", held.ticket.id)


async def a_direct_answer(services: Services, conn: Connection) -> Follow:
    create = f.Create(Kind.CONSULT, Urgency.NORMAL, Channel.PHONE)
    who = Petitioner(phone="13800000001")
    held = await tickets.create(
        conn, [create], MATTER, who, actor=SYSTEM, now=services.clock.now(), cipher=services.cipher, query_code=None
    )
    held.actor = Actor(name="周平", roles=frozenset({Role.AGENT}), person_id=1, unit_id=900)
    await held.do(f.AnswerDirectly(digest="ab"))
    return Follow("ticket.answered", held.ticket.id)


async def an_old_end(services: Services, conn: Connection) -> Follow:
    held = await registered(services, conn)
    await answered(held, services)
    await held.do(f.Close(Outcome.SATISFIED, Solved.YES, 5))
    services.clock.advance(timedelta(days=31))  # type: ignore[attr-defined]
    return Follow("ticket.archivable", held.ticket.id)


async def an_unanswered_page(services: Services, conn: Connection) -> Follow:
    held = await registered(services, conn)
    await answered(held, services, sampled=False)
    services.clock.advance(timedelta(days=4))  # type: ignore[attr-defined]
    return Follow("callback.page_alone", held.ticket.id)


async def a_holiday(services: Services, conn: Connection) -> Follow:
    held = await registered(services, conn)
    before, desk = held.ticket, Desk(services.settings, services.cipher)
    await held.do(f.Dispatch(lead=share(services)))
    await keep(held, before, desk)
    now = services.clock.now()
    change = Change({date(2026, 11, 25): SpecialDay(False, "停工")})
    done = await apply_change(conn, change, actor=SYSTEM, now=now, desk=desk)
    await conn.execute("DELETE FROM pgqueuer")
    return Follow("calendar.changed", held.ticket.id, {"change": done.change, "tickets": [held.ticket.id]})


async def a_master(services: Services, conn: Connection) -> Follow:
    master, child = await registered(services, conn), await registered(services, conn, "13800000002")
    await child.do(f.Merge(master_id=master.ticket.id))
    await answered(master, services)
    await conn.execute("DELETE FROM pgqueuer")
    return Follow("master.moved", master.ticket.id)


async def a_directory(services: Services, conn: Connection) -> Follow:
    await registered(services, conn)
    return Follow("directory.changed", 0, {"reason": "合并"})


CASES = {
    "ticket.registered": a_letter,
    "ticket.classified": a_category,
    "ticket.answered": a_direct_answer,
    "ticket.archivable": an_old_end,
    "callback.page_alone": an_unanswered_page,
    "calendar.changed": a_holiday,
    "master.moved": a_master,
    "directory.changed": a_directory,
}


def test_every_event_that_is_followed_stands_here() -> None:
    assert set(CASES) == set(FOLLOWS), "a new handler wants its case here"


EFFECT = """
SELECT (SELECT jsonb_agg(jsonb_build_array(h.ticket_id, h.seq, h.event) ORDER BY h.ticket_id, h.seq) FROM history h)::text,
       (SELECT count(*) FROM assignment), (SELECT count(*) FROM callback), (SELECT count(*) FROM survey),
       (SELECT jsonb_agg(jsonb_build_array(d.ticket_id, d.assignment_id, d.kind, d.due_at, d.done)
               ORDER BY d.ticket_id, d.assignment_id, d.kind) FROM deadline d)::text
"""


@pytest.mark.parametrize("event", CASES)
async def test_run_twice_and_at_the_same_moment_it_has_one_effect(services: Services, event: str) -> None:
    async with services.pool.acquire() as conn, conn.transaction():
        job = await CASES[event](services, conn)
    async with asyncio.timeout(60):
        before = await services.pool.fetchrow(EFFECT)
        await asyncio.gather(handle(job, services, FOLLOWS), handle(job, services, FOLLOWS))
        once = await services.pool.fetchrow(EFFECT)
        await handle(job, services, FOLLOWS)
        again = await services.pool.fetchrow(EFFECT)
    assert once == again
    if event != "directory.changed":
        assert once != before, "it does something"
    async with services.pool.acquire() as conn:
        for row in await conn.fetch("SELECT ticket_id, event, count(*) FROM history GROUP BY 1, 2"):
            assert row["count"] == 1, dict(row)
        assert (await audit.verify(conn)).ok

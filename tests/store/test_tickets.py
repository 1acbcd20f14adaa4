"""Tickets in PostgreSQL: what was lived is what is stored, and nothing of it can be changed unnoticed."""

import os
import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date

import asyncpg
import pytest

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection, connect
from hotline.infra.settings import load_settings
from hotline.tickets import audit, effects, store
from hotline.tickets.history import GENESIS, Happened, line_hash
from hotline.tickets.lines import store as lines_store
from hotline.tickets.petitioner import store as petitioners
from hotline.tickets.privacy import Matter, Petitioner
from hotline.tickets.states import Event
from hotline.tickets.ticket import Ticket
from tests.conftest import SECRETS, copied
from tests.walks import START, walk

MATTER = Matter(
    title="路灯不亮🙂", content="人民路东段的路灯从上周五开始不亮。\n‏שלום‏", address="人民路 18 号", tags=("照明",)
)
WRITER = Petitioner(name="王芳", phone="13912345678", email="wang@example.cn", home_address="3 栋 201")

Life = list[tuple[Ticket, Happened]]


async def keep(conn: Connection, life: Life, cipher: FieldCipher) -> Ticket:
    """Store a life step by step, as `Held` does."""
    (before, happened), *rest = life
    await store.insert(conn, before, [happened], MATTER, WRITER, cipher)
    head = line_hash(happened, GENESIS)
    for after, happened in rest:
        (head,) = await store.save(conn, [store.Change(before, after, (happened,), head)])
        before = after
    return before


@pytest.mark.parametrize("seed", range(24))
async def test_what_was_lived_is_what_is_stored(conn: Connection, cipher: FieldCipher, seed: int) -> None:
    await store.ensure_partitions(conn, START.date())
    lived = await keep(conn, walk(seed, 60), cipher)
    stored = await store.load(conn, lived.id)
    assert stored == lived
    lines = await lines_store.history(conn, lived.id)
    assert effects.replay(line.happened for line in lines) == stored
    row = await conn.fetchrow("SELECT lead_unit, due_at FROM ticket WHERE id = $1", lived.id)
    assert row and (row["lead_unit"], row["due_at"]) == (lived.lead_unit, lived.due)


async def test_words_and_person_come_back_as_they_were_given(conn: Connection, cipher: FieldCipher) -> None:
    await store.ensure_partitions(conn, START.date())
    lived = await keep(conn, walk(1, 0), cipher)
    assert await store.load_matter(conn, lived.id) == MATTER
    assert await petitioners.load_petitioner(conn, lived.id, cipher) == WRITER
    assert await petitioners.tail_matches(conn, lived.id, "5678", cipher)
    assert not await petitioners.tail_matches(conn, lived.id, "5679", cipher)
    sealed = await conn.fetchrow("SELECT name, phone, phone_tail FROM petitioner WHERE ticket_id = $1", lived.id)
    assert sealed and "王芳".encode() not in sealed["name"] and b"13912345678" not in sealed["phone"]


@pytest.mark.parametrize("change", ["UPDATE history SET reason = 'x'", "DELETE FROM history", "TRUNCATE history"])
async def test_history_can_neither_be_changed_nor_taken_away(
    conn: Connection, cipher: FieldCipher, change: str
) -> None:
    await store.ensure_partitions(conn, START.date())
    await keep(conn, walk(2, 5), cipher)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
        await conn.execute(change)


async def test_a_ticket_lies_in_its_month(conn: Connection, cipher: FieldCipher) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="no partition"):
        async with conn.transaction():
            await keep(conn, walk(3, 0), cipher)
    await store.ensure_partitions(conn, START.date())
    await store.ensure_partitions(conn, START.date())
    lived = await keep(conn, walk(3, 4), cipher)
    lies = await conn.fetchrow(WHERE_IT_LIES, lived.id)
    assert lies and set(lies.values()) == {"ticket_202603", "history_202603", "matter_202603", "petitioner_202603"}


WHERE_IT_LIES = """
SELECT t.tableoid::regclass::text AS ticket, h.tableoid::regclass::text AS history,
       m.tableoid::regclass::text AS matter, p.tableoid::regclass::text AS petitioner
  FROM ticket t JOIN history h ON h.ticket_id = t.id AND h.seq = 1
       JOIN matter m ON m.ticket_id = t.id JOIN petitioner p ON p.ticket_id = t.id
 WHERE t.id = $1
"""


async def test_numbers_of_one_day_never_repeat_even_when_the_counter_wraps(conn: Connection) -> None:
    await conn.execute("SELECT setval('ticket_serial', 9990000)")
    day = date(2026, 11, 23)
    numbers = [await store.next_id(conn, day) for _ in range(20_000)]
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"20261123\d{7}", str(number)) for number in numbers)
    assert min(numbers) == 202611230000000 and max(numbers) == 202611239999999


@pytest.fixture(scope="module")
async def archived(run_servers: tuple[str, str, str], template: str) -> AsyncIterator[Connection]:
    """Eight committed lives in a database of their own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
    keys = load_settings({**SECRETS, "HOTLINE_DATABASE_URL": "postgresql:///none"}).field_keys
    async with copied(run_servers[1], template, f"{template}_{worker}_archive") as url:
        conn = await connect(url)
        await store.ensure_partitions(conn, START.date())
        for seed in range(8):
            await keep(conn, walk(seed, 40), FieldCipher(keys))
        yield conn
        await conn.close()


@pytest.fixture
async def archive(archived: Connection) -> AsyncIterator[Connection]:
    """The archive for one test to tamper with, as somebody could who owns the database server."""
    undone = archived.transaction(isolation="repeatable_read")
    await undone.start()
    yield archived
    await undone.rollback()


async def longest(conn: Connection) -> tuple[int, int]:
    """(ticket, its last line)"""
    row = await conn.fetchrow("SELECT id, version FROM ticket ORDER BY version DESC, id LIMIT 1")
    assert row is not None and row["version"] > 10
    return row["id"], row["version"]


async def tamper(conn: Connection, change: str, *values: object) -> None:
    """What an administrator of the database could do behind our back: without the triggers."""
    await conn.execute("SET LOCAL session_replication_role = replica")
    assert not (await conn.execute(change, *values)).endswith(" 0"), "the change has changed nothing"


async def test_an_untouched_archive_is_in_order(archive: Connection) -> None:
    report = await audit.verify(archive)
    lines = await archive.fetchval("SELECT count(*) FROM history")
    assert report == audit.Report(8, lines, ())


CHANGES = {
    "a reason": "UPDATE history SET reason = reason || '改' WHERE ticket_id = $1 AND seq = $2",
    "who did it": "UPDATE history SET actor_name = '别人' WHERE ticket_id = $1 AND seq = $2",
    "when": "UPDATE history SET at = at - interval '1 microsecond' WHERE ticket_id = $1 AND seq = $2",
    "where it led": "UPDATE history SET target = 'void' WHERE ticket_id = $1 AND seq = $2",
    "a payload added to": 'UPDATE history SET payload = payload || \'{"note": "补记"}\' WHERE ticket_id = $1 AND seq = $2',
    "a payload replaced": "UPDATE history SET payload = '{\"lead\": 7}' WHERE ticket_id = $1 AND seq = $2",
    "an event unknown to us": "UPDATE history SET event = 'vanish' WHERE ticket_id = $1 AND seq = $2",
    "its hash": "UPDATE history SET hash = sha256(hash) WHERE ticket_id = $1 AND seq = $2",
    "a line taken away": "DELETE FROM history WHERE ticket_id = $1 AND seq = $2",
}


@pytest.mark.parametrize("what", CHANGES)
async def test_a_changed_line_is_named(archive: Connection, what: str) -> None:
    ticket_id, _ = await longest(archive)
    await tamper(archive, CHANGES[what], ticket_id, 6)
    report = await audit.verify(archive)
    assert [(found.ticket_id, found.seq) for found in report.findings] == [(ticket_id, 6)]


async def test_a_line_whose_hashes_were_all_made_anew_still_does_not_fit_the_ticket(archive: Connection) -> None:
    """Whoever recomputes the chain to its end must also change the ticket's own mark."""
    ticket_id, last = await longest(archive)
    lines = await lines_store.history(archive, ticket_id)
    await tamper(archive, "UPDATE history SET reason = '篡改' WHERE ticket_id = $1 AND seq = $2", ticket_id, last)
    forged = (await lines_store.history(archive, ticket_id))[-1].happened
    await tamper(
        archive,
        "UPDATE history SET hash = $3 WHERE ticket_id = $1 AND seq = $2",
        ticket_id,
        last,
        line_hash(forged, lines[-2].hash),
    )
    report = await audit.verify(archive)
    assert [found.ticket_id for found in report.findings] == [ticket_id]


async def test_a_tail_cut_off_is_named(archive: Connection) -> None:
    ticket_id, last = await longest(archive)
    await tamper(archive, "DELETE FROM history WHERE ticket_id = $1 AND seq = $2", ticket_id, last)
    [found] = (await audit.verify(archive)).findings
    assert (found.ticket_id, found.seq) == (ticket_id, last)


async def test_a_whole_history_or_a_whole_ticket_taken_away_is_named(archive: Connection) -> None:
    first, second = [row["id"] for row in await archive.fetch("SELECT id FROM ticket ORDER BY id LIMIT 2")]
    await tamper(archive, "DELETE FROM history WHERE ticket_id = $1", first)
    await tamper(archive, "DELETE FROM ticket WHERE id = $1", second)
    assert {found.ticket_id for found in (await audit.verify(archive)).findings} == {first, second}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ticket SET urgency = CASE urgency WHEN 'normal' THEN 'urgent' ELSE 'normal' END WHERE id = $1",
        "UPDATE ticket SET returns = returns + 1 WHERE id = $1",
        "UPDATE ticket SET lead_unit = coalesce(lead_unit, 0) + 1 WHERE id = $1",
        "UPDATE ticket SET due_at = coalesce(due_at, now()) + interval '1 day' WHERE id = $1",
        "UPDATE assignment SET finish_due = finish_due + interval '1 day' WHERE ticket_id = $1",
        "DELETE FROM assignment WHERE ticket_id = $1",
    ],
)
async def test_a_ticket_that_says_something_else_than_its_history_is_named(archive: Connection, change: str) -> None:
    ticket_id = await archive.fetchval(
        "SELECT ticket_id FROM assignment GROUP BY ticket_id ORDER BY count(*) DESC, ticket_id LIMIT 1"
    )
    await tamper(archive, change, ticket_id)
    [found] = (await audit.verify(archive)).findings
    assert (found.ticket_id, "重放" in found.message) == (ticket_id, True)


def test_walks_reach_most_of_the_table() -> None:
    """Or the lives above would prove little."""
    seen = Counter(happened.fact.event for seed in range(60) for _, happened in walk(seed, 60))
    assert len(seen) > 0.75 * len(Event), sorted(set(Event) - set(seen))

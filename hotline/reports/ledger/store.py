"""The rows of the ledger, read through a cursor, and the record of who took them."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hotline.directory.people import Actor, Role
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.reports.ledger.columns import Row
from hotline.reports.ledger.order import LedgerFilters

TOGETHER = 2_000
WANTED = """ t.id >= $1 AND t.id < $2 AND t.state <> 'draft'
   AND ($3::text[] IS NULL OR t.state = ANY ($3)) AND ($4::text[] IS NULL OR t.channel = ANY ($4))
   AND ($5::text IS NULL OR starts_with(t.category, $5))
   AND ($6::text IS NULL OR t.region IN (SELECT code FROM region WHERE $6 = ANY (path) OR code = $6))
   AND ($7::bigint IS NULL OR t.lead_unit IN (SELECT id FROM unit WHERE $7 = ANY (path)))"""
COUNT = "".join(("SELECT count(*) FROM ticket t WHERE", WANTED))
ROWS = "".join(
    (
        """
SELECT t.id, t.created_at, t.channel, t.category, t.region, m.title, m.content, m.address, t.state, t.lead_unit, t.due_at,
       t.ended_at, t.round, t.returns, t.confidential, t.kind, t.urgency, p.name, p.phone
  FROM ticket t
  JOIN matter m ON m.ticket_id = t.id
  LEFT JOIN petitioner p ON p.ticket_id = t.id AND p.ticket_id >= $1 AND p.ticket_id < $2
 WHERE m.ticket_id >= $1 AND m.ticket_id < $2 AND""",
        WANTED,
        " ORDER BY t.id",
    )
)
CATEGORY_NAMES = "SELECT code, name FROM category"


def wanted(first: int, until: int, filters: LedgerFilters) -> tuple[Any, ...]:
    f = filters
    states, channels = [state.value for state in f.states], [channel.value for channel in f.channels]
    return first, until, states or None, channels or None, f.category or None, f.region or None, f.unit


async def count(conn: Connection, first: int, until: int, filters: LedgerFilters) -> int:
    found: int = await conn.fetchval(COUNT, *wanted(first, until, filters))
    return found


async def rows(
    conn: Connection, first: int, until: int, filters: LedgerFilters, cipher: FieldCipher | None
) -> AsyncIterator[list[Row]]:
    """A few thousand at a time; needs a transaction. Without a cipher nothing is known of the citizen."""
    cursor = await conn.cursor(ROWS, *wanted(first, until, filters))
    while found := await cursor.fetch(TOGETHER):
        yield [opened(dict(row), cipher) for row in found]


def opened(row: dict[str, Any], cipher: FieldCipher | None) -> Row:
    for field in ("name", "phone"):
        row[field] = cipher.decrypt(row[field]) if cipher and row[field] else None
    return Row(**row)


async def category_names(conn: Connection) -> dict[str, str]:
    return {row["code"]: row["name"] for row in await conn.fetch(CATEGORY_NAMES)}


# -- who asked ------------------------------------------------------------------------------------------------------

ASKER = """
SELECT p.id, p.name, p.unit_id, array_agg(r.role) AS roles
  FROM person p JOIN account a ON a.person_id = p.id JOIN person_role r ON r.person_id = p.id
 WHERE p.active AND (a.username = $1 OR p.id = $2) GROUP BY p.id
"""


async def asker(conn: Connection, *, login: str | None = None, person: int | None = None) -> Actor | None:
    """Who it is, with the roles of today; None when there is no such account any more."""
    row = await conn.fetchrow(ASKER, login, person)
    return (
        Actor(row["name"], frozenset(Role(role) for role in row["roles"]), row["id"], row["unit_id"]) if row else None
    )


# -- the record -----------------------------------------------------------------------------------------------------


class Taken(msgspec.Struct, frozen=True):
    """An export as it stands."""

    id: int
    at: datetime
    by_name: str
    person_id: int | None
    purpose: str
    first: int
    until: int
    format: str
    filters: LedgerFilters
    columns: tuple[str, ...]
    by_page: bool
    done: int
    of: int | None
    begun: bool
    ended_at: datetime | None
    whole: bool | None
    cancelled_at: datetime | None
    expires_at: datetime | None
    problem: str
    fetched: int


BEGIN = """
INSERT INTO taken_out (at, by_name, person_id, purpose, first, until, format, filters, columns, by_page)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id
"""
TAKE = """
-- The next that nobody writes. A writer says every few thousand rows that it is alive; one that is silent is dead.
UPDATE taken_out SET seen_at = now(), done = 0
 WHERE id = (SELECT id FROM taken_out
              WHERE by_page AND ended_at IS NULL AND (seen_at IS NULL OR seen_at < now() - $1::interval)
              ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""
GO_ON = "UPDATE taken_out SET seen_at = now(), done = $2, of = $3 WHERE id = $1 RETURNING cancelled_at IS NULL"
END = """
UPDATE taken_out SET ended_at = $2, rows = $3, done = $3, whole = $4, expires_at = $5, problem = $6
 WHERE id = $1 AND ended_at IS NULL
"""
CANCEL = """
-- What nobody has begun ends at once; a writer sees it at its next few thousand rows.
UPDATE taken_out SET cancelled_at = $2, ended_at = CASE WHEN seen_at IS NULL THEN $2::timestamptz END,
       whole = CASE WHEN seen_at IS NULL THEN false END, rows = CASE WHEN seen_at IS NULL THEN 0 END
 WHERE id = $1 AND ended_at IS NULL AND cancelled_at IS NULL
"""
READ = """
SELECT t.id, t.at, t.by_name, t.person_id, t.purpose, t.first, t.until, t.format, t.filters, t.columns, t.by_page, t.done, t.of,
       t.seen_at IS NOT NULL AS begun, t.ended_at, t.whole, t.cancelled_at, t.expires_at, t.problem,
       (SELECT count(*) FROM taken_out_fetch f WHERE f.taken_out_id = t.id) AS fetched
  FROM taken_out t"""
OF_PERSON = "".join((READ, " WHERE t.person_id = $1 ORDER BY t.id DESC LIMIT $2"))
OF_ALL = "".join((READ, " ORDER BY t.id DESC LIMIT $1"))
ONE = "".join((READ, " WHERE t.id = $1"))
STILL_RUNNING = "SELECT count(*) FROM taken_out WHERE person_id = $1 AND by_page AND ended_at IS NULL"
LOCK = "SELECT pg_advisory_xact_lock(hashtext('taken_out'), $1::int)"
OVER = """
SELECT id, coalesce(expires_at <= $2, true) AS expired FROM taken_out WHERE id = ANY ($1::bigint[]) AND ended_at IS NOT NULL
"""
GIVE_BACK = "UPDATE taken_out SET seen_at = NULL WHERE id = $1 AND ended_at IS NULL"
FETCHED = "INSERT INTO taken_out_fetch (taken_out_id, at, address) VALUES ($1, $2, $3)"


async def begin(
    conn: Connection,
    now: datetime,
    who: Actor,
    purpose: str,
    span: tuple[int, int],
    fmt: str,
    filters: LedgerFilters,
    columns: Sequence[str],
    *,
    by_page: bool,
) -> int:
    number: int = await conn.fetchval(
        BEGIN,
        now,
        who.name,
        who.person_id,
        purpose,
        *span,
        fmt,
        msgspec.to_builtins(filters),
        list(columns),
        by_page,
    )
    return number


async def take(conn: Connection, lease: timedelta) -> int | None:
    found: int | None = await conn.fetchval(TAKE, lease)
    return found


async def go_on(conn: Connection, number: int, done: int, of: int) -> bool:
    """Whether it is still wanted."""
    return bool(await conn.fetchval(GO_ON, number, done, of))


async def end(
    conn: Connection,
    number: int,
    now: datetime,
    rows: int,
    *,
    whole: bool,
    expires: datetime | None = None,
    problem: str = "",
) -> None:
    await conn.execute(END, number, now, rows, whole, expires, problem)


async def cancel(conn: Connection, number: int, now: datetime) -> None:
    await conn.execute(CANCEL, number, now)


def _taken(row: Any) -> Taken:
    return msgspec.convert(dict(row), Taken)


async def one(conn: Connection, number: int) -> Taken | None:
    row = await conn.fetchrow(ONE, number)
    return _taken(row) if row else None


async def of_person(conn: Connection, person: int, limit: int) -> list[Taken]:
    return [_taken(row) for row in await conn.fetch(OF_PERSON, person, limit)]


async def of_all(conn: Connection, limit: int) -> list[Taken]:
    return [_taken(row) for row in await conn.fetch(OF_ALL, limit)]


async def still_running(conn: Connection, person: int) -> int:
    """How many this person waits for; who asks twice at once is counted once after the other."""
    await conn.execute(LOCK, person)
    found: int = await conn.fetchval(STILL_RUNNING, person)
    return found


async def over(conn: Connection, numbers: Sequence[int], now: datetime) -> dict[int, bool]:
    """Those that have ended, and whether their file's time is over."""
    return {row["id"]: row["expired"] for row in await conn.fetch(OVER, numbers, now)}


async def give_back(conn: Connection, number: int) -> None:
    """Another writer begins it anew."""
    await conn.execute(GIVE_BACK, number)


async def fetched(conn: Connection, number: int, now: datetime, address: str) -> None:
    await conn.execute(FETCHED, number, now, address)

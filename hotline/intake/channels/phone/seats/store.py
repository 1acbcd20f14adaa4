"""Telephones, their newest state, and who sat there when."""

from collections.abc import Iterable
from datetime import datetime

from asyncpg import Record

from hotline.infra.db import Connection
from hotline.intake.channels.phone.event import PhoneEvent
from hotline.intake.channels.phone.seats.seat import Seat, SeatState

HEAR = """
-- The newest event tells the state, in whatever order they are heard; the same state goes on since it began.
INSERT INTO phone_agent AS kept (provider, agent, extension, state, reason, since, heard_at, heard_key)
VALUES ($1, $2, $3, $4, $5, $6, $6, $7)
ON CONFLICT (provider, agent) DO UPDATE SET
    number = nextval('phone_number'), extension = coalesce(nullif(excluded.extension, ''), kept.extension),
    state = excluded.state, reason = excluded.reason, heard_at = excluded.heard_at, heard_key = excluded.heard_key,
    since = CASE WHEN (kept.state, kept.reason) = (excluded.state, excluded.reason) THEN kept.since
                 ELSE excluded.since END,
    wrap_until = CASE WHEN excluded.state <> 'signed_out' THEN kept.wrap_until END
 WHERE (kept.heard_at, kept.heard_key) < (excluded.heard_at, excluded.heard_key)
"""
STATES = frozenset(SeatState)


async def hear(conn: Connection, events: Iterable[PhoneEvent]) -> None:
    told = [event for event in events if event.said("state") in STATES]
    # In one order everywhere: two writers of the same telephones do not wait for each other crosswise.
    newest = {(e.provider, e.agent): e for e in sorted(told, key=lambda e: e.order)}
    rows = [
        (p, agent, e.said("extension"), e.said("state"), e.said("reason"), e.at, e.event_key)
        for (p, agent), e in sorted(newest.items(), key=lambda item: item[0])
    ]
    await conn.executemany(HEAR, rows)


SEATS = """
SELECT a.provider, a.agent, a.extension, a.state, a.reason, a.since, a.person_id, p.name AS person, a.wrap_until, a.number,
       a.muted
  FROM phone_agent a LEFT JOIN person p ON p.id = a.person_id
 WHERE a.number > $1 AND ($2::integer IS NULL OR a.person_id = $2) ORDER BY a.number
"""


async def seats(conn: Connection, *, after: int = 0, person_id: int | None = None) -> list[Seat]:
    return [seat_of(row) for row in await conn.fetch(SEATS, after, person_id)]


def seat_of(row: Record) -> Seat:
    return Seat(**{**dict(row), "state": SeatState(row["state"])})


STAND_UP = """
-- Whoever sat there before, and wherever this person sat before: both are over.
UPDATE phone_sitting SET ended_at = greatest($4::timestamptz, began_at)
 WHERE ended_at IS NULL AND (person_id = $3 OR (provider = $1 AND agent = $2)) AND NOT
       (person_id = $3 AND provider = $1 AND agent = $2)
"""
SIT_DOWN = """
INSERT INTO phone_sitting (provider, agent, person_id, began_at)
SELECT $1, $2, $3::integer, $4::timestamptz WHERE NOT EXISTS (
    SELECT 1 FROM phone_sitting WHERE provider = $1 AND agent = $2 AND person_id = $3 AND ended_at IS NULL)
"""
LEAVE_OTHERS = """
UPDATE phone_agent SET person_id = NULL, number = nextval('phone_number'), wanted = ''
 WHERE person_id = $3 AND (provider, agent) <> ($1, $2)
"""
TAKE_SEAT = """
INSERT INTO phone_agent (provider, agent, extension, person_id, state, reason, since, heard_at, heard_key, wanted)
VALUES ($1, $2, $3, $4, 'signed_out', '', $5, to_timestamp(0), '', 'sign_in')
ON CONFLICT (provider, agent) DO UPDATE
   SET person_id = excluded.person_id, extension = excluded.extension, number = nextval('phone_number'), wanted = 'sign_in'
"""


async def sit_down(conn: Connection, provider: str, agent: str, extension: str, person_id: int, now: datetime) -> None:
    await conn.execute(LEAVE_OTHERS, provider, agent, person_id)
    await conn.execute(TAKE_SEAT, provider, agent, extension, person_id, now)
    await conn.execute(STAND_UP, provider, agent, person_id, now)
    await conn.execute(SIT_DOWN, provider, agent, person_id, now)


LEAVE_SEAT = """
UPDATE phone_agent SET person_id = NULL, number = nextval('phone_number'), wanted = '', wrap_until = NULL
 WHERE provider = $1 AND agent = $2
"""
SITTING_ENDS = """
UPDATE phone_sitting SET ended_at = greatest($3::timestamptz, began_at)
 WHERE provider = $1 AND agent = $2 AND ended_at IS NULL
"""


async def stand_up(conn: Connection, provider: str, agent: str, now: datetime) -> None:
    await conn.execute(SITTING_ENDS, provider, agent, now)
    await conn.execute(LEAVE_SEAT, provider, agent)


WANT = """
UPDATE phone_agent SET wanted = $3, wrap_until = $4, number = nextval('phone_number') WHERE provider = $1 AND agent = $2
"""


async def want(conn: Connection, provider: str, agent: str, wanted: str, wrap_until: datetime | None = None) -> None:
    """What the person asked of their telephone last."""
    await conn.execute(WANT, provider, agent, wanted, wrap_until)


RESTING_NOW = """
SELECT count(*) FROM phone_agent
 WHERE provider = $1 AND state = 'not_ready' AND reason = ANY($2::text[]) AND agent <> $3 AND person_id IS NOT NULL
"""
SIGNED_IN = "SELECT count(*) FROM phone_agent WHERE provider = $1 AND person_id IS NOT NULL"


async def resting(conn: Connection, provider: str, reasons: Iterable[str], but: str) -> tuple[int, int]:
    """How many others rest, of how many that are signed in."""
    return await conn.fetchval(RESTING_NOW, provider, list(reasons), but), await conn.fetchval(SIGNED_IN, provider)


WANTED = "SELECT wanted FROM phone_agent WHERE provider = $1 AND agent = $2"


async def wanted(conn: Connection, provider: str, agent: str) -> str:
    return await conn.fetchval(WANTED, provider, agent) or ""


WRITE_UP = """
-- Only of who sits there; and whoever asked to rest after this call rests.
UPDATE phone_agent SET wrap_until = $3, number = nextval('phone_number')
 WHERE provider = $1 AND agent = $2 AND person_id IS NOT NULL AND wanted NOT LIKE 'not_ready:%'
RETURNING extension
"""


async def write_up(conn: Connection, provider: str, agent: str, until: datetime) -> str | None:
    """The extension of an agent who is given time to write up a call."""
    extension: str | None = await conn.fetchval(WRITE_UP, provider, agent, until)
    return extension


MUTE = """
UPDATE phone_agent SET muted = $3, number = nextval('phone_number') WHERE provider = $1 AND agent = $2 AND muted <> $3
"""


async def mute(conn: Connection, provider: str, agent: str, call: str) -> None:
    """No telephone system tells whose receiver is muted: what was asked and done is kept. An empty `call`: none."""
    await conn.execute(MUTE, provider, agent, call)


WRAPPED_UP = """
UPDATE phone_agent SET wrap_until = NULL, number = nextval('phone_number')
 WHERE provider = $1 AND wrap_until <= $2 AND person_id IS NOT NULL RETURNING extension
"""


async def wrapped_up(conn: Connection, provider: str, now: datetime) -> list[str]:
    """The extensions whose time for writing up has just ended."""
    return [row["extension"] for row in await conn.fetch(WRAPPED_UP, provider, now)]

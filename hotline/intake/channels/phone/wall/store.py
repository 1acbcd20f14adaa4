"""The supervisor's wall in numbers."""

from datetime import datetime

import msgspec

from hotline.infra.db import Connection
from hotline.intake.channels.phone.link.store import Link


class QueueNow(msgspec.Struct, frozen=True):
    """One queue: who waits now, and today's waits by how they ended."""

    queue: str
    waiting: int
    longest_ms: int
    offered: int
    answered: int
    abandoned: int
    overflowed: int
    lost: int
    short: int
    """放弃于门槛秒数内的: left out of the rates."""
    in_time: int
    """Answered within `seconds`."""
    wait_ms: int
    """Of the answered, together: ÷ answered is the average wait."""


class PhoneWall(msgspec.Struct, frozen=True):
    at: datetime
    seconds: int
    short_seconds: int
    queues: list[QueueNow]
    seats: dict[str, int]
    """How many telephones are in each state."""
    talking: int
    """Calls in which somebody talks now."""
    links: list[Link]


NOW = """
SELECT v->>'queue' AS queue, count(*) AS waiting,
       coalesce(max(extract(epoch FROM $1::timestamptz - (v->>'queued_at')::timestamptz) * 1000), 0)::bigint AS longest_ms
  FROM call c, jsonb_array_elements(c.visits) AS v
 WHERE c.state IN ('queued', 'ringing') AND c.direction = 'in' AND v->>'outcome' IS NULL AND v->>'left_at' IS NULL
 GROUP BY 1
"""
TODAY = """
SELECT v->>'queue' AS queue, count(*) AS offered,
       count(*) FILTER (WHERE v->>'outcome' = 'answered') AS answered,
       count(*) FILTER (WHERE v->>'outcome' = 'abandoned') AS abandoned,
       count(*) FILTER (WHERE v->>'outcome' = 'overflowed') AS overflowed,
       count(*) FILTER (WHERE v->>'outcome' = 'lost') AS lost,
       count(*) FILTER (WHERE v->>'outcome' = 'abandoned' AND (v->>'wait_ms')::integer < $3 * 1000) AS short,
       count(*) FILTER (WHERE v->>'outcome' = 'answered' AND (v->>'wait_ms')::integer <= $2 * 1000) AS in_time,
       coalesce(sum((v->>'wait_ms')::integer) FILTER (WHERE v->>'outcome' = 'answered'), 0)::bigint AS wait_ms
  FROM call c, jsonb_array_elements(c.visits) AS v
 WHERE c.offered_at >= $1 GROUP BY 1
"""
SEATS_NOW = "SELECT state, count(*) AS seats FROM phone_agent WHERE person_id IS NOT NULL GROUP BY state"
TALKING = "SELECT count(*) FROM call WHERE state IN ('talking', 'held')"


async def wall(conn: Connection, now: datetime, seconds: int, short: int, links: list[Link]) -> PhoneWall:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    waiting = {row["queue"]: row for row in await conn.fetch(NOW, now)}
    today = {row["queue"]: dict(row) for row in await conn.fetch(TODAY, midnight, seconds, short)}
    queues = [
        QueueNow(
            **(today.get(queue) or {**EMPTY, "queue": queue}),
            waiting=waiting[queue]["waiting"] if queue in waiting else 0,
            longest_ms=max(0, waiting[queue]["longest_ms"]) if queue in waiting else 0,
        )
        for queue in sorted(today.keys() | waiting.keys())
    ]
    states = {row["state"]: row["seats"] for row in await conn.fetch(SEATS_NOW)}
    return PhoneWall(now, seconds, short, queues, states, await conn.fetchval(TALKING), links)


EMPTY = dict.fromkeys(("offered", "answered", "abandoned", "overflowed", "lost", "short", "in_time", "wait_ms"), 0)

"""What was settled, what is frozen, what the shadows said, and the days and weeks by which models are watched."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from hotline.classify.nightly.drift import ModelDay
from hotline.infra.db import Connection

Outcome = Literal["asked", "running", "challenger", "shadow", "nothing", "failed"]


class Run(msgspec.Struct, frozen=True):
    """A training: asked for, or of the night."""

    id: int
    at: datetime
    ended_at: datetime | None
    outcome: Outcome
    said: str
    asked_by: str | None


RUNS = "SELECT id, at, ended_at, outcome, said, asked_by FROM training_run ORDER BY id DESC LIMIT $1"
ALONE = "SELECT pg_advisory_xact_lock(hashtext('training_run'))"
ASK = """
INSERT INTO training_run (at, outcome, asked_by)
SELECT $1, $3, $2 WHERE NOT EXISTS (SELECT FROM training_run WHERE outcome IN ('asked', 'running')) RETURNING id
"""
CLAIM_ASKED = """
-- It begins now, however long it has waited for a worker.
UPDATE training_run SET outcome = 'running', at = $1
 WHERE id = (SELECT id FROM training_run WHERE outcome = 'asked' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id
"""
CLAIM_NIGHT = """
-- One a night, whichever worker is first.
INSERT INTO training_run (at, outcome)
SELECT $1, 'running'
 WHERE NOT EXISTS (SELECT FROM training_run WHERE at >= $2)
   AND $3 <= (SELECT count(*) FROM (SELECT FROM settled_category LIMIT $3) s)
RETURNING id
"""
FINISH = "UPDATE training_run SET ended_at = $2, outcome = $3, said = $4 WHERE id = $1"
TELL = "UPDATE training_run SET said = $2 WHERE id = $1 AND outcome = 'running'"
HOLD = "SELECT pg_advisory_lock(hashtext('training_run'), $1)"
LET_GO = "SELECT pg_advisory_unlock(hashtext('training_run'), $1)"
GIVE_UP = """
-- Begun before $2, and no session holds it any more: its process is gone, whatever ended it.
UPDATE training_run SET outcome = 'failed', ended_at = $1, said = '训练进程中途结束,没有得出结果'
 WHERE id IN (SELECT id FROM training_run WHERE outcome = 'running' AND at < $2)
   AND pg_try_advisory_xact_lock(hashtext('training_run'), id)
"""


async def runs(conn: Connection, limit: int = 10) -> list[Run]:
    return [Run(**dict(row)) for row in await conn.fetch(RUNS, limit)]


async def alone(conn: Connection) -> None:
    """Until the transaction ends nobody else begins a training or asks for one. A statement of its own: what waited for the
    lock must look anew."""
    await conn.execute(ALONE)


async def ask(conn: Connection, at: datetime, by: str, outcome: Literal["asked", "running"] = "asked") -> int | None:
    """None: one is asked for or running already."""
    await alone(conn)
    number: int | None = await conn.fetchval(ASK, at, by, outcome)
    return number


async def claim(conn: Connection, now: datetime, night: datetime | None, fewest: int) -> int | None:
    """The training to be done now, taken by whoever asks first; `night`: since when one of this night counts. A night
    without `fewest` settled letters has nothing to teach."""
    await alone(conn)
    number: int | None = await conn.fetchval(CLAIM_ASKED, now)
    if number is None and night is not None:
        number = await conn.fetchval(CLAIM_NIGHT, now, night, fewest)
    return number


async def finish(conn: Connection, run: int, at: datetime, outcome: Outcome, said: str) -> None:
    await conn.execute(FINISH, run, at, outcome, said)


async def tell(conn: Connection, run: int, said: str) -> None:
    """How far it has come, for whoever looks."""
    await conn.execute(TELL, run, said)


@asynccontextmanager
async def held(conn: Connection, run: int) -> AsyncIterator[None]:
    """As long as this session lives, nobody takes the training for dead."""
    await conn.execute(HOLD, run)
    try:
        yield
    finally:
        await conn.execute(LET_GO, run)


async def give_up(conn: Connection, now: datetime, before: datetime) -> None:
    await conn.execute(GIVE_UP, now, before)


FREEZE = """
-- One of ten by a hash of its number, until there are enough; from then on the set stays as it is.
INSERT INTO frozen_letter (ticket_id, at)
SELECT s.ticket_id, $1 FROM settled_category s
 WHERE s.by_person AND hashint8extended(s.ticket_id, 0) % 10 = 0
   AND NOT EXISTS (SELECT FROM frozen_letter f WHERE f.ticket_id = s.ticket_id)
 ORDER BY s.ticket_id LIMIT greatest(0, $2 - (SELECT count(*) FROM frozen_letter))
"""
SETTLED = """
-- The newest. One of ten is never learned from while the frozen letters are not yet enough.
SELECT s.ticket_id, m.title, m.content, s.category AS label, s.created_at
  FROM settled_category s JOIN matter m USING (ticket_id)
 WHERE NOT EXISTS (SELECT FROM frozen_letter f WHERE f.ticket_id = s.ticket_id)
   AND (hashint8extended(s.ticket_id, 0) % 10 <> 0 OR NOT s.by_person OR (SELECT count(*) FROM frozen_letter) >= $2)
 ORDER BY s.ticket_id DESC LIMIT $1
"""
FROZEN = """
SELECT s.ticket_id, m.title, m.content, s.category AS label, s.created_at
  FROM frozen_letter f JOIN settled_category s USING (ticket_id) JOIN matter m USING (ticket_id) ORDER BY s.ticket_id
"""
KINDS = """
-- With $2 the frozen letters, else the newest of the others.
SELECT s.ticket_id, m.title, m.content, s.kind AS label, s.created_at
  FROM settled_kind s JOIN matter m USING (ticket_id)
 WHERE EXISTS (SELECT FROM frozen_letter f WHERE f.ticket_id = s.ticket_id) = $2
   AND ($2 OR hashint8extended(s.ticket_id, 0) % 10 <> 0 OR (SELECT count(*) FROM frozen_letter) >= $3)
 ORDER BY s.ticket_id DESC LIMIT $1
"""


class Settled(msgspec.Struct, frozen=True):
    """A letter, and what it turned out to be about."""

    ticket_id: int
    title: str
    content: str
    label: str
    """A category, or a kind."""
    created_at: datetime


async def freeze(conn: Connection, at: datetime, most: int) -> None:
    await conn.execute(FREEZE, at, most)


async def settled(conn: Connection, most: int, enough: int) -> list[Settled]:
    return [Settled(**dict(row)) for row in await conn.fetch(SETTLED, most, enough)]


async def frozen(conn: Connection) -> list[Settled]:
    return [Settled(**dict(row)) for row in await conn.fetch(FROZEN)]


async def kinds(conn: Connection, most: int, enough: int, *, frozen: bool) -> list[Settled]:
    return [Settled(**dict(row)) for row in await conn.fetch(KINDS, most, frozen, enough)]


COMPARED = (
    "UPDATE model SET comparison = $2, role = $3, role_since = $4 WHERE id = $1 AND role IN ('challenger', 'shadow')"
)
WATCHING = """
SELECT id, path, created_at, role FROM model WHERE target = $1 AND role IN ('challenger', 'shadow')
   AND comparison IS NOT NULL ORDER BY id DESC
"""
FORGET = "DELETE FROM model WHERE id = $1 AND role IN ('challenger', 'shadow') RETURNING path"
UNANSWERED = """
SELECT p.ticket_id, m.title, m.content FROM prediction p JOIN matter m USING (ticket_id)
 WHERE p.at >= $2 AND NOT EXISTS (SELECT FROM shadow_answer s WHERE s.model_id = $1 AND s.ticket_id = p.ticket_id)
 ORDER BY p.ticket_id DESC LIMIT $3
"""
SAVE_ANSWERS = """
INSERT INTO shadow_answer (model_id, ticket_id, code, confidence, at)
SELECT $1, unnest($2::bigint[]), unnest($3::text[]), unnest($4::float8[]), $5 ON CONFLICT DO NOTHING
"""
LIVE = """
-- What each watching model would have said of the letters that came since, beside what was said and what it turned out to be.
WITH held AS (
    SELECT s.model_id, s.code AS shadow, left(t.category, 4) AS truth, coalesce(said.areas -> 0 ->> 0, left(said.top3 -> 0 ->> 'code', 4)) AS said
      FROM shadow_answer s
      JOIN model m ON m.id = s.model_id AND m.target = 'category'
      JOIN settled_category t USING (ticket_id)
      JOIN LATERAL (SELECT p.areas, p.top3 FROM prediction p WHERE p.ticket_id = s.ticket_id ORDER BY p.id LIMIT 1) said ON true
     UNION ALL
    SELECT s.model_id, s.code, t.kind, said.kind
      FROM shadow_answer s
      JOIN model m ON m.id = s.model_id AND m.target = 'kind'
      JOIN settled_kind t USING (ticket_id)
      JOIN LATERAL (SELECT p.kind FROM prediction p WHERE p.ticket_id = s.ticket_id ORDER BY p.id LIMIT 1) said ON true
)
SELECT model_id, count(*) AS n,
       count(*) FILTER (WHERE said = truth) AS champion,
       count(*) FILTER (WHERE shadow = truth) AS challenger,
       count(*) FILTER (WHERE said = truth AND shadow <> truth) AS only_champion,
       count(*) FILTER (WHERE said <> truth AND shadow = truth) AS only_challenger
  FROM held GROUP BY model_id
"""


class Live(msgspec.Struct, frozen=True):
    """旁观成绩: the letters that came since the training, as the model would have answered them."""

    model_id: int
    n: int
    champion: int
    challenger: int
    only_champion: int
    only_challenger: int
    p: float = 1.0


async def compared(conn: Connection, model_id: int, comparison: Any, role: str, at: datetime) -> None:
    await conn.execute(COMPARED, model_id, comparison, role, at)


async def watching(conn: Connection, target: str) -> list[Any]:
    return [dict(row) for row in await conn.fetch(WATCHING, target)]


async def forget(conn: Connection, model_id: int) -> str | None:
    path: str | None = await conn.fetchval(FORGET, model_id)
    return path


async def unanswered(conn: Connection, model_id: int, since: datetime, limit: int) -> list[tuple[int, str, str]]:
    return [tuple(row) for row in await conn.fetch(UNANSWERED, model_id, since, limit)]


async def save_answers(
    conn: Connection, model_id: int, tickets: Sequence[int], codes: Sequence[str], sure: Sequence[float], at: datetime
) -> None:
    await conn.execute(SAVE_ANSWERS, model_id, tickets, codes, sure, at)


async def live(conn: Connection) -> dict[int, Live]:
    return {row["model_id"]: Live(**dict(row)) for row in await conn.fetch(LIVE)}


COUNT_DAYS = """
-- The days since $1 anew; a day is cheap.
WITH said AS (
    SELECT (at AT TIME ZONE 'Asia/Shanghai')::date AS day, model, coalesce(areas -> 0 ->> 0, left(top3 -> 0 ->> 'code', 4)) AS code,
           coalesce((areas -> 0 ->> 1)::float8, (top3 -> 0 ->> 'confidence')::float8) AS sure
      FROM prediction WHERE at >= $1 AND jsonb_array_length(top3) > 0
), classes AS (
    SELECT day, model, jsonb_object_agg(code, n) AS classes, sum(n)::integer AS letters, sum(sure) / sum(n) AS sure
      FROM (SELECT day, model, code, count(*) AS n, sum(sure) AS sure FROM said GROUP BY day, model, code) c GROUP BY day, model
), tenths AS (
    SELECT day, model, array_agg(n ORDER BY bin) AS bins
      FROM (SELECT d.day, d.model, g.bin, count(s.sure)::integer AS n
              FROM (SELECT DISTINCT day, model FROM said) d CROSS JOIN generate_series(0, 9) AS g (bin)
              LEFT JOIN said s ON (s.day, s.model) = (d.day, d.model) AND least(9, floor(s.sure * 10)) = g.bin
             GROUP BY d.day, d.model, g.bin) t GROUP BY day, model
)
INSERT INTO model_day (day, model, letters, sure, bins, classes)
SELECT day, model, letters, sure, bins, classes FROM classes JOIN tenths USING (day, model)
ON CONFLICT (day, model) DO UPDATE SET (letters, sure, bins, classes) =
    (excluded.letters, excluded.sure, excluded.bins, excluded.classes)
"""
LETTERS_OF_DAY = """
SELECT m.title, m.content FROM prediction p JOIN matter m USING (ticket_id)
 WHERE p.at >= $1 AND p.at < $2 AND p.model = $3 ORDER BY p.ticket_id LIMIT 500
"""
BLIND_DAYS = """
SELECT day, model FROM model_day WHERE unknown IS NULL AND model = $1 AND day >= $2 AND day < $3 ORDER BY day
"""
SAVE_UNKNOWN = "UPDATE model_day SET unknown = $3 WHERE (day, model) = ($1, $2)"
DAYS = """
-- Two models on one day are one day.
SELECT day, sum(letters)::integer AS letters, sum(sure * letters) / sum(letters) AS sure, sum(unknown * letters) / nullif(sum(letters)
       FILTER (WHERE unknown IS NOT NULL), 0) AS unknown, array_agg(to_jsonb(bins)) AS bins, array_agg(classes) AS classes
  FROM model_day WHERE day >= $1 GROUP BY day ORDER BY day
"""


async def count_days(conn: Connection, since: datetime) -> None:
    await conn.execute(COUNT_DAYS, since)


async def blind_days(conn: Connection, model: str, since: date, before: date) -> list[date]:
    """Days of which it is not known how many words the model had never met."""
    return [row["day"] for row in await conn.fetch(BLIND_DAYS, model, since, before)]


async def letters_of_day(conn: Connection, begin: datetime, end: datetime, model: str) -> list[tuple[str, str]]:
    return [tuple(row) for row in await conn.fetch(LETTERS_OF_DAY, begin, end, model)]


async def save_unknown(conn: Connection, day: date, model: str, share: float) -> None:
    await conn.execute(SAVE_UNKNOWN, day, model, share)


async def days(conn: Connection, since: date) -> list[ModelDay]:
    return [
        ModelDay(
            row["day"],
            row["letters"],
            round(row["sure"], 4),
            tuple(sum(bins) for bins in zip(*row["bins"], strict=True)),
            _summed(row["classes"]),
            round(row["unknown"], 4) if row["unknown"] is not None else None,
        )
        for row in await conn.fetch(DAYS, since)
    ]


def _summed(counts: Sequence[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in counts:
        for name, times in one.items():
            total[name] = total.get(name, 0) + times
    return total


COUNT_WEEKS = """
-- What was said first of each letter, and what it turned out to be, by week since $1.
WITH known AS (
    SELECT date_trunc('week', t.created_at AT TIME ZONE 'Asia/Shanghai')::date AS week, left(t.category, 4) AS truth,
           coalesce(p.areas -> 0 ->> 0, left(p.top3 -> 0 ->> 'code', 4)) AS said
      FROM settled_category t
      JOIN LATERAL (SELECT areas, top3 FROM prediction p WHERE p.ticket_id = t.ticket_id ORDER BY p.id LIMIT 1) p ON true
     WHERE t.created_at >= $1
), counted AS (
    SELECT week, said AS key, 1 AS said, 0 AS truth, (said = truth)::integer AS agreed FROM known WHERE said IS NOT NULL
    UNION ALL SELECT week, truth, 0, 1, 0 FROM known
)
INSERT INTO learned_week (week, what, key, said, was, agreed)
SELECT week, 'category', key, sum(said), sum(truth), sum(agreed) FROM counted GROUP BY week, key
ON CONFLICT (what, week, key) DO UPDATE SET (said, was, agreed) = (excluded.said, excluded.was, excluded.agreed)
"""
WEEKS = "SELECT week, key, said, was, agreed FROM learned_week WHERE what = $1 AND week >= $2 ORDER BY week, key"


class LearnedWeek(msgspec.Struct, frozen=True):
    """Precision is agreed / said, recall agreed / was."""

    week: date
    key: str
    said: int
    was: int
    agreed: int


async def count_weeks(conn: Connection, since: datetime) -> None:
    await conn.execute(COUNT_WEEKS, since)


async def weeks(conn: Connection, what: str, since: date) -> list[LearnedWeek]:
    return [LearnedWeek(**dict(row)) for row in await conn.fetch(WEEKS, what, since)]

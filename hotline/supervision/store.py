"""The evidence of every ticket that might be difficult, in one statement; frozen lists, thresholds."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.supervision.difficult import Thresholds
from hotline.supervision.rows import Case
from hotline.tickets.states import Channel, Urgency

SHIPPED = files("hotline.supervision") / "data" / "difficult.json"


def first_id(day: date) -> int:
    """No ticket of that day or later has a smaller number; lets a statement leave older partitions alone."""
    return int(f"{day:%Y%m%d}") * 10_000_000


# -- thresholds -----------------------------------------------------------------------------------------------------


def shipped_thresholds() -> Thresholds:
    return msgspec.json.decode(SHIPPED.read_bytes(), type=Thresholds)


READ_THRESHOLDS = "SELECT body FROM difficult_threshold ORDER BY version DESC LIMIT 1"
PUT_THRESHOLDS = """
INSERT INTO difficult_threshold (version, set_at, set_by, body)
SELECT coalesce(max(version), 0) + 1, $1, $2, $3 FROM difficult_threshold
"""


async def load_thresholds(conn: Connection) -> Thresholds:
    """As the city set them last, else as we ship them."""
    body = await conn.fetchval(READ_THRESHOLDS)
    return msgspec.convert(body, Thresholds) if body is not None else shipped_thresholds()


async def put_thresholds(conn: Connection, thresholds: Thresholds, *, by: str, now: datetime) -> None:
    await conn.execute(PUT_THRESHOLDS, now, by, msgspec.to_builtins(thresholds))


# -- evidence -------------------------------------------------------------------------------------------------------


class Found(msgspec.Struct, frozen=True):
    """What the database knows of one ticket at one moment; working days are counted elsewhere."""

    ticket_id: int
    urgency: Urgency
    channel: Channel
    tags: tuple[str, ...]
    concluded: bool
    ended: bool
    legal: bool
    verified: bool
    listed: str | None
    returns: int
    returns_refused: int
    consulted_at: datetime | None
    ruling_due: datetime | None
    repeats: int
    matter_key: str | None
    rounds: int
    late_from: datetime | None
    late_to: datetime | None
    extensions: int
    units: int
    shelved_until: datetime | None
    instructions: int
    risk_words: tuple[str, ...]
    cannot: str | None
    marked_kind: str | None
    marked_because: str | None


EVIDENCE = """
-- Everything as it stood at $2: children that came later are not counted, so a past week gives its own list.
-- $1 begin of the week, $3 since when calls are counted, $4 the smallest ticket number of that day, $5 risk words,
-- $6 words for "we cannot", $7 the week, $8 tags of legal ways, $9 tickets of a crowd, $10 channels that are watched;
-- from $11 on what a rule needs at least: returns, calls, rounds, extensions, units, days late; $17 the tickets.
WITH told AS MATERIALIZED (
    -- What came after last week's list was frozen stands on no list yet.
    SELECT least($1::timestamptz, coalesce((SELECT w.frozen_at FROM difficult_week w
                                WHERE w.week = to_char(($1::timestamptz - interval '3 days') AT TIME ZONE 'Asia/Shanghai', 'IYYY-"W"IW')),
                              $1)) AS until
), scope AS MATERIALIZED (
    -- LIMIT 1: one by one, by the key. Joined as a whole, a million letters are read for the thousand that are asked for.
    SELECT o.*, m.tags, m.said, p.phone_index
      FROM unnest($17::bigint[]) asked (id)
     CROSS JOIN LATERAL (SELECT t.id, t.state, t.urgency, t.channel, t.closing, t.disposition, t.ended_at, t.category
                           FROM ticket t WHERE t.id = asked.id LIMIT 1) o
     CROSS JOIN LATERAL (SELECT m.tags, m.title || ' ' || m.content AS said FROM matter m WHERE m.ticket_id = o.id LIMIT 1) m
      LEFT JOIN LATERAL (SELECT p.phone_index FROM petitioner p WHERE p.ticket_id = o.id LIMIT 1) p ON true
), urged AS MATERIALIZED (
    SELECT o.ticket_id, count(*) AS times FROM ticket_overlay o
     WHERE o.ticket_id >= $4 AND o.kind = 'urge' AND o.origin = 'citizen' AND o.at > $3 AND o.at <= $2 GROUP BY 1
), rung AS MATERIALIZED (
    -- These callers' calls since $3, by second-level category; whoever rang again was often noted as an urge instead of a
    -- ticket.
    SELECT u.id, u.master_id, s.phone_index, left(u.category, 4) AS about, 1 + coalesce(urged.times, 0) AS times
      FROM (SELECT DISTINCT phone_index FROM scope WHERE phone_index IS NOT NULL) s
     CROSS JOIN LATERAL (SELECT q.ticket_id FROM petitioner q
                          WHERE q.phone_index = s.phone_index AND q.ticket_id >= $4 OFFSET 0) q
     CROSS JOIN LATERAL (SELECT u.id, u.master_id, u.category, u.created_at, u.state FROM ticket u
                          WHERE u.id = q.ticket_id LIMIT 1) u
      LEFT JOIN urged ON urged.ticket_id = u.id
     WHERE u.created_at > $3 AND u.created_at <= $2 AND u.state NOT IN ('draft', 'void')
), calls AS MATERIALIZED (
    SELECT s.id, sum(c.times)::int AS times
      FROM scope s
      JOIN (SELECT phone_index, about, sum(times) AS times FROM rung WHERE about IS NOT NULL GROUP BY 1, 2) c ON c.phone_index = s.phone_index AND c.about = left(s.category, 4)
     GROUP BY 1
), besides AS MATERIALIZED (
    -- What was merged into it under another category, and itself where it has none yet.
    SELECT s.id, sum(r.times)::int AS times
      FROM scope s
      JOIN rung r ON r.master_id = s.id AND r.phone_index = s.phone_index AND r.about IS DISTINCT FROM left(s.category, 4)
     GROUP BY 1
     UNION ALL
    SELECT r.id, r.times::int FROM rung r JOIN scope s ON s.id = r.id WHERE s.category IS NULL
), found AS (
    SELECT s.id AS ticket_id, s.urgency, s.channel, s.tags,
           coalesce(s.closing = 'concluded', false) AS concluded,
           -- Struck off in a week that is over and handled again since: the list of that week tells that it had ended.
           CASE WHEN s.ended_at <= $2 THEN true
                WHEN listing.kind IS NULL THEN false
                ELSE EXISTS (SELECT FROM struck_off k WHERE k.ticket_id = s.id AND k.at > (SELECT until FROM told) AND k.at <= $2
                                AND NOT EXISTS (SELECT FROM history h WHERE h.ticket_id = s.id AND h.event = 'reopen'
                                                   AND h.at > k.at AND h.at <= $2) OFFSET 0) END AS ended,
           coalesce(s.disposition = 'legal_channel' OR s.closing = 'terminated', false) OR s.tags && $8::text[] AS legal,
           listing.kind AS listed,
           asked.returns, asked.returns_refused, asked.extensions,
           consulted.at AS consulted_at, (consulted.payload ->> 'due')::timestamptz AS ruling_due,
           greatest(coalesce(calls.times, 0) + coalesce(besides.times, 0), 1) AS repeats,
           encode(s.phone_index, 'hex') || '|' || left(s.category, 4) AS matter_key,
           shares.rounds, shares.units,
           CASE WHEN beside.shelved_until IS NULL THEN late.due END AS late_from, late.until AS late_to,
           beside.shelved_until, beside.instructions,
           ARRAY(SELECT w FROM unnest($5::text[]) w WHERE position(w IN s.said) > 0) AS risk_words,
           helpless.words AS cannot,
           mark.origin AS marked_kind, mark.text AS marked_because
      FROM scope s
      LEFT JOIN calls ON calls.id = s.id
      LEFT JOIN (SELECT id, sum(times)::int AS times FROM besides GROUP BY 1) besides ON besides.id = s.id
      LEFT JOIN LATERAL (
            -- A strike-off ends what was listed before it, and nothing that was listed after.
            SELECT l.kind FROM difficult_listed l
             WHERE l.ticket_id = s.id AND l.week < $7
               AND NOT EXISTS (SELECT FROM struck_off k WHERE k.ticket_id = l.ticket_id AND k.at > l.at
                                  AND k.at <= (SELECT until FROM told) OFFSET 0)
             ORDER BY l.week DESC LIMIT 1
           ) listing ON true
     CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE r.asked = 'return' AND r.decision = 'granted')::int AS returns,
                   count(*) FILTER (WHERE r.asked = 'return' AND r.decision = 'refused')::int AS returns_refused,
                   count(*) FILTER (WHERE r.asked = 'extension' AND r.decision = 'granted')::int AS extensions
              FROM request r WHERE r.ticket_id = s.id AND r.decided_at <= $2
           ) asked
      LEFT JOIN LATERAL (
            SELECT h.at, h.payload FROM history h
             WHERE s.state = 'consulting' AND h.ticket_id = s.id AND h.target = 'consulting' AND h.source <> 'consulting'
             ORDER BY h.seq DESC LIMIT 1
           ) consulted ON true
     CROSS JOIN LATERAL (
            SELECT coalesce(max(a.round), 0) AS rounds, count(DISTINCT a.unit_id) FILTER (WHERE a.part <> 'child')::int AS units
              FROM assignment a WHERE a.ticket_id = s.id AND a.dispatched_at <= $2
           ) shares
      LEFT JOIN LATERAL (
            -- The worst delay of a lead. A reply under review has stopped its clock; a unit that was the wrong one had none.
            SELECT a.finish_due AS due, ran.until
              FROM assignment a
             CROSS JOIN LATERAL (
                    SELECT least($2, CASE a.stage WHEN 'replied' THEN
                           (SELECT max(r.at) FROM reply r WHERE r.ticket_id = a.ticket_id AND r.assignment_id = a.id)
                           ELSE a.finished_at END) AS until
                   ) ran
             WHERE a.ticket_id = s.id AND a.part = 'lead' AND a.stage <> 'returned' AND a.dispatched_at <= $2
               AND a.finish_due < ran.until
             ORDER BY ran.until - a.finish_due DESC LIMIT 1
           ) late ON true
     CROSS JOIN LATERAL (
            SELECT min(o.due) FILTER (WHERE o.kind = 'shelved' AND o.ended_at IS NULL) AS shelved_until,
                   count(*) FILTER (WHERE o.kind = 'instruction')::int AS instructions
              FROM ticket_overlay o WHERE o.ticket_id = s.id AND o.at <= $2
           ) beside
      LEFT JOIN LATERAL (
            SELECT o.origin, o.text FROM ticket_overlay o
             WHERE o.ticket_id = s.id AND o.kind = 'difficult' AND o.at <= $2
               -- Struck off, it speaks once more on the list that tells so, and on those of before.
               AND (o.ended_at IS NULL OR o.ended_at > (SELECT until FROM told))
             ORDER BY o.id DESC LIMIT 1
           ) mark ON true
      LEFT JOIN LATERAL (
            SELECT written.words
              FROM (SELECT r.at, concat_ws('；', nullif(x.unsolved_reason, ''), nullif(x.account, '')) AS words
                      FROM reply r JOIN reply_text x ON x.ticket_id = r.ticket_id AND x.reply_id = r.id
                     WHERE r.ticket_id = s.id AND r.at <= $2
                     UNION ALL
                    SELECT q.at, q.reason FROM request q
                     WHERE q.ticket_id = s.id AND q.asked <> 'return' AND q.at <= $2) written
             WHERE EXISTS (SELECT FROM unnest($6::text[]) w WHERE position(w IN written.words) > 0)
             ORDER BY written.at DESC LIMIT 1
           ) helpless ON true
)
-- A ticket to which no rule listens stays in the database.
SELECT f.*,
       EXISTS (SELECT FROM struck_off k WHERE k.ticket_id = f.ticket_id AND k.at > (SELECT until FROM told)
                  AND k.at <= $2 OFFSET 0) AS verified
  FROM found f
 WHERE listed IS NOT NULL OR returns + returns_refused >= $11 OR consulted_at IS NOT NULL OR repeats >= $12 OR rounds >= $13
    OR extensions >= $14 OR units >= $15 OR late_to::date - late_from::date > $16 OR shelved_until < $2
    OR instructions > 0 OR urgency = 'critical' OR risk_words <> '{}' OR cannot IS NOT NULL OR marked_kind IS NOT NULL
    OR tags <> '{}' OR channel = ANY ($10::text[]) OR ticket_id = ANY ($9::bigint[])
"""


class Asked(msgspec.Struct, frozen=True):
    """What the list of a week is made of."""

    week: str
    begin: datetime
    at: datetime
    thresholds: Thresholds
    crowd: tuple[int, ...] = ()
    """Tickets of a place where enough people rang."""

    @property
    def since(self) -> datetime:
        """From when on a caller's calls are counted."""
        return self.at - timedelta(days=self.thresholds.repeat_days)

    @property
    def first(self) -> int:
        return first_id(self.since.astimezone(BEIJING).date())


async def evidence(conn: Connection, asked: Asked, tickets: Sequence[int]) -> list[Found]:
    """Of these tickets, as far as there is anything to say of them."""
    t = asked.thresholds
    rows = await conn.fetch(
        EVIDENCE,
        asked.begin,
        asked.at,
        asked.since,
        asked.first,
        t.risk_words,
        t.cannot_words,
        asked.week,
        t.legal_tags,
        asked.crowd,
        [channel.value for channel in t.channels],
        t.returns,
        t.repeats,
        t.rounds,
        t.extensions,
        t.units,
        t.overdue_days,
        tickets,
    )
    return [msgspec.convert(dict(row), Found) for row in rows]


CROWDS = """
-- Calls of one street about one matter, where enough different people rang. A region above the street is no place.
WITH told AS (
    SELECT t.id, t.created_at, r.path[3] || '|' || t.category AS place_key,
           count(*) OVER (PARTITION BY r.path[3], t.category) AS calls
      FROM ticket t
      JOIN region r ON r.code = t.region AND r.level >= 4
     WHERE t.id >= $1 AND t.created_at > $2 AND t.created_at <= $3
       AND t.category IS NOT NULL AND t.state NOT IN ('draft', 'void')
), call AS MATERIALIZED (
    -- Who rang is asked only where there are calls enough.
    SELECT c.id, c.created_at, c.place_key, coalesce(encode(p.phone_index, 'hex'), c.id::text) AS caller
      FROM told c
     CROSS JOIN LATERAL (SELECT p.phone_index FROM petitioner p WHERE p.ticket_id = c.id LIMIT 1) p
     WHERE c.calls >= $4
)
SELECT id, created_at, place_key, caller FROM call
 WHERE place_key IN (SELECT place_key FROM call GROUP BY place_key HAVING count(DISTINCT caller) >= $4)
 ORDER BY created_at, id
"""


class Call(msgspec.Struct, frozen=True):
    id: int
    created_at: datetime
    place_key: str
    caller: str


async def crowds(conn: Connection, *, since: datetime, at: datetime, callers: int) -> list[Call]:
    rows = await conn.fetch(CROWDS, first_id(since.astimezone(BEIJING).date()), since, at, callers)
    return [Call(**dict(row)) for row in rows]


# -- the tickets that made it ---------------------------------------------------------------------------------------

CASES = """
SELECT jsonb_build_object(
    'ticket', to_jsonb(t) || jsonb_build_object(
        'assignments', (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.id), '[]') FROM assignment a WHERE a.ticket_id = t.id),
        'requests', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.id), '[]') FROM request r WHERE r.ticket_id = t.id),
        'overlays', (SELECT coalesce(jsonb_agg(to_jsonb(o) ORDER BY o.id), '[]') FROM ticket_overlay o WHERE o.ticket_id = t.id)),
    'title', m.title, 'content', m.content, 'address', m.address, 'people', m.people,
    'children', (SELECT count(*) FROM ticket c WHERE c.master_id = t.id),
    'account', coalesce(last.account, ''), 'account_at', last.at,
    'told', (SELECT jsonb_build_object('at', p.at, 'who', u.name, 'text', p.text)
               FROM difficult_progress p JOIN unit u ON u.id = p.unit_id
              WHERE p.ticket_id = t.id AND p.at >= $2 AND p.at <= $3 ORDER BY p.id DESC LIMIT 1),
    'striking', EXISTS (SELECT FROM difficult_strike k WHERE k.ticket_id = t.id AND k.outcome = 'pending' AND k.at <= $3),
    'lines', happened.lines, 'rulings', happened.rulings, 'instructions', happened.instructions
)::text AS found
  FROM ticket t
  JOIN matter m ON m.ticket_id = t.id
  LEFT JOIN LATERAL (
        SELECT r.at, x.account FROM reply r JOIN reply_text x ON x.ticket_id = r.ticket_id AND x.reply_id = r.id
         WHERE r.ticket_id = t.id AND r.at <= $3 ORDER BY r.id DESC LIMIT 1
       ) last ON true
 CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_agg(jsonb_build_object('at', h.at, 'event', h.event) ORDER BY h.seq)
                        FILTER (WHERE h.at >= $2), '[]') AS lines,
               coalesce(jsonb_agg(jsonb_build_object('at', h.at, 'event', h.event, 'reason', h.reason,
                                                     'unit_id', h.payload -> 'lead' -> 'unit_id') ORDER BY h.seq)
                        FILTER (WHERE h.event = 'rule'), '[]') AS rulings,
               coalesce(jsonb_agg(jsonb_build_object('at', h.at, 'event', h.event, 'who', h.actor_name,
                                                     'reason', h.payload ->> 'text') ORDER BY h.seq)
                        FILTER (WHERE h.event = 'instruct'), '[]') AS instructions
          -- OFFSET 0: by the ticket's key, and once. The week's part looked for by its time costs more the longer the history.
          FROM (SELECT * FROM history h WHERE h.ticket_id = t.id OFFSET 0) h
         WHERE h.at <= $3
       ) happened
 WHERE t.id = ANY ($1::bigint[])
"""
PERSONS = """
SELECT ticket_id, name, phone, caller_number, home_address FROM petitioner WHERE ticket_id = ANY ($1::bigint[])
"""


async def cases(
    conn: Connection, ids: Sequence[int], *, begin: datetime, at: datetime, cipher: FieldCipher | None
) -> dict[int, Case]:
    """With a cipher the citizen's own name and numbers are known, so that no wording of the text can show them."""
    rows = await conn.fetch(CASES, ids, begin, at)
    found = [msgspec.json.decode(row["found"], type=Case) for row in rows]
    persons = {row["ticket_id"]: row for row in await conn.fetch(PERSONS, ids)} if cipher else {}
    return {c.ticket.id: _with_person(c, persons.get(c.ticket.id), cipher) for c in found}


def _with_person(case: Case, row: Any, cipher: FieldCipher | None) -> Case:
    if row is None or cipher is None:
        return case
    opened = {
        field: cipher.decrypt(row[field]) for field in ("name", "phone", "caller_number", "home_address") if row[field]
    }
    name = opened.pop("name", "")
    return msgspec.structs.replace(case, names=(name,) if name else (), secrets=tuple(opened.values()))


# -- frozen lists ---------------------------------------------------------------------------------------------------


class Frozen(msgspec.Struct, frozen=True):
    week: str
    frozen_at: datetime
    frozen_name: str
    hash: bytes
    body: str


READ_FROZEN = "SELECT week, frozen_at, frozen_name, hash, body FROM difficult_week WHERE week = $1"
FREEZE = """
-- The one who gets the row freezes the week; whoever comes at the same moment waits here and gets nothing.
INSERT INTO difficult_week (week, frozen_at, frozen_by, frozen_name, hash, body) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (week) DO NOTHING
"""
PUT_LISTINGS = """
INSERT INTO difficult_listing (ticket_id, week, kind) SELECT id, $1, kind FROM unnest($2::bigint[], $3::text[]) AS l (id, kind)
"""


async def read_frozen(conn: Connection, week: str) -> Frozen | None:
    row = await conn.fetchrow(READ_FROZEN, week)
    return Frozen(**dict(row)) if row else None


async def freeze(conn: Connection, frozen: Frozen, *, by: int | None, listed: Iterable[tuple[int, str]]) -> bool:
    done = await conn.execute(FREEZE, frozen.week, frozen.frozen_at, by, frozen.frozen_name, frozen.hash, frozen.body)
    if done != "INSERT 0 1":
        return False
    pairs = list(listed)
    await conn.execute(PUT_LISTINGS, frozen.week, [ticket for ticket, _ in pairs], [kind for _, kind in pairs])
    return True

"""The hints in the database: found in tickets, brought up to date, compared with what all tickets say."""

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from hotline.infra.db import Connection
from hotline.supervision.difficult import Thresholds
from hotline.supervision.store import Asked

HINTED = """
-- What does not go away with time, and does not come with it, as far as a rule needs it at least; each statement below names
-- its tickets in `chosen`. $1 to $2 or $1 alone: which; then returns, extensions, rounds, units, working days late, tags,
-- channels, words of danger, words for "we cannot".
, asked AS (
    SELECT r.ticket_id FROM chosen t JOIN request r ON r.ticket_id = t.id
     GROUP BY 1
    HAVING count(*) FILTER (WHERE r.asked = 'return' AND r.decision IN ('granted', 'refused')) >= $3
        OR count(*) FILTER (WHERE r.asked = 'extension' AND r.decision = 'granted') >= $4
), shared AS (
    SELECT a.ticket_id FROM chosen t JOIN assignment a ON a.ticket_id = t.id
     GROUP BY 1
    HAVING max(a.round) >= $5
        OR count(DISTINCT a.unit_id) FILTER (WHERE a.part <> 'child') >= $6
        -- Of the lead that is active the ticket itself tells when it is due.
        OR bool_or(a.part = 'lead' AND a.stage NOT IN ('to_sign', 'in_hand', 'return_review', 'replied', 'refused', 'returned')
                   AND coalesce(a.finished_at::date - a.finish_due::date > $7, true))
), laid_over AS (
    SELECT o.ticket_id FROM chosen t JOIN ticket_overlay o ON o.ticket_id = t.id
     WHERE o.kind = 'instruction' OR o.kind = 'difficult' AND o.ended_at IS NULL
), said AS (
    SELECT m.ticket_id
      FROM chosen t
      JOIN matter m ON m.ticket_id = t.id
     WHERE m.tags && $8::text[]
        OR EXISTS (SELECT FROM unnest($10::text[]) w WHERE position(w IN m.title || ' ' || m.content) > 0)
), helpless AS (
    SELECT x.ticket_id
      FROM (SELECT x.ticket_id, concat_ws('；', nullif(x.unsolved_reason, ''), nullif(x.account, '')) AS words
              FROM chosen t JOIN reply_text x ON x.ticket_id = t.id
             UNION ALL
            SELECT q.ticket_id, q.reason FROM chosen t JOIN request q ON q.ticket_id = t.id WHERE q.asked <> 'return') x
     WHERE EXISTS (SELECT FROM unnest($11::text[]) w WHERE position(w IN x.words) > 0)
), hinted AS (
    SELECT t.id AS ticket_id FROM chosen t WHERE t.urgency = 'critical' OR t.channel = ANY ($9::text[])
     UNION SELECT ticket_id FROM asked
     UNION SELECT ticket_id FROM shared
     UNION SELECT ticket_id FROM laid_over
     UNION SELECT ticket_id FROM said
     UNION SELECT ticket_id FROM helpless
)
"""
LISTED = """
chosen AS (
    SELECT t.id, t.urgency, t.channel FROM ticket t WHERE t.id = ANY ($1::bigint[]) AND $2::bigint IS NULL
)
"""
BETWEEN = """
chosen AS (
    SELECT t.id, t.urgency, t.channel FROM ticket t WHERE t.id >= $1::bigint AND t.id < $2::bigint
)
"""
BRING_UP = "".join(
    (
        "WITH",
        LISTED,
        HINTED,
        """
, gone AS (
    DELETE FROM difficult_hint k
     WHERE k.ticket_id = ANY ($1::bigint[]) AND NOT EXISTS (SELECT FROM hinted f WHERE f.ticket_id = k.ticket_id)
)
INSERT INTO difficult_hint (ticket_id) SELECT ticket_id FROM hinted ORDER BY 1 ON CONFLICT DO NOTHING
""",
    )
)
LOOK_AGAIN = "".join(
    (
        "WITH",
        BETWEEN,
        HINTED,
        """
, gone AS (
    DELETE FROM difficult_hint k
     WHERE k.ticket_id >= $1 AND k.ticket_id < $2 AND NOT EXISTS (SELECT FROM hinted f WHERE f.ticket_id = k.ticket_id)
)
INSERT INTO difficult_hint (ticket_id) SELECT ticket_id FROM hinted ORDER BY 1 ON CONFLICT DO NOTHING
""",
    )
)
DIFFERENCES = "".join(
    (
        "WITH",
        BETWEEN,
        HINTED,
        """
SELECT coalesce(k.ticket_id, f.ticket_id) AS ticket_id
  FROM (SELECT ticket_id FROM difficult_hint WHERE ticket_id >= $1 AND ticket_id < $2) k
  FULL JOIN hinted f ON f.ticket_id = k.ticket_id
 WHERE k.ticket_id IS NULL OR f.ticket_id IS NULL ORDER BY 1 LIMIT 100
""",
    )
)
READ_LOOKING = "SELECT looking, towards, next FROM difficult_hinted"
HAS_COME = "UPDATE difficult_hinted SET towards = $1, next = $2"
SET_LOOKING = "UPDATE difficult_hinted SET looking = towards WHERE towards = $1"
FORGET = "UPDATE difficult_hinted SET looking = '', towards = '', next = 0"


def looking(thresholds: Thresholds) -> str:
    """Changes with what is looked for: hints of another are not ours."""
    return sha256(HINTED.encode() + msgspec.json.encode(thresholds)).hexdigest()[:16]


async def looked_until(conn: Connection, thresholds: Thresholds) -> int | None:
    """From which number on tickets are still to be looked at by these thresholds; None: all were."""
    row, wanted = await conn.fetchrow(READ_LOOKING), looking(thresholds)
    assert row is not None
    if row["looking"] == wanted:
        return None
    return row["next"] if row["towards"] == wanted else 0


async def has_come_to(conn: Connection, number: int, thresholds: Thresholds) -> None:
    await conn.execute(HAS_COME, looking(thresholds), number)


async def looked_so(conn: Connection, thresholds: Thresholds) -> None:
    """All were looked at, unless by other thresholds than these."""
    await conn.execute(SET_LOOKING, looking(thresholds))


async def forget(conn: Connection) -> None:
    await conn.execute(FORGET)


async def bring_up(conn: Connection, tickets: Sequence[int], thresholds: Thresholds) -> None:
    await conn.execute(BRING_UP, tickets, None, *_asked(thresholds))


async def look_again(conn: Connection, begin: int, end: int, thresholds: Thresholds) -> None:
    await conn.execute(LOOK_AGAIN, begin, end, *_asked(thresholds))


async def differences(conn: Connection, begin: int, end: int, thresholds: Thresholds) -> list[int]:
    """Tickets from one number to another whose hint is missing or too much."""
    return [row["ticket_id"] for row in await conn.fetch(DIFFERENCES, begin, end, *_asked(thresholds))]


def _asked(t: Thresholds) -> tuple[object, ...]:
    channels = [channel.value for channel in t.channels]
    return t.returns, t.extensions, t.rounds, t.units, t.overdue_days, t.tags, channels, t.risk_words, t.cannot_words


# -- leaning on them ------------------------------------------------------------------------------------------------

OPEN = """
-- $1 begin of the week, $2 the moment, $3 the week.
told AS MATERIALIZED (
    -- What came after last week's list was frozen stands on no list yet.
    SELECT least($1::timestamptz, coalesce((SELECT w.frozen_at FROM difficult_week w
                                WHERE w.week = to_char(($1::timestamptz - interval '3 days') AT TIME ZONE 'Asia/Shanghai', 'IYYY-"W"IW')),
                              $1)) AS until
), open AS MATERIALIZED (
    SELECT t.id, t.state, t.due_at, left(t.category, 4) AS about FROM ticket t
     WHERE t.state IN ('registered', 'consulting', 'dispatched', 'in_progress', 'return_review', 'replied', 'callback',
                       'rework', 'suspended')
       AND t.registered_at <= $2
     UNION ALL
    SELECT t.id, t.state, t.due_at, left(t.category, 4) AS about FROM ticket t
     WHERE t.state IN ('closed', 'archived') AND t.ended_at > $1 AND t.registered_at <= $2
     UNION ALL
    -- Ended before the week, listed, and since then the citizen has not said that it is solved: it stays until it is
    -- struck off. LIMIT 1 and OFFSET 0: by the key, for the few that were ever listed.
    SELECT t.id, t.state, t.due_at, t.about
      FROM (SELECT DISTINCT ON (l.ticket_id) l.ticket_id, l.at FROM difficult_listed l
             WHERE l.week < $3 ORDER BY l.ticket_id, l.week DESC) last
     CROSS JOIN LATERAL (SELECT t.id, t.state, t.due_at, left(t.category, 4) AS about FROM ticket t
                          WHERE t.id = last.ticket_id AND t.state IN ('closed', 'archived') AND t.ended_at <= $1
                          LIMIT 1) t
     WHERE NOT EXISTS (SELECT FROM struck_off k WHERE k.ticket_id = last.ticket_id AND k.at > last.at
                          AND k.at <= (SELECT until FROM told) OFFSET 0)
)
"""
CANDIDATES = "".join(
    (
        "WITH",
        OPEN,
        """
-- Of the open tickets those of which a rule may have something to say: few, and the rest is not looked at. $4 since when
-- calls are counted, $5 the smallest ticket number of that day, $6 how many calls a rule needs, $7 working days late,
-- $8 tickets of a crowd, $9 whether the hints are by the city's thresholds.
, calling AS MATERIALIZED (
    -- First by the number alone: whoever rang less often at all has not rung so often about one matter.
    SELECT rang.phone_index
      FROM (SELECT p.phone_index FROM petitioner p WHERE p.ticket_id >= $5 AND p.phone_index IS NOT NULL
             UNION ALL
            SELECT p.phone_index FROM ticket_overlay o JOIN petitioner p ON p.ticket_id = o.ticket_id
             WHERE o.kind = 'urge' AND o.origin = 'citizen' AND o.at > $4 AND o.at <= $2 AND o.ticket_id >= $5
               AND p.phone_index IS NOT NULL) rang
     GROUP BY 1 HAVING count(*) >= $6
), rang AS MATERIALIZED (
    -- Of these few every call with its matter, and how often the rule counts it.
    SELECT c.phone_index, t.id, t.about, t.master_id,
           CASE WHEN t.counts THEN 1 + (SELECT count(*) FROM ticket_overlay o
                                         WHERE o.ticket_id = t.id AND o.kind = 'urge' AND o.origin = 'citizen'
                                           AND o.at > $4 AND o.at <= $2)
                ELSE 0 END AS times
      FROM calling c
     CROSS JOIN LATERAL (SELECT p.ticket_id FROM petitioner p
                          WHERE p.phone_index = c.phone_index AND p.ticket_id >= $5 OFFSET 0) p
     CROSS JOIN LATERAL (SELECT t.id, left(t.category, 4) AS about, t.master_id,
                                t.created_at > $4 AND t.created_at <= $2 AND t.state NOT IN ('draft', 'void') AS counts
                           FROM ticket t WHERE t.id = p.ticket_id LIMIT 1) t
), matters AS MATERIALIZED (
    -- What was merged into a ticket counts for it whatever it is about: it is added to each matter of the number.
    SELECT phone_index, about, times, sum(merged) OVER (PARTITION BY phone_index) AS merged
      FROM (SELECT phone_index, about, sum(times) AS times, coalesce(sum(times) FILTER (WHERE master_id IS NOT NULL), 0) AS merged
              FROM rang GROUP BY 1, 2) r
), older AS MATERIALIZED (
    SELECT o.id, p.phone_index, o.about FROM open o
     CROSS JOIN LATERAL (SELECT p.phone_index FROM petitioner p WHERE p.ticket_id = o.id LIMIT 1) p
     WHERE o.id < $5
), maybe AS (
    SELECT ticket_id FROM difficult_hint WHERE $9
     UNION ALL
    SELECT ticket_id FROM difficult_listing WHERE week < $3
     UNION ALL
    -- 销号 took the mark and its hint away; this week's list still tells of it, and those of before.
    SELECT o.ticket_id FROM ticket_overlay o WHERE o.kind = 'difficult' AND o.ended_at > (SELECT until FROM told)
     UNION ALL
    SELECT unnest($8::bigint[])
     UNION ALL
    SELECT s.ticket_id FROM ticket_overlay s WHERE s.kind = 'shelved' AND s.ended_at IS NULL AND s.due < $2
     UNION ALL
    SELECT r.id FROM rang r
      JOIN matters c ON c.phone_index = r.phone_index AND c.about IS NOT DISTINCT FROM r.about AND c.times + c.merged >= $6
     UNION ALL
    -- No call of the last days: it has only what they were about, or what was merged into it.
    SELECT o.id FROM older o
      JOIN matters c ON c.phone_index = o.phone_index
                    AND (c.merged >= $6 OR c.times + c.merged >= $6 AND c.about = o.about)
     UNION ALL
    SELECT h.ticket_id FROM kpi_mark m JOIN history h ON h.number > m.number
       AND h.transaction >= CASE WHEN m.xid > pg_snapshot_xmax(pg_current_snapshot()) THEN '0'::xid8 ELSE m.xid END
     WHERE $9
)
SELECT o.id FROM open o
 WHERE NOT $9 OR o.state = 'consulting'
    OR o.due_at < $2 - make_interval(days => $7)
       -- Shelved, it is not late.
       AND NOT EXISTS (SELECT FROM ticket_overlay s WHERE s.ticket_id = o.id AND s.kind = 'shelved' AND s.ended_at IS NULL
                          AND s.at <= $2 AND s.due IS NOT NULL)
 UNION
SELECT o.id FROM open o JOIN maybe m ON m.ticket_id = o.id
 ORDER BY 1
""",
    )
)


async def candidates(conn: Connection, asked: Asked) -> list[int]:
    """Open tickets, and those closed in the week, as far as a rule may listen; all of them while no hints can be leant on."""
    t = asked.thresholds
    hinted = await looked_until(conn, t) is None
    needed = asked.since, asked.first, t.repeats, t.overdue_days, asked.crowd, hinted
    return [row["id"] for row in await conn.fetch(CANDIDATES, asked.begin, asked.at, asked.week, *needed)]

"""Campaigns and which tickets are theirs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hotline.infra.db import Connection
from hotline.insight.campaigns.rule import Campaign, CampaignRule
from hotline.tickets.store import first_number

BEYOND = 10**15 * 9

CAMPAIGNS = """
SELECT c.id, c.name, c.begins, c.ends, c.categories, c.words, c.by_name,
       (SELECT count(*)::int FROM campaign_ticket t WHERE t.campaign_id = c.id) AS tickets
  FROM campaign c ORDER BY c.begins DESC, c.id DESC
"""
PUT = """
INSERT INTO campaign (name, begins, ends, categories, words, by_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (name) DO UPDATE SET (begins, ends, categories, words, by_name, at) =
    (excluded.begins, excluded.ends, excluded.categories, excluded.words, excluded.by_name, excluded.at)
RETURNING id
"""
FITTING = """
-- Drafts and what was never a request belong nowhere. The whole span is looked through once, when the rule is set.
fitting AS (
    SELECT t.id AS ticket_id, c.id AS campaign_id
      FROM campaign c
      JOIN ticket t ON t.id >= (to_char(c.begins, 'YYYYMMDD') || '0000000')::bigint
       AND (c.ends IS NULL OR t.id < (to_char(c.ends + 1, 'YYYYMMDD') || '0000000')::bigint)
      JOIN matter m ON m.ticket_id = t.id
     WHERE t.state NOT IN ('draft', 'void')
       AND (EXISTS (SELECT FROM unnest(c.categories) code WHERE starts_with(t.category, code))
            OR EXISTS (SELECT FROM unnest(c.words) word WHERE position(word IN m.title) > 0 OR position(word IN m.content) > 0))
       AND @
)
"""
TAG_AGAIN = "".join(
    (
        "WITH ",
        FITTING.replace("@", "c.id = $1"),
        """
, gone AS (
    DELETE FROM campaign_ticket k WHERE k.campaign_id = $1
       AND NOT EXISTS (SELECT FROM fitting f WHERE f.ticket_id = k.ticket_id) RETURNING k.ticket_id
), came AS (
    INSERT INTO campaign_ticket (ticket_id, campaign_id) SELECT ticket_id, campaign_id FROM fitting
    ON CONFLICT DO NOTHING RETURNING ticket_id
)
INSERT INTO kpi_again SELECT ticket_id FROM gone UNION SELECT ticket_id FROM came ON CONFLICT DO NOTHING
""",
    )
)
TAG = "".join(
    (
        "WITH ",
        FITTING.replace("@", "t.id = ANY ($1::bigint[])"),
        """
, gone AS (
    DELETE FROM campaign_ticket k WHERE k.ticket_id = ANY ($1::bigint[])
       AND NOT EXISTS (SELECT FROM fitting f WHERE (f.ticket_id, f.campaign_id) = (k.ticket_id, k.campaign_id))
)
INSERT INTO campaign_ticket (ticket_id, campaign_id) SELECT ticket_id, campaign_id FROM fitting ON CONFLICT DO NOTHING
""",
    )
)
PREVIEW = """
-- Whom a rule would take in, before it is set: all of them counted, the newest few shown.
SELECT t.id, m.title, t.confidential, count(*) OVER ()::int AS tickets
  FROM ticket t
  JOIN matter m ON m.ticket_id = t.id
 WHERE t.id >= $1 AND t.id < $2 AND m.ticket_id >= $1 AND m.ticket_id < $2 AND t.state NOT IN ('draft', 'void')
   AND (EXISTS (SELECT FROM unnest($3::text[]) code WHERE starts_with(t.category, code))
        OR EXISTS (SELECT FROM unnest($4::text[]) word WHERE position(word IN m.title) > 0 OR position(word IN m.content) > 0))
 ORDER BY t.id DESC LIMIT 8
"""
DROP_COUNT_AGAIN = (
    "INSERT INTO kpi_again SELECT ticket_id FROM campaign_ticket WHERE campaign_id = $1 ON CONFLICT DO NOTHING"
)
DROP = "DELETE FROM campaign WHERE id = $1"
CODES = "SELECT code FROM category"


async def campaigns(conn: Connection) -> list[Campaign]:
    return [msgspec.convert(dict(row), Campaign) for row in await conn.fetch(CAMPAIGNS)]


async def put(conn: Connection, rule: CampaignRule, *, by_name: str, now: datetime) -> int:
    r = rule
    number: int = await conn.fetchval(PUT, r.name, r.begins, r.ends, list(r.categories), list(r.words), by_name, now)
    return number


async def preview(conn: Connection, rule: CampaignRule) -> list[Any]:
    first = first_number(rule.begins)
    until = first_number(rule.ends + timedelta(days=1)) if rule.ends else BEYOND
    return await conn.fetch(PREVIEW, first, until, list(rule.categories), list(rule.words))


async def tag_again(conn: Connection, campaign: int) -> None:
    """All tickets of its span by its rule as it is now."""
    await conn.execute(TAG_AGAIN, campaign)


async def tag(conn: Connection, tickets: Sequence[int]) -> None:
    """These tickets by all rules: what somebody says of them may have changed."""
    await conn.execute(TAG, tickets)


async def drop(conn: Connection, campaign: int) -> bool:
    await conn.execute(DROP_COUNT_AGAIN, campaign)
    return bool(await conn.execute(DROP, campaign) == "DELETE 1")


async def codes(conn: Connection) -> frozenset[str]:
    return frozenset(row["code"] for row in await conn.fetch(CODES))

"""The catalogue and the decisions as rows."""

import csv
from collections.abc import Sequence
from datetime import date, datetime
from importlib.resources import files

import msgspec

from hotline.classify.labels import Tree
from hotline.classify.tree.store import read_categories
from hotline.infra.db import Connection
from hotline.infra.revisions import revision
from hotline.routing.catalogue import Catalogue, Entry, Ruling
from hotline.routing.decide import Candidate, Decision
from hotline.routing.practice.belief import Led, Practice
from hotline.routing.record import Moved
from hotline.routing.trust import BorneOut

READ = """
SELECT id, category, region, lead, assist, basis, clear, valid_from, valid_to, source FROM catalogue ORDER BY id
"""

READ_RULINGS = """
-- The newest few of each category: what was ruled before them decides nothing any more.
SELECT year, number AS serial, ticket_id, category, lead_unit, assists, basis,
       (at AT TIME ZONE 'Asia/Shanghai')::date AS day, catalogue_id IS NOT NULL AS deposited,
       kept, came_back, passed, suspended_at IS NOT NULL AS suspended
  FROM (SELECT *, row_number() OVER (PARTITION BY category ORDER BY year DESC, number DESC) AS age
          FROM precedent WHERE category IS NOT NULL) p
 WHERE age <= 20
"""

READ_EVIDENCE = "SELECT category, unit_id, moved_to, sent, moved FROM unit_evidence ORDER BY moved DESC, moved_to"
READ_PRACTICE = "SELECT category, region, lead, times FROM unit_practice"
READ_THRESHOLD = "SELECT threshold FROM dispatch_threshold"
READ_MEASURED = """
SELECT threshold, judged, let_through, right_ones AS right, least, at FROM measured_threshold
"""

_shelf = Catalogue(())


async def load_catalogue(conn: Connection) -> Catalogue:
    """The catalogue and the rulings as they stand; read again only when they changed."""
    global _shelf
    mark = await revision(conn, "catalogue")
    if mark != _shelf.mark:
        entries = [msgspec.convert(dict(row), Entry) for row in await conn.fetch(READ)]
        rulings = [msgspec.convert(dict(row), Ruling) for row in await conn.fetch(READ_RULINGS)]
        threshold: float | None = await conn.fetchval(READ_THRESHOLD)
        row = await conn.fetchrow(READ_MEASURED)
        measured = BorneOut(**dict(row)) if row else None
        practice = Practice(Led(**dict(row)) for row in await conn.fetch(READ_PRACTICE))
        _shelf = Catalogue(entries, rulings, mark, await evidence(conn), threshold, measured, practice)
    return _shelf


async def evidence(conn: Connection) -> dict[tuple[str, int], tuple[Moved, ...]]:
    found: dict[tuple[str, int], tuple[Moved, ...]] = {}
    for row in await conn.fetch(READ_EVIDENCE):
        key = (row["category"], row["unit_id"])
        found[key] = (*found.get(key, ()), Moved(row["moved_to"], row["sent"], row["moved"]))
    return found


class Categories(msgspec.Struct, frozen=True):
    """The category tree, and which of its codes are 部门职责 that no street office may be given."""

    tree: Tree
    duties: frozenset[str]
    mark: str | None


_categories = Categories(Tree({}), frozenset(), None)


async def load_categories(conn: Connection) -> Categories:
    """The tree as it stands; read again only when it changed."""
    global _categories
    mark = await revision(conn, "category")
    if mark != _categories.mark:
        nodes = {category.code: category for category in await read_categories(conn)}
        duties = frozenset(code for code, category in nodes.items() if category.duty)
        _categories = Categories(Tree(nodes), duties, mark)
    return _categories


ADD = """
INSERT INTO catalogue (category, region, lead, assist, basis, clear, valid_from, source)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (category, coalesce(region, ''), valid_from) DO NOTHING
"""


async def add_entry(conn: Connection, entry: Entry) -> bool:
    done = await conn.execute(
        ADD,
        entry.category,
        entry.region,
        entry.lead,
        list(entry.assist),
        entry.basis,
        entry.clear,
        entry.valid_from,
        entry.source,
    )
    return bool(done == "INSERT 0 1")


END_ENTRIES = """
UPDATE catalogue SET valid_to = $3
 WHERE category = $1 AND coalesce(region, '') = coalesce($2, '') AND valid_from < $3 AND (valid_to IS NULL OR valid_to > $3)
"""
PUT_ENTRY = """
-- Of two rulings on one matter on one day the later one stands; the earlier one is still a precedent.
INSERT INTO catalogue (category, region, lead, assist, basis, clear, valid_from, source)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (category, coalesce(region, ''), valid_from) DO UPDATE SET (lead, assist, basis, clear, valid_to, source) =
    (excluded.lead, excluded.assist, excluded.basis, excluded.clear, NULL, excluded.source)
RETURNING id
"""


async def deposit_entry(conn: Connection, entry: Entry) -> int:
    """Put an entry in force; the one it replaces ends the day it begins."""
    await conn.execute(END_ENTRIES, entry.category, entry.region, entry.valid_from)
    number: int = await conn.fetchval(
        PUT_ENTRY,
        entry.category,
        entry.region,
        entry.lead,
        list(entry.assist),
        entry.basis,
        entry.clear,
        entry.valid_from,
        entry.source,
    )
    return number


def shipped() -> list[Entry]:
    """The demo city's catalogue."""
    text = (files("hotline.routing") / "demo" / "catalogue.csv").read_text(encoding="utf-8")
    return [
        Entry(
            id=0,
            category=row["category"],
            region=row["region"] or None,
            lead=row["lead"],
            assist=tuple(code for code in row["assist"].split(";") if code),
            basis=row["basis"],
            clear=row["clear"] == "是",
            valid_from=date.fromisoformat(row["valid_from"]),
        )
        for row in csv.DictReader(text.splitlines())
    ]


async def seed_demo(conn: Connection) -> int:
    """Bring the demo catalogue in; what is there already stays as it is."""
    return sum([await add_entry(conn, entry) for entry in shipped()])


SAVE_DECISIONS = """
INSERT INTO routing_decision (ticket_id, id, at, unit_id, automatic, because, candidates)
SELECT k.ticket_id, (SELECT coalesce(max(id), 0) + 1 FROM routing_decision d WHERE d.ticket_id = k.ticket_id), $2,
       k.unit_id, k.automatic, k.because, k.candidates
  FROM jsonb_to_recordset($1)
       AS k (ticket_id bigint, unit_id bigint, automatic boolean, because text[], candidates jsonb)
"""


class Taken(msgspec.Struct, frozen=True):
    """A decision about one ticket, and whether the ticket went out by it."""

    ticket_id: int
    unit_id: int | None
    automatic: bool
    because: tuple[str, ...]
    candidates: tuple[Candidate, ...]


async def save_decisions(conn: Connection, taken: Sequence[Taken], now: datetime) -> None:
    """Under the tickets' locks, so that numbers do not collide; one decision a ticket."""
    await conn.execute(SAVE_DECISIONS, taken, now)


LAST_DECISION = """
SELECT unit_id, because, candidates FROM routing_decision WHERE ticket_id = $1 ORDER BY id DESC LIMIT 1
"""


async def last_decision(conn: Connection, ticket_id: int) -> Decision | None:
    row = await conn.fetchrow(LAST_DECISION, ticket_id)
    if row is None:
        return None
    return Decision(row["unit_id"], tuple(row["because"]), msgspec.convert(row["candidates"], tuple[Candidate, ...]))

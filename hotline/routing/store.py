"""The catalogue and the decisions as rows."""

import csv
from datetime import date, datetime
from importlib.resources import files
from uuid import UUID

import msgspec

from hotline.classify.labels import Tree
from hotline.classify.store import read_categories
from hotline.infra.db import Connection
from hotline.routing.catalogue import Catalogue, Entry
from hotline.routing.decide import Candidate, Decision

MARK = "SELECT mark FROM catalogue_revision"
READ = """
SELECT id, category, region, lead, assist, basis, clear, valid_from, valid_to, source FROM catalogue ORDER BY id
"""

_shelf = Catalogue(())


async def load_catalogue(conn: Connection) -> Catalogue:
    """The catalogue as it stands; read again only when it changed."""
    global _shelf
    mark: UUID = await conn.fetchval(MARK)
    if mark != _shelf.mark:
        _shelf = Catalogue([msgspec.convert(dict(row), Entry) for row in await conn.fetch(READ)], mark)
    return _shelf


TREE_MARK = "SELECT mark FROM category_revision"


class Categories(msgspec.Struct, frozen=True):
    """The category tree, and which of its codes are 部门职责 that no street office may be given."""

    tree: Tree
    duties: frozenset[str]
    mark: UUID | None


_categories = Categories(Tree({}), frozenset(), None)


async def load_categories(conn: Connection) -> Categories:
    """The tree as it stands; read again only when it changed."""
    global _categories
    mark: UUID = await conn.fetchval(TREE_MARK)
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


SAVE_DECISION = """
INSERT INTO routing_decision (ticket_id, id, at, unit_id, automatic, because, candidates)
SELECT $1, coalesce(max(id), 0) + 1, $2, $3, $4, $5, $6 FROM routing_decision WHERE ticket_id = $1
"""


async def save_decision(
    conn: Connection, ticket_id: int, decision: Decision, *, automatic: bool, now: datetime
) -> None:
    """Under the ticket's lock, so that numbers do not collide."""
    await conn.execute(
        SAVE_DECISION,
        ticket_id,
        now,
        decision.unit_id,
        automatic,
        list(decision.because),
        decision.candidates,
    )


LAST_DECISION = """
SELECT unit_id, because, candidates FROM routing_decision WHERE ticket_id = $1 ORDER BY id DESC LIMIT 1
"""


async def last_decision(conn: Connection, ticket_id: int) -> Decision | None:
    row = await conn.fetchrow(LAST_DECISION, ticket_id)
    if row is None:
        return None
    return Decision(row["unit_id"], tuple(row["because"]), msgspec.convert(row["candidates"], tuple[Candidate, ...]))

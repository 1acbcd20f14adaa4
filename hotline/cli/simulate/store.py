"""What the simulation asks of the database before it fills it."""

from collections import defaultdict

from hotline.directory.people import Actor, Role
from hotline.directory.units import Directory
from hotline.infra.db import Connection

HAS_TICKETS = """
SELECT EXISTS (SELECT FROM ticket t JOIN matter m ON m.ticket_id = t.id WHERE m.channel_detail <> '模拟数据')
"""
PEOPLE = """
SELECT p.id, p.name, p.unit_id, array_agg(r.role ORDER BY r.role) AS roles
  FROM person p JOIN person_role r ON r.person_id = p.id
 WHERE p.active AND p.unit_id IS NOT NULL GROUP BY p.id ORDER BY p.id
"""
RESERVE = "SELECT setval('ticket_serial', (nextval('ticket_serial') + $1) % 10000000) AS last"
SIZES = """
SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c
 WHERE c.relkind IN ('r', 'm') AND c.relnamespace = 'public'::regnamespace
"""


async def has_real_tickets(conn: Connection) -> bool:
    found: bool = await conn.fetchval(HAS_TICKETS)
    return found


async def actors(conn: Connection, directory: Directory) -> list[Actor]:
    return [
        Actor(
            row["name"],
            frozenset(Role(role) for role in row["roles"]),
            row["id"],
            row["unit_id"],
            directory.units[row["unit_id"]].path,
        )
        for row in await conn.fetch(PEOPLE)
    ]


async def reserve(conn: Connection, count: int) -> int:
    """The first of so many serial numbers that nobody else is given."""
    last: int = await conn.fetchval(RESERVE, count)
    return (last - count) % 10_000_000


async def size(conn: Connection) -> int:
    return await conn.fetchval(SIZES) or 0


def by_unit(found: list[Actor]) -> dict[int, list[Actor]]:
    hands: dict[int, list[Actor]] = defaultdict(list)
    for actor in found:
        if actor.unit_id is not None and not actor.of_centre:
            hands[actor.unit_id].append(actor)
    return dict(hands)

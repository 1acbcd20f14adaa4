"""Take in a city's files. The same file again adds nothing, so a load that was cut off is simply started again."""

from collections.abc import Callable, Iterable

import msgspec

from hotline.directory import actions, store
from hotline.directory.demo import UnitRow
from hotline.directory.loading.rows import Row, judge_people, judge_regions, judge_units
from hotline.directory.passwords import hash_password
from hotline.directory.people import By, NewPerson
from hotline.directory.units import NewUnit, Unit
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection, Pool
from hotline.infra.errors import Conflict, InvalidInput

Progress = Callable[[int, int], None]
"""(done, of)"""


class Loaded(msgspec.Struct, frozen=True):
    added: int
    known: int
    rejected: list[tuple[Row, str]]


async def load_regions(conn: Connection, rows: Iterable[Row]) -> Loaded:
    directory = await store.lock_directory(conn)
    found = judge_regions(rows, directory.regions)
    if found.good:
        await store.insert_regions(conn, found.good)
    return Loaded(len(found.good), found.known, found.rejected)


async def load_units(conn: Connection, rows: Iterable[Row], by: By, progress: Progress) -> Loaded:
    """All or nothing: a tree that ends in the middle is no tree."""
    directory = await store.lock_directory(conn)
    found = judge_units(rows, directory)
    ids = {code: unit.id for code, unit in directory.by_code.items()}
    parents = dict(directory.units)
    for done, row in enumerate(found.good, start=1):
        parent = parents[ids[row.parent]] if row.parent else None
        rest = (row.region, row.phone, None)
        unit_id = await store.insert_unit(conn, row.code, row.name, row.kind, parent, rest=rest)
        await store.replace_aliases(conn, unit_id, row.aliases)
        path = (*(parent.path if parent else ()), unit_id)
        ids[row.code] = unit_id
        parents[unit_id] = Unit(unit_id, row.code, row.name, row.kind, parent.id if parent else None, path)
        told = msgspec.to_builtins(_new(row, parent.id if parent else None))
        await store.append_unit_history(conn, unit_id, "add", None, told, actor=by.actor, now=by.now)
        progress(done, len(found.good))
    return Loaded(len(found.good), found.known, found.rejected)


def _new(row: UnitRow, parent_id: int | None) -> NewUnit:
    return NewUnit(row.code, row.name, row.kind, parent_id, row.region, row.phone, None, row.aliases)


async def load_people(
    pool: Pool,
    rows: Iterable[Row],
    by: By,
    *,
    cipher: FieldCipher,
    admit: Callable[[str, str], None],
    progress: Progress,
) -> Loaded:
    """Each person in a transaction of their own; `admit` is told login and password before it commits."""
    async with pool.acquire() as conn:
        found = judge_people(rows, await store.load_directory(conn), await store.bearers(conn))
    added = 0
    for done, person in enumerate(found.good, start=1):
        try:
            await _admit(pool, person, by, cipher, admit)
            added += 1
        except (Conflict, InvalidInput) as wrong:
            found.rejected.append((_again(person), wrong.message))
        progress(done, len(found.good))
    return Loaded(added, found.known, found.rejected)


async def _admit(pool: Pool, person: NewPerson, by: By, cipher: FieldCipher, admit: Callable[[str, str], None]) -> None:
    password = actions.made_up(person.username)
    hashed = await actions.slowly(hash_password, password)
    async with pool.acquire() as conn, conn.transaction():
        await actions.add_person(conn, person, password, cipher=cipher, by=by, hashed=hashed)
        admit(person.username, password)


def _again(person: NewPerson) -> Row:
    """The row of somebody who came in by another way while the file was being read."""
    return {"login": person.username, "name": person.name, "roles": ";".join(sorted(person.roles))}

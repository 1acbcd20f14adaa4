"""SQL about people as administrators see them, deputies, and the two logs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from hotline.directory.people import By, Role
from hotline.directory.staff.deputies import Deputy
from hotline.infra.db import Connection


class Person(msgspec.Struct, frozen=True):
    """An account as administrators see it."""

    id: int
    username: str
    name: str
    unit_id: int | None
    unit: str | None
    roles: list[Role]
    active: bool
    must_change_password: bool
    locked_until: datetime | None
    demo: bool


PEOPLE = """
SELECT p.id, a.username, p.name, p.unit_id, u.name AS unit, p.active, a.must_change AS must_change_password,
       a.locked_until, a.demo,
       ARRAY(SELECT r.role FROM person_role r WHERE r.person_id = p.id ORDER BY r.role) AS roles
  FROM person p JOIN account a ON a.person_id = p.id LEFT JOIN unit u ON u.id = p.unit_id
 WHERE p.id > $1
   AND ($2::integer IS NULL OR p.id = $2)
   AND ($3::integer IS NULL OR $3 = ANY (u.path))
   AND ($4::text IS NULL OR strpos(p.name, $4) > 0 OR strpos(a.username, $4) > 0)
   AND ($5::boolean IS NULL OR p.active = $5)
 ORDER BY p.id LIMIT $6
"""


async def people(
    conn: Connection,
    *,
    after: int = 0,
    person_id: int | None = None,
    unit_id: int | None = None,
    words: str | None = None,
    active: bool | None = None,
    limit: int = 1,
) -> list[Person]:
    rows = await conn.fetch(PEOPLE, after, person_id, unit_id, words, active, limit)
    return [msgspec.convert(dict(row), Person) for row in rows]


class Colleague(msgspec.Struct, frozen=True):
    """Somebody of one's own unit, to hand work to."""

    id: int
    name: str
    unit_id: int
    roles: list[Role]


COLLEAGUES = """
SELECT p.id, p.name, p.unit_id,
       ARRAY(SELECT r.role FROM person_role r WHERE r.person_id = p.id ORDER BY r.role) AS roles
  FROM person p WHERE p.active AND p.unit_id = $1 ORDER BY p.id
"""


async def colleagues(conn: Connection, unit_id: int) -> list[Colleague]:
    return [msgspec.convert(dict(row), Colleague) for row in await conn.fetch(COLLEAGUES, unit_id)]


SAVE_PERSON = "UPDATE person SET name = $2, unit_id = $3, phone_enc = coalesce($4, phone_enc) WHERE id = $1"
# One writer at a time, so that of two administrators who close each other one stays.
ADMINISTRATORS_LEFT = """
SELECT count(*) FROM person_role r JOIN person p ON p.id = r.person_id
 WHERE r.role = 'system_admin' AND p.active
"""


async def save_person(conn: Connection, person_id: int, name: str, unit_id: int | None, phone: bytes | None) -> None:
    await conn.execute(SAVE_PERSON, person_id, name, unit_id, phone)


async def administrators_left(conn: Connection) -> int:
    found: int = await conn.fetchval(ADMINISTRATORS_LEFT)
    return found


# --- deputies

DEPUTIES = """
SELECT d.id, d.person_id, p.name AS person, d.unit_id, u.name AS unit, d.stands_for, d.roles, d.begins_at, d.ends_at,
       d.reason, d.granted_by, d.ended_at
  FROM deputy d JOIN person p ON p.id = d.person_id JOIN unit u ON u.id = d.unit_id
 WHERE ($1::integer IS NULL OR d.id = $1)
   AND ($2::integer IS NULL OR d.person_id = $2)
   AND ($3::integer IS NULL OR d.unit_id = $3)
   AND ($4::timestamptz IS NULL OR (d.ended_at IS NULL AND d.ends_at > $4))
 ORDER BY d.id DESC LIMIT 500
"""
ADD_DEPUTY = """
INSERT INTO deputy (person_id, unit_id, stands_for, roles, begins_at, ends_at, reason, granted_at, granted_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id
"""
END_DEPUTY = "UPDATE deputy SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL"
END_DEPUTIES_OF = "UPDATE deputy SET ended_at = $2 WHERE person_id = $1 AND ended_at IS NULL AND ends_at > $2"
ACT_AS = "UPDATE session SET deputy_id = $2 WHERE token_hash = $1"


async def deputies(
    conn: Connection,
    *,
    deputy_id: int | None = None,
    person_id: int | None = None,
    unit_id: int | None = None,
    open_at: datetime | None = None,
) -> list[Deputy]:
    rows = await conn.fetch(DEPUTIES, deputy_id, person_id, unit_id, open_at)
    return [msgspec.convert(dict(row), Deputy) for row in rows]


async def add_deputy(
    conn: Connection,
    person_id: int,
    unit_id: int,
    stands_for: int | None,
    roles: Sequence[Role],
    period: tuple[datetime, datetime],
    reason: str,
    by: By,
) -> int:
    found: int = await conn.fetchval(
        ADD_DEPUTY, person_id, unit_id, stands_for, list(roles), *period, reason, by.now, by.actor.name
    )
    return found


async def end_deputy(conn: Connection, deputy_id: int, now: datetime) -> None:
    await conn.execute(END_DEPUTY, deputy_id, now)


async def end_deputies_of(conn: Connection, person_id: int, now: datetime) -> None:
    await conn.execute(END_DEPUTIES_OF, person_id, now)


async def act_as(conn: Connection, token_hash: bytes, deputy_id: int | None) -> None:
    await conn.execute(ACT_AS, token_hash, deputy_id)


# --- the logs


class SecurityLine(msgspec.Struct, frozen=True):
    """One grant, withdrawal, or other change of what somebody may do."""

    id: int
    at: datetime
    actor_id: int | None
    actor_name: str
    act: str
    person_id: int | None
    person: str | None
    unit_id: int | None
    detail: Any


SECURITY_LOG = """
SELECT l.id, l.at, l.actor_id, l.actor_name, l.act, l.person_id, p.name AS person, l.unit_id, l.detail
  FROM security_log l LEFT JOIN person p ON p.id = l.person_id
 WHERE l.id < $1 AND ($2::integer IS NULL OR l.person_id = $2) AND ($3::text IS NULL OR l.act = $3)
 ORDER BY l.id DESC LIMIT $4
"""


async def security_log(
    conn: Connection, *, before: int, person_id: int | None, act: str | None, limit: int
) -> list[SecurityLine]:
    return [SecurityLine(**dict(row)) for row in await conn.fetch(SECURITY_LOG, before, person_id, act, limit)]


class SignInLine(msgspec.Struct, frozen=True):
    id: int
    at: datetime
    person_id: int | None
    person: str | None
    outcome: str
    address: str | None
    agent: str | None


SIGN_INS = """
SELECT l.id, l.at, l.person_id, p.name AS person, l.outcome, l.address, l.agent
  FROM sign_in_log l LEFT JOIN person p ON p.id = l.person_id
 WHERE l.id < $1 AND ($2::integer IS NULL OR l.person_id = $2) AND ($3::text IS NULL OR l.outcome = $3)
 ORDER BY l.id DESC LIMIT $4
"""


async def sign_ins(
    conn: Connection, *, before: int, person_id: int | None, outcome: str | None, limit: int
) -> list[SignInLine]:
    return [SignInLine(**dict(row)) for row in await conn.fetch(SIGN_INS, before, person_id, outcome, limit)]

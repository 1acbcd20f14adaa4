"""SQL of the directory: units, regions, people, accounts, sessions."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from hotline.directory.people import Actor, By, Role
from hotline.directory.regions import Region
from hotline.directory.sessions import Account, Came, SessionRules, SignedIn
from hotline.directory.units import Directory, Unit, UnitKind
from hotline.infra.db import Connection
from hotline.infra.revisions import revision

DEMO = Path(__file__).parent / "demo"


def demo_text(name: str) -> str:
    return (DEMO / name).read_text(encoding="utf-8-sig")


# --- the directory as a whole

READ_REGIONS = "SELECT code, level, parent, name, path FROM region ORDER BY level, code"
READ_UNITS = """
SELECT u.id, u.code, u.name, u.kind, u.parent_id, u.path, u.region_code, u.active, u.phone, u.duty_contact,
       ARRAY(SELECT a.alias FROM unit_alias a WHERE a.unit_id = u.id ORDER BY a.alias) AS aliases, u.successor_id
  FROM unit u
 ORDER BY cardinality(u.path), u.code
"""

_latest = Directory((), ())


async def load_directory(conn: Connection) -> Directory:
    """The directory as this transaction sees it; read again only when its revision has changed."""
    global _latest
    # The revision first: whatever is committed between the two reads is found by the next caller's revision.
    mark = await revision(conn, "directory")
    known = _latest
    if known.revision != mark:
        regions = msgspec.convert([dict(row) for row in await conn.fetch(READ_REGIONS)], list[Region])
        units = msgspec.convert([dict(row) for row in await conn.fetch(READ_UNITS)], list[Unit])
        _latest = known = Directory(units, regions, mark)
    return known


# --- units and regions

# One writer of the tree at a time: paths are worked out from the paths above them.
LOCK_DIRECTORY = "SELECT 1 FROM directory_revision FOR UPDATE"
INSERT_REGIONS = """
INSERT INTO region (code, level, parent, name, path)
SELECT code, level, parent, name, string_to_array(path, '/')
  FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::text[]) AS given (code, level, parent, name, path)
ON CONFLICT (code) DO NOTHING
"""
INSERT_UNIT = """
WITH numbered AS (SELECT nextval(pg_get_serial_sequence('unit', 'id'))::integer AS id)
INSERT INTO unit (id, code, name, kind, parent_id, path, region_code, phone, duty_contact)
SELECT id, $1, $2, $3, $4, $5::integer[] || id, $6, $7, $8 FROM numbered
RETURNING id
"""
UPDATE_UNIT = """
UPDATE unit SET name = $2, region_code = $3, active = $4, phone = $5, duty_contact = $6 WHERE id = $1
"""
# The whole subtree in one statement: what stood above the unit is replaced, what stands from it downwards stays.
MOVE_UNIT = """
UPDATE unit
   SET path = $3::integer[] || path[array_position(path, $1):],
       parent_id = CASE WHEN id = $1 THEN $2 ELSE parent_id END
 WHERE $1 = ANY (path)
"""
DELETE_ALIASES = "DELETE FROM unit_alias WHERE unit_id = $1"
INSERT_ALIASES = "INSERT INTO unit_alias (alias, unit_id) SELECT unnest($2::text[]), $1"
# The demo's names give way to those the city has given.
ADD_FREE_ALIASES = """
INSERT INTO unit_alias (alias, unit_id) SELECT unnest($2::text[]), $1 ON CONFLICT (alias) DO NOTHING
"""
INSERT_UNIT_HISTORY = """
INSERT INTO unit_history (unit_id, at, actor, person_id, verb, before, after) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


async def lock_directory(conn: Connection) -> Directory:
    """The directory, held still until the transaction ends."""
    await conn.execute(LOCK_DIRECTORY)
    return await load_directory(conn)


async def insert_regions(conn: Connection, regions: Sequence[Region]) -> None:
    rows = [(r.code, r.level, r.parent, r.name, "/".join(r.path)) for r in regions]
    await conn.execute(INSERT_REGIONS, *([row[column] for row in rows] for column in range(5)))


async def insert_unit(
    conn: Connection, code: str, name: str, kind: UnitKind, parent: Unit | None, *, rest: Sequence[str | None]
) -> int:
    """`rest` is region code, phone, duty contact."""
    above = list(parent.path) if parent else []
    parent_id = parent.id if parent else None
    found: int = await conn.fetchval(INSERT_UNIT, code, name, kind, parent_id, above, *rest)
    return found


async def update_unit(conn: Connection, unit: Unit) -> None:
    await conn.execute(UPDATE_UNIT, unit.id, unit.name, unit.region_code, unit.active, unit.phone, unit.duty_contact)


async def move_unit(conn: Connection, unit_id: int, parent: Unit | None) -> None:
    await conn.execute(MOVE_UNIT, unit_id, parent.id if parent else None, list(parent.path) if parent else [])


async def replace_aliases(conn: Connection, unit_id: int, aliases: Iterable[str]) -> None:
    await conn.execute(DELETE_ALIASES, unit_id)
    await conn.execute(INSERT_ALIASES, unit_id, list(aliases))


async def add_free_aliases(conn: Connection, unit_id: int, aliases: Iterable[str]) -> None:
    await conn.execute(ADD_FREE_ALIASES, unit_id, list(aliases))


async def append_unit_history(
    conn: Connection, unit_id: int, verb: str, before: Any, after: Any, *, actor: Actor, now: datetime
) -> None:
    await conn.execute(INSERT_UNIT_HISTORY, unit_id, now, actor.name, actor.person_id, verb, before, after)


# --- people and accounts

INSERT_PERSON = "INSERT INTO person (name, unit_id, phone_enc) VALUES ($1, $2, $3) RETURNING id"
INSERT_ACCOUNT = """
INSERT INTO account (person_id, username, password_hash, must_change, demo) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (username) DO NOTHING
"""
# The table writes the security log itself; it asks the transaction who is at work.
SAY_WHO = "SELECT set_config('hotline.actor', $1::jsonb::text, true)"
DELETE_ROLES = "DELETE FROM person_role WHERE person_id = $1 AND role <> ALL ($2::text[])"
INSERT_ROLES = """
INSERT INTO person_role (person_id, role) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING
"""
SET_ACTIVE = "UPDATE person SET active = $2 WHERE id = $1"
READ_USERNAMES = "SELECT username FROM account"
# FOR UPDATE: attempts on one account are counted one after the other, and roles change one grant at a time.
LOCK_ACCOUNT = """
SELECT a.person_id, a.username, a.password_hash, a.must_change, a.failed_count, a.locked_until, a.demo, p.active
  FROM account a JOIN person p ON p.id = a.person_id
 WHERE a.username = $1
   FOR UPDATE OF a
"""
READ_PERSON_UNIT = "SELECT unit_id FROM person WHERE id = $1"
SAVE_ATTEMPT = "UPDATE account SET failed_count = $2, locked_until = $3 WHERE person_id = $1"
SAVE_PASSWORD = """
UPDATE account
   SET password_hash = $2, must_change = $3, failed_count = 0, locked_until = NULL
 WHERE person_id = $1
"""


async def insert_person(conn: Connection, name: str, unit_id: int | None, phone_enc: bytes | None) -> int:
    found: int = await conn.fetchval(INSERT_PERSON, name, unit_id, phone_enc)
    return found


async def insert_account(
    conn: Connection, person_id: int, username: str, password_hash: str, *, must_change: bool, demo: bool
) -> bool:
    """False when somebody else has taken the name a moment before."""
    done = await conn.execute(INSERT_ACCOUNT, person_id, username, password_hash, must_change, demo)
    return bool(done == "INSERT 0 1")


async def replace_roles(conn: Connection, person_id: int, roles: Iterable[Role], by: By | None = None) -> None:
    """What is withdrawn and what is granted leaves a line each."""
    told = {"id": by.actor.person_id, "name": by.actor.name, "at": by.now.isoformat()} if by else {}
    await conn.execute(SAY_WHO, told)
    await conn.execute(DELETE_ROLES, person_id, sorted(roles))
    await conn.execute(INSERT_ROLES, person_id, sorted(roles))


STANDING_IN = """
SELECT DISTINCT unnest(roles) AS role FROM deputy
 WHERE person_id = $1 AND ended_at IS NULL AND ends_at > coalesce($2, now())
"""
APPEND_SECURITY = """
INSERT INTO security_log (at, actor_id, actor_name, act, person_id, unit_id, detail)
VALUES (coalesce($1, now()), $2, coalesce($3, session_user), $4, $5, $6, $7)
"""


async def standing_in(conn: Connection, person_id: int, now: datetime | None = None) -> frozenset[Role]:
    """Roles that this person has, or will have, as somebody's deputy."""
    return frozenset(Role(row["role"]) for row in await conn.fetch(STANDING_IN, person_id, now))


async def append_security(
    conn: Connection,
    act: str,
    by: By | None,
    *,
    person_id: int | None = None,
    unit_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    who = (by.now, by.actor.person_id, by.actor.name) if by else (None, None, None)
    await conn.execute(APPEND_SECURITY, *who, act, person_id, unit_id, detail or {})


async def set_active(conn: Connection, person_id: int, active: bool) -> None:
    await conn.execute(SET_ACTIVE, person_id, active)


async def usernames(conn: Connection) -> set[str]:
    return {row["username"] for row in await conn.fetch(READ_USERNAMES)}


BEARERS = "SELECT a.username, p.name FROM account a JOIN person p ON p.id = a.person_id"


async def bearers(conn: Connection) -> dict[str, str]:
    """Who bears which user name."""
    return {row["username"]: row["name"] for row in await conn.fetch(BEARERS)}


async def lock_account(conn: Connection, username: str) -> Account | None:
    row = await conn.fetchrow(LOCK_ACCOUNT, username)
    return Account(**dict(row)) if row else None


async def unit_of(conn: Connection, person_id: int) -> int | None:
    found: int | None = await conn.fetchval(READ_PERSON_UNIT, person_id)
    return found


async def save_attempt(conn: Connection, person_id: int, failed: int, locked_until: datetime | None) -> None:
    await conn.execute(SAVE_ATTEMPT, person_id, failed, locked_until)


async def save_password(conn: Connection, person_id: int, password_hash: str, *, must_change: bool) -> None:
    await conn.execute(SAVE_PASSWORD, person_id, password_hash, must_change)


# --- sessions and their log

INSERT_SESSION = """
INSERT INTO session (token_hash, person_id, csrf, created_at, last_seen_at, expires_at, address, agent)
VALUES ($1, $2, $3, $4, $4, $5, $6, $7)
"""
# Runs on every request: one look-up by primary key. A deputy whose time is over is themselves again. Being seen is written at most once a minute, in the same trip.
LOAD_SESSION = """
WITH seen AS (
    UPDATE session SET last_seen_at = $2
     WHERE token_hash = $1 AND expires_at > $2 AND last_seen_at > $2 - $3::interval
       AND last_seen_at < $2 - interval '1 minute'
)
SELECT p.name, p.id AS person_id, u.id AS unit_id, u.path, u.code AS unit_code, u.name AS unit_name,
       s.csrf, a.must_change, a.username, d.id AS deputy_id, d.roles AS deputy_roles,
       ARRAY(SELECT r.role FROM person_role r WHERE r.person_id = p.id) AS roles,
       ARRAY(SELECT m.id FROM unit m WHERE m.successor_id = u.id) AS inherited
  FROM session s
  JOIN person p ON p.id = s.person_id AND p.active
  JOIN account a ON a.person_id = p.id AND ($4 OR NOT a.demo)
  LEFT JOIN deputy d ON d.id = s.deputy_id AND d.person_id = p.id
                    AND d.begins_at <= $2 AND d.ends_at > $2 AND d.ended_at IS NULL
  LEFT JOIN unit u ON u.id = coalesce(d.unit_id, p.unit_id)
 WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.last_seen_at > $2 - $3::interval
"""
DELETE_SESSION = "DELETE FROM session WHERE token_hash = $1 RETURNING person_id"
DELETE_SESSIONS_OF = "DELETE FROM session WHERE person_id = $1 AND token_hash IS DISTINCT FROM $2::bytea"
DELETE_EXPIRED = "DELETE FROM session WHERE expires_at <= $1 OR last_seen_at <= $1 - $2::interval"
COUNT_FAILURES = """
SELECT count(*) FROM sign_in_log WHERE address = $1 AND at > $2 AND outcome IN ('wrong', 'unknown', 'locked')
"""
APPEND_LOG = "INSERT INTO sign_in_log (at, person_id, outcome, address, agent) VALUES ($1, $2, $3, $4, $5)"


async def insert_session(
    conn: Connection, token_hash: bytes, person_id: int, csrf: str, *, came: Came, now: datetime, expires_at: datetime
) -> None:
    await conn.execute(INSERT_SESSION, token_hash, person_id, csrf, now, expires_at, came.address, came.agent)


async def load_session(
    conn: Connection, token_hash: bytes, now: datetime, *, demo: bool, rules: SessionRules
) -> SignedIn | None:
    row = await conn.fetchrow(LOAD_SESSION, token_hash, now, rules.idle, demo)
    if row is None:
        return None
    standing_in = row["deputy_id"] is not None
    roles = frozenset(Role(role) for role in (row["deputy_roles"] if standing_in else row["roles"]))
    actor = Actor(
        f"{row['name']}(代理)" if standing_in else row["name"],
        roles,
        row["person_id"],
        row["unit_id"],
        tuple(row["path"] or ()),
        tuple(row["inherited"]),
    )
    return SignedIn(
        actor,
        row["csrf"],
        row["must_change"],
        row["username"],
        row["unit_code"],
        row["unit_name"],
        row["deputy_id"],
    )


async def delete_session(conn: Connection, token_hash: bytes) -> int | None:
    found: int | None = await conn.fetchval(DELETE_SESSION, token_hash)
    return found


async def delete_sessions_of(conn: Connection, person_id: int, *, but: bytes | None = None) -> None:
    await conn.execute(DELETE_SESSIONS_OF, person_id, but)


async def delete_expired(conn: Connection, now: datetime, rules: SessionRules) -> None:
    await conn.execute(DELETE_EXPIRED, now, rules.idle)


async def count_failures(conn: Connection, address: str, since: datetime) -> int:
    found: int = await conn.fetchval(COUNT_FAILURES, address, since)
    return found


async def append_log(conn: Connection, outcome: str, person_id: int | None, *, came: Came, now: datetime) -> None:
    await conn.execute(APPEND_LOG, now, person_id, outcome, came.address, came.agent)

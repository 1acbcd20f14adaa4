"""Directives and their tasks."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.directory.people import Actor
from hotline.infra.db import Connection
from hotline.supervision.directives.directive import Directive, Task

ADD = """
INSERT INTO directive (at, by, by_name, text, about, due, ticket_id, overlay_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING id
"""


async def add(
    conn: Connection,
    *,
    at: datetime,
    by: Actor,
    text: str,
    about: str,
    due: datetime | None,
    ticket_id: int | None = None,
    overlay_id: int | None = None,
) -> int:
    made: int = await conn.fetchval(ADD, at, by.person_id, by.name, text, about, due, ticket_id, overlay_id)
    return made


TASK = """
SELECT k.id, k.directive_id, k.unit_id, u.name AS unit, k.what, k.due, k.given_at, k.feedback, k.feedback_at,
       k.feedback_name AS feedback_by, k.done_at, k.done_name AS done_by, k.note
  FROM directive_task k JOIN unit u ON u.id = k.unit_id
"""
TASKS = TASK + " WHERE k.directive_id = ANY ($1::bigint[]) ORDER BY k.id"
ONE_TASK = TASK + " WHERE k.id = $1 FOR UPDATE OF k"
DIRECTIVES = """
-- For units only those of whose tasks one is theirs.
SELECT d.id, d.at, d.by_name AS by, d.text, d.about, d.due, d.ticket_id, d.overlay_id FROM directive d
 WHERE (d.at >= $1 OR EXISTS (SELECT FROM directive_task k WHERE k.directive_id = d.id AND k.done_at IS NULL))
   AND ($2::bigint[] IS NULL OR EXISTS (SELECT FROM directive_task k WHERE k.directive_id = d.id AND k.unit_id = ANY ($2)))
 ORDER BY d.id DESC LIMIT 300
"""
ONE = """
SELECT d.id, d.at, d.by_name AS by, d.text, d.about, d.due, d.ticket_id, d.overlay_id FROM directive d WHERE d.id = $1
"""


async def listed(conn: Connection, *, since: datetime, units: Sequence[int] | None) -> list[Directive]:
    """The newest first, and whatever is not done yet; a unit sees its own tasks alone."""
    rows = await conn.fetch(DIRECTIVES, since, units)
    tasks = [Task(**dict(row)) for row in await conn.fetch(TASKS, [row["id"] for row in rows])]
    if units is not None:
        tasks = [task for task in tasks if task.unit_id in units]
    return [Directive(**dict(row), tasks=tuple(t for t in tasks if t.directive_id == row["id"])) for row in rows]


async def one(conn: Connection, directive_id: int) -> Directive | None:
    row = await conn.fetchrow(ONE, directive_id)
    if row is None:
        return None
    tasks = [Task(**dict(task)) for task in await conn.fetch(TASKS, [directive_id])]
    return Directive(**dict(row), tasks=tuple(tasks))


async def hold_task(conn: Connection, task_id: int) -> Task | None:
    row = await conn.fetchrow(ONE_TASK, task_id)
    return Task(**dict(row)) if row else None


class NewTask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    unit_id: int
    what: str
    due: datetime


class Given(msgspec.Struct, frozen=True):
    """A task as it was handed to a unit."""

    id: int
    unit_id: int
    what: str
    due: datetime
    given_at: datetime


ADD_TASKS = """
INSERT INTO directive_task (directive_id, unit_id, what, due, given_at, given_by, given_name)
SELECT $1, unit_id, what, due, $2, $3, $4 FROM unnest($5::bigint[], $6::text[], $7::timestamptz[]) AS k (unit_id, what, due)
RETURNING id, unit_id, what, due, given_at
"""
FEEDBACK = "UPDATE directive_task SET feedback = $2, feedback_at = $3, feedback_name = $4, note = '' WHERE id = $1"
DONE = "UPDATE directive_task SET done_at = $2, done_name = $3, note = $4 WHERE id = $1"
REFUSED = "UPDATE directive_task SET feedback_at = NULL, note = $2 WHERE id = $1"


async def add_tasks(
    conn: Connection, directive_id: int, tasks: Sequence[NewTask], *, by: Actor, now: datetime
) -> list[Given]:
    units, whats, dues = [t.unit_id for t in tasks], [t.what for t in tasks], [t.due for t in tasks]
    rows = await conn.fetch(ADD_TASKS, directive_id, now, by.person_id, by.name, units, whats, dues)
    return [Given(**dict(row)) for row in rows]


async def feedback(conn: Connection, task_id: int, text: str, *, by: Actor, now: datetime) -> None:
    await conn.execute(FEEDBACK, task_id, text, now, by.name)


async def done(conn: Connection, task_id: int, note: str, *, by: Actor, now: datetime) -> None:
    await conn.execute(DONE, task_id, now, by.name, note)


async def refused(conn: Connection, task_id: int, note: str) -> None:
    await conn.execute(REFUSED, task_id, note)

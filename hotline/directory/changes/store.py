"""One line a change of the catalogue, the categories, or the models that answer."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from hotline.directory.people import By
from hotline.infra.db import Connection

Subject = Literal["catalogue", "category", "model", "threshold", "precedent", "alias", "extension"]


class ReferenceChange(msgspec.Struct, frozen=True):
    id: int
    at: datetime
    subject: Subject
    key: str
    act: str
    before: Any
    """As it was; null when it was not there."""
    after: Any
    actor_name: str


ADD = """
INSERT INTO reference_change (at, subject, key, act, before, after, person_id, actor_name)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
READ = """
SELECT id, at, subject, key, act, before, after, actor_name FROM reference_change
 WHERE subject = $1 AND ($2::text IS NULL OR key = $2) ORDER BY id DESC LIMIT $3
"""


async def keep(conn: Connection, subject: Subject, key: str, act: str, by: By, *, before: Any, after: Any) -> None:
    plain_before, plain_after = msgspec.to_builtins(before), msgspec.to_builtins(after)
    await conn.execute(ADD, by.now, subject, key, act, plain_before, plain_after, by.actor.person_id, by.actor.name)


async def changes(conn: Connection, subject: Subject, key: str | None, limit: int) -> list[ReferenceChange]:
    return [ReferenceChange(**dict(row)) for row in await conn.fetch(READ, subject, key, limit)]

"""The registered models as rows."""

from datetime import datetime
from typing import Any

import msgspec

from hotline.infra.db import Connection


class RegisteredModel(msgspec.Struct, frozen=True):
    id: int
    target: str
    """category, kind or urgency"""
    fingerprint: str
    path: str
    scores: dict[str, Any]
    """As measured on a part it had not learned from."""
    role: str
    """champion answers; challenger may be promoted; retired was a champion."""
    created_at: datetime


ALL = "SELECT id, target, fingerprint, path, scores, role, created_at FROM model ORDER BY target, created_at DESC, id DESC"
ONE = "SELECT id, target, fingerprint, path, scores, role, created_at FROM model WHERE id = $1 FOR UPDATE"
RETIRE = "UPDATE model SET role = 'retired' WHERE id = $1 AND role = 'champion'"


async def every(conn: Connection) -> list[RegisteredModel]:
    return [RegisteredModel(**dict(row)) for row in await conn.fetch(ALL)]


async def one(conn: Connection, model_id: int) -> RegisteredModel | None:
    row = await conn.fetchrow(ONE, model_id)
    return RegisteredModel(**dict(row)) if row else None


async def retire(conn: Connection, model_id: int) -> None:
    await conn.execute(RETIRE, model_id)

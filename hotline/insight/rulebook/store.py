"""The versions of the scoring rules."""

from datetime import datetime

import msgspec

from hotline.infra.db import Connection
from hotline.insight.scoring import Rules

VERSIONS = "SELECT version, effective_from, body, because, set_name FROM scoring_rule ORDER BY version"
LOCK = "LOCK TABLE scoring_rule IN SHARE ROW EXCLUSIVE MODE"
ADD = """
INSERT INTO scoring_rule (version, effective_from, body, because, set_at, set_by, set_name)
SELECT coalesce(max(version), 0) + 1, $1, $2, $3, $4, $5, $6 FROM scoring_rule
RETURNING version
"""


async def versions(conn: Connection) -> list[Rules]:
    return [msgspec.convert(dict(row), Rules) for row in await conn.fetch(VERSIONS)]


async def add(conn: Connection, rules: Rules, *, by: int | None, now: datetime) -> int:
    await conn.execute(LOCK)
    version: int = await conn.fetchval(ADD, rules.effective_from, rules.body, rules.because, now, by, rules.set_name)
    return version

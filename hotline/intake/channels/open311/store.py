"""What a stranger may know of tickets: no words of the citizen, none that are confidential or report a wrong."""

from datetime import datetime

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.intake.channels.open311.report import Asked
from hotline.tickets.states import State
from hotline.tickets.store import first_number


class Public(msgspec.Struct, frozen=True):
    id: int
    state: State
    category: str | None
    region: str | None
    lead_unit: int | None
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None


COLUMNS = """
SELECT id, state, category, region, lead_unit, created_at, due_at,
       greatest(created_at, registered_at, dispatched_at, ended_at) AS updated_at
  FROM ticket WHERE NOT confidential AND kind <> 'report' AND state = ANY ($1)
"""
LIST = (
    COLUMNS
    + """
   AND id >= $2 AND created_at BETWEEN $3 AND $4 AND (cardinality($5::text[]) = 0 OR category = ANY ($5))
 ORDER BY id DESC LIMIT $6 OFFSET $7
"""
)
NUMBERED = COLUMNS + " AND id = ANY ($2::bigint[]) ORDER BY id DESC LIMIT $3"


async def listed(conn: Connection, asked: Asked) -> list[Public]:
    states = [state.value for state in asked.states]
    if asked.numbers:
        rows = await conn.fetch(NUMBERED, states, list(asked.numbers), asked.size)
    else:
        first = first_number(asked.since.astimezone(BEIJING).date())
        services, skipped = list(asked.services), (asked.page - 1) * asked.size
        rows = await conn.fetch(LIST, states, first, asked.since, asked.until, services, asked.size, skipped)
    return [msgspec.convert(dict(row), Public) for row in rows]

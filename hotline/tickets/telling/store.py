"""Lines that people must hear of, noted with the line itself; `notices` makes of them what each is told."""

from collections.abc import Iterable

from hotline.infra.db import Connection
from hotline.tickets.history import Happened
from hotline.tickets.states import Event

TOLD = frozenset({Event.MARK_DEADLINE, Event.URGE, Event.SUPERVISE, Event.DECIDE_APPEAL, Event.DECIDE_EXCLUSION})
ALERT = "INSERT INTO alert (ticket_id, seq) SELECT * FROM unnest($1::bigint[], $2::integer[])"


async def alert(conn: Connection, lines: Iterable[Happened]) -> None:
    """In the transaction that stores the lines: neither the line nor the news of it exists alone."""
    told = [line for line in lines if line.fact.event in TOLD]
    if told:
        await conn.execute(ALERT, [line.ticket_id for line in told], [line.seq for line in told])

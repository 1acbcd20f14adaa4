"""Last week's list read beside this week's."""

from datetime import datetime

from hotline.infra.db import Connection
from hotline.supervision.actions import difficult_week
from hotline.supervision.following import store
from hotline.supervision.following.followed import LastWeek, last_week
from hotline.supervision.weeks import WEEK, parse_week, week_of
from hotline.tickets.verbs import Desk


async def followed(conn: Connection, week: str, now: datetime, *, desk: Desk) -> LastWeek:
    """上周事项进展, and the instructions on the items of both weeks."""
    asked = parse_week(week)
    current = await difficult_week(conn, asked.text, now, desk=desk)
    previous = await difficult_week(conn, week_of(asked.begin - WEEK).text, now, desk=desk)
    shown = {one.ticket_id for one in (*previous.items, *current.items, *current.settled)}
    states = await store.states(conn, [one.ticket_id for one in previous.items])
    return last_week(previous, current, states, await store.instructions(conn, sorted(shown), None, now))

"""What is to be expected, over HTTP."""

from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.store import load_directory
from hotline.infra.http import answer, now, services
from hotline.insight.outlook import actions, store
from hotline.insight.outlook.store import Learned
from hotline.tickets import privacy
from hotline.tickets.http import number


class AtRisk(msgspec.Struct, frozen=True):
    """An open assignment that is not late yet, as a supervisor's list shows it."""

    ticket_id: int
    title: str
    unit_id: int
    unit: str
    due_at: datetime
    chance: float
    """That it will be late, as of now."""
    because: list[str]
    """What raises it: unit, category, channel, kind, urgency; empty where nothing stands out."""


class Outlook(msgspec.Struct, frozen=True):
    items: list[AtRisk]
    """The likeliest first; empty while too few assignments have been finished to learn from."""
    learned: list[Learned]
    """What it was learned from, and how it did on the latest fifth, which it had not seen."""


async def outlook(request: Request) -> Response:
    """GET /api/v1/supervision/outlook?limit= or ?ticket="""
    asked, at, actor = request.query_params, now(request), actor_of(request)
    limit = number(asked.get("limit"), "limit", default=50, most=200)
    ticket = number(asked.get("ticket"), "ticket", default=0, most=10**18)
    async with services(request).pool.acquire() as conn:
        found = await actions.risks(conn, at, [ticket] if ticket else None, limit)
        titles = await store.titles(conn, [one.ticket_id for one in found])
        learned = await store.learned(conn)
        directory = await load_directory(conn)
    names = {unit.id: unit.name for unit in directory.units.values()}
    items = [
        AtRisk(
            ticket_id=one.ticket_id,
            title="保密工单" if secret and not actor.has(*privacy.OPEN_TO) else title,
            unit_id=one.unit_id,
            unit=names.get(one.unit_id, ""),
            due_at=one.due,
            chance=one.chance,
            because=one.because,
        )
        for one in found
        for title, secret in [titles[one.ticket_id]]
    ]
    return answer(Outlook(items, learned))

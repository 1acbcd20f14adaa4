"""What the catalogue might say, over HTTP."""

from datetime import datetime
from typing import Annotated, get_args

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.classify.labels import Tree
from hotline.directory.http import directory_of
from hotline.directory.staff.http import by
from hotline.directory.units import Directory
from hotline.infra.clock import BEIJING
from hotline.infra.errors import InvalidInput
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.routing.editing.entries import LOCAL_NAMES, ListedEntry, view
from hotline.routing.practice import actions, store
from hotline.routing.practice.proposals import What, fulfilled
from hotline.routing.practice.store import Kept, State, Which
from hotline.routing.store import load_catalogue, load_categories

MOST = 300


class ProposedEntry(msgspec.Struct, frozen=True):
    """目录建议: an entry as it might be, with what it rests on."""

    category: str
    category_name: str
    region: str | None
    region_name: str | None
    what: What
    lead: str
    """As in the catalogue: a unit's code, or `district` / `street`."""
    lead_name: str
    times: int
    """Of `tickets` that were finished since the catalogue last changed for them, so many were led by it."""
    tickets: int
    entry: ListedEntry | None
    """What the catalogue says now."""
    why: str | None
    decided_by: str | None
    decided_at: datetime | None


class ProposedEntries(msgspec.Struct, frozen=True):
    total: int
    items: list[ProposedEntry]
    """Those with the most tickets behind them."""


class DecideProposal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """不采纳, or that taken back. A yes is the entry itself."""

    category: Annotated[str, Meta(min_length=2, max_length=6)]
    what: What
    lead: Annotated[str, Meta(min_length=1, max_length=30)]
    reject: bool
    region: Annotated[str, Meta(max_length=12)] | None = None
    why: Annotated[str, Meta(max_length=500)] = ""


async def listing(request: Request) -> Response:
    """GET /api/v1/catalogue/proposed?state="""
    asked = request.query_params.get("state") or "proposed"
    state = next((one for one in get_args(State) if one == asked), None)
    if state is None:
        raise InvalidInput([("state", "只能是 proposed、rejected 之一。")])
    directory, day = await directory_of(request), now(request).astimezone(BEIJING).date()
    async with services(request).pool.acquire() as conn:
        kept = await store.listed(conn, state)
        catalogue, tree = await load_catalogue(conn), (await load_categories(conn)).tree
    open_ones = [one for one in kept if not fulfilled(one, catalogue, day)]

    def named(one: Kept) -> ProposedEntry:
        entry = catalogue.find(one.category, one.region or None, day)
        return proposed(one, view(entry, directory, tree, day) if entry else None, directory, tree)

    return answer(ProposedEntries(len(open_ones), [named(one) for one in open_ones[:MOST]]))


def proposed(one: Kept, entry: ListedEntry | None, directory: Directory, tree: Tree) -> ProposedEntry:
    unit, region = directory.unit_by_code(one.lead), directory.regions.get(one.region)
    return ProposedEntry(
        category=one.category,
        category_name=tree.full_name(one.category) if one.category in tree else one.category,
        region=one.region or None,
        region_name=region.name if region else one.region or None,
        what=one.what,
        lead=one.lead,
        lead_name=LOCAL_NAMES.get(one.lead) or (unit.name if unit else one.lead),
        times=one.times,
        tickets=one.tickets,
        entry=entry,
        why=one.why,
        decided_by=one.decided_by,
        decided_at=one.decided_at,
    )


async def decide(request: Request) -> Response:
    """POST /api/v1/catalogue/proposed"""
    body = await json_body(request, DecideProposal)
    which = Which(body.category, body.region or "", body.what, body.lead)
    async with transaction(request) as conn:
        await actions.decide(conn, which, reject=body.reject, why=body.why, by=by(request))
    return Response(status_code=204)

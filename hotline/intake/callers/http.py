"""Who is calling, over HTTP."""

from datetime import timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.store import load_directory
from hotline.directory.units import Directory
from hotline.infra.errors import InvalidInput
from hotline.infra.http import answer, json_body, now, services
from hotline.intake import form
from hotline.intake.callers import store
from hotline.intake.callers.card import CallerCard, CallerTicket, Earlier, Standing, promises, standing, unhappy
from hotline.tickets.lifecycle import STATE_NAMES, allowed
from hotline.tickets.states import ENDED, Event, State

MOST = 20
RECENT = timedelta(days=30)


class Calling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In a body and not in the address, for proxies write addresses down."""

    phone: str


async def card(request: Request) -> Response:
    """POST /api/v1/callers/search: for those who answer the telephone; the number itself is kept nowhere."""
    actor_of(request)
    phone = form.plain_phone((await json_body(request, Calling)).phone)
    if not form.PHONE.fullmatch(phone):
        raise InvalidInput([("phone", "请填写 11 位手机号或带区号的固定电话。")])
    at, cipher = now(request), services(request).cipher
    index = cipher.blind_index(phone)
    async with services(request).pool.acquire() as conn:
        directory = await load_directory(conn)
        people, counts = await store.people_on(conn, index, at - RECENT, cipher)
        found = await store.requests_from(conn, index, MOST) if counts.total else []
    told = [told_of(one, directory, standing(one, at)) for one in found]
    shown = CallerCard(
        phone=phone,
        people=people,
        counts=counts,
        open=[one for one in told if one.state not in ENDED],
        past=[one for one in told if one.state in ENDED],
        promises=promises(found, at),
        unhappy=unhappy(found),
    )
    response = answer(shown)
    response.headers["Cache-Control"] = "no-store"
    return response


def told_of(one: Earlier, directory: Directory, stands: Standing) -> CallerTicket:
    unit = directory.unit(one.unit_id) if one.unit_id is not None else None
    return CallerTicket(
        id=one.id,
        state=one.state,
        state_name=STATE_NAMES[one.state],
        version=one.version,
        kind=one.kind,
        title=one.title,
        category=one.category,
        unit=unit.name if unit else None,
        created_at=one.created_at,
        due_at=one.due_at,
        standing=stands,
        ended_at=one.ended_at,
        confidential=one.confidential,
        urged=one.urged,
        round=one.round,
        outcome=one.asked.outcome if one.asked else None,
        told=one.told,
        can_urge=Event.URGE in allowed(one.state),
        can_merge=one.state not in ENDED and one.state is not State.DRAFT,
    )

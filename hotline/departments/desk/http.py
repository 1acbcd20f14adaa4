"""The unit's desk over HTTP: its work in tabs, the limits of what may be asked, the reply looked at before it is sent."""

from datetime import timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.departments import gate
from hotline.departments.desk import limits, store
from hotline.departments.desk.limits import Limits, ReturnLimits
from hotline.departments.desk.store import Work
from hotline.departments.desk.tabs import Counts, Place, Tab, place
from hotline.directory.http import actor_of
from hotline.infra.errors import InvalidInput, NotFound
from hotline.infra.http import answer, json_body, now, services
from hotline.sla.actions import clocks
from hotline.tickets import permissions, privacy
from hotline.tickets import store as tickets
from hotline.tickets.actions import access
from hotline.tickets.http import number, ticket_id_of
from hotline.tickets.petitioner import store as petitioners
from hotline.tickets.states import Event, Solved
from hotline.tickets.verbs import Desk

MOST = 100
A_YEAR = timedelta(days=365)


class WorkPage(msgspec.Struct, frozen=True):
    tab: Tab
    counts: Counts
    items: list[Work]
    next_cursor: str | None


async def work(request: Request) -> Response:
    """GET /api/v1/department/work?tab=&cursor=&limit="""
    actor, asked = actor_of(request), request.query_params
    limit = number(asked.get("limit"), "limit", default=50, most=MOST)
    tab, after = tab_of(asked.get("tab")), after_of(asked.get("cursor"))
    async with services(request).pool.acquire() as conn:
        counts, rows = await store.work(
            conn,
            units=sorted(actor.records_of),
            tab=tab,
            person_id=actor.person_id,
            after=after,
            now=now(request),
            limit=limit + 1,
        )
    following = rows[limit - 1][1].written() if len(rows) > limit else None
    return answer(WorkPage(tab, counts, [listed(row) for row, _ in rows[:limit]], following))


def listed(row: Work) -> Work:
    """A title may name the caller, an address may be theirs: of a secret ticket the unit's list shows neither."""
    return msgspec.structs.replace(row, title="保密工单", address="") if row.confidential else row


def tab_of(text: str | None) -> Tab:
    if not text:
        return Tab.TO_SIGN
    if text not in set(Tab):
        raise InvalidInput([("tab", f"没有这一栏;可选:{'、'.join(Tab)}。")])
    return Tab(text)


def after_of(text: str | None) -> Place | None:
    found = place(text) if text else None
    if text and found is None:
        raise InvalidInput([("cursor", "cursor 应为上一页的 next_cursor。")])
    return found


class Handlers(msgspec.Struct, frozen=True):
    items: list[store.Handler]


async def people(request: Request) -> Response:
    """GET /api/v1/department/people"""
    async with services(request).pool.acquire() as conn:
        return answer(Handlers(await store.handlers(conn, actor_of(request).unit_id)))


async def extension_asked(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/extension"""
    actor, at = actor_of(request), now(request)
    desk = Desk(services(request).settings, services(request).cipher)
    async with services(request).pool.acquire() as conn:
        ticket = await access(conn, ticket_id_of(request), actor=actor)
        found = limits.asked_for(ticket, await clocks(conn, desk, at), actor)
    if found is None:
        raise NotFound("没有待审的延期申请,可能已被他人处理,请刷新。")
    return answer(found)


async def asking(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/limits"""
    actor, at = actor_of(request), now(request)
    desk = Desk(services(request).settings, services(request).cipher)
    async with services(request).pool.acquire() as conn:
        ticket = await access(conn, ticket_id_of(request), actor=actor)
        share = permissions.share_for(actor, ticket)
        if share is None:
            raise NotFound("本单位在这件工单上没有进行中的承办任务。")
        found = await store.returns(conn, category=ticket.category, unit_id=share.unit_id, since=at - A_YEAR)
        given = await clocks(conn, desk, at)
    returns = ReturnLimits(
        refusal=limits.return_refusal(ticket, share, at, actor),
        until=share.return_until,
        granted_here=ticket.returns,
        asked=found.asked,
        granted=found.granted,
        own_asked=found.own_asked,
        own_granted=found.own_granted,
        went=tuple(found.went),
    )
    return answer(Limits(ticket.id, ticket.version, returns, limits.extension(ticket, share, given, at, actor)))


class ReplyDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reply as far as it has been written."""

    account: str = ""
    public_reply: str = ""
    solved: Solved | None = None
    found_true: bool | None = None
    unsolved_reason: str = ""


class ReplyCheck(msgspec.Struct, frozen=True):
    refusal: str | None
    """Why no reply can be sent now, whatever it says."""
    items: tuple[gate.Finding, ...]


async def check(request: Request) -> Response:
    """POST /api/v1/tickets/{id}/reply/check : the gate's advice; nothing is kept."""
    body, actor = await json_body(request, ReplyDraft), actor_of(request)
    async with services(request).pool.acquire() as conn:
        ticket = await access(conn, ticket_id_of(request), actor=actor)
        permissions.check(actor, Event.REPLY, ticket)
        matter = await tickets.load_matter(conn, ticket.id)
        earlier = await tickets.reply_texts(conn, ticket.id)
        # Of a secret ticket nothing is compared with its caller: the answer would tell who it is.
        petitioner = (
            privacy.HIDDEN
            if privacy.hidden_from(actor, ticket)
            else await petitioners.load_petitioner(conn, ticket.id, services(request).cipher)
        )
    share = permissions.share_for(actor, ticket)
    draft = gate.Draft(body.account, body.public_reply, body.solved, body.found_true, body.unsolved_reason)
    known = gate.Known(
        kind=ticket.kind,
        asked=f"{matter.title}\n{matter.content}",
        contacted=share is None or share.contacted_at is not None or share.contact_due is None,
        persons=tuple(filter(None, (petitioner.name, petitioner.phone, petitioner.id_number))),
        earlier=tuple(text.public_reply for text in earlier),
    )
    return answer(ReplyCheck(gate.refusal(ticket, share, now(request), actor), gate.look(draft, known)))

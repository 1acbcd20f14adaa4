"""The department's verbs, and what the centre answers to them."""

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from hotline.departments import actions
from hotline.directory.http import actor_of
from hotline.directory.store import load_directory
from hotline.infra.errors import HotlineError, InvalidInput
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.sla.actions import working
from hotline.tickets import facts as f
from hotline.tickets.actions import Held, access
from hotline.tickets.http import guarded, ticket_id_of
from hotline.tickets.lines import store as lines_store
from hotline.tickets.states import Asked, Event, Solved, State
from hotline.tickets.verbs import Command, Desk, Verb

MOST = 200
Moment = Annotated[datetime, Meta(tz=True)]


class Sign(Command, frozen=True, kw_only=True):
    """签收; without `assignment_id` the share of the person's own unit."""

    assignment_id: int | None = None


class RequestReturn(Command, frozen=True, kw_only=True):
    """退单申请: reason, legal basis and the unit that should do it."""

    basis: str
    proposed_unit: int


class RequestExtension(Command, frozen=True, kw_only=True):
    """延期申请"""

    working_days: int
    progress: str
    citizen_informed: bool


class GrantExtension(Command, frozen=True, kw_only=True):
    """同意延期; without `working_days` as many as were asked for."""

    working_days: int | None = None


class Contact(Command, frozen=True, kw_only=True):
    """联系诉求人"""

    result: str
    how: str = "phone"
    reached: bool = True


class Assist(Command, frozen=True, kw_only=True):
    """加派协办, or 下派 to a unit below with `below`."""

    unit_id: int
    below: bool = False
    due: Moment | None = None
    basis: str = ""


class AssistReply(Command, frozen=True, kw_only=True):
    """协办反馈; `waive` names an assisting assignment that is no longer needed."""

    account: str
    waive: int | None = None


class AssignPerson(Command, frozen=True, kw_only=True):
    person_id: int


class Reply(Command, frozen=True, kw_only=True):
    """回复"""

    account: str
    public_reply: str
    solved: Solved
    found_true: bool | None = None
    unsolved_reason: str = ""


class RefuseReply(Command, frozen=True, kw_only=True):
    """驳回回复: reasons from the list in `departments/refusals.py`; `reason` takes words of one's own, for 其他 it must."""

    reasons: Annotated[tuple[str, ...], Meta(max_length=9)]


class Milestone(Struct, frozen=True, forbid_unknown_fields=True):
    """节点"""

    at: Moment
    what: str


class RequestShelving(Command, frozen=True, kw_only=True):
    """挂账申请: a plan, when its first part will be done, what follows when, and who answers for it."""

    plan: str
    milestone: Moment
    leader: str
    further: Annotated[tuple[Milestone, ...], Meta(max_length=20)] = ()
    citizen_informed: bool = True


class Shelve(Command, frozen=True, kw_only=True):
    plan: str = ""
    milestone: Moment | None = None
    leader: str = ""


class RequestTermination(Command, frozen=True, kw_only=True):
    ground: str


class Terminate(Command, frozen=True, kw_only=True):
    ground: str = ""


class Plain(Command, frozen=True, kw_only=True):
    """Only a version and, where asked, a reason."""


async def sign(held: Held, body: Sign, desk: Desk) -> None:
    await actions.sign(held, body.assignment_id, body.reason)


async def request_return(held: Held, body: RequestReturn, desk: Desk) -> None:
    await actions.request_return(held, basis=body.basis, proposed_unit=body.proposed_unit, reason=body.reason)


async def request_extension(held: Held, body: RequestExtension, desk: Desk) -> None:
    await actions.request_extension(
        held,
        working_days=body.working_days,
        progress=body.progress,
        citizen_informed=body.citizen_informed,
        reason=body.reason,
        desk=desk,
    )


async def grant_extension(held: Held, body: GrantExtension, desk: Desk) -> None:
    await actions.grant_extension(held, working_days=body.working_days, reason=body.reason, desk=desk)


async def deny_extension(held: Held, body: Plain, desk: Desk) -> None:
    await actions.deny_extension(held, body.reason)


async def contact(held: Held, body: Contact, desk: Desk) -> None:
    await actions.contact(held, how=body.how, result=body.result, reached=body.reached)


async def assist(held: Held, body: Assist, desk: Desk) -> None:
    await actions.assist(held, unit_id=body.unit_id, below=body.below, due=body.due, basis=body.basis, desk=desk)


async def assist_reply(held: Held, body: AssistReply, desk: Desk) -> None:
    await actions.assist_reply(held, account=body.account, waive=body.waive)


async def assign_person(held: Held, body: AssignPerson, desk: Desk) -> None:
    await actions.assign_person(held, body.person_id)


async def reply(held: Held, body: Reply, desk: Desk) -> None:
    await actions.reply(
        held,
        found_true=body.found_true,
        solved=body.solved,
        unsolved_reason=body.unsolved_reason,
        account=body.account,
        public_reply=body.public_reply,
    )


async def refuse_reply(held: Held, body: RefuseReply, desk: Desk) -> None:
    await actions.refuse_reply(held, body.reasons, body.reason)


async def request_shelving(held: Held, body: RequestShelving, desk: Desk) -> None:
    await actions.request_shelving(
        held,
        plan=body.plan,
        milestone=body.milestone,
        further=tuple(f.Milestone(step.at, step.what) for step in body.further),
        leader=body.leader,
        citizen_informed=body.citizen_informed,
        reason=body.reason,
    )


async def shelve(held: Held, body: Shelve, desk: Desk) -> None:
    await actions.shelve(held, plan=body.plan, milestone=body.milestone, leader=body.leader, reason=body.reason)


async def deny_shelving(held: Held, body: Plain, desk: Desk) -> None:
    await actions.deny(held, Asked.SHELVING, body.reason)


async def resume(held: Held, body: Plain, desk: Desk) -> None:
    await actions.resume(held, desk, body.reason)


async def request_termination(held: Held, body: RequestTermination, desk: Desk) -> None:
    await actions.request_termination(held, ground=body.ground, reason=body.reason)


async def terminate(held: Held, body: Terminate, desk: Desk) -> None:
    await actions.terminate(held, ground=body.ground, reason=body.reason)


async def deny_termination(held: Held, body: Plain, desk: Desk) -> None:
    await actions.deny(held, Asked.TERMINATION, body.reason)


class ToSign(Struct, frozen=True, forbid_unknown_fields=True):
    id: int
    version: int | None = None


class SignMany(Struct, frozen=True, forbid_unknown_fields=True):
    tickets: Annotated[list[ToSign], Meta(min_length=1, max_length=MOST)]
    late_because: Annotated[str, Meta(max_length=500)] = ""
    """Kept with those of them that are signed late."""


class Signed(Struct, frozen=True, omit_defaults=True):
    """What became of one ticket of the list."""

    id: int
    ok: bool
    version: int | UnsetType = UNSET
    state: State | UnsetType = UNSET
    signed_late: bool | UnsetType = UNSET
    error: str | UnsetType = UNSET
    message: str | UnsetType = UNSET


class SignedMany(Struct, frozen=True):
    signed: int
    items: list[Signed]


async def sign_many(request: Request) -> Response:
    """POST /api/v1/tickets/sign : each ticket for itself; one that cannot be signed stops none of the others."""
    body = await json_body(request, SignMany)
    if len({one.id for one in body.tickets}) != len(body.tickets):
        raise InvalidInput([("tickets", "列表中有重复的工单,请去掉。")])
    items = [await signed(request, one, body.late_because) for one in body.tickets]
    return answer(SignedMany(sum(item.ok for item in items), items))


async def signed(request: Request, one: ToSign, late_because: str) -> Signed:
    desk = Desk(services(request).settings, services(request).cipher)
    try:
        async with (
            transaction(request) as conn,
            working(conn, one.id, actor=actor_of(request), now=now(request), desk=desk, version=one.version) as held,
        ):
            share = actions.mine(held)
            late = share.sign_due is not None and held.now > share.sign_due
            await actions.sign(held, share.id, late_because if late else "")
    except HotlineError as refused:
        return Signed(one.id, False, error=refused.code, message=refused.message)
    done = held.ticket.assignment(share.id)
    late = bool(done and done.signed_late)
    return Signed(one.id, True, version=held.ticket.version, state=held.ticket.state, signed_late=late)


class ContactLine(Struct, frozen=True):
    """One try to reach the citizen."""

    at: datetime
    by: str
    unit_id: int
    unit: str
    assignment_id: int
    how: str
    result: str
    reached: bool
    in_time: bool | None
    """None where no limit was set."""


class ContactLog(Struct, frozen=True):
    items: list[ContactLine]


async def contacts(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/contacts : who spoke to the citizen, when, and what came of it."""
    async with services(request).pool.acquire() as conn:
        ticket = await access(conn, ticket_id_of(request), actor=actor_of(request))
        units = (await load_directory(conn)).units
        shares = {a.id: a for a in ticket.assignments}
        items = []
        for line in await lines_store.history(conn, ticket.id):
            said = line.happened.fact
            if isinstance(said, f.Contact):
                share = shares[said.assignment_id]
                items.append(
                    ContactLine(
                        at=line.happened.at,
                        by=line.happened.actor_name,
                        unit_id=share.unit_id,
                        unit=units[share.unit_id].name,
                        assignment_id=share.id,
                        how=said.how,
                        result=said.result,
                        reached=said.reached,
                        in_time=line.happened.at <= share.contact_due if share.contact_due else None,
                    )
                )
        return answer(await guarded(conn, request, ticket, ContactLog(items)))


VERBS = (
    Verb("sign", Event.SIGN, Sign, sign),
    Verb("contact", Event.CONTACT, Contact, contact),
    Verb("request_return", Event.REQUEST_RETURN, RequestReturn, request_return),
    Verb("request_extension", Event.REQUEST_EXTENSION, RequestExtension, request_extension),
    Verb("grant_extension", Event.GRANT_EXTENSION, GrantExtension, grant_extension),
    Verb("deny_extension", Event.DENY_EXTENSION, Plain, deny_extension),
    Verb("assist", Event.ASSIST, Assist, assist),
    Verb("assist_reply", Event.ASSIST_REPLY, AssistReply, assist_reply),
    Verb("assign_person", Event.ASSIGN_PERSON, AssignPerson, assign_person),
    Verb("reply", Event.REPLY, Reply, reply),
    Verb("refuse_reply", Event.REFUSE_REPLY, RefuseReply, refuse_reply),
    Verb("request_shelving", Event.REQUEST_SHELVING, RequestShelving, request_shelving),
    Verb("shelve", Event.SHELVE, Shelve, shelve),
    Verb("deny_shelving", Event.DENY_SHELVING, Plain, deny_shelving),
    Verb("resume", Event.RESUME, Plain, resume),
    Verb("request_termination", Event.REQUEST_TERMINATION, RequestTermination, request_termination),
    Verb("terminate", Event.TERMINATE, Terminate, terminate),
    Verb("deny_termination", Event.DENY_TERMINATION, Plain, deny_termination),
)

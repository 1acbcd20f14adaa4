"""The department's verbs, and what the centre answers to them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from hotline.departments import actions
from hotline.tickets.actions import Held
from hotline.tickets.states import Asked, Event, Solved
from hotline.tickets.verbs import Command, Desk, Verb

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
    reasons: tuple[str, ...]


class RequestShelving(Command, frozen=True, kw_only=True):
    """挂账申请"""

    plan: str
    milestone: Moment
    leader: str


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
    await actions.sign(held, body.assignment_id)


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
        held, plan=body.plan, milestone=body.milestone, leader=body.leader, reason=body.reason
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

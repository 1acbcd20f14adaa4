"""The verbs of supervision: 催办, 督办, 认定疑难, 批示."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from hotline.directory.people import Actor, Role
from hotline.infra.errors import InvalidInput
from hotline.infra.words import tidy
from hotline.supervision.difficult import CLASSES, RULES
from hotline.supervision.directives.store import add as add_directive
from hotline.supervision.letters.actions import Pressed
from hotline.supervision.letters.actions import supervise as press
from hotline.supervision.letters.http import Line, lines
from hotline.tickets import facts as f
from hotline.tickets.actions import Held
from hotline.tickets.states import Event
from hotline.tickets.verbs import Command, Desk, Verb

LONGEST = 2000
Words = Annotated[str, Meta(max_length=LONGEST)]


class Urge(Command, frozen=True):
    """催办. Whoever answers the phone passes on what the citizen asked, unless they say that it is their own."""

    text: Words = ""
    origin: Literal["citizen", "agent"] = "citizen"


class Supervise(Command, frozen=True, kw_only=True):
    """督办函: 1 系统, 2 热线督办函, 3 挂牌, 4 约谈."""

    level: Annotated[int, Meta(ge=1, le=4)]
    ground: Words
    grounds: Annotated[tuple[str, ...], Meta(max_length=12)] = ()
    """Codes: refused, unsigned, overdue, unsolved, negative, false, repeated, instruction, decision, unanswered …"""
    demands: Annotated[tuple[Line, ...], Meta(max_length=10)] = ()
    copies: Annotated[tuple[Line, ...], Meta(max_length=20)] = ()
    due: Annotated[datetime, Meta(tz=True)] | None = None
    """Without it as the pack says: three working days."""


class MarkDifficult(Command, frozen=True):
    """认定疑难: a person's word counts as rule R11."""

    kind: str = ""
    rules: tuple[str, ...] = ("R11",)


class Instruct(Command, frozen=True, kw_only=True):
    """批示."""

    text: Words
    due: Annotated[datetime, Meta(tz=True)] | None = None


ORIGINS = (
    (Role.SYSTEM, "system"),
    (Role.CITIZEN, "citizen"),
    (Role.CENTRE_LEADER, "leader"),
    (Role.SUPERVISOR, "supervision"),
    (Role.SUPERVISION, "supervision"),
)


def origin_of(actor: Actor, claimed: str) -> str:
    """Who presses: the role tells; only at the desks a colleague speaks for the citizen."""
    return next((origin for role, origin in ORIGINS if actor.has(role)), claimed)


async def urge(held: Held, body: Urge, desk: Desk) -> None:
    await held.do(f.Urge(origin=origin_of(held.actor, body.origin), text=tidy(body.text)), tidy(body.reason))


async def supervise(held: Held, body: Supervise, desk: Desk) -> None:
    ground = needed("ground", body.ground, "请写明督办事由和要求。")
    pressed = Pressed(
        level=body.level,
        ground=ground,
        grounds=body.grounds,
        demands=lines(body.demands),
        copies=lines(body.copies),
        due=body.due,
    )
    await press(held, pressed, desk, tidy(body.reason))


async def mark_difficult(held: Held, body: MarkDifficult, desk: Desk) -> None:
    reason = needed("reason", body.reason, "请写明认定为疑难工单的理由。")
    if body.kind and body.kind not in CLASSES:
        raise InvalidInput([("kind", f"类别应为{'、'.join(CLASSES)}之一，或留空由系统判断。")])
    if unknown := [rule for rule in body.rules if rule not in RULES]:
        raise InvalidInput([("rules", f"没有规则 {'、'.join(unknown)[:40]}，请写 R1 至 R11。")])
    await held.do(f.MarkDifficult(rules=tuple(dict.fromkeys(body.rules)) or ("R11",), kind=body.kind), reason)


async def instruct(held: Held, body: Instruct, desk: Desk) -> None:
    text = needed("text", body.text, "请填写批示内容。")
    if body.due and body.due <= held.now:
        raise InvalidInput([("due", "批示的办理期限须晚于现在，请重新选择。")])
    await held.do(f.Instruct(text=text, due=body.due), tidy(body.reason))
    await add_directive(
        held.conn,
        at=held.now,
        by=held.actor,
        text=text,
        about=f"工单 {held.ticket.id}",
        due=body.due,
        ticket_id=held.ticket.id,
        overlay_id=held.ticket.overlays[-1].id,
    )


def needed(field: str, text: str, sentence: str) -> str:
    plain = tidy(text)
    if not plain:
        raise InvalidInput([(field, sentence)])
    return plain


VERBS: tuple[Verb, ...] = (
    Verb("urge", Event.URGE, Urge, urge),
    Verb("supervise", Event.SUPERVISE, Supervise, supervise),
    Verb("mark_difficult", Event.MARK_DIFFICULT, MarkDifficult, mark_difficult),
    Verb("instruct", Event.INSTRUCT, Instruct, instruct),
)

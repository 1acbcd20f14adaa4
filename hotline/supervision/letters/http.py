"""Letters over HTTP: the register, a warning, the answer and its review."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.people import Actor
from hotline.directory.store import load_directory
from hotline.infra.clock import BEIJING
from hotline.infra.errors import InvalidInput, NotFound
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.infra.words import tidy
from hotline.supervision.letters import actions, store
from hotline.supervision.letters.grounds import GROUNDS, LEVELS, suggested
from hotline.supervision.letters.letter import KIND_NAMES, Draft, Letter, LetterKind, state_of
from hotline.tickets.actions import access
from hotline.tickets.guards.beside import level_refused
from hotline.tickets.http import desk_of, number, ticket_id_of
from hotline.tickets.states import OverlayKind

Moment = Annotated[datetime, Meta(tz=True)]
Line = Annotated[str, Meta(max_length=300)]
MOST = 200


class ReceiptView(msgspec.Struct, frozen=True):
    at: datetime
    by: str
    hash: str
    """SM3 of the PDF that was received."""


class AnswerView(msgspec.Struct, frozen=True):
    at: datetime
    by: str
    text: str
    decision: Literal["pending", "granted", "refused"]
    decided_at: datetime | None
    decided_by: str
    note: str


class LetterView(msgspec.Struct, frozen=True):
    """函件: what it says, and what has become of it."""

    id: int
    kind: LetterKind
    kind_name: str
    number: str
    title: str
    to: str
    unit_id: int | None
    level: int
    level_name: str
    ticket_id: int | None
    tickets: tuple[int, ...]
    grounds: tuple[str, ...]
    ground: str
    paragraphs: tuple[str, ...]
    copies: tuple[str, ...]
    issuer: str
    issued_at: datetime
    issued_by: str
    due: datetime | None
    hash: str
    files: dict[str, str]
    state: Literal["issued", "received", "answered", "accepted", "refused"]
    late: bool
    proposed: int | None
    """The next level, when its day has passed and nothing came back."""
    raise_refused: str | None
    """Why this person may not raise it."""
    answered_at: datetime | None
    receipt: ReceiptView | None
    answers: list[AnswerView]


class Register(msgspec.Struct, frozen=True):
    items: list[LetterView]
    next_cursor: str | None


def shown(letter: Letter, at: datetime, actor: Actor) -> LetterView:
    body, receipt, proposed = letter.body, letter.receipt, letter.proposed(at)
    return LetterView(
        id=letter.id,
        kind=letter.kind,
        kind_name=KIND_NAMES[letter.kind],
        number=letter.number,
        title=body.title,
        to=body.to,
        unit_id=letter.unit_id,
        level=letter.level,
        level_name=LEVELS.get(letter.level, ""),
        ticket_id=letter.ticket_id,
        tickets=body.tickets,
        grounds=body.grounds,
        ground=body.ground,
        paragraphs=body.paragraphs,
        copies=body.copies,
        issuer=body.issuer,
        issued_at=letter.issued_at.astimezone(BEIJING),
        issued_by=letter.issued_name,
        due=letter.due,
        hash=letter.hash,
        files=letter.files,
        state=state_of(letter),
        late=letter.late(at),
        proposed=proposed,
        raise_refused=level_refused(proposed, actor) if proposed else None,
        answered_at=letter.answered_at,
        receipt=ReceiptView(receipt.at, receipt.by_name, receipt.hash) if receipt else None,
        answers=[
            AnswerView(a.at, a.by_name, a.text, a.decision, a.decided_at, a.decided_name, a.note)
            for a in letter.answers
        ],
    )


async def register(request: Request) -> Response:
    """GET /api/v1/supervision/letters : all for the centre, their own for units."""
    actor, asked = actor_of(request), request.query_params
    kind = asked.get("kind") or None
    if kind and kind not in set(LetterKind):
        raise InvalidInput([("kind", "kind 应为 supervision、warning 或 notice。")])
    limit = number(asked.get("limit"), "limit", default=100, most=MOST)
    before = number(asked.get("cursor"), "cursor", default=0, most=2**62)
    ticket = number(asked.get("ticket"), "ticket", default=0, most=10**18)
    async with services(request).pool.acquire() as conn:
        found = await store.listed(
            conn,
            units=None if actor.has(*actions.READERS) else actor.records_of,
            ticket=ticket or None,
            kind=LetterKind(kind) if kind else None,
            before=before or None,
            open_only=asked.get("open") == "true",
            limit=limit + 1,
        )
    at = now(request)
    more = str(found[limit - 1].id) if len(found) > limit else None
    return answer(Register([shown(one, at, actor) for one in found[:limit]], more))


class PressLevel(msgspec.Struct, frozen=True):
    level: int
    name: str
    refused: str | None
    """Why this person may not; null: they may."""


class PressGround(msgspec.Struct, frozen=True):
    code: str
    name: str
    suggested: bool
    """The ticket itself speaks for it."""


class Pressing(msgspec.Struct, frozen=True):
    """What a supervision letter of a ticket would be: to whom, how far, why, until when."""

    to: str
    due: datetime
    """Unless another moment is chosen."""
    levels: list[PressLevel]
    grounds: list[PressGround]
    earlier: list[str]
    """Numbers of the letters that press the ticket already."""


async def pressing(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/pressing"""
    actor, at = actor_of(request), now(request)
    async with services(request).pool.acquire() as conn:
        ticket = await access(conn, ticket_id_of(request), actor=actor)
        speaks = suggested(ticket, at)
        return answer(
            Pressing(
                to=actions.addressee(await load_directory(conn), ticket.lead_unit),
                due=await actions.letter_due(conn, ticket, desk_of(request), at),
                levels=[PressLevel(level, name, level_refused(level, actor)) for level, name in LEVELS.items()],
                grounds=[PressGround(code, name, code in speaks) for code, name in GROUNDS.items()],
                earlier=[o.number for o in ticket.overlays if o.kind is OverlayKind.SUPERVISION and o.number],
            )
        )


class NewWarning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """预警函 or 提示函"""

    kind: Literal["warning", "notice"]
    unit_id: int
    subject: Annotated[str, Meta(max_length=60)]
    ground: Annotated[str, Meta(max_length=2000)]
    demands: Annotated[tuple[Line, ...], Meta(max_length=10)] = ()
    copies: Annotated[tuple[Line, ...], Meta(max_length=20)] = ()
    tickets: Annotated[tuple[int, ...], Meta(max_length=200)] = ()
    due: Moment | None = None


async def warn(request: Request) -> Response:
    """POST /api/v1/supervision/letters"""
    body = await json_body(request, NewWarning)
    said = {"subject": tidy(body.subject), "ground": tidy(body.ground)}
    if faults := [
        (field, "请填写事由。" if field == "subject" else "请写明情况。") for field, t in said.items() if not t
    ]:
        raise InvalidInput(faults)
    draft = Draft(
        kind=LetterKind(body.kind),
        unit_id=body.unit_id,
        to="",
        subject=said["subject"],
        ground=said["ground"],
        demands=lines(body.demands),
        copies=lines(body.copies),
        due=body.due,
        tickets=tuple(dict.fromkeys(body.tickets)),
    )
    async with transaction(request) as conn:
        made = await actions.warn(conn, draft, actor=actor_of(request), now=now(request), desk=desk_of(request))
        found = await store.read(conn, made)
    assert found is not None
    return answer(shown(found, now(request), actor_of(request)), 201)


def lines(given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(plain for line in given if (plain := tidy(line)))


def letter_of(request: Request) -> int:
    text: str = request.path_params["letter"]
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise NotFound("没有这份函件。")
    return int(text)


class LetterAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(max_length=4000)]


class LetterReview(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    accepted: bool
    note: Annotated[str, Meta(max_length=1000)] = ""


async def give_answer(request: Request) -> Response:
    """POST /api/v1/supervision/letters/{letter}/answer"""
    body, letter_id = await json_body(request, LetterAnswer), letter_of(request)
    async with transaction(request) as conn:
        await actions.answer_letter(
            conn, letter_id, body.text, actor=actor_of(request), now=now(request), desk=desk_of(request)
        )
        found = await actions.access(conn, letter_id, actor=actor_of(request))
    return answer(shown(found, now(request), actor_of(request)))


async def review(request: Request) -> Response:
    """POST /api/v1/supervision/letters/{letter}/review"""
    body, letter_id = await json_body(request, LetterReview), letter_of(request)
    async with transaction(request) as conn:
        await actions.review_letter(
            conn,
            letter_id,
            accepted=body.accepted,
            note=body.note,
            actor=actor_of(request),
            now=now(request),
            desk=desk_of(request),
        )
        found = await actions.access(conn, letter_id, actor=actor_of(request))
    return answer(shown(found, now(request), actor_of(request)))

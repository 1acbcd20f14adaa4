"""Issue a letter, take its answer, review it."""

from datetime import datetime
from typing import Any

import msgspec

from hotline.directory.people import CENTRE, SYSTEM, UNIT, Actor, Role
from hotline.directory.store import load_directory
from hotline.directory.units import Directory, UnitKind, known_unit
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import sm3
from hotline.infra.db import Connection
from hotline.infra.errors import Forbidden, InvalidInput, NotFound
from hotline.infra.words import tidy
from hotline.sla.actions import clocks, working
from hotline.sla.calendar import working_days_between
from hotline.sla.deadlines import deadlines
from hotline.supervision.duties import actions as duties
from hotline.supervision.duties.duty import Duty, DutyKind
from hotline.supervision.letters import store
from hotline.supervision.letters.grounds import GROUNDS
from hotline.supervision.letters.letter import Draft, Letter, LetterKind, Matter, canonical, composed, fingerprint
from hotline.supervision.masking import masked
from hotline.tickets import facts as f
from hotline.tickets import permissions
from hotline.tickets import store as tickets
from hotline.tickets.actions import Held
from hotline.tickets.guards import FORESEEABLE, GuardRefused
from hotline.tickets.permissions import MAY
from hotline.tickets.petitioner import store as petitioners
from hotline.tickets.states import OPEN, Event
from hotline.tickets.ticket import Ticket
from hotline.tickets.verbs import Desk

SUPERVISE = "supervise"
SUMMARY = 160
READERS = CENTRE | {Role.CITY_LEADER}
WRITERS = MAY[Event.SUPERVISE] - {Role.SYSTEM}
REVIEWERS = MAY[Event.REVIEW_LETTER] - {Role.SYSTEM}


async def letter_due(conn: Connection, ticket: Ticket, desk: Desk, now: datetime) -> datetime:
    """When the answer to a supervision letter is due: three working days unless the pack says otherwise."""
    given = await clocks(conn, desk, now)
    return deadlines(given.policy, given.calendar, kind=SUPERVISE, urgency=ticket.urgency.value, start=now).finish_due


def due_fault(due: datetime | None, now: datetime) -> str | None:
    if due is None or now < due < now + FORESEEABLE:
        return None
    return "期限须晚于现在，且不超过十年，请重新选择。"


class Pressed(msgspec.Struct, frozen=True):
    """What a supervisor writes; the ticket gives the rest."""

    level: int
    ground: str
    grounds: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    due: datetime | None = None


async def supervise(held: Held, pressed: Pressed, desk: Desk, reason: str = "") -> int:
    """督办: the overlay whose clock runs, and the numbered letter to the unit that has the ticket."""
    if unknown := [code for code in pressed.grounds if code not in GROUNDS]:
        raise InvalidInput([("grounds", f"没有“{unknown[0][:20]}”这种督办事由，请从列表中选择。")])
    usual = await letter_due(held.conn, held.ticket, desk, held.now)
    if fault := due_fault(pressed.due, held.now):
        raise InvalidInput([("due", fault)])
    due = pressed.due or usual
    number = await store.next_number(held.conn, LetterKind.SUPERVISION, held.now)
    fact = f.Supervise(pressed.level, pressed.ground, due, number.text, pressed.grounds)
    await held.do(fact, reason)
    directory = await load_directory(held.conn)
    matter = await matter_of(held, directory, desk)
    unit = held.ticket.lead_unit
    draft = Draft(
        kind=LetterKind.SUPERVISION,
        unit_id=unit,
        to=addressee(directory, unit),
        subject=matter.title,
        ground=pressed.ground,
        grounds=pressed.grounds,
        level=pressed.level,
        demands=pressed.demands,
        copies=pressed.copies,
        due=due,
        ticket_id=held.ticket.id,
        overlay_id=held.ticket.overlays[-1].id,
    )
    return await issue(held.conn, draft, number, matter, actor=held.actor, now=held.now, directory=directory)


def addressee(directory: Directory, unit: int | None) -> str:
    return known_unit(directory, unit).name if unit is not None else "热线中心派单岗"


async def matter_of(held: Held, directory: Directory, desk: Desk) -> Matter:
    ticket, conn = held.ticket, held.conn
    words = await tickets.load_matter(conn, ticket.id)
    person = await petitioners.load_petitioner(conn, ticket.id, desk.cipher)
    names = (person.name,) if person.name else ()
    secrets = tuple(filter(None, (person.phone, person.caller_number, person.home_address)))

    def told(text: str, most: int) -> str:
        plain = masked(" ".join(text.split()), names, secrets)
        return plain if len(plain) <= most else f"{plain[: most - 1]}…"

    lead = ticket.last_lead
    overdue = 0
    if lead and lead.active and held.now > lead.finish_due:
        given = await clocks(conn, desk, held.now)
        first, last = (at.astimezone(BEIJING).date() for at in (lead.finish_due, held.now))
        overdue = working_days_between(given.calendar, first, last)
    return Matter(
        ticket_id=ticket.id,
        title="保密件" if ticket.confidential else told(words.title, 40),
        summary="保密件，内容请按权限到系统内查阅。" if ticket.confidential else told(words.content, SUMMARY),
        accepted=ticket.registered_at or ticket.created_at,
        sent=lead.dispatched_at if lead else None,
        due=lead.finish_due if lead else None,
        overdue_days=overdue,
    )


async def issue(
    conn: Connection,
    draft: Draft,
    number: store.Number,
    matter: Matter | None,
    *,
    actor: Actor,
    now: datetime,
    directory: Directory,
) -> int:
    centre = next((unit for unit in directory.units.values() if unit.kind is UnitKind.CENTRE), None)
    issuer = centre.name if centre else "12345政务服务便民热线中心"
    contact = " ".join(filter(None, (centre.duty_contact, centre.phone))) if centre else ""
    body = composed(draft, number.text, matter, issuer=issuer, contact=contact, signer=actor.name, now=now)
    text = canonical(body)
    return await store.add(conn, draft, number, body, text, fingerprint(text), by=actor.person_id)


async def warn(conn: Connection, draft: Draft, *, actor: Actor, now: datetime, desk: Desk) -> int:
    """预警函 or 提示函: to a unit, of a cluster of tickets or of none."""
    if not actor.has(*WRITERS):
        raise Forbidden("只有督办员、中心主管和中心领导可以制发预警函和提示函。")
    faults = []
    if draft.kind is LetterKind.SUPERVISION:
        faults.append(("kind", "督办函请在工单上督办时制发，此处只制发预警函和提示函。"))
    if fault := due_fault(draft.due, now):
        faults.append(("due", fault))
    directory = await load_directory(conn)
    unit = directory.unit(draft.unit_id) if draft.unit_id is not None else None
    if unit is None or not unit.active:
        faults.append(("unit_id", "没有这个单位，或已撤并，请从列表中选择。"))
    known = await tickets.load_many(conn, draft.tickets)
    if missing := [one for one in draft.tickets if one not in known]:
        faults.append(("tickets", f"没有工单 {missing[0]}，请核对编号。"))
    if faults or unit is None:
        raise InvalidInput(faults)
    number = await store.next_number(conn, draft.kind, now)
    draft = msgspec.structs.replace(draft, to=unit.name)
    made = await issue(conn, draft, number, None, actor=actor, now=now, directory=directory)
    said = f"{number.text} {draft.subject}"
    await duties.begin(conn, [owed(made, unit.id, said, draft.due, now)], by=actor.person_id, now=now, desk=desk)
    return made


def owed(letter_id: int, unit_id: int, said: str, due: datetime | None, since: datetime) -> Duty:
    """The answer to a letter of no ticket: a 督办函 hangs on its ticket's own clock."""
    return Duty(DutyKind.LETTER, str(letter_id), unit_id, said, due, since=since)


# -- received, answered, reviewed -----------------------------------------------------------------------------------


def sees(actor: Actor, letter: Letter) -> bool:
    if actor.has(*READERS):
        return True
    return actor.has(*UNIT) and letter.unit_id is not None and letter.unit_id in actor.records_of


async def access(conn: Connection, letter_id: int, *, actor: Actor, lock: bool = False) -> Letter:
    """A letter to read; absent and hidden look the same."""
    found = await (store.hold(conn, letter_id) if lock else store.read(conn, letter_id))
    if found is None or not sees(actor, found):
        raise NotFound("没有这份函件。")
    return found


def addressed(letter: Letter, actor: Actor) -> None:
    """Who signs for the unit and answers in its name."""
    mine = letter.unit_id is not None and letter.unit_id in actor.records_of
    if not mine or not actor.has(*permissions.SIGNERS):
        raise Forbidden("只有主送单位的联络员、审核人或分管领导可以签收和反馈。")


async def receive(conn: Connection, letter: Letter, digest: bytes, *, actor: Actor, now: datetime) -> None:
    """签收, once; `digest` is that of the PDF that was handed over."""
    addressed(letter, actor)
    if not await store.add_receipt(conn, letter.id, at=now, by=actor, digest=digest):
        raise GuardRefused("这份函件已经签收，请刷新。")


async def answer_letter(
    conn: Connection, letter_id: int, text: str, *, actor: Actor, now: datetime, desk: Desk
) -> None:
    """反馈: the clock stops until the centre has looked at it."""
    letter = await access(conn, letter_id, actor=actor, lock=True)
    addressed(letter, actor)
    if letter.receipt is None:
        raise GuardRefused("请先签收函件，再反馈。")
    if any(given.decision != "refused" for given in letter.answers):
        raise GuardRefused("这份函件已经反馈，请等审核结果。")
    plain = tidy(text)
    if not plain:
        raise InvalidInput([("text", "请写明整改情况和结果。")])
    await store.add_answer(conn, letter.id, at=now, by=actor, text=plain)
    await duties.finish(conn, DutyKind.LETTER, [str(letter.id)], now)
    digest = sm3(plain.encode()).hex()
    await on_ticket(conn, letter, lambda overlay: f.AnswerLetter(overlay, letter.number, digest), actor, now, desk)


async def review_letter(
    conn: Connection, letter_id: int, *, accepted: bool, note: str, actor: Actor, now: datetime, desk: Desk
) -> None:
    """审核反馈: not accepted, the letter is unanswered again."""
    letter = await access(conn, letter_id, actor=actor, lock=True)
    if not actor.has(*REVIEWERS):
        raise Forbidden("只有督办员、审核员、中心主管和中心领导可以审核反馈。")
    open_answer = next((given for given in letter.answers if given.decision == "pending"), None)
    if open_answer is None:
        raise GuardRefused("没有待审核的反馈，可能已被他人审核，请刷新。")
    said = tidy(note)
    if not accepted and not said:
        raise InvalidInput([("note", "退回反馈须写明理由。")])
    await store.decide(conn, letter.id, accepted=accepted, at=now, by=actor, note=said)
    if not accepted and letter.unit_id is not None and letter.kind is not LetterKind.SUPERVISION:
        again = owed(letter.id, letter.unit_id, f"{letter.number} 反馈被退回：{said}", letter.due, letter.issued_at)
        await duties.begin(conn, [again], by=actor.person_id, now=now, desk=desk)
    await on_ticket(conn, letter, lambda overlay: f.ReviewLetter(overlay, letter.number, accepted), actor, now, desk)


async def on_ticket(conn: Connection, letter: Letter, fact: Any, actor: Actor, now: datetime, desk: Desk) -> None:
    """The ticket's own line, while it is open: its clock hangs on it."""
    if letter.ticket_id is None or letter.overlay_id is None:
        return
    async with working(conn, letter.ticket_id, actor=actor, now=now, desk=desk) as held:
        said = fact(letter.overlay_id)
        if open_to(held.ticket, letter.overlay_id, answers=isinstance(said, f.AnswerLetter)):
            # A unit that gave the ticket up since still answers what it was asked.
            own = permissions.permitted(actor, said.event, held.ticket)
            await held.do(said, by=None if own else SYSTEM)


def open_to(ticket: Ticket, overlay_id: int, *, answers: bool) -> bool:
    letter = next((o for o in ticket.overlays if o.id == overlay_id), None)
    return ticket.state in OPEN and letter is not None and (letter.ended_at is None) is answers

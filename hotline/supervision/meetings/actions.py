"""Comment, decide, carry out in one go, report progress, ask to strike off, and strike off only when the citizen says so."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.directory.people import UNIT, Actor, Role
from hotline.directory.store import load_directory
from hotline.dispatch import actions as dispatch
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from hotline.infra.words import tidy
from hotline.sla.actions import clocks, working
from hotline.sla.calendar import add_working_days
from hotline.supervision import store as weeks
from hotline.supervision.actions import FREEZERS, thawed
from hotline.supervision.duties import actions as duties
from hotline.supervision.duties.duty import Duty, DutyKind
from hotline.supervision.letters.actions import Pressed, due_fault, supervise
from hotline.supervision.meetings import store
from hotline.supervision.meetings.board import STANCES, AskedUnit, Board, Meeting, board
from hotline.supervision.meetings.store import Decision
from hotline.supervision.weeks import parse_week
from hotline.tickets import facts as f
from hotline.tickets import store as tickets
from hotline.tickets.actions import Held
from hotline.tickets.guards import SECRET_CALLERS, GuardRefused
from hotline.tickets.permissions import HANDS, MAY
from hotline.tickets.states import OPEN, Event, Solved, State
from hotline.tickets.verbs import Desk

COMMENT_WITHIN = 1
"""Working days from the freeze in which the units say what they think of it (docs/rules.md E.4)."""
KEEPERS = frozenset({Role.SUPERVISION}) | FREEZERS
CALLERS = MAY[Event.STRIKE_OFF] - {Role.CITIZEN, Role.SYSTEM}
CARRIED_OUT = "协商会决定"


class NotFrozen(Conflict):
    """Only a list that stands still can be talked about."""

    code = "not_frozen"


async def comment_due(conn: Connection, frozen_at: datetime, now: datetime, desk: Desk) -> datetime:
    return add_working_days((await clocks(conn, desk, now)).calendar, frozen_at, COMMENT_WITHIN).at


async def read_board(conn: Connection, week: str, now: datetime, desk: Desk) -> Board:
    """The frozen list with everything that was said to it since."""
    asked = parse_week(week)
    frozen = await weeks.read_frozen(conn, asked.text)
    if frozen is None:
        raise NotFrozen(f"{asked.spoken}的疑难工单名单还没有定稿，请先定稿，再征求意见、开协商会。")
    found = thawed(frozen)
    ids = [one.ticket_id for one in found.items]
    assert found.frozen_at is not None
    return board(
        found,
        await comment_due(conn, found.frozen_at, now, desk),
        now,
        meeting=await store.meeting(conn, asked.text),
        stood=await store.stood(conn, asked.text, ids),
        comments=await store.asked(conn, asked.text),
        decisions=await store.decisions(conn, asked.text),
        progress=await store.progress(conn, ids),
        strikes=await store.strikes(conn, ids),
    )


async def ask_units(conn: Connection, week: str, *, actor: Actor, now: datetime, desk: Desk) -> None:
    """会前征求意见: the list stands, and every unit concerned is asked what it thinks of its items."""
    due = await comment_due(conn, now, now, desk)
    asked = [one for one in await store.asked(conn, parse_week(week).text) if one.at is None]
    titles = await store.titles(conn, sorted({one.ticket_id for one in asked}))
    owed = [
        Duty(
            DutyKind.COMMENT,
            comment_ref(week, one.ticket_id, one.unit_id),
            one.unit_id,
            titles[one.ticket_id],
            due,
            one.ticket_id,
        )
        for one in asked
    ]
    await duties.begin(conn, owed, by=actor.person_id, now=now, desk=desk)


async def proposals(conn: Connection, week: str) -> dict[int, str]:
    """What the frozen list proposed for each ticket."""
    frozen = await weeks.read_frozen(conn, week)
    return {one.ticket_id: one.row.proposal for one in thawed(frozen).items} if frozen else {}


def comment_ref(week: str, ticket_id: int, unit_id: int) -> str:
    return f"{parse_week(week).text}/{ticket_id}/{unit_id}"


async def on_list(conn: Connection, week: str, ticket_id: int) -> str:
    asked = parse_week(week)
    if not await store.listed(conn, asked.text, ticket_id):
        raise NotFound(f"{asked.spoken}的名单里没有工单 {ticket_id}，请核对。")
    return asked.text


def mine(actor: Actor, units: Sequence[int]) -> int:
    """The unit in whose name the person speaks."""
    own = [unit for unit in units if unit in actor.records_of]
    if not actor.has(*UNIT) or not own:
        # Another unit's ticket does not exist for it.
        raise NotFound("没有这件工单。")
    return actor.unit_id if actor.unit_id in own else own[0]


async def comment(
    conn: Connection, week: str, ticket_id: int, stance: str, text: str, *, actor: Actor, now: datetime
) -> None:
    """会前征求意见: until the meeting has decided; what comes late is marked late, not refused."""
    week = await on_list(conn, week, ticket_id)
    asked: list[AskedUnit] = [a for a in await store.asked(conn, week) if a.ticket_id == ticket_id]
    unit = mine(actor, [a.unit_id for a in asked])
    plain = tidy(text) or (STANCES[stance] if stance == "agree" else "")
    if not plain:
        raise InvalidInput([("text", "请写明意见和依据。")])
    decided = await store.decisions(conn, week, ticket_id)
    if decided and decided[0].done_at:
        raise GuardRefused("协商会对这件工单的决定已经交办，不能再改意见。", ticket_id=ticket_id)
    await store.comment(conn, week, ticket_id, unit, stance, plain, by=actor, now=now)
    await duties.finish(conn, DutyKind.COMMENT, [comment_ref(week, ticket_id, unit)], now)


async def save_meeting(conn: Connection, week: str, meeting: Meeting, *, now: datetime) -> None:
    asked = parse_week(week)
    if await weeks.read_frozen(conn, asked.text) is None:
        raise NotFrozen(f"{asked.spoken}的疑难工单名单还没有定稿，请先定稿，再记录协商会。")
    await store.save_meeting(conn, asked.text, meeting, now)


async def decide(
    conn: Connection,
    week: str,
    ticket_id: int,
    made: Decision,
    *,
    carry_out: bool,
    actor: Actor,
    now: datetime,
    desk: Desk,
) -> None:
    """One row of the meeting; `carry_out` rules and writes the supervision letter in one go."""
    week = await on_list(conn, week, ticket_id)
    directory = await load_directory(conn)
    faults = [("due", fault)] if (fault := due_fault(made.due, now)) else []
    for field, unit_id in (("lead_unit", made.lead_unit), *(("assists", other) for other in made.assists)):
        unit = directory.unit(unit_id)
        if unit is None or not unit.active:
            faults.append((field, "没有这个单位，或已撤并，请从列表中选择。"))
    if not tidy(made.basis):
        faults.append(("basis", "请写明依据（法规条款、“三定”规定或会议纪要）。"))
    if made.lead_unit in made.assists or len(set(made.assists)) != len(made.assists):
        faults.append(("assists", "同一单位不能既主办又协办，请去掉重复的单位。"))
    if faults:
        raise InvalidInput(faults)
    made = msgspec.structs.replace(made, basis=tidy(made.basis), demand=tidy(made.demand))
    if not await store.decide(conn, week, ticket_id, made, by=actor, now=now):
        raise GuardRefused("这件工单的决定已经交办，不能再改。", ticket_id=ticket_id)
    if carry_out:
        async with working(conn, ticket_id, actor=actor, now=now, desk=desk) as held:
            letter = await carried_out(held, week, made, desk)
        await store.carried_out(conn, week, ticket_id, letter, by=actor, now=now)
        await duties.finish_of_ticket(conn, DutyKind.COMMENT, ticket_id, now)


async def carried_out(held: Held, week: str, made: Decision, desk: Desk) -> int:
    """裁定 where the units change, and the letter in any case."""
    ticket = held.ticket
    if ticket.state not in OPEN:
        raise GuardRefused("工单已办结，请先在工单上重新办理，再交办会议决定。", ticket_id=ticket.id)
    have = {a.unit_id for a in ticket.active}
    if ticket.lead is None or ticket.lead.unit_id != made.lead_unit or not set(made.assists) <= have:
        reason = f"{CARRIED_OUT}（{parse_week(week).spoken}）：{made.demand or made.basis}"
        await dispatch.rule(
            held,
            made.lead_unit,
            made.assists,
            desk,
            basis=made.basis,
            reason=reason,
            to_catalogue=made.to_catalogue,
        )
    elif made.to_catalogue:
        await dispatch.deposit(held, made.lead_unit, made.assists, made.basis)
    demands = tuple(line for line in made.demand.split("\n") if line.strip())
    ground = f"{parse_week(week).spoken}疑难工单协商会议定由你单位主办，依据：{made.basis}"
    return await supervise(held, Pressed(2, ground, ("decision",), demands, (), made.due), desk, CARRIED_OUT)


async def report(conn: Connection, ticket_id: int, text: str, *, actor: Actor, now: datetime) -> None:
    """每周进展"""
    unit = await handling(conn, ticket_id, actor)
    plain = tidy(text)
    if not plain:
        raise InvalidInput([("text", "请写明本周进展。")])
    await store.add_progress(conn, ticket_id, unit, plain, by=actor, now=now)


async def handling(conn: Connection, ticket_id: int, actor: Actor) -> int:
    """The unit of a listed ticket's lead, in whose name this person speaks."""
    ticket = await tickets.load(conn, ticket_id)
    if ticket is None or await store.latest(conn, ticket_id) is None:
        raise NotFound("没有这件工单。")
    unit = mine(actor, sorted({a.unit_id for a in ticket.assignments}))
    if ticket.lead_unit is None or ticket.lead_unit not in actor.records_of or not actor.has(*HANDS):
        raise Forbidden("只有主办单位可以填报进展和申请销号。")
    return unit


async def ask_strike(conn: Connection, ticket_id: int, text: str, *, actor: Actor, now: datetime) -> None:
    """申请销号, once the ticket has been answered: of the last list that carries it, whatever was struck off before."""
    unit = await handling(conn, ticket_id, actor)
    ticket = await tickets.load(conn, ticket_id)
    assert ticket is not None
    if not ticket.replies or ticket.state not in (State.REPLIED, State.CALLBACK, State.CLOSED, State.ARCHIVED):
        raise GuardRefused("请先在工单上回复办理结果，再申请销号。", ticket_id=ticket_id)
    week = await store.latest(conn, ticket_id)
    assert week is not None
    if (await store.stood(conn, week, [ticket_id]))[ticket_id].struck_at:
        raise GuardRefused("这件工单已经销号。", ticket_id=ticket_id)
    if any(s.outcome == "pending" for s in await store.strikes(conn, [ticket_id])):
        raise GuardRefused("已有一份销号申请，请等中心回访核实。", ticket_id=ticket_id)
    plain = tidy(text)
    if not plain:
        raise InvalidInput([("text", "请写明办理结果和销号理由。")])
    await store.add_strike(conn, ticket_id, unit, plain, by=actor, now=now)


class Verified(msgspec.Struct, frozen=True):
    """What the citizen said when the centre called."""

    reached: bool
    solved: Solved | None = None
    rating: int | None = None
    note: str = ""


async def verify(conn: Connection, ticket_id: int, said: Verified, *, actor: Actor, now: datetime, desk: Desk) -> str:
    """回访核实: solved strikes it off; anything else refuses with what the citizen said. Answers the outcome."""
    async with working(conn, ticket_id, actor=actor, now=now, desk=desk) as held:
        return await called(held, said)


async def called(held: Held, said: Verified) -> str:
    conn, ticket, actor, now = held.conn, held.ticket, held.actor, held.now
    ticket_id = ticket.id
    pending = [s for s in await store.strikes(conn, [ticket_id]) if s.outcome == "pending"]
    if not pending:
        raise GuardRefused("没有待核实的销号申请，可能已被他人处理，请刷新。", ticket_id=ticket_id)
    if ticket.state in OPEN:
        raise GuardRefused(
            "工单尚未办结，请在回访台完成本工单的回访；诉求人表示已解决，办结即销号。", ticket_id=ticket_id
        )
    if actor.unit_id in ticket.units:
        raise GuardRefused("回访人员所在单位参与了本工单的办理，请由他人回访。", ticket_id=ticket_id)
    if ticket.secret and not actor.has(*SECRET_CALLERS):
        raise Forbidden("保密件和举报件由保密回访员核实，请转交。")
    note = tidy(said.note)
    if not said.reached:
        await store.unreached(conn, ticket_id, note, now)
        return "pending"
    if said.solved is None or said.rating is None or not 1 <= said.rating <= 5:
        raise InvalidInput([("solved", "接通的回访须同时记录是否解决和满意度（1 至 5）。")])
    if said.solved is not Solved.YES:
        told = {"no": "诉求人表示未解决", "partly": "诉求人表示只解决了一部分"}[said.solved.value]
        note = f"{told}{f'：{note}' if note else ''}"
        outcome = "refused"
    else:
        # The ticket's own course says so, too; with it the mark 疑难 ends.
        await held.do(f.StrikeOff(said.solved, said.rating), note)
        outcome = "struck"
    await store.decide_strike(conn, ticket_id, outcome, said.solved.value, said.rating, note, by=actor, now=now)
    return outcome

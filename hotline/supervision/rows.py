"""The 21 columns of the difficult list (docs/rules.md E.4), each a sentence or two a leader can read without the system."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from hotline.directory.units import Directory
from hotline.infra.clock import BEIJING
from hotline.sla.calendar import Calendar, working_days_between
from hotline.supervision.difficult import CROSSING, POLICY, REPEATED, SAFETY, UNCLEAR, Candidate, Evidence
from hotline.supervision.masking import masked
from hotline.supervision.weeks import Week
from hotline.tickets.lifecycle import EVENT_NAMES
from hotline.tickets.states import ENDED, Asked, Closing, Decision, Event, OverlayKind, Part, Stage, State
from hotline.tickets.ticket import Assignment, Request, Ticket

SUMMARY, CELL = 150, 120


class Row21(msgspec.Struct, frozen=True):
    """One line of the list; the Chinese headings are in `COLUMNS`."""

    number: int
    kind: str
    ticket: str
    accepted: str
    place: str
    summary: str
    people: str
    current: str
    trail: str
    dispute: str
    basis: str
    done: str
    proposal: str
    deadline: str
    coordination: str
    instruction: str
    ruling: str
    letter: str
    progress: str
    status: str
    responsible: str


COLUMNS: dict[str, str] = {
    "number": "序号",
    "kind": "类别",
    "ticket": "工单编号（主单+并单数）",
    "accepted": "受理时间/已历工作日",
    "place": "区域地址",
    "summary": "诉求摘要（脱敏）",
    "people": "涉及人数/来电次数",
    "current": "当前承办",
    "trail": "流转轨迹（退单次数、单位）",
    "dispute": "争议焦点",
    "basis": "法规/三定依据",
    "done": "已做工作",
    "proposal": "热线建议主办/协办",
    "deadline": "拟解决时限",
    "coordination": "需领导协调事项",
    "instruction": "领导批示",
    "ruling": "裁定结果",
    "letter": "督办文号",
    "progress": "进展（周）",
    "status": "状态",
    "responsible": "责任领导/联系人",
}


class Spoken(msgspec.Struct, frozen=True):
    """A history line or an instruction, as far as the list tells of it."""

    at: datetime
    event: Event
    who: str = ""
    reason: str = ""
    unit_id: int | None = None


class Told(msgspec.Struct, frozen=True):
    """The unit's own word on how it goes on (每周进展)."""

    at: datetime
    who: str
    text: str


class Case(msgspec.Struct, frozen=True):
    """A candidate with everything its line needs."""

    ticket: Ticket
    title: str
    content: str
    address: str
    people: int | None = None
    children: int = 0
    """Tickets merged into this one."""
    account: str = ""
    """What the last reply says was done (办理情况)."""
    account_at: datetime | None = None
    told: Told | None = None
    """Within the week."""
    striking: bool = False
    """申请销号: the centre is still to ask the citizen."""
    lines: tuple[Spoken, ...] = ()
    """The week's history."""
    rulings: tuple[Spoken, ...] = ()
    instructions: tuple[Spoken, ...] = ()
    names: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What every cell of one line may lean on."""

    case: Case
    evidence: Evidence
    candidate: Candidate
    directory: Directory
    calendar: Calendar
    week: Week
    now: datetime

    @property
    def ticket(self) -> Ticket:
        return self.case.ticket

    def unit(self, unit_id: int | None) -> str:
        found = self.directory.unit(unit_id) if unit_id is not None else None
        return found.name if found else "" if unit_id is None else f"单位{unit_id}"

    def told(self, text: str, most: int = CELL) -> str:
        """Somebody's words: on one line, masked, and short."""
        return cut(masked(" ".join(text.split()), self.case.names, self.case.secrets), most)


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def day(moment: datetime) -> str:
    return f"{moment.astimezone(BEIJING):%m-%d}"


def lined(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)


def _ticket(p: Page) -> str:
    merged = f"{p.ticket.id}" + (f"（并单 {p.case.children} 件）" if p.case.children else "")
    alike = p.candidate.related
    # A line each: the column is as wide as a number, and a mark behind one would stand outside its cell on paper.
    return lined([merged, f"同类 {len(alike)} 件：" if alike else "", *map(str, alike[:3]), "……" if alike[3:] else ""])


def _accepted(p: Page) -> str:
    at = (p.ticket.registered_at or p.ticket.created_at).astimezone(BEIJING)
    until = min(p.now, p.ticket.ended_at or p.now).astimezone(BEIJING)
    return f"{at:%Y-%m-%d}\n已历 {working_days_between(p.calendar, at.date(), until.date())} 个工作日"


def _place(p: Page) -> str:
    region = p.directory.regions.get(p.ticket.region or "")
    names = [p.directory.regions[code].name for code in region.path[1:]] if region else []
    where = "".join(names) or (region.name if region else "")
    return where if p.ticket.confidential else lined([where, p.told(p.case.address, 60)]) or "未提供"


def _summary(p: Page) -> str:
    if p.ticket.confidential:
        return "保密件，内容请按权限到系统内查阅。"
    title, content = p.case.title.strip(), p.case.content.strip()
    return p.told(content if content.startswith(title) else f"{title}。{content}", SUMMARY)


def _people(p: Page) -> str:
    urged = sum(o.kind is OverlayKind.URGE and o.origin == "citizen" for o in p.ticket.overlays)
    crowd = max(p.case.people or 0, p.evidence.callers_week, 1 + p.case.children)
    return f"{crowd} 人/{max(p.evidence.repeats, 1 + urged + p.case.children)} 次"


def _current(p: Page) -> str:
    lead = p.ticket.lead
    if lead is None:
        last = p.ticket.last_lead
        return f"原承办：{p.unit(last.unit_id)}" if last else "热线中心（待派单）"
    assists = "、".join(p.unit(a.unit_id) for a in p.ticket.active if a.part is Part.ASSIST)
    return lined([p.unit(lead.unit_id), f"协办：{assists}" if assists else ""])


def _trail(p: Page) -> str:
    leads = [a for a in p.ticket.assignments if a.part is Part.LEAD]
    path = " → ".join(_step(p, a) for a in leads[-6:])
    return lined([f"退单 {p.evidence.returns} 次，驳回 {p.evidence.returns_refused} 次", cut(path, 160)])


def _step(p: Page, share: Assignment) -> str:
    note = "（退）" if share.stage is Stage.RETURNED else f"（重办{share.round}）" if share.round else ""
    return f"{day(share.dispatched_at)} {p.unit(share.unit_id)}{note}"


def returns(ticket: Ticket) -> list[Request]:
    return [r for r in ticket.requests if r.asked is Asked.RETURN and r.decision is not Decision.LAPSED]


def _dispute(p: Page) -> str:
    asked = returns(p.ticket)
    if asked:
        return lined(f"{p.unit(r.unit_id)}：{p.told(r.reason, 60)}" for r in asked[-2:])
    return cut("；".join(reason.sentence for reason in p.candidate.reasons[:2]), CELL)


def _basis(p: Page) -> str:
    given = [f"{p.unit(r.unit_id)}：{p.told(r.basis, 60)}" for r in returns(p.ticket)[-2:] if r.basis]
    lead = p.ticket.last_lead
    return lined([*given, f"派单依据：{p.told(lead.basis, 60)}" if lead and lead.basis else ""])


def _done(p: Page) -> str:
    lead = p.ticket.last_lead
    signed = f"{day(lead.signed_at)} 签收" if lead and lead.signed_at else ""
    contacted = f"{day(lead.contacted_at)} 联系诉求人" if lead and lead.contacted_at else ""
    account = p.told(p.case.account) if p.case.account and not p.ticket.confidential else ""
    replied = f"{day(p.case.account_at)} 回复：{account}" if account and p.case.account_at else ""
    return lined(["；".join(filter(None, (signed, contacted))), replied])


def _proposal(p: Page) -> str:
    """A ruling stands; else what the last refused unit proposed, else who has it now."""
    lead, asked = p.ticket.last_lead, returns(p.ticket)
    proposed = asked[-1].proposed_unit if asked and not p.case.rulings and p.ticket.lead is None else None
    main = proposed or (lead.unit_id if lead else None)
    assists = "、".join(p.unit(a.unit_id) for a in p.ticket.active if a.part is Part.ASSIST)
    return lined([f"主办：{p.unit(main)}" if main else "主办：请会商确定", f"协办：{assists}" if assists else ""])


def _deadline(p: Page) -> str:
    shelved = next((o for o in p.ticket.overlays if o.kind is OverlayKind.SHELVED and o.ended_at is None), None)
    letter = next((o for o in reversed(p.ticket.overlays) if o.kind is OverlayKind.SUPERVISION), None)
    if shelved and shelved.due:
        return f"{shelved.due.astimezone(BEIJING):%Y-%m-%d}（挂账节点）"
    dues = [due for due in (p.ticket.due, letter.due if letter else None) if due and due > p.now]
    if dues:
        return f"{min(dues).astimezone(BEIJING):%Y-%m-%d}"
    return f"已于 {p.ticket.due.astimezone(BEIJING):%Y-%m-%d} 到期，请另定" if p.ticket.due else "请会商确定"


WANTED = {
    UNCLEAR: "请明确主办单位和协办单位，编办、司法行政部门到会说明依据。",
    CROSSING: "请明确牵头单位和各单位分工、完成时限。",
    REPEATED: "请责任单位负责人接访诉求人，核清反复原因并拿出一次性解决方案。",
    POLICY: "请研究政策口径或资金渠道，定出分步解决计划和对外答复口径。",
    SAFETY: "请立即组织现场核查、落实防护措施，当日反馈。",
}


def _coordination(p: Page) -> str:
    return WANTED[p.candidate.kind]


def _instruction(p: Page) -> str:
    return lined(f"{day(i.at)} {i.who}：{p.told(i.reason, 80)}" for i in p.case.instructions[-2:])


def _ruling(p: Page) -> str:
    return lined(f"{day(r.at)} 裁定由{p.unit(r.unit_id)}主办：{p.told(r.reason, 60)}" for r in p.case.rulings[-2:])


def _letter(p: Page) -> str:
    letters = [o for o in p.ticket.overlays if o.kind is OverlayKind.SUPERVISION]
    return lined(f"{o.number or '（无文号）'} {o.level}级" for o in letters[-3:])


TOLD = frozenset(EVENT_NAMES) - {Event.CLASSIFY, Event.MARK_DEADLINE, Event.RECOMPUTE, Event.ARCHIVE}


def _progress(p: Page) -> str:
    moves = [line for line in p.case.lines if line.event in TOLD]
    steps = "；".join(f"{day(line.at)} {EVENT_NAMES[line.event]}" for line in moves[-6:])
    told = p.case.told
    said = f"{day(told.at)} {told.who}：{p.told(told.text, 80)}" if told and not p.ticket.confidential else ""
    return lined([said, steps]) or "本周无进展"


def status_of(ticket: Ticket, *, ruled: bool, settled: bool = True, striking: bool = False) -> str:
    """`settled`: ended, and nothing stands against striking it off."""
    if ticket.state in ENDED:
        if settled:
            return "待会商" if ticket.closing is Closing.CONCLUDED else "已销号"
        return "申请销号" if striking or ticket.closing is not Closing.CONCLUDED else "待会商"
    if ticket.state is State.SUSPENDED:
        return "挂账"
    if ticket.state in (State.REGISTERED, State.CONSULTING, State.RETURN_REVIEW):
        return "待会商"
    if ticket.state in (State.REPLIED, State.CALLBACK):
        return "申请销号"
    return "已裁定" if ruled else "办理中"


def _status(p: Page) -> str:
    if p.evidence.verified and p.evidence.ended:
        return "已销号"
    settled = p.evidence.listed is None
    return status_of(p.ticket, ruled=bool(p.case.rulings), settled=settled, striking=p.case.striking)


def _responsible(p: Page) -> str:
    shelved = next((o for o in p.ticket.overlays if o.kind is OverlayKind.SHELVED and o.ended_at is None), None)
    leader = shelved.origin if shelved else ""
    unit = p.directory.unit(p.ticket.lead_unit) if p.ticket.lead_unit is not None else None
    contact = " ".join(filter(None, (unit.duty_contact, unit.phone))) if unit else ""
    return lined([leader, contact])


CELLS: dict[str, Callable[[Page], str]] = {
    "kind": lambda p: p.candidate.kind,
    "ticket": _ticket,
    "accepted": _accepted,
    "place": _place,
    "summary": _summary,
    "people": _people,
    "current": _current,
    "trail": _trail,
    "dispute": _dispute,
    "basis": _basis,
    "done": _done,
    "proposal": _proposal,
    "deadline": _deadline,
    "coordination": _coordination,
    "instruction": _instruction,
    "ruling": _ruling,
    "letter": _letter,
    "progress": _progress,
    "status": _status,
    "responsible": _responsible,
}


def row(number: int, page: Page) -> Row21:
    return Row21(number=number, **{name: cell(page) for name, cell in CELLS.items()})

"""What a letter says (督办函、预警函、提示函): composed once from plain values, hashed, and never changed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.crypto import sm3
from hotline.supervision.letters.grounds import GROUNDS, HIGHEST, LEVELS


class LetterKind(StrEnum):
    SUPERVISION = "supervision"  # 督办函
    WARNING = "warning"  # 预警函
    NOTICE = "notice"  # 提示函


KIND_NAMES = {LetterKind.SUPERVISION: "督办函", LetterKind.WARNING: "预警函", LetterKind.NOTICE: "提示函"}
MARKS = {LetterKind.SUPERVISION: "督", LetterKind.WARNING: "预警", LetterKind.NOTICE: "提示"}


def number_of(kind: LetterKind, year: int, serial: int) -> str:
    """文号: 督〔2026〕12号"""
    return f"{MARKS[kind]}〔{year}〕{serial}号"


class Matter(msgspec.Struct, frozen=True):
    """What a supervision letter tells of its ticket; nothing of the citizen."""

    ticket_id: int
    title: str
    summary: str
    accepted: datetime
    sent: datetime | None
    due: datetime | None
    overdue_days: int = 0


class Draft(msgspec.Struct, frozen=True):
    """What whoever issues it decides."""

    kind: LetterKind
    unit_id: int | None
    to: str
    """主送"""
    subject: str
    ground: str
    grounds: tuple[str, ...] = ()
    level: int = 0
    demands: tuple[str, ...] = ()
    """办理要求, one line each."""
    copies: tuple[str, ...] = ()
    """抄送"""
    due: datetime | None = None
    ticket_id: int | None = None
    overlay_id: int | None = None
    tickets: tuple[int, ...] = ()
    """What a warning speaks of."""


class Body(msgspec.Struct, frozen=True):
    """The letter as it stands on paper."""

    kind: LetterKind
    number: str
    title: str
    to: str
    paragraphs: tuple[str, ...]
    copies: tuple[str, ...]
    issuer: str
    contact: str
    signer: str
    level: int
    grounds: tuple[str, ...]
    ground: str
    tickets: tuple[int, ...]
    due: datetime | None
    issued_at: datetime


def spoken(moment: datetime) -> str:
    at = moment.astimezone(BEIJING)
    return f"{at.year}年{at.month}月{at.day}日"


def spoken_due(moment: datetime) -> str:
    """A limit of days ends with its day; one of hours is told to the minute."""
    at = moment.astimezone(BEIJING)
    whole = (at.hour, at.minute) == (0, 0) or (at.hour, at.minute) == (23, 59)
    return spoken(at - timedelta(minutes=1)) if whole else f"{spoken(at)}{at:%H:%M}"


def composed(
    draft: Draft, number: str, matter: Matter | None, *, issuer: str, contact: str, signer: str, now: datetime
) -> Body:
    paragraphs = pressing(draft, matter) if draft.kind is LetterKind.SUPERVISION and matter else warning(draft, matter)
    return Body(
        kind=draft.kind,
        number=number,
        title=title_of(draft),
        to=draft.to,
        paragraphs=tuple(paragraphs),
        copies=draft.copies,
        issuer=issuer,
        contact=contact,
        signer=signer,
        level=draft.level,
        grounds=draft.grounds,
        ground=draft.ground,
        tickets=draft.tickets or ((draft.ticket_id,) if draft.ticket_id else ()),
        due=draft.due.astimezone(BEIJING) if draft.due else None,
        issued_at=now.astimezone(BEIJING),
    )


def title_of(draft: Draft) -> str:
    what = draft.subject if len(draft.subject) <= 40 else f"{draft.subject[:39]}…"
    asked = "限期办理" if draft.kind is LetterKind.SUPERVISION else "做好"
    return f"关于{asked}“{what}”事项的{KIND_NAMES[draft.kind]}"


def pressing(draft: Draft, matter: Matter) -> list[str]:
    told = (
        f"{spoken(matter.accepted)}，12345政务服务便民热线受理群众诉求（工单编号{matter.ticket_id}）：{matter.summary}"
    )
    limits = ""
    if matter.sent:
        limits = f"该工单于{spoken(matter.sent)}派交你单位办理"
        limits += f"，办理时限为{spoken_due(matter.due)}" if matter.due else ""
        limits += f"，现已超期{matter.overdue_days}个工作日。" if matter.overdue_days else "。"
    grounds = "、".join(GROUNDS[code] for code in draft.grounds if code in GROUNDS and code != "other")
    why = f"督办事由：{f'{grounds}。' if grounds else ''}{sentence(draft.ground)}"
    return [
        told,
        *([limits] if limits else []),
        why,
        f"依据热线督办有关规定，现予以{LEVELS[draft.level]}，请你单位：" if draft.demands else asked(draft),
        *(f"{at}. {sentence(demand)}" for at, demand in enumerate(draft.demands, start=1)),
        *([asked(draft)] if draft.demands else []),
    ]


def asked(draft: Draft) -> str:
    level = "" if draft.demands else f"依据热线督办有关规定，现予以{LEVELS[draft.level]}。"
    until = f"请于{spoken_due(draft.due)}前" if draft.due else "请尽快"
    last = "，逾期未反馈的，将按规定提级督办" if draft.level < HIGHEST else ""
    return f"{level}{until}在热线平台签收本函、核查整改，并书面反馈办理结果{last}。"


def warning(draft: Draft, matter: Matter | None) -> list[str]:
    listed = "、".join(str(one) for one in draft.tickets[:10])
    more = f"等{len(draft.tickets)}件" if len(draft.tickets) > 10 else ""
    until = f"请于{spoken_due(draft.due)}前反馈处置情况。" if draft.due else "请及时研究处置。"
    return [
        sentence(draft.ground),
        *([f"涉及工单：{listed}{more}。"] if draft.tickets else []),
        *(["请你单位："] if draft.demands else []),
        *(f"{at}. {sentence(demand)}" for at, demand in enumerate(draft.demands, start=1)),
        until,
    ]


def sentence(text: str) -> str:
    plain = text.strip()
    return plain if not plain or plain[-1] in "。！？；：.!?;:" else f"{plain}。"


def canonical(body: Body) -> str:
    """The one form that is hashed."""
    return msgspec.json.encode(body, order="sorted").decode()


def fingerprint(body: str) -> bytes:
    return sm3(body.encode())


class Receipt(msgspec.Struct, frozen=True):
    """签收: who of the unit had which file before them, and when."""

    at: datetime
    by_name: str
    unit_id: int | None
    hash: str


class Answer(msgspec.Struct, frozen=True):
    """反馈, and what the centre said to it."""

    id: int
    at: datetime
    by_name: str
    text: str
    decision: Literal["pending", "granted", "refused"]
    by: int | None = None
    decided_at: datetime | None = None
    decided_name: str = ""
    note: str = ""


class Letter(msgspec.Struct, frozen=True):
    id: int
    kind: LetterKind
    number: str
    ticket_id: int | None
    overlay_id: int | None
    unit_id: int | None
    level: int
    due: datetime | None
    issued_at: datetime
    issued_name: str
    body: Body
    hash: str
    files: dict[str, str] = {}
    """SM3 of the files that were handed over."""
    receipt: Receipt | None = None
    answers: tuple[Answer, ...] = ()
    replied_at: datetime | None = None
    """The ticket's own reply after it: it answers the letter, too (docs/rules.md C.3, 28)."""
    ended: bool = False
    """The ticket has ended: nobody waits for an answer any more."""
    newer: bool = False
    """A later letter presses the same ticket."""

    @property
    def answered_at(self) -> datetime | None:
        given = [a.at for a in self.answers if a.decision != "refused"]
        moments = [*given, *([self.replied_at] if self.replied_at else [])]
        return min(moments) if moments else None

    def late(self, now: datetime) -> bool:
        if self.due is None:
            return False
        return (self.answered_at or now) > self.due and not (self.ended and self.answered_at is None)

    def proposed(self, now: datetime) -> int | None:
        """The next level, when this one's day has passed and nothing came back."""
        waits = self.late(now) and self.answered_at is None and not self.newer
        return self.level + 1 if waits and 0 < self.level < HIGHEST else None


def state_of(letter: Letter) -> Literal["issued", "received", "answered", "accepted", "refused"]:
    last: Sequence[Answer] = letter.answers[-1:]
    if last:
        return {"pending": "answered", "granted": "accepted", "refused": "refused"}[last[0].decision]  # type: ignore[return-value]
    if letter.replied_at:
        return "answered"
    return "received" if letter.receipt else "issued"

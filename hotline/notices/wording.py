"""What a message says: number, masked title, deadline, and no more; of a secret ticket not even those."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.infra.clock import BEIJING
from hotline.notices.ladder import NoticeKind
from hotline.supervision.masking import masked

NAMES = {
    NoticeKind.ASKED: "新到",
    NoticeKind.NEAR: "黄色预警",
    NoticeKind.ORANGE: "橙色预警",
    NoticeKind.LATE: "已超期",
    NoticeKind.VERY_LATE: "严重超期",
    NoticeKind.URGE: "催办",
    NoticeKind.SUPERVISE: "督办",
    NoticeKind.DECIDED: "审核结果",
}
DECIDED = {
    ("appeal", "granted"): "考核申诉成立",
    ("appeal", "refused"): "考核申诉被驳回",
    ("exclusion", "granted"): "不纳入考核申请已同意",
    ("exclusion", "refused"): "不纳入考核申请被驳回",
}
CLOCKS = {
    "dispatch": "派单时限",
    "consultation": "会商时限",
    "sign": "签收时限",
    "contact": "首次联系时限",
    "finish": "办结时限",
    "milestone": "阶段节点",
    "supervise": "督办反馈时限",
    "callback": "回访时限",
    "low_rating": "差评联系时限",
    "rectify": "差评整改时限",
    "letter": "函件反馈时限",
    "comment": "会前意见时限",
    "task": "任务反馈时限",
}
DUTIES = {"letter": "函件", "comment": "协商会会前意见", "task": "批示任务"}
"""What a unit owes besides its tickets."""
LIGHTS = frozenset({NoticeKind.NEAR, NoticeKind.ORANGE, NoticeKind.LATE, NoticeKind.VERY_LATE})
MOST_LINES = 50
"""Of a mail; who has more of them looks in the console anyway."""
MOST_IN_SHORT = 3
LONGEST_TITLE = 30
LOOK = "请登录热线工作台查看。"


class Item(msgspec.Struct, frozen=True):
    """A notice as a message tells it."""

    ticket_id: int
    kind: NoticeKind
    clock: str
    due_at: datetime | None
    title: str
    secret: bool
    """保密、举报: no content at all, not even the number."""
    duty: bool = False
    """A letter, a comment or a task, and no line of a ticket."""
    origin: str = ""
    """Of a decision: granted or refused."""
    known: tuple[str, ...] = ()
    """Name and numbers of the citizen: taken out of the title wherever they stand."""


class Letter(msgspec.Struct, frozen=True):
    subject: str
    text: str


def worst_first(items: Sequence[Item]) -> list[Item]:
    order = [
        NoticeKind.SUPERVISE,
        NoticeKind.VERY_LATE,
        NoticeKind.LATE,
        NoticeKind.ASKED,
        NoticeKind.URGE,
        NoticeKind.ORANGE,
        NoticeKind.NEAR,
        NoticeKind.DECIDED,
    ]
    return sorted(items, key=lambda item: (order.index(item.kind), item.ticket_id))


def title_of(text: str, known: Sequence[str] = ()) -> str:
    plain = " ".join(masked(text, known, known).split())
    return plain if len(plain) <= LONGEST_TITLE else plain[: LONGEST_TITLE - 1] + "…"


def line(item: Item) -> str:
    """工单 202611220000042“路灯不亮”:办结时限 11-27 23:59,橙色预警"""
    if item.secret:
        return f"一件保密{DUTIES[item.clock] if item.duty else '工单'}:{NAMES[item.kind]}"
    what = DUTIES[item.clock] if item.duty else f"工单 {item.ticket_id}"
    return f"{what}“{title_of(item.title, item.known)}”:{asks(item)}"


def asks(item: Item) -> str:
    """办结时限 11-27 23:59,橙色预警; the reviewer's reason stays in the house."""
    if item.kind is NoticeKind.DECIDED:
        return DECIDED.get((item.clock, item.origin), NAMES[item.kind])
    due = f"{CLOCKS.get(item.clock, '时限')} {item.due_at.astimezone(BEIJING):%m-%d %H:%M}," if item.due_at else ""
    return f"{due}{NAMES[item.kind]}"


def by_matter(items: Sequence[Item]) -> list[list[Item]]:
    """What is told of one ticket stands together, once; of the lights of one clock the worst is enough."""
    found: dict[object, dict[object, Item]] = {}
    for place, item in enumerate(worst_first(items)):
        # Of a secret one nothing is told by which its notices could be put together.
        matter = place if item.secret else (item.ticket_id, item.duty)
        said = (item.clock, item.due_at) if item.kind in LIGHTS else (item.kind, asks(item))
        found.setdefault(matter, {}).setdefault(said, item)
    return [list(said.values()) for said in found.values()]


def told(matter: Sequence[Item]) -> str:
    first, *more = matter
    return "、".join([line(first), *map(asks, more)])


def mail(items: Sequence[Item]) -> Letter:
    found = by_matter(items)
    lines = [f"{number}. {told(matter)}" for number, matter in enumerate(found[:MOST_LINES], 1)]
    more = [f"另有 {len(found) - MOST_LINES} 件。"] if len(found) > MOST_LINES else []
    return Letter(f"【12345热线】{summed(found)}", "\n".join([*lines, *more, "", LOOK, "本邮件由系统发出,请勿回复。"]))


def short(items: Sequence[Item]) -> str:
    """For a telephone: each of a few, only the numbers of many."""
    found = by_matter(items)
    if len(found) > MOST_IN_SHORT:
        return f"【12345热线】{summed(found)}。{LOOK}"
    return f"【12345热线】{';'.join(map(told, found))}。{LOOK}"


class Asked(msgspec.Struct, frozen=True):
    """A citizen whose word is asked for, and the page they give it on."""

    title: str
    secret: bool
    known: tuple[str, ...]
    city: str
    address: str
    until: datetime


def survey(of: Asked) -> str:
    """评价短信: to who finds the telephone a secret matter says nothing."""
    matter = "事项" if of.secret else f"“{title_of(of.title, of.known)}”"
    until = of.until.astimezone(BEIJING)
    return (
        f"【12345热线】您向{of.city}12345反映的{matter}已有答复,请评价办理结果:{of.address} "
        f"({until.month}月{until.day}日前有效,只需一分钟)。链接只供您本人使用,我们不会索要验证码或费用。"
    )


def summed(matters: Sequence[Sequence[Item]]) -> str:
    """5 件工单须您处理:已超期 1 件、橙色预警 4 件; each counts by its worst."""
    counts = Counter(NAMES[matter[0].kind] for matter in matters)
    what = "事项" if any(item.duty for matter in matters for item in matter) else "工单"
    if set(counts) == {NAMES[NoticeKind.DECIDED]}:
        return f"{len(matters)} 件{what}的申请已有审核结果"
    return f"{len(matters)} 件{what}须您处理:{'、'.join(f'{name} {number} 件' for name, number in counts.items())}"

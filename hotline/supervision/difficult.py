"""What makes a ticket difficult (疑难工单): rules R1 to R11 of docs/rules.md E.4, each with its sentence and its points.

A candidate says why it is one. Thresholds are data: `data/difficult.json` as we ship them, or as the city set them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from hotline.tickets.states import Channel, Urgency

UNCLEAR = "职责不清类"
CROSSING = "职能交叉类"
REPEATED = "反复投诉类"
POLICY = "政策(历史遗留)类"
SAFETY = "安全风险类"
CLASSES = (SAFETY, UNCLEAR, CROSSING, REPEATED, POLICY)
"""In the order of the list: what may hurt somebody comes first."""


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which number on a rule speaks."""

    returns: int
    repeats: int
    repeat_days: int
    callers_week: int
    callers_day: int
    rounds: int
    overdue_days: int
    extensions: int
    units: int
    most: int
    """So many a supervisor may choose for the list of one week."""
    step: int
    """Points for each unit beyond the threshold; never more than the rule's own weight again."""
    weights: Mapping[str, int]
    classes: Mapping[str, str]
    """The class a rule speaks for; a rule without one speaks for none."""
    outlive: tuple[str, ...]
    """The rules that still mean something once the ticket is closed."""
    channels: tuple[Channel, ...]
    tags: tuple[str, ...]
    legal_tags: tuple[str, ...]
    risk_words: tuple[str, ...]
    cannot_words: tuple[str, ...]


class Evidence(msgspec.Struct, frozen=True):
    """One ticket's numbers at one moment."""

    ticket_id: int
    urgency: Urgency = Urgency.NORMAL
    channel: Channel = Channel.PHONE
    tags: tuple[str, ...] = ()
    ended: bool = False
    concluded: bool = False
    """Closed though the citizen was dissatisfied to the last (终结)."""
    verified: bool = False
    """The citizen told the centre that it is solved: by the last callback, or when it was to be struck off."""
    legal: bool = False
    """In a lawsuit, arbitration, review or petition: the hotline has no say any more."""
    listed: str | None = None
    """The class under which an earlier frozen list carries it."""
    returns: int = 0
    returns_refused: int = 0
    ruling_due: datetime | None = None
    """While the units are consulted: when the ruling is due."""
    repeats: int = 1
    callers_week: int = 0
    callers_day: int = 0
    rounds: int = 0
    overdue_days: int = 0
    extensions: int = 0
    units: int = 0
    shelved_until: datetime | None = None
    instructions: int = 0
    risk_words: tuple[str, ...] = ()
    cannot: str = ""
    """The unit's own words."""
    marked: bool = False
    marked_kind: str = ""
    marked_because: str = ""
    matter_key: str | None = None
    """The same caller's same matter."""
    place_key: str | None = None
    """The same place's same matter."""


class Reason(msgspec.Struct, frozen=True):
    rule: str
    sentence: str
    points: int


class Candidate(msgspec.Struct, frozen=True):
    ticket_id: int
    kind: str
    score: int
    reasons: tuple[Reason, ...]
    carried: bool = False
    """结转: listed before and not yet settled."""
    related: tuple[int, ...] = ()
    """Other tickets of the same matter, listed with this one."""

    @property
    def rules(self) -> frozenset[str]:
        return frozenset(reason.rule for reason in self.reasons)


Hit = tuple[str, int]
"""The sentence, and by how much the threshold is passed."""
Rule = Callable[[Evidence, Thresholds, datetime], Hit | None]


def _returned(e: Evidence, t: Thresholds, now: datetime) -> Hit | None:
    disputes = e.returns + e.returns_refused
    if disputes >= t.returns:
        return f"退单争议 {disputes} 次（成立 {e.returns} 次，驳回 {e.returns_refused} 次）", disputes - t.returns
    if e.ruling_due and now > e.ruling_due:
        return f"派前会商应于 {e.ruling_due:%m月%d日 %H:%M} 前裁定，已超时", 0
    return None


def _repeated(e: Evidence, t: Thresholds, now: datetime) -> Hit | None:
    if e.repeats < t.repeats:
        return None
    return f"同一诉求人 {t.repeat_days} 天内就同类事项反映 {e.repeats} 次", e.repeats - t.repeats


def _crowded(e: Evidence, t: Thresholds, now: datetime) -> Hit | None:
    if e.callers_week >= t.callers_week:
        return f"同一地点同类事项 7 天内有 {e.callers_week} 人反映", e.callers_week - t.callers_week
    if e.callers_day >= t.callers_day:
        return f"同一地点同类事项 24 小时内有 {e.callers_day} 人反映", e.callers_day - t.callers_day
    return None


def is_crowd(week: int, day: int, t: Thresholds) -> bool:
    return week >= t.callers_week or day >= t.callers_day


def _reworked(e: Evidence, t: Thresholds, now: datetime) -> Hit | None:
    return (f"诉求人不满意，已重办 {e.rounds} 轮", e.rounds - t.rounds) if e.rounds >= t.rounds else None


def _late(e: Evidence, t: Thresholds, now: datetime) -> Hit | None:
    if e.overdue_days > t.overdue_days:
        return f"超期 {e.overdue_days} 个工作日", e.overdue_days - t.overdue_days - 1
    if e.extensions >= t.extensions:
        return f"已延期 {e.extensions} 次", e.extensions - t.extensions
    return None


def _many_units(e: Evidence, t: Thresholds, now: datetime) -> Hit | None:
    return (f"涉及 {e.units} 个承办单位", e.units - t.units) if e.units >= t.units else None


def _shelved_too_long(e: Evidence, t: Thresholds, now: datetime) -> Hit | None:
    if e.shelved_until is None or now <= e.shelved_until:
        return None
    return f"挂账节点 {e.shelved_until:%Y-%m-%d} 已过，尚未兑现", 0


def _watched(e: Evidence, t: Thresholds, now: datetime) -> Hit | None:
    if e.instructions:
        return f"领导批示 {e.instructions} 次", e.instructions - 1
    if e.channel in t.channels:
        return "来自媒体或政协渠道", 0
    found = [tag for tag in e.tags if tag in t.tags]
    return (f"涉及{'、'.join(found)}", 0) if found else None


def _dangerous(e: Evidence, t: Thresholds, now: datetime) -> Hit | None:
    if e.urgency is Urgency.CRITICAL:
        return "特急件，涉及人身或公共安全", len(e.risk_words)
    if e.risk_words:
        return f"含安全风险词：{'、'.join(e.risk_words)}", len(e.risk_words) - 1
    return None


def _given_up(e: Evidence, t: Thresholds, now: datetime) -> Hit | None:
    return (f"承办单位书面表示难以解决：“{e.cannot}”", 0) if e.cannot else None


def _by_hand(e: Evidence, t: Thresholds, now: datetime) -> Hit | None:
    return (f"人工认定：{e.marked_because or '未写理由'}", 0) if e.marked else None


RULES: dict[str, Rule] = {
    "R1": _returned,
    "R2": _repeated,
    "R3": _crowded,
    "R4": _reworked,
    "R5": _late,
    "R6": _many_units,
    "R7": _shelved_too_long,
    "R8": _watched,
    "R9": _dangerous,
    "R10": _given_up,
    "R11": _by_hand,
}


def judge(evidence: Evidence, thresholds: Thresholds, now: datetime) -> Candidate | None:
    """The ticket as a candidate with all its reasons; None when no rule speaks or another way is open to the citizen."""
    if evidence.legal:
        return None
    reasons = tuple(_reasons(evidence, thresholds, now))
    if not reasons and evidence.listed is None:
        return None
    score = sum(reason.points for reason in reasons)
    kind = kind_of(evidence, reasons, thresholds)
    return Candidate(evidence.ticket_id, kind, score, reasons, carried=evidence.listed is not None)


def _reasons(evidence: Evidence, thresholds: Thresholds, now: datetime) -> Iterable[Reason]:
    for name, rule in RULES.items():
        hit = rule(evidence, thresholds, now)
        if hit and (not evidence.ended or name in thresholds.outlive):
            weight = thresholds.weights[name]
            yield Reason(name, hit[0], weight + min(weight, hit[1] * thresholds.step))


def kind_of(evidence: Evidence, reasons: Sequence[Reason], thresholds: Thresholds) -> str:
    """A person's word first, then danger, then where it was listed before, then the class with the most points."""
    if evidence.marked_kind in CLASSES:
        return evidence.marked_kind
    votes = dict.fromkeys(CLASSES, 0)
    for reason in reasons:
        if kind := thresholds.classes.get(reason.rule):
            votes[kind] += reason.points
    if votes[SAFETY]:
        return SAFETY
    if evidence.listed in CLASSES:
        return evidence.listed
    best = max(CLASSES, key=votes.__getitem__)
    return best if votes[best] else POLICY


def ordered(candidates: Iterable[Candidate]) -> list[Candidate]:
    """By class; in it what is carried over before what is new, the weightier first, the older first of equals."""
    return sorted(candidates, key=lambda c: (CLASSES.index(c.kind), not c.carried, -c.score, c.ticket_id))


SAME = frozenset({"R2", "R3"})
"""Rules that speak of several tickets at once."""


def folded(judged: Iterable[tuple[Evidence, Candidate]]) -> list[Candidate]:
    """One line for one matter: who calls three times, or ten neighbours of one place, are not three or ten lines.

    A ticket with a reason of its own keeps its own line."""
    heads: dict[tuple[str, str], int] = {}
    kept: dict[int, Candidate] = {}
    for evidence, candidate in sorted(judged, key=lambda pair: (pair[0].ended, -pair[1].score, pair[1].ticket_id)):
        keys = _keys(evidence, candidate)
        head = next((heads[key] for key in keys if key in heads), None)
        if head is not None and candidate.rules <= SAME and not candidate.carried:
            related = tuple(sorted({*kept[head].related, candidate.ticket_id}))
            kept[head] = msgspec.structs.replace(kept[head], related=related)
            continue
        kept[candidate.ticket_id] = candidate
        for key in keys:
            heads.setdefault(key, candidate.ticket_id)
    return list(kept.values())


def _keys(evidence: Evidence, candidate: Candidate) -> list[tuple[str, str]]:
    keys = {"R2": evidence.matter_key, "R3": evidence.place_key}
    return [(rule, key) for rule, key in keys.items() if key and rule in candidate.rules]


def most_callers(calls: Sequence[tuple[datetime, str]], hours: int) -> int:
    """The most different callers within any span of so many hours; `calls` in the order of time."""
    best, first = 0, 0
    for last, (at, _) in enumerate(calls):
        while (at - calls[first][0]).total_seconds() > hours * 3600:
            first += 1
        best = max(best, len({caller for _, caller in calls[first : last + 1]}))
    return best

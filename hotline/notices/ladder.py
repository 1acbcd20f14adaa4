"""Who hears of what: handler, unit reviewer, unit leader, the centre. Each rung hears of its own light, once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from hotline.directory.people import Role
from hotline.sla.deadlines import DeadlineKind

R, K = Role, DeadlineKind


class NoticeKind(StrEnum):
    """What a notice says."""

    ASKED = "asked"  # 新到: a letter, a question before the meeting, a task
    NEAR = "near"  # 黄色预警
    ORANGE = "orange"  # 橙色预警
    LATE = "late"  # 超期
    VERY_LATE = "very_late"  # 严重超期
    URGE = "urge"  # 催办
    SUPERVISE = "supervise"  # 督办
    DECIDED = "decided"  # 审核结果: of an appeal, of a request not to be counted


class Rung(StrEnum):
    HANDLER = "handler"  # 经办人
    REVIEWER = "reviewer"  # 承办单位审核人
    LEADER = "leader"  # 承办单位分管领导
    FILER = "filer"  # 申请人
    DISPATCH = "dispatch"  # 派单员
    CALLERS = "callers"  # 回访员
    SUPERVISION = "supervision"  # 督办员
    SUPERVISOR = "supervisor"  # 中心主管


class Call(msgspec.Struct, frozen=True):
    """A history line, or the news of a duty, that people must hear of, with what decides who they are."""

    ticket_id: int
    seq: int
    at: datetime
    kind: NoticeKind
    urgent: bool
    clock: str = ""
    share: int = 0
    item: int = 0
    origin: str = ""
    due_at: datetime | None = None
    unit_path: tuple[int, ...] = ()
    """Of the unit whose share it is; for the ticket's own clocks, of the lead. Empty: nobody has it yet."""
    person_id: int | None = None
    """经办人, where the unit has named one; of a decision who filed what was decided, while still of that unit."""
    by: int | None = None
    """Who did it knows already."""
    citizen_urges: int = 0
    duty_id: int | None = None
    """What a unit owes besides its tickets; then `seq` is negative, and without a ticket its number is 0."""


SUPERVISE_AFTER = 2
"""So many urges of a citizen make the ticket a candidate for supervision (docs/rules.md C.3, 27)."""

LIGHTS: dict[NoticeKind, tuple[Rung, ...]] = {
    NoticeKind.NEAR: (Rung.HANDLER,),
    NoticeKind.ORANGE: (Rung.REVIEWER,),
    NoticeKind.LATE: (Rung.LEADER, Rung.SUPERVISION),
    NoticeKind.VERY_LATE: (Rung.SUPERVISOR,),
}
OWN: dict[str, Rung] = {K.DISPATCH: Rung.DISPATCH, K.CONSULTATION: Rung.DISPATCH, K.CALLBACK: Rung.CALLERS}
"""The centre's own clocks: its own people hear before they are late, their chief when they are."""


def rungs(call: Call) -> tuple[Rung, ...]:
    if call.kind is NoticeKind.URGE:
        if call.origin == "system":
            return (Rung.HANDLER,)
        more = (Rung.SUPERVISION,) if call.origin == "citizen" and call.citizen_urges >= SUPERVISE_AFTER else ()
        return (Rung.HANDLER, Rung.REVIEWER, *more)
    if call.kind is NoticeKind.DECIDED:
        return (Rung.FILER,)
    if call.kind in (NoticeKind.SUPERVISE, NoticeKind.ASKED):
        return (Rung.HANDLER, Rung.REVIEWER, Rung.LEADER)
    if call.clock in OWN:
        return {NoticeKind.ORANGE: (OWN[call.clock],), NoticeKind.LATE: (Rung.SUPERVISOR,)}.get(call.kind, ())
    return LIGHTS[call.kind]


def goes_out(call: Call) -> bool:
    """What the system urges stands in the console alone: its lights bring the same news outside."""
    return not (call.kind is NoticeKind.URGE and call.origin == "system")


class Staff(msgspec.Struct, frozen=True):
    """Who is there: people of units by role, people of the centre by role, and who stands in for whom."""

    units: Mapping[tuple[int, Role], Sequence[int]]
    centre: Mapping[Role, Sequence[int]]
    active: frozenset[int]
    deputies: Mapping[int, Sequence[int]] = {}

    def of_path(self, path: Sequence[int], *roles: Role) -> tuple[int, ...]:
        """The nearest unit upwards that has somebody; of the roles the first that is held there."""
        for unit in reversed(path):
            for role in roles:
                if found := self.units.get((unit, role)):
                    return tuple(found)
        return ()

    def of_centre(self, *roles: Role) -> tuple[int, ...]:
        return next((tuple(found) for role in roles if (found := self.centre.get(role))), ())

    def with_deputies(self, people: Sequence[int]) -> tuple[int, ...]:
        found = [one for person in people for one in (person, *self.deputies.get(person, ()))]
        return tuple(dict.fromkeys(found))


def hearers(call: Call, staff: Staff) -> tuple[int, ...]:
    """Everybody who must hear of it, once each; a rung where nobody stands is the next one's to hear."""
    found = [person for rung in rungs(call) for person in _standing(rung, call, staff)]
    return tuple(person for person in dict.fromkeys(found) if person != call.by)


def _standing(rung: Rung, call: Call, staff: Staff) -> tuple[int, ...]:
    if rung in (Rung.HANDLER, Rung.FILER) and call.person_id in staff.active:
        return staff.with_deputies([call.person_id])
    people = staff.of_path(call.unit_path, *UNIT_ROLES[rung]) if rung in UNIT_ROLES else ()
    return staff.with_deputies(people or staff.of_centre(*CENTRE_ROLES[rung]))


UNIT_ROLES: dict[Rung, tuple[Role, ...]] = {
    Rung.HANDLER: (R.UNIT_LIAISON, R.HANDLER, R.UNIT_REVIEWER, R.UNIT_LEADER),
    Rung.REVIEWER: (R.UNIT_REVIEWER, R.UNIT_LEADER, R.UNIT_LIAISON),
    Rung.LEADER: (R.UNIT_LEADER, R.UNIT_REVIEWER, R.UNIT_LIAISON),
    Rung.FILER: (R.UNIT_REVIEWER, R.UNIT_LEADER, R.UNIT_LIAISON),
}
CENTRE_ROLES: dict[Rung, tuple[Role, ...]] = {
    Rung.HANDLER: (R.SUPERVISION, R.SUPERVISOR),
    Rung.REVIEWER: (R.SUPERVISION, R.SUPERVISOR),
    Rung.LEADER: (R.SUPERVISION, R.SUPERVISOR),
    Rung.FILER: (R.SUPERVISION, R.SUPERVISOR),
    Rung.DISPATCH: (R.DISPATCHER, R.SUPERVISOR),
    Rung.CALLERS: (R.CALLBACK, R.SUPERVISOR),
    Rung.SUPERVISION: (R.SUPERVISION, R.SUPERVISOR),
    Rung.SUPERVISOR: (R.SUPERVISOR, R.CENTRE_LEADER),
}

"""代理人: who may do another unit's work for a time, and as what."""

from datetime import datetime, timedelta

import msgspec

from hotline.directory.people import UNIT, Role, role_faults
from hotline.directory.units import Unit, UnitKind

LONGEST = timedelta(days=92)
"""Whoever does it for longer has changed units."""


class Deputy(msgspec.Struct, frozen=True):
    """One stretch of standing in."""

    id: int
    person_id: int
    person: str
    unit_id: int
    unit: str
    stands_for: int | None
    roles: list[Role]
    begins_at: datetime
    ends_at: datetime
    reason: str
    granted_by: str
    ended_at: datetime | None = None

    def runs(self, now: datetime) -> bool:
        return self.ended_at is None and self.begins_at <= now < self.ends_at


def faults(
    unit: Unit, roles: frozenset[Role], own: frozenset[Role], begins_at: datetime, ends_at: datetime, now: datetime
) -> list[tuple[str, str]]:
    """What stands against it; empty when nothing does. `own` are the roles the person holds anyway."""
    found = []
    if not roles or roles - UNIT:
        found.append(("roles", "代理只能是承办单位的岗位(联络员、审核人、分管领导、经办人),请重新选择。"))
    if unit.kind is UnitKind.CENTRE or not unit.active:
        found.append(("unit_id", f"“{unit.name}”不是在用的承办单位,请重新选择。"))
    if ends_at <= begins_at or ends_at <= now:
        found.append(("ends_at", "代理的结束时间须晚于开始时间和现在,请重新填写。"))
    elif ends_at - begins_at > LONGEST:
        found.append(("ends_at", f"代理一次最长 {LONGEST.days} 天,更久的请调整其所属单位。"))
    if not found:
        found += [("person_id", fault) for fault in role_faults(own | roles, has_unit=True)]
    return found

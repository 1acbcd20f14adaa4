"""Who acts: roles (docs/rules.md C.4) and the actor every command carries."""

from datetime import datetime
from enum import StrEnum

import msgspec


class Role(StrEnum):
    AGENT = "agent"  # 话务员
    SHIFT_LEADER = "shift_leader"  # 班长
    QUALITY = "quality"  # 质检员
    DISPATCHER = "dispatcher"  # 派单员
    REVIEWER = "reviewer"  # 审核员
    CALLBACK = "callback"  # 回访员
    SECRET_CALLBACK = "secret_callback"  # 保密回访员
    SUPERVISION = "supervision"  # 督办员
    KNOWLEDGE = "knowledge"  # 知识库采编
    SUPERVISOR = "supervisor"  # 中心主管
    CENTRE_LEADER = "centre_leader"  # 中心领导
    CITY_LEADER = "city_leader"  # 市领导
    UNIT_LIAISON = "unit_liaison"  # 承办单位联络员
    UNIT_REVIEWER = "unit_reviewer"  # 承办单位审核人
    UNIT_LEADER = "unit_leader"  # 承办单位分管领导
    HANDLER = "handler"  # 经办人
    POLICE_LIAISON = "police_liaison"  # 110联动员
    SYSTEM_ADMIN = "system_admin"  # 系统管理员
    SECURITY_ADMIN = "security_admin"  # 安全管理员
    AUDITOR = "auditor"  # 审计员
    API_CLIENT = "api_client"  # API客户端
    CITIZEN = "citizen"  # 诉求人: acts through public pages, holds no account
    SYSTEM = "system"  # 系统: jobs and timers


CENTRE = frozenset(
    {
        Role.AGENT,
        Role.SHIFT_LEADER,
        Role.QUALITY,
        Role.DISPATCHER,
        Role.REVIEWER,
        Role.CALLBACK,
        Role.SECRET_CALLBACK,
        Role.SUPERVISION,
        Role.SUPERVISOR,
        Role.CENTRE_LEADER,
    }
)
UNIT = frozenset({Role.UNIT_LIAISON, Role.UNIT_REVIEWER, Role.UNIT_LEADER, Role.HANDLER})


class Actor(msgspec.Struct, frozen=True):
    """The person, citizen or program behind a command."""

    name: str
    roles: frozenset[Role]
    person_id: int | None = None
    unit_id: int | None = None
    unit_path: tuple[int, ...] = ()
    """Ids from the root of the unit tree down to `unit_id`, both included."""
    inherited: tuple[int, ...] = ()
    """Units that were merged into this one: their records are its records."""

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def of_centre(self) -> bool:
        return not self.roles.isdisjoint(CENTRE)

    @property
    def records_of(self) -> frozenset[int]:
        """Units whose share in a ticket makes it this person's unit's to read."""
        own = () if self.unit_id is None else (self.unit_id,)
        return frozenset((*own, *self.inherited))


SYSTEM = Actor(name="系统", roles=frozenset({Role.SYSTEM}))
CITIZEN = Actor(name="诉求人", roles=frozenset({Role.CITIZEN}))

ROLE_NAMES = {
    Role.AGENT: "话务员",
    Role.SHIFT_LEADER: "班长",
    Role.QUALITY: "质检员",
    Role.DISPATCHER: "派单员",
    Role.REVIEWER: "审核员",
    Role.CALLBACK: "回访员",
    Role.SECRET_CALLBACK: "保密回访员",
    Role.SUPERVISION: "督办员",
    Role.KNOWLEDGE: "知识库采编",
    Role.SUPERVISOR: "中心主管",
    Role.CENTRE_LEADER: "中心领导",
    Role.CITY_LEADER: "市领导",
    Role.UNIT_LIAISON: "承办单位联络员",
    Role.UNIT_REVIEWER: "承办单位审核人",
    Role.UNIT_LEADER: "承办单位分管领导",
    Role.HANDLER: "经办人",
    Role.POLICE_LIAISON: "110联动员",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDITOR: "审计员",
    Role.API_CLIENT: "API客户端",
    Role.CITIZEN: "诉求人",
    Role.SYSTEM: "系统",
}
HELD_BY_NOBODY = frozenset({Role.CITIZEN, Role.SYSTEM})
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
SEE_ALL = CENTRE | {Role.CITY_LEADER}
"""Read every ticket; so nobody may be one of these and of a unit as well."""


class NewPerson(msgspec.Struct, frozen=True):
    name: str
    username: str
    roles: frozenset[Role]
    unit_id: int | None = None
    phone: str | None = None


class By(msgspec.Struct, frozen=True):
    """Who did it and when, for the log; absent when somebody works on the database by hand."""

    actor: Actor
    now: datetime


def role_faults(roles: frozenset[Role], *, has_unit: bool, at_centre: bool | None = None) -> list[str]:
    """Why one person may not hold these roles; empty when nothing stands against it.

    `at_centre` tells whether their unit is the hotline's centre; None when they have no unit, or it is not known."""
    faults = []
    if not roles:
        faults.append("请至少给一个角色。")
    if refused := sorted(ROLE_NAMES[role] for role in roles & HELD_BY_NOBODY):
        faults.append(f"角色“{'、'.join(refused)}”不授予账号,请去掉。")
    if len(mixed := sorted(ROLE_NAMES[role] for role in roles & ADMINISTRATORS)) > 1:
        faults.append(f"{'、'.join(mixed)}须由不同的人担任(三权分立),请只保留一个。")
    if roles & ADMINISTRATORS and roles - ADMINISTRATORS:
        faults.append("系统管理员、安全管理员、审计员不得兼任业务岗位,请去掉其他角色。")
    if not has_unit and roles & UNIT:
        faults.append("承办单位的角色须先指定所属单位。")
    if roles & UNIT and roles & SEE_ALL:
        faults.append("承办单位的岗位不得与热线中心(含回访)或市领导的岗位由同一人担任,请只保留一方的角色。")
    if roles & CENTRE and at_centre is False:
        faults.append("热线中心的岗位只能授予热线中心的人员,请先核对所属单位。")
    return faults

"""Who may do what, as the table of permissions says it: for reading, not for changing."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.people import ADMINISTRATORS, CENTRE, HELD_BY_NOBODY, ROLE_NAMES, UNIT, Role
from hotline.infra.http import answer
from hotline.tickets.lifecycle import EVENT_NAMES
from hotline.tickets.permissions import MAY, SEERS
from hotline.tickets.states import Event


class RoleView(msgspec.Struct, frozen=True):
    role: Role
    name: str
    group: str
    """centre, unit, admin or other"""
    sees_tickets: bool


class Right(msgspec.Struct, frozen=True):
    event: Event
    name: str
    roles: list[Role]


class RoleMatrix(msgspec.Struct, frozen=True):
    roles: list[RoleView]
    """Those that an account can hold."""
    rights: list[Right]


def group_of(role: Role) -> str:
    groups = (("centre", CENTRE), ("unit", UNIT), ("admin", ADMINISTRATORS))
    return next((name for name, roles in groups if role in roles), "other")


async def matrix(request: Request) -> Response:
    """GET /api/v1/roles"""
    actor_of(request)
    held = [role for role in Role if role not in HELD_BY_NOBODY]
    roles = [RoleView(role, ROLE_NAMES[role], group_of(role), role in SEERS) for role in held]
    rights = [
        Right(event, EVENT_NAMES[event], [role for role in held if role in MAY[event]])
        for event in Event
        if any(role in MAY[event] for role in held)
    ]
    return answer(RoleMatrix(roles, rights))

"""One's own settings over HTTP; nobody reads another person's."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.preferences import limits, store
from hotline.directory.preferences.store import Preference
from hotline.infra.errors import Forbidden, InvalidInput, NotFound
from hotline.infra.http import answer, json_body, now, services, transaction


class PreferenceBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`null` forgets the setting."""

    value: Any


def name_of(request: Request) -> str:
    name: str = request.path_params["name"]
    if not limits.known_name(name):
        raise NotFound("设置的名称只能用小写字母、数字和 . _ -,以字母开头,最多 64 个字符。")
    return name


def person_of(request: Request) -> int:
    person_id = actor_of(request).person_id
    if person_id is None:
        raise Forbidden("程序账号没有个人设置,请用个人账号登录。")
    return person_id


async def read(request: Request) -> Response:
    """GET /api/v1/me/preferences/{name}"""
    name, person_id = name_of(request), person_of(request)
    async with services(request).pool.acquire() as conn:
        return answer(await store.read(conn, person_id, name))


async def keep(request: Request) -> Response:
    """PUT /api/v1/me/preferences/{name} : the last one to save is right; it is one person's own."""
    name, person_id, at = name_of(request), person_of(request), now(request)
    value = (await json_body(request, PreferenceBody)).value
    if wrong := limits.fault(value):
        raise InvalidInput([("value", wrong)])
    async with transaction(request) as conn:
        if value is None:
            await store.forget(conn, person_id, name)
            return answer(Preference(name))
        if await store.count_others(conn, person_id, name) >= limits.MOST_NAMES:
            raise InvalidInput([("name", f"每人最多保存 {limits.MOST_NAMES} 项设置,请先清除不用的。")])
        await store.keep(conn, person_id, name, value, at)
    return answer(Preference(name, value, at))

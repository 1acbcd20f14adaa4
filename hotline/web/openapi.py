"""The OpenAPI 3.1 document, made from the same types that read and write every body."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from hotline.directory.http import COOKIE, CSRF_HEADER
from hotline.directory.people import HELD_BY_NOBODY, ROLE_NAMES, Role
from hotline.web.endpoint import Endpoint, Query

VERSION = "v1"
READS = frozenset({"GET", "HEAD", "OPTIONS"})
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
REF = "#/components/schemas/{name}"

ABOUT = (
    "12345 政务服务便民热线的 HTTP 接口。请求与应答均为 JSON，字段用 snake_case，时间为带时区的 RFC 3339。"
    f"工作人员的接口用登录后的会话 Cookie；会改变数据的请求另须在 {CSRF_HEADER} 头中带上登录时得到的令牌；"
    "列表中没有的查询参数会被拒绝（422）。"
)

ROOMS = {
    "public": "诉求人",
    "directory": "登录与机构",
    "tickets": "工单",
    "intake": "受理",
    "classify": "分类",
    "dispatch": "派单",
    "departments": "承办单位",
    "callback": "回访",
    "supervision": "督办",
    "reports": "报表",
    "web": "运行",
}
"""Tags, in the order of a ticket's life; a room not listed here is called by its own name, after the others."""

ADDRESSED = {"/public/": "public", "/suggest": "classify", "/categories": "classify", "/tickets": "tickets"}
"""Rooms of what the web puts together itself from the parts of several."""

PLACES = {
    "id": "工单号；回访为“工单号-回访序号”",
    "query_code": "查询码，10 位",
    "token": "评价链接中的令牌",
    "week": "周次，如 2026-W47",
    "name": "设置的名称，如 snippets",
}


class FieldError(msgspec.Struct, frozen=True):
    """One field that is missing or wrong."""

    field: str
    message: str


class Error(msgspec.Struct, frozen=True, omit_defaults=True):
    """出错时的应答: `error` is for programs, `message` for people; further fields say what is true now."""

    error: str
    message: str
    errors: list[FieldError] | msgspec.UnsetType = msgspec.UNSET
    """With 422: every field that is missing or wrong."""
    version: int | msgspec.UnsetType = msgspec.UNSET
    """With 409: the ticket's version now."""


REFUSALS = {
    "400": ("BadRequest", "请求无法读取"),
    "401": ("NotSignedIn", "尚未登录，或登录已过期"),
    "403": ("Forbidden", "岗位无权操作，或缺少 CSRF 令牌"),
    "404": ("NotFound", "不存在，或不可见"),
    "409": ("Conflict", "他人已先操作；version 为现在的版本"),
    "422": ("InvalidInput", "字段有误、查询参数不认识，或当前状态不允许"),
    "429": ("TooManyRequests", "操作过于频繁"),
    "default": ("Failed", "其他错误"),
}


HEART = "hotline.tickets."


def _plainly_named(found: Any, components: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Two types of one name get the names of their modules before them. The ticket's own keep theirs all the same: what
    some other room calls its types must not rename what every program knows."""
    full = [name for name in components if name.startswith(HEART)]
    short = {name: name.rpartition(".")[2] for name in full}
    plain = {name: one for name, one in short.items() if list(short.values()).count(one) == 1}
    text = msgspec.json.encode([found, list(components.values())]).decode()
    for name, one in plain.items():
        text = text.replace(f'"{REF.format(name=name)}"', f'"{REF.format(name=one)}"')
    given, bodies = msgspec.json.decode(text)
    return given, dict(zip((plain.get(name, name) for name in components), bodies, strict=True))


def document(routes: Sequence[Endpoint]) -> dict[str, Any]:
    """The whole document; the same routes always give the same one."""
    kinds = [Error, *(kind for route in routes for kind in kinds_of(route))]
    found, components = _plainly_named(*msgspec.json.schema_components(kinds, ref_template=REF))
    # Types such as list[int] cannot be keys by identity alone; equal types have equal schemas.
    schemas = list(zip(kinds, found, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(PARAMETER.sub(r"{\1}", route.path), {})[route.method.lower()] = operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "12345 政务服务便民热线", "version": VERSION, "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in tags(routes)],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "responses": {name: refusal(words) for name, words in REFUSALS.values()},
            "parameters": {"Csrf": CSRF},
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": COOKIE}},
        },
    }


Schemas = list[tuple[Any, dict[str, Any]]]

CSRF = {
    "name": CSRF_HEADER,
    "in": "header",
    "required": True,
    "description": "登录时得到的 csrf_token",
    "schema": {"type": "string"},
}


def kinds_of(route: Endpoint) -> Iterable[Any]:
    given = (route.body, route.answer, *(query.kind for query in route.query))
    return [kind for kind in given if kind is not None]


def schema_of(kind: Any, schemas: Schemas) -> dict[str, Any]:
    return next(schema for known, schema in schemas if known == kind)


def refusal(words: str) -> dict[str, Any]:
    schema = {"$ref": REF.format(name="Error")}
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def operation(route: Endpoint, schemas: Schemas) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation_id(route),
        "tags": [tag_of(route)],
        "summary": route.summary,
        "description": who(route),
        "parameters": parameters(route, schemas),
        "responses": responses(route, schemas),
        "security": [] if route.roles is None else [{"session": []}],
    }
    if route.roles:
        made["x-roles"] = holders(route.roles)
    if route.body is not None:
        content = {route.takes: {"schema": schema_of(route.body, schemas)}}
        made["requestBody"] = {"required": True, "content": content}
    return made


def operation_id(route: Endpoint) -> str:
    """From method and address alone, so that it outlives every renaming inside."""
    path = route.path.removeprefix("/api/v1")
    parts = [f"by_{part[1:-1]}" if part.startswith("{") else part for part in plain(path).split("/") if part]
    return "_".join([route.method.lower(), *(re.sub(r"\W", "_", part) for part in parts)])


def plain(path: str) -> str:
    return PARAMETER.sub(r"{\1}", path)


def room(route: Endpoint) -> str:
    """The stage an address belongs to: that of its body for verbs, which share one handler."""
    addressed = next((name for part, name in ADDRESSED.items() if part in route.path), "web")
    if addressed == "public":
        return addressed
    made_in = [getattr(given, "__module__", "") for given in (route.handler, route.body, route.answer)]
    rooms = [module.split(".")[1] for module in made_in if module.startswith("hotline.")]
    return next((name for name in rooms if name != "web"), addressed)


def tag_of(route: Endpoint) -> str:
    return ROOMS.get(room(route), room(route))


def tags(routes: Sequence[Endpoint]) -> list[str]:
    used = dict.fromkeys(tag_of(route) for route in routes)
    return [*(name for name in ROOMS.values() if name in used), *(name for name in used if name not in ROOMS.values())]


def holders(roles: frozenset[Role]) -> list[Role]:
    """Roles that somebody can sign in with."""
    return sorted(roles - HELD_BY_NOBODY)


def who(route: Endpoint) -> str:
    if route.roles is None:
        return "无须登录。"
    if not route.roles:
        return "登录后可用。"
    return f"岗位：{'、'.join(ROLE_NAMES[role] for role in holders(route.roles))}。"


def parameters(route: Endpoint, schemas: Schemas) -> list[dict[str, Any]]:
    found = [in_path(name) for name in PARAMETER.findall(route.path)]
    found += [in_query(query, schema_of(query.kind, schemas)) for query in route.query]
    if route.roles is not None and route.method not in READS:
        found.append({"$ref": "#/components/parameters/Csrf"})
    return found


def in_path(name: str) -> dict[str, Any]:
    made = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    return made | ({"description": PLACES[name]} if name in PLACES else {})


def in_query(query: Query, schema: dict[str, Any]) -> dict[str, Any]:
    made = {"name": query.name, "in": "query", "required": False, "schema": schema}
    return made | ({"description": query.note} if query.note else {})


def responses(route: Endpoint, schemas: Schemas) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "成功"}
    if route.answer is not None:
        good["content"] = {"application/json": {"schema": schema_of(route.answer, schemas)}}
    made = {str(status): good for status in (route.status, *route.statuses)}
    for status in refused(route):
        made[status] = {"$ref": f"#/components/responses/{REFUSALS[status][0]}"}
    return made


def refused(route: Endpoint) -> list[str]:
    """The refusals a caller has to reckon with."""
    staff, changes = route.roles is not None, route.method not in READS
    reckoned = {
        "400": route.body is not None,
        "401": staff,
        "403": staff,
        "404": bool(PARAMETER.search(route.path)),
        "409": changes and bool(PARAMETER.search(route.path)),
        "422": route.strict or route.body is not None or bool(route.query),
        "429": route.limit is not None,
        "default": True,
    }
    return [status for status, may_come in reckoned.items() if may_come]

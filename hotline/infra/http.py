"""What every `http.py` needs to parse and answer; nothing here knows a ticket."""

import re
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import asyncpg
import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.infra.clock import Clock
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.infra.errors import BadRequest, InvalidInput
from hotline.infra.settings import Settings

T = TypeVar("T")
MAX_BODY = 1 << 20
"""Bytes of a JSON body; attachments travel another way."""
MOST_NAMED = 5
"""Strange parameters that are named one by one."""
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Services:
    """What a request may lean on; made once in the lifespan, found at `request.state.services`."""

    settings: Settings
    pool: "asyncpg.Pool[asyncpg.Record]"
    clock: Clock
    cipher: FieldCipher
    commands: "asyncpg.Pool[asyncpg.Record] | None" = None
    """Sessions for what changes one ticket (`db.SAME_PLANS`); without them `pool` serves that, too."""


def services(request: Request) -> Services:
    found: Services = request.state.services
    return found


def now(request: Request) -> datetime:
    return services(request).clock.now()


@asynccontextmanager
async def transaction(request: Request) -> AsyncIterator[Connection]:
    """The single commit of a request happens here, at its edge."""
    held = services(request)
    async with (held.commands or held.pool).acquire() as conn, conn.transaction():
        yield conn


@asynccontextmanager
async def looking_up(request: Request) -> AsyncIterator[Connection]:
    """For reading single tickets by their numbers; lists and reports take a session of `pool`."""
    held = services(request)
    async with (held.commands or held.pool).acquire() as conn:
        yield conn


def only(asked: Collection[str], known: Collection[str]) -> None:
    """Refuse a parameter nobody reads: who misspells a filter must not take everything for what was asked for."""
    strange = [name for name in asked if name not in known][:MOST_NAMED]
    if strange:
        what = f"请去掉,或改用 {'、'.join(known)}。" if known else "这里不带参数,请去掉。"
        raise InvalidInput([(name[:LONGEST_NAME], f"没有参数 {name[:LONGEST_NAME]},{what}") for name in strange])


async def raw_body(request: Request) -> bytes:
    """The body, refused past MAX_BODY without being read to the end."""
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > MAX_BODY:
            raise BadRequest(f"请求内容超过 {MAX_BODY // 1024} KB,请缩短后重发。")
    return bytes(received)


async def json_body(request: Request, shape: type[T]) -> T:
    return decoded(await raw_body(request), shape)


def decoded(raw: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(raw or b"{}", type=shape)
    except msgspec.ValidationError as wrong:
        raise InvalidInput([in_chinese(str(wrong))]) from wrong
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise BadRequest("请求内容不是有效的 JSON,请检查后重发。") from wrong


def in_chinese(said: str) -> tuple[str, str]:
    """msgspec's sentence as (field, 中文): it names the place as `$.citizen.phone`."""
    what, _, place = said.partition(" - at `$")
    field = place.strip("`").lstrip(".") or "body"
    if what.startswith("Object missing required field"):
        missing = what.split("`")[1]
        field = missing if field == "body" else f"{field}.{missing}"
        return field, f"缺少必填项 {field}"
    if what.startswith("Object contains unknown field"):
        return field, f"不认识的字段 {what.split('`')[1]}"
    return field, f"{field} 的值不合要求({in_words(what)})"


SORTS = {
    "str": "文字",
    "int": "整数",
    "float": "数",
    "bool": " true 或 false",
    "null": "空值",
    "array": "列表",
    "object": "一组字段",
    "datetime": "时间",
    "date": "日期",
}
EXPECTED = re.compile(
    r"Expected `([^`]+)`(?:, got `([^`]+)`|( of length)? ([<>]=?) (\S+)|( with a timezone component))?"
)
NOT_ONE = re.compile(r"Invalid enum value (.+)")
MALFORMED = re.compile(r"Invalid RFC3339 encoded (\w+)")


def in_words(what: str) -> str:
    """msgspec's reason in 中文; one that is not known here stays as it is rather than be lost."""
    if found := EXPECTED.fullmatch(what):
        wanted, got, length, sign, bound, zone = found.groups()
        told = f"应为{sorts(wanted)}"
        if got:
            told += f",收到的是{sorts(got)}"
        if sign:
            told += f",{'长度 ' if length else ''}{sign} {bound}"
        return told + (",须带时区" if zone else "")
    if found := NOT_ONE.fullmatch(what):
        return f"没有 {found[1]} 这个取值"
    if found := MALFORMED.fullmatch(what):
        return f"不是有效的{sorts(found[1])}"
    return "数太大或太小" if what == "Number out of range" else what


def sorts(named: str) -> str:
    return "或".join(SORTS.get(one, one) for one in named.split(" | "))


def answer(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")

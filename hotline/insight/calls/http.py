"""Call measures over HTTP: the table, the calls behind a number, and frozen months."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.people import Actor
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import FieldCipher
from hotline.infra.errors import InvalidInput, NotFound
from hotline.infra.http import answer, now, services
from hotline.insight import actions as months
from hotline.insight.calls import actions, store
from hotline.insight.calls.measures import CALL_BY_NAME, CALL_GROUPS, OF_STATES, STATES, CallKpi
from hotline.insight.calls.store import Behind, CallCase
from hotline.insight.http import MICROSECOND, PARTS, moment_of, month_of, span_of
from hotline.intake.channels.phone.call import OUTCOME_NAMES, CallOutcome
from hotline.tickets import privacy
from hotline.tickets.http import number


class CallBeheld(msgspec.Struct, frozen=True):
    """One call behind a number, or one agent's time of one day; the citizen's number is masked for everybody."""

    at: datetime
    call_id: str | None
    state: str | None
    """Of a time: what the telephone said of itself; a day each."""
    queue: str
    agent: str
    hit: bool
    value: int
    """What it adds to the numerator: one, or milliseconds."""
    whole: int
    excluded: str | None
    """Why it is left out; null where it counts."""
    citizen: str
    outcome: str
    wait_ms: int | None
    talk_ms: int | None
    score: int | None
    tickets: list[int]


class CallBehindPage(msgspec.Struct, frozen=True):
    items: list[CallBeheld]
    next_cursor: str | None
    kept_from: date | None
    """Part of what is asked for lies before this day: what telephones said of themselves then is removed, and only sums stand."""


class CallMonth(msgspec.Struct, frozen=True):
    """A month's call measures as they were reported, frozen with those of tickets."""

    month: str
    revision: int
    frozen_at: datetime
    frozen_by: str
    because: str
    hash: str
    kpi: CallKpi


def group_of(request: Request) -> str:
    group = request.query_params.get("group") or "queue"
    if group not in CALL_GROUPS:
        raise InvalidInput([("group", f"group 应为 {'、'.join(CALL_GROUPS)} 之一。")])
    return group


async def table(request: Request) -> Response:
    """GET /api/v1/reports/kpi/calls?from=&to=&group="""
    (first, last), group = span_of(request), group_of(request)
    async with services(request).pool.acquire() as conn:
        return answer(await actions.calls_kpi(conn, first, last, group, now(request)))


async def behind(request: Request) -> Response:
    """GET /api/v1/reports/kpi/calls/behind?measure=&part=&group=&key="""
    (first, last), asked, actor = span_of(request), behind_of(request), actor_of(request)
    async with services(request).pool.acquire() as conn:
        found = await actions.behind(conn, first, last, asked, now(request))
        names = await store.agent_names(conn, {one.agent for one in found if one.agent})
        kept = await store.states_kept_from(conn) if asked.measure in OF_STATES else None
    shown = found[: asked.limit - 1]
    more = cursor_of(shown[-1]) if len(found) > len(shown) else None
    cipher = services(request).cipher
    return answer(
        CallBehindPage(
            [_shown(one, asked.measure, names, actor, cipher) for one in shown],
            more,
            kept if kept and first < kept else None,
        )
    )


def behind_of(request: Request) -> Behind:
    asked = request.query_params
    measure, part, key = asked.get("measure", ""), asked.get("part") or "denominator", asked.get("key")
    if measure not in CALL_BY_NAME:
        raise InvalidInput([("measure", f"measure 应为 {'、'.join(CALL_BY_NAME)} 之一。")])
    if part not in PARTS:
        raise InvalidInput([("part", f"part 应为 {'、'.join(PARTS)} 之一。")])
    if key is not None and "\0" in key:
        raise InvalidInput([("key", "key 请原样使用表中一行的 key。")])
    return Behind(
        measure=measure,
        part=part,
        group=group_of(request) if asked.get("group") else "",
        key=key or None,
        after=after_of(asked.get("cursor")),
        limit=number(asked.get("limit"), "limit", default=50, most=200) + 1,
    )


def after_of(text: str | None) -> tuple[datetime, str] | None:
    if not text:
        return None
    at, _, place = text.partition("_")
    if not (at.isascii() and at.isdecimal() and len(at) <= 16) or "\0" in place:
        raise InvalidInput([("cursor", "cursor 请原样使用上一页的 next_cursor。")])
    return moment_of(int(at)), place


def cursor_of(case: CallCase) -> str:
    return f"{(case.at - moment_of(0)) // MICROSECOND}_{case.place}"


def _shown(case: CallCase, measure: str, names: Mapping[str, str], actor: Actor, cipher: FieldCipher) -> CallBeheld:
    hidden = case.citizen is None or (case.secret and not actor.has(*privacy.OPEN_TO))
    return CallBeheld(
        at=case.at.astimezone(BEIJING),
        call_id=case.call,
        state=STATES.get(case.state, case.state) if case.state else None,
        queue=case.queue or "",
        agent=names.get(case.agent, case.agent) if case.agent else "",
        hit=case.value > 0,
        value=case.value,
        whole=case.whole,
        excluded=CALL_BY_NAME[measure].left_out if case.excluded else None,
        citizen="" if hidden else privacy.masked_phone(cipher.decrypt(case.citizen or b"")) or "",
        outcome=OUTCOME_NAMES[CallOutcome(case.outcome)] if case.outcome else "",
        wait_ms=case.wait_ms,
        talk_ms=case.talk_ms,
        score=case.score,
        tickets=case.tickets,
    )


async def month(request: Request) -> Response:
    """GET /api/v1/reports/kpi/calls/months/{month}?revision=&group="""
    asked, group = month_of(request.path_params["month"]), group_of(request)
    revision = number(request.query_params.get("revision"), "revision", default=0, most=10_000) or None
    async with services(request).pool.acquire() as conn:
        frozen = await months.freeze_of(conn, asked, revision)
        found = await actions.frozen_calls(conn, asked, frozen.revision, group)
    if found is None:
        raise NotFound(f"{asked:%Y-%m} 第 {frozen.revision} 版冻结时没有话务数据。")
    return answer(
        CallMonth(
            month=f"{asked:%Y-%m}",
            revision=frozen.revision,
            frozen_at=frozen.frozen_at.astimezone(BEIJING),
            frozen_by=frozen.frozen_name,
            because=frozen.because,
            hash=(frozen.calls_hash or b"").hex(),
            kpi=found,
        )
    )

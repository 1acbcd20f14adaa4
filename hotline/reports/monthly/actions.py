"""The bulletin of a month: frozen rates where there are, else as they stand."""

from datetime import date, datetime, timedelta

import msgspec

from hotline.directory.people import Actor
from hotline.directory.store import load_directory
from hotline.dispatch.accuracy import span
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, InvalidInput, NotFound
from hotline.infra.words import tidy
from hotline.insight import actions as insight
from hotline.insight.calls.actions import calls_of_month
from hotline.insight.measures import Group, Kpi
from hotline.insight.spans import DAY, month_before, month_end, year_before
from hotline.insight.volumes import volumes
from hotline.reports.monthly import store
from hotline.reports.monthly.bulletin import Bulletin, bulletin, published
from hotline.reports.monthly.expected import expected
from hotline.reports.monthly.words import MOST, PARTS, Part, Passage, tickets_in


class Stale(Conflict):
    """Somebody saved the words meanwhile; `words` is what they are now."""

    code = "words_changed"


class BulletinWords(msgspec.Struct, frozen=True):
    """What is written for a month's bulletin, for those who write it."""

    items: tuple[Passage, ...]
    most: int
    """Characters of one part."""
    proposed: str
    """What the numbers know of the next month, to begin an empty 下月预判 with; printed nowhere."""


def _begun(month: date, now: datetime) -> datetime:
    at = now.astimezone(BEIJING)
    if at.date() < month:
        raise InvalidInput([("month", f"{month:%Y-%m} 还没有开始，请选本月或以前的月份。")])
    return at


async def monthly(
    conn: Connection, month: date, now: datetime, *, public: bool = False, cipher: FieldCipher | None = None
) -> Bulletin:
    """With a cipher what the public must not read of the tickets named in the words is known, whatever its shape."""
    at = _begun(month, now)
    kpi, revision = await _kpi(conn, month, now)
    begin, end = span(month, month_end(month))
    # A month that still runs is compared with as many days of the others.
    until = _until(month, at)
    spans = [("now", month, until), *_beside(month, until)]
    given = await store.given(conn, month, begin, end, spans, revision)
    directory = await load_directory(conn)
    made = bulletin(
        month,
        at,
        kpi,
        given,
        districts={region.code: region.name for region in directory.regions.values()},
        categories=await store.category_names(conn),
        revision=revision,
        campaigns=await _campaigns(conn, month, revision, now),
        calls=await calls_of_month(conn, month, revision, now),
        words=await store.words(conn, month),
    )
    if not public:
        return made
    named = tickets_in("\n".join(one.text for one in made.words)) if cipher else ()
    return published(made, await store.known(conn, named, cipher) if cipher and named else ())


async def words(conn: Connection, month: date, now: datetime) -> BulletinWords:
    at = _begun(month, now)
    items = await store.words(conn, month)
    empty = any(one.part == "outlook" and not one.text for one in items)
    return BulletinWords(items, MOST, await _expected(conn, month, _until(month, at)) if empty else "")


async def _expected(conn: Connection, month: date, until: date) -> str:
    then = year_before(month_end(month) + DAY)
    year_ago = await volumes(conn, [("now", then, month_end(then) + DAY), ("before", month_before(then), then)])
    own = await volumes(conn, [("now", month, until), *_beside(month, until)])
    return expected(then, year_ago, own, await store.category_names(conn))


async def write(
    conn: Connection, month: date, part: Part, version: int, text: str, *, actor: Actor, now: datetime
) -> Passage:
    """Save one part; `version` is the one that the writer had before them."""
    assert actor.person_id is not None
    _begun(month, now)
    plain = tidy(text)
    if len(plain) > MOST:
        over = len(plain) - MOST
        raise InvalidInput([("text", f"{PARTS[part]}最多 {MOST} 个字，现在多出 {over} 个字，请删减后再保存。")])
    held = await _held(conn, month, part)
    if version != held.version:
        raise _stale(held)
    if plain == held.text:
        return held
    if not await store.add_words(conn, month, part, version + 1, plain, actor.person_id, now):
        raise _stale(await _held(conn, month, part))
    return await _held(conn, month, part)


async def _held(conn: Connection, month: date, part: Part) -> Passage:
    return next(one for one in await store.words(conn, month) if one.part == part)


def _stale(held: Passage) -> Stale:
    when = f"{held.at.astimezone(BEIJING):%m月%d日 %H:%M} " if held.at else ""
    who = f"已由{held.by}于 {when}" if held.by else "已"
    said = f"{PARTS[held.part]}{who}改过，您写的没有保存。请对照现在的文字改好后再保存。"
    return Stale(said, words=msgspec.to_builtins(held))


def _until(month: date, at: datetime) -> date:
    """The day after the last one that is counted: a month that still runs ends today."""
    return min(month_end(month), at.date()) + DAY


async def _campaigns(conn: Connection, month: date, revision: int | None, now: datetime) -> tuple[Group, ...]:
    live = await insight.kpi(conn, month, month_end(month), "campaign", now)
    if revision is not None:
        return _moved((await insight.frozen_month(conn, month, revision, "campaign")).kpi, live)
    return live.groups


def _beside(month: date, until: date) -> list[tuple[str, date, date]]:
    found = []
    for name, first in (("before", month_before(month)), ("year", year_before(month))):
        last = first + (until - month) if until <= month_end(month) else month_end(first) + DAY
        found.append((name, first, min(last, month_end(first) + timedelta(days=1))))
    return found


async def _kpi(conn: Connection, month: date, now: datetime) -> tuple[Kpi, int | None]:
    live = await insight.kpi(conn, month, month_end(month), "unit", now)
    try:
        frozen = await insight.frozen_month(conn, month, None, "unit")
    except NotFound:
        return live, None
    kept = msgspec.structs.replace(
        frozen.kpi, previous=live.previous, last_year=live.last_year, groups=_moved(frozen.kpi, live)
    )
    return kept, frozen.revision


def _moved(frozen: Kpi, live: Kpi) -> tuple[Group, ...]:
    """What was frozen, beside the other months as they are known now."""
    moved = {group.key: group.beside for group in live.groups}
    return tuple(msgspec.structs.replace(group, beside=moved.get(group.key, {})) for group in frozen.groups)

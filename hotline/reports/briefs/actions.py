"""Write a brief, look at it, issue it once."""

from datetime import datetime

import msgspec

from hotline.directory.people import Actor
from hotline.directory.store import load_directory
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import sm3
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, InvalidInput, NotFound
from hotline.infra.words import tidy
from hotline.reports.briefs import store
from hotline.reports.briefs.brief import MOST_CASES, MOST_LISTED, Brief, Issue, paper, spans
from hotline.reports.briefs.store import KeptBrief
from hotline.reports.daily.actions import names
from hotline.reports.papers import Paper

LONGEST = 366
MOST_TITLE, MOST_WORDS, MOST_TEXT = 80, 60, 5000


class Stale(Conflict):
    """Somebody changed it, or it was issued meanwhile."""

    code = "brief_changed"


class Issued(msgspec.Struct, frozen=True):
    """Both papers as they were on the day of issue."""

    internal: Paper
    public: Paper


async def checked(conn: Connection, given: Brief) -> Brief:
    """With its words tidied; every fault at once."""
    faults = []
    title, words = tidy(given.title), tidy(given.words)
    if not title or len(title) > MOST_TITLE:
        faults.append(("title", f"请写专报标题，最多 {MOST_TITLE} 个字。"))
    if len(words) > MOST_WORDS:
        faults.append(("words", f"关键词最多 {MOST_WORDS} 个字。"))
    if not (words or given.categories or given.district):
        faults.append(("categories", "请至少选定类别、关键词、区域中的一项，专报才有主题。"))
    if given.ends < given.begins or (given.ends - given.begins).days >= LONGEST:
        faults.append(("ends", f"统计时段的止日不能早于起日，最长 {LONGEST} 天。"))
    if not 2000 <= given.begins.year <= given.ends.year <= 2999:
        faults.append(("begins", "统计时段的年份应在 2000 至 2999 之间。"))
    known = await store.category_codes(conn)
    if wrong := [code for code in given.categories if code not in known]:
        faults.append(("categories", f"没有类别 {'、'.join(wrong[:5])}，请从类别树中选取。"))
    if given.district and given.district not in (await load_directory(conn)).regions:
        faults.append(("district", "没有这个区划，请重新选取。"))
    if any(len(text) > MOST_TEXT for text in (given.causes, given.advice)):
        faults.append(("causes", f"原因分析和工作建议各最多 {MOST_TEXT} 个字。"))
    if len(given.cases) > MOST_CASES:
        faults.append(("cases", f"典型诉求最多选 {MOST_CASES} 件。"))
    elif unknown := sorted(set(given.cases) - await store.tickets_known(conn, given.cases)):
        faults.append(("cases", f"没有工单 {'、'.join(map(str, unknown))}，请核对典型诉求的工单编号。"))
    if faults:
        raise InvalidInput(faults)
    return msgspec.structs.replace(given, title=title, words=words)


async def add(conn: Connection, given: Brief, *, actor: Actor, now: datetime) -> KeptBrief:
    assert actor.person_id is not None
    number = await store.add(conn, await checked(conn, given), actor.person_id, now)
    return await kept(conn, number, drafts=True)


async def change(conn: Connection, number: int, version: int, given: Brief, *, now: datetime) -> KeptBrief:
    await kept(conn, number, drafts=True)
    if not await store.change(conn, number, version, await checked(conn, given), now):
        raise Stale("专报已被他人修改或已签发，请刷新后再改。")
    return await kept(conn, number, drafts=True)


async def remove(conn: Connection, number: int) -> None:
    await kept(conn, number, drafts=True)
    if not await store.remove(conn, number):
        raise Stale("专报已签发，不能删除。")


async def kept(conn: Connection, number: int, *, drafts: bool) -> KeptBrief:
    found = await store.one(conn, number, drafts=drafts)
    if found is None:
        raise NotFound("没有这份专报，或它尚未签发。")
    return found


async def read(conn: Connection, number: int, now: datetime, *, drafts: bool, public: bool) -> tuple[KeptBrief, Paper]:
    """As issued; a draft over the numbers of this moment."""
    found = await kept(conn, number, drafts=drafts)
    body = await store.issued(conn, number)
    if body is not None:
        papers = msgspec.json.decode(body, type=Issued)
        return found, papers.public if public else papers.internal
    return found, await _made(conn, found.brief, now, None, public=public)


async def _made(conn: Connection, brief: Brief, now: datetime, issue: Issue | None, *, public: bool) -> Paper:
    found = await store.found(conn, brief, spans(brief), cases=MOST_CASES, listed=MOST_LISTED)
    return paper(brief, found, await names(conn), now.astimezone(BEIJING), issue=issue, public=public)


async def issue(conn: Connection, number: int, version: int, *, actor: Actor, now: datetime) -> KeptBrief:
    """签发: numbered within its year; what is on it stays as it is now."""
    assert actor.person_id is not None
    found = await kept(conn, number, drafts=True)
    asked = ((found.causes, "causes", "请先写原因分析。"), (found.advice, "advice", "请先写工作建议。"))
    if empty := [(name, said) for text, name, said in asked if not text.strip()]:
        raise InvalidInput(empty)
    year = now.astimezone(BEIJING).year
    which = Issue(year, await store.next_number(conn, year))
    papers = Issued(
        await _made(conn, found.brief, now, which, public=False),
        await _made(conn, found.brief, now, which, public=True),
    )
    body = msgspec.json.encode(papers)
    done = await store.issue(
        conn,
        number,
        version,
        which=(which.year, which.number),
        now=now,
        person_id=actor.person_id,
        paper=body,
        digest=sm3(body),
    )
    if not done:
        raise Stale("专报已被他人修改或已签发，请刷新后再签发。")
    return await kept(conn, number, drafts=True)

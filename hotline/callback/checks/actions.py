"""Look through what was answered; say what came of a finding."""

import asyncio
from datetime import datetime, timedelta

from hotline.callback import store as callbacks
from hotline.callback.actions import BY_CODE
from hotline.callback.checks import store
from hotline.callback.checks.signs import SOURCE_WINDOW, WELL, beside_the_matter, signs, withdrawn
from hotline.callback.checks.store import AnswerFinding
from hotline.directory.people import Actor
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from hotline.infra.words import tidy
from hotline.intake.form import plain_phone

BACK = timedelta(days=15)
"""How far back a look goes: a worker that was away for a week misses nothing."""
MOST_NOTE = 500
READ_AT_ONCE = 500


async def look(conn: Connection, now: datetime, cipher: FieldCipher) -> int:
    """How many findings are new. Looking twice finds nothing twice."""
    since = now - BACK
    answers = await store.said(conn, since, await staff(conn, cipher), window=SOURCE_WINDOW, well=WELL)
    found = [one for said in answers for one in signs(said)]
    found += [withdrawn(one) for one in await store.withdrawn(conn, since, BY_CODE)]
    return await store.add(conn, found, now) + await read_replies(conn, since, now)


async def read_replies(conn: Connection, since: datetime, now: datetime) -> int:
    """The replies, some at a time and beside the other work of the process: a large city has given two hundred thousand."""
    new, after = 0, (0, 0)
    while page := await store.replied(conn, since, after, READ_AT_ONCE):
        after = page[-1].ticket_id, page[-1].callback_id
        found = await asyncio.to_thread(lambda read: [beside_the_matter(one) for one in read], page)
        new += await store.add(conn, [one for one in found if one is not None], now)
    return new


async def staff(conn: Connection, cipher: FieldCipher) -> list[bytes]:
    """The numbers of units and their people, as petitioners' numbers are looked up."""
    sealed, plain = await store.staff_numbers(conn)
    numbers = {plain_phone(one) for one in (*(cipher.decrypt(one) for one in sealed), *plain)}
    return [cipher.blind_index(one) for one in sorted(number for number in numbers if number)]


class Decided(Conflict):
    """Somebody was faster."""

    code = "finding_decided"


async def decide(
    conn: Connection, finding: int, *, verdict: str, note: str, actor: Actor, now: datetime
) -> AnswerFinding:
    """属实 or 无异常, with what was found out; never by who made the call that is looked into."""
    said = tidy(note)
    if not said:
        raise InvalidInput([("note", "请写明核实的经过和结果。")])
    if len(said) > MOST_NOTE:
        raise InvalidInput([("note", f"核实情况最多 {MOST_NOTE} 个字,现有 {len(said)} 个字,请精简。")])
    known = await store.lock(conn, finding)
    if known is None:
        raise NotFound("没有这条核查记录。")
    ticket_id, callback_id, decided = known
    if decided is not None:
        raise Decided("这条记录已由他人核实,请刷新。")
    assert actor.person_id is not None
    if actor.person_id in await callbacks.callers(conn, ticket_id, callback_id):
        raise Forbidden("核实人不能是原回访人员,请由他人核实。")
    return await store.decide(conn, finding, verdict, said, now, actor.person_id)

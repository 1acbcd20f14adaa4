"""By night: what is done without an entry, and what the catalogue might say. By day: a person says no, or takes that back."""

from datetime import datetime

from hotline.directory.changes import store as changes
from hotline.directory.people import By
from hotline.directory.store import load_directory
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, InvalidInput
from hotline.routing import store as routing
from hotline.routing.practice import store
from hotline.routing.practice.proposals import learn
from hotline.routing.practice.store import Which


async def count(conn: Connection, since: datetime, now: datetime) -> int:
    """Anew from all that was finished; returns how many entries are proposed."""
    day = now.astimezone(BEIJING).date()
    catalogue, categories = await routing.load_catalogue(conn), await routing.load_categories(conn)
    found = learn(await store.finished(conn, since, day), catalogue, await load_directory(conn), categories.duties, day)
    await store.keep(conn, found.led, found.proposals)
    return len(found.proposals)


async def decide(conn: Connection, one: Which, *, reject: bool, why: str, by: By) -> None:
    if reject and not why.strip():
        raise InvalidInput([("why", "请写明不采纳的理由。")])
    said = (why.strip(), by.actor.name, by.now) if reject else (None, None, None)
    if not await store.decide(conn, one, "rejected" if reject else "proposed", *said):
        raise Conflict("这条建议已经处理过,或已不再成立,请刷新。")
    act, after = ("reject" if reject else "restore"), {**vars_of(one), "why": why.strip()}
    await changes.keep(conn, "catalogue", one.category, act, by, before=None, after=after)


def vars_of(one: Which) -> dict[str, str]:
    return {"category": one.category, "region": one.region, "lead": one.lead, "what": one.what}

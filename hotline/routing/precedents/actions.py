"""Note which ruling spoke for a ticket, hear what came of it, suspend a ruling whose record is poor."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from hotline.directory.changes import store as changes
from hotline.directory.people import SYSTEM, By
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, InvalidInput, NotFound
from hotline.routing.catalogue import Catalogue, cited
from hotline.routing.decide import Candidate
from hotline.routing.precedents import store
from hotline.routing.precedents.store import Use
from hotline.routing.record import Record
from hotline.routing.store import Taken, load_catalogue


async def sent(
    conn: Connection, ticket_id: int, unit_id: int, candidates: Sequence[Candidate], *, automatic: bool, now: datetime
) -> None:
    """A ticket went to a unit: which rulings had spoken for it, and did it go their way?"""
    if any(c.ruling or c.entry_id for c in candidates):
        catalogue = await load_catalogue(conn)
        await store.save_uses(conn, list(used(ticket_id, unit_id, candidates, catalogue, automatic=automatic)), now)


async def sent_by_themselves(conn: Connection, taken: Iterable[Taken], now: datetime) -> None:
    catalogue = await load_catalogue(conn)
    uses = [
        use
        for one in taken
        if one.automatic and one.unit_id is not None
        for use in used(one.ticket_id, one.unit_id, one.candidates, catalogue, automatic=True)
    ]
    await store.save_uses(conn, uses, now)


def used(
    ticket_id: int, unit_id: int, candidates: Sequence[Candidate], catalogue: Catalogue, *, automatic: bool
) -> Iterable[Use]:
    """A ruling beside the catalogue counts wherever it was shown; one that was written there, when its entry came first."""
    rulings = {ruling.number: ruling for ruling in catalogue.all_rulings}
    entries = {entry.id: entry for entry in catalogue.entries} if any(r.deposited for r in rulings.values()) else {}
    for place, one in enumerate(candidates[:3]):
        ruling = rulings.get(one.ruling or "")
        if ruling is None and place == 0 and (entry := entries.get(one.entry_id or 0)):
            ruling = catalogue.ruling_behind(entry)
        if ruling is not None:
            yield Use(ruling.year, ruling.serial, ticket_id, unit_id, automatic, followed=one.unit_id == unit_id)


async def returned(conn: Connection, ticket_id: int, unit_id: int, now: datetime) -> None:
    """A return was granted, for the unit was the wrong one: if a ruling had sent it there, that speaks against the ruling."""
    if await store.came_back(conn, ticket_id, unit_id):
        await watch(conn, now)


async def ruled(conn: Connection, ticket_id: int, unit_id: int, now: datetime) -> None:
    """裁定: an earlier ruling that had sent it elsewhere was wrong, one that had sent it there was right."""
    if await store.decided(conn, ticket_id, unit_id):
        await watch(conn, now)


async def watch(conn: Connection, now: datetime) -> None:
    """Bring the records up to date; a ruling whose record is poor speaks no more until somebody says so."""
    await store.settle(conn, now)
    for one in await store.count(conn):
        record = Record(one.kept, one.came_back, one.passed)
        if record.poor:
            why = f"已适用 {record.heard} 件,有效 {record.kept} 件,不足六成,系统自动暂停"
            await suspend(conn, one.year, one.number, why, By(SYSTEM, now), again=True)


async def suspend(conn: Connection, year: int, number: int, why: str, by: By, *, again: bool = False) -> None:
    if not why.strip():
        raise InvalidInput([("reason", "请写明暂停的原因。")])
    await refuse_unknown(conn, year, number)
    if await store.suspend(conn, year, number, by.now, by.actor.name, why.strip()):
        after = {"suspended": why.strip()}
        await changes.keep(conn, "precedent", cited(year, number), "suspend", by, before=None, after=after)
    elif not again:
        raise Conflict("此先例已经暂停。")


async def resume(conn: Connection, year: int, number: int, by: By) -> None:
    await refuse_unknown(conn, year, number)
    if not await store.suspend(conn, year, number, None, None, None):
        raise Conflict("此先例没有暂停,不必恢复。")
    await changes.keep(conn, "precedent", cited(year, number), "resume", by, before=None, after=None)


async def refuse_unknown(conn: Connection, year: int, number: int) -> None:
    if not await store.known(conn, year, number):
        raise NotFound(f"没有编号为 {cited(year, number)} 的裁定先例。")

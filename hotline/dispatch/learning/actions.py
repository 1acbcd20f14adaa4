"""Keep as evidence where a ticket went against what was suggested, what came back, what was ruled."""

import msgspec

from hotline.classify.corrections import store as corrections
from hotline.classify.corrections.store import Override, Seen, Source
from hotline.directory.store import load_directory
from hotline.routing.decide import Candidate
from hotline.routing.precedents import actions as precedents
from hotline.tickets.actions import Held
from hotline.tickets.states import Part, State


async def sent(held: Held, unit_id: int, reason: str) -> None:
    """A person dispatched it: whatever rulings spoke for it hear of that, and a choice of their own is kept."""
    seen = await corrections.seen(held.conn, held.ticket.id)
    candidates = msgspec.convert(seen.candidates, tuple[Candidate, ...])
    await precedents.sent(held.conn, held.ticket.id, unit_id, candidates, automatic=False, now=held.now)
    first = await standing(held, candidates[0].unit_id) if candidates else None
    if first != unit_id:
        await keep(held, seen, "dispatcher", first, unit_id, reason)


async def returned(held: Held, unit_id: int, to: int, reason: str) -> None:
    """同意退单, for the unit was the wrong one. Where it ends in a ruling, the ruling will say whose it is."""
    await precedents.returned(held.conn, held.ticket.id, unit_id, held.now)
    if held.ticket.state is not State.CONSULTING and unit_id != to:
        seen = await corrections.seen(held.conn, held.ticket.id)
        await keep(held, seen, "return", unit_id, to, reason)


async def ruled(held: Held, before: int | None, unit_id: int, reason: str) -> None:
    """裁定: against the unit that had it before, or the one that was suggested first."""
    await precedents.ruled(held.conn, held.ticket.id, unit_id, held.now)
    seen = await corrections.seen(held.conn, held.ticket.id)
    against = before if before is not None else next((c["unit_id"] for c in seen.candidates), None)
    if against != unit_id:
        await keep(held, seen, "ruling", against, unit_id, reason)


async def keep(held: Held, seen: Seen, source: Source, against: int | None, unit_id: int, reason: str) -> None:
    override = Override(
        held.ticket.id,
        "unit",
        str(against) if against is not None else None,
        str(unit_id),
        source,
        reason,
        seen.units,
        seen.model,
        seen.prediction_id,
        held.actor.name,
        held.actor.person_id,
    )
    await corrections.save(held.conn, [override], held.now)


async def standing(held: Held, unit_id: int) -> int:
    """The unit, or the one it was merged into since it was suggested."""
    unit = (await load_directory(held.conn)).standing(unit_id)
    return unit.id if unit else unit_id


def last_lead(held: Held) -> int | None:
    leads = [one.unit_id for one in held.ticket.assignments if one.part is Part.LEAD]
    return leads[-1] if leads else None

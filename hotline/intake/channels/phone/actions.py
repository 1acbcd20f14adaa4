"""Taking events in: stored first, folded after, by whoever heard them and however often."""

from collections.abc import Sequence

import msgspec

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.intake.channels.phone import store
from hotline.intake.channels.phone.call import Call, call_id
from hotline.intake.channels.phone.event import PhoneEvent, Type
from hotline.intake.channels.phone.fold import fold
from hotline.intake.channels.phone.missed import store as missed
from hotline.intake.channels.phone.seats import store as seats


class Taken(msgspec.Struct, frozen=True):
    """What became of a batch."""

    fresh: tuple[PhoneEvent, ...]
    duplicates: tuple[str, ...]
    """Keys that had been heard before."""
    calls: tuple[Call, ...]


async def take_in(conn: Connection, events: Sequence[PhoneEvent], cipher: FieldCipher) -> Taken:
    """Store what is new, and fold every call that it concerns. Call it in a transaction: 200 is said after its commit."""
    first = {(event.provider, event.event_key): event for event in reversed(events)}
    ids = {call_id(event.provider, event.call) for event in events if event.call}
    await store.lock_calls(conn, ids)
    new = await store.keep_events(conn, list(first.values()), cipher)
    fresh = tuple(event for key, event in first.items() if key in new)
    calls = await fold_again(conn, [(e.provider, e.call) for e in fresh if e.call], cipher)
    await seats.hear(conn, [event for event in fresh if event.type is Type.AGENT])
    repeated = tuple(event.event_key for event in events if (event.provider, event.event_key) not in new)
    return Taken(fresh, repeated, calls)


async def fold_again(conn: Connection, concerned: Sequence[tuple[str, str]], cipher: FieldCipher) -> tuple[Call, ...]:
    """The calls as all their events make them; whoever asks holds their locks."""
    wanted = sorted(set(concerned))
    if not wanted:
        return ()
    stories = await store.events_of(conn, wanted, cipher)
    calls = tuple(call for one in wanted if (call := fold(stories[one])) is not None)
    await store.keep_calls(conn, calls, cipher)
    settled = [call.id for call in calls if call.over or call.answered_at is not None]
    if settled:
        await missed.follow(conn, settled)
    return calls

"""Alerts become notices, one each of a line and a person; and what each wishes to hear outside is held until its hour."""

from datetime import datetime, timedelta

from hotline.infra.db import Connection
from hotline.infra.settings import Settings
from hotline.notices import store
from hotline.notices.ladder import goes_out, hearers
from hotline.notices.sending import store as outgoing
from hotline.notices.sending.store import Delivery
from hotline.notices.wishes import Channel, send_after

KEPT = timedelta(days=180)


def usual(settings: Settings) -> Channel | None:
    """How the gateway reaches who has said nothing."""
    return Channel(settings.gateway_channel) if settings.gateway_url and settings.gateway_channel != "none" else None


async def hand_out(conn: Connection, now: datetime, settings: Settings, *, limit: int) -> int:
    """Up to `limit` alerts; answers how many there were. Safe from any number of workers at once."""
    async with conn.transaction():
        calls = await store.take_calls(conn, limit)
        if not calls:
            return 0
        staff = await store.staff(conn, calls, now)
        told = [(call, person) for call in calls for person in hearers(call, staff)]
        fresh = await store.put_notices(conn, told)
        out = [
            (call, person) for call, person in told if goes_out(call) and (call.ticket_id, call.seq, person) in fresh
        ]
        wishes = await store.wishes(conn, sorted({person for _, person in out}), usual(settings))
        held = [
            Delivery(
                call.ticket_id,
                call.seq,
                person,
                channel,
                send_after(wishes[person], call.at, urgent=call.urgent),
                call.urgent,
            )
            for call, person in out
            for channel in wishes[person].channels
        ]
        await outgoing.hold(conn, held)
        return len(calls)


async def forget_old(conn: Connection, now: datetime) -> None:
    await store.forget(conn, now - KEPT)

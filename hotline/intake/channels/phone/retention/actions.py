"""Removing what has been kept long enough. Nothing is removed without a line."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from hotline.infra.db import Connection
from hotline.infra.settings import Settings
from hotline.intake.channels.phone.ami.plan import plan_of
from hotline.intake.channels.phone.retention import store


async def remove_old(conn: Connection, settings: Settings, now: datetime) -> None:
    """Once a day; zero days mean for ever."""
    if settings.keep_call_events:
        before = now - timedelta(days=settings.keep_call_events)
        if gone := await store.forget_events(conn, before):
            await store.keep(conn, now, "events", before, gone)
    if settings.keep_recordings and settings.ami_url:
        await remove_recordings(conn, settings, now)


async def remove_recordings(conn: Connection, settings: Settings, now: datetime) -> None:
    plan = plan_of(settings.ami_url or "")
    before = now - timedelta(days=settings.keep_recordings)
    old = await store.old_recordings(conn, plan.provider, before) if plan.recordings else []
    gone = [call for call, name in old if await asyncio.to_thread(unlinked, Path(plan.recordings) / Path(name).name)]
    if old:
        await store.removed(conn, gone)
        await store.keep(conn, now, "recordings", before, len(gone), len(old) - len(gone))


def unlinked(path: Path) -> bool:
    """Whether the file is no longer there."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True

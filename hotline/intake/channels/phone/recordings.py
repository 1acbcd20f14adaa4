"""录音: ready when the call is over and its file no longer grows; a file with nothing but a head is no recording."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hotline.infra.db import Connection
from hotline.intake.channels.phone import store
from hotline.intake.channels.phone.event import PhoneEvent, Type

STABLE = timedelta(seconds=2)
LATEST = timedelta(hours=6)


async def found(conn: Connection, provider: str, folder: str, now: datetime) -> list[PhoneEvent]:
    """One event for each recording that has become whole; without a folder nobody looks."""
    if not folder:
        return []
    waiting = await store.unrecorded(conn, provider, now - LATEST)
    return [event for call, ref in waiting if (event := ready(provider, call, ref, Path(folder), now)) is not None]


def ready(provider: str, call: str, ref: str, folder: Path, now: datetime) -> PhoneEvent | None:
    path = folder / Path(ref).name
    try:
        about = path.stat()
    except OSError:
        return None
    written = datetime.fromtimestamp(about.st_mtime, UTC)
    if now - written < STABLE:
        return None
    said = {"ref": path.name, "bytes": about.st_size}
    key = f"recording|{call}|{path.name}|{about.st_size}"
    return PhoneEvent(
        provider=provider, event_key=key[:300], type=Type.RECORDED, call=call, at=written, received_at=now, data=said
    )

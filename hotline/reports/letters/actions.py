"""Files of letters: made once, then given out as they were."""

import asyncio
from datetime import datetime

from hotline.infra.crypto import sm3
from hotline.infra.db import Connection
from hotline.reports.letters.pages import made
from hotline.supervision.letters import store
from hotline.supervision.letters.letter import Letter
from hotline.supervision.letters.store import File


async def sealed(conn: Connection, letter: Letter, fmt: str, now: datetime) -> File:
    """The file of this format: the first one that was made, with its digest."""
    kept = await store.file(conn, letter.id, fmt)
    if kept is None:
        content = await asyncio.to_thread(made, letter, fmt)
        await store.add_file(conn, letter.id, fmt, File(content, sm3(content)), now)
        kept = await store.file(conn, letter.id, fmt)
    assert kept is not None
    return kept

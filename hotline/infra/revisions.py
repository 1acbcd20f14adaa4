"""Which version of the reference data is true now: directory, calendar and packs, catalogue, categories, models, place names.

A process keeps copies and asks before it uses one. A command that needs several of them asks once, at one glance."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

from hotline.infra.db import Connection

READ = "SELECT directory, sla, catalogue, category, model, places FROM revision"
Name = Literal["directory", "sla", "catalogue", "category", "model", "places"]

_glance: ContextVar[dict[str, str] | None] = ContextVar("glance", default=None)


@contextmanager
def one_glance() -> Iterator[None]:
    """What is true at the first question holds for all that follow: one command decides on one state of things.

    Not for commands that change reference data and then read it again."""
    before = _glance.set({})
    try:
        yield
    finally:
        _glance.reset(before)


async def revision(conn: Connection, name: Name) -> str:
    """The mark of the version in force."""
    glance = _glance.get()
    if glance is None or name not in glance:
        found = dict((await conn.fetchrow(READ)) or {})
        if glance is None:
            return str(found[name])
        glance.update(found)
    return glance[name]

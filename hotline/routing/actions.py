"""Ask the router about a ticket, with the catalogue and the directory of this moment."""

from datetime import datetime

from hotline.directory.store import load_directory
from hotline.infra.db import Connection
from hotline.routing import store
from hotline.routing.decide import Decision, decide
from hotline.routing.facts import Facts


async def route(conn: Connection, facts: Facts, *, trust: float, now: datetime) -> Decision:
    """`trust`: the installation's setting, which stands as long as nobody has chosen another threshold."""
    categories, catalogue = await store.load_categories(conn), await store.load_catalogue(conn)
    tree = categories.tree
    return decide(
        facts,
        catalogue,
        await load_directory(conn),
        {code: tree.full_name(code) for guess in facts.guesses if (code := guess.category) in tree},
        categories.duties,
        trust=trust if catalogue.threshold is None else catalogue.threshold,
        day=now.date(),
    )

"""Ask the router about a ticket, with the catalogue and the directory of this moment."""

from datetime import datetime

from hotline.classify.actions import classifier_in_use
from hotline.classify.store import is_champion
from hotline.directory.store import load_directory
from hotline.infra.db import Connection
from hotline.infra.settings import Settings
from hotline.routing import store, trust
from hotline.routing.decide import Decision, decide
from hotline.routing.evidence import store as evidence
from hotline.routing.facts import Facts
from hotline.routing.trust import InForce

MOST_JUDGED = 50_000


async def in_force(conn: Connection, settings: Settings, now: datetime) -> InForce:
    """From which certainty on a ticket goes out by itself, and whose word that is."""
    catalogue = await store.load_catalogue(conn)
    return trust.in_force(
        catalogue.threshold, settings, catalogue.measured, await borne_out_by_model(conn, settings, now)
    )


async def borne_out_by_model(conn: Connection, settings: Settings, now: datetime) -> float | None:
    """Only of a model of the city's own: what the starter bears out is about our texts and not the city's letters."""
    model = await classifier_in_use(conn, settings.data, now)
    manifest = model.category.manifest if model else None
    if manifest is None or not await is_champion(conn, "category", manifest.fingerprint):
        return None
    return trust.own(manifest.thresholds, manifest.titled)


async def measure(conn: Connection, since: datetime, now: datetime) -> None:
    """By night: what the last weeks' tickets bear out; too few of them, and what there was stands."""
    found = trust.measure(await evidence.judged(conn, since, MOST_JUDGED), now)
    if found is not None:
        await evidence.put_measured(conn, found)


async def route(conn: Connection, facts: Facts, *, trust: float, now: datetime) -> Decision:
    """`trust`: from which certainty on nobody need look (`in_force`)."""
    categories, catalogue = await store.load_categories(conn), await store.load_catalogue(conn)
    tree = categories.tree
    return decide(
        facts,
        catalogue,
        await load_directory(conn),
        {code: tree.full_name(code) for guess in facts.guesses if (code := guess.category) in tree},
        categories.duties,
        trust=trust,
        day=now.date(),
    )

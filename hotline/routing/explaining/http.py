"""Why a ticket's suggestion is what it is."""

import asyncio
from datetime import timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.classify.actions import classifier_in_use
from hotline.classify.classifier import Answers, Classifier
from hotline.classify.explain import WordWeight
from hotline.directory.http import actor_of
from hotline.directory.store import load_directory
from hotline.directory.units import Directory
from hotline.infra.clock import BEIJING
from hotline.infra.http import answer, now, services
from hotline.intake.actions import any_of
from hotline.intake.duplicates import likeness, pairs
from hotline.routing.actions import in_force
from hotline.routing.catalogue import Catalogue
from hotline.routing.decide import Decision, decide
from hotline.routing.entries import EntryView, shown
from hotline.routing.explaining import store
from hotline.routing.explaining.what_if import Nearest, WhatIf, nearest, turning, variants
from hotline.routing.facts import Facts, facts_of, guesses_of
from hotline.routing.store import load_catalogue, load_categories
from hotline.tickets.actions import access
from hotline.tickets.http import ticket_id_of
from hotline.tickets.store import first_number, read_words

LOOK_BACK = timedelta(days=180)


class Cited(msgspec.Struct, frozen=True):
    """裁定先例 on this matter, and how it fared."""

    number: str
    unit: str
    basis: str
    kept: int
    heard: int
    suspended: bool
    deposited: bool


class Explanation(msgspec.Struct, frozen=True):
    ticket_id: int
    words: list[WordWeight]
    nearest: list[Nearest]
    """Finished tickets like it, and who led."""
    entry: EntryView | None
    """The catalogue's entry behind the first unit, with its legal basis."""
    precedents: list[Cited]
    what_if: list[WhatIf]
    """What would change the category, the unit, or whether a person is asked."""
    model: str | None


async def explanation(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/explanation"""
    at, settings = now(request), services(request).settings
    day = at.astimezone(BEIJING).date()
    async with services(request).pool.acquire() as conn:
        ticket = await access(conn, ticket_id_of(request), actor=actor_of(request))
        text = (await read_words(conn, [ticket.id])).get(ticket.id, ("", ""))
        model = await classifier_in_use(conn, settings.data, at)
        catalogue, directory = await load_catalogue(conn), await load_directory(conn)
        categories = await load_categories(conn)
        trust = (await in_force(conn, settings, at)).threshold
        query = any_of("".join(text))
        first = first_number((at - LOOK_BACK).date())
        earlier = await store.alike(conn, query, first, ticket.id) if query else []
    said, reworded = await asyncio.to_thread(asked, model, text)
    tree = categories.tree
    names = {code: tree.full_name(code) for code in tree.nodes}

    def decided(facts: Facts) -> Decision:
        return decide(facts, catalogue, directory, names, categories.duties, trust=trust, day=day)

    facts = facts_of(ticket, guesses_of(said) if said else ())
    decision = decided(facts)
    behind = decision.best.entry_id if decision.best else None
    entry = next((one for one in catalogue.entries if one.id == behind), None)
    return answer(
        Explanation(
            ticket.id,
            list(said.words) if said else [],
            nearest(
                "".join(text),
                earlier,
                lambda one, other: likeness(pairs(one), pairs(other)),
                lambda unit: called(directory, unit),
                lambda code: names.get(code or "", ""),
            ),
            shown(entry, catalogue, directory, tree) if entry else None,
            cited(catalogue, directory, facts),
            turning(ticket, facts, said, reworded, decided) if said else [],
            said.model if said else None,
        )
    )


def asked(
    model: Classifier | None, text: tuple[str, str]
) -> tuple[Answers | None, list[tuple[tuple[str, ...], Answers]]]:
    """The letter as it is, and without the words that spoke for the answer."""
    if model is None:
        return None, []
    said = model.suggest(*text)
    others = variants(text, said)
    answers = model.suggest_all([reworded for _, reworded in others]) if others else []
    return said, [(words, one) for (words, _), one in zip(others, answers, strict=True)]


def cited(catalogue: Catalogue, directory: Directory, facts: Facts) -> list[Cited]:
    rulings = catalogue.rulings(facts.guesses[0].category) if facts.guesses else ()
    return [
        Cited(
            one.number,
            called(directory, one.lead_unit),
            one.basis,
            one.record.kept,
            one.record.heard,
            one.suspended,
            one.deposited,
        )
        for one in rulings[:5]
    ]


def called(directory: Directory, unit_id: int) -> str:
    unit = directory.standing(unit_id)
    return unit.name if unit else ""

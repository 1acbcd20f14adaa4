"""A person sets what the classifier only guessed; the difference is kept, for learning."""

from hotline.classify.actions import overrule
from hotline.classify.corrections.store import Field
from hotline.directory.store import load_directory
from hotline.infra.errors import InvalidInput
from hotline.infra.outbox import follow
from hotline.routing.store import load_categories
from hotline.tickets import facts as f
from hotline.tickets.actions import Held
from hotline.tickets.states import Event, Kind, State, Urgency
from hotline.tickets.verbs import Command, Desk, Verb


class Classify(Command, frozen=True, kw_only=True):
    """分类 by a person: category, and where wrong also kind, urgency, place."""

    category: str
    kind: Kind | None = None
    urgency: Urgency | None = None
    district_code: str | None = None


async def classify(held: Held, body: Classify, desk: Desk) -> None:
    faults = []
    if body.category not in (await load_categories(held.conn)).tree:
        faults.append(("category", f"没有分类 {body.category[:20]},请重新选择。"))
    if body.district_code and body.district_code not in (await load_directory(held.conn)).regions:
        faults.append(("district_code", f"没有区划代码 {body.district_code[:20]},请重新选择。"))
    if faults:
        raise InvalidInput(faults)
    fact = f.Classify(
        category=body.category, kind=body.kind, urgency=body.urgency, region=body.district_code, model="person"
    )
    await held.do(fact, body.reason)
    given: tuple[tuple[Field, str | None], ...]
    given = (("category", body.category), ("kind", body.kind), ("urgency", body.urgency))
    for field, value in given:
        if value is not None:
            await overrule(
                held.conn,
                held.ticket.id,
                field=field,
                to_value=str(value),
                reason=body.reason,
                actor=held.actor,
                now=held.now,
            )
    if held.ticket.state is State.REGISTERED:
        await follow(held.conn, "ticket.classified", held.ticket.id)


VERBS = (Verb("classify", Event.CLASSIFY, Classify, classify),)

"""The one handler behind every verb: find, permit, compare versions, ask the state table, act, answer."""

from starlette.requests import Request
from starlette.responses import Response

from hotline.callback.http import VERBS as CALLBACK
from hotline.departments.http import VERBS as DEPARTMENTS
from hotline.directory.http import actor_of
from hotline.dispatch.http import VERBS as DISPATCH
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.infra.revisions import one_glance
from hotline.intake.http import VERBS as INTAKE
from hotline.sla.actions import keep
from hotline.supervision.http import VERBS as SUPERVISION
from hotline.supervision.standing.http import VERBS as STANDING
from hotline.tickets import lifecycle, permissions
from hotline.tickets.actions import hold, stale
from hotline.tickets.http import Changed, changed, ticket_id_of
from hotline.tickets.verbs import Command, Desk, Verb
from hotline.web.classifying import VERBS as CLASSIFYING
from hotline.web.endpoint import Handler

VERBS: dict[str, Verb] = {
    verb.name: verb for verb in (*INTAKE, *CLASSIFYING, *DISPATCH, *DEPARTMENTS, *CALLBACK, *SUPERVISION, *STANDING)
}


def summary(verb: Verb) -> str:
    return lifecycle.EVENT_NAMES[verb.event]


def handler(verb: Verb) -> Handler:
    async def handle(request: Request) -> Response:
        return await run(request, verb)

    handle.__name__ = verb.name
    return handle


async def run(request: Request, verb: Verb) -> Response:
    body = await json_body(request, verb.body)
    with one_glance():
        return answer(await done(request, verb, body))


async def done(request: Request, verb: Verb, body: Command) -> Changed:
    actor, at, desk = actor_of(request), now(request), Desk(services(request).settings, services(request).cipher)
    async with transaction(request) as conn:
        held = await hold(conn, ticket_id_of(request), actor=actor, now=at)
        before = held.ticket
        permissions.check(actor, verb.event, before)
        if body.version != before.version:
            raise await stale(conn, before, body.version)
        lifecycle.ways(before, verb.event)
        await verb.act(held, body, desk)
        await keep(held, before, desk)
    return changed(held.ticket, actor)

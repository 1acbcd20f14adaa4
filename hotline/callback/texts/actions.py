"""Have the survey sent by text message: by the pack when a reply is accepted, or because the callback desk chose it."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from hotline.callback import plan
from hotline.callback import store as callbacks
from hotline.callback.desk import store as desk
from hotline.callback.desk.actions import HELD_FOR, Taken, opened
from hotline.callback.texts import store, text
from hotline.callback.texts.text import SurveyText
from hotline.directory.people import Actor
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict
from hotline.infra.settings import Settings
from hotline.sla import actions as sla
from hotline.tickets.actions import Held
from hotline.tickets.verbs import Desk


class NoText(Conflict):
    """No text may be sent for this callback, or one is on its way."""

    code = "no_survey_text"


def possible(settings: Settings) -> bool:
    return settings.gateway_url is not None and settings.public_url is not None


def fresh_link() -> str:
    return "".join(secrets.choice(text.ALPHABET) for _ in range(text.LENGTH))


async def by_the_pack(held: Held, desk_of: Desk, callback_id: int, kinds: Sequence[str], at: datetime) -> None:
    """Of the kinds that the pack in force names, from `at` on, and where there is a way to send it."""
    if not possible(desk_of.settings) or held.ticket.kind.value not in kinds:
        return
    if await store.has_mobile(held.conn, held.ticket.id, desk_of.cipher):
        leaving = text.leaves(at)
        days = (await sla.clocks(held.conn, desk_of, held.now)).policy.survey_text.valid_days
        until = text.stands_until(leaving, days)
        key = (held.ticket.id, callback_id)
        await store.plan(held.conn, key, fresh_link(), after=leaving, until=until, by=None)


async def choose(
    conn: Connection, ticket_id: int, callback_id: int, *, actor: Actor, now: datetime, desk_of: Desk
) -> SurveyText:
    """The desk sends the page instead of calling now; the card comes back when the page has had its day."""
    _, callback = await opened(conn, ticket_id, callback_id, actor)
    assert actor.person_id is not None
    if not await desk.take(conn, ticket_id, callback_id, actor.person_id, now=now, until=now + HELD_FOR):
        raise Taken("同事正在回访这位诉求人,请换一张卡片。")
    known = await store.texted(conn, ticket_id, callback_id, desk_of.cipher)
    if refusal := text.refusal(known, callback, possible=possible(desk_of.settings)):
        raise NoText(refusal)
    if await callbacks.without_page(conn, ticket_id, callback_id):
        await callbacks.add_survey(conn, secrets.token_urlsafe(24), ticket_id, callback_id, now)
    leaving = text.leaves(now)
    days = (await sla.clocks(conn, desk_of, now)).policy.survey_text.valid_days
    until = text.stands_until(leaving, days)
    key = (ticket_id, callback_id)
    if not await store.plan(conn, key, fresh_link(), after=leaving, until=until, by=actor.person_id):
        raise NoText("已为这次回访安排过评价短信,不再重发。")
    await desk.later(conn, ticket_id, callback_id, leaving + plan.PAGE_FIRST)
    return text.seen(await store.texted(conn, ticket_id, callback_id, desk_of.cipher), callback, now, possible=True)

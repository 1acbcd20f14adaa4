"""A letter brought to the moment when the citizen is asked: dispatched, signed, answered, accepted."""

import msgspec

from hotline.callback import actions as callback
from hotline.departments import actions as departments
from hotline.directory.demo import parse_regions
from hotline.directory.people import CITIZEN, SYSTEM, Actor, Role
from hotline.directory.store import insert_regions, load_directory
from hotline.directory.tree.actions import add_unit
from hotline.directory.units import NewUnit, UnitKind
from hotline.dispatch import actions as dispatch
from hotline.infra.http import Services
from hotline.intake import actions as intake
from hotline.intake.form import read_public
from hotline.sla import actions as sla
from hotline.sla import store as sla_store
from hotline.tickets.states import Solved
from hotline.tickets.verbs import Desk

REGIONS = """code,level,parent,name
990100,2,,云州市
990101,3,990100,雁栖区
990101001,4,990101,芙蓉里街道
990102,3,990100,临江区
990102001,4,990102,望江街道
"""
LETTER = {
    "channel": "web",
    "title": "人民路东段路灯不亮",
    "content": "人民路东段从十一月十九日起路灯不亮,老人夜里出门看不见路,请尽快修复。",
    "citizen": {"phone": "13912345678", "name": "李明"},
}
REPLY = "您好,经查系电缆被施工挖断,已于十一月二十三日修复,路灯恢复照明。"


class Answered(msgspec.Struct, frozen=True):
    ticket_id: int
    query_code: str
    survey_token: str


async def lay_city(services: Services) -> int:
    """A city of two districts, the clocks' tables, and one unit; answers the unit's id."""
    async with services.pool.acquire() as conn:
        await insert_regions(conn, parse_regions(REGIONS))
        await sla_store.seed(conn)
        new = NewUnit("CG", "云州市城市管理局", UnitKind.DEPARTMENT)
        return await add_unit(conn, new, actor=SYSTEM, now=services.clock.now())


async def answered_letter(services: Services, unit: int, reply: str = REPLY) -> Answered:
    now, desk = services.clock.now(), Desk(services.settings, services.cipher)
    centre = Actor("王芳", frozenset({Role.DISPATCHER, Role.SUPERVISOR}), person_id=None)
    hands = Actor("赵刚", frozenset({Role.UNIT_REVIEWER, Role.HANDLER}), unit_id=unit, unit_path=(unit,))
    async with services.pool.acquire() as conn:
        accepted = read_public(LETTER, (await load_directory(conn)).regions)
        got = await intake.receive(conn, accepted, actor=CITIZEN, now=now, cipher=services.cipher)
        async with sla.working(conn, got.ticket_id, actor=centre, now=now, desk=desk) as held:
            await dispatch.dispatch(held, unit, (), desk, basis="城市照明管理规定")
        async with sla.working(conn, got.ticket_id, actor=hands, now=now, desk=desk) as held:
            await departments.sign(held, None)
            await departments.contact(held, how="phone", result="已说明抢修安排", reached=True)
            await departments.reply(
                held, found_true=True, solved=Solved.YES, unsolved_reason="", account="电缆已接通", public_reply=reply
            )
        async with sla.working(conn, got.ticket_id, actor=centre, now=now, desk=desk) as held:
            await callback.approve_reply(held, desk)
        token = await conn.fetchval("SELECT token FROM survey WHERE ticket_id = $1", got.ticket_id)
    return Answered(got.ticket_id, got.query_code, token)

"""Makes a city's tickets for the week's difficult list, and moves them as the stages do."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from hotline.directory.actions import seed_demo
from hotline.directory.people import Actor, Role
from hotline.directory.store import load_directory
from hotline.directory.units import Directory
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.http import Services
from hotline.sla.store import seed as seed_sla
from hotline.supervision.actions import difficult_week
from hotline.supervision.weeklist import Item, WeekList
from hotline.tickets import actions as tickets
from hotline.tickets import facts as f
from hotline.tickets.actions import Held
from hotline.tickets.privacy import Matter, Petitioner
from hotline.tickets.states import Channel, Kind, Solved, Urgency
from hotline.tickets.store import ensure_partitions
from hotline.tickets.ticket import Times
from hotline.tickets.verbs import Desk
from tests.walks import OTHER, PERSON

WEEK = "2026-W47"
MONDAY = datetime(2026, 11, 16, 9, tzinfo=BEIJING)
FRIDAY = datetime(2026, 11, 20, 12, tzinfo=BEIJING)
CHIEF = Actor(name="郑宏", roles=frozenset({Role.SUPERVISOR}), person_id=None)
DAY = timedelta(days=1)


@dataclass
class City:
    """Makes tickets and moves them, as the stages do."""

    conn: Connection
    desk: Desk
    directory: Directory

    def unit(self, code: str) -> int:
        found = self.directory.unit_by_code(code)
        assert found is not None
        return found.id

    def share(self, code: str, due: datetime, basis: str = "派单目录") -> f.Share:
        found = self.directory.unit_by_code(code)
        assert found is not None
        times = Times(finish_due=due, sign_due=due, contact_due=due, return_until=due, pack="default@1")
        return f.Share(found.id, found.path, times, basis)

    async def letter(
        self,
        at: datetime = MONDAY,
        *,
        phone: str = "",
        name: str = "周小芸",
        content: str = "人民路东段路灯三天不亮，晚上行走不便。",
        category: str | None = "010203",
        region: str | None = None,
        **more: Any,
    ) -> Held:
        create = f.Create(
            kind=Kind.COMPLAINT,
            urgency=more.pop("urgency", Urgency.NORMAL),
            channel=Channel.PHONE,
            region=region,
            **more,
        )
        matter = Matter(title="路灯不亮", content=content, address="人民路东段 5 号楼 1203 室")
        person = Petitioner(name=name, phone=phone or None, anonymous=not phone)
        held = await tickets.create(self.conn, [create], matter, person, actor=PERSON, now=at, cipher=self.desk.cipher)
        if category:
            await held.do(f.Classify(category=category))
        await held.do(f.Register())
        return held

    async def sent(self, at: datetime = MONDAY, *, due: datetime = FRIDAY + 9 * DAY, **more: Any) -> Held:
        held = await self.letter(at, **more)
        await held.do(f.Dispatch(lead=self.share("D14", due)))
        return held

    async def returned(self, held: Held, onto: str) -> None:
        lead = held.ticket.lead
        assert lead is not None
        ask = f.RequestReturn(assignment_id=lead.id, basis="三定规定第二条", proposed_unit=self.unit(onto))
        await held.do(ask, "路灯由住建部门管养")
        pending = held.ticket.requests[-1].id
        held.actor = OTHER
        await held.do(f.ApproveReturn(request_id=pending, lead=self.share(onto, FRIDAY + 9 * DAY)))
        held.actor = PERSON

    async def dissatisfied(self, held: Held) -> None:
        """Signed, answered, reviewed, called back in vain, sent back."""
        await self.replied(held, "已安排检修")
        await held.do(f.SendBack(lead=self.share("D14", held.now + 3 * DAY), solved=Solved.NO, rating=1))

    async def replied(self, held: Held, account: str, solved: Solved = Solved.YES) -> None:
        lead = held.ticket.lead
        assert lead is not None
        await held.do(f.Sign(assignment_id=lead.id))
        await held.do(f.Contact(assignment_id=lead.id, how="phone", result="已说明"))
        await held.do(f.Answered(assignment_id=lead.id, solved=solved, digest="ab", found_true=True))
        words = (held.ticket.id, held.ticket.replies[-1].id, account, "路灯已列入检修。", "")
        await self.conn.execute("INSERT INTO reply_text VALUES ($1, $2, $3, $4, $5)", *words)
        held.actor = OTHER  # nobody reviews their own reply
        await held.do(f.ApproveReply(callback_due=held.now + DAY))
        held.actor = PERSON

    async def list(self, week: str = WEEK, now: datetime = FRIDAY) -> WeekList:
        return await difficult_week(self.conn, week, now, desk=self.desk)

    async def only(self, now: datetime = FRIDAY) -> Item:
        """The one line of the week, on the list or settled."""
        found = await self.list(now=now)
        (line,) = (*found.items, *found.settled)
        return line


@pytest.fixture
async def week_city(conn: Connection, services: Services) -> AsyncIterator[City]:
    await seed_demo(conn, now=MONDAY, demo=False)
    await seed_sla(conn)
    await ensure_partitions(conn, date(2026, 9, 1))
    yield City(conn, Desk(services.settings, services.cipher), await load_directory(conn))


def rules(item: Item) -> list[str]:
    return [reason.rule for reason in item.reasons]

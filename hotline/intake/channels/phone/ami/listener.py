"""The owner of one Asterisk: hears everything, keeps it, carries out what is asked; and comes back whatever happens.

One process at a time holds the lease. Another that wakes up with an old one can write nothing (`Displaced`)."""

import asyncio
import contextlib
import logging
import random
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import asyncpg

from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import HotlineError
from hotline.infra.http import Services
from hotline.intake.channels.phone import recordings, store
from hotline.intake.channels.phone.actions import take_in
from hotline.intake.channels.phone.ami import carrier, repair
from hotline.intake.channels.phone.ami.gap import Told
from hotline.intake.channels.phone.ami.plan import Plan
from hotline.intake.channels.phone.ami.session import LinkBroken, Session, ready, signed_in
from hotline.intake.channels.phone.ami.snapshot import Shown, snapshot
from hotline.intake.channels.phone.ami.translate import WRAP_UP, translate
from hotline.intake.channels.phone.ami.wire import Message, header
from hotline.intake.channels.phone.call import Call, call_id
from hotline.intake.channels.phone.event import PhoneEvent, Type
from hotline.intake.channels.phone.figures import store as reckonings
from hotline.intake.channels.phone.figures.actions import recent, reckon
from hotline.intake.channels.phone.link import store as link
from hotline.intake.channels.phone.link.names import Names
from hotline.intake.channels.phone.seats import store as seats

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=8)
"""As long as a killed owner keeps the others waiting: short, for calls that come and go meanwhile nobody hears."""
RENEW = 2.0
BEAT = 10.0
MISSED = 2
"""Pings without an answer after which the link is down."""
LOOK = 2.0
"""Seconds between looks for the lease, and for commands when nobody calls."""
GATHER = 0.02
"""Seconds in which events become one batch."""
BATCH = 400
RECKON, RECKON_FIRST = 300.0, 20.0
"""Seconds between reckonings with the PBX's own log; the first follows a look soon, for what was just being written."""
SETTLED = timedelta(seconds=10)
"""What the log says of the last seconds is still on its way to us."""
FIRST, LONGEST = 1.0, 30.0
STEADY = 30.0
DATABASE = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class Displaced(HotlineError):
    """Another process listens now."""

    code = "displaced"
    status = 409


class Listener:
    def __init__(self, services: Services, plan: Plan, wake: Callable[[], None]) -> None:
        self.services, self.plan, self.wake = services, plan, wake
        self.owner = secrets.token_hex(8)
        self.epoch = 0
        self.names = Names()
        self.boot = ""
        self.listening = False

    def now(self) -> datetime:
        return self.services.clock.now()

    # --- the lease

    async def run(self) -> None:
        """Until cancelled: wait for the lease, listen as long as it is ours, and wait again."""
        while True:
            try:
                await self.obtain()
                await self.hold()
            except Displaced:
                log.warning("电话链路已由别的进程接管,本进程转为等候")
            except DATABASE as wrong:
                log.warning("电话监听暂停:数据库不可用(%s)", type(wrong).__name__)
                await asyncio.sleep(LOOK)
            finally:
                await self.give_back()

    async def obtain(self) -> None:
        while True:
            async with self.services.pool.acquire() as conn:
                epoch = await link.take_lease(conn, self.plan.provider, self.owner, LEASE, self.now())
            if epoch is not None:
                self.epoch = epoch
                return
            await asyncio.sleep(LOOK)

    async def hold(self) -> None:
        """Listening and renewing the lease, whichever fails first ends both."""
        tasks = [asyncio.create_task(self.keep_lease()), asyncio.create_task(self.keep_listening())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await ended(tasks)

    async def keep_lease(self) -> None:
        renewed = time.monotonic()
        while True:
            await asyncio.sleep(RENEW)
            try:
                async with self.services.pool.acquire() as conn:
                    heard = self.now() if self.listening else None
                    ours = await link.renew_lease(conn, self.plan.provider, self.owner, self.epoch, LEASE, heard)
                if not ours:
                    raise Displaced("别的进程接管了电话链路。")
                renewed = time.monotonic()
            except DATABASE:
                # As long as nobody can take it, it is ours.
                if time.monotonic() - renewed > LEASE.total_seconds():
                    raise

    async def give_back(self) -> None:
        if not self.epoch:
            return
        with contextlib.suppress(*DATABASE):
            async with self.services.pool.acquire() as conn:
                await link.give_back(conn, self.plan.provider, self.owner, self.epoch)
        self.epoch = 0

    # --- the connection

    async def keep_listening(self) -> None:
        pause = FIRST
        while True:
            begun, problem = time.monotonic(), ""
            try:
                async with signed_in(self.plan) as session:
                    await self.attend(session)
            except HotlineError as wrong:
                if isinstance(wrong, Displaced):
                    raise
                problem = wrong.message
            if time.monotonic() - begun > STEADY:
                pause = FIRST
            log.warning("电话链路中断,%.0f 秒内重连:%s", pause, problem)
            await self.say(up=False, problem=problem)
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, LONGEST)

    async def attend(self, session: Session) -> None:
        """From the first look to the last word: what comes while we look waits in the inbox."""
        await ready(session)
        await self.look(session)
        await self.say(up=True, problem="", boot=self.boot)
        log.info("电话链路已接通:%s", self.plan.provider)
        parts = self.listen(session), self.ping(session), self.carry(session), self.tidy(session)
        tasks = [asyncio.create_task(part) for part in parts]
        self.listening = True
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            self.listening = False
            await ended(tasks)

    async def say(self, *, up: bool, problem: str, boot: str | None = None) -> None:
        with contextlib.suppress(*DATABASE):
            async with self.services.pool.acquire() as conn:
                await link.say(conn, self.plan.provider, self.epoch, up=up, problem=problem, now=self.now(), boot=boot)
            self.wake()

    async def look(self, session: Session) -> None:
        """A snapshot, and what it means for the calls that we thought open; and the log of what nobody heard."""
        async with self.services.pool.acquire() as conn:
            # The log first: whatever it does not tell yet is in the inbox, or shown by the look.
            gap = await repair.log_of_gap(self.plan, await link.heard_until(conn, self.plan.provider))
        status = await session.ask("CoreStatus")
        self.boot = f"{header(status, 'CoreStartupDate')}T{header(status, 'CoreStartupTime')}"
        queue = await session.listing("QueueStatus", {"Queue": self.plan.queue})
        channels = await session.listing("CoreShowChannels")
        for channel in channels:
            self.names.hear(channel)
        shown = Shown(self.boot, queue, channels)
        async with self.services.pool.acquire() as conn, conn.transaction():
            await self.fenced(conn)
            before = await link.boot(conn, self.plan.provider)
            known = await self.open_calls(conn)
            sat = [seat for seat in await seats.seats(conn) if seat.provider == self.plan.provider]
            events = snapshot(self.plan, shown, known, [seat.agent for seat in sat], self.now())
            if before and before != self.boot:
                log.warning("电话系统重启过:未结束的 %d 通电话按下落不明结束,座席重新签入", len(known))
            await take_in(conn, events, self.services.cipher)
        if gap is not None:
            await self.make_good(gap[0], (gap[1], self.now()), channels)
        here = {header(member, "Name") for member in queue}
        for seat in sat:
            if seat.person_id is not None and seat.agent not in here:
                await carrier.sign_in_again(session, self.plan, seat, await self.wanted(seat.agent))
        self.wake()

    async def make_good(self, told: Told, span: tuple[datetime, datetime], channels: Sequence[Message]) -> None:
        alive = {header(channel, "Linkedid") for channel in channels}
        await repair.make_good(self.services, self.plan, told, span, alive, self.fenced)

    async def open_calls(self, conn: Connection) -> list[Call]:
        ids = await store.open_calls(conn, self.plan.provider)
        found = [await store.one_call(conn, call_id(*one), self.services.cipher) for one in ids]
        return [kept.call for kept in found if kept is not None]

    async def wanted(self, agent: str) -> str:
        async with self.services.pool.acquire() as conn:
            return await seats.wanted(conn, self.plan.provider, agent)

    async def fenced(self, conn: Connection) -> None:
        if not await link.still_ours(conn, self.plan.provider, self.epoch):
            raise Displaced("别的进程接管了电话链路。")

    # --- what is heard

    async def listen(self, session: Session) -> None:
        while True:
            first = await session.inbox.get()
            await asyncio.sleep(GATHER)
            messages = [first]
            while not session.inbox.empty() and len(messages) < BATCH:
                messages.append(session.inbox.get_nowait())
            told = [message for message in messages if message is not None]
            await self.keep(session, told)
            if len(told) < len(messages):
                raise LinkBroken(f"{session.broken or '连接中断'}。")

    async def keep(self, session: Session, messages: Sequence[Message]) -> None:
        """Stored and folded, whatever becomes of the database meanwhile: what was heard once is not said again."""
        at = self.now()
        events = [event for message in messages for event in translate(self.plan, message, at, self.boot)]
        for message in messages:
            self.names.hear(message)
        while events:
            try:
                async with self.services.pool.acquire() as conn, conn.transaction():
                    await self.fenced(conn)
                    taken = await take_in(conn, events, self.services.cipher)
                break
            except DATABASE as wrong:
                log.warning("话务事件暂存在内存中,等待数据库恢复(%s)", type(wrong).__name__)
                await asyncio.sleep(1.0)
        else:
            return
        self.wake()
        await self.write_up(session, taken.fresh)

    async def write_up(self, session: Session, fresh: Sequence[PhoneEvent]) -> None:
        """话后整理: whoever has just talked is given time to write before the next call."""
        if not self.plan.wrapup:
            return
        until = self.now() + timedelta(seconds=self.plan.wrapup)
        for event in fresh:
            if event.type is Type.AGENT_LEFT and not event.snapshot and event.agent:
                async with self.services.pool.acquire() as conn:
                    sits = await seats.write_up(conn, self.plan.provider, event.agent, until)
                if sits:
                    await carrier.pause(session, self.plan, sits, WRAP_UP)

    async def ping(self, session: Session) -> None:
        missed = 0
        while missed < MISSED:
            await asyncio.sleep(BEAT)
            try:
                await session.ask("Ping")
                missed = 0
            except LinkBroken:
                missed += 1
        raise LinkBroken("电话系统不再应答。")

    # --- what is asked

    async def carry(self, session: Session) -> None:
        """Commands, as soon as they are asked for."""
        async with self.services.pool.acquire() as ears:
            called = asyncio.Event()

            def hear(*_: object) -> None:
                called.set()

            await ears.add_listener("hotline_phone", hear)
            try:
                while True:
                    called.clear()
                    await carrier.carry_out(session, self.plan, self.services, self.names)
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(LOOK):
                            await called.wait()
            finally:
                with contextlib.suppress(*DATABASE):
                    await ears.remove_listener("hotline_phone", hear)

    async def tidy(self, session: Session) -> None:
        """Once a second: whose time for writing is over, and which recordings are whole; now and then the PBX's own log."""
        reckoned = time.monotonic() - RECKON + RECKON_FIRST
        while True:
            await asyncio.sleep(1.0)
            if self.plan.queue_log and time.monotonic() - reckoned > RECKON:
                reckoned = time.monotonic()
                await self.reckon(session)
            async with self.services.pool.acquire() as conn, conn.transaction():
                over = await seats.wrapped_up(conn, self.plan.provider, self.now())
                ready_now = await recordings.found(conn, self.plan.provider, self.plan.recordings, self.now())
                if ready_now:
                    await self.fenced(conn)
                    await take_in(conn, ready_now, self.services.cipher)
            for extension in over:
                await carrier.pause(session, self.plan, extension, "")
            if ready_now or over:
                self.wake()

    async def reckon(self, session: Session) -> None:
        """Today's log against our calls: what we did not hear is made good, and what differs even so is listed."""
        now = self.now()
        today = now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            lines = await recent(self.plan.queue_log, today)
            channels = await session.listing("CoreShowChannels")
            await self.make_good(Told(lines), (today, now - SETTLED), channels)
            async with self.services.pool.acquire() as conn:
                found = await reckon(conn, self.plan.provider, lines)
                await reckonings.keep(conn, self.plan.provider, self.now(), found)
        except HotlineError as wrong:
            if isinstance(wrong, (Displaced, LinkBroken)):
                raise
            log.warning("与 queue_log 对账没有成功:%s", wrong.message)
            return
        if found.differences:
            log.warning("与 queue_log 对账有 %d 处不一致,见 GET /api/v1/calls/reconciliation", len(found.differences))


async def ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

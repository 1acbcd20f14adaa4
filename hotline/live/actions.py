"""The feed of one process: woken after every commit, it reads what is new once and hands it to all its sockets."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import ClassVar

import msgspec
from redis.exceptions import RedisError

from hotline.directory.actions import load_session
from hotline.directory.people import Actor
from hotline.infra.bus import TIMEOUT, Bus
from hotline.infra.db import Connection
from hotline.infra.errors import HotlineError, NotFound, TooManyRequests
from hotline.infra.http import Services
from hotline.live import presence, store
from hotline.live.fanout import Happening, Seat, present_for, spread, tell_presence, visible, written
from hotline.live.feed import Line, Mode, ModeChanged, Moved, Presence, Summary, moved, sees
from hotline.live.phone import Ears
from hotline.live.presence import Doing, Entry
from hotline.live.settled import Mark, settle
from hotline.live.waker import CHANNEL, GATHER, NEWS, PHONE, Waker

log = logging.getLogger(__name__)
PRESENT = "hotline:live:present"
POLL = 2.0
"""Seconds between looks when nobody calls."""
HOLE = 0.05
"""Seconds between looks while a missing number may still appear."""
OPENING = 5.0
"""Seconds that the first look waits for those who are writing."""
TUNE = 1.0
"""Seconds that the first socket waits for the bus, so that its hello tells the truth."""
BATCH = 1000
REPLAY = 5000
"""Numbers a client may be behind; reading its lists again costs less than more."""
LAST = 2**63 - 1


class Busy(HotlineError):
    """Somebody has been writing for so long that nothing can be said about what comes next."""

    code: ClassVar[str] = "busy"
    status: ClassVar[int] = 503


# --- reading the history in order


async def opening(conn: Connection) -> Mark:
    """Where a process begins: at the newest line, once nobody is left who could still write below it."""
    newest, writing = await store.newest(conn), await store.writers(conn)
    try:
        async with asyncio.timeout(OPENING):
            while writing:
                await asyncio.sleep(HOLE)
                writing &= await store.writers(conn)
    except TimeoutError:
        raise Busy("系统正在写入大批数据,实时消息稍后恢复,请先用列表查看。") from None
    return Mark(newest)


async def advance(conn: Connection, mark: Mark) -> tuple[Mark, Sequence[Line]]:
    """The lines that have become settled. Writers are looked at before the lines, and a watch begins after them."""
    writing = await store.writers(conn) if mark.writers else frozenset[str]()
    found = await store.lines(conn, after=mark.number, upto=LAST, limit=BATCH)
    after, settled, holes_to = settle(mark, found, writing)
    if holes_to:
        after = Mark(after.number, holes_to, await store.writers(conn))
    return after, settled


async def joined(conn: Connection, lines: Sequence[Line]) -> list[Happening]:
    """Each line with its ticket as it is now."""
    found = await store.summaries(conn, [line.ticket_id for line in lines])
    return [(line, found[line.ticket_id]) for line in lines if line.ticket_id in found]


async def still_signed_in(services: Services, token: str) -> Actor | None:
    """Who holds this session now. An open page is nobody's presence: that the session was seen is not kept."""
    async with services.pool.acquire() as conn:
        undone = conn.transaction()
        await undone.start()
        try:
            found = await load_session(conn, token, services.clock.now(), demo=services.settings.demo)
        finally:
            await undone.rollback()
    return found.actor if found and not found.must_change else None


# --- who is where


class Attendance:
    """Presences of all processes in Redis; without it, those of this process."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.own: dict[str, Entry] = {}

    async def put(self, *entries: Entry) -> None:
        self.own |= {one.key: one for one in entries}
        if self.bus.client is not None and entries:
            pairs = [part for one in entries for part in (one.key, msgspec.json.encode(one))]
            await self.bus.attempt(self.bus.client.hset(PRESENT, items=pairs), 0)

    async def drop(self, *keys: str) -> None:
        for key in keys:
            self.own.pop(key, None)
        if self.bus.client is not None and keys:
            await self.bus.attempt(self.bus.client.hdel(PRESENT, *keys), 0)

    async def everybody(self, now: datetime) -> dict[int, tuple[Entry, ...]]:
        """Who is at which ticket. Our own stay as long as their sockets; what another process no longer prolongs is
        gone, here and in Redis."""
        others = {key: one for key, one in (await self.stored()).items() if key not in self.own}
        living = presence.alive(others.values(), now)
        await self.drop(*(others.keys() - {one.key for one in living}))
        return presence.by_ticket([*living, *self.own.values()])

    async def stored(self) -> dict[str, Entry]:
        if self.bus.client is None:
            return {}
        found = await self.bus.attempt(self.bus.client.hgetall(PRESENT), {})
        entries = {}
        for sealed in found.values():
            # What another version wrote is not ours to understand; it runs out with its process.
            with contextlib.suppress(msgspec.DecodeError):
                one = msgspec.json.decode(sealed, type=Entry)
                entries[one.key] = one
        return entries


# --- the feed itself


class Page(msgspec.Struct, frozen=True):
    """What a client without a socket gets by asking."""

    number: int
    """Ask again with `since` this."""
    more: bool
    snapshot_needed: bool
    """Too far behind: read the lists again, then go on from `number`."""
    events: list[Moved]
    presence: list[Presence]
    """All there is now; it replaces what was known."""


class Live:
    """One a web process. It works only while somebody listens."""

    def __init__(self, services: Services, bus: Bus) -> None:
        self.services = services
        self.bus = bus
        self.waker = Waker(bus)
        self.attendance = Attendance(bus)
        self.mode = Mode.POLLING
        self.mark: Mark | None = None
        self.number = 0
        """Everything up to here was offered to all seats."""
        self.seats: set[Seat] = set()
        self.present: dict[int, tuple[tuple[Entry, ...], Summary]] = {}
        self.guests = 0
        self.tasks: list[asyncio.Task[None]] = []
        self.ending: list[asyncio.Task[None]] = []
        """Told to stop, and perhaps not there yet."""
        self.news = asyncio.Event()
        self.tuned = asyncio.Event()
        self.reading, self.looking_round = asyncio.Lock(), asyncio.Lock()
        self.ears = Ears(services)
        self.only_phone = True
        self.reads = 0

    def wake(self) -> None:
        """Something was committed here: tell our own sockets and the other processes."""
        self.hear(NEWS)
        self.waker.wake()

    def hear(self, what: str) -> None:
        self.only_phone = self.only_phone and what == PHONE
        self.news.set()

    async def close(self) -> None:
        self.stop()
        await asyncio.gather(*self.ending, return_exceptions=True)
        await self.waker.aclose()

    # - who listens

    @contextlib.asynccontextmanager
    async def seat(self, actor: Actor, ring: Callable[[], None]) -> AsyncIterator[Seat]:
        """A place in the audience; the first one starts the feed, the last one stops it."""
        self.guests += 1
        taken = Seat(secrets.token_urlsafe(9), actor, 0, ring)
        try:
            if not self.tasks:
                self.start()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TUNE):
                    await self.tuned.wait()
            await self.catch_up()
            await self.look_round()
            taken.number = self.number
            self.seats.add(taken)
            yield taken
        finally:
            self.seats.discard(taken)
            self.guests -= 1
            if not self.guests:
                self.stop()
            await self.leave(taken)

    def start(self) -> None:
        self.tuned.clear()
        self.ears = Ears(self.services)
        self.tasks = [asyncio.create_task(self.listen()), asyncio.create_task(self.follow())]

    def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        self.ending = [task for task in (*self.ending, *self.tasks) if not task.done()]
        self.tasks = []

    async def listen(self) -> None:
        """Hear the calls of the other processes; without Redis look by ourselves, and say so."""
        while self.bus.client is not None:
            try:
                async with self.bus.client.pubsub() as ears:
                    async with asyncio.timeout(TIMEOUT):
                        await ears.subscribe(CHANNEL)
                    self.say_mode(Mode.LIVE)
                    while True:
                        async with asyncio.timeout(POLL + TIMEOUT):
                            called = await ears.get_message(ignore_subscribe_messages=True, timeout=POLL)
                        if called:
                            self.hear(PHONE if called["data"] == msgspec.json.encode(PHONE) else NEWS)
            except (RedisError, OSError, TimeoutError) as wrong:
                if self.mode is Mode.LIVE:
                    log.warning("实时消息改为定时查看:消息总线不可用(%s)", type(wrong).__name__)
                self.say_mode(Mode.POLLING)
            await asyncio.sleep(POLL)
        self.say_mode(Mode.POLLING)

    def say_mode(self, mode: Mode) -> None:
        if mode is not self.mode:
            self.mode = mode
            for seat in self.seats:
                seat.offer(written(ModeChanged(mode)))
        self.tuned.set()
        # What was called while nobody heard.
        self.hear(NEWS)

    async def follow(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(HOLE if self.mark and self.mark.waits else POLL):
                    await self.news.wait()
            everything = not (self.only_phone and self.news.is_set())
            self.news.clear()
            self.only_phone = True
            try:
                await self.ears.look(self.seats)
                if everything:
                    await self.catch_up()
                    await self.look_round()
            except Exception:
                # Whatever it was: the sockets stay, and the next look may succeed.
                log.exception("实时消息暂时读不到,稍后再试")
                await asyncio.sleep(POLL)
            await asyncio.sleep(GATHER)

    # - what is new

    async def catch_up(self) -> None:
        """Read and hand out everything settled. Whoever waits for a read that began after they asked shares it."""
        wanted = self.reads + (2 if self.reading.locked() else 1)
        async with self.reading:
            if self.reads >= wanted:
                return
            async with self.services.pool.acquire() as conn:
                await self.read(conn)
            self.reads += 1

    async def read(self, conn: Connection) -> None:
        if self.mark is None or (not self.seats and await store.newest(conn) - self.mark.number > REPLAY):
            self.mark = await opening(conn)
            self.number = self.mark.number
        full = True
        while full or self.mark.resolved:
            mark, lines = await advance(conn, self.mark)
            if lines and self.seats:
                self.hand_out(await joined(conn, lines))
            # Only now: a read that failed half-way is read again.
            self.mark, self.number = mark, mark.number
            for seat in self.seats:
                seat.number = max(seat.number, mark.number)
            full = len(lines) == BATCH

    def hand_out(self, happenings: list[Happening]) -> None:
        spread(happenings, self.seats)
        for line, summary in happenings:
            if line.ticket_id in self.present:
                # Who may see the ticket may have changed with it.
                entries, _ = self.present[line.ticket_id]
                self.present[line.ticket_id] = entries, summary
                tell_presence(line.ticket_id, entries, summary, self.seats)

    async def replay(self, actor: Actor, since: int, upto: int) -> AsyncIterator[list[Moved]]:
        """What this person missed, in order, page by page."""
        while since < upto:
            async with self.services.pool.acquire() as conn:
                lines = await store.lines(conn, after=since, upto=upto, limit=BATCH)
                found = visible(await joined(conn, lines), actor)
            if not lines:
                return
            since = lines[-1].number
            yield [moved(actor, line, summary) for line, summary in found]

    async def too_far(self, since: int, number: int) -> bool:
        """Behind by more than a replay gives, or ahead of all we ever wrote: another history, restored from a backup."""
        if since <= number:
            return number - since > REPLAY
        async with self.services.pool.acquire() as conn:
            return since > await store.issued(conn)

    async def page(self, actor: Actor, since: int | None, limit: int) -> Page:
        await self.catch_up()
        await self.look_round()
        number, events, more = self.number, list[Moved](), False
        lost = since is not None and await self.too_far(since, number)
        if since is not None and not lost:
            async with self.services.pool.acquire() as conn:
                lines = await store.lines(conn, after=since, upto=number, limit=limit)
                events = [moved(actor, *one) for one in visible(await joined(conn, lines), actor)]
            more = len(lines) == limit and lines[-1].number < number
            number = lines[-1].number if more else max(number, since)
        return Page(number, more, lost, events, self.present_to(actor))

    # - who is where

    async def look_round(self) -> None:
        """Tell whoever may see a ticket who came to it and who left."""
        async with self.looking_round:
            found = await self.attendance.everybody(self.services.clock.now())
            before = {ticket_id: entries for ticket_id, (entries, _) in self.present.items()}
            changed = presence.changed(before, found)
            if not changed:
                return
            async with self.services.pool.acquire() as conn:
                summaries = await store.summaries(conn, changed)
            for ticket_id, summary in summaries.items():
                entries = found.get(ticket_id, ())
                self.present.pop(ticket_id, None)
                if entries:
                    self.present[ticket_id] = entries, summary
                tell_presence(ticket_id, entries, summary, self.seats)

    def present_to(self, actor: Actor) -> list[Presence]:
        shown = [present_for(actor, of, entries) for of, (entries, s) in self.present.items() if sees(actor, s)]
        return [one for one in shown if one.people]

    async def come(self, seat: Seat, ticket_id: int, doing: Doing) -> None:
        """Somebody looks at a ticket or edits it; what they may not see does not exist for them."""
        mine = [one for one in self.attendance.own.values() if one.seat == seat.id and one.ticket_id != ticket_id]
        async with self.services.pool.acquire() as conn:
            found = (await store.summaries(conn, [ticket_id])).get(ticket_id)
        if found is None or not sees(seat.actor, found):
            raise NotFound(f"没有工单 {ticket_id}。")
        if len(mine) >= presence.MOST_TICKETS:
            raise TooManyRequests("同时打开的工单过多,请先关闭几件。")
        before = self.attendance.own.get(f"{ticket_id}:{seat.id}")
        now = self.services.clock.now()
        await self.attendance.put(presence.entry(ticket_id, seat.id, seat.actor, doing, now, before))
        self.wake()

    async def leave(self, seat: Seat, ticket_id: int | None = None) -> None:
        """From one ticket, or with the socket from all."""
        mine = [one for one in self.attendance.own.values() if one.seat == seat.id]
        keys = [one.key for one in mine if ticket_id in (None, one.ticket_id)]
        if keys:
            await self.attendance.drop(*keys)
            self.wake()

    async def stay(self, seat: Seat) -> None:
        """Still there."""
        mine = [one for one in self.attendance.own.values() if one.seat == seat.id]
        await self.attendance.put(*presence.prolonged(mine, self.services.clock.now()))

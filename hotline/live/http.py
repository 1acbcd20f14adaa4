"""The feed over a socket, and by asking for clients that have none."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field

import asyncpg
import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from hotline.directory.http import COOKIE, actor_of
from hotline.directory.people import Actor
from hotline.infra.errors import HotlineError, InvalidInput
from hotline.infra.http import Services, answer, only
from hotline.live.actions import LAST, Live, still_signed_in
from hotline.live.fanout import Seat, written
from hotline.live.feed import Beat, Event, Hello, Refused, SnapshotNeeded
from hotline.live.presence import Doing

log = logging.getLogger(__name__)
BEAT = 15.0
"""Seconds between beats; with each the session is looked at again."""
SLOW = 10.0
"""Seconds that a client may take for what is sent at once."""
LONGEST = 200
"""Characters of what a client has to say."""
MOST_SOCKETS = 20
"""One person's, in one process."""
MOST = 1000
MOST_REASON = 123
"""Bytes: a close frame holds no more."""

End = tuple[int, str]
"""Close code and reason. With 1012 and 1013 a client connects again at once, with `since`."""
UNREADABLE: End = (1008, "看不懂的消息,连接已关闭。")
CHANGED: End = (1012, "您的岗位有变动,请重新连接。")
BEHIND: End = (1013, "接收过慢,请重新连接。")
BUSY: End = (1013, "系统正忙,请稍后重新连接。")
EXPIRED: End = (4401, "登录已过期,请重新登录。")
TOO_MANY: End = (4429, "打开的页面过多,请关闭一些。")


class Says(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a client may say: one of the three, with a ticket's number."""

    look: int | None = None
    edit: int | None = None
    leave: int | None = None


def live_of(request: Request) -> Live:
    found: Live = request.state.live
    return found


async def poll(request: Request) -> Response:
    """GET /api/v1/live?since=&limit="""
    asked = request.query_params
    since, limit = whole(asked.get("since"), "since", LAST), whole(asked.get("limit"), "limit", MOST)
    return answer(await live_of(request).page(actor_of(request), since, limit or 200))


def whole(text: str | None, field: str, most: int) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= most):
        raise InvalidInput([(field, f"{field} 应为 0 至 {most} 的整数。")])
    return int(text)


async def attend(websocket: WebSocket) -> None:
    """WS /api/v1/live?since= ; who it is and where it comes from was asked by `web.auth` before."""
    await websocket.accept()
    try:
        code, reason = await served(websocket)
    except (WebSocketDisconnect, OSError):
        return
    except (InvalidInput, HotlineError) as refused:
        code, reason = (1008 if isinstance(refused, InvalidInput) else BUSY[0]), refused.message
    except (TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as wrong:
        log.warning("a live connection ends: %s", wrong)
        code, reason = BUSY
    if websocket.application_state is WebSocketState.CONNECTED:
        # A peer that does not read does not take the close either.
        with contextlib.suppress(TimeoutError, RuntimeError, WebSocketDisconnect, OSError):
            async with asyncio.timeout(1):
                await websocket.close(code, reason.encode()[:MOST_REASON].decode(errors="ignore"))


async def served(websocket: WebSocket) -> End:
    live: Live = websocket.state.live
    actor: Actor = websocket.state.actor
    only(websocket.query_params.keys(), ("since",))
    since = whole(websocket.query_params.get("since"), "since", LAST)
    if sum(seat.actor.person_id == actor.person_id for seat in live.seats) >= MOST_SOCKETS:
        return TOO_MANY
    rung = asyncio.Event()
    async with live.seat(actor, rung.set) as seat:
        return await Talk(websocket, live, seat, rung).hold(since)


@dataclass
class Talk:
    """One socket's conversation: three tasks, of which the first to end ends it."""

    websocket: WebSocket
    live: Live
    seat: Seat
    rung: asyncio.Event
    services: Services = field(init=False)

    def __post_init__(self) -> None:
        self.services = self.live.services

    async def hold(self, since: int | None) -> End:
        # Taken before anything is awaited: from here on news waits in the seat.
        begun = self.speak(since, self.seat.number), self.hear(), self.keep()
        tasks = [asyncio.create_task(part) for part in begun]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return done.pop().result()

    async def speak(self, since: int | None, number: int) -> End:
        """Hello, what was missed, who is where; then what happens."""
        await self.send(written(Hello(number, self.live.mode)))
        if since is not None:
            await self.catch_up(since, number)
        for present in self.live.present_to(self.seat.actor):
            await self.send(written(present))
        async with self.services.pool.acquire() as conn:
            telephone = await self.live.ears.standing(conn, self.seat.actor)
        await self.send(*(written(event) for event in telephone))
        await self.send(written(Beat(number)))
        while True:
            await self.rung.wait()
            self.rung.clear()
            if self.seat.overfull:
                return BEHIND
            try:
                async with asyncio.timeout(SLOW):
                    await self.send(*self.seat.taken())
            except TimeoutError:
                return BEHIND

    async def catch_up(self, since: int, number: int) -> None:
        if await self.live.too_far(since, number):
            await self.send(written(SnapshotNeeded(number)))
            return
        async for page in self.live.replay(self.seat.actor, since, number):
            await self.send(*(written(event) for event in page))

    async def send(self, *messages: bytes) -> None:
        for message in messages:
            await self.websocket.send_text(message.decode())

    async def hear(self) -> End:
        while True:
            message = await self.websocket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1005))
            said = understood(message.get("text"))
            if said is None:
                return UNREADABLE
            await self.heed(said)

    async def heed(self, said: Says) -> None:
        if said.leave is not None:
            await self.live.leave(self.seat, said.leave)
            return
        ticket_id, doing = (said.edit, Doing.EDIT) if said.edit is not None else (said.look, Doing.LOOK)
        assert ticket_id is not None
        try:
            await self.live.come(self.seat, ticket_id, doing)
        except HotlineError as refused:
            self.offer(Refused(ticket_id, refused.message))

    async def keep(self) -> End:
        """Beats, as long as the session stands and its holder is who they were."""
        while True:
            await asyncio.sleep(BEAT)
            actor = await still_signed_in(self.services, self.websocket.cookies.get(COOKIE, ""))
            if actor is None:
                return EXPIRED
            if actor != self.seat.actor:
                return CHANGED
            await self.live.stay(self.seat)
            self.offer(Beat(self.seat.number))

    def offer(self, event: Event) -> None:
        self.seat.offer(written(event))


def understood(text: str | None) -> Says | None:
    """One of the three, about a number that a ticket could have."""
    if text is None or len(text) > LONGEST:
        return None
    try:
        said = msgspec.json.decode(text, type=Says)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
    given = [of for of in (said.look, said.edit, said.leave) if of is not None]
    return said if len(given) == 1 and 0 < given[0] <= LAST else None

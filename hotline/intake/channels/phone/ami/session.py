"""One conversation with an Asterisk: signed in, actions answered, events in the order in which they came."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Mapping

from hotline.infra.errors import HotlineError
from hotline.intake.channels.phone.ami.plan import Plan
from hotline.intake.channels.phone.ami.wire import Message, NotAmi, Reader, header, written

CONNECT = 5.0
ANSWER = 5.0
BOOT = 30.0
"""Seconds between a login that is accepted and FullyBooted: a PBX that is just starting."""
NUMBERS = itertools.count(1)


class LinkBroken(HotlineError):
    """Nothing more is heard on this connection."""

    code = "link_broken"
    status = 502


class LoginRefused(HotlineError):
    code = "login_refused"
    status = 502


class Session:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.stream, self.writer = reader, writer
        self.inbox: asyncio.Queue[Message | None] = asyncio.Queue()
        """None: the connection has ended."""
        self.waiting: dict[str, asyncio.Future[Message]] = {}
        self.lists: dict[str, list[Message]] = {}
        self.booted = asyncio.Event()
        self.broken: str | None = None

    async def hear(self) -> None:
        parser = Reader()
        try:
            while received := await self.stream.read(1 << 16):
                for message in parser.feed(received):
                    self.sort(message)
            self.end("电话系统关闭了连接")
        except (OSError, NotAmi) as wrong:
            self.end(wrong.message if isinstance(wrong, NotAmi) else "与电话系统的连接中断")

    def end(self, why: str) -> None:
        self.broken = self.broken or why
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(LinkBroken(f"{self.broken}。"))
        self.booted.set()
        self.inbox.put_nowait(None)

    def sort(self, message: Message) -> None:
        """An answer goes to who asked; part of a list to the list; everything else is news."""
        id_ = header(message, "ActionID")
        if "Response" in message and "Event" not in message:
            future = self.waiting.get(id_)
            # A list has begun: its end is the answer. One that is refused has none.
            begun = id_ in self.lists and header(message, "Response") != "Error"
            if future is not None and not future.done() and not begun:
                future.set_result(message)
        elif id_ in self.lists:
            self.lists[id_].append(message)
            if header(message, "EventList") == "Complete" or header(message, "Event").endswith("Complete"):
                future = self.waiting[id_]
                if not future.done():
                    future.set_result(message)
        elif header(message, "Event") == "FullyBooted":
            self.booted.set()
        else:
            self.inbox.put_nowait(message)

    async def ask(self, action: str, headers: Mapping[str, str | list[str]] | None = None) -> Message:
        found, _ = await self.asked(action, headers or {}, listed=False)
        return found

    async def listing(self, action: str, headers: Mapping[str, str | list[str]] | None = None) -> list[Message]:
        found, items = await self.asked(action, headers or {}, listed=True)
        if header(found, "Response") == "Error":
            raise LinkBroken(f"电话系统拒绝了 {action}:{header(found, 'Message')}。")
        return items

    async def asked(
        self, action: str, headers: Mapping[str, str | list[str]], *, listed: bool
    ) -> tuple[Message, list[Message]]:
        if self.broken:
            raise LinkBroken(f"{self.broken}。")
        id_ = f"hl-{next(NUMBERS)}"
        self.waiting[id_] = asyncio.get_running_loop().create_future()
        if listed:
            self.lists[id_] = []
        try:
            self.writer.write(written(action, {"ActionID": id_, **headers}))
            async with asyncio.timeout(ANSWER):
                await self.writer.drain()
                return await self.waiting[id_], self.lists.get(id_, [])
        except (TimeoutError, OSError):
            raise LinkBroken(f"电话系统 {ANSWER:.0f} 秒没有应答 {action}。") from None
        finally:
            self.waiting.pop(id_, None)
            self.lists.pop(id_, None)


@contextlib.asynccontextmanager
async def signed_in(plan: Plan) -> AsyncIterator[Session]:
    """A session that the PBX has let in; what is wrong otherwise is one sentence."""
    try:
        async with asyncio.timeout(CONNECT):
            reader, writer = await asyncio.open_connection(plan.host, plan.port)
    except (OSError, TimeoutError):
        raise LinkBroken(
            f"连不上电话系统 {plan.host}:{plan.port},请检查 HOTLINE_AMI_URL 的主机和端口,以及 manager.conf 的 bindaddr 和防火墙。"
        ) from None
    session = Session(reader, writer)
    hearing = asyncio.create_task(session.hear())
    try:
        await login(session, plan)
        yield session
    finally:
        hearing.cancel()
        writer.close()
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(hearing, return_exceptions=True)


async def login(session: Session, plan: Plan) -> None:
    try:
        told = await session.ask("Login", {"Username": plan.user, "Secret": plan.secret})
    except LinkBroken:
        said = session.broken or "没有应答"
        raise LinkBroken(
            f"{plan.host}:{plan.port} 答话的不像 Asterisk AMI({said}),请检查 HOTLINE_AMI_URL 的主机和端口。"
        ) from None
    if header(told, "Response") != "Success":
        raise LoginRefused(
            f"电话系统不接受用户 {plan.user} 的登录,请核对 HOTLINE_AMI_URL 的密码,以及 manager.conf 该用户的 secret 和 permit。"
        )


async def ready(session: Session, within: float = BOOT) -> None:
    """The PBX has started fully; before, what it says of its queues is not yet true."""
    try:
        async with asyncio.timeout(within):
            await session.booted.wait()
    except TimeoutError:
        raise LinkBroken(
            "登录后没有收到 FullyBooted:请给 manager.conf 该用户 read=system 权限;电话系统若正在启动,稍后会自动重试。"
        ) from None
    if session.broken:
        raise LinkBroken(f"{session.broken}。")

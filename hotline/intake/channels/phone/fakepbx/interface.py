"""The manager interface of the made-up telephone system: AMI over TCP, as an Asterisk speaks it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from random import Random
from typing import Any

from hotline.intake.channels.phone.ami.wire import Message, header, read
from hotline.intake.channels.phone.fakepbx.desk import Desk
from hotline.intake.channels.phone.fakepbx.exchange import Exchange

Answer = list[dict[str, str]]
BANNER = b"Asterisk Call Manager/5.0.4\r\n"
RIGHTS = {
    "call": "Atxfer BlindTransfer Hangup PlayDTMF Redirect Status",
    "agent": "QueueAdd QueuePause QueueRemove QueueStatus",
    "originate": "Originate",
    "system": "CoreShowChannels MuteAudio PJSIPNotify",
    "reporting": "CoreShowChannels CoreStatus",
}
FREE = frozenset({"Login", "Logoff", "Ping", "ListCommands", "CoreStatus", "Events"})


class Session:
    """One connection of a manager."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer, self.signed_in = writer, False

    def send(self, *messages: dict[str, str]) -> None:
        if self.writer.is_closing():
            return
        text = "".join("".join(f"{name}: {value}\r\n" for name, value in one.items()) + "\r\n" for one in messages)
        self.writer.write(text.encode())


class FakePbx:
    """A PBX at an address of its own. `stalled`: it takes what is said and answers nothing."""

    def __init__(
        self,
        *,
        secret: str = "fake",
        read_rights: str = "system,call,agent,user",
        rights: str = "call,agent,originate,reporting,system",
        seed: int = 1,
        **how: Any,
    ) -> None:
        self.secret, self.read_rights = secret, set(read_rights.split(","))
        self.may = {name for right in rights.split(",") for name in RIGHTS.get(right, "").split()} | FREE
        self.sessions: set[Session] = set()
        self.exchange = Exchange(self.broadcast, random=Random(seed), **how)
        self.desk = Desk(self.exchange)
        self.stalled = False
        self.server: asyncio.Server | None = None
        self.attending: set[asyncio.Task[None]] = set()
        self.actions: list[str] = []

    # --- life

    @contextlib.asynccontextmanager
    async def listening(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[int]:
        """The port it listens at."""
        self.server = await asyncio.start_server(self.attended, host, port)
        try:
            yield self.server.sockets[0].getsockname()[1]
        finally:
            self.drop()
            self.server.close()
            # Those who were on the line see it closed; cut off with the loop they would each leave a trace behind.
            await asyncio.gather(*self.attending, return_exceptions=True)
            await self.server.wait_closed()

    def url(self, port: int, **more: str) -> str:
        said = "&".join(f"{name}={value}" for name, value in {"remote": "yes", **more}.items())
        return f"ami://hotline:{self.secret}@127.0.0.1:{port}/?{said}"

    def drop(self) -> None:
        """The link is cut; the calls go on."""
        for session in list(self.sessions):
            session.writer.close()
        self.sessions.clear()

    def kill(self) -> None:
        """The PBX dies and comes back: no call, no member, nobody told."""
        self.drop()
        self.exchange.restart()

    def broadcast(self, message: dict[str, str]) -> None:
        if not self.stalled:
            for session in self.sessions:
                if session.signed_in:
                    session.send(message)

    async def attended(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        here = asyncio.current_task()
        assert here is not None
        self.attending.add(here)
        here.add_done_callback(self.attending.discard)
        await self.attend(reader, writer)

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(writer)
        self.sessions.add(session)
        writer.write(BANNER)
        try:
            while True:
                part = await reader.readuntil(b"\r\n\r\n")
                if not self.stalled:
                    self.heed(session, read(part.removesuffix(b"\r\n\r\n")))
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
            pass
        finally:
            self.sessions.discard(session)
            writer.close()

    # --- actions

    def heed(self, session: Session, message: Message) -> None:
        action, id_ = header(message, "Action"), header(message, "ActionID")
        self.actions.append(action)
        tag = {"ActionID": id_} if id_ else {}
        if action == "Login":
            self.login(session, message, tag)
        elif not session.signed_in or action not in self.may:
            session.send({"Response": "Error", **tag, "Message": "Permission denied"})
        else:
            found: Callable[[Message], Answer | bool | None] | None = getattr(self, f"on_{action.lower()}", None)
            told = found(message) if found else None
            if isinstance(told, list):
                session.send(*[{**one, **tag} for one in told])
            elif told is None and found is None:
                session.send({"Response": "Error", **tag, "Message": "Invalid/unknown command"})
            else:
                word = {"Response": "Success" if told is not False else "Error", **tag}
                session.send({**word, "Message": "Done" if told is not False else "No such channel"})

    def login(self, session: Session, message: Message, tag: dict[str, str]) -> None:
        if header(message, "Secret") != self.secret:
            session.send({"Response": "Error", **tag, "Message": "Authentication failed"})
            return
        session.signed_in = True
        session.send({"Response": "Success", **tag, "Message": "Authentication accepted"})
        if "system" in self.read_rights:
            session.send({"Event": "FullyBooted", "Privilege": "system,all", "Status": "Fully Booted", "Uptime": "1"})

    def on_ping(self, message: Message) -> Answer:
        return [{"Response": "Success", "Ping": "Pong", "Timestamp": f"{time.time():.6f}"}]

    def on_listcommands(self, message: Message) -> Answer:
        return [{"Response": "Success", **dict.fromkeys(sorted(self.may), "(Priv: some)")}]

    def on_corestatus(self, message: Message) -> Answer:
        at = time.localtime(self.exchange.booted)
        day, hour = time.strftime("%Y-%m-%d", at), time.strftime("%H:%M:%S", at)
        return [{"Response": "Success", "CoreStartupDate": day, "CoreStartupTime": hour, "CoreCurrentCalls": "0"}]

    def on_queuestatus(self, message: Message) -> Answer:
        x = self.exchange
        told = [{"Response": "Success", "EventList": "start", "Message": "Queue status will follow"}]
        told += [{"Event": "QueueParams", "Queue": x.queue, "Calls": str(len(x.waiting))}]
        for member in x.members.values():
            headers = member.headers(x.queue)
            named = {"Name": headers.pop("MemberName"), "Location": headers.pop("Interface")}
            told.append({"Event": "QueueMember", **named, **headers})
        for place, talk in enumerate(x.waiting, 1):
            wait = {"Wait": str(x.waits(talk)), "CallerIDNum": talk.root.number, "Queue": x.queue}
            where = {"Position": str(place), "Channel": talk.root.name, "Uniqueid": talk.root.uniqueid}
            told.append({"Event": "QueueEntry", **where, **wait})
        return [*told, {"Event": "QueueStatusComplete", "EventList": "Complete"}]

    def on_coreshowchannels(self, message: Message) -> Answer:
        told = [{"Response": "Success", "EventList": "start", "Message": "Channels will follow"}]
        for one in self.exchange.channels():
            seconds = int(self.exchange.clock() - one.began)
            lasts = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
            more = {"Application": one.application, "Duration": lasts, "BridgeId": one.bridge}
            told.append({"Event": "CoreShowChannel", **one.headers(), **more})
        return [*told, {"Event": "CoreShowChannelsComplete", "EventList": "Complete"}]

    def on_queueadd(self, message: Message) -> Answer | bool:
        if self.exchange.add(header(message, "Interface"), header(message, "MemberName")):
            return True
        return [{"Response": "Error", "Message": "Unable to add interface: Already there"}]

    def on_queueremove(self, message: Message) -> Answer | bool:
        if self.exchange.remove(header(message, "Interface")):
            return True
        return [{"Response": "Error", "Message": "Unable to remove interface: Not there"}]

    def on_queuepause(self, message: Message) -> Answer | bool:
        paused = header(message, "Paused") == "true"
        if self.exchange.pause(header(message, "Interface"), paused, header(message, "Reason")):
            return True
        return [{"Response": "Error", "Message": "Interface not found"}]

    def on_originate(self, message: Message) -> bool:
        if header(message, "Application"):
            return True
        channel, exten = header(message, "Channel"), header(message, "Exten")
        asyncio.get_running_loop().call_soon(
            self.desk.originate, channel, exten, header(message, "ChannelId"), header(message, "ActionID")
        )
        return True

    def on_hangup(self, message: Message) -> bool:
        return self.desk.hangup(header(message, "Channel"))

    def on_blindtransfer(self, message: Message) -> bool:
        return self.desk.blind(header(message, "Channel"), header(message, "Exten"))

    def on_atxfer(self, message: Message) -> bool:
        return self.desk.attended(header(message, "Channel"), header(message, "Exten"))

    def on_playdtmf(self, message: Message) -> bool:
        """A key of the telephone, pressed from afar."""
        return self.desk.press(header(message, "Channel"), header(message, "Digit"))

    def on_muteaudio(self, message: Message) -> bool:
        return self.exchange.by_name(header(message, "Channel")) is not None

    def on_pjsipnotify(self, message: Message) -> bool:
        """Remote control of a telephone: `Event=talk` lifts the receiver or resumes, `Event=hold` holds."""
        said, channel = header(message, "Variable"), header(message, "Channel")
        if said == "Event=hold":
            return self.desk.hold(channel, True)
        found = self.exchange.by_name(channel)
        if found is not None and found[0].held:
            return self.desk.hold(channel, False)
        return self.desk.pick_up(channel.rpartition("-")[0])

"""The made-up telephone system itself: one queue, its members, and calls that live by timers."""

import asyncio
import time
from collections.abc import Callable
from random import Random

from hotline.intake.channels.phone.fakepbx.parties import Channel, Citizen, Member, Talk

Emit = Callable[[dict[str, str]], None]
RING = 15.0
"""Seconds that a telephone rings before the next one is tried."""
LONGEST_WAIT = 90.0
"""Seconds after which the queue gives a caller up (溢出)."""
RETRY = 1.0
USUAL = 5
"""A caller's place in the queue: the higher is served before, of equals whoever came first."""
ANNOUNCED = 6.0
"""Seconds that an announcement takes."""


class Exchange:
    """Everything the PBX knows. `speed` shortens every pause; the moments it tells are real ones."""

    def __init__(
        self,
        emit: Emit,
        *,
        name: str = "fake",
        queue: str = "q12345",
        speed: float = 1.0,
        random: Random | None = None,
        ring: float = RING,
        longest_wait: float = LONGEST_WAIT,
        log: Callable[[str], None] | None = None,
        record: Callable[[str, float], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.emit_to, self.name, self.queue, self.speed = emit, name, queue, speed
        self.random = random or Random(1)
        self.ring, self.longest_wait, self.log_to = ring, longest_wait, log
        self.record, self.clock = record, clock
        self.members: dict[str, Member] = {}
        self.talks: dict[str, Talk] = {}
        self.waiting: list[Talk] = []
        self.serial = 0
        self.channels_made = 0
        self.booted = self.clock()
        self.turn = 0
        self.log("NONE", "NONE", "NONE", "QUEUESTART")

    # --- saying

    def emit(self, event: str, *headers: dict[str, str], **more: str) -> None:
        message = {"Event": event, "Privilege": "call,all", "Timestamp": f"{self.clock():.6f}", "SystemName": self.name}
        for part in headers:
            message |= part
        self.emit_to(message | more)

    def log(self, call: str, queue: str, agent: str, event: str, *data: object) -> None:
        if self.log_to:
            parts = [str(int(self.clock())), call, queue, agent, event, *(str(one) for one in data)]
            self.log_to("|".join(parts) + ("|" if not data else ""))

    def later(self, talk: Talk | None, seconds: float, what: Callable[..., None], *of: object) -> None:
        timer = asyncio.get_running_loop().call_later(seconds / self.speed, what, *of)
        if talk is not None:
            talk.timers.append(timer)

    def channel(
        self, kind: str, number: str, context: str, exten: str, linked: str = "", uniqueid: str = ""
    ) -> Channel:
        self.serial += 1
        self.channels_made += 1
        own = uniqueid or f"{self.name}-{self.booted:.0f}.{self.serial}"
        made = Channel(
            f"PJSIP/{kind}-{self.channels_made:08x}", own, linked or own, number, context, exten, self.clock()
        )
        self.emit("Newchannel", made.headers())
        return made

    # --- members

    def add(self, interface: str, name: str, *, answers_in: float | None = None, by_itself: bool = False) -> bool:
        if interface in self.members:
            return False
        member = Member(interface, name, logged_in=self.clock(), answers_in=answers_in, by_itself=by_itself)
        self.members[interface] = member
        self.emit("QueueMemberAdded", member.headers(self.queue))
        self.log("MANAGER", self.queue, name, "ADDMEMBER")
        self.serve()
        return True

    def remove(self, interface: str) -> bool:
        member = self.members.pop(interface, None)
        if member is None:
            return False
        self.emit("QueueMemberRemoved", member.headers(self.queue))
        self.log("MANAGER", self.queue, member.name, "REMOVEMEMBER")
        return True

    def pause(self, interface: str, paused: bool, reason: str) -> bool:
        member = self.members.get(interface)
        if member is None:
            return False
        if member.paused != paused or member.reason != reason:
            member.paused, member.reason = paused, reason if paused else ""
            self.emit("QueueMemberPause", member.headers(self.queue), Reason=member.reason)
            self.log("NONE", self.queue, member.name, "PAUSE" if paused else "UNPAUSE", member.reason)
        self.serve()
        return True

    def status(self, member: Member, status: str, in_call: bool) -> None:
        member.status, member.in_call = status, in_call
        if self.members.get(member.interface) is member:
            self.emit("QueueMemberStatus", member.headers(self.queue))

    # --- a call comes in

    def turn_away(self, citizen: Citizen) -> str:
        """Told why, and let go before the queue: what the hotline asked for (骚扰来电处置)."""
        root = self.channel("trunk", citizen.number, "from-trunk", "12345")
        talk = Talk(root, citizen)
        self.talks[root.uniqueid] = talk
        root.up, root.application = True, "Playback"
        self.later(talk, ANNOUNCED, self.finish, talk)
        return root.uniqueid

    def arrive(self, citizen: Citizen, priority: int = USUAL, longest_s: float | None = None) -> str:
        root = self.channel("trunk", citizen.number, "from-trunk", "12345")
        talk = Talk(root, citizen, priority=priority, longest_s=longest_s)
        self.talks[root.uniqueid] = talk
        root.up, root.application = True, "Queue"
        recording = f"/var/spool/monitor/{root.uniqueid}.wav"
        self.emit("VarSet", root.headers(), Variable="MIXMONITOR_FILENAME", Value=recording)
        self.emit("MixMonitorStart", root.headers())
        self.waiting.append(talk)
        talk.joined, talk.position = self.clock(), len(self.waiting)
        place = {"Queue": self.queue, "Position": str(talk.position), "Count": str(talk.position)}
        self.emit("QueueCallerJoin", root.headers(), place)
        self.log(root.uniqueid, self.queue, "NONE", "ENTERQUEUE", "", citizen.number, talk.position)
        self.later(talk, citizen.patience, self.abandon, talk)
        self.later(talk, self.longest_wait, self.overflow, talk)
        self.serve()
        return root.uniqueid

    def serve(self) -> None:
        """Free telephones ring for whoever waits longest, in turn (rrmemory); people before made-up colleagues."""
        for talk in sorted(self.waiting, key=lambda t: -t.priority):
            free = [m for m in self.members.values() if m.free]
            if not free:
                return
            if talk.ringing is None:
                self.turn += 1
                self.ring_at(talk, min(free, key=lambda m: (m.by_itself, m.last, self.random.random())))

    def ring_at(self, talk: Talk, member: Member) -> None:
        extension = member.interface.partition("/")[2]
        leg = self.channel(extension, extension, "agents", "s", talk.root.uniqueid)
        talk.ringing, member.last = (member, leg), self.clock()
        talk.rung += 1
        rung = talk.rung
        both = {**talk.root.headers(), **leg.headers("Dest"), "Queue": self.queue, "Interface": member.interface}
        self.emit("AgentCalled", both, MemberName=member.name)
        self.emit("DialBegin", both, DialString=member.interface)
        self.status(member, "6", False)
        self.later(talk, self.ring, self.ring_out, talk, rung)
        if member.answers_in is not None:
            self.later(talk, member.answers_in, self.answer, talk, rung)

    def ring_out(self, talk: Talk, rung: int) -> None:
        if talk.ringing is None or talk.rung != rung:
            return
        member, leg = talk.ringing
        talk.ringing = None
        both = {**talk.root.headers(), **leg.headers("Dest"), "Queue": self.queue}
        self.emit("AgentRingNoAnswer", both, MemberName=member.name, RingTime=str(int(self.ring * 1000)))
        self.log(talk.root.uniqueid, self.queue, member.name, "RINGNOANSWER", int(self.ring * 1000))
        self.stop_ringing(talk, leg, "NOANSWER", "CANCEL")
        self.status(member, "1", False)
        self.later(talk, RETRY, self.serve)

    def stop_ringing(self, talk: Talk, leg: Channel, *statuses: str) -> None:
        for status in statuses:
            self.emit("DialEnd", {**talk.root.headers(), **leg.headers("Dest")}, DialStatus=status)
        self.gone(leg, "0")

    def gone(self, channel: Channel, cause: str = "16") -> None:
        self.emit("Hangup", channel.headers(), Cause=cause)

    def pick_up(self, interface: str) -> bool:
        """A person lifts the receiver."""
        for talk in self.talks.values():
            if talk.ringing and talk.ringing[0].interface == interface:
                self.answer(talk, talk.rung)
                return True
        return False

    def answer(self, talk: Talk, rung: int) -> None:
        if talk.ringing is None or talk.rung != rung or talk not in self.waiting:
            return
        member, leg = talk.ringing
        talk.ringing, talk.agent, talk.connected = None, (member, leg), self.clock()
        self.waiting.remove(talk)
        talk.waited = int(talk.connected) - int(talk.joined or talk.connected)
        both = {**talk.root.headers(), **leg.headers("Dest")}
        self.emit("DialEnd", both, DialStatus="ANSWER")
        self.status(member, "2", True)
        self.emit("QueueCallerLeave", talk.root.headers(), Queue=self.queue, Position="1", Count=str(len(self.waiting)))
        said = {"Queue": self.queue, "MemberName": member.name, "HoldTime": str(talk.waited), "RingTime": "0"}
        self.emit("AgentConnect", both, said)
        self.log(talk.root.uniqueid, self.queue, member.name, "CONNECT", talk.waited, leg.uniqueid, 0)
        if talk.longest_s is not None:
            self.later(talk, talk.longest_s, self.citizen_hangs_up, talk)
        self.join(talk.root, leg)
        talk.by_hand = 0.0 if member.by_itself else talk.connected
        if member.by_itself or member.answers_in is not None:
            ends = self.citizen_hangs_up if talk.citizen.hangs_up else self.agent_hangs_up
            self.later(talk, talk.citizen.talk, ends, talk)
        else:
            self.later(talk, max(talk.citizen.talk, 120), self.citizen_hangs_up, talk)

    def join(self, *channels: Channel) -> None:
        bridge = f"bridge-{channels[0].uniqueid}"
        for number, one in enumerate(channels, 1):
            one.up, one.bridge = True, bridge
            self.emit("BridgeEnter", one.headers(), BridgeUniqueid=bridge, BridgeNumChannels=str(number))

    # --- how it ends

    def abandon(self, talk: Talk) -> None:
        if talk not in self.waiting:
            return
        self.emit("HangupRequest", talk.root.headers(), Cause="16")
        self.leave_queue(talk)
        self.log(talk.root.uniqueid, self.queue, "NONE", "ABANDON", 1, talk.position, self.waits(talk))
        self.finish(talk)

    def overflow(self, talk: Talk) -> None:
        if talk not in self.waiting:
            return
        self.leave_queue(talk)
        self.log(talk.root.uniqueid, self.queue, "NONE", "EXITWITHTIMEOUT", 1, talk.position, self.waits(talk))
        self.emit("UserEvent", talk.root.headers(), UserEvent="HotlineOverflow", Status="TIMEOUT")
        self.finish(talk)

    def waits(self, talk: Talk) -> int:
        return int(self.clock()) - int(talk.joined or 0)

    def leave_queue(self, talk: Talk) -> None:
        self.waiting.remove(talk)
        if talk.ringing:
            (member, leg), talk.ringing = talk.ringing, None
            self.stop_ringing(talk, leg, "CANCEL", "CANCEL")
            self.status(member, "1", False)
        place = {"Queue": self.queue, "Position": "1", "OriginalPosition": str(talk.position)}
        self.emit("QueueCallerAbandon", talk.root.headers(), place, HoldTime=str(self.waits(talk)))
        self.emit("QueueCallerLeave", talk.root.headers(), Queue=self.queue, Position="1", Count=str(len(self.waiting)))

    def citizen_hangs_up(self, talk: Talk) -> None:
        if talk.root.uniqueid not in self.talks:
            return
        self.emit("HangupRequest", talk.root.headers(), Cause="16")
        self.complete(talk, "caller")
        self.finish(talk)

    def agent_hangs_up(self, talk: Talk) -> None:
        """The citizen stays for the survey (按键评价), where the call was one of theirs."""
        if talk.agent is None or talk.root.uniqueid not in self.talks:
            return
        self.emit("HangupRequest", talk.agent[1].headers(), Cause="16")
        self.complete(talk, "agent")
        self.later(talk, 4.0, self.survey, talk)

    def survey(self, talk: Talk) -> None:
        if talk.citizen.score is not None:
            self.emit("UserEvent", talk.root.headers(), UserEvent="HotlineSurvey", Score=str(talk.citizen.score))
        self.finish(talk)

    def talked(self, talk: Talk) -> int:
        return int(self.clock()) - int(talk.connected)

    def complete(self, talk: Talk, reason: str) -> None:
        """The agent is out of it: the queue's last word on a talk."""
        if talk.agent is None:
            return
        (member, leg), talk.agent = talk.agent, None
        talked = self.talked(talk)
        both = {**talk.root.headers(), **leg.headers("Dest"), "Queue": self.queue, "MemberName": member.name}
        self.emit("AgentComplete", both, HoldTime=str(talk.waited), TalkTime=str(talked), Reason=reason)
        if reason != "transfer":
            word = "COMPLETECALLER" if reason == "caller" else "COMPLETEAGENT"
            self.log(talk.root.uniqueid, self.queue, member.name, word, talk.waited, talked, talk.position)
        self.gone(leg)
        member.taken, member.last = member.taken + 1, self.clock()
        self.status(member, "1", False)
        self.later(None, 0.05, self.serve)

    def finish(self, talk: Talk) -> None:
        if self.talks.pop(talk.root.uniqueid, None) is None:
            return
        for timer in talk.timers:
            assert isinstance(timer, asyncio.TimerHandle)
            timer.cancel()
        if self.record and talk.by_hand:
            self.record(f"{talk.root.uniqueid}.wav", self.clock() - talk.by_hand)
        if talk.second is not None:
            self.gone(talk.second)
            self.telephone(talk.second, "1")
        self.gone(talk.root)

    def telephone(self, channel: Channel, status: str) -> None:
        """A telephone that rings or talks outside the queue shows so in it, when it is a member's."""
        member = self.members.get(channel.name.rpartition("-")[0])
        if member is not None:
            self.status(member, status, False)

    def restart(self) -> None:
        """As after a kill: nobody is told of any end, and whoever signed in is forgotten."""
        for talk in self.talks.values():
            for timer in talk.timers:
                assert isinstance(timer, asyncio.TimerHandle)
                timer.cancel()
        self.talks, self.waiting, self.members = {}, [], {}
        self.booted = max(self.clock(), self.booted + 1)
        self.log("NONE", "NONE", "NONE", "QUEUESTART")

    def channels(self) -> list[Channel]:
        legs = [[t.root, t.second, t.agent and t.agent[1], t.ringing and t.ringing[1]] for t in self.talks.values()]
        return [one for group in legs for one in group if one is not None]

    def by_name(self, name: str) -> tuple[Talk, Channel] | None:
        for talk in self.talks.values():
            for one in (talk.root, talk.second, talk.agent and talk.agent[1], talk.ringing and talk.ringing[1]):
                if one is not None and name in (one.name, one.uniqueid):
                    return talk, one
        return None

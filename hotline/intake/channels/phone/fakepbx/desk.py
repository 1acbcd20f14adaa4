"""What an agent's desk asks of the made-up telephone system: dial out, hang up, hold, pass a call on."""

from hotline.intake.channels.phone.fakepbx.exchange import Exchange
from hotline.intake.channels.phone.fakepbx.parties import Channel, Talk, temper

PICKS_UP = 2.0
"""Seconds until an agent lifts the receiver for a call that they asked for."""
CITIZEN_RINGS = 4.0
NOBODY = 25.0
THREE = "*3"
LIFTS = 3.0


def interface_of(channel: Channel | None) -> str:
    return channel.name.rpartition("-")[0] if channel else ""


class Desk:
    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    # --- dialling out

    def originate(self, interface: str, exten: str, channel_id: str, action: str) -> None:
        """Ring the agent's own telephone, then the citizen's; a number that lives is asked for once only."""
        x = self.exchange
        extension = interface.partition("/")[2]
        if channel_id in x.talks:
            self.respond(action, interface, exten, channel_id, "0")
            return
        own = x.channel(extension, extension, "agents", "s", uniqueid=channel_id)
        own.number, own.exten = "12345", exten
        talk = Talk(own, temper(exten))
        x.talks[channel_id] = talk
        x.telephone(own, "6")
        x.emit("DialBegin", own.headers("Dest"), DialString=extension)
        member = x.members.get(interface)
        if member is not None and member.paused and member.reason == "absent":
            x.later(talk, 8.0, self.agent_absent, talk, action)
        else:
            x.later(talk, PICKS_UP, self.agent_answers, talk, action)

    def respond(self, action: str, channel: str, exten: str, uniqueid: str, reason: str) -> None:
        word = "Success" if reason == "4" else "Failure"
        said = {"ActionID": action, "Response": word, "Channel": channel, "Exten": exten, "Reason": reason}
        self.exchange.emit("OriginateResponse", said, Uniqueid=uniqueid, CallerIDNum="12345")

    def agent_absent(self, talk: Talk, action: str) -> None:
        self.respond(action, talk.root.name.rpartition("-")[0], talk.root.exten, talk.root.uniqueid, "3")
        self.exchange.telephone(talk.root, "1")
        self.exchange.finish(talk)

    def agent_answers(self, talk: Talk, action: str) -> None:
        x, own = self.exchange, talk.root
        own.up = True
        x.emit("DialEnd", own.headers("Dest"), DialStatus="ANSWER")
        x.telephone(own, "2")
        self.respond(action, own.name, own.exten, own.uniqueid, "4")
        there = x.channel("trunk", "<unknown>", "from-trunk", "s", own.uniqueid)
        there.number = own.exten
        talk.second = there
        x.emit("DialBegin", own.headers(), there.headers("Dest"), DialString=f"{own.exten}@trunk")
        pause = NOBODY if talk.citizen.answers == "NOANSWER" else CITIZEN_RINGS
        x.later(talk, pause, self.citizen_answers, talk)

    def citizen_answers(self, talk: Talk) -> None:
        x, own, there = self.exchange, talk.root, talk.second
        if there is None:
            return
        x.emit("DialEnd", own.headers(), there.headers("Dest"), DialStatus=talk.citizen.answers)
        if talk.citizen.answers != "ANSWER":
            self.over(talk, None)
            return
        x.join(there, own)
        x.later(talk, talk.citizen.talk, self.over, talk, there)

    def over(self, talk: Talk, who: Channel | None) -> None:
        """An outbound call ends, for both at once."""
        if who is not None:
            self.exchange.emit("HangupRequest", who.headers(), Cause="16")
        self.exchange.telephone(talk.root, "1")
        self.exchange.finish(talk)
        self.exchange.serve()

    # --- on a call

    def hangup(self, name: str) -> bool:
        x = self.exchange
        found = x.by_name(name)
        if found is None:
            return False
        talk, channel = found
        if talk.root.context == "agents":
            self.over(talk, channel)
        elif channel is talk.second:
            self.let_go(talk)
        elif talk.agent is not None and channel is talk.agent[1] and talk.second is not None:
            self.pass_on(talk)
        elif talk.agent is not None and channel is talk.agent[1]:
            x.agent_hangs_up(talk)
        elif talk.ringing is not None and channel is talk.ringing[1]:
            x.ring_out(talk, talk.rung)
        else:
            x.citizen_hangs_up(talk)
        return True

    def hold(self, name: str, held: bool) -> bool:
        found = self.exchange.by_name(name)
        if found is None:
            return False
        found[0].held = held
        self.exchange.emit("Hold" if held else "Unhold", found[1].headers())
        return True

    def second_telephone(self, talk: Talk, exten: str) -> Channel:
        """Whoever the call is passed on to starts to ring."""
        x = self.exchange
        kind = (
            exten
            if f"PJSIP/{exten}" in x.members or (len(exten) <= 4 and exten not in ("110", "119", "120"))
            else "trunk"
        )
        context = "agents" if kind == exten else "from-trunk"
        talk.second = x.channel(kind, exten, context, "s", talk.root.uniqueid)
        x.telephone(talk.second, "6")
        return talk.second

    def blind(self, name: str, exten: str) -> bool:
        x = self.exchange
        found = x.by_name(name)
        if found is None or found[0].agent is None or found[1] is not found[0].agent[1]:
            return False
        talk, leg = found
        said = {"Result": "Success", "Extension": exten, "TransfererChannel": leg.name}
        x.emit("BlindTransfer", said, TransfererUniqueid=leg.uniqueid, TransfererLinkedid=leg.linkedid)
        x.log(
            talk.root.uniqueid,
            x.queue,
            self.name_of(talk),
            "BLINDTRANSFER",
            exten,
            "agents",
            talk.waited,
            x.talked(talk),
            1,
        )
        x.complete(talk, "transfer")
        there = self.second_telephone(talk, exten)
        x.emit("DialBegin", talk.root.headers(), there.headers("Dest"), DialString=exten)
        self.wait_for(talk)
        return True

    def name_of(self, talk: Talk) -> str:
        return talk.agent[0].name if talk.agent else "NONE"

    def wait_for(self, talk: Talk) -> None:
        """Offices and made-up colleagues answer by themselves, a person lifts the receiver."""
        member = self.exchange.members.get(interface_of(talk.second))
        if member is None or member.answers_in is not None:
            self.exchange.later(talk, LIFTS, self.second_answers, talk)

    def pick_up(self, interface: str) -> bool:
        for talk in self.exchange.talks.values():
            if interface_of(talk.second) == interface and talk.second and not talk.second.up:
                self.second_answers(talk)
                return True
        return self.exchange.pick_up(interface)

    def second_answers(self, talk: Talk) -> None:
        x, there, asked_first = self.exchange, talk.second, talk.asking
        if there is None or there.up:
            return
        there.up = True
        x.emit("DialEnd", talk.root.headers(), there.headers("Dest"), DialStatus="ANSWER")
        x.telephone(there, "2")
        if asked_first:
            x.emit("BridgeEnter", there.headers(), BridgeUniqueid="asking")
            return
        x.join(there, talk.root)
        x.later(talk, talk.citizen.talk, x.citizen_hangs_up, talk)

    def attended(self, name: str, exten: str) -> bool:
        x = self.exchange
        found = x.by_name(name)
        if found is None or found[0].agent is None or found[1] is not found[0].agent[1]:
            return False
        talk, leg = found
        talk.asked_second, talk.asking = exten, True
        x.emit("Hold", leg.headers())
        there = self.second_telephone(talk, exten)
        local = {**leg.headers(), "Channel": f"Local/{exten}@agents-00000000;2", "Uniqueid": f"{leg.uniqueid}0"}
        x.emit("DialBegin", local, there.headers("Dest"), DialString=exten)
        self.wait_for(talk)
        return True

    def press(self, name: str, key: str) -> bool:
        """`*3` while asking: all three talk with each other (atxferthreeway)."""
        found = self.exchange.by_name(name)
        if found is None:
            return False
        talk, leg = found
        talk.pressed = (talk.pressed + key)[-2:]
        if talk.pressed == THREE and talk.asking and talk.second is not None and talk.second.up:
            talk.asking = False
            said = {"Result": "Success", "DestType": "Threeway", "OrigTransfererChannel": leg.name}
            of = {"OrigTransfererUniqueid": leg.uniqueid, "OrigTransfererLinkedid": leg.linkedid}
            self.exchange.emit("AttendedTransfer", said, of, OrigTransfererConnectedLineNum=talk.asked_second)
            self.exchange.emit("Unhold", leg.headers())
            self.exchange.join(talk.second, talk.root)
        return True

    def let_go(self, talk: Talk) -> None:
        """Whoever was asked hangs up, or does not answer: the agent has the citizen back."""
        x, there = self.exchange, talk.second
        if there is None or talk.agent is None:
            x.citizen_hangs_up(talk)
            return
        if not there.up:
            x.emit("DialEnd", talk.root.headers(), there.headers("Dest"), DialStatus="CANCEL")
        talk.second = None
        x.gone(there)
        x.telephone(there, "1")
        if talk.asking:
            talk.asking = False
            x.emit("Unhold", talk.agent[1].headers())

    def pass_on(self, talk: Talk) -> None:
        """The agent hangs up while asking: the citizen goes on with whoever was asked."""
        x = self.exchange
        if talk.agent is None or talk.second is None:
            return
        leg = talk.agent[1]
        if talk.asking:
            said = {"Result": "Success", "DestType": "Bridge", "OrigTransfererChannel": leg.name}
            of = {"OrigTransfererUniqueid": leg.uniqueid, "OrigTransfererLinkedid": leg.linkedid}
            x.emit("AttendedTransfer", said, of, OrigTransfererConnectedLineNum=talk.asked_second)
        talk.asking = False
        talked = x.talked(talk)
        bridge = f"bridge-{talk.root.uniqueid}"
        x.log(
            talk.root.uniqueid,
            x.queue,
            self.name_of(talk),
            "ATTENDEDTRANSFER",
            "BRIDGE",
            bridge,
            talk.waited,
            talked,
            1,
        )
        x.complete(talk, "transfer")
        x.join(talk.second, talk.root)

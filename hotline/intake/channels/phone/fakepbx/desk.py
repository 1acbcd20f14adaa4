"""What an agent's desk asks of the made-up telephone system: dial out, hang up, hold, pass a call on."""

from hotline.intake.channels.phone.fakepbx.exchange import Exchange
from hotline.intake.channels.phone.fakepbx.parties import Channel, Talk, temper

PICKS_UP = 2.0
"""Seconds until an agent lifts the receiver for a call that they asked for."""
CITIZEN_RINGS = 4.0
NOBODY = 25.0


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
        if talk.agent is None and talk.ringing is None and talk.root.context == "agents":
            self.over(talk, channel)
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
        x.later(talk, 3.0, self.second_answers, talk, False)
        return True

    def name_of(self, talk: Talk) -> str:
        return talk.agent[0].name if talk.agent else "NONE"

    def second_answers(self, talk: Talk, asked_first: bool) -> None:
        x, there = self.exchange, talk.second
        if there is None:
            return
        x.emit("DialEnd", talk.root.headers(), there.headers("Dest"), DialStatus="ANSWER")
        x.telephone(there, "2")
        if not asked_first:
            x.join(there, talk.root)
        else:
            x.emit("BridgeEnter", there.headers(), BridgeUniqueid="asking")
        x.later(talk, talk.citizen.talk, x.citizen_hangs_up, talk)

    def attended(self, name: str, exten: str) -> bool:
        x = self.exchange
        found = x.by_name(name)
        if found is None or found[0].agent is None or found[1] is not found[0].agent[1]:
            return False
        talk, leg = found
        talk.asked_second = exten
        x.emit("Hold", leg.headers())
        there = self.second_telephone(talk, exten)
        local = {**leg.headers(), "Channel": f"Local/{exten}@agents-00000000;2", "Uniqueid": f"{leg.uniqueid}0"}
        x.emit("DialBegin", local, there.headers("Dest"), DialString=exten)
        x.later(talk, 3.0, self.second_answers, talk, True)
        return True

    def pass_on(self, talk: Talk) -> None:
        """The agent hangs up while asking: the citizen goes on with whoever was asked."""
        x = self.exchange
        if talk.agent is None or talk.second is None:
            return
        leg = talk.agent[1]
        said = {
            "Result": "Success",
            "OrigTransfererChannel": leg.name,
            "OrigTransfererConnectedLineNum": talk.asked_second,
        }
        x.emit("AttendedTransfer", said, OrigTransfererUniqueid=leg.uniqueid, OrigTransfererLinkedid=leg.linkedid)
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

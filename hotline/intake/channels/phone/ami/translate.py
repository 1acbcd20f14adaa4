"""One AMI event → what it says in our words. Each is translated by itself, whatever came before: so an event that is
repeated, late or out of its order means the same, and two adapters say the same of it (decision 0080)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hotline.intake.channels.phone.ami.plan import Plan
from hotline.intake.channels.phone.ami.wire import Message, header
from hotline.intake.channels.phone.event import PhoneEvent, Type, facts, number

WRAP_UP = "wrap_up"
"""The reason under which we pause an agent who writes up a call."""
DEVICES = {"1": "ready", "2": "talking", "3": "talking", "4": "offline", "5": "offline"}
DEVICES |= {"6": "ringing", "7": "ringing", "8": "talking"}
"""AST_DEVICE_*; 0 is "unknown", which a telephone that never registered also is."""
REASONS = {"4": "answered", "3": "no_answer", "1": "no_answer", "5": "no_answer"}
"""OriginateResponse: 0 failed, 8 congestion, and whatever else there is."""


def moment(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


class Heard:
    """One message with what all translations ask of it."""

    def __init__(self, plan: Plan, message: Message, received_at: datetime, boot: str) -> None:
        self.plan, self.message, self.received_at, self.boot = plan, message, received_at, boot
        self.stamp = header(message, "Timestamp")
        self.at = moment(self.stamp) or received_at

    def __getitem__(self, name: str) -> str:
        return header(self.message, name)

    @property
    def leg(self) -> str:
        return self["DestUniqueid"]

    @property
    def call(self) -> str:
        return self["Linkedid"] or self["DestLinkedid"]

    @property
    def root(self) -> bool:
        return self["Uniqueid"] == self["Linkedid"]

    def within(self) -> bool:
        """Of a pair of Local channels, through which a call is passed on: the telephone at its far end is what counts."""
        return (self["DestChannel"] or self["Channel"]).startswith("Local/")

    def event(self, type_: Type, *, call: str = "", leg: str = "", key: str = "", **said: Any) -> PhoneEvent:
        call = call or self.call
        name = self["Event"]
        data = facts(said.pop("data", {}))
        stamp = self.stamp or self.received_at.isoformat()
        return PhoneEvent(
            provider=self.plan.provider,
            boot=self.boot,
            event_key="|".join([f"{name}{key}", call, leg or self.leg or self["Uniqueid"], stamp])[:300],
            type=type_,
            call=call,
            leg=leg,
            at=self.at,
            received_at=self.received_at,
            data=data,
            **said,
        )


def translate(plan: Plan, message: Message, received_at: datetime, boot: str = "") -> list[PhoneEvent]:
    """What is no news to us is an empty list, and never an error."""
    found = WORDS.get(header(message, "Event"))
    heard = Heard(plan, message, received_at, boot)
    if found is None or heard.within():
        return []
    told = found(heard)
    return [told] if told is not None and (told.call or told.agent) else []


def whole(text: str, times: int = 1) -> int | None:
    return int(text) * times if text.isascii() and text.isdecimal() and len(text) < 9 else None


def new_channel(heard: Heard) -> PhoneEvent | None:
    agent = heard.plan.agent_at(heard["Channel"])
    if not heard.root:
        return heard.event(Type.LEG_STARTED, leg=heard["Uniqueid"], agent=agent)
    if agent:
        return heard.event(Type.LEG_STARTED, leg=heard["Uniqueid"], agent=agent, direction="out")
    return heard.event(
        Type.OFFERED,
        leg=heard["Uniqueid"],
        direction="in",
        caller=number(heard["CallerIDNum"]),
        called=number(heard["Exten"]),
    )


def joined(heard: Heard) -> PhoneEvent | None:
    return heard.event(
        Type.QUEUED,
        leg=heard["Uniqueid"],
        direction="in",
        caller=number(heard["CallerIDNum"]),
        called=number(heard["Exten"]),
        queue=heard["Queue"],
        data={"position": whole(heard["Position"])},
    )


def agent_called(heard: Heard) -> PhoneEvent | None:
    return heard.event(Type.RINGING, leg=heard.leg, queue=heard["Queue"], agent=heard["MemberName"], direction="in")


def no_answer(heard: Heard) -> PhoneEvent | None:
    return heard.event(
        Type.RING_ENDED, leg=heard.leg, queue=heard["Queue"], agent=heard["MemberName"], data={"reason": "no_answer"}
    )


def connected(heard: Heard) -> PhoneEvent | None:
    return heard.event(Type.ANSWERED, leg=heard.leg, queue=heard["Queue"], agent=heard["MemberName"])


def completed(heard: Heard) -> PhoneEvent | None:
    seconds = {"wait_ms": whole(heard["HoldTime"], 1000), "talk_ms": whole(heard["TalkTime"], 1000)}
    said = {"reason": heard["Reason"], **seconds}
    return heard.event(Type.AGENT_LEFT, leg=heard.leg, queue=heard["Queue"], agent=heard["MemberName"], data=said)


def gave_up(heard: Heard) -> PhoneEvent | None:
    said = {"wait_ms": whole(heard["HoldTime"], 1000)}
    return heard.event(Type.LEFT_QUEUE, leg=heard["Uniqueid"], queue=heard["Queue"], data=said)


def dial_begin(heard: Heard) -> PhoneEvent | None:
    if not heard.leg:
        return None
    agent = heard.plan.agent_at(heard["DestChannel"])
    called = "" if agent else number(heard["DestCallerIDNum"])
    return heard.event(
        Type.DIALLED, call=heard["DestLinkedid"] or heard.call, leg=heard.leg, agent=agent, called=called
    )


def dial_end(heard: Heard) -> PhoneEvent | None:
    if not heard.leg:
        return None
    status = heard["DialStatus"]
    return heard.event(
        Type.DIAL_ENDED,
        call=heard["DestLinkedid"] or heard.call,
        leg=heard.leg,
        key=f".{status}",
        agent=heard.plan.agent_at(heard["DestChannel"]),
        data={"status": status},
    )


def hangup_asked(heard: Heard) -> PhoneEvent | None:
    return heard.event(Type.HANGUP_ASKED, leg=heard["Uniqueid"])


def hung_up(heard: Heard) -> PhoneEvent | None:
    return heard.event(Type.LEG_ENDED, leg=heard["Uniqueid"], data={"cause": heard["Cause"], "root": heard.root})


def entered(heard: Heard) -> PhoneEvent | None:
    return heard.event(Type.LEG_JOINED, leg=heard["Uniqueid"])


def held(heard: Heard) -> PhoneEvent | None:
    return heard.event(Type.HELD, leg=heard["Uniqueid"], agent=heard.plan.agent_at(heard["Channel"]))


def resumed(heard: Heard) -> PhoneEvent | None:
    return heard.event(Type.RESUMED, leg=heard["Uniqueid"], agent=heard.plan.agent_at(heard["Channel"]))


def passed_blind(heard: Heard) -> PhoneEvent | None:
    if heard["Result"] != "Success":
        return None
    said = {"kind": "blind", "from": heard.plan.agent_at(heard["TransfererChannel"]), "to": heard["Extension"]}
    return heard.event(Type.TRANSFERRED, call=heard["TransfererLinkedid"], leg=heard["TransfererUniqueid"], data=said)


def passed_on(heard: Heard) -> PhoneEvent | None:
    if heard["Result"] != "Success":
        return None
    agent, to = heard.plan.agent_at(heard["OrigTransfererChannel"]), heard["OrigTransfererConnectedLineNum"]
    # Of the three none has left: the agent talks on.
    kind = "conference" if heard["DestType"] == "Threeway" else "attended"
    said = {"kind": kind, "from": agent, "to": to}
    return heard.event(
        Type.TRANSFERRED, call=heard["OrigTransfererLinkedid"], leg=heard["OrigTransfererUniqueid"], data=said
    )


def user_event(heard: Heard) -> PhoneEvent | None:
    """What our own dialplan says: the caller's key after the talk, and that the queue's time was over."""
    name = heard["UserEvent"]
    if name == "HotlineSurvey":
        return heard.event(Type.SURVEY, key=f".{name}", leg=heard["Uniqueid"], data={"score": whole(heard["Score"])})
    if name == "HotlineOverflow":
        return heard.event(
            Type.OVERFLOWED, key=f".{name}", leg=heard["Uniqueid"], data={"reason": heard["Status"].lower()}
        )
    return None


def set_variable(heard: Heard) -> PhoneEvent | None:
    """录音文件名: the only variable we listen to; MixMonitorStart does not tell it."""
    if heard["Variable"] != "MIXMONITOR_FILENAME" or not heard["Value"]:
        return None
    return heard.event(Type.RECORDING, leg=heard["Uniqueid"], data={"ref": heard["Value"].rpartition("/")[2]})


def originated(heard: Heard) -> PhoneEvent | None:
    status = REASONS.get(heard["Reason"], "failed")
    call = heard["Uniqueid"]
    return heard.event(
        Type.ORIGINATED,
        call=call,
        key=f".{heard['ActionID']}",
        agent=heard.plan.agent_at(heard["Channel"]),
        direction="out",
        data={"status": status, "cause": heard["Reason"]},
    )


def member(heard: Heard) -> PhoneEvent | None:
    name = heard["MemberName"] or heard["Name"]
    interface = heard["Interface"] or heard["Location"]
    out = heard["Event"] == "QueueMemberRemoved"
    state = {"state": "signed_out"} if out else state_of_member(heard.message)
    said = {**state, "extension": heard.plan.extension_of(interface)}
    return heard.event(Type.AGENT, call="", leg="", key=f".{name}", agent=name, queue=heard["Queue"], data=said)


def state_of_member(member: Message) -> dict[str, str]:
    """座席状态: talking and ringing say more than a pause, a pause more than a telephone at rest."""
    device = DEVICES.get(header(member, "Status"), "offline")
    if header(member, "InCall") == "1" or device in ("talking", "ringing"):
        return {"state": "talking" if header(member, "InCall") == "1" else device}
    if header(member, "Paused") == "1":
        reason = header(member, "PausedReason")
        return {"state": "wrap_up"} if reason == WRAP_UP else {"state": "not_ready", "reason": reason}
    return {"state": device}


WORDS: dict[str, Callable[[Heard], PhoneEvent | None]] = {
    "Newchannel": new_channel,
    "QueueCallerJoin": joined,
    "AgentCalled": agent_called,
    "AgentRingNoAnswer": no_answer,
    "AgentConnect": connected,
    "AgentComplete": completed,
    "QueueCallerAbandon": gave_up,
    "DialBegin": dial_begin,
    "DialEnd": dial_end,
    "HangupRequest": hangup_asked,
    "Hangup": hung_up,
    "BridgeEnter": entered,
    "Hold": held,
    "Unhold": resumed,
    "BlindTransfer": passed_blind,
    "AttendedTransfer": passed_on,
    "UserEvent": user_event,
    "VarSet": set_variable,
    "OriginateResponse": originated,
    "QueueMemberAdded": member,
    "QueueMemberRemoved": member,
    "QueueMemberPause": member,
    "QueueMemberStatus": member,
}

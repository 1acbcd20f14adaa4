"""A command → what is asked of Asterisk for it, and what its answer means."""

from collections.abc import Callable, Mapping

import msgspec

from hotline.intake.channels.phone.ami.plan import Plan
from hotline.intake.channels.phone.ami.wire import Message, header
from hotline.intake.channels.phone.call import Call
from hotline.intake.channels.phone.commands.form import Order, PhoneVerb

Headers = dict[str, str | list[str]]
RING_MS = "30000"
DONE_ALREADY = ("Already there", "Not there", "not found in queue")
SPY = {"listen": "q", "whisper": "qw", "barge": "qB"}
RIGHT_OF = {
    "QueueAdd": "agent",
    "QueueRemove": "agent",
    "QueuePause": "agent",
    "Originate": "originate",
    "Hangup": "call",
    "BlindTransfer": "call",
    "Atxfer": "call",
    "PlayDTMF": "call",
    "MuteAudio": "system",
    "PJSIPNotify": "system",
}
REMOTE = frozenset({PhoneVerb.ANSWER, PhoneVerb.HOLD, PhoneVerb.RESUME, PhoneVerb.MUTE, PhoneVerb.UNMUTE})


class Asking(msgspec.Struct, frozen=True):
    action: str
    headers: Headers


def asking(plan: Plan, order: Order, channel: str, target: str = "") -> list[Asking] | str:
    """What to ask one after the other, or why it cannot be. `channel` is the agent's own on the call; `target` the
    channel that is meant beside it: whom to listen to, whom to let go."""
    if order.verb in REMOTE and not plan.remote:
        return "电话系统没有开通遥控话机,请直接在话机上操作(HOTLINE_AMI_URL 加 remote=yes 可开通,见 telephony.md)。"
    if order.verb in NEEDS_CHANNEL and not channel:
        return "您的话机已不在这通电话上。"
    asked = ASKED[order.verb](plan, order, channel, target)
    return [asked] if isinstance(asked, Asking) else asked


def seat(plan: Plan, order: Order) -> Headers:
    return {"Queue": plan.queue, "Interface": plan.interface_of(order.extension)}


def sign_in(plan: Plan, order: Order, channel: str, target: str) -> Asking:
    interface = plan.interface_of(order.extension)
    named = {"MemberName": order.agent, "Penalty": "0", "StateInterface": interface}
    return Asking("QueueAdd", {**seat(plan, order), **named})


def sign_out(plan: Plan, order: Order, channel: str, target: str) -> Asking:
    return Asking("QueueRemove", seat(plan, order))


def ready(plan: Plan, order: Order, channel: str, target: str) -> Asking:
    return Asking("QueuePause", {**seat(plan, order), "Paused": "false"})


def not_ready(plan: Plan, order: Order, channel: str, target: str) -> Asking:
    return Asking("QueuePause", {**seat(plan, order), "Paused": "true", "Reason": order.reason})


def dial(plan: Plan, order: Order, channel: str, target: str) -> Asking:
    """The number that we choose for the channel makes a second request harmless while the first lives (ChannelId)."""
    where = {"Context": plan.context, "Exten": order.number, "Priority": "1", "Timeout": RING_MS, "Async": "true"}
    shown = {"CallerID": f'"{plan.line}" <{plan.line}>', "ChannelId": order.channel}
    return Asking(
        "Originate",
        {
            "Channel": plan.interface_of(order.extension),
            **where,
            **shown,
            "Variable": f"__HOTLINE_CALL={order.channel}",
        },
    )


def hangup(plan: Plan, order: Order, channel: str, target: str) -> Asking:
    return Asking("Hangup", {"Channel": target if order.kind == "all" else channel or target, "Cause": "16"})


def conference(plan: Plan, order: Order, channel: str, target: str) -> list[Asking]:
    """三方: of an attended transfer Asterisk itself makes a talk of three, asked by the keys of features.conf as if the
    agent had pressed them. The queue's talk stays one talk: nothing is redirected (decision 0084)."""
    return [Asking("PlayDTMF", {"Channel": channel, "Digit": key, "Receive": "true"}) for key in plan.threeway]


def retrieve(plan: Plan, order: Order, channel: str, target: str) -> Asking | str:
    return Asking("Hangup", {"Channel": target, "Cause": "16"}) if target else "现在没有正在咨询的一方。"


def notify(said: str) -> Callable[[Plan, Order, str, str], Asking]:
    """SIP NOTIFY `talk` and `hold`, which desk telephones take as if the key were pressed."""

    def ask(plan: Plan, order: Order, channel: str, target: str) -> Asking:
        return Asking("PJSIPNotify", {"Channel": channel, "Variable": f"Event={said}"})

    return ask


def mute(state: str) -> Callable[[Plan, Order, str, str], Asking]:
    def ask(plan: Plan, order: Order, channel: str, target: str) -> Asking:
        return Asking("MuteAudio", {"Channel": channel, "Direction": "in", "State": state})

    return ask


def transfer(plan: Plan, order: Order, channel: str, target: str) -> Asking:
    """Of the agent's own channel: given the citizen's, the agent would be sent on instead."""
    action = "BlindTransfer" if order.kind == "blind" else "Atxfer"
    return Asking(action, {"Channel": channel, "Exten": order.to, "Context": plan.transfer})


def listen(plan: Plan, order: Order, channel: str, target: str) -> Asking | str:
    if not target:
        return "这通电话还没有座席接听。"
    spying = {"Application": "ChanSpy", "Data": f"{target},{SPY[order.kind]}", "Timeout": RING_MS, "Async": "true"}
    return Asking("Originate", {"Channel": plan.interface_of(order.extension), **spying})


NEEDS_CHANNEL = REMOTE | {PhoneVerb.TRANSFER, PhoneVerb.COMPLETE, PhoneVerb.CONFERENCE, PhoneVerb.RETRIEVE}
ASKED: Mapping[PhoneVerb, Callable[[Plan, Order, str, str], Asking | list[Asking] | str]] = {
    PhoneVerb.SIGN_IN: sign_in,
    PhoneVerb.SIGN_OUT: sign_out,
    PhoneVerb.READY: ready,
    PhoneVerb.NOT_READY: not_ready,
    PhoneVerb.DIAL: dial,
    PhoneVerb.ANSWER: notify("talk"),
    PhoneVerb.HANGUP: hangup,
    PhoneVerb.HOLD: notify("hold"),
    PhoneVerb.RESUME: notify("talk"),
    PhoneVerb.MUTE: mute("on"),
    PhoneVerb.UNMUTE: mute("off"),
    PhoneVerb.TRANSFER: transfer,
    PhoneVerb.COMPLETE: hangup,
    PhoneVerb.CONFERENCE: conference,
    PhoneVerb.RETRIEVE: retrieve,
    PhoneVerb.LISTEN: listen,
}


def meant_by(call: Call, order: Order) -> tuple[str, str]:
    """Of which legs of the call a command speaks: the agent's own, and the other."""
    still = [leg for leg in call.legs if leg.ended_at is None]
    own = [leg.id for leg in still if leg.agent == order.agent]
    others = [leg.id for leg in still if leg.agent and leg.agent != order.agent]
    if order.verb is PhoneVerb.RETRIEVE:
        # Who is consulted was called last; of a call that we made the citizen is a leg, too, and the first.
        asked = [leg.id for leg in still if leg.id not in own and leg.id != call.call]
        others = asked[-1:] if call.direction == "in" or len(asked) > 1 else []
    elif order.verb is PhoneVerb.HANGUP and order.kind == "all":
        others = [call.call]
    return (own[-1] if own else ""), (others[0] if others else "")


def meant(asked: Asking, told: Message) -> str | None:
    """Why it was not done, or None. What is so already is done."""
    said = header(told, "Message")
    if header(told, "Response") == "Success" or any(word in said for word in DONE_ALREADY):
        return None
    if "ermission denied" in said:
        right = RIGHT_OF.get(asked.action, "…")
        return f"电话系统账号没有执行 {asked.action} 的权限,请在 manager.conf 给该用户 write={right}。"
    if "No such channel" in said:
        return "这通电话已经不在了。"
    return f"电话系统没有执行:{said[:200]}。"

"""What may be asked of a telephone, and what each request must say."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from hotline.infra.crypto import sm3
from hotline.infra.errors import HotlineError, InvalidInput
from hotline.intake.channels.phone.event import NUMBER, WORD
from hotline.intake.channels.phone.seats.seat import REASON_NAMES, RESTING, Reason

MOST_RESTING = 0.2
"""小休: one in five of those signed in may rest at once, and always one."""


LONGER, LONGEST_WRAP_UP = timedelta(seconds=60), timedelta(minutes=5)
"""续时: how much each time, and how long 话后整理 may last in all."""


class PhoneVerb(StrEnum):
    SIGN_IN = "sign_in"  # 签入
    SIGN_OUT = "sign_out"  # 签出
    READY = "ready"  # 示闲
    NOT_READY = "not_ready"  # 示忙
    DIAL = "dial"  # 外呼
    ANSWER = "answer"  # 接听
    HANGUP = "hangup"  # 挂机
    HOLD = "hold"  # 保持
    RESUME = "resume"  # 恢复
    MUTE = "mute"  # 静音
    UNMUTE = "unmute"  # 取消静音
    TRANSFER = "transfer"  # 转接
    COMPLETE = "complete_transfer"  # 咨询转接完成
    CONFERENCE = "conference"  # 三方通话: whoever is being consulted joins the talk
    RETRIEVE = "retrieve"  # 取回: whoever is being consulted leaves again
    LISTEN = "listen"  # 监听、密语、强插
    EXTEND = "extend"  # 话后续时


VERB_NAMES = {
    PhoneVerb.SIGN_IN: "签入",
    PhoneVerb.SIGN_OUT: "签出",
    PhoneVerb.READY: "示闲",
    PhoneVerb.NOT_READY: "示忙",
    PhoneVerb.DIAL: "外呼",
    PhoneVerb.ANSWER: "接听",
    PhoneVerb.HANGUP: "挂机",
    PhoneVerb.HOLD: "保持",
    PhoneVerb.RESUME: "恢复",
    PhoneVerb.MUTE: "静音",
    PhoneVerb.UNMUTE: "取消静音",
    PhoneVerb.TRANSFER: "转接",
    PhoneVerb.COMPLETE: "完成转接",
    PhoneVerb.CONFERENCE: "三方通话",
    PhoneVerb.RETRIEVE: "取回",
    PhoneVerb.LISTEN: "监听",
    PhoneVerb.EXTEND: "续时",
}
ON_A_CALL = frozenset(PhoneVerb) - {
    PhoneVerb.SIGN_IN,
    PhoneVerb.SIGN_OUT,
    PhoneVerb.READY,
    PhoneVerb.NOT_READY,
    PhoneVerb.DIAL,
    PhoneVerb.EXTEND,
}
OF_OTHERS = frozenset({PhoneVerb.SIGN_OUT, PhoneVerb.READY, PhoneVerb.NOT_READY, PhoneVerb.HANGUP})
"""What a supervisor may ask of a colleague's telephone: 强制签出、示闲、示忙、强拆."""
KINDS = {
    PhoneVerb.TRANSFER: ("blind", "attended"),
    PhoneVerb.LISTEN: ("listen", "whisper", "barge"),
    PhoneVerb.HANGUP: ("", "all"),
}
"""挂机: one's own receiver, after which the citizen may rate the call; `all`: the citizen's line, too, and no survey."""
EXTENSION_SAID = "分机号应为 2 至 10 位数字。"


class NoTelephone(HotlineError):
    """Nobody could carry it out."""

    code = "no_telephone"
    status = 409


class PhoneRefused(HotlineError):
    """The telephone system would not."""

    code = "phone_refused"
    status = 409


class CommandBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """话机指令. `key` is the caller's own: the same key again is the same command, and never a second call."""

    key: str
    verb: PhoneVerb
    extension: str = ""
    reason: str = ""
    number: str = ""
    call: str = ""
    to: str = ""
    kind: str = ""
    person_id: int | None = None
    callback: str = ""
    """The callback that is being made (工单号-回访序号): its number need not be known to who dials."""
    missed: str = ""
    """The missed call that is being returned; its number need not be known to who dials."""


class Order(msgspec.Struct, frozen=True):
    """A command as whoever carries it out reads it."""

    id: int
    provider: str
    key: str
    verb: PhoneVerb
    agent: str
    extension: str
    call: str
    """As the telephone system numbers it."""
    reason: str = ""
    number: str = ""
    to: str = ""
    kind: str = ""
    channel: str = ""
    """The number under which a new call is asked for: asked twice, it is one call."""


def checked(body: CommandBody) -> CommandBody:
    faults = list(faults_of(body))
    if faults:
        raise InvalidInput(faults)
    return body


def faults_of(body: CommandBody) -> list[tuple[str, str]]:
    faults = []
    if not 1 <= len(body.key) <= 100 or not WORD.fullmatch(body.key):
        faults.append(("key", "key 应为 1 至 100 个字符,同一操作重发时保持不变。"))
    if body.verb is PhoneVerb.SIGN_IN and not is_extension(body.extension):
        faults.append(("extension", EXTENSION_SAID))
    if body.verb is PhoneVerb.NOT_READY and body.reason not in set(Reason):
        faults.append(("reason", f"请选择示忙原因:{'、'.join(REASON_NAMES.values())}。"))
    if body.verb is PhoneVerb.DIAL and not NUMBER.fullmatch(body.number) and not (body.callback or body.missed):
        faults.append(("number", "号码应为 3 至 20 位数字,可以 + 开头。"))
    if body.verb in ON_A_CALL and not body.call:
        faults.append(("call", "请说明是哪一通电话。"))
    if body.verb in KINDS and body.kind not in KINDS[body.verb]:
        faults.append(("kind", f"kind 只能是 {'、'.join(word for word in KINDS[body.verb] if word)} 之一。"))
    if body.verb is PhoneVerb.TRANSFER and not NUMBER.fullmatch(body.to):
        faults.append(("to", "请填写转接到的分机或号码,3 至 20 位数字。"))
    return faults


def is_extension(said: str) -> bool:
    return said.isascii() and said.isdecimal() and 2 <= len(said) <= 10


def channel_of(key: str) -> str:
    """The same request always asks for the same channel, so that the telephone system itself refuses a second call."""
    return f"hl-{sm3(key.encode()).hex()[:24]}"


def extended(since: datetime, until: datetime | None, now: datetime) -> datetime | str:
    """续时: until when the writing-up goes on then, or why it may not."""
    if until is None:
        return "现在不是话后整理,不用续时。"
    if until >= since + LONGEST_WRAP_UP:
        return f"话后整理最长 {whole_minutes(LONGEST_WRAP_UP)} 分钟,不能再续;还没写完请示忙,草稿已经存好。"
    return min(max(until, now) + LONGER, since + LONGEST_WRAP_UP)


def whole_minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


def may_rest(signed_in: int) -> int:
    return max(1, int(signed_in * MOST_RESTING))


def rest_refused(reason: str, others: int, signed_in: int) -> str | None:
    """Why this person may not rest just now."""
    if reason not in RESTING:
        return None
    most = may_rest(signed_in)
    if others >= most:
        return f"小休人数已满({others}/{most}),请等同事回来后再休息;确有急事请联系班长。"
    return None

"""How this PBX names things: what HOTLINE_AMI_URL says beyond where it is."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from hotline.infra.errors import Misconfigured

EXTENSION = re.compile(r"[0-9]{2,10}")
KEYS_PRESSED = re.compile(r"[0-9*#]{1,5}")
NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class Plan(msgspec.Struct, frozen=True):
    host: str
    port: int = 5038
    user: str = ""
    secret: str = ""
    provider: str = "asterisk:pbx1"
    queue: str = "q12345"
    line: str = "12345"
    """The number citizens see when we call."""
    interface: str = "PJSIP/{extension}"
    member: str = "agent-{extension}"
    context: str = "callback"
    """The dialplan's way out to citizens; no other is ever dialled."""
    transfer: str = "agents"
    threeway: str = "*3"
    """`atxferthreeway` of features.conf: the keys that make a talk of three of an attended transfer."""
    wrapup: int = 60
    """话后整理: seconds that an agent is given after each talk; 0: none."""
    remote: bool = False
    """Telephones are lifted, held and muted for their agents: needs write=system (docs/telephony.md)."""
    queue_log: str = ""
    """The PBX's own log, as this machine sees it: reckoned with every five minutes."""
    recordings: str = ""
    """Folder in which the PBX leaves recordings, as this machine sees it."""

    def __repr__(self) -> str:
        return f"Plan({self.host}:{self.port} as {self.user})"

    def interface_of(self, extension: str) -> str:
        return self.interface.replace("{extension}", extension)

    def member_of(self, extension: str) -> str:
        return self.member.replace("{extension}", extension)

    def extension_of(self, channel: str) -> str:
        """`PJSIP/1001-0000000b` is the telephone 1001; a trunk's channel is nobody's."""
        before, _, after = self.interface.partition("{extension}")
        found = re.fullmatch(f"{re.escape(before)}([0-9]{{2,10}}){re.escape(after)}(?:-[0-9a-f]+)?", channel)
        return found[1] if found else ""

    def agent_at(self, channel: str) -> str:
        extension = self.extension_of(channel)
        return self.member_of(extension) if extension else ""


def plan_of(url: str) -> Plan:
    """`ami://user:secret@host:5038/?queue=q12345&context=callback`; a wrong one is one sentence."""
    parts = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    try:
        port = parts.port or 5038
    except ValueError:
        raise Misconfigured("HOTLINE_AMI_URL 的端口应是 1 到 65535 之间的整数。") from None
    if not parts.hostname or not parts.username:
        raise Misconfigured("HOTLINE_AMI_URL 应形如 ami://用户:密码@主机:5038/?queue=q12345。")
    known = {name: asked.pop(name) for name in list(asked) if name in KEYS}
    if asked:
        raise Misconfigured(f"HOTLINE_AMI_URL 有不认识的参数 {'、'.join(sorted(asked))};可用 {'、'.join(KEYS)}。")
    for name in ("queue", "context", "transfer"):
        if name in known and not NAME.fullmatch(known[name]):
            raise Misconfigured(f"HOTLINE_AMI_URL 的 {name} 只能用字母、数字、点、下划线和连字符。")
    if not KEYS_PRESSED.fullmatch(known.get("threeway", "*3")):
        raise Misconfigured(
            "HOTLINE_AMI_URL 的 threeway 应是 1 至 5 个按键,与 features.conf 的 atxferthreeway 相同,如 *3。"
        )
    for name in ("interface", "member"):
        if name in known and known[name].count("{extension}") != 1:
            raise Misconfigured(f"HOTLINE_AMI_URL 的 {name} 应含一个 {{extension}},如 PJSIP/{{extension}}。")
    wrapup, remote = known.pop("wrapup", "60"), known.pop("remote", "no")
    if not (wrapup.isascii() and wrapup.isdecimal() and int(wrapup) <= 3600):
        raise Misconfigured("HOTLINE_AMI_URL 的 wrapup 应是 0 到 3600 之间的秒数。")
    if remote not in ("yes", "no"):
        raise Misconfigured("HOTLINE_AMI_URL 的 remote 只能是 yes 或 no。")
    secret = unquote(parts.password or "")
    user = unquote(parts.username)
    return Plan(parts.hostname, port, user, secret, wrapup=int(wrapup), remote=remote == "yes", **known)


KEYS = (
    "provider",
    "queue",
    "line",
    "interface",
    "member",
    "context",
    "transfer",
    "threeway",
    "wrapup",
    "remote",
    "queue_log",
    "recordings",
)

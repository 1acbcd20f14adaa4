"""AMI on the wire: headers in lines, a blank line ends a message. A value that would break out of its line is refused."""

import re
from collections.abc import Iterable, Mapping

from hotline.infra.errors import HotlineError

Message = dict[str, str | list[str]]
BREAKS = re.compile(r"[\r\n\0]")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
MOST = 256 * 1024
"""Bytes that may wait for the blank line: more is no AMI."""


class UnsafeValue(HotlineError):
    """A line break in a value would be a header of its own: somebody tries to say more to the PBX than they may."""

    code = "unsafe_value"
    status = 422


class NotAmi(HotlineError):
    """What answers at this address does not speak AMI."""

    code = "not_ami"
    status = 502


def written(action: str, headers: Mapping[str, str | Iterable[str]]) -> bytes:
    lines = [("Action", action)]
    for name, value in headers.items():
        lines += [(name, value)] if isinstance(value, str) else [(name, one) for one in value]
    for name, value in lines:
        if not NAME.fullmatch(name) or BREAKS.search(value):
            raise UnsafeValue(f"{name} 的值含有换行等控制字符,未发给电话系统。")
    return "".join(f"{name}: {value}\r\n" for name, value in lines).encode() + b"\r\n"


class Reader:
    """Bytes as they come, cut anywhere → whole messages."""

    def __init__(self) -> None:
        self.waiting = b""
        self.greeting = ""

    def feed(self, received: bytes) -> list[Message]:
        self.waiting += received
        if not self.greeting:
            line, found, after = self.waiting.partition(b"\r\n")
            if not found and len(self.waiting) < 256:
                return []
            self.greeting, self.waiting = line.decode("utf-8", "replace"), after
            if not self.greeting.startswith("Asterisk Call Manager"):
                raise NotAmi("此地址答话的不是 Asterisk AMI,请检查 HOTLINE_AMI_URL 的主机和端口。")
        *whole, self.waiting = self.waiting.split(b"\r\n\r\n")
        if len(self.waiting) > MOST:
            raise NotAmi("电话系统发来的消息没有结尾,已断开重连。")
        return [message for part in whole if (message := read(part))]


def read(part: bytes) -> Message:
    """One message; a header that occurs twice is a list. Lines without a colon are a banner's or a command's output."""
    message: Message = {}
    for line in part.decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon or not NAME.fullmatch(name):
            continue
        value = value.removeprefix(" ")
        before = message.get(name)
        if before is None:
            message[name] = value
        else:
            message[name] = [*([before] if isinstance(before, str) else before), value]
    return message


def header(message: Message, name: str) -> str:
    """The value; of a repeated header the last."""
    found = message.get(name, "")
    return found if isinstance(found, str) else found[-1]

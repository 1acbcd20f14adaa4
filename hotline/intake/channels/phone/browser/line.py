"""Where the PBX takes browsers as telephones: what HOTLINE_BROWSER_PHONE says, and what a browser is told of it. Pure."""

import base64
import hashlib
import hmac
import re
from datetime import datetime, timedelta
from functools import cache
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

import msgspec

from hotline.infra.errors import Misconfigured

SETTING = "HOTLINE_BROWSER_PHONE"
HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/?")
ICE = re.compile(r"(stun|turns?):[A-Za-z0-9.-]+(:[0-9]{1,5})?(\?transport=(udp|tcp))?")
KEYS = ("domain", "realm", "ice")
RELAYED = timedelta(hours=12)
"""How long the word lasts that lets a browser use the relay: longer than a shift."""


class Line(msgspec.Struct, frozen=True):
    address: str
    """Of the WebSocket; it stands in the page's security policy, so it holds nothing that could mean more there."""
    domain: str
    realm: str
    """As the PBX asks for passwords; what we hand out is good for this realm alone."""
    ice: tuple[str, ...] = ()


class IceServer(msgspec.Struct, frozen=True):
    urls: str
    username: str = ""
    credential: str = ""

    def __repr__(self) -> str:
        return f"IceServer({self.urls})"


@cache
def line_of(url: str) -> Line:
    """`wss://pbx:8089/ws?domain=hotline.local&realm=asterisk&ice=stun:10.0.0.5:3478`; a wrong one is one sentence."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    if strange := sorted(set(asked) - set(KEYS)):
        raise Misconfigured(f"{SETTING} 有不认识的参数 {'、'.join(strange)};可用 {'、'.join(KEYS)}。", setting=SETTING)
    try:
        port = parts.port
    except ValueError:
        raise Misconfigured(f"{SETTING} 的端口应是 1 到 65535 之间的整数。", setting=SETTING) from None
    host = parts.hostname or ""
    if not HOST.fullmatch(host) or not PATH.fullmatch(parts.path) or parts.username:
        raise Misconfigured(f"{SETTING} 应形如 wss://交换机:8089/ws?domain=hotline.local。", setting=SETTING)
    if parts.scheme == "ws" and not own_machine(host):
        raise Misconfigured(
            f"{SETTING} 应以 wss:// 开头:浏览器不从 https 页面连接不加密的 ws://(本机调试除外)。", setting=SETTING
        )
    domain = asked.get("domain", [host])[-1]
    realm, ice = asked.get("realm", [domain])[-1], tuple(asked.get("ice", ()))
    if not HOST.fullmatch(domain) or '"' in realm or not realm.isprintable():
        raise Misconfigured(f"{SETTING} 的 domain 应是域名或地址,realm 不能有引号。", setting=SETTING)
    if wrong := [one for one in ice if not ICE.fullmatch(one)]:
        raise Misconfigured(
            f"{SETTING} 的 ice 应形如 stun:主机:3478 或 turn:主机:3478,现为 {wrong[0]}。", setting=SETTING
        )
    where = f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path}"
    return Line(where, domain, realm, ice)


def own_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def digest(account: str, realm: str, password: str) -> str:
    """HA1 of RFC 2617, which SIP asks for: it signs on at this realm, and the password cannot be read back from it."""
    return hashlib.md5(f"{account}:{realm}:{password}".encode(), usedforsecurity=False).hexdigest()


def relays(line: Line, turn_secret: bytes | None, extension: str, now: datetime) -> list[IceServer]:
    """A TURN server is told by a word that ends (draft-uberti-behave-turn-rest), not by a password that stays."""
    if turn_secret is None:
        return [IceServer(url) for url in line.ice if url.startswith("stun:")]
    name = f"{int((now + RELAYED).timestamp())}:{extension}"
    word = base64.b64encode(hmac.new(turn_secret, name.encode(), hashlib.sha1).digest()).decode()
    return [IceServer(url) if url.startswith("stun:") else IceServer(url, name, word) for url in line.ice]

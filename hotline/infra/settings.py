"""Settings come from the environment; a missing or wrong one is one sentence, said once, at start."""

import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

from hotline.infra.errors import Misconfigured

T = TypeVar("T")
D = TypeVar("D")
KEY_BYTES = 16
"""SM4 takes keys of 128 bits."""
SECRET_LENGTH = 32


class FieldKey(NamedTuple):
    """One SM4 key. Its number travels in front of everything it sealed, so that old text stays readable."""

    id: int
    key: bytes

    def __repr__(self) -> str:
        return f"FieldKey(id={self.id})"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a deployment may choose; docs/operations.md lists the variables."""

    database_url: str | None
    redis_url: str | None
    secret_key: bytes = field(repr=False)
    field_keys: tuple[FieldKey, ...] = field(repr=False)
    data: Path = Path("var")
    clock_file: Path | None = None
    port: int = 8012
    calendar: str = "cn"
    sla_pack: str = "default"
    auto_dispatch_threshold: float = 0.90
    auto_dispatch_override: float | None = None
    """The same where the installation has set it: then nothing that was measured moves it."""
    demo: bool = False
    rate_limits: bool = True
    imap_url: str | None = field(default=None, repr=False)
    smtp_url: str | None = field(default=None, repr=False)
    smtp_from: str = "hotline@localhost"
    public_url: str | None = None
    """Where citizens find our pages; without it no link is sent to anybody."""
    gateway_url: str | None = field(default=None, repr=False)
    gateway_secret: bytes = field(default=b"", repr=False)
    gateway_channel: str = "sms"
    ami_url: str | None = field(default=None, repr=False)
    phone_secret: bytes | None = field(default=None, repr=False)
    phone_commands_url: str | None = field(default=None, repr=False)
    phone_provider: str = "bridge"
    browser_phone: str | None = None
    turn_secret: bytes | None = field(default=None, repr=False)
    keep_recordings: int = 730
    keep_call_events: int = 365
    """Days; 0: for ever."""
    log_format: str = "pretty"


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read and check every setting; the first wrong one is refused with a sentence that says how to mend it."""
    database_url = one(environ, "HOTLINE_DATABASE_URL", url("postgresql", "postgres"), None)
    data = Path(environ.get("HOTLINE_DATA") or "var")
    kept = {} if database_url or has_secrets(environ) else kept_secrets(data)
    environ = {**kept, **environ}
    return Settings(
        database_url=database_url,
        redis_url=one(environ, "HOTLINE_REDIS_URL", url("redis", "rediss", "unix"), None),
        secret_key=required(environ, "HOTLINE_SECRET_KEY", secret),
        field_keys=required(environ, "HOTLINE_FIELD_KEYS", field_keys),
        data=data,
        clock_file=one(environ, "HOTLINE_CLOCK_FILE", Path, None),
        port=one(environ, "PORT", port, 8012),
        calendar=one(environ, "HOTLINE_CALENDAR", word, "cn"),
        sla_pack=one(environ, "HOTLINE_SLA_PACK", word, "default"),
        auto_dispatch_threshold=one(environ, "HOTLINE_AUTO_DISPATCH_THRESHOLD", share, 0.90),
        auto_dispatch_override=one(environ, "HOTLINE_AUTO_DISPATCH_THRESHOLD", share, None),
        demo=one(environ, "HOTLINE_DEMO", switch, False),
        rate_limits=one(environ, "HOTLINE_RATE_LIMITS", switch, True),
        imap_url=one(environ, "HOTLINE_IMAP_URL", url("imap", "imaps"), None),
        smtp_url=one(environ, "HOTLINE_SMTP_URL", url("smtp", "smtps"), None),
        smtp_from=one(environ, "HOTLINE_SMTP_FROM", mail_address, "hotline@localhost"),
        public_url=one(environ, "HOTLINE_PUBLIC_URL", site, None),
        gateway_url=one(environ, "HOTLINE_GATEWAY_URL", url("http", "https"), None),
        gateway_secret=gateway_secret(environ),
        gateway_channel=one(environ, "HOTLINE_GATEWAY_CHANNEL", choice("sms", "wecom", "dingtalk", "none"), "sms"),
        ami_url=one(environ, "HOTLINE_AMI_URL", url("ami", "tcp"), None),
        phone_secret=one(environ, "HOTLINE_PHONE_SECRET", secret, None),
        phone_commands_url=one(environ, "HOTLINE_PHONE_COMMANDS_URL", url("http", "https"), None),
        phone_provider=one(environ, "HOTLINE_PHONE_PROVIDER", word, "bridge"),
        browser_phone=one(environ, "HOTLINE_BROWSER_PHONE", url("wss", "ws"), None),
        turn_secret=one(environ, "HOTLINE_TURN_SECRET", str.encode, None),
        keep_recordings=one(environ, "HOTLINE_KEEP_RECORDINGS", days, 730),
        keep_call_events=one(environ, "HOTLINE_KEEP_CALL_EVENTS", days, 365),
        log_format=one(environ, "HOTLINE_LOG", choice("json", "pretty"), "pretty"),
    )


def one(environ: Mapping[str, str], name: str, read: Callable[[str], T], default: D) -> T | D:
    """A variable that is absent or empty means the default."""
    said = environ.get(name, "").strip()
    if not said:
        return default
    try:
        return read(said)
    except ValueError as wrong:
        raise Misconfigured(f"设置 {name} 的值不对:{wrong}。", setting=name) from None


def required(environ: Mapping[str, str], name: str, read: Callable[[str], T]) -> T:
    found = one(environ, name, read, None)
    if found is None:
        raise Misconfigured(
            f"使用外部数据库时必须设置 {name};请按 docs/operations.md“密钥”一节生成并妥善保存。", setting=name
        )
    return found


def url(*schemes: str) -> Callable[[str], str]:
    def read(said: str) -> str:
        if urlsplit(said).scheme not in schemes:
            raise ValueError(f"应以 {' 或 '.join(f'{scheme}://' for scheme in schemes)} 开头")
        return said

    return read


def site(said: str) -> str:
    parts = urlsplit(url("http", "https")(said))
    if not parts.hostname or parts.query or parts.fragment or not said.isascii() or not said.isprintable():
        raise ValueError("应是市民打开的网站地址,例如 https://12345.city.gov.cn")
    return said.rstrip("/")


def mail_address(said: str) -> str:
    name, at, host = said.partition("@")
    if not (name and at and host) or not said.isascii() or not said.isprintable() or " " in said or "@" in host:
        raise ValueError("应是发件邮箱地址,例如 hotline@city.gov.cn")
    return said


def gateway_secret(environ: Mapping[str, str]) -> bytes:
    """Without it anybody could write to the gateway in our name."""
    found = one(environ, "HOTLINE_GATEWAY_SECRET", secret, b"")
    if not found and environ.get("HOTLINE_GATEWAY_URL", "").strip():
        message = "设置了 HOTLINE_GATEWAY_URL 就必须设置 HOTLINE_GATEWAY_SECRET(与网关约定的签名密钥,至少 32 个字符)。"
        raise Misconfigured(message, setting="HOTLINE_GATEWAY_SECRET")
    return found


def choice(*words: str) -> Callable[[str], str]:
    def read(said: str) -> str:
        if said not in words:
            raise ValueError(f"只能是 {'、'.join(words)} 之一")
        return said

    return read


def word(said: str) -> str:
    if not said.replace("-", "").replace("_", "").isalnum():
        raise ValueError("只能用字母、数字和连字符")
    return said


def port(said: str) -> int:
    if not said.isascii() or not said.isdigit() or not 0 < int(said) < 65536:
        raise ValueError("端口应是 1 到 65535 之间的整数")
    return int(said)


def days(said: str) -> int:
    if not said.isascii() or not said.isdigit() or not (int(said) == 0 or 30 <= int(said) <= 36500):
        raise ValueError("应是 30 到 36500 之间的天数,0 为不删除")
    return int(said)


def share(said: str) -> float:
    try:
        found = float(said)
    except ValueError:
        found = -1.0
    if not 0.0 <= found <= 1.0:
        raise ValueError("应是 0 到 1 之间的小数")
    return found


def switch(said: str) -> bool:
    meanings = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if said.lower() not in meanings:
        raise ValueError("只能是 1 或 0")
    return meanings[said.lower()]


def secret(said: str) -> bytes:
    if len(said) < SECRET_LENGTH:
        raise ValueError(f"至少要 {SECRET_LENGTH} 个字符")
    return said.encode()


def field_keys(said: str) -> tuple[FieldKey, ...]:
    """`2:<32 hex>,1:<32 hex>`: the first one writes, all of them read."""
    keys = tuple(field_key(part.strip()) for part in said.split(","))
    if len({key.id for key in keys}) < len(keys):
        raise ValueError("密钥编号重复")
    return keys


def field_key(said: str) -> FieldKey:
    number, _, hexed = said.partition(":")
    if not (number.isascii() and number.isdigit() and 0 < int(number) < 256):
        raise ValueError("每把密钥应写作“编号:32位十六进制”,编号为 1 到 255")
    try:
        key = bytes.fromhex(hexed)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"编号 {number} 的密钥应是 32 位十六进制(SM4,128 位)")
    return FieldKey(int(number), key)


def has_secrets(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("HOTLINE_SECRET_KEY") and environ.get("HOTLINE_FIELD_KEYS"))


def kept_secrets(data: Path) -> dict[str, str]:
    """The secrets of an embedded installation: made once, then read from a file only its owner may open."""
    path = data / "secrets.json"
    try:
        if not path.exists():
            make_secrets(path)
        found: dict[str, str] = json.loads(path.read_text(encoding="ascii"))
    except OSError as wrong:
        raise Misconfigured(f"无法读写密钥文件 {path}({wrong.strerror}),请检查目录权限。") from None
    except ValueError:
        raise Misconfigured(f"密钥文件 {path} 已损坏,请从备份恢复;丢失它就无法再读取加密的个人信息。") from None
    return found


def make_secrets(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = {
        "HOTLINE_SECRET_KEY": secrets.token_hex(32),
        "HOTLINE_FIELD_KEYS": f"1:{secrets.token_hex(KEY_BYTES)}",
    }
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(made, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        # Link, not rename: of two processes starting at once the first one's secrets stay.
        path.hardlink_to(beside)
    except FileExistsError:
        pass
    finally:
        beside.unlink()

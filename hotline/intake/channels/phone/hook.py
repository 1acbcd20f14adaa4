"""A bridge's signature: `X-Hotline-Signature: t=<unix seconds>,v1=<hex hmac-sha256 of "t.body">`."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

WINDOW = timedelta(minutes=5)
HEADER = "X-Hotline-Signature"


def signature(secret: bytes, at: int, body: bytes) -> str:
    return hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def signed(secret: bytes, at: datetime, body: bytes) -> str:
    """The header's value."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={signature(secret, seconds, body)}"


def refused(secret: bytes, header: str, body: bytes, now: datetime) -> str | None:
    """Why this is not from our bridge, or None; several v1 are allowed while a secret is being changed."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    marks = [value for name, _, value in parts if name == "v1"]
    if len(times) != 1 or not marks or not (times[0].isascii() and times[0].isdecimal() and len(times[0]) < 12):
        return f"缺少签名:请在 {HEADER} 头中给出 t=时间戳,v1=签名。"
    right = signature(secret, int(times[0]), body)
    if not any(hmac.compare_digest(right.encode(), mark.encode()) for mark in marks):
        return "签名不对:请核对 HOTLINE_PHONE_SECRET,签名对象为“t.请求正文”。"
    if abs(now - datetime.fromtimestamp(int(times[0]), UTC)) > WINDOW:
        return "签名已过期:时间戳与本系统相差超过 5 分钟,请校准时钟。"
    return None

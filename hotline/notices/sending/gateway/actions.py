"""One message to the gateway: signed, with a key that lets it refuse what it already has."""

import hashlib
import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import msgspec

from hotline.notices.sending.outcome import Fate, Outcome
from hotline.notices.sending.reaching.actions import why
from hotline.notices.wishes import Channel

PATIENCE = 15.0
WORTH_ANOTHER_TRY = {408, 425, 429}
HAS_IT = 409
"""The gateway has a message of this key: it was sent, by whom else."""


class Body(msgspec.Struct, frozen=True):
    """What the gateway is sent (docs/gateway.md)."""

    key: UUID
    channel: Channel
    phone: str
    text: str
    urgent: bool


async def send(url: str, secret: bytes, body: Body, now: datetime) -> Outcome:
    # Nowhere but to the address that was set: no proxy of the surroundings, no redirection.
    async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False, follow_redirects=False) as client:
        try:
            answered = await client.post(url, **signed(secret, msgspec.json.encode(body), body.key, now))
        except httpx.HTTPError as wrong:
            return Outcome(Fate.LATER, f"连不上短信网关({type(wrong).__name__})")
    return judged(answered.status_code)


def judged(status: int) -> Outcome:
    if 200 <= status < 300 or status == HAS_IT:
        return Outcome(Fate.SENT)
    fate = Fate.LATER if status >= 500 or status in WORTH_ANOTHER_TRY else Fate.REFUSED
    return Outcome(fate, f"短信网关没有收下(HTTP {status})")


def signed(secret: bytes, content: bytes, key: UUID | str, now: datetime) -> dict[str, Any]:
    moment = str(int(now.timestamp()))
    digest = hmac.new(secret, b"\n".join((moment.encode(), str(key).encode(), content)), hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(key),
        "X-Hotline-Timestamp": moment,
        "X-Hotline-Signature": f"sha256={digest}",
    }
    return {"content": content, "headers": headers}


async def checked(url: str, secret: bytes, now: datetime) -> Outcome:
    """For `hotline doctor`: a signed question without a message; whoever answers it knows our signature."""
    async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False, follow_redirects=False) as client:
        try:
            answered = await client.post(url, **signed(secret, b'{"check":true}', "check", now))
        except httpx.HTTPError as wrong:
            to = httpx.URL(url)
            told = why(wrong, to.host, to.port or (443 if to.scheme == "https" else 80))
            return Outcome(Fate.LATER, f"连不上短信网关:{told}(HOTLINE_GATEWAY_URL);未发出的消息会保留。")
    status = answered.status_code
    if status in (401, 403):
        return Outcome(Fate.REFUSED, "短信网关不认签名,请核对 HOTLINE_GATEWAY_SECRET。")
    if not 200 <= status < 300:
        return Outcome(
            Fate.REFUSED, f"短信网关回答 {status} 而不是 2xx,请核对 HOTLINE_GATEWAY_URL 的路径(docs/gateway.md)。"
        )
    return Outcome(Fate.SENT)

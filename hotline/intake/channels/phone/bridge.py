"""Commands to another system's bridge: each POSTed with its key until the bridge has answered for it."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

import httpx
import msgspec

from hotline.infra.http import Services
from hotline.intake.channels.phone import hook
from hotline.intake.channels.phone.commands import store
from hotline.intake.channels.phone.commands.actions import settle
from hotline.intake.channels.phone.commands.form import Order

log = logging.getLogger(__name__)
LOOK = 0.2
PATIENCE = 5.0
STALE = timedelta(seconds=30)


async def carry(services: Services, wake: Callable[[], None]) -> None:
    """Until cancelled. Any number of workers: a bridge takes the same Idempotency-Key once."""
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        while True:
            async with services.pool.acquire() as conn:
                waiting = await store.waiting(conn, services.settings.phone_provider, services.cipher)
            for order, asked_at in waiting:
                if await settled(client, services, order, services.clock.now() - asked_at > STALE):
                    wake()
            await asyncio.sleep(LOOK)


async def settled(client: httpx.AsyncClient, services: Services, order: Order, late: bool) -> bool:
    """Whether something became of it."""
    refused: str | None = "电话系统没有及时响应,指令已作废,请重试。" if late else None
    if not late:
        try:
            told = await post(client, services, order)
        except httpx.HTTPError as wrong:
            log.warning("网桥没有应答话机指令:%s", type(wrong).__name__)
            return False
        if told.status_code >= 500:
            return False
        refused = None if told.is_success else said_by(told)
    async with services.pool.acquire() as conn:
        await settle(conn, order, refused or "", services.clock.now())
    return True


async def post(client: httpx.AsyncClient, services: Services, order: Order) -> httpx.Response:
    settings = services.settings
    body = msgspec.json.encode(order)
    headers = {"Content-Type": "application/json", "Idempotency-Key": order.key}
    if settings.phone_secret:
        headers[hook.HEADER] = hook.signed(settings.phone_secret, services.clock.now(), body)
    return await client.post(settings.phone_commands_url or "", content=body, headers=headers)


def said_by(told: httpx.Response) -> str:
    """The bridge's own sentence, when it gives one."""
    try:
        message = told.json().get("message")
    except (ValueError, AttributeError):
        message = None
    return str(message)[:300] if message else f"电话系统没有执行这条指令(应答 {told.status_code})。"

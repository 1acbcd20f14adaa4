"""The adapter, the PBX or the bus is dead for a while, and citizens go on calling: what was not heard is made good."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from hotline.infra.bus import Bus
from hotline.infra.db import Pool
from hotline.infra.http import Services
from hotline.intake.channels.phone.ami import listener as listening
from hotline.intake.channels.phone.ami.listener import Listener
from hotline.intake.channels.phone.ami.plan import Plan, plan_of
from hotline.intake.channels.phone.fakepbx.interface import FakePbx
from hotline.intake.channels.phone.fakepbx.parties import Citizen
from hotline.intake.channels.phone.figures import actions as figures
from hotline.live.waker import PHONE, Waker
from tests.faults.test_phone_link import calls, heard, in_a_hurry, pool, there, until, up

__all__ = ["in_a_hurry", "pool", "there"]
HURRIED = Citizen("19900000001", patience=1, talk=1)
PATIENT = Citizen("19900000002", patience=600, talk=12)


@pytest.fixture(autouse=True)
def says_at_once_how_far_it_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "RENEW", 0.1)


@contextlib.asynccontextmanager
async def exchange(log: Path) -> AsyncIterator[tuple[FakePbx, Plan]]:
    with log.open("a", encoding="utf-8", buffering=1) as file:
        pbx = FakePbx(speed=20.0, ring=15, longest_wait=20, log=partial(print, file=file))
        async with pbx.listening() as port:
            yield pbx, plan_of(pbx.url(port, wrapup="0", queue_log=str(log)))


async def agreed(pool: Pool, plan: Plan) -> bool:
    """Our calls are those of the PBX's own log, one by one."""
    async with pool.acquire() as conn:
        found = await figures.reckon(conn, plan.provider, figures.lines_of(Path(plan.queue_log)))
    return not found.differences


async def quiet(pbx: FakePbx, pool: Pool) -> None:
    """No call any more, neither there nor in our table."""

    async def over() -> bool:
        return not pbx.exchange.talks and await calls(pool, "ended")() != [] and not await open_calls(pool)

    await until(over, 20)


async def open_calls(pool: Pool) -> int:
    found: int = await pool.fetchval("SELECT count(*) FROM call WHERE state <> 'ended'")
    return found


async def test_what_came_and_went_while_the_adapter_was_dead_is_in_the_table(
    there: Services, pool: Pool, tmp_path: Path
) -> None:
    async with exchange(tmp_path / "queue_log") as (pbx, plan):
        async with heard(there, plan):
            await until(up(pool))
            await until(lambda: pool.fetchval("SELECT heard_until IS NOT NULL FROM phone_link"))
            pbx.exchange.add("PJSIP/7001", "agent-7001", answers_in=6, by_itself=True)
            pbx.exchange.arrive(PATIENT)
            await until(calls(pool, "talking"))
        # Killed while one talks. Meanwhile: one gives up, the queue gives one up, one is served.
        pbx.exchange.arrive(HURRIED)
        pbx.exchange.arrive(dataclasses.replace(PATIENT, number="19900000003", talk=40))
        pbx.exchange.arrive(dataclasses.replace(PATIENT, number="19900000004"))
        async with asyncio.timeout(20):
            while len(pbx.exchange.talks) > 0:  # noqa: ASYNC110  the made-up exchange says nothing of it to us
                await asyncio.sleep(0.02)
        async with heard(there, plan):
            await quiet(pbx, pool)
            await until(lambda: agreed(pool, plan))
    rows = await pool.fetch("SELECT outcome, estimated FROM call ORDER BY outcome")
    assert [row["outcome"] for row in rows] == ["abandoned", "answered", "answered", "overflowed"]
    assert all(row["estimated"] for row in rows)
    assert await pool.fetchval("SELECT count(*) FROM missed_call WHERE ended_at IS NULL") == 2


async def test_a_pbx_that_died_while_nobody_listened_leaves_no_call_open_and_none_out(
    there: Services, pool: Pool, tmp_path: Path
) -> None:
    async with exchange(tmp_path / "queue_log") as (pbx, plan):
        async with heard(there, plan):
            await until(up(pool))
            await until(lambda: pool.fetchval("SELECT heard_until IS NOT NULL FROM phone_link"))
            pbx.exchange.arrive(PATIENT)
            await until(calls(pool, "queued"))
        pbx.exchange.arrive(dataclasses.replace(PATIENT, number="19900000003"))
        pbx.kill()
        async with heard(there, plan):
            await quiet(pbx, pool)
            await until(lambda: agreed(pool, plan))
    rows = await pool.fetch("SELECT outcome, estimated FROM call")
    assert [tuple(row) for row in rows] == [("lost", True), ("lost", True)]


async def test_without_the_bus_the_table_is_right_all_the_same(there: Services, pool: Pool, tmp_path: Path) -> None:
    async with (
        contextlib.aclosing(Waker(Bus("redis://127.0.0.1:1/0"))) as waker,
        exchange(tmp_path / "log") as (pbx, plan),
    ):
        found = Listener(there, plan, partial(waker.wake, PHONE))
        task = asyncio.create_task(found.run())
        try:
            await until(up(pool))
            pbx.exchange.add("PJSIP/7001", "agent-7001", answers_in=2, by_itself=True)
            pbx.exchange.arrive(PATIENT)
            await until(calls(pool, "ended"))
            await until(lambda: agreed(pool, plan))
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_reckoning_makes_good_what_was_lost_on_a_link_that_seemed_whole(
    there: Services, pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "RECKON_FIRST", 0.0)
    monkeypatch.setattr(listening, "RECKON", 1.0)
    monkeypatch.setattr(listening, "SETTLED", timedelta(0))
    async with exchange(tmp_path / "queue_log") as (pbx, plan), heard(there, plan):
        await until(up(pool))
        said, pbx.exchange.emit_to = pbx.exchange.emit_to, lambda message: None
        pbx.exchange.arrive(HURRIED)
        await until(lambda: asyncio.sleep(0, not pbx.exchange.talks))
        pbx.exchange.emit_to = said
        (call,) = await until(calls(pool, "ended"))
        assert (call["outcome"], call["estimated"]) == ("abandoned", True)
        await until(lambda: pool.fetchval("SELECT found->'differences' = '[]' FROM call_reconciliation"))


# --- reading the end of a log

LINES = [f"{1795400000 + at}|pbx-1.{at}|q12345|NONE|ENTERQUEUE||1990000{at:04d}|1" for at in range(500)]


@pytest.mark.parametrize("given", ["file", "parts", "whole"])
async def test_the_end_of_a_long_log_is_read_as_far_back_as_needed(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "FIRST_PART", 1000)
    path = tmp_path / "queue_log"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    source = str(path)
    if given != "file":
        app = Starlette(routes=[Mount("/", StaticFiles(directory=tmp_path))])
        client = partial(httpx.AsyncClient, transport=httpx.ASGITransport(app))
        if given == "whole":

            async def deaf(request: httpx.Request) -> None:
                del request.headers["Range"]

            client = partial(client, event_hooks={"request": [deaf]})
        monkeypatch.setattr("hotline.intake.channels.phone.figures.actions.httpx.AsyncClient", client)
        source = "http://pbx.local/queue_log"
    since = datetime.fromtimestamp(1795400000 + 480, UTC)
    lines = await figures.recent(source, since)
    assert lines[-20:] == LINES[-20:] and set(lines) <= set(LINES)
    assert (len(lines) < 200) == (given != "whole")
    assert await figures.recent(source, datetime.fromtimestamp(0, UTC)) == LINES

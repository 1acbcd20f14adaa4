"""Many at once, on connections of their own: one wins, the others are told so, and nothing is there twice."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.types import Receive, Scope, Send

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import open_pool
from hotline.infra.http import Services
from hotline.infra.settings import load_settings
from hotline.tickets import audit
from hotline.web.app import create_app
from hotline.web.base import seed_base
from hotline.web.demo import seed
from tests.conftest import SECRETS, TurnedClock, copied
from tests.flow.city import API, City

LETTER = {"channel": "mayor_mailbox", "content": "人民路东段的路灯从上周五开始不亮,请派人修。"}


@pytest.fixture(scope="module")
async def crowd(
    run_servers: tuple[str, str, str], template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    """The application over a real pool of fifty connections; whatever happens is committed."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
    data: Path = tmp_path_factory.mktemp("crowd")
    async with copied(run_servers[1], template, f"{template}_{worker}_crowd") as url:
        # No Redis: the rate limits are this process's own, and start afresh.
        names = {"HOTLINE_DATABASE_URL": url, "HOTLINE_REDIS_URL": "redis://127.0.0.1:1", "HOTLINE_DATA": str(data)}
        settings = load_settings({**SECRETS, **names, "HOTLINE_DEMO": "1"})
        pool = await open_pool(url, max_size=50)
        services = Services(settings, pool, TurnedClock(), FieldCipher(settings.field_keys))
        await seed_base(services)
        await seed(services)
        app = create_app(services=services)
        async with app.router.lifespan_context(app) as state, pool.acquire() as conn:
            await conn.execute("SELECT ensure_partitions('2026-11-01', 1)")

            async def served(scope: Scope, receive: Receive, send: Send) -> None:
                scope["state"] = dict(state or {})
                await app(scope, receive, send)

            async with AsyncClient(transport=ASGITransport(app=served), base_url="http://hotline.test") as client:
                yield City(client, services, conn, TurnedClock())
            # After all that, whichever of it this worker did, the record is whole.
            report = await audit.verify(conn)
            assert report.ok, report.findings
        await pool.close()


async def logged(city: City) -> int:
    answered = await city.agent.call("POST", "/tickets", {"content": LETTER["content"], "kind": "complaint"})
    assert answered.status_code == 201, answered.text
    ticket_id: int = answered.json()["ticket_id"]
    return ticket_id


async def test_fifty_dispatchers_press_at_once_and_one_work_order_goes_out(crowd: City) -> None:
    ticket_id, units = await logged(crowd), [await crowd.unit(code) for code in ("D13", "D14", "D15")]
    version = await crowd.version(ticket_id)
    await crowd.dispatcher.sign_in()
    presses = [
        crowd.dispatcher.call("POST", f"/tickets/{ticket_id}/dispatch", {"version": version, "unit_id": units[at % 3]})
        for at in range(50)
    ]
    answers: list[Response] = await asyncio.gather(*presses)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 49}
    for refused in (answer.json() for answer in answers if answer.status_code == 409):
        assert (refused["error"], refused["version"], refused["state"]) == ("stale_version", version + 1, "dispatched")
        assert "周平 派单" in refused["message"], "it says who was faster"
    assert await crowd.conn.fetchval("SELECT count(*) FROM assignment WHERE ticket_id = $1", ticket_id) == 1
    assert (await crowd.events(ticket_id)).count("dispatch") == 1


async def test_different_verbs_at_once_never_pass_each_other(crowd: City) -> None:
    """Dispatch, void, withdraw, consult and merge on one version: one of them happens."""
    ticket_id, master = await logged(crowd), await logged(crowd)
    version = await crowd.version(ticket_id)
    await crowd.supervisor.sign_in()
    verbs: dict[str, dict[str, Any]] = {
        "dispatch": {"unit_id": await crowd.unit("D14")},
        "void": {"reason": "误录"},
        "withdraw": {"proof": "录音 1"},
        "consult": {},
        "merge": {"master_id": master},
    }
    answers = await asyncio.gather(
        *(
            crowd.supervisor.call("POST", f"/tickets/{ticket_id}/{verb}", {"version": version, **body})
            for verb, body in [*verbs.items()] * 4
        )
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 19}
    assert await crowd.version(ticket_id) == version + 1


async def test_one_letter_sent_by_twenty_senders_at_once_is_one_ticket(crowd: City) -> None:
    letter = {**LETTER, "external_id": "msg-77001", "citizen": {"phone": "13912345678"}}
    before = await crowd.conn.fetchval("SELECT count(*) FROM ticket")
    answers = await asyncio.gather(*(crowd.client.post(f"{API}/public/requests", json=letter) for _ in range(20)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
    assert len({answer.text for answer in answers}) == 1
    ticket_id = answers[0].json()["ticket_id"]
    assert await crowd.conn.fetchval("SELECT count(*) FROM ticket") == before + 1
    for table in ("history", "query_code", "petitioner", "matter"):
        assert await crowd.conn.fetchval(TICKETLESS[table]) == 0, f"{table} keeps nothing of those who came second"
    jobs = await crowd.conn.fetchval(
        "SELECT count(*) FROM pgqueuer WHERE convert_from(payload, 'UTF8')::jsonb ->> 'ticket_id' = $1::text",
        str(ticket_id),
    )
    assert jobs == 1, "and it is classified once"


TICKETLESS = {
    "history": "SELECT count(*) FROM history WHERE ticket_id NOT IN (SELECT id FROM ticket)",
    "query_code": "SELECT count(*) FROM query_code WHERE ticket_id NOT IN (SELECT id FROM ticket)",
    "petitioner": "SELECT count(*) FROM petitioner WHERE ticket_id NOT IN (SELECT id FROM ticket)",
    "matter": "SELECT count(*) FROM matter WHERE ticket_id NOT IN (SELECT id FROM ticket)",
}


async def test_sixty_letters_at_once_get_sixty_numbers_and_sixty_codes(crowd: City) -> None:
    letters = [{**LETTER, "citizen": {"phone": f"1391234{at:04}"}} for at in range(60)]
    answers = await asyncio.gather(*(crowd.client.post(f"{API}/public/requests", json=one) for one in letters))
    assert {answer.status_code for answer in answers} == {201}
    pairs = [(answer.json()["ticket_id"], answer.json()["query_code"]) for answer in answers]
    assert len({number for number, _ in pairs}) == len({code for _, code in pairs}) == 60
    number, code = pairs[33]
    told = await crowd.client.get(f"{API}/public/requests/{code}?phone_last4=0033")
    assert told.json()["ticket_id"] == number
    async with crowd.services.pool.acquire() as conn:
        report = await audit.verify(conn)
    assert report.ok and report.tickets >= 60, report.findings


async def test_merging_two_into_each_other_at_once_leaves_one_of_them_open(crowd: City) -> None:
    """Two tickets that each point at the other would be nobody's."""
    tickets = [await logged(crowd) for _ in range(24)]
    pairs = [*zip(tickets[::2], tickets[1::2], strict=True)]
    await crowd.agent.sign_in()
    answers = await asyncio.gather(
        *(
            crowd.agent.call("POST", f"/tickets/{mine}/merge", {"version": 2, "master_id": master})
            for one, other in pairs
            for mine, master in ((one, other), (other, one))
        )
    )
    assert Counter(answer.status_code for answer in answers)[200] == len(pairs), [a.text for a in answers]
    for one, other in pairs:
        assert sorted([await crowd.state(one), await crowd.state(other)]) == ["merged", "registered"]

"""Requests made from our own OpenAPI document, against a served application: never an error of ours, and every answer
has the shape that the document promises."""

import os
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from hotline.directory.http import CSRF_HEADER
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import open_pool
from hotline.infra.http import Services
from hotline.infra.settings import load_settings
from hotline.web.app import create_app
from hotline.web.base import seed_base
from hotline.web.demo import PASSWORD
from hotline.web.demo import seed as seed_city
from tests.conftest import SECRETS, TurnedClock, copied

CHECKS = (not_a_server_error, status_code_conformance, response_schema_conformance)
LIGHT = settings(
    max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
)
LEFT_OUT = {"/api/v1/session", "/api/v1/session/password"}
"""Would sign us out, or lock us out."""


class Served(NamedTuple):
    address: str
    client: httpx.Client
    """Kept: a new one reads every certificate of the machine."""
    headers: dict[str, str]
    """Of a signed-in supervisor."""
    ticket_id: int

    def version(self) -> int:
        seen = self.client.get(f"/api/v1/tickets/{self.ticket_id}", headers=self.headers)
        version: int = seen.json()["ticket"]["version"]
        return version


@pytest.fixture(scope="module")
async def prepared(run_servers: tuple[str, str, str], template: str, model_data: Path) -> AsyncIterator[dict[str, str]]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
    async with copied(run_servers[1], template, f"{template}_{worker}_generated") as url:
        names = {
            "HOTLINE_DATABASE_URL": url,
            "HOTLINE_REDIS_URL": "redis://127.0.0.1:1",
            "HOTLINE_DATA": str(model_data),
        }
        environ = {**SECRETS, **names, "HOTLINE_DEMO": "1"}
        given_settings = load_settings(environ)
        pool = await open_pool(url, max_size=2)
        services = Services(given_settings, pool, TurnedClock(), FieldCipher(given_settings.field_keys))
        await seed_base(services)
        await seed_city(services)
        await pool.close()
        yield environ


@pytest.fixture(scope="module")
def served(prepared: dict[str, str]) -> Iterator[Served]:
    """The application in a thread with a loop of its own, as a program outside would meet it."""
    config = uvicorn.Config(create_app(load_settings(prepared)), host="127.0.0.1", port=0, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.02)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    with httpx.Client(base_url=address) as client:
        signed_in = client.post("/api/v1/session", json={"username": "supervisor", "password": PASSWORD})
        assert signed_in.status_code == 200, signed_in.text
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        headers = {"Cookie": cookie, CSRF_HEADER: signed_in.json()["csrf_token"]}
        logged = client.post(
            "/api/v1/tickets", json={"content": "想请有关部门来现场看一看,帮忙协调。"}, headers=headers
        )
    with httpx.Client(base_url=address) as asking:
        yield Served(address, asking, headers, logged.json()["ticket_id"])
    server.should_exit = True
    thread.join()


def test_what_the_document_allows_is_answered_as_the_document_says(served: Served) -> None:
    document = schemathesis.openapi.from_url(f"{served.address}/openapi.json")
    done: Counter[str] = Counter()
    found: Any
    for found in document.get_all_operations():
        operation = found.ok()
        if operation.path not in LEFT_OUT:
            done.update({operation.label: send(operation, served)})
    assert len(done) > 45 and len(+done) > 10, done


def send(operation: Any, served: Served) -> int:
    """How many of the requests that were made for an address have been granted."""
    public = not operation.definition.raw.get("security")
    granted = 0

    @seed(20261123)
    @LIGHT
    @given(case=operation.as_strategy())
    def each(case: Any) -> None:
        nonlocal granted
        case.headers = None if public else dict(served.headers)
        if operation.path.startswith("/api/v1/tickets/{id}"):
            case.path_parameters["id"] = str(served.ticket_id)
        if isinstance(case.body, dict) and "version" in case.body:
            case.body["version"] = served.version()
        response = case.call()
        granted += response.status_code < 300
        case.validate_response(response, checks=CHECKS)

    each()
    return granted

"""People at their desks, as stories need them: each signs in, sends what the page would send, reads the answer."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import msgspec
from httpx import AsyncClient, Response

from hotline.directory.actions import begin_sign_in, finish_sign_in
from hotline.directory.http import COOKIE, CSRF_HEADER
from hotline.directory.sessions import Came
from hotline.infra.db import Connection
from hotline.infra.http import Services
from hotline.infra.outbox import Follow
from hotline.jobs.handlers import FOLLOWS
from hotline.jobs.worker import handle
from hotline.sla.actions import sweep
from tests.conftest import TurnedClock

API = "/api/v1"
PHONES = count(13800000001)


@dataclass
class Person:
    """Somebody with a login. Every call signs in anew when the clock has moved past the session's idle limit."""

    city: "City"
    login: str
    signed_in_at: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    async def sign_in(self) -> None:
        now, conn = self.city.clock.now(), self.city.conn
        attempt = await begin_sign_in(conn, self.login, came=Came(None, None), now=now, demo=True)
        # The password is another test's matter; a story has dozens of people signing in.
        opened = await finish_sign_in(conn, attempt, right=True, now=now, demo=True)
        assert opened is not None, f"{self.login} cannot sign in"
        self.headers = {"Cookie": f"{COOKIE}={opened.token}", CSRF_HEADER: opened.signed_in.csrf}
        self.signed_in_at = now

    async def call(self, method: str, path: str, body: Any = None) -> Response:
        if self.signed_in_at is None or self.city.clock.now() - self.signed_in_at > timedelta(hours=1):
            await self.sign_in()
        return await self.city.client.request(method, API + path, json=body, headers=self.headers)

    async def get(self, path: str) -> Any:
        answered = await self.call("GET", path)
        assert answered.status_code == 200, answered.text
        return answered.json()

    async def sends(self, method: str, path: str, status: int, body: Any = None) -> Any:
        answered = await self.call(method, path, body)
        assert answered.status_code == status, f"{self.login} {method} {path}: {answered.status_code} {answered.text}"
        return answered.json() if answered.content else None

    async def tries(self, verb: str, ticket_id: int, **body: Any) -> Response:
        """Send a verb with the version the person sees now, and take the jobs that follow."""
        version = body.pop("version", None) or await self.city.version(ticket_id)
        answered = await self.call("POST", f"/tickets/{ticket_id}/{verb}", {"version": version, **body})
        await self.city.work()
        return answered

    async def does(self, verb: str, ticket_id: int, **body: Any) -> Any:
        answered = await self.tries(verb, ticket_id, **body)
        assert answered.status_code == 200, f"{self.login} {verb}: {answered.text}"
        return answered.json()

    async def sees(self, ticket_id: int) -> Any:
        return await self.get(f"/tickets/{ticket_id}")

    async def refused(self, verb: str, ticket_id: int, **body: Any) -> tuple[int, str]:
        answered = await self.tries(verb, ticket_id, **body)
        assert answered.status_code >= 400, f"{self.login} could {verb}: {answered.text}"
        return answered.status_code, answered.json()["message"]

    async def calls_back(self, ticket_id: int, **said: Any) -> Any:
        """One attempt at the open callback of a ticket."""
        cards = (await self.get("/callbacks?due=2027-12-31T00:00:00%2B08:00"))["items"]
        card = next(c for c in cards if c["ticket_id"] == ticket_id)
        answered = await self.call("POST", f"/callbacks/{card['id']}/attempts", {"reached": True, **said})
        assert answered.status_code == 201, answered.text
        return answered.json()


@dataclass
class City:
    client: AsyncClient
    services: Services
    conn: Connection
    clock: TurnedClock
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, login: str) -> Person:
        if login.startswith("_"):
            raise AttributeError(login)
        return self.person(login)

    def person(self, login: str) -> Person:
        return self.people.setdefault(login, Person(self, login))

    def unit_desk(self, code: str) -> Person:
        """Somebody of a unit who may sign, reply and ask."""
        return self.person({"D14": "unit", "D13": "unit2"}.get(code, f"u-{code.lower()}-review"))

    async def work(self) -> int:
        """Run what has been enqueued, as a worker would, until nothing is left."""
        done = 0
        while rows := await self.conn.fetch("SELECT id, payload FROM pgqueuer WHERE status = 'queued' ORDER BY id"):
            for row in rows:
                job = msgspec.json.decode(row["payload"], type=Follow)
                await handle(job, self.services, FOLLOWS)
                await self.conn.execute("DELETE FROM pgqueuer WHERE id = $1", row["id"])
                done += 1
        return done

    async def pass_time(self, **length: float) -> None:
        """The clock goes on; whatever falls due meanwhile is marked."""
        self.clock.advance(timedelta(**length))
        while await sweep(self.conn, self.clock.now(), limit=100):
            await self.work()

    async def version(self, ticket_id: int) -> int:
        found: int = await self.conn.fetchval("SELECT version FROM ticket WHERE id = $1", ticket_id)
        return found

    async def state(self, ticket_id: int) -> str:
        found: str = await self.conn.fetchval("SELECT state FROM ticket WHERE id = $1", ticket_id)
        return found

    async def events(self, ticket_id: int) -> list[str]:
        rows = await self.conn.fetch("SELECT event FROM history WHERE ticket_id = $1 ORDER BY seq", ticket_id)
        return [row["event"] for row in rows]

    async def unit(self, code: str) -> int:
        found: int = await self.conn.fetchval("SELECT id FROM unit WHERE code = $1", code)
        return found

    async def receives_letter(self, content: str, **more: Any) -> tuple[int, str, str]:
        """A citizen writes; (ticket, query code, phone)."""
        phone = str(next(PHONES))
        letter = {"channel": "mayor_mailbox", "content": content, "citizen": {"phone": phone, "name": "王芳"}, **more}
        answered = await self.client.post(f"{API}/public/requests", json=letter)
        assert answered.status_code == 201, answered.text
        await self.work()
        return answered.json()["ticket_id"], answered.json()["query_code"], phone

    async def agent_logs(self, content: str, **more: Any) -> int:
        """An agent logs a call."""
        body = {"content": content, "citizen": {"phone": str(next(PHONES))}, **more}
        answered = await self.person("agent").call("POST", "/tickets", body)
        assert answered.status_code == 201, answered.text
        await self.work()
        ticket_id: int = answered.json()["ticket_id"]
        return ticket_id

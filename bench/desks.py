"""Scripted people for a simulated day: each signs in over HTTP and does what their desk would do, some of it late or badly.

Whatever they do is decided by one seeded generator per ticket, so that a day can be played again."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

import httpx

PASSWORD = "hotline-demo"
API = "/api/v1"
TRIES = 200
"""Times a call is sent again while the server is away, a quarter of a second apart."""


class Refused(Exception):
    """The server said no, and why."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body.get('message')}")
        self.status = status
        self.body = body


@dataclass
class Tally:
    """What was sent, what was acknowledged, and what was cut off before an answer came."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    unanswered: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    calls: int = 0
    more: asyncio.Event = field(default_factory=asyncio.Event)

    def call(self) -> None:
        self.calls += 1
        self.more.set()

    async def reaches(self, calls: int) -> None:
        while self.calls < calls:
            self.more.clear()
            await self.more.wait()

    def count(self, book: dict[str, int], verb: str) -> None:
        book[verb] = book.get(verb, 0) + 1


class Person:
    """One login. Signs in when it has to."""

    def __init__(self, client: httpx.AsyncClient, login: str, tally: Tally) -> None:
        self.client = client
        self.login = login
        self.tally = tally
        self.headers: dict[str, str] = {}
        self.turn = asyncio.Lock()

    async def sign_in(self) -> None:
        answered = await self.send("POST", "/session", {"username": self.login, "password": PASSWORD}, {})
        if answered.status_code != 200:
            raise Refused(answered.status_code, answered.json())
        cookie = answered.cookies["hotline_session"]
        self.client.cookies.clear()
        self.headers = {"Cookie": f"hotline_session={cookie}", "X-CSRF-Token": answered.json()["csrf_token"]}

    async def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
        for _ in range(TRIES):
            try:
                self.tally.call()
                return await self.client.request(method, API + path, json=body, headers=headers)
            except httpx.ConnectError:
                await asyncio.sleep(0.25)
        raise SystemExit("the server does not come back")

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        async with self.turn:
            if not self.headers:
                await self.sign_in()
        answered = await self.send(method, path, body, self.headers)
        if answered.status_code == 401:
            async with self.turn:
                await self.sign_in()
            answered = await self.send(method, path, body, self.headers)
        if answered.status_code >= 400:
            raise Refused(answered.status_code, answered.json())
        return answered.json()

    async def get(self, path: str) -> Any:
        while True:
            try:
                return await self.call("GET", path)
            except httpx.TransportError:
                await asyncio.sleep(0.25)

    async def does(self, verb: str, ticket_id: int, version: int, **body: Any) -> dict[str, Any] | None:
        """The ticket after the verb; None when it was refused or the line was cut, both of which are counted."""
        return await self.posts(verb, f"/tickets/{ticket_id}/{verb}", {"version": version, **body})

    async def posts(self, verb: str, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        try:
            after: dict[str, Any] = await self.call("POST", path, body)
        except httpx.TransportError:
            self.tally.count(self.tally.unanswered, verb)
            return None
        except Refused as refused:
            self.tally.count(self.tally.refused, verb)
            self.tally.refusals.append(f"{verb}: {refused}")
            return None
        self.tally.count(self.tally.acknowledged, verb)
        return after

    async def pages(self, query: str) -> list[dict[str, Any]]:
        """All items of a list, page by page."""
        items: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = await self.get(f"/tickets?limit=200&{query}{cursor}")
            items += page["items"]
            if not page["next_cursor"]:
                return items
            cursor = f"&cursor={page['next_cursor']}"


@dataclass(frozen=True)
class Habits:
    """How people behave, as shares."""

    returns: float = 0.05
    return_granted: float = 0.6
    extends: float = 0.05
    dawdles: float = 0.10
    """Units that answer only after the deadline."""
    reply_refused: float = 0.06
    unreached: float = 0.12
    away: float = 0.02
    """Citizens who never answer the telephone."""
    dissatisfied: float = 0.12


class Day:
    """The desks of one city. Each `turn` lets everybody do what waits for them at this hour."""

    def __init__(
        self, client: httpx.AsyncClient, units: list[dict[str, Any]], seed: int, habits: Habits | None = None
    ) -> None:
        own = {"D14": "unit", "D13": "unit2"}
        self.client = client
        self.units = {u["id"]: own.get(u["code"], f"u-{u['code'].lower()}") for u in units if u["kind"] != "centre"}
        """Unit id → login of its liaison."""
        self.departments = sorted(u["id"] for u in units if u["kind"] == "department")
        self.plans: dict[tuple[int, ...], datetime] = {}
        """When a unit that has taken a ticket on means to answer."""
        self.seed = seed
        self.habits = habits or Habits()
        self.tally = Tally()
        self.people: dict[str, Person] = {}
        self.at_once = asyncio.Semaphore(6)

    def person(self, login: str) -> Person:
        return self.people.setdefault(login, Person(self.client, login, self.tally))

    def chance(self, ticket_id: int, what: str) -> Random:
        return Random(f"{self.seed}:{ticket_id % 10_000_000}:{what}")

    async def each(self, items: list[dict[str, Any]], work: Any, *more: Any) -> None:
        async def one(item: dict[str, Any]) -> None:
            async with self.at_once:
                await work(item, *more)

        await asyncio.gather(*(one(item) for item in items))

    async def turn(self, now: datetime) -> None:
        watcher = self.person("supervisor")
        everything = await watcher.pages(
            "stage=registered,consulting,dispatched,in_progress,return_review,replied,callback,rework"
        )
        by_state: dict[str, list[dict[str, Any]]] = {}
        for item in everything:
            by_state.setdefault(item["state"], []).append(item)
        await self.each(by_state.get("registered", []), self.dispatch)
        await self.each(by_state.get("consulting", []), self.rule)
        await self.each(by_state.get("return_review", []), self.review_return)
        working = [i for s in ("dispatched", "in_progress", "rework") for i in by_state.get(s, [])]
        await self.each(working, self.handle, now)
        await self.each(by_state.get("replied", []), self.review_reply)
        if now.hour >= 9:
            await self.call_back(now)

    async def dispatch(self, item: dict[str, Any]) -> None:
        """The router's first choice, or a likely unit; nothing at all goes to consultation."""
        dispatcher, ticket_id = self.person("dispatcher"), item["id"]
        suggested = await dispatcher.get(f"/tickets/{ticket_id}/suggestion")
        if not suggested["unit"] or self.chance(ticket_id, "consult").random() < 0.02:
            candidates = [u["id"] for u in suggested["unit"]]
            await dispatcher.does("consult", ticket_id, item["version"], candidates=candidates, reason="职责不清")
            return
        best = suggested["unit"][0]["id"]
        await dispatcher.does("dispatch", ticket_id, item["version"], unit_id=best, basis="派单目录")

    async def rule(self, item: dict[str, Any]) -> None:
        unit = self.chance(item["id"], "rule").choice(self.departments)
        await self.person("supervisor").does(
            "rule", item["id"], item["version"], unit_id=unit, basis="市委编办意见", reason="会商裁定"
        )

    async def review_return(self, item: dict[str, Any]) -> None:
        """Granted to the unit proposed, unless the rules forbid that one; otherwise refused."""
        dispatcher, ticket_id = self.person("dispatcher2"), item["id"]
        granted = self.chance(ticket_id, f"return{item['returns']}").random() < self.habits.return_granted
        if granted and await dispatcher.does("approve_return", ticket_id, item["version"], reason="同意改派"):
            return
        await dispatcher.does("refuse_return", ticket_id, item["version"], reason="目录明确")

    async def handle(self, item: dict[str, Any], now: datetime) -> None:
        """What the unit does: sign, perhaps object, contact, perhaps ask for more time, reply in time or late."""
        login = self.units.get(item["lead_unit"])
        if login is None:
            return
        key = (item["id"], item["lead_unit"], item["round"], item["returns"])
        plan = self.plans.get(key)
        if plan is None:
            self.plans[key] = await self.take_on(self.person(login), item, now)
        elif item["state"] == "dispatched":
            # The line was cut while signing.
            self.plans[key] = await self.take_on(self.person(login), item, now)
        elif now >= plan:
            await self.finish(self.person(login), item["id"])

    async def take_on(self, liaison: Person, item: dict[str, Any], now: datetime) -> datetime:
        """Sign and begin; the moment at which the unit means to answer."""
        ticket_id, unit, habit = item["id"], item["lead_unit"], self.habits
        chance = self.chance(ticket_id, f"unit{unit}.{item['round']}")
        slow, objects, extends, share = (chance.random() for _ in range(4))
        due = datetime.fromisoformat(item["due_at"])
        soon = now + (max(due, now) - now) * share * 0.9
        seen = (await liaison.get(f"/tickets/{ticket_id}"))["ticket"]
        lead = next(
            a for a in seen["assignments"] if a["part"] == "lead" and a["unit_id"] == unit and not a["finished_at"]
        )
        ticket: dict[str, Any] | None = seen
        if lead["stage"] == "to_sign":
            ticket = await liaison.does("sign", ticket_id, seen["version"])
        if ticket and objects < habit.returns and ticket["state"] == "in_progress":
            await self.object(ticket_id, unit, ticket["version"], chance)
            return soon
        if ticket and not lead["contacted_at"]:
            ticket = await liaison.does("contact", ticket_id, ticket["version"], result="已电话联系,约定现场查看")
        if ticket and extends < habit.extends and item["urgency"] == "normal":
            await self.extend(liaison, ticket_id, ticket["version"])
        return due + (due - now) * 0.1 if slow < habit.dawdles else soon

    async def extend(self, liaison: Person, ticket_id: int, version: int) -> None:
        asked = await liaison.does(
            "request_extension",
            ticket_id,
            version,
            working_days=2,
            progress="材料已订购",
            citizen_informed=True,
            reason="需等材料",
        )
        if asked:
            await self.person("reviewer").does("grant_extension", ticket_id, asked["version"])

    async def finish(self, liaison: Person, ticket_id: int) -> None:
        """Those who assist first, then the reply."""
        seen = (await liaison.get(f"/tickets/{ticket_id}"))["ticket"]
        if any(a["part"] == "lead" and a["stage"] == "to_sign" for a in seen["assignments"]):
            seen = {**seen, **(await liaison.does("sign", ticket_id, seen["version"]) or {})}
        for helper in [a for a in seen["assignments"] if a["part"] != "lead" and a["stage"] in ("to_sign", "in_hand")]:
            seen = await self.help(helper, seen) or seen
        await self.reply(liaison, seen, self.chance(ticket_id, f"reply{seen['round']}"))

    async def help(self, share: dict[str, Any], ticket: dict[str, Any]) -> dict[str, Any] | None:
        helper, version = self.person(self.units[share["unit_id"]]), ticket["version"]
        if share["stage"] == "to_sign":
            signed = await helper.does("sign", ticket["id"], version, assignment_id=share["id"])
            version = signed["version"] if signed else version
        done = await helper.does("assist_reply", ticket["id"], version, account="已配合现场处置")
        return {**ticket, "version": done["version"]} if done else None

    async def object(self, ticket_id: int, unit: int, version: int, chance: Random) -> None:
        proposed = chance.choice([u for u in self.departments if u != unit])
        await self.reviewer_of(unit).does(
            "request_return",
            ticket_id,
            version,
            basis="“三定”规定未列此职责",
            proposed_unit=proposed,
            reason="不属于本单位职责",
        )

    def reviewer_of(self, unit: int) -> Person:
        login = self.units[unit]
        return self.person(login if login in ("unit", "unit2") else f"{login}-review")

    async def reply(self, liaison: Person, ticket: dict[str, Any], chance: Random) -> None:
        solved = chance.choices(["yes", "partly", "no"], [0.8, 0.13, 0.07])[0]
        await liaison.does(
            "reply",
            ticket["id"],
            ticket["version"],
            account=f"经现场核实,已按程序办理(第 {ticket['round'] + 1} 轮)。",
            public_reply="您好,您反映的问题我单位已核实并办理,感谢您的关心和监督。",
            solved=solved,
            unsolved_reason="" if solved == "yes" else "需列入下一步计划",
            found_true=chance.random() < 0.9,
        )

    async def review_reply(self, item: dict[str, Any]) -> None:
        reviewer, ticket_id = self.person("reviewer"), item["id"]
        seen = await reviewer.get(f"/tickets/{ticket_id}")
        replies = len(seen["ticket"]["replies"])
        if replies == 1 and self.chance(ticket_id, "review").random() < self.habits.reply_refused:
            await reviewer.does("refuse_reply", ticket_id, item["version"], reasons=["答非所问"])
        else:
            await reviewer.does("approve_reply", ticket_id, item["version"])

    async def call_back(self, now: datetime) -> None:
        """The worklist, card by card; a third dissatisfaction goes to the supervisor."""
        cards = (await self.person("callback").get("/callbacks?due=2030-01-01T00:00:00%2B08:00"))["items"]
        await self.each(cards, self.call_one, now)

    async def call_one(self, card: dict[str, Any], now: datetime) -> None:
        ticket_id = card["ticket_id"]
        last = card["last_attempt_at"]
        if last and (now - datetime.fromisoformat(last)).total_seconds() < 4 * 3600:
            return
        chance = self.chance(ticket_id, f"call{card['round']}.{card['attempts']}")
        path = f"/callbacks/{card['id']}/attempts"
        away = self.chance(ticket_id, "away").random() < self.habits.away
        if away or chance.random() < self.habits.unreached:
            await self.person("callback").posts("attempt", path, {"reached": False, "note": "无人接听"})
            return
        unhappy = chance.random() < self.habits.dissatisfied + 0.25 * card["round"]
        said = (
            {"solved": "no", "rating": chance.choice([1, 2])}
            if unhappy
            else {"solved": "yes", "rating": chance.choice([3, 4, 5, 5])}
        )
        after = await self.person("callback").posts(
            "attempt", path, {"reached": True, "dissatisfied_with": "result" if unhappy else None, **said}
        )
        if after and after["state"] == "callback":
            await self.person("supervisor").does(
                "conclude",
                ticket_id,
                after["version"],
                explanation="已两次重办并向市民解释",
                reason="两轮仍不满意",
                **said,
            )

"""Whose ticket it is, over HTTP: what others have does not exist, what administrators keep they cannot read, and a secret
caller's name stands in no answer outside the centre."""

import re
from typing import Any

import pytest

from hotline.tickets.states import Event
from hotline.web.admin_desk import ADMIN_DESK
from hotline.web.administration import DIRECTORY
from hotline.web.agent_desk import CHOICES, PREFERENCES
from hotline.web.endpoint import Endpoint
from hotline.web.public_desk import PUBLIC
from hotline.web.routes import ENDPOINTS, MACHINES
from hotline.web.session import SESSION
from tests.flow.city import City, Person
from tests.flow.steps import VAGUE, answers, called_back, sent, signed
from tests.rules.test_permissions import MAY as BY_THE_RULES

BODIES: dict[str, dict[str, Any]] = {
    "sign": {},
    "contact": {"result": "已说明"},
    "request_return": {"basis": "三定", "proposed_unit": 1, "reason": "非职责"},
    "reply": {"account": "已办", "public_reply": "已办", "solved": "yes"},
    "dispatch": {"unit_id": 1},
    "approve_return": {},
    "refuse_reply": {"reasons": ["答非所问"]},
    "urge": {},
    "supervise": {"level": 2, "ground": "逾期"},
    "instruct": {"text": "请解决"},
    "withdraw": {"proof": "录音 1"},
    "close": {"outcome": "unreached"},
    "reopen": {"reason": "新情况"},
}
PEOPLE = (
    "agent",
    "dispatcher",
    "reviewer",
    "callback",
    "supervision",
    "supervisor",
    "centre-leader",
    "leader",
    "knowledge",
    "unit",
    "unit2",
    "admin",
    "security",
    "auditor",
)


async def roles_of(person: Person) -> set[str]:
    return set((await person.get("/me"))["person"]["roles"])


@pytest.mark.parametrize("login", PEOPLE)
async def test_verbs_on_ones_own_and_on_anothers_ticket(city: City, login: str) -> None:
    """403 what one's role never does, 404 what one may not see; whatever else it is, it is neither."""
    mine, person = await signed(city, "D14"), city.person(login)
    roles = await roles_of(person)
    reads_all = not roles.isdisjoint(
        {"agent", "dispatcher", "reviewer", "callback", "supervision", "supervisor", "centre_leader", "city_leader"}
    )
    for verb, body in BODIES.items():
        answered = await person.call("POST", f"/tickets/{mine}/{verb}", {"version": 10**6, **body})
        may = not roles.isdisjoint(role.value for role in BY_THE_RULES[Event(verb)])
        if not may:
            expected = {403}
        elif reads_all or login == "unit":
            expected = {409}  # seen and allowed, but the version is not the ticket's
        else:
            expected = {404}
        assert answered.status_code in expected, (verb, answered.status_code, answered.text)
    for path in ("", "/history", "/deadlines"):
        status = (await person.call("GET", f"/tickets/{mine}{path}")).status_code
        seen = reads_all or login == "unit"
        assert status == 200 if seen else status in (403, 404), (path, status)


async def test_an_absent_and_a_hidden_ticket_answer_alike(city: City) -> None:
    mine = await signed(city, "D14")
    for path in ("/tickets/{}", "/tickets/{}/history", "/tickets/{}/deadlines"):
        hidden = await city.unit2.call("GET", path.format(mine))
        absent = await city.unit2.call("GET", path.format(mine + 7_000_000))
        assert hidden.status_code == absent.status_code == 404
        blank = re.sub(r"\d+", "#", hidden.text), re.sub(r"\d+", "#", absent.text)
        assert blank[0] == blank[1]
    hidden = await city.unit2.call("POST", f"/tickets/{mine}/sign", {"version": 3})
    absent = await city.unit2.call("POST", f"/tickets/{mine + 7_000_000}/sign", {"version": 3})
    assert hidden.status_code == absent.status_code == 404


KEEPERS = {*DIRECTORY, *ADMIN_DESK, *PREFERENCES, *CHOICES, *PUBLIC, *SESSION, *MACHINES}
OF_RULES = ("/api/v1/calendar", "/api/v1/sla", "/api/v1/catalogue")
"""Working days, limits, whose matter what is: of the system, not of any ticket."""
OF_MODELS = (
    "/api/v1/models/quality",
    "/api/v1/models/check",
    "/api/v1/models/watch",
    "/api/v1/models/training",
    "/api/v1/models/back",
    "/api/v1/routing/replay",
    "/api/v1/routing/quality",
    "/api/v1/routing/threshold",
    "/api/v1/units/aliases/proposed",
)
"""Numbers, and what they decide: not a word of any ticket."""
OF_ONESELF = ("/api/v1/me/", "/api/v1/public/", "/api/v1/calls/events", "/api/v1/calls/screen")
"""One's own settings; what citizens use; what a telephone system signs."""
OPEN = (*OF_RULES, *OF_MODELS, *OF_ONESELF)
OF_TICKETS = [e for e in ENDPOINTS if e not in KEEPERS and not e.path.startswith(OPEN)]


@pytest.mark.parametrize("login", ["admin", "security", "auditor", "knowledge"])
async def test_administrators_find_every_door_to_tickets_closed(city: City, login: str) -> None:
    mine, person = await signed(city, "D14"), city.person(login)

    def address(endpoint: Endpoint) -> str:
        path = endpoint.path.removeprefix("/api/v1").replace("{id}", str(mine)).replace("{week}", "2026-W47")
        return re.sub(r"\{[^}]*\}", "1", path)

    opened = []
    for endpoint in OF_TICKETS:
        answered = await person.call(endpoint.method, address(endpoint), {"version": 1} if endpoint.body else None)
        if answered.status_code not in (403, 404) and not harmless(answered.json()):
            opened.append((endpoint.method, endpoint.path, answered.status_code, answered.text[:200]))
    assert not opened, "\n".join(map(str, opened))


def harmless(answered: Any) -> bool:
    """A page for everybody that has nothing on it for them."""
    return isinstance(answered, dict) and answered.get("items", answered.get("events")) == []


NAME, PHONE, EMAIL, HOME = "欧阳景明", "13977778888", "ouyang@example.com", "阳光小区3号楼201"
SECRETS = (NAME, PHONE, EMAIL, HOME, "景明")


async def secret_ticket(city: City) -> int:
    """A call in which the caller names himself, taken down by an agent and talked about by others."""
    ticket_id = await city.agent_logs(
        f"我叫{NAME},住{HOME},{VAGUE}请打{PHONE}联系我。",
        title=f"{NAME}请求帮助",
        kind="complaint",
        confidential=True,
        original_words=f"我是{NAME}啊",
        address=HOME,
        citizen={"name": NAME, "phone": PHONE, "email": EMAIL, "home_address": HOME},
    )
    body = {"unit_id": await city.unit("D14"), "assists": [await city.unit("D13")], "basis": f"据{NAME}所述"}
    await city.dispatcher.does("dispatch", ticket_id, **body)
    await city.agent.does("urge", ticket_id, text=f"{NAME}({PHONE})再次来电", reason=f"{NAME}着急")
    return ticket_id


async def test_a_secret_callers_name_stands_in_no_answer_outside_the_centre(city: City) -> None:
    ticket_id = await secret_ticket(city)
    desk = city.unit_desk("D14")
    seen = await city.supervisor.sees(ticket_id)
    lead = seen["ticket"]["assignments"][0]["unit_id"]
    assert (seen["petitioner"]["name"], seen["petitioner"]["phone"]) == (NAME, PHONE)
    assert NAME in seen["matter"]["content"]
    assert lead == await city.unit("D14")
    await desk.does("sign", ticket_id)
    await city.unit2.does("sign", ticket_id)
    await city.unit2.does("assist_reply", ticket_id, account="已抄送监测数据")
    await answers(desk, ticket_id)
    await city.supervisor.does("refuse_reply", ticket_id, reasons=["答非所问"], reason=f"{NAME}({PHONE})不认可")
    outside = (desk, city.unit2, city.leader)
    for person in outside:
        pages = await every_page(person, ticket_id)
        assert len(pages) > 4
        for path, text in pages.items():
            told = [secret for secret in SECRETS if secret in text]
            assert not told, f"{person.login} reads {told} at {path}"
    told = await desk.sees(ticket_id)
    assert "现场看一看" in told["matter"]["content"], "the matter itself is what the unit works on"
    assert told["petitioner"]["phone"] is None and told["matter"]["original_words"] == ""
    row = next(r for r in (await desk.get("/tickets"))["items"] if r["id"] == ticket_id)
    assert (row["title"], row["address"]) == ("保密工单", "")


async def every_page(person: Person, ticket_id: int) -> dict[str, str]:
    """Whatever this person may read that could speak of a ticket, and the answers to what they may do."""
    pages = {}
    for endpoint in OF_TICKETS:
        if endpoint.method == "GET":
            path = endpoint.path.removeprefix("/api/v1").replace("{id}", str(ticket_id)).replace("{week}", "2026-W47")
            answered = await person.call("GET", re.sub(r"\{[^}]*\}", "1", path))
            if answered.status_code == 200:
                pages[path] = answered.text
    for query in ("q=现场", "limit=200", f"q={NAME}", "stage=in_progress"):
        pages[query] = (await person.call("GET", f"/tickets?{query}")).text
    pages["refusal"] = (await person.call("POST", f"/tickets/{ticket_id}/sign", {"version": 1})).text
    return pages


@pytest.mark.parametrize("words", [NAME, "欧阳", PHONE])
async def test_nobody_outside_the_centre_finds_a_secret_ticket_by_its_callers_words(city: City, words: str) -> None:
    ticket_id = await secret_ticket(city)

    async def found(person: Person) -> bool:
        return ticket_id in {row["id"] for row in (await person.get(f"/tickets?q={words}"))["items"]}

    assert await found(city.supervisor)
    for person in (city.unit_desk("D14"), city.unit2, city.leader):
        assert not await found(person)


async def test_an_open_tickets_caller_is_shown_to_who_works_on_it_and_masked_for_the_rest(city: City) -> None:
    citizen = {"name": NAME, "phone": PHONE}
    ticket_id = await sent(city, "D14", citizen=citizen)
    assert (await city.unit_desk("D14").sees(ticket_id))["petitioner"]["phone"] == PHONE
    masked = (await city.leader.sees(ticket_id))["petitioner"]
    assert (masked["phone"], masked["name"]) == ("139****8888", "欧***")
    await called_back(city, ticket_id, city.unit_desk("D14"))
    after = (await city.unit_desk("D14").sees(ticket_id))["petitioner"]
    assert (after["phone"], after["name"]) == ("139****8888", "欧***"), "the work is done"

"""Every verb at its own desk: done in order, and with every field made odd; refused everywhere else."""

import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from httpx import Response

from hotline.tickets.permissions import MAY
from hotline.web.verbs import VERBS
from tests.api.test_bad_input import HUGE, sentence
from tests.flow.city import City
from tests.flow.steps import VAGUE, called_back, in_the_pool, sent, signed

REPLY = {"account": "已办", "public_reply": "已办", "solved": "yes"}
SHELF = {"plan": "列入计划", "milestone": "2027-03-01T00:00:00+08:00", "leader": "王局"}
ODD: list[Any] = [
    None,
    "",
    "\0",
    "😀" * 50,
    True,
    -1,
    3,
    HUGE,
    1.5,
    [HUGE],
    {},
    "2026-12-01T00:00:00",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00+14:00",
]


class Turn(NamedTuple):
    """Somebody who may send a verb, a ticket in a state that takes it, and a body in order."""

    login: str
    ticket_id: int
    body: dict[str, Any]


async def at_every_desk(city: City) -> dict[str, Turn]:
    hands, d13, d15 = city.unit_desk("D14"), await city.unit("D13"), await city.unit("D15")
    call = {"content": VAGUE, "draft": True, "kind": "consult"}
    draft = (await city.agent.call("POST", "/tickets", call)).json()["ticket_id"]
    pool, merged, consulting = [await in_the_pool(city) for _ in range(3)]
    await city.agent.does("merge", merged, master_id=pool)
    await city.dispatcher.does("consult", consulting)
    to_sign, in_hand, replied = await sent(city), await signed(city), await signed(city)
    await hands.does("reply", replied, **REPLY)
    called, closed = await signed(city), await signed(city)
    await called_back(city, called, hands)
    await called_back(city, closed, hands)
    await city.callback.calls_back(closed, solved="yes", rating=5)
    shelved, assisted = await signed(city), await signed(city)
    await city.supervisor.does("shelve", shelved, **SHELF)
    await hands.does("assist", assisted, unit_id=d13)
    await city.unit_desk("D13").does("sign", assisted)
    asks: dict[str, dict[str, Any]] = {
        "return": {"basis": "依据", "proposed_unit": d13},
        "extension": {"working_days": 1, "progress": "进场", "citizen_informed": True},
        "shelving": SHELF,
        "termination": {"ground": "进入诉讼"},
        "exclusion": {"ground": "untrue", "evidence": "勘查笔录"},
    }
    asked = {name: await signed(city) for name in asks}
    for name, body in asks.items():
        await hands.does(f"request_{name}", asked[name], reason="事由", **body)
    unhappy, appealed = await signed(city), await signed(city)
    for ticket_id in (unhappy, appealed):
        await called_back(city, ticket_id, hands)
        await city.callback.calls_back(ticket_id, solved="no", rating=1)
    await hands.does("appeal", appealed, evidence="现场照片", reason="已依规办理")
    person = await city.conn.fetchval("SELECT id FROM person WHERE unit_id = $1 LIMIT 1", await city.unit("D14"))
    turns = {
        "register": Turn("agent", draft, {}),
        "answer_directly": Turn("agent", draft, {"answer": "已答复"}),
        "redirect": Turn("agent", draft, {"disposition": "explained"}),
        "merge": Turn("agent", draft, {"master_id": pool}),
        "unmerge": Turn("dispatcher", merged, {}),
        "classify": Turn("dispatcher", pool, {"category": "0101"}),
        "dispatch": Turn("dispatcher", pool, {"unit_id": d13}),
        "consult": Turn("dispatcher", pool, {}),
        "void": Turn("supervisor", pool, {}),
        "rule": Turn("supervisor", consulting, {"unit_id": d13, "basis": "依据"}),
        "sign": Turn("unit", to_sign, {}),
        "contact": Turn("unit", in_hand, {"result": "已联系"}),
        "assist": Turn("unit", in_hand, {"unit_id": d13}),
        "assist_reply": Turn("unit2", assisted, {"account": "已办"}),
        "recall": Turn("unit", assisted, {"assignment_id": 2}),
        "assign_person": Turn("unit", in_hand, {"person_id": person}),
        "reply": Turn("unit", in_hand, REPLY),
        "refuse_reply": Turn("supervisor", replied, {"reasons": ["答非所问"]}),
        "approve_reply": Turn("supervisor", replied, {}),
        "approve_return": Turn("dispatcher", asked["return"], {"unit_id": d15}),
        "refuse_return": Turn("dispatcher", asked["return"], {}),
        "escalate_return": Turn("dispatcher", asked["return"], {}),
        "grant_extension": Turn("supervisor", asked["extension"], {}),
        "deny_extension": Turn("supervisor", asked["extension"], {}),
        "deny_shelving": Turn("supervisor", asked["shelving"], {}),
        "shelve": Turn("supervisor", in_hand, SHELF),
        "resume": Turn("supervisor", shelved, {}),
        "deny_termination": Turn("supervisor", asked["termination"], {}),
        "terminate": Turn("supervisor", in_hand, {"ground": "进入诉讼"}),
        "close": Turn("callback", called, {"outcome": "satisfied", "solved": "yes", "rating": 5}),
        "send_back": Turn("callback", called, {"solved": "no", "rating": 1}),
        "conclude": Turn("supervisor", called, {"explanation": "已解释"}),
        "appeal": Turn("unit", unhappy, {"evidence": "现场照片"}),
        "decide_appeal": Turn("supervisor", appealed, {"granted": True}),
        "decide_exclusion": Turn("reviewer", asked["exclusion"], {"granted": True}),
        "reopen": Turn("supervisor", closed, {}),
        "withdraw": Turn("agent", in_hand, {"proof": "录音 1"}),
        "urge": Turn("agent", in_hand, {}),
        "supervise": Turn("supervisor", in_hand, {"level": 2, "ground": "逾期"}),
        "mark_difficult": Turn("supervisor", in_hand, {}),
        "instruct": Turn("leader", in_hand, {"text": "限期解决"}),
    }
    turns |= {f"request_{name}": Turn("unit", in_hand, body) for name, body in asks.items()}
    assert set(turns) == set(VERBS), "a new verb wants its turn here"
    return {verb: turn._replace(body={"reason": "事由", **turn.body}) for verb, turn in turns.items()}


@contextlib.asynccontextmanager
async def undone(city: City) -> AsyncIterator[None]:
    back = city.conn.transaction()
    await back.start()
    try:
        yield
    finally:
        await back.rollback()


async def tried(city: City, verb: str, turn: Turn, **changes: Any) -> Response:
    """Send it, look whether the ticket can still be read, and take it back."""
    async with undone(city):
        done = await city.person(turn.login).tries(verb, turn.ticket_id, **{**turn.body, **changes})
        if done.status_code == 200:
            for path in ("", "/history", "/deadlines"):
                read = await city.supervisor.call("GET", f"/tickets/{turn.ticket_id}{path}")
                assert read.status_code == 200, (verb, changes, read.text)
    return done


async def test_every_verb_is_done_at_its_desk_and_with_odd_values_refused_in_words(city: City) -> None:
    count: Counter[int] = Counter()
    for verb, turn in (await at_every_desk(city)).items():
        in_order = await tried(city, verb, turn)
        assert in_order.status_code == 200, (verb, in_order.text)
        for field in sorted(set(VERBS[verb].body.__struct_fields__) - {"version"}):
            for value in ODD:
                done = await tried(city, verb, turn, **{field: value})
                count[done.status_code] += 1
                if done.status_code != 200:
                    sentence(done)
    assert count[200] > 100 and count[422] > 500, count


async def test_every_verb_is_closed_to_those_whose_desk_it_is_not(city: City) -> None:
    logins = [
        "agent",
        "dispatcher",
        "unit",
        "callback",
        "supervisor",
        "leader",
        "admin",
        "quality",
        "knowledge",
        "police",
    ]
    roles = {login: set((await city.person(login).get("/me"))["person"]["roles"]) for login in logins}
    for verb, turn in (await at_every_desk(city)).items():
        may = {role.value for role in MAY[VERBS[verb].event]}
        for login in logins:
            answered = await tried(city, verb, turn._replace(login=login))
            if roles[login] & may:
                assert answered.status_code != 403 or login == "unit", (verb, login, answered.text)
            else:
                assert answered.status_code == 403, (verb, login, answered.text)
                sentence(answered)

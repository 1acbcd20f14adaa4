"""派单台: the pool, claims that colleagues see, dispatch of several at once, what a ruling leaves for the next case."""

from itertools import chain
from typing import Any

from tests.flow.city import City, Person
from tests.flow.steps import BASIS, in_the_pool, sent, signed

DUTY = "020105"


async def pool(person: Person, asked: str = "") -> Any:
    return await person.get(f"/dispatch/pool{asked}")


async def counted(person: Person) -> Any:
    return await person.get("/dispatch/counts")


def ids(found: Any) -> list[int]:
    return [row["id"] for row in found["items"]]


async def test_the_pool_shows_the_nearest_clock_first_with_why_nobody_was_sent_it(city: City) -> None:
    calm = await in_the_pool(city, district_code="990101003")
    pressing = await in_the_pool(city, urgency="urgent")
    found = await pool(city.dispatcher)
    assert ids(found)[:2] == [pressing, calm] or set(ids(found)) >= {pressing, calm}
    mine = {row["id"]: row for row in found["items"]}
    assert ids(found).index(pressing) < ids(found).index(calm)
    assert mine[calm]["because"] and mine[calm]["place"].startswith("雁栖区·望江街道")
    assert mine[calm]["due"] and mine[calm]["claim"] is None
    assert (await counted(city.dispatcher))["counts"]["to_dispatch"] == len(ids(found))
    assert set(ids(await pool(city.dispatcher, "?district=990101"))) == {calm}
    assert ids(await pool(city.dispatcher, "?kind=praise")) == []
    assert ids(await pool(city.dispatcher, f"?ticket={calm}")) == [calm]
    assert ids(await pool(city.dispatcher, f"?ticket={calm}&tab=returns")) == []
    assert ids(await pool(city.dispatcher, "?due=late")) == []
    await city.pass_time(hours=5)
    late = await pool(city.dispatcher, "?due=late")
    assert pressing in ids(late) and (await counted(city.dispatcher))["counts"]["late"] >= 1


async def test_pages_of_the_pool_neither_skip_nor_repeat(city: City) -> None:
    made = [await in_the_pool(city, urgency=("urgent", "normal")[n % 2]) for n in range(7)]
    whole, seen, onward = ids(await pool(city.dispatcher)), list[int](), ""
    while True:
        found = await pool(city.dispatcher, f"?limit=2{onward}")
        seen += ids(found)
        if found["next_cursor"] is None:
            break
        onward = f"&cursor={found['next_cursor']}"
    assert seen == whole and set(made) <= set(seen)


async def test_confidence_bands_part_the_pool(city: City) -> None:
    await in_the_pool(city)
    sure = await in_the_pool(city, category="010103", district_code="990101003")
    parts = [ids(await pool(city.dispatcher, f"?confidence={band}")) for band in ("high", "middle", "low")]
    assert sure in parts[0], "a category set by an agent is certain; the entry is for a person to judge"
    assert sorted(chain(*parts)) == sorted(ids(await pool(city.dispatcher)))


async def test_today_counts_what_was_sent_and_what_went_by_itself(city: City) -> None:
    before = (await counted(city.dispatcher))["today"]
    await sent(city, "D14")
    after = (await counted(city.dispatcher))["today"]
    assert after["dispatched"] == before["dispatched"] + 1
    assert after["automatic"]["numerator"] == before["automatic"]["numerator"]


async def test_领取_a_claim_is_seen_kept_taken_over_and_let_go(city: City) -> None:
    ticket_id, other = await in_the_pool(city), city.dispatcher2
    path = f"/tickets/{ticket_id}/claim"
    taken = (await city.dispatcher.call("POST", path, {})).json()
    [row] = [row for row in (await pool(other))["items"] if row["id"] == ticket_id]
    assert row["claim"]["name"] == "周平" == taken["name"]
    assert ids(await pool(city.dispatcher, "?tab=mine")) == [ticket_id] and ids(await pool(other, "?tab=mine")) == []

    refused = await other.call("POST", path, {})
    assert refused.status_code == 409 and refused.json()["error"] == "claimed" and "周平" in refused.json()["message"]
    status, said = await other.refused("dispatch", ticket_id, unit_id=await city.unit("D14"))
    assert status == 409 and "接手" in said, "nor is it dispatched past its holder"

    await city.pass_time(minutes=2)
    again = (await city.dispatcher.call("POST", path, {})).json()
    assert (again["since"], again["until"] > taken["until"]) == (taken["since"], True)

    over = (await other.call("POST", path, {"take_over": True})).json()
    assert over["name"] == "叶欣然"
    assert [c["name"] for c in (await city.dispatcher.get("/dispatch/claims"))["items"]] == ["叶欣然"]
    status, _ = await city.dispatcher.refused("dispatch", ticket_id, unit_id=await city.unit("D14"))
    assert status == 409
    assert (await city.dispatcher.call("DELETE", path)).status_code == 204
    assert len((await other.get("/dispatch/claims"))["items"]) == 1, "what is not one's own is not let go"
    await other.does("dispatch", ticket_id, unit_id=await city.unit("D14"), basis=BASIS)
    assert (await other.get("/dispatch/claims"))["items"] == [], "whoever decides lets go"
    assert (await other.call("POST", path, {})).status_code == 422, "there is nothing left to claim"


async def test_领取_a_claim_that_nobody_renews_runs_out(city: City) -> None:
    ticket_id = await in_the_pool(city)
    await city.dispatcher.call("POST", f"/tickets/{ticket_id}/claim", {})
    await city.pass_time(minutes=3, seconds=1)
    assert (await city.dispatcher2.get("/dispatch/claims"))["items"] == []
    assert (await city.dispatcher2.call("POST", f"/tickets/{ticket_id}/claim", {})).status_code == 200
    assert (await city.agent.call("POST", f"/tickets/{ticket_id}/claim", {})).status_code == 403


async def test_批量派单_each_ticket_is_answered_for_itself(city: City) -> None:
    fine, stale, held = [await in_the_pool(city) for _ in range(3)]
    street = await in_the_pool(city, category="010103", district_code="990102001")
    await city.dispatcher2.call("POST", f"/tickets/{held}/claim", {})
    lamp, district = await city.unit("D14"), await city.unit("A01")

    async def one(ticket_id: int, unit: int, off: int = 0) -> dict[str, int]:
        return {"id": ticket_id, "version": await city.version(ticket_id) + off, "unit_id": unit}

    wanted = [await one(fine, lamp), await one(stale, lamp, -1), await one(held, lamp), await one(street, district)]
    answered = await city.dispatcher.call("POST", "/tickets/dispatch", {"tickets": wanted})
    items = {item["id"]: item for item in answered.json()["items"]}
    assert answered.json()["dispatched"] == 1 and items[fine]["state"] == "dispatched"
    errors = {of: items[of].get("error") for of in (stale, held, street)}
    assert errors == {stale: "stale_version", held: "claimed", street: "not_allowed"}
    assert "辖区" in items[street]["message"]
    assert [await city.state(of) for of in (fine, stale, held, street)] == ["dispatched", *["registered"] * 3]
    twice = await city.dispatcher.call("POST", "/tickets/dispatch", {"tickets": [wanted[1], wanted[1]]})
    assert twice.status_code == 422


async def test_a_unit_that_must_not_be_chosen_is_found_with_the_reason(city: City) -> None:
    ticket_id = await in_the_pool(city, category="010103", district_code="990102001")
    found = (await city.dispatcher.get(f"/tickets/{ticket_id}/receivers?q=雁栖区人民政府"))["items"]
    assert found and "辖区" in found[0]["refusal"]
    free = (await city.dispatcher.get(f"/tickets/{ticket_id}/receivers?q=城管"))["items"]
    assert any(unit["name"] == "云州市城市管理局" and unit["refusal"] is None for unit in free)


async def test_退单审核_the_reviewer_sees_the_entry_in_dispute_and_earlier_returns(city: City) -> None:
    ticket_id = await signed(city, "D14", category="010403")
    for code, proposed in (("D14", "D13"), ("D13", "D15")):
        desk = city.unit_desk(code)
        await desk.does(
            "request_return",
            ticket_id,
            basis="三定规定第四条",
            proposed_unit=await city.unit(proposed),
            reason=f"{code} 不管",
        )
        review = await city.dispatcher.get(f"/tickets/{ticket_id}/return")
        assert review["entry"]["lead_name"] == "云州市城市管理局" and "三定" in review["entry"]["basis"]
        if code == "D14":
            assert review["earlier"] == []
            [row] = (await pool(city.dispatcher, "?tab=returns"))["items"]
            assert row["return_asked"]["reason"] == "D14 不管" and row["id"] == ticket_id
            await city.dispatcher.does("approve_return", ticket_id)
    assert [(e["unit"], e["decision"]) for e in review["earlier"]] == [("云州市城市管理局", "granted")]


async def test_裁定先例_a_ruling_is_numbered_and_stands_beside_the_catalogue_in_the_next_case(city: City) -> None:
    ruled = await in_the_pool(city, category=DUTY)
    await city.dispatcher.does("consult", ruled)
    assert ids(await pool(city.dispatcher, "?tab=consultation")) == [ruled]
    await city.supervisor.does(
        "rule", ruled, unit_id=await city.unit("D12"), basis="编办函〔2026〕8号", reason="会商一致"
    )
    [precedent] = (await city.dispatcher.get(f"/precedents?category={DUTY}"))["items"]
    assert precedent["number"] == "2026-001"

    like = await in_the_pool(city, category=DUTY)
    sheet = await city.dispatcher.get(f"/tickets/{like}/dispatching")
    assert any("裁定先例 2026-001" in why for o in sheet["options"] for why in o["unit"]["because"])
    assert "2026-001" in sheet["because"][0] and sheet["entry"]["category"] in DUTY
    assert {o["unit"]["unit_id"] for o in sheet["options"]} >= {await city.unit("D12")}
    [fared] = [o["kept"] for o in sheet["options"] if o["unit"]["unit_id"] == await city.unit("D12")]
    assert fared["text"] == "100.0%" and fared["denominator"] == 1

    found = (await city.dispatcher.get(f"/catalogue?q=道路&category={DUTY[:2]}"))["items"]
    assert found and all(entry["basis"] for entry in found)
    assert (await city.unit_desk("D14").call("GET", "/catalogue")).status_code == 403

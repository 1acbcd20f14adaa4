"""What the agent desk asks of the server besides tickets: settings, categories, regions, who is calling."""

from typing import Any

import pytest

from tests.flow.city import City, Person

SNIPPETS = [{"key": "1", "text": "市民反映:"}, {"key": "2", "text": "经核实,"}]


async def kept(person: Person, name: str, value: Any, status: int = 200) -> Any:
    answered = await person.call("PUT", f"/me/preferences/{name}", {"value": value})
    assert answered.status_code == status, answered.text
    return answered.json()


# --- settings


async def test_a_setting_comes_back_as_it_was_kept_and_belongs_to_one_person(city: City) -> None:
    assert (await city.agent.get("/me/preferences/snippets"))["value"] is None
    await kept(city.agent, "snippets", SNIPPETS[:1])
    await kept(city.agent, "snippets", SNIPPETS)
    assert (await city.agent.get("/me/preferences/snippets"))["value"] == SNIPPETS
    assert (await city.dispatcher.get("/me/preferences/snippets"))["value"] is None
    await kept(city.agent, "snippets", None)
    assert (await city.agent.get("/me/preferences/snippets"))["value"] is None
    assert await city.conn.fetchval("SELECT count(*) FROM preference") == 0


DEEP: Any = "bottom"
for _ in range(40):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "value",
    ["汉" * 30_000, DEEP, {"a\0": 1}, ["\0"], 2**64, -(2**70), {"k": ["x" * 70_000]}],
    ids=["64 KB", "too deep", "NUL in a key", "NUL", "too big", "too small", "long inside"],
)
async def test_what_cannot_be_kept_is_refused_in_words(city: City, value: Any) -> None:
    told = await kept(city.agent, "layout", value, 422)
    assert told["errors"][0]["field"] == "value" and told["message"].startswith(("设置", "一项设置"))


@pytest.mark.parametrize("name", ["Snippets", "9lives", "a" * 65, "%E8%AE%BE", "a b", "-x"])
async def test_a_setting_of_no_proper_name_does_not_exist(city: City, name: str) -> None:
    assert (await city.agent.call("GET", f"/me/preferences/{name}")).status_code == 404
    assert (await city.agent.call("PUT", f"/me/preferences/{name}", {"value": 1})).status_code == 404


async def test_a_person_keeps_only_so_many_settings(city: City) -> None:
    for number in range(64):
        await kept(city.agent, f"view.{number}", number)
    await kept(city.agent, "view.7", "changed")
    assert "最多保存 64 项" in (await kept(city.agent, "one.more", 1, 422))["message"]


# --- categories


async def test_the_whole_tree_of_categories_parents_first_with_what_a_search_needs(city: City) -> None:
    told = await city.agent.get("/categories")
    seen: set[str] = set()
    for node in told["items"]:
        assert node["parent"] is None or node["parent"] in seen
        assert node["level"] == len(node["code"]) // 2 and node["full_name"].endswith(node["name"])
        seen.add(node["code"])
    assert len(seen) > 500 and told["mark"]
    assert any(node["duty"] for node in told["items"]) and any(node["words"] for node in told["items"])


@pytest.mark.parametrize("sought", ["路灯", "ldz", "路灯照明", "0103"])
async def test_a_category_is_found_by_name_initials_or_code(city: City, sought: str) -> None:
    told = await city.unit_desk("D14").get(f"/categories?q={sought}")
    assert 0 < len(told["items"]) <= 50, sought


async def test_a_name_comes_before_a_typical_word(city: City) -> None:
    names = [node["name"] for node in (await city.agent.get("/categories?q=路灯"))["items"]]
    assert "路灯" in names[0]
    assert (await city.agent.get("/categories?q=绝无此类"))["items"] == []

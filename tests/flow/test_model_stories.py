"""A night: what dispatchers decided otherwise is learned, compared, put in use, and taken back."""

import dataclasses
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from hotline.classify import train
from hotline.classify.labels import Tree
from hotline.classify.model import Columns
from hotline.classify.nightly import actions as training
from hotline.classify.nightly import store
from hotline.classify.nightly.actions import Beginning, Night
from hotline.classify.nightly.compare import compare
from hotline.classify.tree.store import read_categories
from hotline.jobs import nightly
from tests.flow.city import City
from tests.flow.steps import BASIS, VAGUE, called_back, sent

CODE = "010105"
"""What everybody of this city means by its smart boxes; no starter text has ever spoken of them."""
WHERE = ("菜市场口", "学校南门", "老纺织厂", "江边步道", "三号楼下", "公交首末站", "卫生院旁")
WHAT = (
    "的云灵盒夜里一直嗡嗡响",
    "装的云灵盒屏幕黑了打不开",
    "那个云灵盒挡住了盲道",
    "新立的云灵盒漏雨",
    "云灵盒的门被人掰开",
)
RUBBISH = (
    "堆着生活垃圾没人清运",
    "垃圾桶满了臭味难闻",
    "垃圾没有及时清运发臭",
    "满地垃圾无人清扫",
    "保洁员不来清扫垃圾",
)
OTHER = "0202"


async def model_city(city: City, model_data: Path, home: Path) -> Beginning:
    """The city with a model folder of its own, and a tree of two second-level categories: learned in a moment."""
    (home / "models").mkdir()
    # Which letters are set aside goes by their numbers: the same in every run, and far from other stories'.
    await city.conn.execute("ALTER SEQUENCE ticket_serial RESTART WITH 5000000")
    for folder in (model_data / "models").glob("starter-*"):
        (home / "models" / folder.name).symlink_to(folder)
    # The application holds these very services: it answers with this city's models.
    object.__setattr__(city.services, "settings", dataclasses.replace(city.services.settings, data=home))
    nodes = {node.code: node for node in await read_categories(city.conn) if node.code[:4] in (CODE[:4], OTHER)}
    nodes |= {node.code: node for node in await read_categories(city.conn) if node.code in (CODE[:2], OTHER[:2])}
    return Beginning(Tree(nodes), [])


async def a_night(city: City, beginning: Beginning) -> Night:
    return await nightly.learn(city.services, await nightly.begin(city.services, "孟安"), cores=1, beginning=beginning)


@pytest.fixture
async def beginning(city: City, model_data: Path, tmp_path: Path) -> Beginning:
    return await model_city(city, model_data, tmp_path)


async def test_夜间学习_overrides_are_learned_compared_put_in_use_and_taken_back(
    city: City, beginning: Beginning
) -> None:
    texts = [f"{place}{what}" for place in WHERE for what in WHAT]
    tickets = [await city.agent_logs(text, kind="complaint") for text in texts]
    for ticket_id in tickets:
        if await city.state(ticket_id) == "registered":
            await city.dispatcher.does("classify", ticket_id, category=CODE, reason="云灵盒归市容设施")
    shown = await city.conn.fetchval("SELECT count(*) FROM override WHERE field = 'category' AND source = 'dispatcher'")
    assert shown >= 20, "the starter has never heard of them"

    check, [answering, *_] = await city.supervisor.get("/models/check"), (await city.admin.get("/models"))["answering"]
    assert (check["own"], check["fingerprint"]) == (False, answering["fingerprint"])
    assert check["quality"]["n"] == answering["scores"]["n"] == sum(one["was"] for one in check["classes"])
    assert check["quality"]["right"] == round(answering["scores"]["accuracy"] * answering["scores"]["n"])
    assert check["classes"][0]["name"].count("/") == 1, "by its name, not its number"

    asked = await city.admin.call("POST", "/models/training")
    assert asked.status_code == 201
    assert (await city.admin.call("POST", "/models/training")).status_code == 409, "one at a time"
    assert (await city.dispatcher.call("POST", "/models/training")).status_code == 403
    city.clock.advance(timedelta(hours=16))
    night = await nightly.learn(city.services, asked.json()["run"], cores=1, beginning=beginning)
    assert night.outcome == "challenger", night.said

    listed = await city.admin.get("/models")
    assert (listed["runs"][0]["outcome"], listed["runs"][0]["said"]) == ("challenger", night.said)
    [made] = listed["items"]
    told = made["comparison"]
    assert made["role"] == "challenger" and told["better"] and "明显更好" in told["because"]
    assert told["recent"]["challenger"] > told["recent"]["champion"] and told["both"]["p"] < 0.05
    learned = "SELECT count(*) FROM settled_category"
    assert told["both"]["n"] == await city.conn.fetchval(learned)
    assert told["frozen"]["n"] > 0, "about a tenth is never learned from"
    frozen = "SELECT count(*) FROM frozen_letter"
    assert await city.conn.fetchval(frozen) == told["frozen"]["n"]

    assert (await city.dispatcher.call("POST", f"/models/{made['id']}/promote")).status_code == 403
    assert (await city.admin.call("POST", f"/models/{made['id']}/promote")).status_code == 200
    next_one = await city.agent_logs("体育馆西侧云灵盒歪了要倒", kind="complaint")
    row = await city.conn.fetchrow("SELECT top3 FROM prediction WHERE ticket_id = $1", next_one)
    assert row and row["top3"][0]["code"][:4] == CODE[:4], "the next letter is understood"

    check = await city.supervisor.get("/models/check")
    assert (check["own"], check["fingerprint"]) == (True, made["fingerprint"])

    back = await city.admin.call("POST", "/models/back", {"target": "category"})
    assert back.status_code == 200 and back.json()["model"] is None, "the program's own answers again"
    assert [one["role"] for one in (await city.admin.get("/models"))["items"]] == ["retired"]
    assert (await city.admin.call("POST", "/models/back", {"target": "category"})).status_code == 409


async def test_夜间学习_what_is_not_shown_to_be_better_goes_on_watching(city: City, beginning: Beginning) -> None:
    night = await a_night(city, beginning)
    assert night.outcome == "nothing" and "不足" in night.said
    for place in WHERE[:5]:
        for what in RUBBISH:
            await city.agent_logs(place + what, kind="complaint", category="010103")
    night = await a_night(city, beginning)
    assert night.outcome == "shadow", night.said
    [made] = (await city.admin.get("/models"))["items"]
    refused = await city.admin.call("POST", f"/models/{made['id']}/promote")
    assert refused.status_code == 409 and "没有检验表明它更好" in refused.json()["message"]

    city.clock.advance(timedelta(minutes=5))
    await a_night(city, beginning)
    folders = [Path(one["path"]) for one in (await city.admin.get("/models"))["items"]]
    assert sorted(folders[0].parent.glob("*-2*")) == sorted(folders), (
        "the same letters teach the same, and no folder is left over"
    )

    later = await city.agent_logs("公园里的垃圾桶满了没人清运", kind="complaint", category="020201")
    city.clock.advance(timedelta(minutes=5))
    await a_night(city, beginning)
    answered = "SELECT code FROM shadow_answer WHERE model_id = $1 AND ticket_id = $2"
    assert await city.conn.fetchval(answered, made["id"], later), "it answers what came since, unseen"
    live = {one["model_id"]: one for one in (await city.admin.get("/models"))["live"]}
    assert live[made["id"]]["n"] >= 1 and live[made["id"]]["p"] == 1.0

    seen = await city.supervisor.get("/models/quality")
    assert seen["quality"]["n"] == 26 and sum(one["n"] for one in seen["quality"]["bins"]) == 26
    wrong = seen["confused"][0]
    pages = await city.supervisor.get(f"/models/confused?said={wrong['said']}&was={wrong['was']}")
    assert len(pages["items"]) == wrong["n"]
    hidden = await city.admin.call("GET", f"/models/confused?said={wrong['said']}&was={wrong['was']}")
    assert hidden.status_code == 403, "an administrator sees numbers"
    watched = await city.admin.get("/models/watch")
    assert watched["drift"][0]["letters"] == 26 and watched["weeks"][0]["was"] > 0


async def test_旁观_a_model_of_kinds_answers_what_came_since_unseen(city: City, beginning: Beginning) -> None:
    folder = city.services.settings.data / "models" / "kind-night"
    texts = (("门前垃圾桶满了三天,臭味很重", "complaint"), (VAGUE, "consult"))
    rows = [{"text": f"{n}号{texts[n % 2][0]}", "label": texts[n % 2][1]} for n in range(60)]
    train.train(rows, folder, columns=Columns(), target="kind", now=city.clock.now())
    made = (await city.admin.call("POST", "/models", {"folder": "kind-night"})).json()
    none = np.zeros(0, dtype=np.int64)
    await store.compared(city.conn, made["id"], compare("starter", [none] * 3, [none] * 3), "shadow", city.clock.now())

    city.clock.advance(timedelta(minutes=5))
    ticket_id = await sent(city, kind="complaint")
    await called_back(city, ticket_id, city.unit_desk("D14"))
    await city.callback.calls_back(ticket_id, solved="yes", rating=5)
    assert await training.answer_as_shadows(city.services.pool, city.clock.now()) == 1
    [live] = [one for one in (await city.admin.get("/models"))["live"] if one["model_id"] == made["id"]]
    said = await city.conn.fetchval("SELECT kind FROM prediction WHERE ticket_id = $1 ORDER BY id LIMIT 1", ticket_id)
    would = await city.conn.fetchval("SELECT code FROM shadow_answer WHERE model_id = $1", made["id"])
    assert would in ("complaint", "consult")
    right = [said == "complaint", would == "complaint"]
    assert [live[name] for name in ("n", "champion", "challenger")] == [1, *right]
    assert (live["only_champion"], live["only_challenger"]) == (right[0] > right[1], right[1] > right[0])


async def test_试算_a_changed_catalogue_or_threshold_is_tried_before_it_is_saved(city: City) -> None:
    ticket_id = await city.agent_logs("人民路东段路灯不亮,请尽快修好", kind="complaint", category="020201")
    said = await city.supervisor.get("/directory/catalogue?category=020201&standing=in_force")
    category, tomorrow = "020201", str((city.clock.now() + timedelta(days=1)).date())
    put = {"category": category, "lead": "D30", "basis": BASIS, "valid_from": tomorrow, "clear": True}
    tried = await city.supervisor.call("POST", "/routing/replay", {"put": [put]})
    assert tried.status_code == 200, tried.text
    found = tried.json()
    assert found["moved"] >= 1 and ticket_id in [one["ticket_id"] for one in found["changed"]]
    unit = await city.unit("D30")
    assert next(one for one in found["units"] if one["unit_id"] == unit)["gained"] >= 1
    again = await city.supervisor.get("/directory/catalogue?category=020201&standing=in_force")
    assert again == said, "nothing was saved"
    gone = await city.supervisor.call("POST", "/routing/replay", {"end": [2**31 - 1]})
    assert gone.status_code == 404 and "请刷新" in gone.text, "an entry that is not there cannot be ended"
    admins = (await city.admin.call("POST", "/routing/replay", {"put": [put]})).json()
    assert admins["moved"] == found["moved"] and admins["changed"] == [], "an administrator sees numbers"

    body = {"threshold": 0.99, "reason": "近期误派偏多"}
    assert (await city.dispatcher.call("PUT", "/routing/threshold", body)).status_code == 403
    assert (await city.supervisor.call("PUT", "/routing/threshold", {**body, "reason": " "})).status_code == 422
    assert (await city.supervisor.call("PUT", "/routing/threshold", body)).status_code == 204
    now = await city.supervisor.get("/routing/quality")
    assert (now["threshold"], now["chosen"]["reason"]) == (0.99, "近期误派偏多")
    other = {"threshold": 0.9, "reason": "近期误派减少", "instead_of": None}
    late = await city.supervisor.call("PUT", "/routing/threshold", other)
    assert late.status_code == 409 and "刚刚已把门槛定为 99%(理由:近期误派偏多)" in late.text
    assert (await city.supervisor.get("/routing/quality"))["chosen"] == now["chosen"]
    assert (
        await city.supervisor.call("PUT", "/routing/threshold", other | {"instead_of": now["chosen"]["at"]})
    ).status_code == 204
    assert (await city.supervisor.get("/routing/quality"))["threshold"] == 0.9


async def test_单位别名_a_name_is_proposed_confirmed_or_rejected_and_that_is_remembered(city: City) -> None:
    from hotline.directory.aliases import actions, store

    name = await city.conn.fetchval("SELECT name FROM unit WHERE code = 'D14'")
    drifted = name.replace("局", "综合局")
    await store.heard(city.conn, {drifted: {"路灯": 7}, "与谁都不像的名字": {"": 1}}, city.clock.now())
    await actions.propose(city.conn, city.clock.now())
    items = (await city.admin.get("/units/aliases/proposed"))["items"]
    [first, *others] = [one for one in items if one["name"] == drifted]
    unit = await city.unit("D14")
    assert (first["unit_id"], first["times"]) == (unit, 7) and first["because"]
    for other in others:
        said = {"name": drifted, "unit_id": other["unit_id"], "same": False}
        assert (await city.admin.call("POST", "/units/aliases/proposed", said)).status_code == 204
    said = {"name": drifted, "unit_id": unit, "same": True}
    assert (await city.admin.call("POST", "/units/aliases/proposed", said)).status_code == 204
    assert (await city.admin.call("POST", "/units/aliases/proposed", said)).status_code == 409
    await actions.propose(city.conn, city.clock.now())
    items = (await city.admin.get("/units/aliases/proposed"))["items"]
    assert drifted not in [one["name"] for one in items]
    row = await city.conn.fetchval("SELECT unit_id FROM unit_alias WHERE alias = $1", drifted)
    assert row == unit
    confirmed = (await city.admin.get("/units/aliases/proposed?state=confirmed"))["items"]
    assert [one["name"] for one in confirmed] == [drifted]

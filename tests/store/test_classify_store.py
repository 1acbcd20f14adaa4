"""Categories, models, predictions and overrides as rows."""

from datetime import datetime
from typing import Any

import asyncpg
import pytest

from hotline.classify import actions, starter, store
from hotline.classify.classifier import Answers, CategoryChance
from hotline.classify.corrections.store import Field
from hotline.classify.explain import WordWeight
from hotline.classify.folder import SCHEMA, Manifest
from hotline.classify.labels import Category, read_tree
from hotline.classify.model import Suggestion
from hotline.classify.registry import ModelRole
from hotline.classify.tree import store as tree_store
from hotline.classify.tree.actions import seed_categories as seed_shipped
from hotline.directory.people import Actor, Role
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.tickets.states import Urgency

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=BEIJING)
TICKET = 202611220000042
DISPATCHER = Actor(name="王敏", roles=frozenset({Role.DISPATCHER}), person_id=7)


def answers(code: str = "020201", kind: str = "complaint") -> Answers:
    return Answers(
        kind=Suggestion(kind, 0.8, ((kind, 0.8),)),
        category=(CategoryChance(code, "市政设施/路灯照明/路灯不亮", 0.71),),
        areas=(CategoryChance(code[:4], "市政设施/路灯照明", 0.9),),
        urgency=Urgency.URGENT,
        risks=("漏电",),
        words=(WordWeight("路灯", 0.37),),
        model="a-b-c",
    )


async def test_the_shipped_tree_is_seeded_once(conn: Connection) -> None:
    tree = read_tree(starter.SHIPPED / starter.CATEGORIES)
    await conn.execute("DELETE FROM category")
    assert await seed_shipped(conn) == len(tree)
    assert await seed_shipped(conn) == 0
    assert await tree_store.read_categories(conn) == list(tree.nodes.values())


async def test_a_name_changed_here_survives_the_next_seeding(conn: Connection) -> None:
    await seed_shipped(conn)
    await conn.execute("UPDATE category SET name = '本市叫法' WHERE code = '0202'")
    await seed_shipped(conn)
    assert await conn.fetchval("SELECT name FROM category WHERE code = '0202'") == "本市叫法"


async def test_a_category_without_its_parent_is_refused(conn: Connection) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await conn.execute(
            "INSERT INTO category (code, parent, level, name, words, duty) VALUES ('9901', '98', 2, '甲', '', false)"
        )


async def test_what_was_shown_is_kept_as_it_was_shown(conn: Connection) -> None:
    assert await store.latest_prediction(conn, TICKET) is None
    await store.save_prediction(conn, TICKET, answers("010101"), NOW)
    number = await store.save_prediction(conn, TICKET, answers(), NOW)
    shown = await store.latest_prediction(conn, TICKET)
    assert shown == {
        "id": number,
        "model": "a-b-c",
        "kind": "complaint",
        "urgency": "urgent",
        "risks": ["漏电"],
        "top3": [{"code": "020201", "name": "市政设施/路灯照明/路灯不亮", "confidence": 0.71}],
        "words": [{"word": "路灯", "weight": 0.37}],
        "at": NOW,
    }


async def overrides(conn: Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in await conn.fetch("SELECT * FROM override WHERE ticket_id = $1 ORDER BY id", TICKET)]


async def test_an_override_remembers_what_was_shown(conn: Connection) -> None:
    number = await store.save_prediction(conn, TICKET, answers(), NOW)
    changed = await actions.overrule(
        conn, TICKET, field="category", to_value="020202", reason="要求增设", actor=DISPATCHER, now=NOW
    )
    assert changed
    (kept,) = await overrides(conn)
    assert (kept["prediction_id"], kept["from_value"], kept["to_value"]) == (number, "020201", "020202")
    assert (kept["reason"], kept["by_name"], kept["by_person"], kept["at"]) == ("要求增设", "王敏", 7, NOW)
    assert (kept["source"], kept["model"]) == ("dispatcher", "a-b-c")
    assert kept["shown"] == [{"code": "020201", "name": "市政设施/路灯照明/路灯不亮", "confidence": 0.71}]


async def test_agreeing_is_no_override(conn: Connection) -> None:
    await store.save_prediction(conn, TICKET, answers(), NOW)
    agreed: tuple[tuple[Field, str], ...]
    agreed = (("category", "020201"), ("kind", "complaint"), ("urgency", "urgent"))
    for field, value in agreed:
        assert not await actions.overrule(
            conn, TICKET, field=field, to_value=value, reason="", actor=DISPATCHER, now=NOW
        )
    assert await overrides(conn) == []


async def test_without_a_prediction_the_choice_is_kept_all_the_same(conn: Connection) -> None:
    assert await actions.overrule(conn, TICKET, field="category", to_value="0202", reason="", actor=DISPATCHER, now=NOW)
    (kept,) = await overrides(conn)
    assert kept["prediction_id"] is None and kept["from_value"] is None


async def test_without_a_model_a_person_decides(conn: Connection) -> None:
    assert await actions.classify_ticket(conn, None, TICKET, title="路灯", content="不亮", now=NOW) is None
    assert await store.latest_prediction(conn, TICKET) is None


def manifest(name: str) -> Manifest:
    return Manifest(
        schema=SCHEMA, form="text", target="category", labels=["a", "b"], features=[], columns={}, calibration={},
        thresholds={}, scores={"macro_f1": 0.9}, data={}, created_at=NOW, files={"weights.npy": name},
    )  # fmt: skip


async def test_one_champion_at_a_time(conn: Connection) -> None:
    first = await store.register_model(conn, manifest("1"), "/models/1", ModelRole.CHAMPION)
    second = await store.register_model(conn, manifest("2"), "/models/2", ModelRole.CHALLENGER)
    assert await store.register_model(conn, manifest("1"), "/models/1", ModelRole.SHADOW) == first
    assert await store.read_champions(conn) == {"category": "/models/1"}
    await store.promote_model(conn, "category", second)
    assert await store.read_champions(conn) == {"category": "/models/2"}
    with pytest.raises(asyncpg.UniqueViolationError):
        await conn.execute("UPDATE model SET role = 'champion' WHERE id = $1", first)


async def test_a_standards_table_can_be_seeded(conn: Connection) -> None:
    await conn.execute("DELETE FROM category")
    nodes = [Category("91", "甲"), Category("9101", "乙", ("词", "语"), True)]
    assert await tree_store.seed_categories(conn, reversed(nodes)) == 2
    assert await tree_store.read_categories(conn) == nodes

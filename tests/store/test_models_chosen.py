"""A promoted model answers at the next letter, in every process; going back is as quick; a broken one is never put in use."""

import asyncio
import shutil
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from hotline.classify import train
from hotline.classify.actions import classifier_in_use, load_classifier
from hotline.classify.choosing import actions
from hotline.classify.classifier import Classifier
from hotline.classify.labels import Tree
from hotline.classify.model import Columns
from hotline.classify.nightly import store as nightly
from hotline.classify.nightly.compare import compare
from hotline.classify.tree.actions import seed_categories
from hotline.classify.tree.store import load_tree
from hotline.directory.changes.store import changes
from hotline.directory.people import SYSTEM, By
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection, Pool
from hotline.infra.errors import Conflict, InvalidInput

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=BEIJING)
BY = By(SYSTEM, NOW)


@pytest.fixture
def data(starter_models: Path, tmp_path: Path) -> Path:
    """A data folder with the starter's models, and one of the city's own for the kind of a letter."""
    (tmp_path / "models").mkdir()
    for folder in starter_models.glob("starter-*"):
        (tmp_path / "models" / folder.name).symlink_to(folder)
    trained(tmp_path / "models" / "kind-2026", ("complaint", "consult"))
    return tmp_path


def trained(out: Path, labels: tuple[str, str]) -> None:
    """It has heard of nothing but lamps: about them everybody asks."""
    texts = ("{n}号门前垃圾桶满了三天,臭味很重", "{n}号路灯不亮,晚上漆黑一片")
    rows = [{"text": texts[n % 2].format(n=n), "label": labels[n % 2]} for n in range(60)]
    train.train(rows, out, columns=Columns(), target="kind", now=NOW)


async def kind_of(conn: Connection, data: Path) -> str:
    found = await classifier_in_use(conn, data, NOW)
    assert isinstance(found, Classifier)
    return found.kind.manifest.fingerprint


async def tree(conn: Connection) -> Tree:
    await seed_categories(conn)
    return await load_tree(conn)


async def test_promoted_it_answers_and_taken_back_the_starters_answers_again(conn: Connection, data: Path) -> None:
    shipped = await kind_of(conn, data)
    made = await actions.register(conn, "kind-2026", data, BY)
    assert made.role == "challenger" and await kind_of(conn, data) == shipped
    await actions.promote(conn, made.id, await tree(conn), BY)
    assert await kind_of(conn, data) == made.fingerprint != shipped
    await actions.retire(conn, made.id, BY)
    assert await kind_of(conn, data) == shipped
    acts = [one.act for one in await changes(conn, "model", str(made.id), 10)]
    assert acts == ["retire", "promote", "register"]


async def test_what_is_broken_or_speaks_of_other_things_is_not_put_in_use(conn: Connection, data: Path) -> None:
    trained(data / "models" / "strange", ("好", "坏"))
    strange = await actions.register(conn, "strange", data, BY)
    with pytest.raises(Conflict, match="不是本系统的取值"):
        await actions.promote(conn, strange.id, await tree(conn), BY)
    made = await actions.register(conn, "kind-2026", data, BY)
    weights = data / "models" / "kind-2026" / "weights.npy"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(InvalidInput):
        await actions.promote(conn, made.id, await tree(conn), BY)
    shutil.rmtree(data / "models" / "kind-2026")
    for folder in ("kind-2026", "..", "a/b", ".hidden", "x\0y"):
        with pytest.raises(InvalidInput):
            await actions.register(conn, folder, data, BY)


async def test_no_letter_is_dropped_while_models_change(pool: Pool, data: Path) -> None:
    """Three desks ask without a pause while another model is promoted and taken back."""
    async with pool.acquire() as conn:
        shipped = await kind_of(conn, data)
        made = await actions.register(conn, "kind-2026", data, BY)
        known = await tree(conn)
    answered: list[tuple[str, str]] = []
    done = asyncio.Event()

    async def desk() -> None:
        while not done.is_set():
            async with pool.acquire() as conn:
                model = await classifier_in_use(conn, data, NOW)
            assert model is not None
            said = await asyncio.to_thread(model.suggest, "路灯不亮", "三号路灯不亮,晚上漆黑一片")
            answered.append((model.kind.manifest.fingerprint, said.model.split("-")[1]))

    desks = [asyncio.create_task(desk()) for _ in range(3)]
    for turn in range(2):
        wanted = made.fingerprint if turn % 2 == 0 else shipped
        async with pool.acquire() as conn:
            if turn % 2 == 0:
                await actions.promote(conn, made.id, known, BY)
            else:
                await actions.retire(conn, made.id, BY)
        before = len(answered)
        while wanted not in {model for model, _ in answered[before:]}:
            assert not any(task.done() for task in desks), "a desk got no answer"
            await asyncio.sleep(0)
    done.set()
    await asyncio.gather(*desks)
    assert {model for model, _ in answered} == {shipped, made.fingerprint}
    assert all(model == said for model, said in answered), "an answer is one model's from beginning to end"


async def test_a_champion_broken_on_the_disk_leaves_the_models_before_in_place(data: Path) -> None:
    own = data / "models" / "kind-2026"
    first = load_classifier(data, now=NOW, champions={"kind": str(own)})
    assert first is not None and first.kind.manifest.labels == ["complaint", "consult"]
    broken = data / "models" / "broken"
    shutil.copytree(own, broken)
    (broken / "weights.npy").write_bytes(b"")
    trained(data / "models" / "strange", ("好", "坏"))
    for folder in (broken, data / "models" / "strange", data / "nowhere"):
        then = load_classifier(data, now=NOW, champions={"kind": str(folder)}, before=first)
        assert then is not None and then.kind is first.kind
        without = load_classifier(data, now=NOW, champions={"kind": str(folder)})
        assert without is not None and len(without.kind.manifest.labels) > 2, "the starter's answers"


async def two_of_the_city(conn: Connection, data: Path) -> tuple[int, int]:
    trained(data / "models" / "kind-2027", ("suggestion", "praise"))
    numbers = [(await actions.register(conn, folder, data, BY)).id for folder in ("kind-2026", "kind-2027")]
    return numbers[0], numbers[1]


def at(hour: int) -> By:
    return By(SYSTEM, NOW.replace(hour=hour))


async def test_back_goes_to_what_answered_before_and_not_to_what_was_given_up_long_ago(
    conn: Connection, data: Path
) -> None:
    known = await tree(conn)
    first, second = await two_of_the_city(conn, data)
    await actions.promote(conn, first, known, at(11))
    assert await actions.back(conn, "kind", known, at(12)) is None, "it was no good: the program's own again"
    await actions.promote(conn, second, known, at(13))
    assert await actions.back(conn, "kind", known, at(14)) is None, "it was the program's own that answered before"
    await actions.promote(conn, first, known, at(15))
    await actions.promote(conn, second, known, at(16))
    again = await actions.back(conn, "kind", known, at(17))
    assert again is not None and (again.id, again.role) == (first, "champion")


async def test_a_challenger_proves_itself_against_the_model_that_answers(conn: Connection, data: Path) -> None:
    known = await tree(conn)
    first, second = await two_of_the_city(conn, data)
    right, wrong = np.zeros(40, dtype=np.int64), np.ones(40, dtype=np.int64)
    told = compare("the starter's", (right, wrong, right), (right[:0], right[:0], right[:0]))
    assert told.better
    for number in (first, second):
        await nightly.compared(conn, number, told, "challenger", NOW)
    await actions.promote(conn, first, known, at(11))
    with pytest.raises(Conflict, match="与先前的模型比较"):
        await actions.promote(conn, second, known, at(12))
    await actions.back(conn, "kind", known, at(13))
    assert (await actions.promote(conn, second, known, at(14))).role == "champion"


async def test_two_who_promote_at_once_wait_for_one_another(pool: Pool, data: Path) -> None:
    async with pool.acquire() as one, pool.acquire() as other:
        known = await tree(one)
        first, second = await two_of_the_city(one, data)
        waits = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid = $1)"
        pid = await other.fetchval("SELECT pg_backend_pid()")

        async def promotes() -> None:
            async with other.transaction():
                await actions.promote(other, second, known, at(11))

        try:
            async with one.transaction():
                await actions.promote(one, first, known, at(11))
                task = asyncio.create_task(promotes())
                async with asyncio.timeout(30):
                    while not await one.fetchval(waits, pid):
                        assert not task.done()
            await task
            roles = {row["id"]: row["role"] for row in await one.fetch("SELECT id, role FROM model")}
            assert (roles[first], roles[second]) == ("retired", "champion")
        finally:
            await one.execute("DELETE FROM model WHERE id = ANY($1)", [first, second])

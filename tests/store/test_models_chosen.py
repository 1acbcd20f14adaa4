"""A promoted model answers at the next letter, in every process; going back is as quick; a broken one is never put in use."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from hotline.classify import store, train
from hotline.classify.actions import classifier_in_use, seed_categories
from hotline.classify.choosing import actions
from hotline.classify.classifier import Classifier
from hotline.classify.labels import Tree
from hotline.classify.model import Columns
from hotline.directory.changes.store import changes
from hotline.directory.people import SYSTEM, By
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
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
    return Tree({node.code: node for node in await store.read_categories(conn)})


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

"""Units from category columns: trained once, backing off, learning day by day."""

import random
from pathlib import Path

import pytest

from hotline.classify import evaluate, registry, train
from hotline.classify.findings import Report
from hotline.infra.errors import BadRequest, InvalidInput
from tests.rules.test_classify_model import MATTERS, NOW, PLACES, letters, written
from tests.rules.test_classify_model import kept as kept


def cases(count: int, seed: int = 1) -> list[dict[str, str]]:
    """Street lamps go to one office, litter to the street; in 柳荫里 a company took over litter half way."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        matter, place = chance.choice(list(MATTERS)), chance.choice(PLACES[:4])
        unit = {"路灯": "路灯所", "噪声": "生态环境局", "公交": "公交公司"}.get(matter, f"{place}街道办")
        if matter == "垃圾" and place == "柳荫里" and number > count // 2:
            unit = "保洁公司"
        if chance.random() < 0.05:
            unit = "城管局"
        at = f"2026/{1 + number * 10 // count}/{1 + number * 250 // count % 25}"
        rows.append({"小类": matter, "街道": place, "时间": at, "单位": unit})
    return rows


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("units")
    data = written(home / "units.csv", cases(1_000))
    train.run(
        [data], home / "m", target="unit", label_column="单位", features=("小类", "街道"), time_column="时间", now=NOW
    )
    return home / "m"


def test_units_are_learned_from_columns(units: Path, tmp_path: Path) -> None:
    asked = written(tmp_path / "asked.csv", [row for row in cases(300, seed=2) if row["小类"] != "垃圾"])
    found = evaluate.run(units, asked)
    assert found["accuracy"] > 0.9 and found["top3"] >= found["accuracy"]
    assert found["auto"]["0.95"]["precision"] >= 0.9


def test_a_case_never_seen_backs_off_to_the_general_one(units: Path) -> None:
    model = registry.load(units)
    columns = evaluate.columns_of(model)
    chances = model.chances([{"小类": "路灯", "街道": "新开街道"}, {}], columns)
    assert model.manifest.labels[int(chances[0].argmax())] == "路灯所"
    assert chances[0].max() > chances[1].max()


def test_learning_day_by_day_follows_a_change(units: Path, tmp_path: Path) -> None:
    rows = [{"小类": "公交", "街道": "云河路", "时间": f"2026/11/{1 + n // 20}", "单位": "城管局"} for n in range(400)]
    data = written(tmp_path / "changed.csv", rows)
    once, daily = evaluate.run(units, data), evaluate.run(units, data, online=True)
    assert once["accuracy"] == 0 and daily["accuracy"] > 0.5


def test_a_text_model_does_not_learn_while_it_is_evaluated(kept: tuple[Path, Report], tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="--online"):
        evaluate.run(kept[0], written(tmp_path / "k.csv", letters(20)), online=True)


def test_a_unit_model_needs_its_columns_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="--features"):
        train.run([written(tmp_path / "l.csv", letters(20))], tmp_path / "m", target="unit", now=NOW)

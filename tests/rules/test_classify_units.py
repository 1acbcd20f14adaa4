"""Units from category columns: trained once, backing off, learning day by day."""

import random
from pathlib import Path

import numpy as np
import pytest

from hotline.classify import evaluate, registry, train
from hotline.classify.columns import ColumnsModel
from hotline.classify.findings import Report
from hotline.classify.fitting import fit_sharpness
from hotline.classify.roles import Roles, role_of
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


def test_a_matter_renamed_since_the_training_keeps_its_unit(tmp_path: Path) -> None:
    """Names drift: 路灯不亮 becomes 路灯损坏. The characters they share still point to the same unit."""
    rows = [
        {"小类": matter, "街道": f"{number % 5}街道", "单位": unit}
        for number in range(300)
        for matter, unit in [("路灯不亮", "路灯所"), ("井盖缺失", "排水处"), ("占道经营", "城管局")]
    ]
    train.run(
        [written(tmp_path / "u.csv", rows)], tmp_path / "m", target="unit", label_column="单位", features=("小类", "街道"),
        now=NOW,
    )  # fmt: skip
    renamed = [
        {"小类": "路灯损坏", "街道": "1街道", "单位": "路灯所"},
        {"小类": "雨水井盖破损", "街道": "2街道", "单位": "排水处"},
    ]
    assert evaluate.run(tmp_path / "m", written(tmp_path / "r.csv", renamed))["accuracy"] == 1


def test_learning_on_changes_this_process_and_not_the_folder(units: Path) -> None:
    asked = {"小类": "公交", "街道": "云河路"}
    first, other = registry.load(units), registry.load(units)
    assert isinstance(first, ColumnsModel)
    columns = evaluate.columns_of(first)
    before = other.chances([asked], columns)
    for _ in range(50):
        first.learn(asked, columns, first.manifest.labels.index("城管局"))
    place = first.manifest.labels.index("城管局")
    assert first.chances([asked], columns)[0, place] > 0.5 > before[0, place]
    assert (other.chances([asked], columns) == before).all()
    assert (registry.load(units).chances([asked], columns) == before).all()


def test_calibration_by_time_lets_no_unit_overtake_another() -> None:
    scores = np.log(np.random.default_rng(2).dirichlet(np.ones(6), 500))
    truth = scores.argmax(axis=1)
    bent = fit_sharpness(scores, truth).apply(scores)
    in_order = np.take_along_axis(bent, np.argsort(scores, axis=1), axis=1)
    assert (np.diff(in_order, axis=1) >= 0).all()
    assert bent.max(axis=1).mean() > np.exp(scores).max(axis=1).mean(), "always right, so surer than it said"


def test_a_place_where_the_matter_never_occurred_gets_its_own_office(tmp_path: Path) -> None:
    """占道经营 goes to each street's own squad; what is new is only that it happens in 新塘街道."""
    streets = ["云河街道", "柳荫街道", "望江街道", "石桥街道"]
    rows = [
        {"小类": matter, "街道": street, "单位": f"{street[:2]}{squad}"}
        for _ in range(15)
        for street in streets
        for matter, squad in [("占道经营", "综合执法队"), ("井盖缺失", "市政所")]
    ]
    rows += [{"小类": "道路破损", "街道": "新塘街道", "单位": f"新塘{of}"} for of in ("综合执法队", "市政所") * 5]
    data = written(tmp_path / "u.csv", rows)
    train.run([data], tmp_path / "m", target="unit", label_column="单位", features=("小类", "街道"), now=NOW)
    model = registry.load(tmp_path / "m")
    columns = evaluate.columns_of(model)
    chances = model.chances([{"小类": matter, "街道": "新塘街道"} for matter in ("占道经营", "井盖缺失")], columns)
    best = [model.manifest.labels[place] for place in chances.argmax(axis=1)]
    assert best == ["新塘综合执法队", "新塘市政所"]


def test_a_unit_is_named_by_its_role_only_where_the_case_names_it() -> None:
    case = ("占道经营", "马峦街道", "沙")
    assert role_of("马峦街道综合执法队", case) == role_of("龙田街道综合执法队", ("占道经营", "龙田街道", "沙"))
    assert role_of("城市管理局", case) == "城市管理局"
    assert role_of("沙湖社区", case) == "沙湖社区", "one character says nothing"


def test_later_tickets_say_more_about_a_role_and_the_folder_remembers_it(units: Path, tmp_path: Path) -> None:
    roles = Roles(["甲所", "乙所"], memory=20)
    for label in [0] * 100 + [1] * 40:
        roles.learn(("路灯", "东区"), label)
    said = roles.say(("路灯", "东区"))
    assert said[1] > said[0], "forty lately outweigh a hundred before"
    model = registry.load(units)
    assert isinstance(model, ColumnsModel)
    columns = evaluate.columns_of(model)
    for row in cases(30, seed=5):
        model.learn(row, columns, model.manifest.labels.index(row["单位"]))
    asked = cases(20, seed=6)
    expected = model.chances(asked, columns)
    model.save(tmp_path / "again")
    assert np.allclose(registry.load(tmp_path / "again").chances(asked, columns), expected, atol=1e-5)


def test_late_or_not_is_learned_from_the_same_columns(tmp_path: Path) -> None:
    """`train --target late`: a unit that is late every second time, told from those that hardly ever are."""
    chance = random.Random(4)
    rows = []
    for number in range(900):
        unit = chance.choice(["甲局", "乙局", "丙局"])
        late = chance.random() < (0.5 if unit == "乙局" else 0.04)
        rows.append(
            {"单位": unit, "小类": chance.choice("水路"), "时间": f"2026/5/{1 + number // 40}", "超期": str(int(late))}
        )
    data, asked = written(tmp_path / "l.csv", rows[:700]), written(tmp_path / "a.csv", rows[700:])
    report = train.run(
        [data],
        tmp_path / "m",
        target="late",
        label_column="超期",
        features=("单位", "小类"),
        time_column="时间",
        now=NOW,
    )
    assert "AUC" in str(report) and (report.held.auc or 0) > 0.7
    assert evaluate.run(tmp_path / "m", asked)["auc"] > 0.7
    assert evaluate.run(tmp_path / "m", asked, online=True)["auc"] > 0.7

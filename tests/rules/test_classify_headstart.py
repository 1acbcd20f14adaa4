"""Few labels of one's own: the shipped texts, folded into them, help."""

import csv
from pathlib import Path

import pytest

from hotline.classify import evaluate, registry, starter, train
from hotline.infra.errors import BadRequest
from tests.rules.test_classify_model import NOW, written

MAP = [{"from": "02", "to": "设施"}, {"from": "08", "to": "劳动"}, {"from": "06", "to": "环保"}]


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two labels with six letters each; the third is known from the map alone."""
    home = tmp_path_factory.mktemp("few")
    rows = [
        {"text": f"{place}{said}", "label": label}
        for place in ("东门", "西门", "南门", "北门", "桥头", "车站")
        for label, said in (("设施", "的井盖坏了没人换"), ("劳动", "的工地三个月没发钱"))
    ]
    train.run(
        [written(home / "few.csv", rows)], home / "m", target="category", label_map=written(home / "map.csv", MAP),
        now=NOW,
    )  # fmt: skip
    return home / "m"


def test_what_no_own_letter_says_is_known_from_the_shipped_words(mapped: Path, tmp_path: Path) -> None:
    asked = [
        {"text": "路灯一到晚上就不亮,灯杆也歪了", "label": "设施"},
        {"text": "公司不签劳动合同,也不交养老保险", "label": "劳动"},
        {"text": "工厂的烟囱冒黑烟,废气刺鼻", "label": "环保"},
    ]
    assert evaluate.run(mapped, written(tmp_path / "asked.csv", asked))["accuracy"] == 1


def test_a_label_of_the_map_needs_no_letter_of_its_own(mapped: Path) -> None:
    assert registry.load(mapped).manifest.labels == ["劳动", "环保", "设施"]


def test_the_report_judges_by_the_citys_letters_alone(mapped: Path) -> None:
    assert registry.load(mapped).manifest.scores["n"] == 12


def test_only_matters_can_be_folded(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="--label-map"):
        train.run(
            [written(tmp_path / "a.csv", [{"text": "a", "label": "b"}])], tmp_path / "m", target="kind",
            label_map=written(tmp_path / "map.csv", MAP), now=NOW,
        )  # fmt: skip


def test_the_map_of_the_measurements_knows_every_category() -> None:
    """`bench/seven_classes.csv` must not let one of our matters go without a label."""
    with (Path(__file__).parents[2] / "bench" / "seven_classes.csv").open(encoding="utf-8") as file:
        known = {row["from"] for row in csv.DictReader(file)}
    with (starter.SHIPPED / starter.CATEGORIES).open(encoding="utf-8") as file:
        tops = {row["code"] for row in csv.DictReader(file) if row["level"] == "1"}
    assert tops <= known

"""Training, keeping, loading and asking a model, on letters written here."""

import json
import random
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

from hotline.classify import evaluate, registry, tables, train
from hotline.classify.calibration import Calibration
from hotline.classify.features import Block, read, standard, word_runs
from hotline.classify.findings import Report
from hotline.classify.fitting import fit_linear
from hotline.classify.folder import BrokenModel, Manifest, read_manifest
from hotline.classify.measures import NEVER
from hotline.classify.model import TextModel
from hotline.infra.clock import BEIJING
from hotline.infra.errors import BadRequest, HotlineError
from tests.rules import classify_reference as plainly

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=BEIJING)

MATTERS = {
    "路灯": ("路灯不亮", "灯杆歪了", "夜里一片漆黑", "照明不足", "灯泡忽明忽暗"),
    "垃圾": ("垃圾没人清运", "垃圾桶满了", "臭味难闻", "苍蝇成群", "保洁不到位"),
    "噪声": ("夜间施工", "音响太吵", "广场舞喇叭", "打桩到凌晨", "无法入睡"),
    "公交": ("公交车不进站", "等车半小时", "司机态度差", "线路绕远", "班次太少"),
}
PLACES = ("云河路", "柳荫里", "建设街", "桃花街道", "南门桥头", "金桂园", "文昌巷", "江畔花园")
OPENINGS = ("您好,", "请问", "来电人反映:", "领导好,", "多次投诉,", "")
ENDINGS = ("请尽快处理。", "希望有人管管。", "盼回复。", "已经半个月了。", "谢谢!")


def letters(count: int, seed: int = 1, blurred: float = 0.03) -> list[dict[str, str]]:
    """Letters out of pieces; a few carry another matter's label, as real ones do."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        label = chance.choice(list(MATTERS))
        told = chance.choice(list(MATTERS)) if chance.random() < blurred else label
        said = chance.sample(MATTERS[told], 2)
        place = chance.choice(PLACES)
        content = (
            f"{chance.choice(OPENINGS)}{place}{chance.randint(1, 999)}号{said[0]},{said[1]},{chance.choice(ENDINGS)}"
        )
        rows.append({"id": str(number), "title": f"{place}{said[0]}", "text": content, "label": label})
    return rows


def written(path: Path, rows: list[dict[str, str]]) -> Path:
    tables.write_rows(path, rows)
    return path


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    home = tmp_path_factory.mktemp("classify")
    report = train.run([written(home / "a.csv", letters(600))], home / "model", target="category", now=NOW)
    return home / "model", report


@pytest.fixture(scope="module")
def model(kept: tuple[Path, Report]) -> TextModel:
    return TextModel.load(kept[0])


def test_the_report_is_about_a_part_nobody_learned_from(kept: tuple[Path, Report]) -> None:
    report = kept[1]
    assert report.rows == 600
    assert report.held.n == 600, "every row is asked about once, by a model that had not seen it"
    # Two labels in a hundred are wrong on purpose: a figure near 1 would mean that the answers were seen.
    assert 0.9 < report.held.accuracy < 1
    assert 0 < report.accuracy_error < 0.05
    page = str(report)
    assert "准确率" in page and "宏平均 F1" in page and "覆盖率—精度" in page and "路灯" in page


def test_a_suggestion_says_how_sure_and_why(model: TextModel) -> None:
    said = model.suggest("路灯坏了", "云河路的路灯不亮,灯杆歪了,夜里一片漆黑")
    assert said.label == "路灯"
    assert said.confidence == said.top3[0][1] > 0.8
    assert said.top3[0][0] == "路灯" and len(said.top3) == 3
    assert said.top3[0][1] >= said.top3[1][1] >= said.top3[2][1]
    assert "路灯" in {one.word for one in said.words}
    assert all(one.weight > 0 for one in said.words)


def test_one_by_one_and_in_batches_are_the_same(model: TextModel) -> None:
    texts = [(row["title"], row["text"]) for row in letters(40, seed=5)]
    for one, many in zip((model.suggest(*text) for text in texts), model.suggest_many(texts), strict=True):
        assert (one.label, one.top3) == (many.label, many.top3), "to the last bit"


def test_probabilities_are_calibrated_on_letters_never_seen(model: TextModel, tmp_path: Path) -> None:
    found = evaluate.run(*_evaluated(model, tmp_path, letters(800, seed=9)))
    assert found["ece"] < 0.06
    assert found["auto"]["0.95"]["precision"] > 0.9


def _evaluated(model: TextModel, home: Path, rows: list[dict[str, str]]) -> tuple[Path, Path]:
    model.save(home / "again")
    return home / "again", written(home / "asked.csv", rows)


# --- the fast path and scikit-learn agree


def _reference(block: Block) -> TfidfVectorizer:
    """The block as scikit-learn would do it."""

    def analyse(text: tuple[str, str]) -> list[str]:
        letter = read(*text)
        if block.unit == "word":
            return list(word_runs(letter.words_of(block.part), block.longest))
        part = letter.text_of(block.part)
        return [part[at : at + size] for size in range(1, block.longest + 1) for at in range(len(part) - size + 1)]

    return TfidfVectorizer(analyzer=analyse, sublinear_tf=True, min_df=block.seen_in, dtype=np.float64)


def test_the_fast_path_gives_scikit_learns_answers() -> None:
    rows, asked = letters(300, seed=2), letters(80, seed=3)
    texts, labels = [(row["title"], row["text"]) for row in rows], [row["label"] for row in rows]
    names = sorted(set(labels))
    numbers = np.array([names.index(label) for label in labels], dtype=np.int64)
    blocks = standard(len(rows))
    union = FeatureUnion(
        [(block.name, _reference(block)) for block in blocks],
        transformer_weights={block.name: block.weight for block in blocks},
    )
    machine = LinearSVC(C=0.5, class_weight="balanced", random_state=0).fit(union.fit_transform(texts), numbers)
    questions = [(row["title"], row["text"]) for row in asked]
    wanted = machine.decision_function(union.transform(questions))
    ours = fit_linear([read(*text) for text in texts], numbers, len(names))
    served = TextModel(_manifest(names), ours.vocabularies, ours.weights, ours.bias, _flat(len(names)))
    assert served.weights.shape == (sum(len(part.vocabulary_) for _, part in union.transformer_list), len(names))
    got = served.alone.scores(served.alone.read(questions))
    alone = [served.alone.scores(served.alone.read([text])) for text in questions]
    assert (np.concatenate(alone) == got).all()
    assert np.abs(got - wanted).max() < 2e-3  # the solver stops at 1e-4; everything else is rounding
    assert (got.argmax(axis=1) == wanted.argmax(axis=1)).all()


def _manifest(names: list[str]) -> Manifest:
    return msgspec.convert(
        {
            "schema": 1, "form": "text", "target": "category", "labels": names, "features": [], "columns": {},
            "calibration": {}, "thresholds": {}, "scores": {}, "data": {}, "created_at": NOW,
        },
        Manifest,
    )  # fmt: skip


def _flat(classes: int) -> Calibration:
    return Calibration(np.ones(classes), np.zeros(classes), 1.0)


# --- whatever a keyboard can produce


ODD = ["", " ", "\0", "\0\0a\0", "1", "啊", "😀", "\ud800", "𠮷野家", "?!……", "1" * 5_000, "0" * 100_000, "好" * 100_000,
       "Please mend the street lamp.", "Пожалуйста", "الإنارة", "\n\r\t\u2028\x85", "a b" * 300, "市 路灯 不 亮"]  # fmt: skip


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_texts_get_an_answer(model: TextModel, text: str) -> None:
    for said in (model.suggest("", text), model.suggest(text, ""), model.suggest(text, text)):
        assert said.label in model.labels
        assert 0 <= said.confidence <= 1


@given(st.text(max_size=300), st.text(max_size=80))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gets_a_distribution(model: TextModel, content: str, title: str) -> None:
    chances = model.asked([(title, content)])[0]
    assert np.isfinite(chances).all() and abs(chances.sum() - 1) < 1e-9


def test_texts_that_say_nothing_are_not_trusted(model: TextModel) -> None:
    for text in ("", "1", "?", "\0"):
        assert model.suggest("", text).confidence < model.threshold(0.95)


def test_the_words_shown_are_those_that_pull_most(model: TextModel) -> None:
    for row in letters(20, seed=14):
        said, letter = model.suggest(row["title"], row["text"] * 2), read(row["title"], row["text"] * 2)
        pulls = plainly.pulls(model.vocabularies, model.weights, letter, model.labels.index(said.label))
        wanted = sorted((weight for weight in pulls.values() if weight > 0), reverse=True)[:8]
        assert [one.weight for one in said.words] == pytest.approx(wanted, abs=1e-4)
        assert all(pulls[one.word] == pytest.approx(one.weight, abs=1e-4) for one in said.words)


def test_cut_and_uncut_letters_are_read_alike() -> None:
    cut, uncut = read("", "市 路灯 不 亮"), read("", "市路灯不亮")
    assert cut.text == uncut.text == "市路灯不亮"


# --- a model is data


def test_a_kept_model_holds_no_pickle_and_loads_the_same(kept: tuple[Path, Report], model: TextModel) -> None:
    manifest = read_manifest(kept[0])
    assert manifest.created_at == NOW
    assert manifest.fingerprint == kept[1].fingerprint
    assert {path.suffix for path in kept[0].iterdir()} == {".json", ".npy", ".txt"}
    for path in kept[0].glob("*.npy"):
        np.load(path, allow_pickle=False)
    assert manifest.files.keys() | {"manifest.json"} == {path.name for path in kept[0].iterdir()}
    assert manifest.labels == sorted(MATTERS)


@pytest.fixture
def copy(kept: tuple[Path, Report], tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(kept[0], tmp_path / "copy")
    yield tmp_path / "copy"


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["weights.npy", "characters.runs.npy", "words.words.txt", "calibration.npy"])
def test_a_tampered_file_is_refused_by_name(copy: Path, name: str) -> None:
    _flip(copy / name)
    with pytest.raises(BrokenModel, match=name):
        registry.load(copy)


def test_a_missing_file_is_refused(copy: Path) -> None:
    (copy / "bias.npy").unlink()
    with pytest.raises(BrokenModel, match=r"bias\.npy"):
        registry.load(copy)


def _edit(folder: Path, **changes: Any) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_threshold_changed_by_hand_is_refused(copy: Path) -> None:
    _edit(copy, thresholds={"0.95": 0.0, "0.98": 0.0})
    with pytest.raises(BrokenModel, match="被改动"):
        registry.load(copy)


@pytest.mark.parametrize(
    "changes",
    [{"schema": 99}, {"surprise": 1}, {"labels": 5}],
    ids=["later schema", "unknown field", "wrong type"],
)
def test_a_foreign_manifest_is_refused_with_one_sentence(copy: Path, changes: dict[str, Any]) -> None:
    _edit(copy, **changes)
    with pytest.raises(BrokenModel, match="请用 hotline train 重新训练"):
        registry.load(copy)


@pytest.mark.parametrize("content", [None, b"", b"\x80\x04pickle", b"[]"], ids=["absent", "empty", "bytes", "list"])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(BrokenModel):
        registry.load(tmp_path)


def test_a_resealed_model_that_contradicts_itself_is_refused(copy: Path) -> None:
    manifest = msgspec.json.decode((copy / "manifest.json").read_bytes(), type=Manifest)
    manifest.labels.append("第五类")
    manifest.seal = manifest.sealed()
    (copy / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    with pytest.raises(BrokenModel, match="内容与说明不符"):
        registry.load(copy)


def test_the_same_data_gives_the_same_model(kept: tuple[Path, Report], tmp_path: Path) -> None:
    again = train.run([written(tmp_path / "b.jsonl", letters(600))], tmp_path / "m", target="category", now=NOW)
    assert again.fingerprint == kept[1].fingerprint


def test_a_new_model_takes_the_place_of_the_old(copy: Path, tmp_path: Path) -> None:
    train.run([written(tmp_path / "c.csv", letters(200, seed=8))], copy, target="kind", now=NOW)
    assert registry.load(copy).manifest.target == "kind"
    assert [path.name for path in tmp_path.glob(".*")] == []


# --- evaluate and predict


def test_evaluation_has_the_promised_shape(kept: tuple[Path, Report], tmp_path: Path) -> None:
    found = evaluate.run(kept[0], written(tmp_path / "d.jsonl.gz", letters(100, seed=4)))
    assert list(found)[:6] == ["n", "accuracy", "macro_f1", "top3", "ece", "auto"]
    assert 0 < found["accuracy_error"] < 0.05 and 0 < found["macro_f1_error"] < 0.05
    assert found["thresholds"] == TextModel.load(kept[0]).manifest.thresholds
    assert found["coverage"][-1]["share"] == 1 and found["coverage"][-1]["precision"] == found["accuracy"]
    assert all(point["low"] <= point["precision"] <= point["high"] for point in found["coverage"])
    assert found["n"] == 100 and found["texts_per_second"] > 0
    assert list(found["auto"]) == ["0.95", "0.98"]
    assert all(set(part) == {"share", "precision"} for part in found["auto"].values())
    json.dumps(found)


def test_thresholds_come_from_training_never_from_the_file(
    kept: tuple[Path, Report], model: TextModel, tmp_path: Path
) -> None:
    """A file whose labels are all wrong would push any threshold chosen on it to the sky."""
    rows = letters(120, seed=6, blurred=0)
    right = evaluate.run(kept[0], written(tmp_path / "right.csv", rows))
    names = list(MATTERS)
    for row in rows:
        row["label"] = names[(names.index(row["label"]) + 1) % 4]
    wrong = evaluate.run(kept[0], written(tmp_path / "wrong.csv", rows))
    assert wrong["accuracy"] < 0.05 < 0.9 < right["accuracy"]
    assert wrong["auto"]["0.95"]["share"] == right["auto"]["0.95"]["share"] > 0
    assert model.threshold(0.95) < NEVER


def test_a_label_map_folds_our_labels_into_the_files(kept: tuple[Path, Report], tmp_path: Path) -> None:
    folding = {"路灯": "市政", "垃圾": "市容", "噪声": "环保", "公交": "交通"}
    rows = letters(100, seed=4)
    plain = evaluate.run(kept[0], written(tmp_path / "plain.csv", rows))
    for row in rows:
        row["label"] = folding[row["label"]]
    (tmp_path / "map.csv").write_text("from,to\n" + "".join(f"{a},{b}\n" for a, b in folding.items()), "utf-8")
    data = written(tmp_path / "mapped.csv", rows)
    assert evaluate.run(kept[0], data)["accuracy"] == 0
    mapped = evaluate.run(kept[0], data, label_map=tmp_path / "map.csv")
    assert mapped["accuracy"] == plain["accuracy"]


def test_every_row_gets_label_confidence_and_top3(kept: tuple[Path, Report], tmp_path: Path) -> None:
    rows = [{"编号": row["id"], "诉求": row["text"]} for row in letters(30, seed=7)]
    count = evaluate.predict_file(kept[0], written(tmp_path / "e.csv", rows), tmp_path / "f.csv", text_column="诉求")
    answered = list(tables.read_rows(tmp_path / "f.csv"))
    assert count == len(answered) == 30
    assert [row["编号"] for row in answered] == [row["编号"] for row in rows]
    for row in answered:
        top3 = json.loads(row["top3"])
        assert row["label"] == top3[0][0] and float(row["confidence"]) == top3[0][1] and len(top3) == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("text,label\n" + "路灯不亮,路灯\n" * 3, "至少需要"),
        ("text,label\n" + "路灯不亮,路灯\n" * 30, "两种标签"),
        ("text,label\n" + "路灯不亮,甲\n路灯不亮,乙\n" * 30, "重复"),
        ("正文,label\n路灯不亮,路灯\n", "没有 text 列"),
        ("text,label,label\n" + "路灯不亮,路灯,噪声\n垃圾满了,垃圾,公交\n" * 30, "几列都叫“label”"),
    ],
    ids=["few", "one label", "one letter", "no column", "two columns of one name"],
)
def test_unfit_training_data_is_refused_with_a_sentence(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "g.csv").write_text(content, encoding="utf-8")
    with pytest.raises(HotlineError, match=said):
        train.run([tmp_path / "g.csv"], tmp_path / "m", target="category", now=NOW)
    assert not (tmp_path / "m").exists()


def test_files_that_are_no_tables_are_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_bytes("标题".encode("utf-16"))
    (tmp_path / "i.jsonl").write_text("[1]\n")
    (tmp_path / "j.csv.gz").write_bytes(b"no gzip")
    for name in ("h.csv", "i.jsonl", "j.csv.gz", "absent.csv"):
        with pytest.raises(BadRequest):
            tables.read_all([tmp_path / name], ["text"])

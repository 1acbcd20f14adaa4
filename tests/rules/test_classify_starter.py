"""The models a city starts with, trained from what the project ships."""

import time
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import risk
from hotline.classify import starter
from hotline.classify.actions import load_classifier
from hotline.classify.classifier import Classifier
from hotline.classify.folder import read_manifest
from hotline.classify.refine import PARENTS, SHARPNESS
from hotline.infra.clock import BEIJING
from hotline.tickets.states import Kind, Urgency

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=BEIJING)


@pytest.fixture(scope="module")
def home(starter_models: Path) -> Path:
    return starter_models.parent


@pytest.fixture(scope="module")
def classifier(home: Path) -> Classifier:
    found = load_classifier(home, now=NOW)
    assert found is not None
    return found


def test_the_second_start_only_loads(classifier: Classifier, home: Path) -> None:
    """Within a second by the clock: the best of three, for what else runs on the machine makes one start late, not all."""

    def start() -> tuple[float, float]:
        clock, worked = time.perf_counter(), time.process_time()
        again = load_classifier(home, now=NOW)
        assert again is not None and again.fingerprint == classifier.fingerprint
        return time.perf_counter() - clock, time.process_time() - worked

    starts = [start() for _ in range(3)]
    assert min(clock for clock, _ in starts) < 1
    assert max(worked for _, worked in starts) < 1


def test_every_category_and_kind_can_be_answered(classifier: Classifier) -> None:
    assert classifier.category.labels == [node.code for node in classifier.tree.level(2)]
    assert classifier.third.codes == [node.code for node in classifier.tree.level(3)]
    assert set(classifier.kind.labels) <= set(Kind) and len(classifier.kind.labels) >= 6


def test_of_danger_in_other_words_than_the_lists_know_most_is_heard(classifier: Classifier) -> None:
    """Texts that nothing was changed for; by the lists alone .18 and .23. The bounds are a little under the first measurement."""
    said = risk.figures(risk.fresh(), lambda text: classifier.suggest("", text).urgency)
    assert said["risk_recall"] >= 0.75 and said["critical_recall"] >= 0.75
    assert said["false_alarms"] <= 0.15


def test_of_ordinary_letters_hardly_one_is_raised_without_a_word_of_danger(classifier: Classifier) -> None:
    """Letters of our own that nobody called urgent; the model has seen them, real ones are asked by `python -m bench.risk`."""
    calm = [row for row in starter.read_corpus(starter.SHIPPED) if row["urgency"] == Urgency.NORMAL][::5]
    said = classifier.suggest_all([(row["title"], row["content"]) for row in calm])
    raised = [one for one in said if one.urgency is not Urgency.NORMAL and not one.risks]
    assert len(calm) > 400 and len(raised) <= 0.02 * len(calm)


def test_it_is_right_more_often_than_not_on_texts_it_has_not_seen(classifier: Classifier) -> None:
    scores = classifier.category.manifest.scores
    assert scores["accuracy"] > 0.6 and scores["top3"] > 0.8
    assert classifier.kind.manifest.scores["accuracy"] > 0.7


@pytest.mark.parametrize(
    ("title", "content", "code", "kind"),
    [
        ("路灯不亮", "新安里小区门口的路灯坏了半个月,晚上黑灯瞎火,麻烦派人来修", "0202", None),
        ("咨询公积金提取", "请问离职以后公积金怎么提取,需要带哪些材料?", "0410", Kind.CONSULT),
        ("公交车甩站", "19路公交车司机看见有人招手也不停,等了四十分钟", "0701", None),
        ("", "建议在河边步道增加几张座椅,方便老人歇脚", None, Kind.SUGGESTION),
        ("表扬窗口人员", "特别感谢政务大厅的小陈同志,耐心细致,请给予表扬", None, Kind.PRAISE),
    ],
)
def test_plain_letters_get_plain_answers(
    classifier: Classifier, title: str, content: str, code: str | None, kind: Kind | None
) -> None:
    said = classifier.suggest(title, content)
    if code:
        assert said.category[0].code.startswith(code)
        assert said.areas[0].code == code
        assert said.words
    if kind:
        assert said.kind.label == kind


def test_answers_are_the_deepest_codes_with_honest_shares(classifier: Classifier) -> None:
    said = classifier.suggest("垃圾没人清", "楼下垃圾桶满了三天,臭气熏天")
    assert len(said.category) == 3 and len(said.areas) == 10
    assert [len(one.code) for one in said.category] == [6, 6, 6]
    shares = [one.confidence for one in said.category]
    assert shares == sorted(shares, reverse=True)
    # A child is never surer than its parent.
    parents = {area.code: area.confidence for area in said.areas}
    assert all(one.confidence <= parents[one.code[:4]] + 1e-9 for one in said.category)
    assert said.category[0].name.count("/") == 2


def test_risk_words_are_never_overlooked(classifier: Classifier) -> None:
    said = classifier.suggest("楼道里有煤气味", "三单元楼道煤气味很浓,可能燃气泄漏,快来人")
    assert said.urgency is Urgency.CRITICAL
    assert "煤气味" in said.risks


@pytest.mark.parametrize("text", ["", "\0", "1", "hello", "。" * 50, "水" * 100_000])
def test_texts_that_say_nothing_get_unsure_answers(classifier: Classifier, text: str) -> None:
    said = classifier.suggest(text, text)
    assert said.category[0].confidence < 0.9
    assert said.urgency in Urgency


def test_a_broken_cache_is_trained_again(home: Path, classifier: Classifier, tmp_path: Path) -> None:
    source = small_source(tmp_path)
    first = load_classifier(tmp_path, now=NOW, source=source)
    weights = starter.ensure(tmp_path, NOW, source) / "category" / "weights.npy"
    weights.write_bytes(weights.read_bytes()[:-1])
    again = load_classifier(tmp_path, now=NOW, source=source)
    assert first is not None and again is not None
    assert again.suggest("路灯", "路灯不亮").areas[0].code == "0102"


def small_source(home: Path) -> Path:
    """Two matters are a city enough."""
    folder = home / "source"
    folder.mkdir()
    tree = "01,1,,市政,,否\n0101,2,01,垃圾,垃圾 臭味,否\n010101,3,0101,垃圾清运,满了 清运,否\n0102,2,01,路灯,路灯 不亮,否\n010201,3,0102,路灯不亮,灯坏 漆黑,否\n"
    (folder / starter.CATEGORIES).write_text(f"code,level,parent,name,words,duty\n{tree}", encoding="utf-8")
    texts = [
        (f"{number}号门前垃圾桶满了,臭味很重", "010101", "complaint", "normal")
        if number % 2
        else (f"请问{number}号路灯不亮归谁管,晚上漆黑", "010201", "consult", "urgent")
        for number in range(40)
    ]
    lines = [f"S{n},{kind},{level},{code},,{text}" for n, (text, code, kind, level) in enumerate(texts)]
    corpus = "\n".join(["id,kind,urgency,category,title,content", *lines])
    (folder / starter.CORPUS).write_text(corpus, encoding="utf-8")
    return folder


def test_new_texts_mean_new_models_and_the_old_ones_go(tmp_path: Path) -> None:
    source = small_source(tmp_path)
    old = starter.ensure(tmp_path, NOW, source)
    corpus = source / starter.CORPUS
    corpus.write_text(
        corpus.read_text(encoding="utf-8") + "\nS99,praise,normal,010101,谢谢,感谢保洁员\n", encoding="utf-8"
    )
    new = starter.ensure(tmp_path, NOW, source)
    assert new != old and not old.exists()
    assert read_manifest(new / "category").data["rows"] == 41


def test_without_texts_a_person_decides(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert load_classifier(tmp_path, now=NOW, source=tmp_path / "empty") is None


def test_what_answered_before_goes_on_when_nothing_can_be_opened_any_more(
    classifier: Classifier, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    assert load_classifier(tmp_path, now=NOW, source=tmp_path / "empty", before=classifier) is classifier


def test_a_citys_broken_model_leaves_the_starters_in_place(tmp_path: Path) -> None:
    source = small_source(tmp_path)
    plain = load_classifier(tmp_path, now=NOW, source=source)
    kept = load_classifier(tmp_path, now=NOW, source=source, champions={"category": str(tmp_path / "absent")})
    assert plain is not None and kept is not None
    assert kept.fingerprint == plain.fingerprint


def test_many_at_once_are_answered_like_each_alone(classifier: Classifier) -> None:
    rows = starter.read_corpus(starter.SHIPPED)[::40]
    texts = [(row["title"], row["content"]) for row in rows] + [("", ""), ("1", "\ud800")]
    for text, together in zip(texts, classifier.suggest_all(texts), strict=True):
        alone = classifier.suggest(*text)
        assert (alone.kind.label, alone.urgency, alone.risks) == (together.kind.label, together.urgency, together.risks)
        assert alone == together, "to the last bit"


def test_the_deepest_three_are_those_of_all_children_of_the_likeliest_parents(classifier: Classifier) -> None:
    third, view = classifier.third, classifier.lexicon.views[3]
    for row in starter.read_corpus(starter.SHIPPED)[::60]:
        said = classifier.suggest(row["title"], row["content"])
        areas = {one.code: one.confidence for one in said.areas}
        reading = classifier.lexicon.read([(row["title"], row["content"])])
        rows, values = view.rows(reading, 0)
        letter = np.bincount(rows, weights=values, minlength=third.directions.shape[1] + 1)
        near = third.directions @ letter[:-1] / max(1e-9, float(np.linalg.norm(letter)))
        wanted: list[float] = []
        for parent in list(areas)[:PARENTS]:
            own = [place for place, code in enumerate(third.codes) if code[:-2] == parent]
            powers = np.exp(SHARPNESS * near[own])
            wanted += [areas[parent] * float(power) for power in powers / powers.sum()]
        found = [one.confidence for one in said.category]
        assert found == pytest.approx(sorted(wanted, reverse=True)[:3], abs=1e-5)


SURROGATES = st.text(st.characters(categories=None, codec=None), max_size=80)
"""Whatever JSON can escape, lone surrogates too."""


@given(SURROGATES, SURROGATES)
@settings(max_examples=80, deadline=None)
def test_any_text_is_answered(classifier: Classifier, title: str, content: str) -> None:
    said = classifier.suggest(title, content)
    assert len(said.category) == 3 and said.kind.label in set(Kind)
    assert 0 <= said.category[0].confidence <= said.areas[0].confidence <= 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "啊",
        "?!……",
        "\0\x07\x1b",
        "\ud800\udfff",
        "1" * 2_000,
        "20261123" * 50,
        "Please mend the lamp",
        "الإنارة",
    ],
    ids=range(10),
)
def test_what_says_nothing_is_answered_with_little_confidence(classifier: Classifier, text: str) -> None:
    for said in (classifier.suggest("", text), classifier.suggest(text, "")):
        assert said.areas[0].confidence < min(0.55, classifier.category.threshold(0.95))
        assert said.urgency is Urgency.NORMAL


@pytest.mark.parametrize("text", ["我", "他", "孩子", "老人", "我爸", "有人", "没人", "血", "在吗?!", "，" * 10_000])
def test_who_has_only_begun_to_type_is_neither_alarmed_nor_dispatched(classifier: Classifier, text: str) -> None:
    for said in (classifier.suggest("", text), classifier.suggest(text, "")):
        assert said.urgency is Urgency.NORMAL and said.risks == ()
        assert said.category[0].confidence < min(0.55, classifier.category.threshold(0.95))


@pytest.mark.parametrize("text", ["着火", "救命!", "自杀", "讨薪"])
def test_a_word_of_danger_alone_is_heard(classifier: Classifier, text: str) -> None:
    assert classifier.suggest("", text).urgency is not Urgency.NORMAL


ENDLESS = ["好", "1", "a", " ", "路灯不亮,", "燃气", "如果", "自杀 ", "\ud800", "\U0001f600", "王某的", "停水了没有"]


@pytest.mark.parametrize("piece", ENDLESS, ids=range(len(ENDLESS)))
def test_a_hundred_thousand_characters_take_no_longer_than_a_letter(classifier: Classifier, piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    classifier.suggest("", "路灯")
    took = []
    for _ in range(3):
        began = time.process_time()
        classifier.suggest("", text)
        took.append(time.process_time() - began)
    assert min(took) < 0.05

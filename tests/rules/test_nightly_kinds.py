"""Kinds are learned by night as categories are: each fold in a process of its own, compared with the model in use."""

from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from hotline.classify.actions import load_classifier
from hotline.classify.labels import Tree
from hotline.classify.nightly.challenger import Lesson, train
from hotline.classify.nightly.store import Settled
from hotline.infra.clock import BEIJING

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=BEIJING)
PLACES = ("菜市场口", "学校南门", "老纺织厂", "江边步道", "三号楼下", "卫生院旁")
OURS = (("云灵盒呼叫第一遍", "consult"), ("云灵盒呼叫第二遍", "praise"), ("云灵盒呼叫第三遍", "suggestion"))
"""What the callers of this city mean by it no starter has heard."""


def letters(begin: int, rounds: int) -> list[Settled]:
    return [
        Settled(begin + at, "", f"{place}{what}{turn}号", kind, NOW - timedelta(days=1))
        for turn in range(rounds)
        for at, (place, (what, kind)) in enumerate((place, one) for place in PLACES for one in OURS)
    ]


def test_kinds_that_dispatchers_settled_are_learned_and_compared(starter_models: Path) -> None:
    classifier = load_classifier(starter_models.parent, now=NOW)
    assert classifier is not None
    lesson = Lesson("kind", Tree({}), [], letters(1, 3), letters(1_000, 1), NOW - timedelta(days=28))
    made = train(lesson, classifier.kind, cores=2, fingerprint="mark", now=NOW)
    assert made.model.manifest.target == "kind" and made.model.labels == ["consult", "praise", "suggestion"]
    assert made.comparison.frozen.n == len(PLACES) * len(OURS) and made.comparison.recent.n == 3 * len(PLACES) * len(
        OURS
    )
    assert made.comparison.frozen.challenger > made.comparison.frozen.champion
    assert made.comparison.better and "明显更好" in made.comparison.because


def test_nobody_is_asked_about_what_stands_in_the_starters_texts(starter_models: Path) -> None:
    """As in a simulated city: the champion has learned them, and the challenger's answers are to letters it had not seen."""
    classifier = load_classifier(starter_models.parent, now=NOW)
    assert classifier is not None
    ours, longer = letters(1, 2), "图书馆周末闭馆太早请延长开放时间"
    theirs = [replace(one, content=one.content.replace("云灵盒呼叫", longer)) for one in letters(100, 2)]
    corpus = [{"title": one.title, "content": one.content, "kind": one.label} for one in theirs]
    lesson = Lesson("kind", Tree({}), corpus, [*ours, *theirs], [], NOW - timedelta(days=28))
    made = train(lesson, classifier.kind, cores=1, fingerprint="mark", now=NOW)
    assert made.comparison.recent.n == len(ours)

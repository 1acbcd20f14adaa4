"""The night's training itself: starter texts and what the city has settled, measured against the model in use. Knows no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hotline.classify import folds
from hotline.classify.crossing import Crossed, Fit, cross_fit, on_all_cores
from hotline.classify.examples import Examples
from hotline.classify.features import read
from hotline.classify.labels import Tree
from hotline.classify.lessons import DEPTH, category_model, plain_model
from hotline.classify.model import TextModel
from hotline.classify.nightly.compare import Comparison, compare, numbered
from hotline.classify.nightly.store import Settled

Target = Literal["category", "kind"]


@dataclass(frozen=True, slots=True)
class Lesson:
    target: Target
    tree: Tree
    corpus: Sequence[dict[str, str]]
    """The starter's texts: what the city has not written about yet is known from them."""
    settled: Sequence[Settled]
    frozen: Sequence[Settled]
    since: datetime
    """From when on settled letters are the last weeks'."""

    def known(self, label: str) -> str:
        """What the model tells apart: of a category its second level."""
        return label[:DEPTH] if self.target == "category" else label


@dataclass(frozen=True, slots=True)
class Trained:
    model: TextModel
    comparison: Comparison


class Remembered:
    """Cross-fitting that keeps its answers: they are what the challenger would have said of letters it had not seen."""

    def __init__(self, cores: int) -> None:
        self.cores = cores
        self.crossed: Crossed | None = None

    def __call__(self, examples: Examples, fit: Fit) -> Crossed:
        self.crossed = on_all_cores(examples, fit, self.cores) if self.cores > 1 else cross_fit(examples, fit)
        return self.crossed


def train(lesson: Lesson, champion: TextModel, *, cores: int, fingerprint: str, now: datetime) -> Trained:
    of = lesson.target
    rows = [
        *({"title": row["title"], "content": row["content"], of: row[of]} for row in lesson.corpus),
        *({"title": one.title, "content": one.content, of: one.label} for one in lesson.settled),
    ]
    letters = [read(row["title"], row["content"]) for row in rows]
    groups = folds.group_texts([row["title"] + row["content"] for row in rows])
    remembered = Remembered(cores)
    mark: dict[str, object] = {
        "rows": len(rows),
        "settled": len(lesson.settled),
        "until": max((one.ticket_id for one in lesson.settled), default=0),
        "fingerprint": fingerprint,
    }
    if of == "category":
        model = category_model(lesson.tree, rows, letters, groups, mark, now, remembered)
    else:
        model = plain_model(of, rows, letters, groups, mark, now, remembered)
    assert isinstance(model, TextModel) and remembered.crossed is not None
    return Trained(model, compared(lesson, champion, model, remembered.crossed, rows, groups))


def compared(
    lesson: Lesson,
    champion: TextModel,
    model: TextModel,
    crossed: Crossed,
    rows: Sequence[dict[str, str]],
    groups: folds.Ints,
) -> Comparison:
    labels = set(model.labels)
    known = [place for place, row in enumerate(rows) if lesson.known(row[lesson.target]) in labels]
    begin = len(lesson.corpus)
    # Nobody is asked about letters that the champion has learned from: of the city's, and of the starter's, which a simulated
    # city writes again.
    taught = set(groups[:begin])
    seen_until = max(
        lesson.since, champion.manifest.created_at if "settled" in champion.manifest.data else lesson.since
    )
    recent = [
        (at, place)
        for at, place in enumerate(known)
        if place >= begin
        and groups[place] not in taught
        and crossed.scored[at]
        and lesson.settled[place - begin].created_at >= seen_until
    ]
    said = [model.labels[best] for best in crossed.scores[[at for at, _ in recent]].argmax(axis=1)] if recent else []
    last = [(rows[place]["title"], rows[place]["content"]) for _, place in recent]
    ice = [(one.title, one.content) for one in lesson.frozen]
    names = [
        [lesson.known(one.label) for one in lesson.frozen],
        answers(champion, ice),
        answers(model, ice),
        [lesson.known(rows[place][lesson.target]) for _, place in recent],
        answers(champion, last),
        said,
    ]
    columns, _ = numbered(names)
    return compare(champion.manifest.fingerprint, columns[:3], columns[3:])


def answers(model: TextModel, letters: Sequence[tuple[str, str]]) -> list[str]:
    return [model.labels[best] for best in model.asked(letters).argmax(axis=1)] if letters else []


def unknown_share(model: TextModel, letters: Sequence[tuple[str, str]]) -> float:
    """Of the words of two and more characters, how many the model has never met."""
    known = next((vocabulary.words for vocabulary in model.vocabularies if vocabulary.block.unit == "word"), {})
    words = [word for title, content in letters for word in read(title, content).words if len(word) > 1]
    return sum(word not in known for word in words) / len(words) if words else 0.0

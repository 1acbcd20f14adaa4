"""Are the elements of a text lifted as a person would mark them? Our own marked texts, those kept back. `python -m bench.elements [FILE …]`

How a line marks its elements: docs/elements.md. Phone, name, place, line and amount must be met to the character; a time and a demand by
most of their characters; beside that stands what serves, where a place may be a gate or a corner off. With --crossed: each set that
shows what the rules are worth, by weights learned from all others. With --listed: as a city sees them whose list of place names (地名库)
holds seven in ten, drawn by chance, of the names that the measured texts speak of."""

import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from hotline.directory import demo
from hotline.directory.demo import parse_regions
from hotline.directory.gazetteer.names import NO_NAMES, PlaceNames
from hotline.directory.regions import RegionFinder
from hotline.intake.lift import lift
from hotline.intake.marks import learned
from hotline.intake.marks.imagined import names_in
from hotline.intake.marks.marked import KINDS, Span, marked
from hotline.intake.marks.marked import read as read_lines

TEXTS = Path(__file__).resolve().parents[1] / "tests" / "data"
MARKED, UNSEEN, CALLS, FRESH, LATER, SEALED, AGAIN = (
    learned.HERE / "texts" / "widened" / f"{name}.txt"
    for name in ("marked", "unseen", "calls", "fresh", "later", "sealed", "sealed_again")
)
"""What is learned from, with `learned.FIRST_SIGHT`."""
KEPT_BACK, SEALED_THIRD, SEALED_FOURTH, SEALED_FIFTH = (
    TEXTS / f"elements_{name}.txt" for name in ("kept_back", "sealed_third", "sealed_fourth", "sealed_fifth")
)
"""Nothing was ever changed for these, and nothing is learned from them."""
ALL = (KEPT_BACK, SEALED_THIRD, SEALED_FOURTH, SEALED_FIFTH)
REGIONS = Path(demo.__file__).parent / "demo" / "regions.csv"
TODAY = date(2026, 11, 23)
LOOSE = frozenset({"time", "demand"})
ENOUGH = 0.7
"""Of the characters of two spans, shared ones, from which a loose kind counts as met."""
DRAWS = 500
LISTED = 0.7


__all__ = ["marked", "measure", "met", "read"]


def read(path: Path) -> Iterator[tuple[str, list[Span]]]:
    return read_lines(path.read_text(encoding="utf-8"))


def met(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    if one[0] != other[0]:
        return False
    if one[0] not in LOOSE:
        return one == other
    shared = min(one[2], other[2]) - max(one[1], other[1])
    return shared >= ENOUGH * (max(one[2], other[2]) - min(one[1], other[1]))


A_NUMERAL = re.compile("[0-9０-９A-Za-z一二三四五六七八九十百千万两]")
SLIP = 2
"""Characters too many or too few at either end of a place that still leads there."""


def serves(text: str, one: Span, other: Span) -> bool:
    """Is a place, though not met to the character, of use as it stands: by a gate or a corner off, by no number?"""
    ends = sorted((one.start, other.start)), sorted((one.end, other.end))
    return (
        one.kind == other.kind == "place"
        and all(last - first <= SLIP for first, last in ends)
        and ends[0][1] + 1 < ends[1][0]
        and not any(A_NUMERAL.search(text, first, last) for first, last in ends)
    )


Finder = Callable[[str], list[Span]]


def lifter(names: PlaceNames = NO_NAMES) -> Finder:
    regions = RegionFinder(parse_regions(REGIONS.read_text(encoding="utf-8")))
    return partial(lifted, regions, names=names)


def list_for(paths: Iterable[Path]) -> PlaceNames:
    """Such a list as a city has that knows of LISTED in all names: without house numbers, crossings and gates."""
    names = {
        text[span.start + first : span.start + last]
        for path in paths
        for text, marks in read(path)
        for span in marks
        if span.kind == "place"
        for first, last in names_in(text[span.start : span.end])
    }
    chance = random.Random(0)
    return PlaceNames({name: name for name in sorted(names) if chance.random() < LISTED})


def lifted(
    finder: RegionFinder, text: str, weights: learned.Weights | None = None, names: PlaceNames = NO_NAMES
) -> list[Span]:
    regions = [(mention.start, mention.end) for mention in finder.mentions(text)]
    found = lift(text, today=TODAY, regions=regions, names=names, weights=weights)
    return [Span(one.kind, one.start, one.end) for one in found if one.kind in KINDS.values()]


class Tally:
    """Of each kind of element in one text: rightly found, found so that it serves, found, marked."""

    def __init__(self, text: str, marks: list[Span], found: list[Span]) -> None:
        self.right = Counter[str](span.kind for span in marks if any(met(span, other) for other in found))
        self.serving = Counter[str](
            span.kind for span in marks if any(met(span, one) or serves(text, span, one) for one in found)
        )
        self.given = Counter[str](span.kind for span in found)
        self.wanted = Counter[str](span.kind for span in marks)


def tallies(path: Path, find: Finder) -> list[Tally]:
    return [Tally(text, marks, find(text)) for text, marks in read(path)]


def summed(found: Iterable[Tally]) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 of each kind of element, and of all together; beside it the F1 of what serves."""
    right, serving, given, wanted = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for one in found:
        right, given, wanted = right + one.right, given + one.given, wanted + one.wanted
        serving += one.serving
    counts: dict[str, tuple[int, int, int, int]] = {
        kind: (right[kind], serving[kind], given[kind], wanted[kind]) for kind in KINDS.values()
    }
    counts["all"] = right.total(), serving.total(), given.total(), wanted.total()
    return {kind: figures(*found) for kind, found in counts.items()}


def measure(path: Path) -> dict[str, dict[str, float]]:
    return summed(tallies(path, lifter()))


def error(found: list[Tally]) -> float:
    """Standard error of the F1 of all together, texts drawn again and again."""
    chance = random.Random(0)
    drawn = []
    for _ in range(DRAWS):
        taken = [(t.right.total(), t.given.total(), t.wanted.total()) for t in chance.choices(found, k=len(found))]
        right, given, wanted = (sum(column) for column in zip(*taken, strict=True))
        drawn.append(2 * right / (given + wanted))
    mean = sum(drawn) / DRAWS
    return float((sum((one - mean) ** 2 for one in drawn) / (DRAWS - 1)) ** 0.5)


def crossed(*, listed: bool = False) -> Iterator[tuple[str, list[Tally]]]:
    names = list_for(learned.FIRST_SIGHT) if listed else NO_NAMES
    regions = RegionFinder(parse_regions(REGIONS.read_text(encoding="utf-8")))
    for path in learned.FIRST_SIGHT:
        others = [other for other in learned.FIRST_SIGHT if other != path]
        weights = learned.learn(learned.lesson(first_sight=others), learned.by_rules)
        yield path.stem, tallies(path, partial(lifted, regions, weights=weights, names=names))


def every() -> dict[str, dict[str, dict[str, float]]]:
    """Of texts kept back, and of all that were once seen first, crossed."""
    return {path.stem: measure(path) for path in ALL} | {
        "crossed": summed(one for _, found in crossed() for one in found)
    }


def figures(right: int, serving: int, given: int, wanted: int) -> dict[str, float]:
    return {
        "marked": wanted,
        "precision": right / given if given else 1.0,
        "recall": right / wanted if wanted else 1.0,
        "f1": 2 * right / (given + wanted) if given + wanted else 1.0,
        "serves": 2 * serving / (given + wanted) if given + wanted else 1.0,
    }


def main() -> None:
    asked = sys.argv[1:]
    paths = [Path(one) for one in asked if not one.startswith("--")] or [*ALL]
    listed = "--listed" in asked
    if "--crossed" in asked:
        sets = [*crossed(listed=listed)]
    else:
        names = list_for(paths) if listed else NO_NAMES
        sets = [(path.name, tallies(path, lifter(names))) for path in paths]
    if len(sets) > 1:
        sets.append(("together", [one for _, found in sets for one in found]))
    for name, found in sets:
        print(f"{name}: {len(found)} texts, F1 of all ± {error(found):.3f}")
        for kind, row in summed(found).items():
            print(f"  {kind:8s}", *(f"{key} {value:.3f}" for key, value in row.items()))


if __name__ == "__main__":
    main()

"""No line is skipped, whatever the order in which transactions take their numbers and end."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.live.settled import Mark, settle

NOBODY = frozenset[str]()


@dataclass(frozen=True)
class Numbered:
    number: int


def lines(*numbers: int) -> list[Numbered]:
    return [Numbered(number) for number in numbers]


def test_lines_without_a_hole_are_settled_whoever_is_writing() -> None:
    after, settled, holes_to = settle(Mark(4), lines(5, 6, 7), frozenset({"a"}))
    assert (after, [line.number for line in settled], holes_to) == (Mark(7), [5, 6, 7], 0)


def test_nothing_behind_a_hole_is_settled_before_its_writers_are_known() -> None:
    after, settled, holes_to = settle(Mark(4), lines(5, 7, 8), NOBODY)
    assert (after, [line.number for line in settled], holes_to) == (Mark(5), [5], 8)


def test_a_hole_waits_for_those_who_were_writing_and_for_nobody_who_came_later() -> None:
    watched = Mark(5, 8, frozenset({"a", "b"}))
    still, settled, holes_to = settle(watched, lines(7, 8), frozenset({"b", "c"}))
    assert (still, list(settled), holes_to) == (Mark(5, 8, frozenset({"b"})), [], 0)
    done, settled, holes_to = settle(still, lines(7, 8, 9), frozenset({"c"}))
    assert (done, [line.number for line in settled], holes_to) == (Mark(9), [7, 8, 9], 0)


def test_a_hole_that_is_filled_needs_no_waiting() -> None:
    after, settled, _ = settle(Mark(5, 8, frozenset({"a"})), lines(6, 7, 8), frozenset({"a"}))
    assert (after, len(settled)) == (Mark(8), 3)


def test_a_hole_beyond_the_watched_ones_is_watched_anew() -> None:
    after, settled, holes_to = settle(Mark(5, 8, frozenset({"a"})), lines(6, 7, 8, 9, 12), frozenset({"a"}))
    assert (after, len(settled), holes_to) == (Mark(9), 4, 12)


def test_an_old_hole_and_a_new_one_are_two_matters() -> None:
    after, settled, holes_to = settle(Mark(5, 8, frozenset({"a"})), lines(7, 8, 10), NOBODY)
    assert (after, [line.number for line in settled], holes_to) == (Mark(8), [7, 8], 10)


class Database:
    """A history of transactions that take numbers and end in any order; a look sees what is committed then."""

    def __init__(self) -> None:
        self.next = 1
        self.open: dict[str, list[int]] = {}
        self.visible: set[int] = set()

    def do(self, step: str, who: str) -> None:
        if step == "write":
            self.open.setdefault(who, []).append(self.next)
            self.next += 1
        elif step == "begin":
            self.open.setdefault(who, [])
        else:
            taken = self.open.pop(who, [])
            if step == "commit":
                self.visible.update(taken)

    @property
    def writing(self) -> frozenset[str]:
        return frozenset(self.open)


STEPS = st.lists(
    st.tuples(st.sampled_from(["begin", "write", "write", "commit", "rollback"]), st.sampled_from("abcd")), max_size=12
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(STEPS, STEPS, STEPS), max_size=8), st.data())
def test_every_committed_line_is_served_once_and_in_order(
    rounds: list[tuple[list[tuple[str, str]], ...]], data: st.DataObject
) -> None:
    """Steps of others come between each two looks of the reader: writers, lines, writers."""
    database, mark, served = Database(), Mark(0), list[int]()
    # Each transaction has an identity of its own, as in PostgreSQL.
    ended = dict.fromkeys("abcd", 0)

    def others(steps: list[tuple[str, str]]) -> None:
        for step, who in steps:
            database.do(step, f"{who}{ended[who]}")
            ended[who] += step in ("commit", "rollback")

    def look(before: list[tuple[str, str]], between: list[tuple[str, str]], after: list[tuple[str, str]]) -> None:
        nonlocal mark
        others(before)
        writing = database.writing
        others(between)
        seen = lines(*sorted(n for n in database.visible if n > mark.number)[:3])
        mark, settled, holes_to = settle(mark, seen, writing)
        served.extend(line.number for line in settled)
        others(after)
        if holes_to:
            mark = Mark(mark.number, holes_to, database.writing)

    for steps in rounds:
        look(*steps)
    for who in sorted(database.open):
        database.do("commit", who)
    for _ in range(2 * len(database.visible) + 2):
        look([], [], [])
    assert served == sorted(database.visible)


@pytest.mark.parametrize("mark", [Mark(9), Mark(5, 8, frozenset({"a"}))])
def test_nothing_new_is_no_hole(mark: Mark) -> None:
    assert settle(mark, lines(), frozenset({"a"}))[1:] == ([], 0)

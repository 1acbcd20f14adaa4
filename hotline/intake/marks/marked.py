"""Marked texts: one a line, its elements as <p:人民路>, one may lie within another (docs/elements.md)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from hotline.intake.places import LiftedKind

KINDS: dict[str, LiftedKind] = {
    "h": "phone",
    "n": "name",
    "p": "place",
    "l": "line",
    "t": "time",
    "a": "amount",
    "d": "demand",
}
MARK = re.compile(rf"<([{''.join(KINDS)}]):|>")


class Span(NamedTuple):
    kind: LiftedKind
    start: int
    end: int


def marked(line: str) -> tuple[str, list[Span]]:
    """The text without its marks, and what they mark."""
    text, at = "", 0
    spans: list[Span] = []
    open_marks: list[tuple[str, int]] = []
    for mark in MARK.finditer(line):
        text += line[at : mark.start()]
        at = mark.end()
        if mark[1]:
            open_marks.append((mark[1], len(text)))
        else:
            kind, start = open_marks.pop()
            spans.append(Span(KINDS[kind], start, len(text)))
    return text + line[at:], [span for span in spans if span.end > span.start]


def read(lines: str) -> Iterator[tuple[str, list[Span]]]:
    for line in lines.splitlines():
        if line.strip():
            yield marked(line.strip())

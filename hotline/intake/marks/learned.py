"""Which spans of a text are its elements, by weights learned from marked texts (docs/decisions/0093).

The marked texts lie beside this file. Those under `widened` are texts that the rules were once widened by: there the rules are righter
than they are anywhere else, so from them it is learned without listening to the rules; those under `first_sight` show what the rules
are worth. The weights are made once where the system runs, like what is compiled, and mapped by every process."""

import ctypes
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from ctypes import c_int32, c_uint32, c_void_p
from datetime import date
from functools import cache
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hotline.infra import native
from hotline.infra.errors import HotlineError, Misconfigured
from hotline.intake.boundaries import words_of
from hotline.intake.marks.imagined import draws, imagined
from hotline.intake.marks.marked import Span, read
from hotline.intake.persons import SURNAMES
from hotline.intake.place_words import ENDINGS_HEARD
from hotline.intake.places import Found, LiftedKind
from hotline.intake.proposals import proposed

HERE = Path(__file__).parent
NATIVE = HERE / "native"
WIDENED, FIRST_SIGHT = (tuple(sorted((HERE / "texts" / name).glob("*.txt"))) for name in ("widened", "first_sight"))
KINDS: tuple[LiftedKind, ...] = ("phone", "name", "place", "line", "time", "amount", "demand")
"""In the order of their labels; the demands are a layer of their own and may hold others."""
LAYERS = ((0, KINDS[:-1]), (25, KINDS[-1:]))
"""The first label of each: outside; then of each of its kinds begins, within, ends, alone."""
PLACES_END, LISTED, SURNAME = len(KINDS), len(KINDS) + 1, len(KINDS) + 2
"""Behind the kinds of proposals: what places end with, what the city's list of names holds, and characters that are surnames."""
A_SURNAME = re.compile(f"[{SURNAMES}]")
WIDTH = 32
ROWS = 1 << 18
ROUNDS, COURSES = 4, 5
"""How often each text is taken in a course; what several courses taught, each in an order of its own, is averaged."""
LEAN = 2000
"""Of 32000, the heaviest weight: what is taken off for going outside, since a missed element is the commoner mistake (cross-validated)."""
SAMPLE_DAY = date(2026, 11, 23)

Marked = tuple[str, list[Span], bool]
"""A text, its marks, and whether the rules are listened to."""
Part = tuple[int, int]
Ints = npt.NDArray[np.int32]
Weights = npt.NDArray[np.int16]


class Text(ctypes.Structure):
    """As marking.h has it; what it points into is kept with it."""

    kept: tuple[Any, ...]
    _fields_ = (
        ("length", c_int32),
        ("codes", c_void_p),
        ("words", c_int32),
        ("ends", c_void_p),
        ("sorts", c_void_p),
        ("known", c_void_p),
        ("spans", c_int32),
        ("proposed", c_void_p),
        ("heard", c_int32),
    )


def laid_out(text: str, found: Iterable[Found], *, heard: bool = True, listed: Iterable[Part] = ()) -> Text:
    """The text, its words, what the rules propose and where names of the city's list stand, as arrays."""
    words = words_of(text)
    spans = [(one.start, one.end, KINDS.index(one.kind)) for one in found if one.kind in KINDS]
    spans += [(start, end, PLACES_END) for start, end in endings(text)]
    spans += [(one.start(), one.end(), SURNAME) for one in A_SURNAME.finditer(text)]
    spans += [(start, end, LISTED) for start, end in listed]
    kept = (
        text.encode("utf-32-le", errors="replace"),
        np.fromiter(accumulate(len(word) for word, *_ in words), dtype=np.int32, count=len(words)),
        b"".join([of_four(sort) for _, sort, _ in words]),
        bytes([known for _, _, known in words]),
        np.array(spans, dtype=np.int32),
    )
    codes, ends, sorts, known, proposals = kept
    if ends[-1:].sum() != len(text):  # the C code reads as far as the words reach
        raise ValueError("the words are not the text")
    made = Text(len(text), address(codes), len(words), lies(ends), address(sorts), address(known))
    made.spans, made.proposed, made.heard = len(spans), lies(proposals), heard
    made.kept = kept
    return made


def with_listed(given: Text, listed: Sequence[Part]) -> Text:
    """The same text, with these parts as names of the city's list."""
    more = np.array([(start, end, LISTED) for start, end in listed], dtype=np.int32).reshape(-1, 3)
    spans = np.concatenate([given.kept[4].reshape(-1, 3), more])
    made = Text.from_buffer_copy(given)
    made.spans, made.proposed, made.kept = len(spans), lies(spans), (*given.kept[:4], spans)
    return made


@cache
def of_four(sort: str) -> bytes:
    return sort.encode()[:4].ljust(4, b"\0")


def endings(text: str) -> Iterator[tuple[int, int]]:
    """Where words stand that places end with, of two at one place the longer."""
    done = 0
    for at, character in enumerate(text):
        for word in ENDINGS_HEARD.get(character, ()):
            if at >= done and text.startswith(word, at):
                done = at + len(word)
                yield at, done


def address(kept: bytes) -> int | None:
    return ctypes.cast(ctypes.c_char_p(kept), c_void_p).value


def lies(array: npt.NDArray[Any]) -> int:
    place: int = array.__array_interface__["data"][0]
    return place


@cache
def library() -> ctypes.CDLL:
    found = native.library(NATIVE)
    found.mark.argtypes = (c_void_p, c_void_p, c_uint32, c_void_p)
    found.learn.argtypes = (c_int32, c_void_p, c_void_p, c_uint32, c_int32, c_int32, c_void_p)
    return found


def spans(text: str, found: Sequence[Found], weights: Weights, listed: Iterable[Part] = ()) -> list[Span]:
    """The likeliest marks; what lies side by side first, then the demands."""
    given, labels = laid_out(text, found, listed=listed), np.zeros(2 * len(text), dtype=np.uint8)
    if library().mark(ctypes.byref(given), lies(weights), ROWS - 1, lies(labels)):
        raise MemoryError("没有足够的内存标出文中要素。")
    return [span for layer in (0, 1) for span in read_off(labels[layer * len(text) :][: len(text)], *LAYERS[layer])]


def read_off(labels: npt.NDArray[np.uint8], outside: int, kinds: Sequence[LiftedKind]) -> list[Span]:
    where = np.flatnonzero((labels != outside) & ((labels - outside) % 4 != 2))  # nor what lies within
    made, begun = [], 0
    for at, label in zip(where.tolist(), (labels[where] - outside - 1).tolist(), strict=True):
        kind, part = divmod(label, 4)
        if part in (0, 3):
            begun = at
        if part in (2, 3):
            made.append(Span(kinds[kind], begun, at + 1))
    return made


def labels_of(text: str, marks: Iterable[Span]) -> npt.NDArray[np.uint8]:
    both = np.zeros((2, len(text)), dtype=np.uint8)
    for row, (outside, kinds) in enumerate(LAYERS):
        both[row] = outside
        for kind, start, end in marks:
            if kind in kinds:
                first = outside + 1 + 4 * kinds.index(kind)
                both[row, start:end] = first + 1
                both[row, start], both[row, end - 1] = first, first + 2
                if end - start == 1:
                    both[row, start] = first + 3
    return both.ravel()


def learn(marked: Sequence[Marked], rules: Callable[[str], list[Found]]) -> Weights:
    """Weights that depend on nothing but what is given. Each course imagines its own list of names (imagined.py)."""
    given = [laid_out(text, rules(text) if heard else (), heard=heard) for text, _, heard in marked]
    labels = np.concatenate([labels_of(text, marks) for text, marks, _ in marked])
    one: Weights = np.zeros((ROWS + WIDTH, WIDTH), dtype=np.int16)
    total = np.zeros(one.shape, dtype=np.int32)
    for course in range(COURSES):
        chance = draws(course)
        made = [
            with_listed(one, imagined(text, marks, chance)) for one, (text, marks, _) in zip(given, marked, strict=True)
        ]
        texts = (Text * len(made))(*made)
        if library().learn(len(given), texts, lies(labels), ROWS - 1, ROUNDS, course, lies(one)):
            raise MemoryError("没有足够的内存学习要素标注。")
        total += one
    weights: Weights = (total // COURSES).astype(np.int16)
    for outside, kinds in LAYERS:
        weights[ROWS + outside : ROWS + outside + 1 + 4 * len(kinds), outside] -= LEAN
    return weights


def lesson(widened: Iterable[Path] = WIDENED, first_sight: Iterable[Path] = FIRST_SIGHT) -> list[Marked]:
    return [
        (text, marks, heard)
        for paths, heard in ((widened, False), (first_sight, True))
        for path in paths
        for text, marks in read(path.read_text(encoding="utf-8"))
    ]


def by_rules(text: str) -> list[Found]:
    return proposed(text, today=SAMPLE_DAY)


@cache
def weights() -> Weights:
    made_of = [version("rjieba").encode(), np.__version__.encode()]
    made_of += [
        path.read_bytes() for path in sorted((*HERE.glob("*.py"), *NATIVE.iterdir(), *HERE.parent.glob("*.py")))
    ]
    made_of += [path.read_bytes() for path in (*WIDENED, *FIRST_SIGHT)]
    path = native.made(native.named("elements", made_of), _write)
    try:
        found: Weights = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError):
        found = np.empty((0, WIDTH), dtype=np.int16)
    if found.shape != (ROWS + WIDTH, WIDTH) or found.dtype != np.int16:
        raise Misconfigured(f"要素标注的权重文件 {path.name} 已损坏,请删除后重新启动,系统会自动重做。")
    return found


@cache
def weights_if_any() -> Weights | None:
    """None where they can be neither made nor read, until the next start: the rules' proposals stand then, and no letter waits."""
    try:
        return weights()
    except (HotlineError, OSError, MemoryError):
        return None


def _write(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, learn(lesson(), by_rules))

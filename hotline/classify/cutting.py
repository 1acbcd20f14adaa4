"""Cutting a text into words (分词) in compiled code: jieba's dictionary and model, the same words as `rjieba` cuts."""

import ast
import ctypes
import re
from collections import Counter
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hotline.classify import engine
from hotline.infra import native
from hotline.infra.errors import Misconfigured
from hotline.infra.words import WORD, readable

STATES = "BEMS"
"""A character begins a word, ends one, is in the middle, is one."""
IMPOSSIBLE = -3.14e100
HAN_FIRST, HAN_LAST = 0x4E00, 0x9FD5
CODED = 0x10000
ALL_CHARACTERS = 0x110000
NODE = np.dtype([("base", np.int32), ("parent", np.int32), ("say", np.float64)])

Ints = npt.NDArray[np.int32]


@cache
def dictionary() -> tuple[engine.Dictionary, dict[str, Any]]:
    """Mapped from a file, the same memory for every process; beside it the arrays its pointers point into."""
    made_of = [version("jieba").encode(), Path(__file__).read_bytes(), (engine.SOURCES / "placing.c").read_bytes()]
    folder = native.made(native.named("words", made_of), _write)
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("nodes", "codes", "emits", "wordly")}
    numbers = np.load(folder / "numbers.npy")
    found = engine.Dictionary(
        *(engine.lies(array) for array in arrays.values()),
        numbers[0],
        (ctypes.c_double * 4)(*numbers[1:5]),
        (ctypes.c_double * 16)(*numbers[5:]),
        len(arrays["nodes"]),
    )
    return found, arrays


def words(text: str) -> list[str]:
    """The text cut into words in order, without spaces and punctuation."""
    return [piece for piece in cut(text) if WORD.search(piece)]


def cut(text: str) -> list[str]:
    """Every piece of the readable text in order: words, spaces, punctuation."""
    text = readable(text)
    own, _ = dictionary()
    lengths = np.empty(len(text) + 1, dtype=np.int32)
    count = engine.library().cut_text(ctypes.byref(own), text.encode("utf-32-le"), len(text), engine.lies(lengths))
    engine.demand(count >= 0)
    ends = [0, *np.cumsum(lengths[:count]).tolist()]
    return [text[begin:end] for begin, end in pairwise(ends)]


def _of_jieba(name: str) -> Path:
    """A file of the package, which is data to us: nothing of it is imported into a process that serves."""
    found = find_spec("jieba")
    if found is None or not found.submodule_search_locations:
        raise Misconfigured("缺少 Python 包 jieba,请先运行 make setup。")
    return Path(found.submodule_search_locations[0]) / name


def _said(name: str) -> Any:
    """A table of jieba's model: a file that gives one name a value."""
    return ast.literal_eval(_of_jieba(f"finalseg/prob_{name}.py").read_text(encoding="utf-8").partition("P=")[2])


def _write(folder: Path) -> None:
    times: dict[str, int] = {}
    for line in _of_jieba("dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, _ = line.split(" ")
        times[word] = int(count)
    total = np.log(float(sum(times.values())))
    codes, nodes = _trie({word: float(np.log(float(count))) - total for word, count in times.items()})
    start, trans, emit = map(_said, ("start", "trans", "emit"))
    emits = np.full((HAN_LAST + 1 - HAN_FIRST, 4), IMPOSSIBLE)
    for place, state in enumerate(STATES):
        for character, said in emit[state].items():
            if HAN_FIRST <= ord(character) <= HAN_LAST:
                emits[ord(character) - HAN_FIRST, place] = said
    steps = [trans[one].get(other, IMPOSSIBLE) for one in STATES for other in STATES]
    numbers = [0.0 - total, *(start[state] for state in STATES), *steps]
    wordly = np.zeros(ALL_CHARACTERS, dtype=np.uint8)
    for run in re.finditer(f"(?:{WORD.pattern})+", "".join(map(chr, range(ALL_CHARACTERS)))):
        wordly[run.start() : run.end()] = 1
    folder.mkdir()
    for name, array in (("nodes", nodes), ("codes", codes), ("emits", emits), ("numbers", np.array(numbers))):
        np.save(folder / f"{name}.npy", array)
    np.save(folder / "wordly.npy", np.packbits(wordly, bitorder="little"))


def _trie(says: dict[str, float]) -> tuple[Any, Any]:
    """Codes of the characters, the most frequent ones the smallest, and the trie as a double array."""
    often = Counter(character for word in says for character in word)
    codes = np.zeros(CODED, dtype=np.uint16)
    for code, (character, _) in enumerate(often.most_common(), start=1):
        codes[ord(character)] = code
    words = list(says)
    lengths = np.array([len(word) for word in words])
    letters = np.zeros((len(words), lengths.max()), dtype=np.int64)
    for number, word in enumerate(words):
        letters[number, : len(word)] = [codes[ord(character)] for character in word]
    # By depth, then by parent, then by code; the root is the first.
    at = np.zeros(len(words), dtype=np.int64)
    said, own, parents, count = [np.ones(1)], [np.zeros(1, np.int64)], [], 1
    values = np.fromiter(says.values(), np.float64, len(words))
    for depth in range(letters.shape[1]):
        deep = np.flatnonzero(lengths > depth)
        starts, place = np.unique(at[deep] << 16 | letters[deep, depth], return_inverse=True)
        at[deep] = count + place
        own.append(starts & 0xFFFF)
        parents.append(starts >> 16)
        ends = deep[lengths[deep] == depth + 1]
        level = np.ones(len(starts))
        level[at[ends] - count] = values[ends]
        said.append(level)
        count += len(starts)
    children = np.bincount(np.concatenate(parents), minlength=count)
    firsts = np.concatenate([[1], 1 + np.cumsum(children)]).astype(np.int64)
    return codes, _placed(firsts, np.concatenate(own).astype(np.uint16), np.concatenate(said))


def _placed(firsts: npt.NDArray[np.int64], codes: Any, says: Any) -> Any:
    size = ctypes.c_int64()
    library = engine.library()
    arrays = map(engine.lies, (firsts, codes, says))
    found = library.place_nodes(len(codes), *arrays, ctypes.byref(size))
    engine.demand(found)
    try:
        return np.frombuffer(ctypes.string_at(found, size.value * NODE.itemsize), dtype=NODE)
    finally:
        library.let_go(found)

"""The compiled part of the classifier (native/*.c), as Python sees it: structures, functions, and where numbers lie."""

import ctypes
from ctypes import c_double, c_int32, c_int64, c_uint32, c_void_p
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hotline.infra import native

SOURCES = Path(__file__).with_name("native")
NAMED = 3
"""Deepest categories of a letter."""


class Dictionary(ctypes.Structure):
    """cutting.h"""

    _fields_ = (
        ("nodes", c_void_p),
        ("codes", c_void_p),
        ("emits", c_void_p),
        ("wordly", c_void_p),
        ("unknown", c_double),
        ("start", c_double * 4),
        ("step", c_double * 16),
        ("count", c_int64),
    )


class View(ctypes.Structure):
    """scoring.h"""

    _fields_ = (("cells", c_void_p), ("weights", c_void_p), ("stride", c_int32), ("slots", c_int32))


class Neighbours(ctypes.Structure):
    """scoring.h"""

    _fields_ = (
        ("starts", c_void_p),
        ("letters", c_void_p),
        ("values", c_void_p),
        ("labels", c_void_p),
        ("words", c_int64),
        ("count", c_int64),
        ("weight", c_double),
    )


class Model(ctypes.Structure):
    """scoring.h"""

    _fields_ = (
        ("view", View),
        ("weights", c_void_p),
        ("bias", c_void_p),
        ("averages", c_void_p),
        ("slope", c_void_p),
        ("offset", c_void_p),
        ("sharpness", c_double),
        ("classes", c_int64),
        ("neighbours", Neighbours),
    )


class Directions(ctypes.Structure):
    """deciding.h"""

    _fields_ = (
        ("view", View),
        ("values", c_void_p),
        ("features", c_void_p),
        ("starts", c_void_p),
        ("first_child", c_void_p),
        ("parent_of", c_void_p),
        ("size", c_int64),
        ("sharpness", c_double),
        ("widest", c_int32),
    )


class Answering(ctypes.Structure):
    """answering.c"""

    _fields_ = (
        ("category", c_void_p),
        ("kind", c_void_p),
        ("urgency", c_void_p),
        ("third", c_void_p),
        ("areas", c_int32),
        ("kinds", c_int32),
        ("looked_into", c_int32),
        ("shown", c_int32),
    )


class Hunt(ctypes.Structure):
    """hunting.c"""

    _fields_ = (
        ("begins", c_void_p),
        ("alone", c_void_p),
        ("pairs", c_void_p),
        ("paired", c_void_p),
        ("mask", c_uint32),
    )


class Lesson(ctypes.Structure):
    """passing.c"""

    _fields_ = (
        ("starts", c_void_p),
        ("features", c_void_p),
        ("values", c_void_p),
        ("labels", c_void_p),
        ("weight", c_void_p),
        ("up", c_void_p),
        ("down", c_void_p),
        ("classes", c_int64),
        ("size", c_int64),
    )


CELL = np.dtype([("idf", np.float32), ("row", np.int32)])

FUNCTIONS: dict[str, tuple[Any, ...]] = {
    # what comes back, then what goes in
    "place_nodes": (c_void_p, c_int64, c_void_p, c_void_p, c_void_p, c_void_p),
    "let_go": (None, c_void_p),
    "cut_text": (c_int64, c_void_p, c_void_p, c_int64, c_void_p),
    "find_openings": (c_int64, c_void_p, c_void_p, c_int64, c_void_p, c_void_p),
    "lexicon_new": (c_void_p, c_void_p, c_int32),
    "lexicon_free": (None, c_void_p),
    "lexicon_size": (c_int64, c_void_p),
    "add_runs": (c_int32, c_void_p, c_int32, c_int32, c_void_p, c_int64, c_void_p),
    "add_words": (c_int32, c_void_p, c_int32, c_int32, c_int32, c_void_p, c_void_p, c_int64, c_void_p),
    "read_letters": (c_void_p, c_void_p, c_void_p, c_void_p, c_int64),
    "reading_free": (None, c_void_p),
    "score_letters": (c_int32, c_void_p, c_void_p, c_int32, c_void_p),
    "rows_of": (c_int64, c_void_p, c_void_p, c_int64, c_void_p, c_void_p),
    "votes_of": (c_int32, c_void_p, c_int64, c_void_p, c_void_p, c_void_p, c_int64, c_void_p),
    "pass_over": (c_int64, c_void_p, c_void_p, c_int64, c_void_p, c_void_p, c_void_p),
    "best_of": (None, c_void_p, c_int64, c_int64, c_int64, c_void_p),
    "answer_letters": (c_int32, *[c_void_p] * 5),
    "name_words": (c_int32, c_void_p, c_void_p, c_void_p, c_int32, c_int32, *[c_void_p] * 4),
}


@cache
def library() -> ctypes.CDLL:
    found = native.library(SOURCES)
    for name, (back, *into) in FUNCTIONS.items():
        function = getattr(found, name)
        function.restype, function.argtypes = back, into
    return found


def lies(array: npt.NDArray[Any]) -> int:
    """Where an array lies; whoever asks keeps the array."""
    place: int = array.__array_interface__["data"][0]
    return place


def demand(sound: object) -> None:
    if not sound:
        raise MemoryError("没有足够的内存给文本分类。")

"""Letters that are too many to be kept in memory: cut once, kept in a file, and read again as often as somebody asks."""

import os
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, overload

import msgspec
import numpy as np
import numpy.typing as npt

from hotline.classify.features import Letter

Ints = npt.NDArray[np.int64]
Kept = tuple[tuple[str, ...], tuple[str, ...], str, str]
ENCODER = msgspec.msgpack.Encoder()
DECODER = msgspec.msgpack.Decoder(Kept)


class Shelf(Sequence[Letter]):
    """Grows at its end; whatever is taken from it is made anew and forgotten with whoever took it."""

    def __init__(self, path: Path, letters: Iterable[Letter] = ()) -> None:
        self.path = path
        self._file = path.open("w+b", buffering=1 << 20)
        self._starts = array("q", [0])
        for letter in letters:
            self.append(letter)

    def append(self, letter: Letter) -> None:
        kept = ENCODER.encode((letter.words, letter.title_words, letter.text, letter.title))
        self._file.write(kept)
        self._starts.append(self._starts[-1] + len(kept))

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, place: int) -> Letter: ...
    @overload
    def __getitem__(self, place: slice) -> list[Letter]: ...
    def __getitem__(self, place: int | slice) -> Letter | list[Letter]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        self.flush()
        begin, end = self._starts[place], self._starts[place + 1]
        return Letter(*DECODER.decode(os.pread(self._file.fileno(), end - begin, begin)))

    def flush(self) -> None:
        """Before others read it who are forked from us: what is half written would be written twice."""
        self._file.flush()

    def close(self) -> None:
        self._file.close()


class Chosen(Sequence[Letter]):
    """Some letters of a shelf, in an order of their own."""

    def __init__(self, shelf: Sequence[Letter], places: Ints) -> None:
        self.shelf, self.places = shelf, places

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, place: int) -> Letter: ...
    @overload
    def __getitem__(self, place: slice) -> list[Letter]: ...
    def __getitem__(self, place: int | slice) -> Letter | list[Letter]:
        if isinstance(place, slice):
            return [self.shelf[one] for one in self.places[place].tolist()]
        return self.shelf[int(self.places[place])]


def chosen(inputs: Sequence[Any], places: Ints) -> Sequence[Any]:
    """Those at the places: what is in memory stays there, what is on a shelf is not taken from it yet."""
    if isinstance(inputs, list):
        return [inputs[place] for place in places.tolist()]
    return Chosen(inputs, places)


def joined(first: Sequence[Letter], rest: Sequence[Letter]) -> Sequence[Letter]:
    return [*first, *rest] if isinstance(rest, list) else Joined(first, rest)


class Joined(Sequence[Letter]):
    """A few letters in front of many."""

    def __init__(self, first: Sequence[Letter], rest: Sequence[Letter]) -> None:
        self.first, self.rest = first, rest

    def __len__(self) -> int:
        return len(self.first) + len(self.rest)

    @overload
    def __getitem__(self, place: int) -> Letter: ...
    @overload
    def __getitem__(self, place: slice) -> list[Letter]: ...
    def __getitem__(self, place: int | slice) -> Letter | list[Letter]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        return self.first[place] if place < len(self.first) else self.rest[place - len(self.first)]


def folder_of(letters: Sequence[Letter]) -> Path | None:
    """Where the shelf stands, if there is one: there is room for what is made of its letters."""
    if isinstance(letters, Joined):
        return folder_of(letters.rest)
    if isinstance(letters, Chosen):
        return folder_of(letters.shelf)
    return letters.path.parent if isinstance(letters, Shelf) else None

"""Where a text names a place of the city's list, and what the place is properly called."""

from collections.abc import Iterable, Iterator, Mapping

SHORTEST, LONGEST = 2, 40
"""Characters of a name."""


class PlaceNames:
    """Every spelling with the name it stands for; one look-up a character, the longest spelling first."""

    def __init__(self, standards: Mapping[str, str], revision: str = "") -> None:
        self.revision = revision
        self._standards = standards
        lengths: dict[str, set[int]] = {}
        for name in standards:
            if len(name) >= SHORTEST:
                lengths.setdefault(name[:2], set()).add(len(name))
        self._lengths = {opening: tuple(sorted(found, reverse=True)) for opening, found in lengths.items()}

    def mentions(self, text: str) -> Iterator[tuple[int, int]]:
        """In the order of the text, never two over the same characters."""
        if not self._lengths:
            return
        done = 0
        for at in range(len(text) - 1):
            if at < done or (lengths := self._lengths.get(text[at : at + 2])) is None:
                continue
            length = next((length for length in lengths if text[at : at + length] in self._standards), 0)
            if length:
                done = at + length
                yield at, done

    def standard(self, place: str, mentions: Iterable[tuple[int, int]]) -> str:
        """The place with every other spelling in it put into the proper one; `mentions` count from its beginning."""
        said, done = "", 0
        for start, end in mentions:
            said += place[done:start] + self._standards[place[start:end]]
            done = end
        return said + place[done:]


NO_NAMES = PlaceNames({})

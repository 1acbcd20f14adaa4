"""Administrative regions (行政区划): which lies in which, and which one a text speaks of."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

CITY, DISTRICT, STREET, COMMUNITY = 2, 3, 4, 5


class Region(msgspec.Struct, frozen=True):
    code: str
    level: int
    parent: str | None
    name: str
    path: tuple[str, ...]
    """Codes from the city down to the region itself, both included."""

    def is_within(self, outer: str) -> bool:
        return outer in self.path


def stem(code: str) -> str:
    """The code without its padding zeros: 530100 and 5301 are one city, 530102000000 and 530102 one district."""
    for width in (9, 6, 4):
        if len(code) > width and not code[width:].strip("0"):
            code = code[:width]
    return code


def covers(outer: str, inner: str) -> bool:
    """Whether the region `inner` lies in `outer`, by their codes alone."""
    return stem(inner).startswith(stem(outer))


@dataclass(frozen=True, slots=True)
class Mention:
    """A region's name as it stands in a text; several codes when several regions bear it."""

    name: str
    start: int
    end: int
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Located:
    region: Region
    mention: Mention


@dataclass(frozen=True, slots=True)
class Misfit:
    """A district and, right behind it, a place of another one: 雁栖区桃花街道, where 桃花街道 is 桃源区's."""

    district: Region
    name: str


SPOKEN = {
    "街道": ("街道办事处", "街道办", "街办"),
    "镇": ("镇政府", "镇人民政府"),
    "乡": ("乡政府", "乡人民政府"),
    "社区": ("社区居委会", "居委会"),
    "村": ("村委会", "村民委员会"),
}
"""How people say a region's office when they mean the region; bare stems are not taken, for they also name roads."""


def spoken_names(name: str) -> set[str]:
    names = {name}
    for ending, others in SPOKEN.items():
        if name.endswith(ending) and len(name) > len(ending) + 1:
            names |= {name.removesuffix(ending) + other for other in others}
    return names


class RegionFinder:
    """Finds district, street and community names in a text: one look-up a character, longest name first."""

    def __init__(self, regions: Iterable[Region]) -> None:
        self._regions = {region.code: region for region in regions}
        codes: dict[str, list[str]] = {}
        for region in self._regions.values():
            if region.level >= DISTRICT and len(region.name) > 1:
                for name in spoken_names(region.name):
                    codes.setdefault(name, []).append(region.code)
        self._codes = {name: tuple(sorted(found)) for name, found in codes.items()}
        self._by_opening: dict[str, list[str]] = {}
        for name in sorted(self._codes, key=len, reverse=True):
            self._by_opening.setdefault(name[:2], []).append(name)
        firsts, seconds = (re.escape("".join(sorted({name[at] for name in self._codes}))) for at in (0, 1))
        self._may_begin = re.compile(f"[{firsts}](?=[{seconds}])" if firsts else "(?!)")

    def mentions(self, text: str) -> Iterator[Mention]:
        """Every name in the order of the text, never two over the same characters."""
        end = 0
        for begin in self._may_begin.finditer(text):
            at = begin.start()
            if at < end or (names := self._by_opening.get(text[at : at + 2])) is None:
                continue
            if (name := next((one for one in names if text.startswith(one, at)), None)) is not None:
                end = at + len(name)
                yield Mention(name, at, end, self._codes[name])

    def locate(self, text: str, *, within: str | None = None) -> Located | None:
        """The deepest region the text names for certain; of equals the first.

        A name borne twice (解放社区 of two districts) counts only when another name in the text, or the region
        `within` chosen by the citizen, leaves one of them. A name that does not fit the district right before it
        does not count at all: either of the two may have been misheard."""
        mentions, _ = self._fitting(text)
        sure = {mention.codes[0] for mention in mentions if len(mention.codes) == 1}
        anchors = [{within}, sure] if within else [sure]
        found = [located for mention in mentions if (located := self._settle(mention, anchors))]
        inside = [one for one in found if within and one.region.is_within(within)]
        return max(inside or found, key=lambda one: one.region.level, default=None)

    def misfit(self, text: str) -> Misfit | None:
        """The first street or community that does not lie in the district right before it."""
        return self._fitting(text)[1]

    def _fitting(self, text: str) -> tuple[list[Mention], Misfit | None]:
        fitting: list[Mention] = []
        doubtful: set[str] = set()
        first: Misfit | None = None
        district: Region | None = None
        doubted, end = False, -1
        for mention in self.mentions(text):
            if mention.start != end:
                district, doubted = None, False
            end = mention.end
            regions = [self._regions[code] for code in mention.codes]
            if regions[0].level == DISTRICT:
                district, doubted = (regions[0] if len(regions) == 1 else None), False
            elif doubted or (district and not any(region.is_within(district.code) for region in regions)):
                doubted = True
                doubtful.add(mention.name)
                if first is None and district:
                    first = Misfit(district, regions[0].name)
            fitting.append(mention)
        return [mention for mention in fitting if mention.name not in doubtful], first

    def _settle(self, mention: Mention, anchors: list[set[str]]) -> Located | None:
        left = [self._regions[code] for code in mention.codes]
        for anchor in anchors:
            if len(left) > 1:
                left = [region for region in left if not anchor.isdisjoint(region.path)] or left
        return Located(left[0], mention) if len(left) == 1 else None

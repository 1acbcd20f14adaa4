"""Which rows of a list of place names can be taken in, which are there already, and what is wrong with the rest."""

from collections.abc import Iterable, Mapping

import msgspec

from hotline.directory.gazetteer.names import LONGEST, SHORTEST
from hotline.directory.loading.rows import SEPARATORS, Judged, Known, Row, Wrong, judged, text
from hotline.infra.words import tidy

PLACE_COLUMNS = ("name", "kind")
KIND_LONGEST = 20


class PlaceName(msgspec.Struct, frozen=True):
    """One spelling, and the name that it stands for: for most their own."""

    name: str
    kind: str
    standard: str


def judge_places(rows: Iterable[Row], known: Mapping[str, PlaceName]) -> Judged[list[PlaceName]]:
    there = dict(known)

    def judge(row: Row) -> list[PlaceName]:
        wanted = spellings(row)
        for one in wanted:
            if (before := there.get(one.name, one)) != one:
                raise Wrong(f"“{one.name}”已登记为{before.kind}“{before.standard}”的名称,请核对。")
        new = [one for one in wanted if one.name not in there]
        if not new:
            raise Known
        there.update((one.name, one) for one in new)
        return new

    return judged(rows, judge)


def spellings(row: Row) -> list[PlaceName]:
    """The name itself, and its other names where the file has any (aliases, apart by semicolons)."""
    name, kind = plain(text(row, "name")), text(row, "kind")
    if not kind or len(kind) > KIND_LONGEST:
        raise Wrong(f"“{name}”没有类别,或类别超过 {KIND_LONGEST} 个字;请填小区、道路、河湖、学校、站点等。")
    others = dict.fromkeys(plain(one) for one in SEPARATORS.split(text(row, "aliases")) if one.strip())
    return [PlaceName(one, kind, name) for one in dict.fromkeys((name, *others))]


def plain(said: str) -> str:
    name = tidy(said)
    if not SHORTEST <= len(name) <= LONGEST or name.isdecimal() or "\n" in name:
        raise Wrong(f"地名“{name[:LONGEST]}”应为 {SHORTEST} 至 {LONGEST} 个字,不能只是数字。")
    return name

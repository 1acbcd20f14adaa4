"""Where in running Chinese a name may begin: behind the last piece of ordinary speech."""

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache

from hotline.infra.words import is_word, tagged
from hotline.intake.place_words import HAN, KEPT_WHOLE, MADE_BY, NAMING, ORDINARY, ORDINARY_NOUNS

BREAKS = frozenset(',，。;；、:：!！?？ \n（(“”"')
SPEECH = re.compile(r"[vdcpruyt]|ad$|mq$|l$")
"""Tags of words that are said about a place and are no part of its name."""
ENDING_OF_ONE = re.compile("[里苑府园路街村县镇城](?![0-9口])")
DIGITS = frozenset("一二三四五六七八九十百")
NAMED = frozenset(("ns", "nr", "nz", "nrt", "nrfg"))
"""Tags of words that are names themselves."""
COUNTED = re.compile(r"[一二三四五六七八九十两几数多这那每某各]+[座所条个家处名间栋些位片块户]")
CUT = re.compile(rf"{ORDINARY}|[对向和与将由](?!面)|[^{HAN}A-Za-z0-9·]")


@lru_cache(maxsize=4)
def words_of(text: str) -> list[tuple[str, str, bool]]:
    """The words in their order, of what sort each is, and whether the dictionary has it; rules and marks ask one after the other."""
    return [(word, tag, len(word) == 1 or is_word(word)) for word, tag in tagged(text)]


class Speech:
    """Where ordinary words lie in a text, by the tokeniser's dictionary and tags."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words: list[tuple[int, int, str, bool]] = []
        self.soft: set[int] = set()
        """Behind words of a single character, which a name may yet begin with: 都京镇."""
        self.known: list[tuple[int, int]] = []
        ends: list[int] = []
        at = 0
        for word, tag, dictionary in words_of(text):
            start, at = at, at + len(word)
            self.words.append((start, at, tag, dictionary))
            if ordinary(word, tag, dictionary):
                ends.append(at)
                if len(word) == 1:
                    self.soft.add(at)
            elif tag == "ns" and len(word) > 1 and dictionary:
                self.known.append((start, at))
        for cut in CUT.finditer(text):
            opens = cut[0] in "和与向将由" and (
                cut.start() == 0 or text[cut.start() - 1] in BREAKS or text[cut.start() - 1] in "住在到于"
            )
            if cut[0] == "和" and ENDING_OF_ONE.match(text, cut.end()):
                continue  # 天和里, 安和县
            if not opens and not within_kept(text, cut.start(), cut.end()):
                ends.append(cut.end())
                self.soft.discard(cut.end())
        self.ends = sorted(set(ends))
        self._starts = [start for start, *_ in self.words]

    def opening(self, earliest: int, before: int, done: int, *, region: bool) -> int:
        """Where a name that ends before a place of the text begins; `earliest` where nothing ordinary stands between."""
        found = bisect_right(self.ends, before) - 1
        start = max(earliest, self.ends[found]) if found >= 0 else earliest
        return done if region and start == done + 1 and start in self.soft else start

    def opens(self, at: int) -> bool:
        """Does a clause begin here?"""
        return at == 0 or self.text[at - 1] in BREAKS

    def cuts_at(self, at: int) -> bool:
        """Does ordinary speech end here?"""
        found = bisect_left(self.ends, at)
        return found < len(self.ends) and self.ends[found] == at

    def cut_in(self, start: int, end: int) -> bool:
        found = bisect_right(self.ends, start)
        return found < len(self.ends) and self.ends[found] <= end

    def last_name(self, earliest: int, before: int) -> int:
        """Of a run too long for a name the last word, where that is one; else nothing is left of it."""
        found = bisect_left(self._starts, before) - 1
        if found >= 0:
            start, end, tag, _ = self.words[found]
            if end == before and tag in NAMED and start >= earliest and end - start > 1:
                return start
        return before

    def inside(self, start: int, end: int) -> list[tuple[int, int, str, bool]]:
        return self.words[max(0, bisect_right(self._starts, start) - 1) : bisect_left(self._starts, end)]

    def is_known(self, start: int, end: int) -> bool:
        """Is it one name of the dictionary?"""
        return (start, end) in self.known

    def is_common(self, start: int, end: int) -> bool:
        """Is all of a name one ordinary word?"""
        inside = self.inside(start, end)
        return (
            len(inside) == 1
            and inside[0][:2] == (start, end)
            and ordinary(self.text[start:end], inside[0][2], inside[0][3])
        )

    def is_word(self, start: int, end: int) -> bool:
        """Is it, ending and all, one word of the dictionary and no name?"""
        inside = self.inside(start, end)
        return end - start == 2 and len(inside) == 1 and inside[0][:2] == (start, end) and inside[0][2] not in NAMED

    def within(self, at: int, end: int, name: int) -> str:
        """Of the dictionary's word that an ending is a piece of what stands before it: the 乡 of 乡村."""
        for start, stop, _, dictionary in self.inside(at, end):
            if (
                dictionary
                and name < start < at
                and stop >= end
                and self.text[name:start] not in {*"东西南北中一二三四五六七八九十"}
            ):
                return "" if self.text[start:at] in DIGITS else self.text[start:at]
        return ""

    def doing(self, at: int) -> int:
        """Where a word of doing that ends here begins, when the sentence starts a name there: 在启智托育中心; else here."""
        found = bisect_left(self._starts, at) - 1
        if found < 0:
            return at
        start, end, _, dictionary = self.words[found]
        if CUT.search(self.text, start, end) and not within_kept(self.text, start, end):
            return at
        return (
            start
            if end == at and dictionary and 2 <= end - start <= 3 and (self.opens(start) or self.cuts_at(start))
            else at
        )

    def is_named(self, start: int, end: int) -> bool:
        """Is it made of names and of words that places are named after?"""
        return all(
            not dictionary or tag in NAMED or self.text[one:stop] in NAMING or tag[0] == "a"
            for one, stop, tag, dictionary in self.inside(start, end)
        )

    def is_strange(self, start: int, end: int) -> bool:
        """Is it more than one everyday word?"""
        inside = self.inside(start, end)
        return (
            inside[0][0] == start
            and inside[-1][1] == end
            and (len(inside) > 1 or not inside[0][3] or inside[0][2] in NAMED)
        )

    def is_proper(self, start: int, end: int) -> bool:
        """Is it made of names and of what the dictionary does not know?"""
        if start >= end or self.cut_in(start, end - 1):
            return False
        inside = self.inside(start, end)
        if inside[0][0] == start - 1 and not inside[0][3] and self.cuts_at(start):
            return inside[0][1] == end
        if inside[0][0] != start or inside[-1][1] != end:
            return False
        strange = [not dictionary or tag in NAMED for _, _, tag, dictionary in inside]
        return (
            any(strange)
            and all(odd or tag[0] in "nbajzm" for odd, (_, _, tag, _) in zip(strange, inside, strict=True))
            and self.text[end - 1] not in "家人们点边面处路口里上下中内外"
        )


@lru_cache(maxsize=16_384)
def ordinary(word: str, tag: str, dictionary: bool) -> bool:
    if word in ORDINARY_NOUNS or COUNTED.fullmatch(word):
        return True
    if len(word) == 1:
        return word in MADE_BY
    return dictionary and word not in NAMING and SPEECH.match(tag) is not None


def within_kept(text: str, start: int, end: int) -> bool:
    said = text[start:end]
    return any(
        text.startswith(kept, start - at)
        for kept, places in kept_with(said)
        for at in places
        if start >= at and start - at + len(kept) >= end
    )


@lru_cache(maxsize=16_384)
def kept_with(said: str) -> list[tuple[str, list[int]]]:
    """The words kept whole in which this stands, and where."""
    return [
        (kept, [at for at in range(len(kept)) if kept.startswith(said, at)])
        for kept in sorted(KEPT_WHOLE)
        if said and said in kept
    ]

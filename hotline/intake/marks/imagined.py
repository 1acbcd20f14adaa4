"""A list of place names such as a city has, imagined from a marked text: so it is learned how far one is to be trusted.

Some of the text's own places are on the list, without what stands behind a name (house, gate, crossing); most lists lack some, and
hold what is elsewhere an ordinary word. Most texts are learned without a list, so that nothing leans on there being one."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from hotline.intake.marks.marked import Span

A_LIST, ON_IT, SHORTENED, ORDINARY = 0.4, 0.7, 0.1, 0.2
"""How many texts have a list; of their places, those on it; of these, cut short; and of lists, those with an ordinary word."""
BEFORE = re.compile(r"(?:[^与和跟]{2,4}[市区县](?=[^域间号]{2}))?(?:[^与和跟]{2,3}(?:街道办?|镇|乡)(?=..))?")
AND = re.compile("[与和跟到、]")
BEHIND = re.compile(
    r"(?:(?:地下|负|附)?[A-Za-z甲乙丙丁0-9０-９一二三四五六七八九十百]+"
    r"(?:号楼|号院|号|弄|期|区|栋|幢|座|楼|层|单元|室|户|组|社|队|排|院|门|口|之[一二三])|[A-Za-z]?[0-9]+(?:-[0-9]+)*"
    r"|[东南西北中]{1,2}(?:[门口段]|交叉口)|[后正侧]门|(?:交叉|交[汇会]|十字|丁字)?路?口|交叉处|拐角|地下车库|停车场|附属楼)+$"
)


def names_in(place: str) -> Iterator[tuple[int, int]]:
    """Where within a marked place the names lie that a list would hold."""
    at = BEFORE.match(place).end()  # type: ignore[union-attr]
    for part in (*AND.finditer(place, at), None):
        until = part.start() if part else len(place)
        behind = BEHIND.search(place[at:until])
        end = at + behind.start() if behind else until
        if end - at > 1:
            yield at, end
        at = part.end() if part else at


def draws(seed: int) -> Callable[[], float]:
    """Numbers from nought to one, of each seed always the same, on every machine and by every Python."""
    drawn = seed + 20261123

    def chance() -> float:
        nonlocal drawn
        drawn = (drawn * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        return (drawn >> 33) / (1 << 31)

    return chance


def imagined(text: str, marks: Iterable[Span], chance: Callable[[], float]) -> Sequence[tuple[int, int]]:
    """`chance` gives numbers from nought to one."""
    if chance() >= A_LIST:
        return ()
    places = [(start, end) for kind, start, end in marks if kind == "place"]
    listed = []
    for start, end in places:
        for first, last in names_in(text[start:end]):
            if chance() < ON_IT:
                cut = last - first > 3 and chance() < SHORTENED
                listed.append((start + first, start + last - cut))
    if chance() < ORDINARY and len(text) > 4:
        first = int(chance() * (len(text) - 4))
        last = first + (2, 2, 3, 4)[int(chance() * 4)]
        if all(last <= start or end <= first for start, end in places):
            listed.append((first, last))
    return listed

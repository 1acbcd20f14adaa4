"""Pinyin initials (拼音首字母) of Chinese names, for people who type ldbl and mean 路灯不亮.

GB 2312 lists its 3,755 common characters in the order of their pinyin, so the code of a character tells its initial."""

from bisect import bisect_right
from functools import lru_cache

OPENINGS = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g"), (0xB9FE, "h"),
    (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"), (0xC5BE, "p"), (0xC6DA, "q"),
    (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"), (0xD1B9, "y"), (0xD4D1, "z"),
)  # fmt: skip
STARTS = [start for start, _ in OPENINGS]
LAST = 0xD7F9
ANY = "?"
"""A rarer character: it stands for any letter."""


def initial(character: str) -> str:
    if character.isascii():
        return character.casefold()
    try:
        code = int.from_bytes(character.encode("gb2312"))
    except UnicodeEncodeError:
        return ANY
    return OPENINGS[bisect_right(STARTS, code) - 1][1] if STARTS[0] <= code <= LAST else ANY


@lru_cache(maxsize=32_768)
def initials(name: str) -> str:
    """路灯不亮 → ldbl; punctuation is left out."""
    return "".join(initial(character) for character in name if character.isalnum())


def spells(letters: str, spelled: str) -> bool:
    """Whether `letters`, as typed, run somewhere through the initials of a name."""
    width = len(letters)
    return any(
        all(mine in (typed, ANY) for typed, mine in zip(letters, spelled[at : at + width], strict=True))
        for at in range(len(spelled) - width + 1)
    )

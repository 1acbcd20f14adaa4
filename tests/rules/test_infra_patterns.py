"""A quick pattern matches what the plain one matches."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.classify import risk_words, urgency
from hotline.infra.patterns import quick

NAMES = ("LIFE", "DANGER", "CROWD", "HAZARD", "SUPPLY")
PLAIN = {name: "|".join(getattr(risk_words, name)).replace(".{", urgency.CLAUSE + "{") for name in NAMES}
SPOKEN = st.lists(st.sampled_from(sorted({c for text in PLAIN.values() for c in text if c > "一"})), max_size=200)


@given(SPOKEN.map("".join))
def test_risk_words_are_found_as_by_the_plain_pattern(text: str) -> None:
    for name, pattern in PLAIN.items():
        wanted = [found.span() for found in re.finditer(pattern, text)]
        assert [found.span() for found in quick(pattern).finditer(text)] == wanted, name


@pytest.mark.parametrize(
    "pattern",
    [
        "a|(?<!b)[c-e]f|(?:g|hi)?j",
        "a|.b",
        "a|b?",
        "x*",
        "[^a]b|c",
        r"\d+a|b",
        "(?i)a|b",
        "",
        "(?=a)b|c",
        "(a|b){2}",
        "^a|b$",
    ],
)
def test_so_for_whatever_can_stand_first(pattern: str) -> None:
    for text in ("", "acf", "bcfdfef", "gjhijj", "bbab", "1a2b", "AaBb", "xxcb", "ba"):
        wanted = [found.span() for found in re.finditer(pattern, text)]
        assert [found.span() for found in quick(pattern).finditer(text)] == wanted

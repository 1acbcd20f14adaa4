"""Patterns sought together find what each finds alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.classify import risk_words, urgency
from hotline.classify.hunting import Hunt
from hotline.infra.patterns import alternatives

NAMES = ("LIFE", "DANGER", "CROWD", "HAZARD", "SUPPLY")
PLAIN = {name: "|".join(getattr(risk_words, name)).replace(".{", urgency.CLAUSE + "{") for name in NAMES}
RISKS = Hunt(list(PLAIN.values()))
RISKS.find("")  # whatever has to be compiled is compiled now
SPOKEN = st.lists(st.sampled_from(sorted({c for text in PLAIN.values() for c in text if c > "一"})), max_size=200)


@pytest.mark.parametrize(
    ("pattern", "offers"),
    [
        ("a|b", ["a", "b"]),
        (r"[|]a|\|b|(?:c|d)e|[^]|]f", ["[|]a", r"\|b", "(?:c|d)e", "[^]|]f"]),
        (r"[\[]a|[]|]b|c", [r"[\[]a", "[]|]b", "c"]),
        ("a||b", ["a", "", "b"]),
        ("(a)|b", ["(a)|b"]),
        ("(?s:.)|b", ["(?s:.)", "b"]),
        ("(?i)a|b", ["(?i)a|b"]),
    ],
)
def test_what_a_pattern_offers_one_after_another(pattern: str, offers: list[str]) -> None:
    assert alternatives(pattern) == offers


@given(SPOKEN.map("".join))
def test_risk_words_are_found_as_by_the_plain_pattern(text: str) -> None:
    for (name, pattern), matches in zip(PLAIN.items(), RISKS.find(text), strict=True):
        wanted = [found.span() for found in re.finditer(pattern, text)]
        assert [found.span() for found in matches] == wanted, name


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
        "a{2,3}b|[ab]{0,2}x|(?:c?d?)ef",
        "(?<=b)a|b(?=a)",
        "😀a|b",
        "a😀|b",
    ],
)
def test_so_for_whatever_can_stand_first(pattern: str) -> None:
    for text in (
        "",
        "acf",
        "bcfdfef",
        "gjhijj",
        "bbab",
        "1a2b",
        "AaBb",
        "xxcb",
        "ba",
        "aaabab",
        "cdef",
        "b😀a😀",
        "\ud800ab",
    ):
        wanted = [found.span() for found in re.finditer(pattern, text)]
        assert [found.span() for found in Hunt([pattern]).find(text)[0]] == wanted


@pytest.mark.parametrize("piece", ["燃气", "燃气阀门", "有人要跳", "停水了没有", "自杀 ", "火"])
def test_what_is_said_a_thousand_times_is_found_as_often(piece: str) -> None:
    """Places are remembered where nothing matched; the end of the text and what differs are tried all the same."""
    text = piece * 1000 + "闻到燃气泄漏了" + piece * 300 + "燃气味很重" + piece
    for (name, pattern), matches in zip(PLAIN.items(), RISKS.find(text), strict=True):
        assert [found.span() for found in matches] == [found.span() for found in re.finditer(pattern, text)], name

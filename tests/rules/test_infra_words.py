"""One tokeniser: stable answers, whatever the text holds."""

from hypothesis import given
from hypothesis import strategies as st

from hotline.classify.cutting import words
from hotline.infra.words import LONGEST_TERM, MOST_TERMS, bigrams, search_terms

LETTER = "阳光小区3-502门口的路灯坏了,请尽快处理 ABC。"


def test_words_are_cut_in_order_without_punctuation() -> None:
    assert words(LETTER)[:4] == ["阳光", "小区", "3-502", "门口"]
    assert not {",", " ", "。"} & set(words(LETTER))


def test_search_terms_hold_the_parts_of_long_words_once_and_in_small_letters() -> None:
    found = search_terms("中国科学院 中国 ABC abc")
    assert {"中国", "科学院", "中国科学院", "abc"} <= set(found)
    assert len(found) == len(set(found))


def test_bigrams_cover_names_that_are_no_words() -> None:
    assert bigrams("翠康苑A路") == ["翠康", "康苑", "路"]


def test_a_flood_is_capped() -> None:
    flood = "".join(chr(0x4E00 + n % 20000) for n in range(60_000))
    assert len(search_terms(flood)) <= MOST_TERMS
    assert len(bigrams(flood)) <= MOST_TERMS
    assert max(map(len, search_terms("a" * 5000)), default=0) <= LONGEST_TERM


@given(st.text())
def test_every_term_can_be_stored_and_every_text_is_bearable(text: str) -> None:
    for term in [*words(text), *search_terms(text), *bigrams(text)]:
        assert term
        assert "\x00" not in term
        term.encode()

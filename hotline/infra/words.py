"""Chinese words: what people type is made tidy, one tokeniser for search and duplicates; the classifier cuts the same words in compiled code
(classify/cutting.py)."""

import re
from collections.abc import Iterable

import rjieba

LONGEST_TEXT = 20_000
"""Characters of one text that are looked at; a letter is never longer."""
LONGEST_TERM = 64
"""Characters; a longer run of letters is no word, and a lexeme is limited to 2 KB."""
MOST_TERMS = 2_000

WORD = re.compile(r"\w")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]+")

JIEBA = rjieba.Jieba()
"""Never changed after start: adding a word while another thread cuts is an error. New words mean a new object."""


def search_terms(text: str) -> list[str]:
    """What a search finds the text by: long words also in their parts, small letters, each once."""
    return capped(word.lower() for word in JIEBA.cut_for_search(readable(text)) if WORD.search(word))


def tagged(text: str) -> list[tuple[str, str]]:
    """The words of a text in their order, all of it, each with what sort of word the dictionary takes it for."""
    return JIEBA.tag(text)


def bigrams(text: str) -> list[str]:
    """Every two neighbouring Chinese characters, each once: for names and places that are no words."""
    runs = HAN.findall(readable(text))
    return capped(run[at : at + 2] for run in runs for at in range(max(len(run) - 1, 1)))


def readable(text: str) -> str:
    # PostgreSQL stores no NUL, and a lone surrogate has no UTF-8.
    return text[:LONGEST_TEXT].replace("\x00", "").encode(errors="ignore").decode()


def capped(terms: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(term[:LONGEST_TERM] for term in terms))[:MOST_TERMS]


def tidy(text: str) -> str:
    """Without control characters (a NUL cannot be stored) and outer blanks; everything a person can see stays."""
    return CONTROL.sub("", text).replace("\r\n", "\n").strip()


def is_word(word: str) -> bool:
    """Is it in the tokeniser's dictionary, and no guess of its own?"""
    return JIEBA.has_word(word)

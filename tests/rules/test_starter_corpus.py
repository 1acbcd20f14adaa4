"""The texts a city without history starts with: enough of each, as varied as people are, and nobody's data."""

import csv
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from hotline.classify import starter
from hotline.intake.duplicates import SAME_MATTER, pairs
from hotline.intake.persons import NAMES
from hotline.intake.phones import PHONE
from hotline.tickets.privacy import SHAPES
from hotline.tickets.states import Kind, Urgency

ROWS = starter.read_corpus(starter.SHIPPED)
TEXTS = [f"{row['title']}{row['content']}" for row in ROWS]
TELLING = 20
"""Characters; a shorter message says a matter in the few words it has, and two of them may well look alike."""

REGISTERS = {
    "as the agent noted it": (r"^(?:市民|来电人|家长)[^。]{0,6}(?:来电|反映|举报|咨询|称|表示|代表|查询|急称)", 75),
    "formal letter": (r"尊敬的|领导好|您好[,，!！:：]|恳请|此致", 40),
    "short message": (r"^.{1,15}$", 120),
    "several matters in one": (
        r"一是|第一[,，]|其一|1\.|两件事|三件事|两个问题|、.{2,12}、.{2,12}(?:都|一块|一起)",
        30,
    ),
    "dialect": (
        r"恁|俺|咋整|埋汰|啥子|晓得|莫得|冇|唔|侬|阿拉|么子|额今|哪能|嘛咧|咧[,，]|细伢|崽|瞓|点算|遭不住|中不",
        45,
    ),
    "slips of the pen": (
        r"路登|电题|快弟|压金|停道|那里会|己经|当住|公则所|卫声|怎么半|退体|冻解|从新|补帖|底保|役苗|开交|操的|偷简|下水到|在反映|在建议|以经",
        15,
    ),
}


def test_three_thousand_texts_and_at_least_four_of_each_category() -> None:
    with (starter.SHIPPED / starter.CATEGORIES).open(encoding="utf-8", newline="") as file:
        leaves = {row["code"] for row in csv.DictReader(file) if row["level"] == "3"}
    count = Counter(row["category"] for row in ROWS)
    assert len(ROWS) >= 3_000 and set(count) <= leaves
    assert [code for code in leaves if count[code] < 4] == []


def test_ids_and_texts_are_there_once() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS) == len(set(TEXTS))
    assert all(row["content"] == row["content"].strip() != "" for row in ROWS)


@pytest.mark.parametrize(
    ("column", "least"),
    [
        ("kind", dict.fromkeys(Kind, 100) | {Kind.OTHER: 20}),
        ("urgency", {Urgency.NORMAL: 2_000, Urgency.URGENT: 90, Urgency.CRITICAL: 30}),
    ],
)
def test_every_kind_and_urgency_is_met_often_enough(column: str, least: dict[str, int]) -> None:
    count = Counter(row[column] for row in ROWS)
    assert {word: count[word] for word in least if count[word] < least[word]} == {} and set(count) <= set(least)


@pytest.mark.parametrize("register", REGISTERS)
def test_people_speak_as_people_do(register: str) -> None:
    shape, least = REGISTERS[register]
    assert sum(re.search(shape, row["content"]) is not None for row in ROWS) >= least


def test_short_and_long_stand_side_by_side() -> None:
    tenth, half, ninth, ninetyninth = np.quantile([len(text) for text in TEXTS], (0.1, 0.5, 0.9, 0.99))
    assert tenth <= 30 and 30 <= half <= 80 and ninth >= 60 and ninetyninth >= 150


def test_hardly_two_tell_the_same_matter() -> None:
    """By the measure that hints at duplicates at the desk."""
    told = [pairs(text) for text in TEXTS if len(text) >= TELLING]
    place = {pair: at for at, pair in enumerate(sorted(set().union(*told)))}
    columns = np.array([place[pair] for one in told for pair in one])
    sizes = np.array([len(one) for one in told])
    rows = np.repeat(np.arange(len(told)), sizes)
    said = csr_matrix((1 / np.sqrt(sizes[rows]), (rows, columns)), shape=(len(told), len(place)))
    alike = (said @ said.T).tocoo()
    near = (alike.row < alike.col) & (alike.data >= SAME_MATTER)
    assert len({*alike.row[near], *alike.col[near]}) <= len(told) * 0.002


def test_nobodys_number_or_full_name_is_in_them() -> None:
    for text in (re.sub(r"1380000000\d", "", text) for text in TEXTS):
        assert not PHONE.search(text) and not any(shape.search(text) for shape in SHAPES), text
        assert not NAMES[0].search(text), text


def test_the_file_is_plain() -> None:
    raw = (Path(starter.SHIPPED) / starter.CORPUS).read_bytes()
    assert b"\r" not in raw and not raw.startswith(b"\xef\xbb\xbf")

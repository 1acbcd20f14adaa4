"""The compiled tokeniser cuts as jieba does, and whatever it is given it gives back whole."""

import random
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import rjieba
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.classify import cutting, starter
from hotline.classify.cutting import cut
from hotline.infra import native
from hotline.infra.errors import Misconfigured
from hotline.infra.words import readable

TEXTS = [row["title"] + " " + row["content"] for row in starter.read_corpus(starter.SHIPPED)]
ODD = "路灯不亮abcXYZ019.%-_+#&  \n\r\t,。!é😀\uffff噪𠀀㐀鿖靐ー々〇①ａ５　"
"""Letters of all kinds; 鿖 and 㐀 are in no dictionary, and the model of unknown words does not know 鿖."""
RUST = rjieba.Jieba()


def test_texts_as_people_write_them_are_cut_as_by_jieba_in_rust() -> None:
    assert [text for text in TEXTS if cut(text) != RUST.cut(text)] == []


def test_so_is_anything_at_random() -> None:
    chance, letters = random.Random(12345), ODD + "".join(TEXTS)[:30_000:7]
    for _ in range(20_000):
        text = "".join(chance.choices(letters, k=chance.randint(0, 25)))
        assert cut(text) == RUST.cut(text), text


def test_chinese_is_cut_as_by_jieba_itself_to_the_last_tie() -> None:
    """Of two ways equally likely the same one: 路路路路路 has two."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    chance = random.Random(54321)
    known = [letter for letter in "".join(TEXTS) if "一" <= letter <= "\u9fd5"]
    for number in range(4_000):
        letters = known if number % 2 else chance.sample("路国人民靐好不", 2)
        text = "".join(chance.choices(letters, k=chance.randint(1, 14)))
        assert cut(text) == jieba.lcut(text), text


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(cut(text)) == readable(text)


# --- compiled once, beside the installation


def written(path: Path) -> None:
    path.write_text("x")


def broken(path: Path) -> None:
    path.write_text(str(1 / 0))


def test_what_is_made_is_made_once_whoever_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "homes", lambda: (tmp_path / "a", tmp_path / "b"))
    for _ in range(2):
        found = native.made("thing", written)
        assert found == tmp_path / "a" / "thing" and found.read_text() == "x"
        (tmp_path / "a" / "thing").chmod(0o444)
    with pytest.raises(ZeroDivisionError):
        native.made("other", broken)
    assert not [path.name for path in (tmp_path / "a").iterdir() if "other" in path.name and path.suffix != ".lock"]


def test_an_installation_that_belongs_to_another_keeps_it_with_the_user(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    assert native.writable([tmp_path / "a file" / "below", tmp_path / "mine"]) == tmp_path / "mine"
    with pytest.raises(Misconfigured, match="make setup"):
        native.writable([tmp_path / "a file" / "below"])


def test_without_a_compiler_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "ccache cc")
    assert native.compiler() == ["ccache", "cc"]
    monkeypatch.delenv("CC")
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(Misconfigured, match="请安装 gcc"):
        native.compiler()
    monkeypatch.setattr("importlib.util.find_spec", lambda _: object())
    assert native.compiler() == [sys.executable, "-m", "ziglang", "cc"]


def test_a_source_that_does_not_compile_is_an_error_with_the_compilers_words(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "wrong.c").write_text("int broken(")
    with pytest.raises(Misconfigured, match="编译失败"):
        native.library(tmp_path / "c")


def test_a_process_that_serves_reads_no_dictionary_of_its_own() -> None:
    """jieba in Python would cost every worker a second and 100 MB."""
    code = "import sys; from hotline.classify import cutting; cutting.cut('路灯不亮'); print('jieba' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "False\n"
    assert isinstance(cutting.dictionary()[1]["nodes"], np.memmap)

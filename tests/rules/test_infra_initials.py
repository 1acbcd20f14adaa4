"""Names found by the first letters of their pinyin."""

import pytest

from hotline.infra.initials import initials, spells


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("路灯不亮", "ldbl"),
        ("雁栖区", "yqq"),
        ("桃花街道", "thjd"),
        ("噪音扰民", "zyrm"),
        ("啊", "a"),
        ("座", "z"),
        ("12345热线", "12345rx"),
        ("供水/供电", "gsgd"),
        ("芙蓉里", "?rl"),  # 芙 is not among the common characters: it stands for any letter
        ("㐂😀", "?"),  # outside GB 2312; an emoji is no letter at all
        ("", ""),
    ],
)
def test_the_initial_of_each_character(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("typed", "name", "found"),
    [
        ("ldbl", "路灯不亮", True),
        ("dbl", "路灯不亮", True),
        ("ldx", "路灯不亮", False),
        ("frl", "芙蓉里街道", True),
        ("lddblx", "路灯不亮", False),
    ],
)
def test_letters_run_through_a_name_from_anywhere(typed: str, name: str, found: bool) -> None:
    assert spells(typed, initials(name)) is found

"""What is wrong with a body, said in Chinese."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import pytest
from msgspec import Meta, Struct

from hotline.infra.errors import InvalidInput
from hotline.infra.http import decoded


class Shade(StrEnum):
    RED = "red"


class Body(Struct, forbid_unknown_fields=True):
    word: Annotated[str, Meta(min_length=2, max_length=3)] = "ab"
    count: Annotated[int, Meta(ge=1, le=5)] = 1
    at: Annotated[datetime, Meta(tz=True)] | None = None
    shade: Shade | None = None
    many: list[int] = []
    share: float = 0
    sure: bool = False


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b'{"word": 1}', "word 的值不合要求(应为文字,收到的是整数)"),
        (b'{"word": "a"}', "word 的值不合要求(应为文字,长度 >= 2)"),
        (b'{"count": 9}', "count 的值不合要求(应为整数,<= 5)"),
        (b'{"at": "x"}', "at 的值不合要求(不是有效的时间)"),
        (b'{"at": "2026-11-24T08:00:00"}', "at 的值不合要求(应为时间,须带时区)"),
        (b'{"shade": "blue"}', "shade 的值不合要求(没有 'blue' 这个取值)"),
        (b'{"shade": 1}', "shade 的值不合要求(应为文字或空值,收到的是整数)"),
        (b'{"many": {}}', "many 的值不合要求(应为列表,收到的是一组字段)"),
        (b'{"many": ["x"]}', "many[0] 的值不合要求(应为整数,收到的是文字)"),
        (b'{"share": 1e999}', "share 的值不合要求(数太大或太小)"),
        (b'{"sure": null}', "sure 的值不合要求(应为 true 或 false,收到的是空值)"),
        (b"[]", "body 的值不合要求(应为一组字段,收到的是列表)"),
    ],
)
def test_a_field_of_the_wrong_sort_is_refused_in_chinese(raw: bytes, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        decoded(raw, Body)
    assert message in str(refused.value)

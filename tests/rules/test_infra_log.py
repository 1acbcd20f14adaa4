"""A log line is one line, whatever was in the text, and carries its request."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from hotline.infra.log import REQUEST, JsonLine, PrettyLine, begin_request, request_id


@pytest.fixture(autouse=True)
def no_request() -> Iterator[None]:
    token = REQUEST.set("")
    yield
    REQUEST.reset(token)


def logged(form: logging.Formatter, message: str, *args: object, **extra: object) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(form)
    logger = logging.Logger("hotline.test")
    logger.addHandler(handler)
    logger.info(message, *args, extra=extra)
    return stream.getvalue()


def test_json_line_keeps_chinese_facts_and_request() -> None:
    begin_request("abc-1")
    line = json.loads(logged(JsonLine(), "已派发 %s", "城管局", ticket_id=42))
    assert line["message"] == "已派发 城管局"
    assert (line["ticket_id"], line["request"], line["level"]) == (42, "abc-1", "info")
    assert "城管局" in logged(JsonLine(), "城管局")
    assert line["time"].endswith("+08:00")


@pytest.mark.parametrize("form", [JsonLine(), PrettyLine()])
def test_a_newline_in_a_text_cannot_forge_a_line(form: logging.Formatter) -> None:
    assert logged(form, "路灯\n2026 error 伪造").count("\n") == 1


@pytest.mark.parametrize("form", [JsonLine(), PrettyLine()])
def test_a_lone_surrogate_does_not_lose_the_line(form: logging.Formatter) -> None:
    assert "路灯" in logged(form, "路灯\ud800").encode().decode()


@pytest.mark.parametrize("given", ["", "a b", "中文", "x" * 65, "a\nb"])
def test_a_strange_request_id_is_replaced(given: str) -> None:
    assert begin_request(given) not in ("", given)
    assert request_id()

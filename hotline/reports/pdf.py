"""A paper as PDF, typeset with the font we ship, so that it looks alike on every machine."""

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import typst

from hotline.infra.clock import BEIJING
from hotline.reports.papers import Paper

PDF = "application/pdf"
HERE = files("hotline.reports")


@cache
def fonts() -> typst.Fonts:
    """思源黑体 with the characters of GB 2312 and of names; a rarer one comes from the machine's fonts where it has any."""
    return typst.Fonts(font_paths=[str(HERE / "fonts")])


@cache
def _template() -> bytes:
    return (HERE / "paper.typ").read_bytes()


def pdf(paper: Paper) -> bytes:
    made = paper.made_at.astimezone(BEIJING)
    given = {**msgspec.to_builtins(paper), "made": f"{made:%Y-%m-%d %H:%M}"}
    words = msgspec.json.encode(given).decode()
    laid: Any = typst.compile(_template(), format="pdf", font_paths=fonts(), sys_inputs={"paper": words})
    return bytes(laid)

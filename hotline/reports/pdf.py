"""A paper as PDF, typeset with the font we ship, so that it looks alike on every machine."""

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import typst

from hotline.infra.clock import BEIJING
from hotline.reports.papers import Chart, Paper

PDF = "application/pdf"
HERE = files("hotline.reports")


@cache
def fonts() -> typst.Fonts:
    """思源黑体 with the characters of GB 2312 and of names; a rarer one comes from the machine's fonts where it has any."""
    return typst.Fonts(font_paths=[str(HERE / "fonts")])


@cache
def _template() -> bytes:
    return (HERE / "chart.typ").read_bytes() + (HERE / "paper.typ").read_bytes()


@cache
def _picture() -> bytes:
    return (HERE / "chart.typ").read_bytes() + PICTURE


PICTURE = b"""
#set page(width: 16cm, height: auto, margin: 2pt)
#set text(font: ("Noto Sans SC", "Noto Sans CJK SC"), lang: "zh", region: "cn")
#chart(json(bytes(sys.inputs.chart)))
"""
DOTS = 200
"""An inch."""


def picture(chart: Chart) -> bytes:
    """A chart as PNG, 16 cm wide, for files that cannot draw."""
    words = msgspec.json.encode(chart).decode()
    drawn: Any = typst.compile(_picture(), format="png", ppi=DOTS, font_paths=fonts(), sys_inputs={"chart": words})
    return bytes(drawn)


def pdf(paper: Paper) -> bytes:
    made = paper.made_at.astimezone(BEIJING)
    given = {**msgspec.to_builtins(paper), "made": f"{made:%Y-%m-%d %H:%M}"}
    words = msgspec.json.encode(given).decode()
    laid: Any = typst.compile(_template(), format="pdf", font_paths=fonts(), sys_inputs={"paper": words})
    return bytes(laid)

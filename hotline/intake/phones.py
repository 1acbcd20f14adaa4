"""Telephone numbers in a text; a ticket's or an order's number is none."""

import re
from collections.abc import Iterator

from hotline.intake.places import Found

PHONE = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?(1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}|0[0-9]{2,3}[- ]?[0-9]{3,4}[- ]?[0-9]{4})(?![0-9A-Za-z])"
)


LOCAL = re.compile(r"(?:电话|座机|固话)(?:号码)?(?:是|为)?[:：]?\s?([2-8][0-9]{6,7})(?![0-9A-Za-z])")
"""Without its area code, where the words say that it is one."""
DIGITS = "零〇幺一二两三四五六七八九"
SPOKEN = re.compile(
    rf"(?<![{DIGITS}])([幺一][三四五六七八九][{DIGITS}](?: ?[{DIGITS}]{{4}}){{2}}|[零〇][{DIGITS}]{{2,3}} ?[{DIGITS}]{{7,8}})(?![{DIGITS}十百千万点])"
)
"""As a recogniser writes what was said: 幺三八…"""
AS_DIGITS = str.maketrans(DIGITS, "0011223456789", " ")
OF_A_PAPER = re.compile(r"(?:[单编票件卡账证案理水]号|[工订运]单)码?(?:[是为]|[:：])?\s?$")
"""工单号, 受理编号, 小票单号: the number behind is none, however it looks."""


def phones(text: str) -> Iterator[Found]:
    for shape in (PHONE, LOCAL, SPOKEN):
        for found in shape.finditer(text):
            start, end = found.span() if shape is PHONE else found.span(1)
            if not OF_A_PAPER.search(text, max(0, start - 8), start):
                yield Found(start, end, "phone", re.sub(r"[ -]", "", found[1]).translate(AS_DIGITS))

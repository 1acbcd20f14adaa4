"""What people write into a month's bulletin: 典型案例 and 下月预判."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

import msgspec

from hotline.supervision.masking import FULL_WIDTH, masked

Part = Literal["cases", "outlook"]
PARTS: dict[Part, str] = {"cases": "典型案例", "outlook": "下月预判"}
MOST = 3000
"""Characters of one part."""
NUMBER = r"(?<!\d)20\d{2}[ -]?\d{4}[ -]?\d{7}(?!\d)"
CALLED = r"(?:(?:工单)?编?号(?:为|是)?[:：]?\s*|工单(?:为|是)?[:：]?\s*)?"
TICKET = re.compile(NUMBER, re.ASCII)
ASIDE = re.compile(rf"[（(〔\[]\s*{CALLED}{NUMBER}\s*号?\s*[）)〕\]]", re.ASCII)
TOLD = re.compile(rf"{CALLED}{NUMBER}号?(?:工单)?", re.ASCII)


class Passage(msgspec.Struct, frozen=True):
    """One part as it was last saved; `version` 0: nothing was written yet."""

    part: Part
    text: str = ""
    version: int = 0
    by: str | None = None
    at: datetime | None = None

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.text.split("\n") if line.strip())


class Known(msgspec.Struct, frozen=True):
    """A ticket whose number is in the words: what must not be read of its citizen."""

    ticket_id: int
    hidden: bool
    """保密件、举报件: not even that there is such a case."""
    names: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


def tickets_in(text: str) -> tuple[int, ...]:
    found = (re.sub(r"\D", "", number) for number in TICKET.findall(text.translate(FULL_WIDTH)))
    return tuple(dict.fromkeys(int(number) for number in found))


def openly(words: Passage, known: Iterable[Known] = ()) -> Passage:
    """For 公开版: without numbers of tickets and persons, without paragraphs of tickets that are secret, and not by whom."""
    told = tuple(known)
    names = {name for one in told for name in one.names}
    secrets = {secret for one in told for secret in one.secrets}
    hidden = {one.ticket_id for one in told if one.hidden}
    kept = (said for said in words.paragraphs if not hidden & set(tickets_in(said)))
    return Passage(words.part, "\n".join(masked(_unnumbered(said), names, secrets) for said in kept))


def _unnumbered(text: str) -> str:
    return TOLD.sub("某工单", ASIDE.sub("", text.translate(FULL_WIDTH)))


def pieces(paragraphs: Iterable[str], most: int) -> Iterator[tuple[str, str]]:
    """Rows of a workbook: a paragraph's number and what of it a cell can show, the rest in rows below."""
    for number, said in enumerate(paragraphs, 1):
        for at in range(0, len(said), most):
            yield ("" if at else str(number)), said[at : at + most]

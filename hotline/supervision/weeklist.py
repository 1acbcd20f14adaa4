"""The difficult list of one week (疑难工单周报), as it is served, frozen and printed."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.infra.crypto import sm3
from hotline.supervision.difficult import CLASSES, Candidate, Reason
from hotline.supervision.rows import COLUMNS, Row21
from hotline.supervision.weeks import Week


class Item(msgspec.Struct, frozen=True):
    ticket_id: int
    kind: str
    score: int
    reasons: tuple[Reason, ...]
    carried: bool
    related: tuple[int, ...]
    row: Row21


class Count(msgspec.Struct, frozen=True):
    """新增 and 结转 of one class."""

    kind: str
    fresh: int
    carried: int


class WeekList(msgspec.Struct, frozen=True):
    week: str
    title: str
    days: str
    begin: datetime
    end: datetime
    as_of: datetime
    total: int
    fresh: int
    carried: int
    classes: tuple[Count, ...]
    columns: dict[str, str]
    items: tuple[Item, ...]
    settled: tuple[Item, ...] = ()
    """销号: difficult, and closed within the week."""
    frozen_at: datetime | None = None
    frozen_by: str | None = None
    hash: str | None = None
    """SM3 of the canonical JSON of everything above; None while the list is still alive."""


def assembled(week: Week, as_of: datetime, items: Sequence[Item], settled: Sequence[Item]) -> WeekList:
    carried = sum(item.carried for item in items)
    return WeekList(
        week=week.text,
        title=f"12345热线疑难工单周报（{week.spoken}）",
        days=week.days,
        begin=week.begin,
        end=week.end,
        as_of=as_of,
        total=len(items),
        fresh=len(items) - carried,
        carried=carried,
        classes=tuple(_count(kind, items) for kind in CLASSES),
        columns=COLUMNS,
        items=tuple(items),
        settled=tuple(settled),
    )


def _count(kind: str, items: Sequence[Item]) -> Count:
    own = [item for item in items if item.kind == kind]
    carried = sum(item.carried for item in own)
    return Count(kind, len(own) - carried, carried)


def item(candidate: Candidate, row: Row21) -> Item:
    c = candidate
    return Item(c.ticket_id, c.kind, c.score, c.reasons, c.carried, c.related, row)


def chosen(week: Week, live: WeekList, tickets: Sequence[int]) -> WeekList:
    """Only what the supervisor chose, numbered anew."""
    kept = [one for one in live.items if one.ticket_id in set(tickets)]
    numbered = [
        msgspec.structs.replace(one, row=msgspec.structs.replace(one.row, number=at))
        for at, one in enumerate(kept, start=1)
    ]
    return assembled(week, live.as_of, numbered, live.settled)


def canonical(live: WeekList) -> str:
    """The one form that is hashed: sorted keys, nothing about the freeze itself."""
    plain = msgspec.to_builtins(msgspec.structs.replace(live, frozen_at=None, frozen_by=None, hash=None))
    for field in ("frozen_at", "frozen_by", "hash"):
        del plain[field]
    return msgspec.json.encode(plain, order="sorted").decode()


def fingerprint(body: str) -> bytes:
    return sm3(body.encode())

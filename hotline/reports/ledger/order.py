"""What is taken out: which tickets, which columns, in which format, what for."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hotline.reports.ledger.columns import OF_CITIZEN, TITLES, USUAL
from hotline.tickets.lifecycle import STATE_NAMES
from hotline.tickets.states import Channel, State

Format = Literal["csv", "xlsx"]
FORMATS: tuple[Format, ...] = ("csv", "xlsx")
LONGEST = 3 * 366
"""Days of one file."""
MOST_CODE = 32


class LedgerFilters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is not said is not asked for."""

    states: Annotated[tuple[State, ...], Meta(max_length=len(State))] = ()
    channels: Annotated[tuple[Channel, ...], Meta(max_length=len(Channel))] = ()
    category: Annotated[str, Meta(max_length=MOST_CODE)] = ""
    """A code of any level, with what is below it."""
    region: Annotated[str, Meta(max_length=MOST_CODE)] = ""
    """With what lies in it."""
    unit: Annotated[int, Meta(ge=1, le=2**53)] | None = None
    """The leading unit, with those below it."""


class LedgerOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"first": "from", "last": "to"}):
    first: date
    last: date
    purpose: Annotated[str, Meta(max_length=200)] = ""
    format: Format = "csv"
    columns: Annotated[tuple[str, ...], Meta(max_length=40)] = USUAL
    filters: LedgerFilters = LedgerFilters()


def tidied(order: LedgerOrder) -> LedgerOrder:
    """Columns in the order of the table, each once."""
    chosen = tuple(key for key in TITLES if key in order.columns)
    return msgspec.structs.replace(order, purpose=" ".join(order.purpose.split()), columns=chosen)


def faults(order: LedgerOrder, open_to: Collection[str]) -> list[tuple[str, str]]:
    """Everything wrong at once, each with what to do."""
    found = []
    if not order.purpose.strip() or "\0" in order.purpose:
        found.append(("purpose", "请写明用途，会记入导出记录并印在文件上。"))
    if order.last < order.first:
        found.append(("to", "截止日期不能早于起始日期。"))
    elif not 2000 <= order.first.year <= order.last.year <= 2998:
        found.append(("from", "日期应形如 2026-11-23。"))
    elif (order.last - order.first).days > LONGEST:
        found.append(("to", "一次最多导出三年，请分段导出。"))
    if unknown := sorted(set(order.columns) - set(TITLES)):
        found.append(("columns", f"没有“{'、'.join(unknown)}”这样的列，请从列表中选取。"))
    elif not order.columns:
        found.append(("columns", "请至少选一列。"))
    elif closed := [TITLES[key] for key in order.columns if key in OF_CITIZEN and key not in open_to]:
        found.append(("columns", f"您的岗位不能导出{'、'.join(closed)}，请去掉后再导出。"))
    if "\0" in order.filters.category + order.filters.region:
        found.append(("filters", "类别和区划请从列表中选取。"))
    return found


def in_words(order: LedgerOrder, unit: str, category: str, region: str) -> str:
    """The filters as the record shows them."""
    f = order.filters
    said: Iterable[str] = (
        unit,
        category,
        region,
        "、".join(STATE_NAMES[state] for state in f.states),
        f"{len(f.channels)} 个渠道" if f.channels else "",
    )
    return "；".join(part for part in said if part) or "全部工单"

"""The week's difficult list as pages to print: which sheets, which lines, how wide. Knows no file format."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.supervision.rows import COLUMNS
from hotline.supervision.weeklist import Item, WeekList

Cell = str | int | float
"""A share is a float."""


class Column(msgspec.Struct, frozen=True):
    title: str
    width: float
    """As spreadsheets count it: figures of the workbook's default font."""
    centred: bool = False


class Block(msgspec.Struct, frozen=True):
    """A heading over the whole width, and lines under it; without heading where there is nothing to group."""

    heading: str
    lines: tuple[tuple[Cell, ...], ...]


class Sheet(msgspec.Struct, frozen=True):
    name: str
    title: str
    subtitle: str
    columns: tuple[Column, ...]
    blocks: tuple[Block, ...]


class Book(msgspec.Struct, frozen=True):
    title: str
    made_at: datetime
    sheets: tuple[Sheet, ...]


WIDTHS = {
    "number": 4,
    "kind": 7,
    "ticket": 14,
    "accepted": 10.5,
    "place": 11,
    "summary": 24,
    "people": 7,
    "current": 10,
    "trail": 17,
    "dispute": 14,
    "basis": 13,
    "done": 17,
    "proposal": 11,
    "deadline": 9.5,
    "coordination": 14,
    "instruction": 11,
    "ruling": 12,
    "letter": 11.5,
    "progress": 13,
    "status": 6.5,
    "responsible": 10.5,
}
CENTRED = frozenset({"number", "kind", "ticket", "accepted", "people", "deadline", "letter", "status"})
MAIN = tuple(Column(title, WIDTHS[name], name in CENTRED) for name, title in COLUMNS.items())
WHY = (
    Column("序号", 6, True),
    Column("工单编号", 18, True),
    Column("类别", 18, True),
    Column("新增/结转", 10, True),
    Column("规则", 8, True),
    Column("入选理由", 90),
    Column("分值", 8, True),
    Column("总分", 8, True),
)


PRINTED, PRINTED_SETTLED = 300, 100
"""Lines of a draft on paper: nobody reads more, and a list is chosen from before it is frozen."""


def book(week: WeekList) -> Book:
    """All there is."""
    return Book(week.title, week.as_of, (_main(week, week), _why(week, week)))


def printed(week: WeekList) -> Book:
    """For paper: a frozen list whole, of a longer draft what is carried over and the weightiest."""
    part = week
    if week.frozen_at is None:
        items, settled = _weightiest(week.items, PRINTED), _weightiest(week.settled, PRINTED_SETTLED)
        part = msgspec.structs.replace(week, items=items, settled=settled)
    return Book(week.title, week.as_of, (_main(week, part), _why(week, part)))


def _weightiest(items: Sequence[Item], most: int) -> tuple[Item, ...]:
    """In the order of the list."""
    first = sorted(items, key=lambda one: (not one.carried, -one.score, one.ticket_id))[:most]
    kept = {one.ticket_id for one in first}
    return tuple(one for one in items if one.ticket_id in kept)


def _main(week: WeekList, part: WeekList) -> Sheet:
    blocks = [_class_block(week, part, count.kind) for count in week.classes if count.fresh + count.carried]
    if week.settled:
        settled = f"本周销号（{len(week.settled)} 件{_shown(week.settled, part.settled)}）"
        blocks.append(Block(settled, _lines(part.settled)))
    if left := _left(week, part):
        blocks.insert(0, Block(left, ()))
    if not blocks:
        blocks = [Block("本周没有符合条件的疑难工单。", ())]
    return Sheet("疑难工单", week.title, subtitle(week), MAIN, tuple(blocks))


def _left(week: WeekList, part: WeekList) -> str:
    more, settled = len(week.items) - len(part.items), len(week.settled) - len(part.settled)
    if not more and not settled:
        return ""
    told = [f"在列 {more} 件"] if more else []
    told += [f"本周销号 {settled} 件"] if settled else []
    return f"草表只印结转和分值高的 {len(part.items)} 件，序号同全表；另有{'、'.join(told)}未印，请看工作台或下载电子表格（XLSX）。"


def subtitle(week: WeekList) -> str:
    counts = f"在列 {week.total} 件（新增 {week.fresh}，结转 {week.carried}），本周销号 {len(week.settled)} 件"
    return f"{week.days}　　{counts}　　{frozen_line(week)}"


def frozen_line(week: WeekList) -> str:
    if week.frozen_at is None or week.hash is None:
        return f"截至 {week.as_of:%Y-%m-%d %H:%M}（未定稿）"
    return f"{week.frozen_by} 于 {week.frozen_at:%Y-%m-%d %H:%M} 定稿，SM3 {week.hash[:16]}"


def _class_block(week: WeekList, part: WeekList, kind: str) -> Block:
    own = [item for item in week.items if item.kind == kind]
    carried = sum(item.carried for item in own)
    lines = [item for item in part.items if item.kind == kind]
    counts = f"{len(own)} 件：新增 {len(own) - carried}，结转 {carried}{_shown(own, lines)}"
    return Block(f"{kind}（{counts}）", _lines(lines))


def _shown(every: Sequence[Item], some: Sequence[Item]) -> str:
    return "" if len(some) == len(every) else f"，印 {len(some)} 件"


def _lines(items: Sequence[Item]) -> tuple[tuple[Cell, ...], ...]:
    return tuple(tuple(getattr(item.row, name) for name in COLUMNS) for item in items)


def _why(week: WeekList, part: WeekList) -> Sheet:
    lines = tuple(line for item in (*part.items, *part.settled) for line in _reasons(item))
    block = Block("每件工单入选的规则、理由和分值", lines)
    return Sheet("入选理由", f"{week.title}：入选理由", subtitle(week), WHY, (block,))


def _reasons(item: Item) -> list[tuple[Cell, ...]]:
    head: tuple[Cell, ...] = (item.row.number, str(item.ticket_id), item.kind, "结转" if item.carried else "新增")
    given: list[tuple[Cell, ...]] = [(*head, r.rule, r.sentence, r.points, item.score) for r in item.reasons]
    return given or [(*head, "—", "以前列入，尚未销号", 0, item.score)]

"""What a row of the ledger says, in which columns, and which of them are for whom (docs/rules.md B.5)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from hotline.directory.people import Actor
from hotline.infra.clock import BEIJING
from hotline.insight.measures import CHANNELS
from hotline.reports.monthly.bulletin import KINDS
from hotline.tickets import privacy
from hotline.tickets.lifecycle import STATE_NAMES
from hotline.tickets.privacy import Petitioner
from hotline.tickets.states import State


class Row(msgspec.Struct, frozen=True):
    id: int
    created_at: datetime
    channel: str
    category: str | None
    region: str | None
    title: str
    content: str
    address: str
    state: str
    lead_unit: int | None
    due_at: datetime | None
    ended_at: datetime | None
    round: int
    returns: int
    confidential: bool
    kind: str
    urgency: str
    name: str | None = None
    phone: str | None = None


class Names(msgspec.Struct, frozen=True):
    """How units, regions and categories are called."""

    units: Mapping[int, str]
    regions: Mapping[str, str]
    categories: Mapping[str, str]


class LedgerColumn(msgspec.Struct, frozen=True):
    key: str
    title: str
    usual: bool = True
    """Chosen before anybody has chosen."""
    of_citizen: bool = False
    """About the citizen: masked, and only for who may see it on the ticket."""


COLUMNS = (
    LedgerColumn("id", "工单编号"),
    LedgerColumn("created_at", "受理时间"),
    LedgerColumn("channel", "渠道"),
    LedgerColumn("kind", "类型", usual=False),
    LedgerColumn("urgency", "紧急程度", usual=False),
    LedgerColumn("category", "类别"),
    LedgerColumn("region", "区划"),
    LedgerColumn("title", "标题"),
    LedgerColumn("content", "诉求内容", usual=False, of_citizen=True),
    LedgerColumn("address", "事发地址", usual=False, of_citizen=True),
    LedgerColumn("name", "诉求人", usual=False, of_citizen=True),
    LedgerColumn("phone", "联系电话", usual=False, of_citizen=True),
    LedgerColumn("state", "状态"),
    LedgerColumn("lead_unit", "主办单位"),
    LedgerColumn("due_at", "办结期限"),
    LedgerColumn("ended_at", "办结时间"),
    LedgerColumn("round", "重办"),
    LedgerColumn("returns", "退单"),
)
USUAL = tuple(column.key for column in COLUMNS if column.usual)
OF_CITIZEN = frozenset(column.key for column in COLUMNS if column.of_citizen)
TITLES = {column.key: column.title for column in COLUMNS}
URGENCIES = {"critical": "特急", "urgent": "紧急", "normal": "一般"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SECRET = "保密工单"


def open_to(actor: Actor) -> tuple[LedgerColumn, ...]:
    """What this person may put into a file."""
    centre = actor.has(*privacy.OPEN_TO)
    return tuple(column for column in COLUMNS if centre or not column.of_citizen)


CELLS: dict[str, Callable[[Row, Names], str]] = {
    "id": lambda row, _: str(row.id),
    "created_at": lambda row, _: moment(row.created_at),
    "channel": lambda row, _: CHANNELS.get(row.channel, row.channel),
    "kind": lambda row, _: KINDS.get(row.kind, row.kind),
    "urgency": lambda row, _: URGENCIES.get(row.urgency, row.urgency),
    "category": lambda row, names: names.categories.get(row.category or "", row.category or ""),
    "region": lambda row, names: "" if row.confidential else names.regions.get(row.region or "", ""),
    "title": lambda row, _: SECRET if row.confidential else said(row, row.title),
    "content": lambda row, _: SECRET if row.confidential else said(row, row.content),
    "address": lambda row, _: "" if row.confidential else said(row, row.address),
    # A file leaves the house: whoever needs the number itself looks at the ticket.
    "name": lambda row, _: SECRET if row.confidential else plain(privacy.masked_name(row.name) or ""),
    "phone": lambda row, _: SECRET if row.confidential else privacy.masked_phone(row.phone) or "",
    "state": lambda row, _: STATE_NAMES[State(row.state)],
    "lead_unit": lambda row, names: names.units.get(row.lead_unit, "") if row.lead_unit else "",
    "due_at": lambda row, _: moment(row.due_at),
    "ended_at": lambda row, _: moment(row.ended_at),
    "round": lambda row, _: str(row.round),
    "returns": lambda row, _: str(row.returns),
}


def cells(row: Row, names: Names, columns: Sequence[str] = USUAL) -> tuple[str, ...]:
    return tuple(CELLS[column](row, names) for column in columns)


def said(row: Row, text: str) -> str:
    """In anybody's words, without what points at the citizen."""
    return plain(privacy.without(text, Petitioner(name=row.name, phone=row.phone)))


def moment(at: datetime | None) -> str:
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}" if at else ""


def plain(text: str) -> str:
    """Nothing that a table program would compute."""
    return f"'{text}" if text.startswith(FORMULA) else text


def mark(by: str, purpose: str, at: datetime) -> str:
    """水印: stands above the heads of every copy of the file."""
    return f"导出人 {by}；用途：{purpose}；{at.astimezone(BEIJING):%Y-%m-%d %H:%M}。仅限上述用途使用。"

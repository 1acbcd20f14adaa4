"""What a row of the ledger says. Nothing of the citizen is in it; a secret ticket shows neither title nor place."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from hotline.infra.clock import BEIJING
from hotline.insight.measures import CHANNELS
from hotline.tickets.lifecycle import STATE_NAMES
from hotline.tickets.states import State


class Row(msgspec.Struct, frozen=True):
    id: int
    created_at: datetime
    channel: str
    category: str | None
    region: str | None
    title: str
    state: str
    lead_unit: int | None
    due_at: datetime | None
    ended_at: datetime | None
    round: int
    returns: int
    confidential: bool


HEADS = (
    "工单编号",
    "受理时间",
    "渠道",
    "类别",
    "区划",
    "标题",
    "状态",
    "主办单位",
    "办结期限",
    "办结时间",
    "重办",
    "退单",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cells(
    row: Row, units: Mapping[int, str], regions: Mapping[str, str], categories: Mapping[str, str]
) -> tuple[str, ...]:
    secret = row.confidential
    return (
        str(row.id),
        moment(row.created_at),
        CHANNELS.get(row.channel, row.channel),
        categories.get(row.category or "", row.category or ""),
        "" if secret else regions.get(row.region or "", ""),
        "保密工单" if secret else plain(row.title),
        STATE_NAMES[State(row.state)],
        units.get(row.lead_unit, "") if row.lead_unit else "",
        moment(row.due_at),
        moment(row.ended_at),
        str(row.round),
        str(row.returns),
    )


def moment(at: datetime | None) -> str:
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}" if at else ""


def plain(text: str) -> str:
    """Nothing that a table program would compute."""
    return f"'{text}" if text.startswith(FORMULA) else text


def mark(by: str, purpose: str, at: datetime) -> str:
    """水印: stands above the heads of every copy of the file."""
    return f"导出人 {by}；用途：{purpose}；{at.astimezone(BEIJING):%Y-%m-%d %H:%M}。仅限上述用途使用。"

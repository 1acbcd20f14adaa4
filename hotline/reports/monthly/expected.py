"""下月预判 as the numbers would begin it: a sentence offered to whoever writes, never printed by itself."""

from collections.abc import Mapping, Sequence
from datetime import date

from hotline.insight.volumes import Volume
from hotline.reports.monthly.bulletin import lines, rising

MOST = 3
"""Categories named."""


def expected(then: date, year_ago: Sequence[Volume], own: Sequence[Volume], names: Mapping[str, str]) -> str:
    """`then`: the coming month, a year ago; its `before` is the month before that. Without it what grew this month."""
    if told := _grown(year_ago, names):
        return (
            f"去年同期（{then.year}年{then.month}月）上升明显的类别：{told}；"
            "预计下月此类诉求将有所上升，请有关单位提前准备。"
        )
    if told := _grown(own, names):
        return f"本月上升明显的类别：{told}；预计下月此类诉求仍将较多，请有关单位继续关注。"
    return ""


def _grown(given: Sequence[Volume], names: Mapping[str, str]) -> str:
    # Of a month before which nothing was counted (the system's first) everything would seem to have grown.
    if not any(v.number for v in given if (v.span, v.by) == ("before", "all")):
        return ""
    found = rising(lines(given, "category", names))[:MOST]
    return "、".join(f"{one.name} {one.number} 件（上一个月 {one.before} 件）" for one in found)

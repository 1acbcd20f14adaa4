"""日报: what stands out, and how the day is told."""

from datetime import date, datetime
from typing import Any

import pytest

from hotline.infra.clock import BEIJING
from hotline.insight.calls.measures import CallCount, call_table
from hotline.insight.volumes import Volume
from hotline.reports.actions import document
from hotline.reports.daily.daily import BEFORE, Day, Late, Names, Pressing, Spot, paper, spikes
from hotline.reports.papers import Paper
from hotline.tickets.states import State, Urgency

AS_OF = datetime(2026, 11, 24, 8, tzinfo=BEIJING)
NAMES = Names({7: "云州市城市管理局"}, {"990101": "雁栖区"}, {"0101": "路灯照明"})


def spots(now: int, *past: int) -> list[Spot]:
    told = [("now", now), *zip(BEFORE, past, strict=True)]
    return [Spot(span, "0101", "990101", number) for span, number in told if number]


@pytest.mark.parametrize(
    ("numbers", "stands_out"),
    [
        ((12, 2, 2, 2, 2), True),
        ((9, 0, 0, 0, 0), False),  # a handful
        ((10, 0, 0, 0, 0), True),
        ((20, 10, 20, 5, 25), False),  # it comes and goes
        ((12, 12, 12, 12, 12), False),
        # mean 10, deviation 2: above 16 it stands out
        ((16, 8, 12, 8, 12), False),
        ((17, 8, 12, 8, 12), True),
    ],
)
def test_異_what_exceeds_four_weeks_by_three_deviations_stands_out(numbers: tuple[int, ...], stands_out: bool) -> None:
    assert bool(spikes(spots(*numbers))) is stands_out


def day(**changed: Any) -> Day:
    volumes = [Volume("now", "all", "all", 120), Volume("before", "all", "all", 100)]
    volumes += [Volume(span, "all", "all", 80) for span in BEFORE]
    volumes += [Volume("now", "channel", "phone", 90), Volume("now", "channel", "web", 30)]
    volumes += [Volume("now", "kind", "complaint", 120), Volume("now", "category", "0101", 12)]
    given: dict[str, Any] = {
        "day": date(2026, 11, 23),
        "as_of": AS_OF,
        "whole": True,
        "volumes": tuple(volumes),
        "spots": tuple(spots(12, 2, 2, 2, 2)),
        "done": {"dispatch": 110, "closed": 90, "callback.satisfied": 18, "callback.dissatisfied": 2},
        "pressing": (
            Pressing(
                20261123_0000001,
                AS_OF,
                Urgency.CRITICAL,
                "0101",
                "990101",
                State.IN_PROGRESS,
                7,
                "张建国家燃气泄漏,电话13812345678",
                1,
            ),
            Pressing(20261123_0000002, AS_OF, Urgency.URGENT, None, None, State.REGISTERED, None, None, 2),
        ),
        "late": (Late(7, 1, 3),),
    }
    return Day(**{**given, **changed})


def words(made: Paper) -> str:
    return "\n".join(
        [*(said for s in made.sections for said in s.paragraphs)]
        + [" ".join(row) for s in made.sections for table in s.tables for row in table.rows]
    )


def test_the_day_is_told_with_what_it_is_compared_with() -> None:
    said = words(paper(day(), NAMES))
    assert "当日共受理群众诉求 120 件，前一日 100 件，比前四周同日平均（80 件）上升 50.0%。" in said
    assert "雁栖区“路灯照明”12 件（四周同日平均 2.0 件）" in said
    assert "满意率 90.0%（18/20）" in said
    assert "超期未办结 3 件，其中当日新增 1 件" in said
    assert "13812345678" not in said and "保密工单" in said


def test_a_day_that_still_runs_is_not_called_a_fall() -> None:
    said = words(paper(day(whole=False), NAMES))
    assert "今日至此共受理群众诉求 120 件；昨日全天 100 件，前四周同日平均 80 件。" in said


def test_a_day_without_anything_is_told_in_words_and_in_every_format() -> None:
    empty = day(volumes=(), spots=(), done={}, pressing=(), late=())
    made = paper(empty, NAMES)
    said = words(made)
    assert "没有紧急、特急诉求" in said and "没有超期未办结的工单" in said and "满意率" not in said
    for fmt, begins in (("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK"), ("json", b"{")):
        assert document(made, fmt).startswith(begins)
    assert document(paper(day(), NAMES), "docx").count(b"media/image1.png") >= 1, "the chart is on it"


def test_公开版_of_a_day_counts_and_names_no_ticket_no_person_and_no_late_unit() -> None:
    made = paper(day(), NAMES, public=True)
    said = words(made)
    assert "（公开版）" in made.title and made.header == made.title
    assert "紧急、特急诉求 1 件" in said and "超期未办结 3 件" in said, "how many stays"
    for hidden in ("20261123", "燃气", "保密工单", "云州市城市管理局", "下面列出", "请研判"):
        assert hidden not in said, hidden


def test_the_day_of_the_telephone_stands_beside_the_day_before_and_says_what_it_left_out() -> None:
    now = [CallCount("answer_rate", None, 146, 150, 3), CallCount("answer_wait", None, 1_708_200, 146, 0)]
    before = [CallCount("answer_rate", None, 90, 100, 0)]
    told = paper(day(calls=call_table(date(2026, 11, 23), date(2026, 11, 23), "queue", now, before, (), {})), NAMES)
    first = told.sections[0]
    assert first.heading == "一、受理和话务情况"
    assert (
        "话务：人工队列呼入 153 通，接通 146 通；人工接通率 97.3%（146/150），平均等待 11.7 秒（n=146）。"
        in first.paragraphs
    )
    rows = {row[0]: row[1:5] for row in first.tables[2].rows}
    assert rows["人工接通率"] == ("97.3%（146/150）", "3", "90.0%", "—")
    assert rows["工时利用率"] == ("—", "0", "—", "—"), "of nothing there is no rate"
    silent = call_table(date(2026, 11, 23), date(2026, 11, 23), "queue", (), (), (), {})
    for without in (None, silent):
        assert paper(day(calls=without), NAMES).sections[0].heading == "一、受理情况"

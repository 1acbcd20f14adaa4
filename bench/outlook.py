"""What is to be expected, on real tickets and letters: who will be late, and how long an answer takes. Split by time."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from hotline.classify import evaluate, tables, train
from hotline.classify.measures import share_error
from hotline.infra.clock import BEIJING
from hotline.insight.outlook.waits import Answered, told_over_time

PLACE = re.compile(r"[A-Z][0-9]*[市区县]")
"""Places are letters and numbers in the public letters; whose government it is stands for the unit."""
KNOWN = "01"
EVERY = 25
"""Letters after which the expected times are learned anew: about twelve days of them, a night of a city's."""


def late(home: Path, file: Path, now: datetime) -> dict[str, Any]:
    """Learned from the earlier four fifths, asked about the last: once, and learning on day by day."""
    rows = [row for row in tables.read_rows(file) if row["overtime_archive_num"] in KNOWN]
    rows.sort(key=lambda row: tables.moment(row["create_time"]))
    cut = len(rows) * 4 // 5
    before, after = home / "late.csv", home / "late.after.csv"
    tables.write_rows(before, rows[:cut])
    tables.write_rows(after, rows[cut:])
    train.run(
        [before],
        home / "late",
        target="late",
        label_column="overtime_archive_num",
        features=("dispose_unit_norm", "sub_type_name", "event_src_name", "event_property_name"),
        time_column="create_time",
        now=now,
    )
    once, daily = evaluate.run(home / "late", after), evaluate.run(home / "late", after, online=True)
    missed = sum(row["overtime_archive_num"] == "1" for row in rows[cut:])
    return {
        "n": once["n"],
        "late": missed,
        "auc": once["auc"],
        "auc_error": area_error(once["auc"], missed, len(rows) - cut - missed),
        "auc_day_by_day": daily["auc"],
        "ece": once["ece"],
    }


def area_error(area: float, hits: int, misses: int) -> float:
    """Standard error of an area under the ROC curve (Hanley and McNeil 1982)."""
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (hits - 1) * (one - area**2) + (misses - 1) * (two - area**2)
    return float(np.sqrt(spread / (hits * misses)))


def waits(file: Path) -> dict[str, Any]:
    """Every letter of the last fifth is told its days by what was known when it came in."""
    rows = sorted(tables.read_rows(file), key=lambda row: tables.moment(row["time"]))
    letters = [_answered(row) for row in rows]
    told = told_over_time(letters, len(letters) * 4 // 5, EVERY)
    most = [days <= expected.p90 for expected, days in told]
    half = [days <= expected.p50 for expected, days in told]
    return {
        "n": len(told),
        "p90_holds": _share(most),
        "p90_error": share_error(_share(most), len(most)),
        "p50_holds": _share(half),
        "median_days_p50": float(np.median([expected.p50 for expected, _ in told])),
        "median_days_p90": float(np.median([expected.p90 for expected, _ in told])),
        "median_days_taken": float(np.median([days for _, days in told])),
    }


def _answered(row: dict[str, str]) -> Answered:
    place = PLACE.search(row["title"] + row["detail"])
    at = datetime.fromisoformat(row["time"]).replace(tzinfo=BEIJING)
    return Answered(at, place[0] if place else "", row["dept_weak"], float(row["reply_days"]))


def _share(held: Sequence[bool]) -> float:
    return sum(held) / len(held)

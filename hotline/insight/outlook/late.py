"""How likely an assignment will be late (超期风险): what the unit, the matter and the way it came say together, and how far its time has run."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import numpy as np

from hotline.classify.columns import Case, crosses
from hotline.insight.outlook.waits import matter_of

STEPS = 20
"""Into how many parts of its allowance the table of what is still open is cut."""
SURE_MOST = 0.99
SIDES = ("unit", "category", "channel", "kind", "urgency")
STANDS_OUT = 0.2
"""Log-odds from which a side is named as a reason."""


class LateModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Weights as numbers by name: plain data, kept as a row with its checksum."""

    weights: dict[str, float]
    """What a value, or several together, adds to the log-odds."""
    bias: float
    slope: float
    offset: float
    """Bends the log-odds so that they mean what they say; from assignments that were not learned from."""
    open: list[float]
    """Share of the punctual assignments that were still open after each twentieth of their time, beginning with none of it."""
    base: float
    """Share that was late."""


class Assigned(msgspec.Struct, frozen=True):
    """A lead as the model reads it. Who made the request is no part of it."""

    ticket_id: int
    unit_id: int
    category: str | None
    channel: str
    kind: str
    urgency: str
    dispatched_at: datetime
    due: datetime
    late: bool | None = None
    finished_at: datetime | None = None


def case_of(one: Assigned) -> Case:
    return str(one.unit_id), matter_of(one.category), one.channel, one.kind, one.urgency


def chance(model: LateModel, one: Assigned, now: datetime) -> float:
    """As of now: the longer it is open, the fewer of the punctual ones still were."""
    if now >= one.due:
        return 1.0
    odds = model.bias + sum(model.weights.get(cross, 0.0) for cross in crosses(case_of(one)))
    first = 1 / (1 + np.exp(-(model.slope * odds + model.offset)))
    punctual = (1 - first) * still_open(model.open, ran(one, now))
    return float(min(SURE_MOST, first / (first + punctual)))


def ran(one: Assigned, at: datetime) -> float:
    """Which share of its time an assignment has had."""
    whole = (one.due - one.dispatched_at).total_seconds()
    return min(1.0, max(0.0, (at - one.dispatched_at).total_seconds() / whole)) if whole > 0 else 1.0


def still_open(table: Sequence[float], share: float) -> float:
    """Between two steps in a straight line."""
    return float(np.interp(share * STEPS, np.arange(len(table)), table))


def open_table(punctual: Sequence[Assigned]) -> list[float]:
    """Punctual, finished assignments → what share of them was open after each step; never quite none before the end."""
    took = np.array([ran(one, one.finished_at) for one in punctual if one.finished_at is not None])
    steps = np.arange(STEPS + 1) / STEPS
    return [float(((took > step).sum() + 1) / (len(took) + 1)) for step in steps]


def reasons(model: LateModel, one: Assigned) -> list[str]:
    """Which of its sides raise the chance, the strongest first. Single ones only: a pair is no reason one can read."""
    said = [
        (model.weights.get(f"{column}={value}", 0.0), side)
        for column, (side, value) in enumerate(zip(SIDES, case_of(one), strict=True))
    ]
    return [side for weight, side in sorted(said, reverse=True) if weight >= STANDS_OUT]

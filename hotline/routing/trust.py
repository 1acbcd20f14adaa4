"""自动派单门槛: how sure one must be of a unit for a ticket to go out without a person, and whose word that is. Pure.

A person's choice on the learning desk stands first, then the setting of the installation. Where neither has spoken, what the last weeks'
tickets bear out, then what the model bore out on letters it had not seen; both with an exact bound for 95 of 100 (docs/decisions/0074)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec
import numpy as np

from hotline.classify.measures import NEVER, choose_threshold, precision_bound
from hotline.infra.settings import Settings

PRECISION = 0.95
LEVEL = f"{PRECISION:.2f}"
LEAST = 0.5
"""Nobody sets the threshold lower, the program neither: among very many that are right, those of which it is itself surer that they
are wrong would pass on the others' credit."""
ENOUGH = 300
"""Tickets whose lead is known, below which the last weeks say too little."""
Basis = Literal["person", "setting", "measured", "model", "shipped"]


class BorneOut(msgspec.Struct, frozen=True):
    """What the last weeks' tickets bear out."""

    threshold: float | None
    """Null: no part of them was right often enough."""
    judged: int
    """Tickets of which it was known who led in the end."""
    let_through: int
    right: int
    least: float
    """The precision that is reached with 95 % certainty."""
    at: datetime


class InForce(msgspec.Struct, frozen=True):
    threshold: float
    basis: Basis


def measure(judged: Sequence[tuple[float, bool]], now: datetime) -> BorneOut | None:
    """How sure the router was of its first unit, and whether it led in the end; None while they are too few."""
    if len(judged) < ENOUGH:
        return None
    sure = np.array([one for one, _ in judged], dtype=np.float64)
    right = np.array([one for _, one in judged], dtype=bool)
    likely = sure >= LEAST
    threshold = choose_threshold(sure[likely], right[likely], PRECISION)
    through = sure >= threshold
    n, hits = int(through.sum()), int(right[through].sum())
    chosen = None if threshold >= NEVER else min(1.0, threshold)
    return BorneOut(chosen, len(judged), n, hits, round(precision_bound(hits, n), 4) if n else 0.0, now)


def own(*thresholds: Mapping[str, float]) -> float | None:
    """The model's, for letters of every kind; None where it never dares, or there is no model."""
    found = [one[LEVEL] for one in thresholds if LEVEL in one]
    return max(LEAST, *found) if found and max(found) <= 1 else None


def in_force(chosen: float | None, settings: Settings, measured: BorneOut | None, model: float | None) -> InForce:
    if chosen is not None:
        return InForce(chosen, "person")
    if settings.auto_dispatch_override is not None:
        return InForce(settings.auto_dispatch_override, "setting")
    if measured is not None and measured.threshold is not None:
        return InForce(measured.threshold, "measured")
    if model is not None:
        return InForce(model, "model")
    return InForce(settings.auto_dispatch_threshold, "shipped")

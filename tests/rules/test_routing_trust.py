"""自动派单门槛: whose word stands, and what the last weeks bear out."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hotline.infra.settings import load_settings
from hotline.routing.trust import ENOUGH, BorneOut, in_force, measure, own
from tests.conftest import SECRETS

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SETTINGS = load_settings({**SECRETS, "HOTLINE_DATABASE_URL": "postgresql://h/d"})
SET = load_settings({**SECRETS, "HOTLINE_DATABASE_URL": "postgresql://h/d", "HOTLINE_AUTO_DISPATCH_THRESHOLD": "0.9"})
WEEKS = BorneOut(0.83, 900, 500, 490, 0.965, NOW)
NEVER = BorneOut(None, 900, 0, 0, 0.0, NOW)


@pytest.mark.parametrize(
    ("chosen", "settings", "measured", "model", "threshold", "basis"),
    [
        (0.7, SET, WEEKS, 0.95, 0.7, "person"),
        (None, SET, WEEKS, 0.95, 0.9, "setting"),
        (None, SETTINGS, WEEKS, 0.95, 0.83, "measured"),
        (None, SETTINGS, NEVER, 0.95, 0.95, "model"),
        (None, SETTINGS, None, 0.95, 0.95, "model"),
        (None, SETTINGS, None, None, 0.9, "shipped"),
    ],
)
def test_whose_word_stands(
    chosen: float | None,
    settings: object,
    measured: BorneOut | None,
    model: float | None,
    threshold: float,
    basis: str,
) -> None:
    said = in_force(chosen, settings, measured, model)  # type: ignore[arg-type]
    assert (said.threshold, said.basis) == (threshold, basis)
    assert SETTINGS.auto_dispatch_override is None and replace(SETTINGS).auto_dispatch_threshold == 0.9


def test_the_last_weeks_bear_out_a_threshold_only_with_its_bound() -> None:
    sure = [(0.9 + 0.0001 * n, True) for n in range(600)]
    unsure = [(0.5 + 0.0001 * n, n % 2 == 0) for n in range(400)]
    found = measure([*sure, *unsure], NOW)
    assert found is not None and found.threshold is not None
    assert found.least >= 0.95 and found.judged == 1_000
    assert 600 <= found.let_through < 660, "a few of the unsure ones, as far as the bound allows"
    assert measure(sure[: ENOUGH - 1], NOW) is None, "too few to say anything"


def test_where_nothing_was_right_often_enough_nothing_is_borne_out() -> None:
    found = measure([(0.9 + 0.0001 * n, n % 10 != 0) for n in range(800)], NOW)
    assert found is not None and (found.threshold, found.let_through) == (None, 0)


def test_what_is_sooner_wrong_than_right_does_not_pass_on_the_others_credit() -> None:
    sure = [(0.5 + 0.0001 * n, True) for n in range(2_000)]
    found = measure([*sure, *((0.05 + 0.001 * n, n % 5 == 0) for n in range(40))], NOW)
    assert found is not None and found.threshold is not None and found.threshold >= 0.5
    assert (found.judged, found.let_through, found.right) == (2_040, 2_000, 2_000)
    assert measure([(0.3 + 0.0001 * n, True) for n in range(400)], NOW) == BorneOut(None, 400, 0, 0, 0.0, NOW)
    assert own({"0.95": 0.31}) == 0.5


def test_a_model_that_never_dares_has_no_threshold_and_letters_of_both_kinds_must_pass() -> None:
    assert own({"0.95": 2.0}) is None and own({}) is None
    assert own({"0.95": 0.7}, {}) == 0.7
    assert own({"0.95": 0.7}, {"0.95": 0.8}) == 0.8

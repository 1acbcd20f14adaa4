"""What is to be expected: who will be late, and how long an answer takes."""

import random
from datetime import datetime, timedelta

import msgspec
import numpy as np
import pytest

from hotline.classify.measures import area
from hotline.infra.clock import BEIJING
from hotline.insight.outlook import fitting, late, waits
from hotline.insight.outlook.actions import clearly_worse
from hotline.insight.outlook.late import Assigned, LateModel
from hotline.insight.outlook.waits import Answered

START = datetime(2026, 1, 5, 9, tzinfo=BEIJING)
ALLOWED = timedelta(days=10)


def assignments(count: int, seed: int = 1) -> list[Assigned]:
    """Unit 7 is late every second time, and the late matter of unit 8 comes by telephone; the others hardly ever are."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        unit, channel = chance.choice((5, 6, 7, 8)), chance.choice(("phone", "web"))
        risk = 0.5 if unit == 7 else 0.4 if unit == 8 and channel == "phone" else 0.03
        at, missed = START + timedelta(hours=number), chance.random() < risk
        took = chance.uniform(1.05, 2) if missed else chance.uniform(0.1, 1)
        found.append(
            Assigned(
                number, unit, "0203", channel, "complaint", "normal", at, at + ALLOWED, missed, at + took * ALLOWED
            )
        )
    return found


@pytest.fixture(scope="module")
def model() -> LateModel:
    learned = fitting.learn(assignments(1_200))
    assert learned is not None
    assert learned[1]["auc"] > 0.75 and learned[1]["judged"] == 240
    return learned[0]


def opened(unit: int, channel: str = "web") -> Assigned:
    return Assigned(1, unit, "020301", channel, "complaint", "normal", START, START + ALLOWED)


def test_a_unit_that_is_often_late_is_told_from_one_that_is_not(model: LateModel) -> None:
    told = {unit: late.chance(model, opened(unit), START) for unit in (5, 6, 7, 8)}
    assert told[7] == pytest.approx(0.5, abs=0.12)
    assert max(told[5], told[6]) < 0.1
    assert late.chance(model, opened(8, "phone"), START) > 3 * told[8], "two sides together"
    assert late.reasons(model, opened(7))[0] == "unit" and late.reasons(model, opened(5)) == []


def test_the_chance_rises_while_the_time_runs_and_is_certain_at_its_end(model: LateModel) -> None:
    told = [late.chance(model, opened(6), START + share * ALLOWED) for share in (0, 0.25, 0.5, 0.75, 0.95)]
    assert told == sorted(told) and told[-1] > 3 * told[0]
    assert late.chance(model, opened(6), START + ALLOWED) == 1.0
    assert late.chance(model, opened(99), START) < 0.5, "an unknown unit is no suspect"


def test_chances_mean_what_they_say(model: LateModel) -> None:
    asked = assignments(1_000, seed=9)
    told = np.array([late.chance(model, one, one.dispatched_at) for one in asked])
    was = np.array([bool(one.late) for one in asked])
    assert told.mean() == pytest.approx(was.mean(), abs=0.04)
    assert was[told > 0.3].mean() > 0.3 > was[told < 0.1].mean()


def test_too_few_or_too_even_assignments_teach_nothing() -> None:
    assert fitting.learn(assignments(150)) is None
    punctual = [msgspec.structs.replace(one, late=False) for one in assignments(400)]
    assert fitting.learn(punctual) is None


def test_the_area_counts_pairs() -> None:
    chances, hits = np.array([0.1, 0.4, 0.4, 0.8, 0.9, 0.4]), np.array([False, True, False, False, True, True])
    pairs = [(a > b) + (a == b) / 2 for a in chances[hits] for b in chances[~hits]]
    assert area(chances, hits) == pytest.approx(sum(pairs) / len(pairs))
    assert area(chances, hits | True) is None


def requests(count: int, seed: int = 1) -> list[Answered]:
    """水 takes twice as long as 路, unit B half as long again; lognormal."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        unit, matter = chance.choice("AB"), chance.choice("水路")
        days = 5 * (2 if matter == "水" else 1) * (1.5 if unit == "B" else 1) * chance.lognormvariate(0, 0.6)
        found.append(Answered(START + timedelta(hours=8 * number), unit, matter, days))
    return found


def test_nine_of_ten_answers_come_within_what_was_said() -> None:
    told = waits.told_over_time(requests(1_500), 900, 60)
    assert len(told) == 600
    within = np.mean([days <= expected.p90 for expected, days in told])
    half = np.mean([days <= expected.p50 for expected, days in told])
    assert 0.87 <= within <= 0.93 and 0.44 <= half <= 0.56


def test_matter_and_unit_count_and_the_unknown_backs_off() -> None:
    model = waits.learn(requests(1_000))
    assert model is not None
    water, road = (waits.expect(model, unit="A", matter=matter, at=START) for matter in "水路")
    assert water.p50 == pytest.approx(2 * road.p50, rel=0.2) and water.based_on == "unit_matter"
    assert water.p50 < water.p90
    new_unit = waits.expect(model, unit="C", matter="水", at=START)
    assert new_unit.based_on == "matter" and road.p50 < new_unit.p50
    nothing = waits.expect(model, unit="C", matter="电", at=START)
    assert nothing.based_on == "all" and nothing.answers > 700
    assert waits.learn(requests(99)) is None


def test_who_still_waits_counts_or_only_the_quick_would_speak() -> None:
    values, ended = np.arange(1.0, 11.0), np.ones(10, dtype=bool)
    assert waits.quantile(values, ended, 0.5) == 5.0
    ended[[1, 3]] = False
    assert waits.quantile(values, ended, 0.5) == 7.0, "by hand: .9 · 7/8 · 5/6 · 4/5 · 3/4 < .5"
    assert waits.quantile(values, ~ended | ended, 0.9) == 9.0


def test_a_night_that_learned_worse_by_more_than_chance_leaves_the_model_before() -> None:
    before = {"auc": 0.88, "judged": 1_000, "late": 0.08}
    assert clearly_worse({"auc": 0.70, "judged": 1_000, "late": 0.08}, before)
    assert not clearly_worse({"auc": 0.86, "judged": 1_000, "late": 0.08}, before), "chance alone"
    assert not clearly_worse({"auc": 0.70, "judged": 40, "late": 0.1}, {"auc": 0.75, "judged": 40, "late": 0.1})
    assert clearly_worse({"auc": 0.70}, {"auc": 0.75}), "figures without counts stand as they are"

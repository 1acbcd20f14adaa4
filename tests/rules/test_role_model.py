"""The linear model over roles: what one street teaches holds in the next, and what it learned is kept."""

import numpy as np
import pytest

from hotline.classify.fitting_columns import fit_columnar
from hotline.classify.role_model import ARRAYS, RoleModel
from hotline.classify.roles import Roles

UNITS = ["云河综合执法队", "云河市政所", "柳荫综合执法队", "柳荫市政所", "望江综合执法队", "望江市政所"]
STALL, LID = list(range(10)), list(range(10, 20))
"""Crosses of 占道经营 and of 井盖缺失, in whatever street."""
ALL = 20


def taught() -> RoleModel:
    """Stalls and manhole covers in two of three streets."""
    model = RoleModel.blank(Roles(UNITS), crosses=ALL)
    for _ in range(15):
        for street, first in (("云河街道", 0), ("柳荫街道", 2)):
            model.learn(("占道经营", street), STALL, first)
            model.learn(("井盖缺失", street), LID, first + 1)
    return model


def best(model: RoleModel, street: str, crosses: list[int]) -> str:
    return UNITS[int(model.chances(("", street), crosses).argmax())]


def test_what_two_streets_taught_holds_in_a_third() -> None:
    model = taught()
    assert best(model, "望江街道", STALL) == "望江综合执法队"
    assert best(model, "望江街道", LID) == "望江市政所"
    assert model.chances(("占道经营", "望江街道"), STALL).max() > 0.5


def test_a_file_sorted_by_unit_teaches_the_same() -> None:
    """Of every matter six in ten go to the first unit; the last rows of the file are all the second's."""
    cases = [(f"事项{number % 4}", f"{number % 3}街道") for number in range(60)] * 2
    labels = np.array([0] * 72 + [1] * 48)
    model = fit_columnar(cases, labels, 2, units=["甲局", "乙局"], in_time=False)
    assert model.cast is not None
    assert all(model.cast.chances(case, model.crosses.places(case)).argmax() == 0 for case in set(cases))


def test_of_a_case_without_a_known_cross_every_unit_is_as_likely() -> None:
    assert np.allclose(taught().chances(("路灯", "云河街道"), []), 1 / len(UNITS))


def test_a_hand_over_is_followed() -> None:
    """The squads take the covers over: some tickets later their street's squad leads there, too, in every street."""
    model = taught()
    for _ in range(30):
        model.learn(("井盖缺失", "云河街道"), LID, UNITS.index("云河综合执法队"))
    assert best(model, "云河街道", LID) == "云河综合执法队"
    assert best(model, "柳荫街道", LID) == "柳荫综合执法队"


def test_a_role_that_comes_up_later_is_learned_and_kept() -> None:
    """望江街道's name makes roles that no ticket had; until one has, they are the least likely."""
    model = taught()
    before = model.weights.shape[1]
    assert len(model.roles.places) == before
    asked = ("占道经营", "望江街道", "综合")
    first = model.chances(asked, STALL)
    assert len(model.roles.places) > before
    assert first[UNITS.index("云河综合执法队")] == first.min()
    for _ in range(10):
        model.learn(asked, STALL, UNITS.index("云河综合执法队"))
    assert UNITS[int(model.chances(asked, STALL).argmax())] == "云河综合执法队"
    again = RoleModel.of(model.roles, model.kept(), crosses=ALL)
    assert np.array_equal(again.chances(asked, STALL), model.chances(asked, STALL))


def test_arrays_shared_with_other_processes_are_not_written_to() -> None:
    model = taught()
    kept = model.kept()
    for array in kept.values():
        array.flags.writeable = False
    one = RoleModel.of(model.roles, kept, crosses=ALL)
    one.learn(("占道经营", "云河街道"), STALL, 1)
    assert one.weights is not kept["role_model.weights"]
    assert not np.array_equal(one.weights, kept["role_model.weights"])


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("spoilt", [np.nan, np.inf, -1e30])
def test_numbers_that_cannot_be_weights_are_refused(name: str, spoilt: float) -> None:
    model = taught()
    kept = {one: array.copy() for one, array in model.kept().items()}
    kept[name][0, 0] = spoilt
    with pytest.raises(ValueError, match="no such"):
        RoleModel.of(model.roles, kept, crosses=ALL)
    with pytest.raises(ValueError, match="fit"):
        RoleModel.of(model.roles, model.kept(), crosses=ALL + 1)

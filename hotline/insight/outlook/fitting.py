"""Learn the late risk from finished assignments. Never imported where answers are given: scikit-learn is slow to load."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from hotline.classify.columns import Case, CrossModel
from hotline.classify.fitting_columns import fit_alone
from hotline.classify.measures import area
from hotline.insight.outlook.late import Assigned, LateModel, case_of, open_table

JUDGED = 5
"""Every fifth, the latest: judges what was learned from the others, and bends it."""
FEWEST, FEWEST_LATE = 200, 20

Array = npt.NDArray[np.float64]


def learn(rows: Sequence[Assigned]) -> tuple[LateModel, dict[str, float]] | None:
    """`rows` in the order of their dispatch, each known to be late or not; None while they are too few to learn from."""
    late = np.array([bool(one.late) for one in rows], dtype=np.int64)
    cut = len(rows) - len(rows) // JUDGED
    if len(rows) < FEWEST or min(late[:cut].sum(), (1 - late[:cut]).sum()) < FEWEST_LATE or len(set(late[cut:])) < 2:
        return None
    cases = [case_of(one) for one in rows]
    judging = log_odds(fit_alone(cases[:cut], late[:cut], 2).crosses, cases[cut:])
    bend = LogisticRegression(C=1.0).fit(judging[:, None], late[cut:])
    linear = fit_alone(cases, late, 2).crosses
    adds = linear.weights[:, 1] - linear.weights[:, 0]
    model = LateModel(
        weights={cross: round(float(adds[place]), 4) for cross, place in linear.known.items()},
        bias=float(linear.bias[1] - linear.bias[0]),
        slope=float(bend.coef_[0, 0]),
        offset=float(bend.intercept_[0]),
        open=open_table([one for one in rows if not one.late]),
        base=float(late.mean()),
    )
    return model, {"auc": area(judging, late[cut:] == 1) or 0.5, "judged": len(rows) - cut, "late": model.base}


def log_odds(linear: CrossModel, cases: Sequence[Case]) -> Array:
    chances = np.stack([linear.chances(case) for case in cases])
    return np.asarray(np.log(chances[:, 1] + 1e-9) - np.log(chances[:, 0] + 1e-9), dtype=np.float64)

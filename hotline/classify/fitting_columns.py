"""Learn who handles what from category columns."""

import warnings
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from hotline.classify.columns import Case, Columnar, CrossModel, Lookup, crosses
from hotline.classify.fitting import columns_of
from hotline.classify.role_model import PASSES, RoleModel
from hotline.classify.roles import MEMORY, Roles

Ints = npt.NDArray[np.int64]

REMEMBERED = 4
"""Of a long history the last quarter has most of the say about roles."""
STRENGTH = 0.3
"""Inverse of the regularisation; more learns the noise of rare crosses."""


def fit_columnar(
    cases: Sequence[Case], labels: Ints, classes: int, *, units: Sequence[str], in_time: bool = True
) -> Columnar:
    """`units` by label. Later cases count more where they are in the order of time; otherwise they are shuffled, for a file may
    be sorted by unit."""
    if not in_time:
        order = np.random.default_rng(1).permutation(len(cases))
        cases, labels = [cases[place] for place in order.tolist()], labels[order]
    lookup, roles = Lookup(classes), Roles(units, max(MEMORY, len(cases) / REMEMBERED))
    for case, label in zip(cases, labels.tolist(), strict=True):
        lookup.learn(case, label)
        roles.learn(case, label)
    linear = _fit_crosses(cases, labels, classes)
    return Columnar(lookup, linear, _fit_cast(cases, labels, linear, roles))


def fit_alone(cases: Sequence[Case], labels: Ints, classes: int) -> Columnar:
    """The linear model alone: labels that are no units (late or not) play no roles, and rates per exact case are chance."""
    return Columnar(Lookup(classes), _fit_crosses(cases, labels, classes), None)


def _fit_cast(cases: Sequence[Case], labels: Ints, linear: CrossModel, roles: Roles) -> RoleModel:
    """Ticket after ticket: a unit's role depends on the case, so that no ready-made regression fits."""
    places = {case: linear.places(case) for case in set(cases)}
    cast = RoleModel.blank(roles, len(linear.known))
    for _ in range(PASSES):
        for case, label in zip(cases, labels.tolist(), strict=True):
            cast.learn(case, places[case], label)
    return cast


def _fit_crosses(cases: Sequence[Case], labels: Ints, classes: int) -> CrossModel:
    seen = Counter(cross for case in cases for cross in crosses(case))
    known = {cross: place for place, cross in enumerate(sorted(cross for cross, times in seen.items() if times > 1))}
    if len(np.unique(labels)) == 1 or not known:
        return _by_share(known, labels, classes)
    machine = LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        machine.fit(_table(cases, known), labels)
    weights, bias = columns_of(machine.coef_, machine.intercept_, machine.classes_, classes)
    absent = np.setdiff1d(np.arange(classes), machine.classes_)
    bias[absent] = bias[machine.classes_].min() - 5  # log-odds of a label without any example
    return CrossModel(known, weights, bias)


def _by_share(known: dict[str, int], labels: Ints, classes: int) -> CrossModel:
    """Nothing to tell cases apart by: how often each label occurs is all there is."""
    shares = np.log(np.bincount(labels, minlength=classes) + 0.5).astype(np.float32)
    return CrossModel(known, np.zeros((len(known), classes), dtype=np.float32), shares)


def _table(cases: Sequence[Case], known: dict[str, int]) -> "sparse.csr_matrix":
    rows = [[known[cross] for cross in crosses(case) if cross in known] for case in cases]
    ends = np.cumsum([0, *map(len, rows)])
    places = np.array([place for row in rows for place in row], dtype=np.int64)
    return sparse.csr_matrix((np.ones(len(places)), places, ends), shape=(len(cases), len(known)))

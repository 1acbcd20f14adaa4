"""Each figure beside what was asked of it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Asked(NamedTuple):
    what: str
    path: tuple[str, ...]
    """Where the figure stands in what was measured."""
    least: float
    most: float = float("inf")
    error: str = ""
    """Name of its standard error beside it, where it has one."""


ACCURACY, F1 = "accuracy_error", "macro_f1_error"
BOTH = "letters_as_written_from_both_files"
ASKED = (
    Asked("letters, accuracy", ("letters", "accuracy"), 0.932, error=ACCURACY),
    Asked("letters, macro-F1", ("letters", "macro_f1"), 0.930, error=F1),
    Asked("letters, right one among three", ("letters", "top3"), 0.996),
    Asked("letters, automatic at 95 %: share", ("letters", "auto", "0.95", "share"), 0.94),
    Asked("letters, automatic at 95 %: right", ("letters", "auto", "0.95", "precision"), 0.95),
    Asked("letters, automatic at 98 %: right", ("letters", "auto", "0.98", "precision"), 0.98),
    Asked("letters, calibration error", ("letters", "ece"), 0, 0.02),
    Asked("as written, from both files, accuracy", (BOTH, "accuracy"), 0.91, error=ACCURACY),
    Asked("as written, from both files, macro-F1", (BOTH, "macro_f1"), 0.905),
    Asked("as written, automatic at 95 %: right", (BOTH, "auto", "0.95", "precision"), 0.95),
    Asked("as written, calibration error", (BOTH, "ece"), 0, 0.02),
    Asked("units, trained once: right", ("units", "accuracy"), 0.70, error=ACCURACY),
    Asked("units, trained once: among three", ("units", "top3"), 0.86),
    Asked("units, automatic at 95 %: share", ("units", "auto", "0.95", "share"), 0.40),
    Asked("units, automatic at 95 %: right", ("units", "auto", "0.95", "precision"), 0.95),
    Asked("units, day by day: right", ("units_day_by_day", "accuracy"), 0.73, error=ACCURACY),
    Asked("units, day by day: among three", ("units_day_by_day", "top3"), 0.88),
    Asked("no labels, accuracy", ("no_labels", "accuracy"), 0.65, error=ACCURACY),
    Asked("seventy labels, accuracy", ("seventy_labels", "accuracy"), 0.74, error=ACCURACY),
    Asked("late risk, AUC", ("late", "auc"), 0.88, error="auc_error"),
    Asked("expected answer, P90 holds", ("waits", "p90_holds"), 0.88, 0.92, error="p90_error"),
)


def beside(found: Mapping[str, Any]) -> Iterator[str]:
    """Lines of a table; what was not measured here is left out."""
    yield f"{'':40s} {'measured':>16s}  asked for"
    for one in ASKED:
        place: Any = found
        for step in one.path[:-1]:
            place = place.get(step, {})
        value = place.get(one.path[-1])
        if value is not None:
            yield _line(one, value, place.get(one.error))


def _line(one: Asked, value: float, error: float | None) -> str:
    asked = f"≤ {one.most:.3f}" if not one.least else f"≥ {one.least:.3f}"
    if one.least and one.most != float("inf"):
        asked = f"{one.least:.2f}–{one.most:.2f}"
    told = f"{value:.4f}" + (f" ± {error:.4f}" if error is not None else "")
    return f"{one.what:40s} {told:>16s}  {asked}{'' if one.least <= value <= one.most else '  short of it'}"

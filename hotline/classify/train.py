"""Train a model from files of labelled letters, measure it on a held-back part, choose its thresholds, keep it."""

import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hotline.classify import folder, measures, tables, thresholds
from hotline.classify.calibration import Calibration
from hotline.classify.columns import LATE, UNIT, ColumnsModel
from hotline.classify.counting import Told, quiet
from hotline.classify.crossing import Cross, Crossed, Fit, cross_fit, on_all_cores
from hotline.classify.examples import BY_COLUMNS, FOLDS, Examples, Room, needed, prepare
from hotline.classify.findings import TITLED, UNTITLED, Report
from hotline.classify.fitting import STANDARD, Linear, fit_calibration, fit_linear, fit_sharpness
from hotline.classify.fitting_columns import fit_alone, fit_columnar
from hotline.classify.folder import SCHEMA, Manifest
from hotline.classify.labels import read_label_map
from hotline.classify.model import Columns, TextModel
from hotline.classify.quality import checked
from hotline.infra.errors import BadRequest, InvalidInput

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HELD_BACK = FOLDS - 1
APART = 2_000
"""Rows from which on folds are worth processes of their own."""
RECENT = 3
"""By time: how many of the latest folds calibration and thresholds are chosen on."""


def run(
    files: Sequence[Path],
    out: Path,
    *,
    target: str,
    text_column: str = "text",
    title_column: str = "title",
    label_column: str = "label",
    features: Sequence[str] = (),
    time_column: str = "",
    label_map: Path | None = None,
    now: datetime,
    told: Told = quiet,
    cores: int = 1,
) -> Report:
    """Read, measure on parts the measured model had not seen, then train on all rows and keep the model in `out`."""
    columns = Columns(text_column, title_column, label_column, tuple(features), time_column)
    if label_map and target != "category":
        raise BadRequest("--label-map 借用随附的分类语料,只用于训练诉求分类,请去掉或改用 --target category。")
    if target in BY_COLUMNS and not columns.features:
        raise InvalidInput(
            [("features", "训练承办单位或超期风险模型时,请用 --features 指明分类列,例如 大类,小类,街道。")]
        )
    out = out.resolve()
    folder.refuse_strange(out)  # now, and not after an hour of learning
    rows = tables.read_each(files, needed(columns, target))
    mapping = read_label_map(label_map) if label_map else {}
    return train(rows, out, columns=columns, target=target, mapping=mapping, now=now, told=told, cores=cores)


def train(
    rows: Iterable[dict[str, str]],
    out: Path,
    *,
    columns: Columns,
    target: str,
    now: datetime,
    mapping: Mapping[str, str] | None = None,
    told: Told = quiet,
    cores: int = 1,
) -> Report:
    """The same for rows that are read meanwhile; `mapping` folds our categories into the labels, to learn from our texts
    besides. Letters that are many lie in a folder beside `out`, which is gone at the end, however it ends."""
    started = time.perf_counter()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".training-") as beside, ExitStack() as opened:
        also = mapping.values() if mapping else ()
        examples, data = prepare(rows, columns, target, Room(Path(beside), opened), also, told)
        fit = _way(target, mapping, examples, told)
        apart = _way(target, mapping, examples, quiet)
        together = cores == 1 or examples.many or len(examples.labels) < APART
        cross = cross_fit if together else lambda known, _: on_all_cores(known, apart, cores)
        model, report = learn(examples, fit, target=target, columns=columns, data=data, now=now, cross=cross)
    manifest = model.save(out)
    return replace(report, out=str(out), fingerprint=manifest.fingerprint, seconds=time.perf_counter() - started)


def _way(target: str, mapping: Mapping[str, str] | None, examples: Examples, told: Told) -> Fit:
    if target == UNIT:
        return partial(fit_columnar, units=examples.names, in_time=examples.forward)
    if target == LATE:
        return fit_alone
    if not mapping:
        return partial(fit_linear, recipe=STANDARD, told=told)
    from hotline.classify.headstart import headstart  # which learns as the starter does, and that measures with us

    return headstart(mapping, examples.names, told)


def learn(
    examples: Examples,
    fit: Fit,
    *,
    target: str,
    columns: Columns,
    data: dict[str, Any],
    now: datetime,
    cross: Cross = cross_fit,
) -> tuple[TextModel | ColumnsModel, Report]:
    """Learn from everything, and measure models that did not know what they are asked about."""
    # First from everything: what it counts of the letters in memory is known to the folds, also to those apart.
    final = fit(examples.inputs, examples.labels, len(examples.names))
    crossed = cross(examples, fit)
    report = _held_back(examples, crossed, target)
    return assemble(final, examples, crossed, report, columns, data, now), report


def _held_back(examples: Examples, crossed: Crossed, target: str) -> Report:
    """Each fold in turn (by time: the last one), with calibration and thresholds chosen on the others."""
    turns = [HELD_BACK] if examples.forward else range(FOLDS)
    judged = [turn for fold in turns if (turn := _judge(examples, crossed, crossed.scored & (examples.fold == fold)))]
    if not judged:
        raise InvalidInput([("data", "数据几乎都是同一封信的重复,留不出检验部分,请补充不同的数据。")])
    chances, truth, titled = (np.concatenate([turn[part] for turn in judged]) for part in (0, 1, 3))
    passed = {level: np.concatenate([turn[2][level] for turn in judged]) for level in judged[0][2]}
    guessed = chances.argmax(axis=1)

    def of(rows: npt.NDArray[np.bool_]) -> measures.Figures:
        return measures.figures(chances[rows], truth[rows], {level: found[rows] for level, found in passed.items()})

    return Report(
        target=target,
        rows=len(examples.labels),
        by_time=examples.forward,
        held=of(np.ones(len(truth), dtype=bool)),
        kinds={TITLED: of(titled), UNTITLED: of(~titled)} if thresholds.apart(titled) else {},
        macro_f1_error=measures.macro_f1_error(guessed, truth),
        classes=measures.per_class(guessed, truth, examples.names),
        coverage=measures.coverage(chances.max(axis=1), guessed == truth),
        checked=checked(chances, truth, examples.names),
    )


def _evidence(examples: Examples, crossed: Crossed, before: int) -> npt.NDArray[np.bool_]:
    """The rows that calibration and thresholds are chosen on; by time only the latest ones, for who handles what drifts."""
    if not examples.forward:
        return crossed.scored
    return crossed.scored & (examples.fold >= before - RECENT) & (examples.fold < before)


def _bend(examples: Examples, scores: Array, labels: Ints) -> Calibration:
    return fit_sharpness(scores, labels) if examples.chances else fit_calibration(scores, labels)


Judged = tuple[Array, Ints, dict[str, npt.NDArray[np.bool_]], npt.NDArray[np.bool_]]


def _judge(examples: Examples, crossed: Crossed, held: npt.NDArray[np.bool_]) -> Judged | None:
    """Chances, truth and what would have gone without a person; None when nothing is left to judge by."""
    others = _evidence(examples, crossed, HELD_BACK) & ~held
    if not held.any() or not others.any():
        return None
    bent = _bend(examples, crossed.scores[others], examples.labels[others])
    known, chances = bent.apply(crossed.scores[others]), bent.apply(crossed.scores[held])
    right, titled = known.argmax(axis=1) == examples.labels[others], examples.titled
    chosen = thresholds.choose(known.max(axis=1), right, titled[others])
    return chances, examples.labels[held], chosen.passing(chances.max(axis=1), titled[held]), titled[held]


def assemble(
    final: Any,
    examples: Examples,
    crossed: Crossed,
    report: Report,
    columns: Columns,
    data: dict[str, Any],
    now: datetime,
) -> TextModel | ColumnsModel:
    """The model of all rows; its calibration and thresholds come from scores of models that had not seen the row."""
    known = _evidence(examples, crossed, FOLDS)
    scores, labels = crossed.scores[known], examples.labels[known]
    bent = _bend(examples, scores, labels)
    chances = bent.apply(scores)
    textual = isinstance(final, Linear)
    chosen = thresholds.choose(chances.max(axis=1), chances.argmax(axis=1) == labels, examples.titled[known])
    manifest = Manifest(
        schema=SCHEMA,
        form="text" if textual else "columns",
        target=report.target,
        labels=examples.names,
        features=[asdict(one.block) for one in final.vocabularies] if textual else [],
        columns=asdict(columns),
        calibration={"sharpness": bent.sharpness, **_nearness(final)},
        thresholds=dict(chosen.usual),
        titled=dict(chosen.titled),
        scores={**report.held.body(), "accuracy_error": report.accuracy_error, "macro_f1_error": report.macro_f1_error},
        data=data,
        created_at=now,
        checked=report.checked,
    )
    if isinstance(final, Linear):
        return TextModel(manifest, final.vocabularies, final.weights, final.bias, bent, final.neighbours)
    return ColumnsModel(manifest, final, bent)


def _nearness(final: Any) -> dict[str, float]:
    found = final.neighbours if isinstance(final, Linear) else None
    return {"neighbours": found.weight} if found else {}

"""How a kept model does on a labelled file: the JSON of `hotline evaluate`."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hotline.classify import measures, registry, tables
from hotline.classify.columns import ColumnsModel
from hotline.classify.labels import fold, read_label_map
from hotline.classify.model import Columns, Model, Row
from hotline.classify.thresholds import Thresholds
from hotline.infra.errors import BadRequest, InvalidInput

Array = npt.NDArray[np.float64]

BATCH = 512


def run(
    model_dir: Path,
    data: Path,
    *,
    text_column: str | None = None,
    title_column: str | None = None,
    label_column: str | None = None,
    features: Sequence[str] | None = None,
    time_column: str | None = None,
    label_map: Path | Mapping[str, str] | None = None,
    online: bool = False,
) -> dict[str, Any]:
    """The thresholds behind `auto` are the model's own, chosen at training; columns default to those trained on."""
    model = registry.load(model_dir)
    columns = columns_of(model, text_column, title_column, label_column, features, time_column)
    rows = [row for row in _read(model, data, columns) if row[columns.label].strip()]
    if not rows:
        raise InvalidInput([("data", f"文件 {data} 没有带标签的行,无法评估。")])
    started = time.perf_counter()
    chances = _online(model, rows, columns) if online else _chances(model, rows, columns)
    seconds = time.perf_counter() - started
    folded, names = fold_columns(chances, model.manifest.labels, _mapping(label_map))
    truth = np.array([names.get(row[columns.label].strip(), -1) for row in rows], dtype=np.int64)
    sure, guessed = folded.max(axis=1), folded.argmax(axis=1)
    chosen = Thresholds(model.manifest.thresholds, model.manifest.titled)
    found = measures.figures(folded, truth, chosen.passing(sure, columns.titled(rows)))
    return {
        **found.body(),
        "accuracy_error": measures.share_error(found.accuracy, found.n),
        "macro_f1_error": measures.macro_f1_error(guessed, truth),
        "thresholds": model.manifest.thresholds,
        "thresholds_titled": model.manifest.titled,
        "coverage": [asdict(point) for point in measures.coverage(sure, guessed == truth)],
        "texts_per_second": round(len(rows) / max(seconds, 1e-9), 1),
    }


def columns_of(
    model: Model,
    text: str | None = None,
    title: str | None = None,
    label: str | None = None,
    features: Sequence[str] | None = None,
    time_column: str | None = None,
) -> Columns:
    trained = model.manifest.columns
    return Columns(
        text=text or trained["text"],
        title=title or trained["title"],
        label=label or trained["label"],
        features=tuple(features or trained["features"]),
        time=time_column or trained["time"],
    )


def _read(model: Model, data: Path, columns: Columns, *, labelled: bool = True) -> list[dict[str, str]]:
    inputs = list(columns.features) if isinstance(model, ColumnsModel) else [columns.text]
    return tables.read_all([data], [*inputs, columns.label] if labelled else inputs)


def _chances(model: Model, rows: Sequence[Row], columns: Columns) -> Array:
    parts = [model.chances(rows[start : start + BATCH], columns) for start in range(0, len(rows), BATCH)]
    return np.concatenate(parts)


def _online(model: Model, rows: list[dict[str, str]], columns: Columns) -> Array:
    """Day after day: first answer the whole day, then learn from it. Puts the rows in the order of time."""
    if not isinstance(model, ColumnsModel):
        raise BadRequest("只有按分类列训练的承办单位模型可以边评估边学习,请去掉 --online。")
    if not columns.time or columns.time not in rows[0]:
        raise BadRequest("边评估边学习需要时间列,请用 --time-column 指明。")
    rows.sort(key=lambda row: tables.moment(row[columns.time]))
    place = {label: number for number, label in enumerate(model.manifest.labels)}
    parts = []
    for _, day in groupby(rows, key=lambda row: tables.moment(row[columns.time])[:3]):
        today = list(day)
        parts.append(model.chances(today, columns))
        for row in today:
            label = place.get(row[columns.label].strip())
            if label is not None:
                model.learn(row, columns, label)
    return np.concatenate(parts)


def _mapping(label_map: Path | Mapping[str, str] | None) -> Mapping[str, str]:
    return read_label_map(label_map) if isinstance(label_map, Path) else label_map or {}


def fold_columns(chances: Array, labels: Sequence[str], mapping: Mapping[str, str]) -> tuple[Array, dict[str, int]]:
    """Our labels folded into the file's: the chances of labels that fold together add up."""
    folded = [fold(label, mapping) for label in labels]
    names = {name: place for place, name in enumerate(dict.fromkeys(folded))}
    answer = np.zeros((len(chances), len(names)))
    for column, name in enumerate(folded):
        answer[:, names[name]] += chances[:, column]
    return answer, names


def predict_file(
    model_dir: Path,
    data: Path,
    out: Path,
    *,
    text_column: str | None = None,
    title_column: str | None = None,
    features: Sequence[str] | None = None,
) -> int:
    """Add `label`, `confidence` and `top3` to every row; returns how many rows. Not over the rows themselves: the labels that
    somebody gave them would be gone."""
    if out.resolve() == data.resolve():
        raise BadRequest(f"{out} 就是要预测的文件,写进去会丢掉其中的标签;请换一个 --out。")
    model = registry.load(model_dir)
    columns = columns_of(model, text_column, title_column, features=features)
    rows = _read(model, data, columns, labelled=False)
    return tables.write_rows(out, _answered(model, rows, columns), like=data)


def _answered(model: Model, rows: Sequence[Row], columns: Columns) -> Iterator[dict[str, object]]:
    labels = model.manifest.labels
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        for row, chances in zip(part, model.chances(part, columns), strict=True):
            top3 = [[labels[one], round(float(chances[one]), 4)] for one in measures.best_of(chances[None, :], 3)[0]]
            yield {**row, "label": top3[0][0], "confidence": top3[0][1], "top3": top3}

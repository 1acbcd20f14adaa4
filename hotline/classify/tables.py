"""Files of letters: CSV or JSON Lines, plain or .gz, read row by row and written the same way."""

import csv
import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from hotline.infra.errors import BadRequest
from hotline.infra.texts import UnknownText, from_a_table_program, open_text

# The limit of the csv module is 128 KB a field; a pasted contract is longer.
csv.field_size_limit(1 << 24)


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Every row as text by column name; what a row lacks is empty."""
    if not path.is_file():
        raise BadRequest(f"找不到数据文件 {path},请检查路径。")
    try:
        with open_text(path) as file:
            yield from _json_rows(file, path) if _is_json(path) else _csv_rows(file, path)
    except (UnknownText, gzip.BadGzipFile, EOFError, csv.Error):
        raise BadRequest(
            f"无法读取 {path}:请使用 UTF-8 或 GB 18030(GBK)编码的 CSV 或 JSON Lines 文件(可以是 .gz)。"
        ) from None


def read_all(paths: Sequence[Path], needed: Iterable[str]) -> list[dict[str, str]]:
    """All rows of all files; a file without a needed column is refused by name."""
    return list(read_each(paths, needed))


def read_each(paths: Sequence[Path], needed: Iterable[str]) -> Iterator[dict[str, str]]:
    """The same, row by row."""
    wanted = [column for column in needed if column]  # `a,b` is satisfied by either
    for path in paths:
        for number, row in enumerate(read_rows(path)):
            missing = [column for column in wanted if number == 0 and not named(column, row)]
            if missing:
                raise BadRequest(f"文件 {path} 没有 {'、'.join(missing)} 列,请用列名选项指明。", missing=missing)
            yield row


def named(columns: str, row: Mapping[str, str]) -> list[str]:
    """Which of the columns named, one or several with commas between, a row has."""
    return [columns] if columns in row else [column for column in columns.split(",") if column in row]


def filled(row: Mapping[str, str], columns: str) -> str:
    """The first of the columns named that is not empty."""
    return next((row[column] for column in named(columns, row) if row[column]), "")


def _csv_rows(file: IO[str], path: Path) -> Iterator[dict[str, str]]:
    rows = csv.DictReader(line.replace("\0", " ") for line in file)
    if again := [name for name, times in Counter(rows.fieldnames or ()).items() if name and times > 1]:
        raise BadRequest(f"文件 {path} 有几列都叫“{again[0]}”,分不清以哪一列为准,请改名或删去多余的列。")
    for row in rows:
        yield {column: value or "" for column, value in row.items() if column is not None}


def _json_rows(file: IO[str], path: Path) -> Iterator[dict[str, str]]:
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line, type=dict[str, object])
        except msgspec.DecodeError:
            raise BadRequest(f"文件 {path} 第 {number} 行不是 JSON 对象,请修改后重试。") from None
        yield {column: _as_text(value) for column, value in row.items()}


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def write_rows(path: Path, rows: Iterable[Mapping[str, object]], *, like: Path | None = None) -> int:
    """Write rows in the form the file name asks for; returns how many. A table is written for whoever wrote `like`: for a
    table program with the mark of UTF-8, without which it shows no Chinese; for a program plain, as its first column's
    name would else not be what it was."""
    count = 0
    marked = like is not None and not _is_json(path) and from_a_table_program(like)
    with _new(path, "utf-8-sig" if marked else "utf-8") as file:
        writer: csv.DictWriter[str] | None = None
        for row in rows:
            if _is_json(path):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            else:
                writer = writer or _start_csv(file, row)
                writer.writerow({column: _as_text(value) for column, value in row.items()})
            count += 1
    return count


def _start_csv(file: IO[str], row: Mapping[str, object]) -> "csv.DictWriter[str]":
    writer = csv.DictWriter(file, fieldnames=list(row), extrasaction="ignore")
    writer.writeheader()
    return writer


def _is_json(path: Path) -> bool:
    return bool({".jsonl", ".ndjson", ".json"} & set(path.suffixes))


@contextmanager
def _new(path: Path, encoding: str) -> Iterator[IO[str]]:
    if path.suffix == ".gz":
        with gzip.open(path, "wt", encoding=encoding, newline="") as file:
            yield file
    else:
        with path.open("w", encoding=encoding, newline="") as file:
            yield file


class Fingerprint:
    """Names this very set of training rows."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns
        self._digest = hashlib.sha256()

    def add(self, row: Mapping[str, str]) -> None:
        told = "\x1f".join(row.get(column) or "" for column in self._columns)
        self._digest.update(told.encode("utf-8", "replace") + b"\x1e")

    def __str__(self) -> str:
        return self._digest.hexdigest()[:16]


def moment(value: str) -> tuple[int, ...]:
    """A sortable time out of 2018/4/24, 2018-04-24 09:32:09 and their like."""
    return tuple(int(part) for part in re.findall(r"\d+", value)[:6])

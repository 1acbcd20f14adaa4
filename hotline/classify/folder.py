"""A model on disk is a folder of data: a manifest, arrays and plain lists, each with its checksum; nothing in it runs."""

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.lib.format import open_memmap

from hotline.classify.quality import Checked
from hotline.infra.errors import HotlineError, InvalidInput

SCHEMA = 1
MANIFEST = "manifest.json"
KEPT = (".npy", ".txt")
LONGEST_MANIFEST = 16 << 20
LONGEST_LIST = 512 << 20
"""Bytes; more is no model of ours, and would only fill the memory."""
LARGEST = 1e9
"""Of any number in a model; with larger ones a score would not be a number any more."""


class BrokenModel(HotlineError):
    """Not a model folder of ours, or not as it was written."""

    code = "broken_model"
    status = 422


class Manifest(msgspec.Struct, forbid_unknown_fields=True):
    """What a model is, where it comes from and how good it was."""

    schema: int
    form: str
    """`text` (words and characters) or `columns` (category columns)."""
    target: str
    labels: list[str]
    features: list[dict[str, Any]]
    columns: dict[str, Any]
    """The columns it was trained on; evaluation and prediction use them unless told otherwise."""
    calibration: dict[str, Any]
    thresholds: dict[str, float]
    """By the precision asked for: from which confidence on nobody need look."""
    scores: dict[str, Any]
    data: dict[str, Any]
    """Fingerprint and number of the training rows."""
    created_at: datetime
    titled: dict[str, float] = {}
    """The same for letters with a title, where the model has learned from letters without one, too."""
    checked: Checked | None = None
    """How it did on texts that it had not learned from, whole; models of an earlier version have none."""
    files: dict[str, str] = {}
    seal: str = ""
    """Checksum of this manifest itself: a threshold changed by hand is noticed."""

    @property
    def fingerprint(self) -> str:
        """Names this very model: the same data and settings give the same one, whenever it is trained."""
        return hashlib.sha256("".join(sorted(self.files.values())).encode()).hexdigest()[:12]

    def sealed(self) -> str:
        told = msgspec.to_builtins(msgspec.structs.replace(self, seal=""))
        if self.checked is None:
            del told["checked"]  # which those who sealed an earlier version's models did not know of
        return hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest()


def refuse_strange(folder: Path) -> None:
    """A model takes the place of the whole folder: one that holds anything but a model is somebody's own work."""
    if not folder.exists():
        return
    inside = list(folder.iterdir())
    ours = all(path.is_file() and (path.name == MANIFEST or path.suffix in KEPT) for path in inside)
    if inside and not (ours and (folder / MANIFEST).exists()):
        raise InvalidInput([("out", f"目录 {folder} 里有模型以外的文件,会被清除;请换一个新的或空的目录。")])


def write(folder: Path, manifest: Manifest, arrays: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> Manifest:
    """Write beside, then put in place: a reader sees the old model or the new one, never a half."""
    refuse_strange(folder)
    beside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        for name, array in arrays.items():
            np.save(beside / f"{name}.npy", array, allow_pickle=False)
        for name, lines in lists.items():
            (beside / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
        manifest.files = {path.name: _sha256(path) for path in sorted(beside.iterdir())}
        manifest.seal = manifest.sealed()
        (beside / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    except OSError:
        shutil.rmtree(beside, ignore_errors=True)  # a full disk is not to be kept full by a half-written model
        raise
    _put_in_place(beside, folder)
    return manifest


def _put_in_place(beside: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    beside.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def read_manifest(folder: Path) -> Manifest:
    """The manifest, once every file named in it has proved to be the one that was written."""
    path = folder / MANIFEST
    try:
        if path.is_file() and path.stat().st_size > LONGEST_MANIFEST:
            raise ValueError("too long")
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise BrokenModel(f"{folder} 不是模型目录(缺少 {MANIFEST}),请用 hotline train 重新训练。") from None
    except (msgspec.DecodeError, OSError, ValueError, RecursionError):
        raise BrokenModel(f"模型 {folder} 的 {MANIFEST} 无法识别,请用 hotline train 重新训练。") from None
    if manifest.schema != SCHEMA:
        raise BrokenModel(
            f"模型 {folder} 的格式版本是 {manifest.schema},本程序使用 {SCHEMA},请用 hotline train 重新训练。"
        )
    if manifest.seal != manifest.sealed():
        raise BrokenModel(f"模型 {folder} 的 {MANIFEST} 被改动,请恢复原文件或用 hotline train 重新训练。")
    for name, digest in manifest.files.items():
        if "/" in name or not _proves(folder / name, digest):
            raise BrokenModel(f"模型 {folder} 的文件 {name} 缺失或被改动,请恢复原文件或用 hotline train 重新训练。")
    return manifest


def _proves(path: Path, digest: str) -> bool:
    """Whether the file is the one that was written; one that nobody may read, or whose name no disk takes, is not."""
    try:
        return path.is_file() and _sha256(path) == digest
    except (OSError, ValueError):
        return False


@contextmanager
def opening(folder: Path) -> Iterator[None]:
    """Whoever wrote the folder may have put anything into it, with checksums that are right: whatever fails while it is
    opened, and not what the library at work happens to raise, is one sentence."""
    try:
        yield
    except BrokenModel:
        raise
    except Exception:
        raise BrokenModel(f"模型 {folder} 的内容与说明不符,请用 hotline train 重新训练。") from None


def demand(sound: object) -> None:
    """What a model must be, said of what was read; inside `opening` only."""
    if not sound:
        raise ValueError("not a sound model")


def read_array(folder: Path, manifest: Manifest, name: str) -> Any:
    """Mapped, not copied: every process that serves the model shares the same memory. Numbers only, and real ones."""
    path = _listed(folder, manifest, f"{name}.npy")
    mapped = open_memmap(path, mode="r")
    array = np.asarray(mapped)  # the same memory without memmap's cost per slice
    demand(array.dtype.kind in "fiu" and array.dtype.isnative and array.flags.c_contiguous)
    # The least and the greatest are no numbers where any is none, and then they are not smaller than anything.
    demand(array.dtype.kind != "f" or not array.size or (array.min() > -LARGEST and array.max() < LARGEST))
    return array


def read_list(folder: Path, manifest: Manifest, name: str) -> list[str]:
    path = _listed(folder, manifest, f"{name}.txt")
    demand(path.stat().st_size <= LONGEST_LIST)
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def _listed(folder: Path, manifest: Manifest, name: str) -> Path:
    if name not in manifest.files:
        raise BrokenModel(f"模型 {folder} 缺少文件 {name},请用 hotline train 重新训练。")
    return folder / name


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""A backup file: one tar with the database's dump and the attachments, each attachment under the SM3 of its content."""

import contextlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives import hashes

from hotline.infra.errors import HotlineError

DUMP = "database.dump"
FILES = "attachments/"
PIECE = 1 << 20


def pack(file: Path, dump: Path, attachments: Path) -> int:
    """Write the tar; the number of attachments in it."""
    found = sorted(attachments.glob("[0-9a-f][0-9a-f]/*"))
    with tarfile.open(file, "w") as tar:
        tar.add(dump, DUMP)
        for path in found:
            tar.add(path, f"{FILES}{path.name}")
    return len(found)


def check(file: Path) -> None:
    """Read everything back; a torn or foreign file, or an attachment that is not what its name says, is refused."""
    broken = f"备份文件 {file.name} 不完整或不是本程序的备份,数据库原样未动。"
    try:
        with tarfile.open(file) as tar:
            members = {member.name: digest(tar.extractfile(member)) for member in tar if member.isfile()}
    except (tarfile.TarError, EOFError, OSError):
        raise HotlineError(broken) from None
    if DUMP not in members or not ends_whole(file):
        raise HotlineError(broken)
    if any(name.startswith(FILES) and name != f"{FILES}{found}" for name, found in members.items()):
        raise HotlineError(f"备份文件 {file.name} 中有附件与其校验值不符,数据库原样未动。")


def ends_whole(file: Path) -> bool:
    """A tar ends with two empty blocks; one that was cut off between two members has none."""
    with file.open("rb") as read:
        read.seek(-1024, os.SEEK_END)
        return not any(read.read())


def digest(content: IO[bytes] | None) -> str:
    found = hashes.Hash(hashes.SM3())
    while content and (piece := content.read(PIECE)):
        found.update(piece)
    return found.finalize().hex()


@contextlib.contextmanager
def unpacked(file: Path, attachments: Path) -> Iterator[Path]:
    """The dump, for as long as it is needed; attachments that are missing are put where they belong, the others stay."""
    with tempfile.TemporaryDirectory(prefix="hotline-restore-") as room, tarfile.open(file) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            if content is None:
                continue
            name = Path(member.name).name
            place = Path(room) / DUMP if member.name == DUMP else attachments / name[:2] / name
            if not place.exists():
                put(content, place)
        yield Path(room) / DUMP


def put(content: IO[bytes], place: Path) -> None:
    """Whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}")
    with beside.open("wb") as into:
        shutil.copyfileobj(content, into, PIECE)
    beside.chmod(0o600)
    beside.replace(place)

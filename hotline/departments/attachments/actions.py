"""Take a file in without ever holding it whole, keep it under its digest, give it out again."""

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives import hashes

from hotline.departments.attachments import store
from hotline.departments.attachments.files import AUDIENCES, Attachment, no_room
from hotline.departments.attachments.form import Form
from hotline.departments.attachments.kinds import SPOKEN, kind_of, safe_name
from hotline.infra.errors import InvalidInput
from hotline.tickets import facts as f
from hotline.tickets.actions import Held
from hotline.tickets.guards import GuardRefused

BUFFER = 1 << 18
STALE = 24 * 3600
"""Seconds after which a file still coming in belongs to a process that is no more."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that has come in whole and is not yet anybody's."""

    path: Path
    digest: str
    size: int
    kind: str
    name: str
    public: bool


def folder(data: Path) -> Path:
    return data / "attachments"


def place(data: Path, digest: str) -> Path:
    """Where the content of this digest lies; two tickets with one file share it."""
    return folder(data) / digest[:2] / digest


@contextlib.asynccontextmanager
async def received(data: Path, boundary: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[Incoming]:
    """The form's file on disk, gone again unless somebody kept it: whatever cuts the upload off leaves nothing."""
    path = await asyncio.to_thread(waiting_room, data)
    try:
        file = await asyncio.to_thread(path.open, "x+b")
        try:
            digest = hashes.Hash(hashes.SM3())

            def sink(piece: bytes) -> None:
                file.write(piece)
                digest.update(piece)

            form = Form(boundary, sink)
            await poured(form, pieces)
            form.check_whole()
            kind = await asyncio.to_thread(settled, file)
        finally:
            await asyncio.to_thread(file.close)
        yield incoming(path, form, digest.finalize().hex(), kind)
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


def waiting_room(data: Path) -> Path:
    """A name nobody else has; what a killed process left here long ago is swept out on the way."""
    room = folder(data) / "incoming"
    room.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = room / secrets.token_hex(16)
    with os.scandir(room) as others:
        found = [(other.path, other.stat().st_mtime) for other in others]
    newest = max((modified for _, modified in found), default=0.0)
    for other, modified in found:
        if modified < newest - STALE:
            Path(other).unlink(missing_ok=True)
    return path


async def poured(form: Form, pieces: AsyncIterator[bytes]) -> None:
    """In a thread and in larger pieces than the network's: the loop goes on with other people's requests."""
    buffer = bytearray()
    async for piece in pieces:
        buffer += piece
        if len(buffer) >= BUFFER:
            await asyncio.to_thread(form.feed, bytes(buffer))
            buffer.clear()
    if buffer:
        await asyncio.to_thread(form.feed, bytes(buffer))


def settled(file: BinaryIO) -> str:
    """On disk for good, and what it is."""
    file.flush()
    os.fsync(file.fileno())
    kind = kind_of(file)
    if kind is None:
        raise InvalidInput([("file", f"不收这种文件。可以上传{SPOKEN};网页和矢量图(SVG)请转成图片或 PDF。")])
    return kind


def incoming(path: Path, form: Form, digest: str, kind: str) -> Incoming:
    audience = form.fields.get("audience", "internal").strip()
    if audience not in AUDIENCES:
        raise InvalidInput([("audience", "audience 应为 internal(内部)或 public(公开)。")])
    return Incoming(path, digest, form.size, kind, safe_name(form.file_name or "", kind), AUDIENCES[audience])


async def attach(held: Held, file: Incoming, data: Path) -> Attachment:
    """One more file of the ticket. Its bytes move last: what a guard refuses never reaches the shelf."""
    files = await store.of_ticket(held.conn, held.ticket.id)
    if refusal := no_room(len(files), sum(other.size for other in files), file.size):
        raise GuardRefused(refusal, ticket_id=held.ticket.id)
    number = len(files) + 1
    await held.do(f.Attach(number=number, kind=file.kind, size=file.size, digest=file.digest, public=file.public))
    added = Attachment(
        ticket_id=held.ticket.id,
        number=number,
        digest=file.digest,
        kind=file.kind,
        size=file.size,
        name=file.name,
        public=file.public,
        at=held.now,
        by=held.actor.person_id,
        by_name=held.actor.name,
        by_unit=held.actor.unit_id,
        from_centre=held.actor.of_centre,
    )
    await store.add(held.conn, added)
    await asyncio.to_thread(shelve, file.path, place(data, file.digest))
    return added


def shelve(path: Path, shelf: Path) -> None:
    """Put a file under its digest; the same content twice is one file."""
    shelf.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o600)
    path.replace(shelf)
    entry = os.open(shelf.parent, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)

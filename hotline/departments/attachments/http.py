"""Files over HTTP: in for whoever works on the ticket, out for whoever may see it, the public ones for the citizen."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response

from hotline.departments.attachments import actions, store
from hotline.departments.attachments.files import Attachment, for_citizen, for_outsiders
from hotline.departments.attachments.form import UNREADABLE, boundary_of
from hotline.directory.http import actor_of
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import BadRequest, NotFound
from hotline.infra.http import answer, now, services, transaction
from hotline.intake.http import looked_up
from hotline.tickets import lifecycle, permissions, privacy
from hotline.tickets import store as tickets
from hotline.tickets.actions import access, hold
from hotline.tickets.http import guarded, ticket_id_of
from hotline.tickets.states import Event
from hotline.tickets.ticket import Ticket

LARGEST_BODY = 51 << 20
"""What a form around the largest file may be; told by its own header, it is refused before a byte is read."""


class AttachmentForm(msgspec.Struct, frozen=True):
    """multipart/form-data: the file, and whether it goes with the internal or the public text."""

    file: Annotated[str, msgspec.Meta(extra_json_schema={"format": "binary"})]
    audience: Literal["internal", "public"] = "internal"


class AttachmentView(msgspec.Struct, frozen=True):
    number: int
    name: str
    kind: str
    size: int
    digest: str
    public: bool
    at: datetime
    by: str
    by_unit: int | None


class Attached(msgspec.Struct, frozen=True):
    ticket_id: int
    version: int
    attachment: AttachmentView


class AttachmentList(msgspec.Struct, frozen=True):
    items: list[AttachmentView]


def shown(file: Attachment) -> AttachmentView:
    at = file.at.astimezone(BEIJING)
    return AttachmentView(
        file.number, file.name, file.kind, file.size, file.digest, file.public, at, file.by_name, file.by_unit
    )


async def upload(request: Request) -> Response:
    """POST /api/v1/tickets/{id}/attachments"""
    actor, ticket_id, data = actor_of(request), ticket_id_of(request), services(request).settings.data
    # Asked before the first byte is taken, and again when the ticket is held.
    async with services(request).pool.acquire() as conn:
        ticket = await access(conn, ticket_id, actor=actor)
    permissions.check(actor, Event.ATTACH, ticket)
    lifecycle.ways(ticket, Event.ATTACH)
    boundary = boundary_of(request.headers.get("content-type", ""))
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > LARGEST_BODY:
        raise BadRequest("单个附件不超过 50 MB,请压缩或分开上传。")
    async with actions.received(data, boundary, pieces(request)) as file, transaction(request) as conn:
        held = await hold(conn, ticket_id, actor=actor, now=now(request))
        lifecycle.ways(held.ticket, Event.ATTACH)
        added = await actions.attach(held, file, data)
    return answer(Attached(ticket_id, held.ticket.version, shown(added)), 201)


async def pieces(request: Request) -> AsyncIterator[bytes]:
    try:
        async for piece in request.stream():
            yield piece
    except ClientDisconnect as gone:
        raise BadRequest(UNREADABLE) from gone


async def seen(conn: Connection, request: Request, ticket: Ticket) -> list[Attachment]:
    files = await store.of_ticket(conn, ticket.id)
    return for_outsiders(files) if privacy.hidden_from(actor_of(request), ticket) else files


async def listing(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/attachments"""
    async with services(request).pool.acquire() as conn:
        ticket = await access(conn, ticket_id_of(request), actor=actor_of(request))
        files = [shown(file) for file in await seen(conn, request, ticket)]
        return answer(await guarded(conn, request, ticket, AttachmentList(files)))


async def download(request: Request) -> Response:
    """GET /api/v1/tickets/{id}/attachments/{number}"""
    async with services(request).pool.acquire() as conn:
        ticket = await access(conn, ticket_id_of(request), actor=actor_of(request))
        found = {str(file.number): file for file in await seen(conn, request, ticket)}
    name = f"{ticket.id}-" if privacy.hidden_from(actor_of(request), ticket) else ""
    return sent(request, found.get(request.path_params["number"]), name=name)


class PublicAttachment(msgspec.Struct, frozen=True):
    """A file as the citizen sees it: `file` stands in its address."""

    file: str
    name: str
    kind: str
    size: int


class PublicAttachments(msgspec.Struct, frozen=True):
    items: list[PublicAttachment]


async def public_files(conn: Connection, ticket: Ticket) -> dict[str, Attachment]:
    """The public files of a request, and of the one it was merged into."""
    found = {str(f.number): f for f in for_citizen(ticket, await store.of_ticket(conn, ticket.id))}
    master = await tickets.load(conn, ticket.master_id) if ticket.master_id else None
    if master is not None:
        found |= {f"m{f.number}": f for f in for_citizen(master, await store.of_ticket(conn, master.id))}
    return found


async def files_by_code(request: Request, code: str, last4: str) -> dict[str, Attachment]:
    async with services(request).pool.acquire() as conn:
        ticket = await looked_up(conn, code, last4, services(request).cipher)
        return await public_files(conn, ticket)


async def public_list(request: Request, code: str, last4: str) -> list[PublicAttachment]:
    files = await files_by_code(request, code, last4)
    return [PublicAttachment(key, file.name, file.kind, file.size) for key, file in files.items()]


async def public_listing(request: Request) -> Response:
    """GET /api/v1/public/requests/{query_code}/attachments?phone_last4="""
    last4 = request.query_params.get("phone_last4", "")
    return answer(PublicAttachments(await public_list(request, request.path_params["query_code"], last4)))


async def public_download(request: Request) -> Response:
    """GET /api/v1/public/requests/{query_code}/attachments/{file}?phone_last4="""
    last4 = request.query_params.get("phone_last4", "")
    return await public_file(request, request.path_params["query_code"], last4, request.path_params["file"])


async def public_file(request: Request, code: str, last4: str, key: str) -> Response:
    return sent(request, (await files_by_code(request, code, last4)).get(key))


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}
"""Saved, never opened in our own name: whatever a file holds, it holds no power here."""


def sent(request: Request, file: Attachment | None, *, name: str = "") -> Response:
    if file is None:
        raise NotFound("没有这个附件。")
    path: Path = actions.place(services(request).settings.data, file.digest)
    if not path.is_file():
        raise NotFound("附件文件不在存储中,请联系系统管理员。")
    # Of a secret ticket not even the name goes out: it may be the caller's own words.
    called = f"{name}{file.number}.{file.name.rpartition('.')[2]}" if name else file.name
    return FileResponse(path, headers=HEADERS, media_type=file.kind, filename=called)

"""A file of mail addresses: looked at row by row, then taken in."""

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.directory.people import By
from hotline.directory.store import append_security
from hotline.infra.db import Connection
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.intake.sheets.http import uploaded_rows
from hotline.notices.actions import usual
from hotline.notices.addresses import store
from hotline.notices.addresses.address import COLUMNS, AddressRow, Given, given, looked_at
from hotline.notices.wishes import QUIET

MOST = 5_000


class AddressFile(msgspec.Struct, frozen=True):
    """Sent as a form."""

    file: str
    """CSV or XLSX with the columns 登录名 and 邮箱, and 姓名 if you like."""


class AddressRows(msgspec.Struct, frozen=True):
    rows: list[AddressRow]


class AddressIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    login: Annotated[str, Meta(max_length=100)]
    mail: Annotated[str, Meta(max_length=200)]
    name: Annotated[str, Meta(max_length=100)] = ""


class AddressesBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rows: Annotated[tuple[AddressIn, ...], Meta(min_length=1, max_length=MOST)]


class AddressesTaken(msgspec.Struct, frozen=True):
    kept: int
    rows: list[AddressRow]
    """What was refused."""


async def look(request: Request) -> Response:
    """POST /api/v1/notices/addresses/table: what each row would do; nothing is kept."""
    rows = given(await uploaded_rows(request, COLUMNS))
    async with services(request).pool.acquire() as conn:
        return answer(AddressRows(await seen(request, conn, rows)))


async def seen(request: Request, conn: Connection, rows: list[Given]) -> list[AddressRow]:
    return looked_at(rows, await store.accounts(conn, [row.login for row in rows], services(request).cipher))


async def take(request: Request) -> Response:
    """POST /api/v1/notices/addresses: the good rows are taken, the others come back with the reason."""
    body, actor, at = await json_body(request, AddressesBody), actor_of(request), now(request)
    settings, cipher = services(request).settings, services(request).cipher
    rows = [Given(row.login.strip(), row.mail.strip(), row.name.strip()) for row in body.rows]
    async with transaction(request) as conn:
        known = await store.accounts(conn, [row.login for row in rows], cipher)
        found = looked_at(rows, known)
        good = [row for row in found if row.change in ("new", "changed")]
        for row in good:
            person = known[row.login].person_id
            await store.put(conn, person, cipher.encrypt(row.mail), usual(settings), QUIET, at)
            await append_security(conn, "person_changed", By(actor, at), person_id=person)
    return answer(AddressesTaken(len(good), [row for row in found if row.change == "refused"]))

"""The catalogue over HTTP."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import directory_of
from hotline.directory.staff.http import MOST, by, number, words_of
from hotline.directory.tree.http import number_of
from hotline.infra.clock import BEIJING
from hotline.infra.http import answer, json_body, now, services, transaction
from hotline.intake.sheets.http import uploaded_rows
from hotline.routing.catalogue import Entry
from hotline.routing.editing import actions
from hotline.routing.editing.entries import LONGEST_BASIS, MOST_ASSISTS, ListedEntry, found_among, view
from hotline.routing.loading.rows import COLUMNS
from hotline.routing.store import load_catalogue, load_categories

Code = Annotated[str, Meta(min_length=1, max_length=30)]
MOST_AT_ONCE = 500


class PutEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry that begins on `valid_from`; the one for the same matter and place ends on that day."""

    category: Annotated[str, Meta(min_length=2, max_length=6)]
    lead: Code
    basis: Annotated[str, Meta(min_length=1, max_length=LONGEST_BASIS)]
    valid_from: date
    region: Annotated[str, Meta(max_length=12)] | None = None
    assist: Annotated[tuple[Code, ...], Meta(max_length=MOST_ASSISTS)] = ()
    clear: bool = False
    valid_to: date | None = None
    replaces: Annotated[str, Meta(max_length=64)] | None = None
    """The `mark` of the entry on the editor's screen; 409 when it is no longer so. null: none was, and one that begins
    on the same day is not written over."""


class EndEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    day: date
    """The first day on which it is no longer in force."""


class EntryPage(msgspec.Struct, frozen=True):
    total: int
    items: list[ListedEntry]
    next_cursor: str | None


class Ended(msgspec.Struct, frozen=True):
    entry: ListedEntry | None
    """null: it had not begun and is gone."""


class TableForm(msgspec.Struct, frozen=True):
    """multipart/form-data with a CSV or XLSX file in the form of the shipped catalogue."""

    file: Annotated[str, Meta(extra_json_schema={"format": "binary"})]


class Table(msgspec.Struct, frozen=True):
    columns: list[str]
    rows: list[dict[str, str]]


class RowsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rows: Annotated[list[dict[str, str]], Meta(min_length=1, max_length=MOST_AT_ONCE)]


class RejectedRow(msgspec.Struct, frozen=True):
    row: dict[str, str]
    reason: str


class RowsTaken(msgspec.Struct, frozen=True):
    added: int
    known: int
    """There already, word for word."""
    rejected: list[RejectedRow]


async def listing(request: Request) -> Response:
    """GET /api/v1/directory/catalogue?q=&category=&standing=&cursor=&limit="""
    limit, start = number(request, "limit", MOST, 50) or 50, number(request, "cursor", 10**6, 0) or 0
    directory, day = await directory_of(request), now(request).astimezone(BEIJING).date()
    async with services(request).pool.acquire() as conn:
        catalogue, tree = await load_catalogue(conn), (await load_categories(conn)).tree
    entries = sorted(catalogue.entries, key=lambda e: (e.category, e.region or "", e.valid_from, e.id))
    views = (view(entry, directory, tree, day) for entry in entries)
    wanted = [words_of(request, name) or "" for name in ("q", "category", "standing")]
    found = list(found_among(views, *wanted))
    end = start + limit
    return answer(EntryPage(len(found), found[start:end], str(end) if end < len(found) else None))


async def shown(request: Request, entry: Entry) -> ListedEntry:
    directory, day = await directory_of(request), now(request).astimezone(BEIJING).date()
    async with services(request).pool.acquire() as conn:
        return view(entry, directory, (await load_categories(conn)).tree, day)


async def put(request: Request) -> Response:
    """POST /api/v1/catalogue"""
    body = await json_body(request, PutEntry)
    async with transaction(request) as conn:
        made = await actions.put(conn, entry_of(body), by(request), replaces=body.replaces)
    return answer(await shown(request, made), 201)


def entry_of(body: PutEntry) -> Entry:
    return Entry(
        id=0,
        category=body.category,
        region=body.region or None,
        lead=body.lead,
        assist=tuple(dict.fromkeys(body.assist)),
        basis=body.basis.strip(),
        clear=body.clear,
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        source="edited",
    )


async def end(request: Request) -> Response:
    """POST /api/v1/catalogue/{entry_id}/end"""
    entry_id, body = number_of(request, "entry_id", "条目"), await json_body(request, EndEntry)
    async with transaction(request) as conn:
        left = await actions.end(conn, entry_id, body.day, by(request))
    return answer(Ended(await shown(request, left) if left else None))


async def table(request: Request) -> Response:
    """POST /api/v1/catalogue/table: a file as rows, to be sent on in parts; nothing is kept."""
    return answer(Table(list(COLUMNS), await uploaded_rows(request, COLUMNS)))


async def take_rows(request: Request) -> Response:
    """POST /api/v1/catalogue/rows"""
    body = await json_body(request, RowsBody)
    async with transaction(request) as conn:
        taken = await actions.take_rows(conn, body.rows, by(request))
    rejected = [RejectedRow({str(k): str(v) for k, v in row.items()}, why) for row, why in taken.rejected]
    return answer(RowsTaken(taken.added, taken.known, rejected))

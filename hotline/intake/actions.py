"""How a citizen's words become a ticket: check, number, store, and let the rest follow."""

import contextlib
import csv
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from hotline.directory.aliases import store as aliases
from hotline.directory.gazetteer.store import load_place_names
from hotline.directory.people import CITIZEN, SYSTEM, Actor
from hotline.directory.store import load_directory
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import FieldCipher, sm3
from hotline.infra.db import Connection, Pool
from hotline.infra.errors import BadRequest, InvalidInput, NotFound
from hotline.infra.outbox import follow
from hotline.infra.texts import UnknownText, open_text
from hotline.infra.words import search_terms, tidy
from hotline.intake import duplicates, form, numbers, store, tables
from hotline.intake.lift import lift
from hotline.intake.store import Pair
from hotline.tickets import actions as tickets
from hotline.tickets import facts as f
from hotline.tickets import store as records
from hotline.tickets.actions import Held
from hotline.tickets.states import OPEN, Channel, State

LOOK_BACK = timedelta(days=30)
REPEAT_WINDOW = LOOK_BACK
"""Within this many days the same caller's same matter is a repeat (docs/rules.md E.3, 18)."""


class Received(msgspec.Struct, frozen=True):
    ticket_id: int
    query_code: str
    created: bool
    version: int


async def receive(
    conn: Connection,
    request: form.Accepted,
    *,
    actor: Actor,
    now: datetime,
    cipher: FieldCipher,
    draft: bool = False,
    proposed: int | None = None,
) -> Received:
    """Make the ticket, once: the same external number gives the same ticket again."""
    channel = request.fact.channel.value
    if request.external_id and (pair := await store.known(conn, channel, request.external_id)):
        return Received(pair.ticket_id, pair.query_code, False, 0)
    region = request.fact.region or await region_from(conn, request)
    matter = msgspec.structs.replace(request.matter, place=request.matter.place or await place_from(conn, request, now))
    facts: list[f.Fact] = [msgspec.structs.replace(request.fact, region=region)]
    if request.category:
        facts.append(f.Classify(category=request.category))
    if not draft:
        facts.append(f.Register())
    code = numbers.query_code(secrets.token_bytes(numbers.LENGTH))
    # A savepoint only where another sender may be faster.
    async with conn.transaction() if request.external_id else contextlib.nullcontext():
        held = await tickets.create(
            conn,
            facts,
            matter,
            request.petitioner,
            actor=actor,
            now=now,
            cipher=cipher,
            query_code=code,
        )
        pair = Pair(held.ticket.id, code)
        if request.external_id and not await store.claim(conn, channel, request.external_id, pair):
            raise AlreadyThere
        if not draft:
            await follow(conn, "ticket.registered", held.ticket.id, {"proposed": proposed} if proposed else None)
    return Received(pair.ticket_id, pair.query_code, True, held.ticket.version)


class AlreadyThere(Exception):
    """Another sender of the same letter was faster by a moment."""


async def receive_once(conn: Connection, request: form.Accepted, **how: Any) -> Received:
    """`receive`, and the other's pair when two senders of one letter came at the same moment."""
    try:
        return await receive(conn, request, **how)
    except AlreadyThere:
        pair = await store.known(conn, request.fact.channel.value, request.external_id or "")
        assert pair is not None
        return Received(pair.ticket_id, pair.query_code, False, 0)


async def register(held: Held) -> None:
    """Into the pool; what follows is the classifier."""
    await held.do(f.Register())
    await follow(held.conn, "ticket.registered", held.ticket.id)


async def region_from(conn: Connection, request: form.Accepted) -> str | None:
    """The deepest region that address or text name for certain."""
    directory = await load_directory(conn)
    for text in (request.matter.address, request.matter.title, request.matter.content):
        located = directory.finder.locate(text) if text else None
        if located:
            return located.region.code
    return None


READ_FOR_PLACE = 2_000
"""Characters of a letter; a place is named early."""


async def place_from(conn: Connection, request: form.Accepted, now: datetime) -> str:
    """Where it is, as the words have it: of an address that the writer left open, the fullest place that is named."""
    if request.matter.address:
        return ""
    text = f"{request.matter.title}。{request.matter.content}"[:READ_FOR_PLACE]
    finder = (await load_directory(conn)).finder
    regions = [(mention.start, mention.end) for mention in finder.mentions(text)]
    names = await load_place_names(conn)
    found = lift(text, today=now.astimezone(BEIJING).date(), regions=regions, names=names)
    return max((one.value for one in found if one.kind == "place"), key=len, default="")[: form.LONGEST["place"]]


async def answer_directly(held: Held, answer: str, article_id: int | None = None) -> None:
    """直接答复: the agent's answer is kept and the ticket ends."""
    text = tidy(answer)
    if not text:
        raise InvalidInput([("answer", "请填写答复内容。")])
    await held.do(f.AnswerDirectly(article_id=article_id, digest=sm3(text.encode()).hex()))
    await store.save_answer(held.conn, held.ticket.id, text)
    await follow(held.conn, "ticket.answered", held.ticket.id)


async def merge(held: Held, master_id: int) -> None:
    """并单: this ticket becomes a child of an open one; the citizen keeps their own number and code.

    Who had already called about it has called again: that is an urging of the first (docs/rules.md C.3, 5)."""
    # Held too: of two that are merged into each other at one moment, one must see that the other is gone.
    master = (await tickets.hold(held.conn, master_id, actor=held.actor, now=held.now)).ticket
    if master.state not in OPEN or master.state is State.DRAFT:
        raise NotFound(f"主单 {master_id} 已结束或未提交,不能并入。")
    if master.master_id is not None:
        raise InvalidInput([("master_id", f"工单 {master_id} 本身是并单,请并入它的主单。")])
    if await records.has_children(held.conn, held.ticket.id):
        raise InvalidInput([("master_id", f"工单 {held.ticket.id} 下已有并单,请把另一件并入它,或先撤销它的并单。")])
    again = await store.same_caller(held.conn, held.ticket.id, master_id)
    await held.do(f.Merge(master_id=master_id, same_caller=again))
    if master.state is State.CALLBACK:
        await follow(held.conn, "master.moved", master_id)
    if again:
        first = await tickets.hold(held.conn, master_id, actor=CITIZEN, now=held.now)
        await first.do(f.Urge(origin="citizen", text=f"同一诉求人再次反映,见并单 {held.ticket.id}。"))


async def unmerge(held: Held) -> None:
    await held.do(f.Unmerge())
    await follow(held.conn, "ticket.registered", held.ticket.id)


async def similar_to(
    conn: Connection, text: str, *, phone: str | None, now: datetime, cipher: FieldCipher, but: int | None = None
) -> list[duplicates.Similar]:
    """Earlier requests that may be about the same matter; for the agent's eyes, never merged by itself."""
    index = cipher.blind_index(phone) if phone else None
    found = await store.earlier(conn, phone_index=index, query=any_of(text), since=now - LOOK_BACK)
    return [s for s in duplicates.similar(text, found) if s.id != but]


def any_of(text: str) -> str | None:
    """A search for texts that share words of two and more characters; the quoting is PostgreSQL's own."""
    terms = [term for term in search_terms(text) if len(term) > 1 and not term.isdigit()][:30]
    return " | ".join("'" + term.replace("\\", "\\\\").replace("'", "''") + "'" for term in terms) or None


class Imported(msgspec.Struct, frozen=True):
    """What became of a file: rows read, tickets made, rows known before, rows refused."""

    rows: int
    created: int
    known: int
    rejected: int
    rejected_file: str | None


Progress = Callable[[int, int | None], None]
"""(rows done, rows in all if known)"""


async def import_file(
    pool: Pool,
    path: Path,
    *,
    channel: Channel,
    clock: Callable[[], datetime],
    cipher: FieldCipher,
    progress: Progress = lambda done, of: None,
) -> Imported:
    """Letters of a CSV, XLSX or JSON Lines file into tickets. Good rows are kept whatever the bad ones are; the same file
    again makes no second ticket, so an import that was cut off is simply started again."""
    total = count_rows(path)
    created = known = 0
    rejected: list[tuple[dict[str, Any], str]] = []
    fields: dict[str, str] | None = None
    named: dict[str, Counter[str]] = {}
    for number, row in enumerate(rows_of(path), start=1):
        fields = fields if fields is not None else known_columns(path, list(row))
        try:
            received = await import_row(pool, row, fields, channel, now=clock(), cipher=cipher)
            created, known = created + received.created, known + (not received.created)
        except InvalidInput as wrong:
            rejected.append((row, wrong.message))
        if unit := tables.unit_named(row):
            named.setdefault(unit, Counter())[tables.matter_named(row)] += 1
        progress(number, total)
    if named:
        async with pool.acquire() as conn, conn.transaction():
            await aliases.heard(conn, named, clock())
    beside = path.with_name(f"{path.name}.rejected.csv")
    write_rejected(beside, rejected)
    return Imported(created + known + len(rejected), created, known, len(rejected), str(beside) if rejected else None)


def known_columns(path: Path, headings: list[str]) -> dict[str, str]:
    fields = tables.fields_of(headings)
    if "content" not in fields:
        raise BadRequest(f"{path.name} 里没有内容一列(content、内容、留言详情等),现有列:{'、'.join(headings)[:200]}。")
    return fields


async def import_row(
    pool: Pool, row: dict[str, Any], fields: dict[str, str], channel: Channel, *, now: datetime, cipher: FieldCipher
) -> Received:
    asked = tables.letter(row, fields, channel.value, prefix="")
    async with pool.acquire() as conn, conn.transaction():
        regions = (await load_directory(conn)).regions
        request = form.read_letter(asked, regions)
        return await receive_once(conn, request, actor=SYSTEM, now=now, cipher=cipher)


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The rows as dictionaries; a file that cannot be read is one sentence."""
    kind = "".join(path.suffixes[-2:]).removesuffix(".gz").rpartition(".")[2].lower()
    try:
        if kind in ("xlsx", "xlsm"):
            yield from sheet_rows(path)
        elif kind in ("jsonl", "ndjson"):
            yield from json_rows(path)
        elif kind in ("csv", "txt"):
            with open_text(path) as file:
                yield from csv.DictReader(file)
        else:
            raise BadRequest(f"不认识的文件类型 {path.name},请给 CSV、XLSX 或 JSON Lines 文件。")
    except FileNotFoundError:
        raise BadRequest(f"找不到文件 {path}。") from None
    except UnknownText:
        raise BadRequest(
            f"{path.name} 的文字编码既不是 UTF-8 也不是 GB 18030(GBK),请在 Excel 中另存为“CSV UTF-8”或 XLSX 后再导入。"
        ) from None
    except (csv.Error, OSError, EOFError) as wrong:
        raise BadRequest(f"{path.name} 读不下去({wrong}),请检查文件后再导入;已导入的不会重复。") from None


def json_rows(path: Path) -> Iterator[dict[str, Any]]:
    with open_text(path) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = msgspec.json.decode(line)
            except msgspec.DecodeError:
                row = {"content": "", "line": f"第 {number} 行不是有效的 JSON"}
            yield row if isinstance(row, dict) else {"content": "", "line": f"第 {number} 行不是 JSON 对象"}


def sheet_rows(path: Path) -> Iterator[dict[str, Any]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    with path.open("rb") as file:
        try:
            sheet = load_workbook(file, read_only=True, data_only=True).worksheets[0]
        except (InvalidFileException, BadZipFile, KeyError, ValueError) as wrong:
            raise BadRequest(f"{path.name} 不是有效的 XLSX 文件。") from wrong
        rows = sheet.iter_rows(values_only=True)
        headings = [str(cell or "") for cell in next(rows, ())]
        for row in rows:
            if any(cell is not None for cell in row):
                yield dict(zip(headings, row, strict=False))


def count_rows(path: Path) -> int | None:
    """How many rows are to be expected, for the progress bar; None where counting would mean reading twice."""
    if path.suffix in (".xlsx", ".xlsm") or not path.is_file():
        return None
    try:
        with open_text(path) as file:
            return max(
                0, sum(1 for line in file if line.strip()) - (not path.name.removesuffix(".gz").endswith("jsonl"))
            )
    except (UnknownText, OSError, EOFError):
        return None


def write_rejected(path: Path, rejected: list[tuple[dict[str, Any], str]]) -> None:
    """The refused rows with a reason each; no file when nothing was refused."""
    if not rejected:
        path.unlink(missing_ok=True)
        return
    headings = list(dict.fromkeys(key for row, _ in rejected for key in row if key))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, ["退回原因", *headings], extrasaction="ignore")
        writer.writeheader()
        for row, reason in rejected:
            writer.writerow({"退回原因": reason, **row})

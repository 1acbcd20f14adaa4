"""台账: every ticket of the span is a row, nobody's secret is in it, and who took it is on record."""

import asyncio
import csv
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from openpyxl import load_workbook
from xlsxwriter import Workbook

from hotline.directory.people import Actor, Role
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import open_pool
from hotline.infra.errors import Conflict, InvalidInput, NotFound
from hotline.infra.http import Services
from hotline.infra.settings import Settings
from hotline.reports.ledger import actions, store
from hotline.reports.ledger.actions import Cancelled, opened, put_order, take_out
from hotline.reports.ledger.columns import Names, Row, cells, open_to
from hotline.reports.ledger.desk import actions as desk
from hotline.reports.ledger.order import LedgerFilters, LedgerOrder, faults
from hotline.tickets import store as tickets
from hotline.tickets.states import State
from tests.conftest import TurnedClock
from tests.store.test_kept_sums import Lived
from tests.walks import START

SPAN = date(2026, 3, 1), date(2026, 3, 31)
MADE: dict[str, Any] = {"by": "张敏", "purpose": "三月月报核对", "clock": lambda: START}


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_span_is_taken_out_whole_or_not_at_all_and_is_on_record(
    fresh_database: str, cipher: FieldCipher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, out = await open_pool(fresh_database, max_size=2), tmp_path / "三月.csv"
    async with pool.acquire() as conn:
        await tickets.ensure_partitions(conn, START.date())
        for seed in range(12):
            await Lived(seed, cipher).go(conn, 8)
        secret = await conn.fetchval(
            "UPDATE ticket SET confidential = true WHERE id = (SELECT min(id) FROM ticket) RETURNING id"
        )
        await conn.execute(
            "UPDATE matter SET title = '=HYPERLINK(1)' WHERE ticket_id = (SELECT max(id) FROM ticket WHERE state <> 'draft')"
        )
        of = await conn.fetchval("SELECT count(*) FROM ticket WHERE state <> 'draft' OR false")
    seen: list[tuple[int, int]] = []
    assert await take_out(pool, SPAN[0], SPAN[1], out, **MADE, told=lambda *said: seen.append(said)) == of
    with out.open(encoding="utf-8-sig", newline="") as written:
        mark, heads, *rows = list(csv.reader(written))
    assert "张敏" in mark[0] and "三月月报核对" in mark[0] and heads[0] == "工单编号"
    assert len(rows) == of and seen[-1] == (of, of)
    shown = {row[0]: row for row in rows}
    assert str(secret) not in shown or shown[str(secret)][5] == "保密工单"
    assert [row[5] for row in rows if "HYPERLINK" in row[5]] == ["'=HYPERLINK(1)"]
    assert "13912345678" not in out.read_text(encoding="utf-8") and "王芳" not in out.read_text(encoding="utf-8")

    def gives_up(done: int, of: int) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(store, "TOGETHER", 3)
    for broken in (tmp_path / "再来.csv", tmp_path / "再来.xlsx"):
        with pytest.raises(asyncio.CancelledError):
            await take_out(pool, SPAN[0], SPAN[1], broken, **MADE, told=gives_up)
    assert names_in(tmp_path) == ["三月.csv"], "half a file is no file"
    assert await take_out(pool, SPAN[0], SPAN[1], tmp_path / "三月.xlsx", **MADE, told=lambda done, of: None) == of
    async with pool.acquire() as conn:
        kept = await conn.fetch("SELECT by_name, purpose, rows, whole FROM taken_out ORDER BY id")
        assert [(row["rows"], row["whole"]) for row in kept] == [(of, True), (3, False), (3, False), (of, True)]
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await conn.execute("UPDATE taken_out SET purpose = '别的'")
    with pytest.raises(InvalidInput, match="用途"):
        await take_out(pool, SPAN[0], SPAN[1], out, **{**MADE, "purpose": " "}, told=lambda done, of: None)
    await pool.close()


FILTERED = LedgerOrder(
    *SPAN,
    "核对",
    "xlsx",
    ("id", "name", "phone", "content"),
    LedgerFilters(states=(State.REGISTERED, State.DISPATCHED, State.IN_PROGRESS)),
)


async def ordered(conn: Any, who: Actor, order: LedgerOrder = FILTERED) -> int:
    return await put_order(conn, order, START, who=who, by_page=True)


async def supervisor(conn: Any) -> Actor:
    number = await conn.fetchval("INSERT INTO person (name) VALUES ('周岚') RETURNING id")
    await conn.execute(
        "INSERT INTO account (person_id, username, password_hash) VALUES ($1, 'zhou', '$argon2id$x')", number
    )
    await conn.execute("INSERT INTO person_role VALUES ($1, 'supervisor')", number)
    found = await store.asker(conn, login="zhou")
    assert found is not None
    return found


async def test_a_worker_writes_what_a_desk_asked_for_masked_and_gives_up_what_is_cancelled(
    fresh_database: str,
    settings: Settings,
    cipher: FieldCipher,
    clock: TurnedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = await open_pool(fresh_database, max_size=4)
    services = Services(settings, pool, clock, cipher)
    async with pool.acquire() as conn:
        await tickets.ensure_partitions(conn, START.date())
        for seed in range(14):
            await Lived(seed, cipher).go(conn, 8)
        wanted = await conn.fetch(
            "SELECT id, confidential FROM ticket WHERE state IN ('registered', 'dispatched', 'in_progress') ORDER BY id"
        )
        who = await supervisor(conn)
        number = await ordered(conn, who)
        cancelled = await ordered(conn, who)
        with pytest.raises(Conflict, match="正在生成"):
            await ordered(conn, who)
        await desk.cancel(conn, cancelled, START, who=who)
        with pytest.raises(Conflict, match="已经结束"):
            await desk.cancel(conn, cancelled, START, who=who)
        with pytest.raises(NotFound):
            await desk.mine(conn, number, Actor("别人", who.roles, 999))
    assert await desk.write_next(services) is True
    assert await desk.write_next(services) is False, "nothing is left that anybody waits for"
    async with pool.acquire() as conn:
        made = await desk.mine(conn, number, who)
        assert (made.done, made.of, made.whole) == (len(wanted), len(wanted), True) and wanted
        path = desk.place(settings.data, made)
        with closing(load_workbook(path, read_only=True)) as book:
            rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
        assert rows[0] == ("工单编号", "诉求内容", "诉求人", "联系电话")
        assert [int(row[0]) for row in rows[1:]] == [row["id"] for row in wanted]
        for ticket, row in zip(wanted, rows[1:], strict=True):
            shown = ("保密工单",) * 3 if ticket["confidential"] else (row[1], "王*", "139****5678")
            assert row[1:] == shown and "13912345678" not in str(row)
        # Killed in the middle: silent for a minute, then another worker begins anew.
        again = await ordered(conn, who)
        await conn.execute("UPDATE taken_out SET seen_at = now() - interval '50 seconds' WHERE id = $1", again)
        assert await desk.write_next(services) is False
        await conn.execute("UPDATE taken_out SET seen_at = now() - interval '70 seconds' WHERE id = $1", again)
        path.with_name(f".{again}.xlsx.4711").write_bytes(b"half")
        path.with_name(f".{again}.xlsx.4711.parts").mkdir()
        path.with_name(f".{again}.xlsx.4711.parts").joinpath("sheet").write_bytes(b"half")
        assert await desk.write_next(services) is True
        # Cancelled at the desk when a part of the workbook is written: it leaves no file, and says how far it had come.
        before = names_in(desk.folder(settings.data))
        half, still_wanted = await ordered(conn, who), actions._still_wanted

        async def cancelled_meanwhile(noting: Any, job: actions.Job, progress: actions.Progress) -> None:
            if progress.done:
                await desk.cancel(conn, half, START, who=who)
            await still_wanted(noting, job, progress)

        with monkeypatch.context() as patched:
            patched.setattr(store, "TOGETHER", 3)
            patched.setattr(actions, "_still_wanted", cancelled_meanwhile)
            assert await desk.write_next(services) is True
        assert (found := await desk.mine(conn, half, who)).whole is False and found.ended_at
        assert names_in(desk.folder(settings.data)) == before, "half a workbook is no workbook"
        # Or when its last row is written and it is being packed.
        half = await ordered(conn, who)
        packed = Workbook.close

        def cancelled_while_packed(book: Any) -> None:
            packed(book)
            asyncio.run_coroutine_threadsafe(desk.cancel(conn, half, START, who=who), loop).result(10)

        loop = asyncio.get_running_loop()
        with monkeypatch.context() as patched:
            patched.setattr(Workbook, "close", cancelled_while_packed)
            assert await desk.write_next(services) is True
        assert (found := await desk.mine(conn, half, who)).whole is False and found.done == found.of
        assert names_in(desk.folder(settings.data)) == before, "cancelled is cancelled"
        # A role that was taken away meanwhile opens nothing.
        late = await ordered(conn, who)
        await conn.execute("DELETE FROM person_role WHERE person_id = $1", who.person_id)
        await desk.write_next(services)
        assert (await desk.mine(conn, late, who)).problem.startswith("导出人的岗位已变")
    await desk.forget_expired(services)
    assert sorted(names_in(desk.folder(settings.data))) == sorted([f"{number}.xlsx", f"{again}.xlsx"])
    clock.advance(timedelta(days=8))
    await desk.forget_expired(services)
    assert names_in(desk.folder(settings.data)) == []
    await pool.close()


def test_what_nobody_wants_any_more_is_thrown_away_and_not_packed_first(tmp_path: Path) -> None:
    made = tmp_path / ".7.xlsx.4711"
    with pytest.raises(Cancelled), opened(made, "xlsx", ("工单编号",), "导出人 周岚") as write:
        write(("20260301",))
        assert [path.name for path in tmp_path.iterdir()] == [f"{made.name}.parts"]
        raise Cancelled("已取消。")
    assert names_in(tmp_path) == []
    with opened(made, "xlsx", ("工单编号",), "导出人 周岚") as write:
        write(("20260301",))
    assert names_in(tmp_path) == [made.name]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"purpose": " "}, "purpose"),
        ({"last": date(2026, 2, 1)}, "to"),
        ({"last": date(2036, 2, 1)}, "to"),
        ({"columns": ("id", "password")}, "columns"),
        ({"columns": ()}, "columns"),
        ({"columns": ("id", "phone")}, "columns"),
    ],
)
def test_an_order_that_cannot_be_is_told_why(changed: dict[str, Any], field: str) -> None:
    leader = Actor("市长", frozenset({Role.CITY_LEADER}), 1)
    order = msgspec.structs.replace(LedgerOrder(*SPAN, "核对"), **changed)
    assert [name for name, _ in faults(order, {column.key for column in open_to(leader)})] == [field]


def test_what_anybody_wrote_is_masked_in_the_file() -> None:
    row = Row(1, START, "phone", None, None, "张伟反映", "张伟电话13812345678，请回", "=1", "registered", None, None, None, 0, 0,
              False, "complaint", "normal", "张伟", "13812345678")  # fmt: skip
    assert cells(row, Names({}, {}, {}), ("title", "content", "address", "name", "phone")) == (
        "***反映",
        "***电话***，请回",
        "'=1",
        "张*",
        "138****5678",
    )

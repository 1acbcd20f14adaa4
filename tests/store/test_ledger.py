"""台账: every ticket of the span is a row, nobody's secret is in it, and who took it is on record."""

import asyncio
import csv
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import open_pool
from hotline.infra.errors import InvalidInput
from hotline.reports.ledger import store
from hotline.reports.ledger.actions import take_out
from hotline.tickets import store as tickets
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

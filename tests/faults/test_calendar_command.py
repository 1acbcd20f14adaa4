"""`hotline calendar`: look first, then apply."""

from pathlib import Path

import asyncpg
import pytest

from tests.conftest import SECRETS
from tests.faults.command import Said, command


def asked(url: str, tmp_path: Path, *words: str) -> Said:
    environ = {**SECRETS, "HOTLINE_DATABASE_URL": url, "HOTLINE_DATA": str(tmp_path)}
    return command(("calendar", *words), environ, tmp_path)


async def test_a_day_is_looked_at_then_set_then_a_usual_day_again(fresh_database: str, tmp_path: Path) -> None:
    conn = await asyncpg.connect(fresh_database)
    stored = "SELECT workday, name FROM calendar_day WHERE day = '2026-11-25'"
    looked = asked(fresh_database, tmp_path, "set", "2026-11-25", "off", "暴雪停工")
    assert looked.returncode == 0, looked.stderr
    assert "0 件在办工单" in looked.stdout and "仅为预览" in looked.stdout
    assert await conn.fetchrow(stored) is None
    done = asked(fresh_database, tmp_path, "set", "2026-11-25", "off", "暴雪停工", "--apply")
    assert done.returncode == 0 and "已生效" in done.stdout
    assert tuple(await conn.fetchrow(stored) or ()) == (False, "暴雪停工")
    assert asked(fresh_database, tmp_path, "set", "2026-11-25", "usual", "--apply").returncode == 0
    assert await conn.fetchrow(stored) is None
    assert asked(fresh_database, tmp_path, "confirm", "2027").returncode == 0
    assert await conn.fetchval("SELECT confirmed FROM calendar_year WHERE year = 2027 AND region = 'cn'")
    changes = await conn.fetch("SELECT because FROM deadline_change ORDER BY id")
    assert ["暴雪停工" in row["because"] or "恢复常规" in row["because"] for row in changes] == [True, True]
    await conn.close()


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["set", "2026-02-30", "off", "x"], 2, "值不对"),
        (["set", "2026-11-25", "off"], 2, "名称"),
        (["set", "2026-11-25", "half", "x"], 2, "值不对"),
        (["confirm", "1800"], 1, "年份须在"),
        (["pack", "nowhere.json"], 2, "值不对"),
    ],
)
def test_wrong_use_is_a_sentence(fresh_database: str, tmp_path: Path, words: list[str], status: int, says: str) -> None:
    said = asked(fresh_database, tmp_path, *words)
    assert (said.returncode, says in said.stderr) == (status, True), said.stderr

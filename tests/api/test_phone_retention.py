"""Recordings and raw events are removed when their time is over, on record, and what is needed stays."""

import dataclasses
from datetime import timedelta
from pathlib import Path

from hotline.infra.clock import BEIJING
from hotline.intake.channels.phone.retention.actions import remove_old
from tests.api.test_phone_missed import plays
from tests.flow.city import City

DAY = 24 * 60


def stems(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.iterdir())


async def test_what_is_old_is_removed_on_record_and_what_is_needed_stays(city: City, tmp_path: Path) -> None:
    for name in ("old", "needed", "told", "young"):
        await plays(city, "answered_citizen_hangs_up", name, ago=5 * DAY if name == "young" else 800 * DAY)
        (tmp_path / f"{name}.wav").write_bytes(b"R" * 100)
    await city.conn.execute(
        "UPDATE call SET provider = 'asterisk:pbx1', recording = call || '.wav', recording_bytes = 100, recording_ready = true"
    )
    await city.conn.execute("UPDATE call_event SET provider = 'asterisk:pbx1'")
    ticket = await city.agent_logs("路灯不亮,请派人维修")
    await city.conn.execute("UPDATE matter SET call_id = 'bridge:needed' WHERE ticket_id = $1", ticket)
    await city.conn.execute("INSERT INTO callback_call SELECT $1, 1, 'bridge:told', min(id), now() FROM person", ticket)
    url = f"ami://hotline:x@127.0.0.1:1/?recordings={tmp_path}"
    settings = dataclasses.replace(city.services.settings, ami_url=url)

    for_ever = dataclasses.replace(settings, keep_recordings=0, keep_call_events=0)
    await remove_old(city.conn, for_ever, city.clock.now())
    assert (await city.supervisor.get("/calls/removals"))["items"] == []

    await remove_old(city.conn, settings, city.clock.now())
    assert stems(tmp_path) == ["needed", "told", "young"]
    rows = {row["call"]: row for row in await city.conn.fetch("SELECT call, recording_ready, sealed FROM call")}
    assert [rows[name]["recording_ready"] for name in ("old", "needed", "young")] == [False, True, True]
    assert [rows[name]["sealed"] for name in ("old", "needed", "young")] == [True, True, False]
    left = await city.conn.fetch("SELECT DISTINCT call FROM call_event")
    assert [row["call"] for row in left] == ["young"]
    kept = (await city.supervisor.get("/calls/removals"))["items"]
    assert sorted((one["what"], one["failed"]) for one in kept) == [("events", 0), ("recordings", 0)]
    assert {one["what"]: one["removed"] for one in kept}["recordings"] == 1
    # A day later there is nothing more, and nothing is said.
    await remove_old(city.conn, settings, city.clock.now())
    assert len((await city.supervisor.get("/calls/removals"))["items"]) == 2
    # Behind older numbers there is nothing any more, and the page says so, where it concerns what was removed.
    before = city.clock.now().astimezone(BEIJING).date() - timedelta(days=settings.keep_call_events)
    where = f"/reports/kpi/calls/behind?from={before - timedelta(days=20)}&to={before + timedelta(days=9)}&measure="
    said = {name: (await city.supervisor.get(where + name))["kept_from"] for name in ("busy_rate", "answer_rate")}
    assert said == {"busy_rate": str(before + timedelta(days=1)), "answer_rate": None}
    later = f"/reports/kpi/calls/behind?from={before + timedelta(days=2)}&to={before + timedelta(days=9)}"
    assert (await city.supervisor.get(f"{later}&measure=busy_rate"))["kept_from"] is None

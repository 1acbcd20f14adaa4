"""A day of real letters, worked to the end through the HTTP API while the clock runs fast (`make day`).

Prints the ledger of what came in and what became of it, and checks that the sums agree. In the middle the server is
killed (kill -9) and started again; nothing that was acknowledged may be missing afterwards."""

import argparse
import asyncio
import csv
import gzip
import json
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from bench.desks import Day
from bench.server import Server
from hotline.infra.clock import BEIJING, FileClock

REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "text" / "letters_16k.jsonl.gz"
OURS = Path(__file__).resolve().parents[1] / "hotline" / "classify" / "starter" / "corpus.csv"
BEGIN = datetime(2026, 11, 2, 8, 30, tzinfo=BEIJING)
HOURS = (9, 11, 14, 16, 19)
"""When the desks have their turns."""
LAST_DAY = 60
ENDED = ("closed", "archived", "merged", "withdrawn", "void")


def letters(count: int) -> tuple[list[dict[str, Any]], str]:
    """The first `count` real letters, or our own where the folder of real ones is absent, and where they are from."""
    if REAL.is_file():
        with gzip.open(REAL, "rt", encoding="utf-8") as file:
            rows = [json.loads(line) for _, line in zip(range(count), file, strict=False)]
        return [letter(n, row["title"], row["content"]) for n, row in enumerate(rows)], REAL.name
    with OURS.open(encoding="utf-8-sig", newline="") as file:
        own = list(csv.DictReader(file))
    rows = [own[n % len(own)] for n in range(count)]
    return [letter(n, row["title"], row["content"]) for n, row in enumerate(rows)], OURS.name


def letter(number: int, title: str, content: str) -> dict[str, Any]:
    """With a telephone number that nobody has, so that there is somebody to call back."""
    if len(content.strip()) < 10:
        content = f"{title}。{content}"
    return {"id": f"L{number:06d}", "title": title[:100], "content": content, "phone": f"138{number:08d}"}


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


async def units(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    signed = await client.post("/api/v1/session", json={"username": "dispatcher", "password": "hotline-demo"})
    headers = {"Cookie": f"hotline_session={signed.cookies['hotline_session']}"}
    client.cookies.clear()
    found: list[dict[str, Any]] = (await client.get("/api/v1/units", headers=headers)).json()["items"]
    return found


def hours(begin: datetime) -> Any:
    """The turns of the desks, day after day; at the week-end only the hotline itself is at work."""
    for day in range(LAST_DAY):
        for hour in HOURS:
            yield (begin + timedelta(days=day)).replace(hour=hour, minute=0)


async def play(server: Server, clock: FileClock, args: argparse.Namespace) -> Day:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        day = Day(client, await units(client), args.seed)
        killed = not args.kill
        for turn, now in enumerate(hours(BEGIN)):
            clock.set(now)
            await asyncio.sleep(1.2)  # the worker beats once a second and sees the new hour
            await asyncio.to_thread(server.drain)
            if not killed and turn == args.kill_at:
                await kill_in_the_middle(server, day, now)
                killed = True
            else:
                await day.turn(now)
            await asyncio.to_thread(server.drain)
            left = await day.person("supervisor").pages(
                "stage=registered,consulting,dispatched,in_progress,return_review,replied,callback,rework"
            )
            say(f"{now:%m-%d %H:%M}  open {len(left):5d}  calls {day.tally.calls:6d}", passing=True)
            if not left:
                break
        return day


async def kill_in_the_middle(server: Server, day: Day, now: datetime) -> None:
    """The desks are at work when the server dies; they wait, it comes back, they go on."""
    turn = asyncio.create_task(day.turn(now))
    before = day.tally.calls
    await asyncio.wait({turn, asyncio.create_task(day.tally.reaches(before + 60))}, return_when=asyncio.FIRST_COMPLETED)
    server.kill()
    say(f"{now:%m-%d %H:%M}  kill -9 of the server after {day.tally.calls} calls")
    took = await asyncio.to_thread(server.start)
    said = [
        line for line in server.log.read_text(encoding="utf-8").splitlines() if "恢复" in line or "没有正常" in line
    ]
    say(f"             back after {took:.1f} s{': ' + said[-1].strip() if said else ''}")
    await turn


def say(line: str, *, passing: bool = False) -> None:
    if passing and sys.stdout.isatty():
        print(f"\r{line}", end="", flush=True)
    else:
        print(line, flush=True)


async def ledger(day: Day, rows: int) -> dict[str, Any]:
    """Everything counted from the server's own answers."""
    supervisor = day.person("supervisor")
    items = await supervisor.pages("")
    states, events = Counter(i["state"] for i in items), Counter[str]()
    automatic = late = lines = 0
    callbacks, ratings = Counter[str](), Counter[int]()
    gate = asyncio.Semaphore(6)

    async def read(ticket_id: int) -> None:
        nonlocal automatic, late, lines
        async with gate:
            history = (await supervisor.get(f"/tickets/{ticket_id}/history"))["items"]
            ticket = (await supervisor.get(f"/tickets/{ticket_id}"))["ticket"]
        lines += len(history)
        events.update(line["event"] for line in history)
        automatic += any(a["automatic"] for a in ticket["assignments"] if a["part"] == "lead")
        late += any(a["late"] for a in ticket["assignments"])
        callbacks.update(c["outcome"] or "none" for c in ticket["callbacks"] if c["ended_at"])
        ratings.update(c["rating"] for c in ticket["callbacks"] if c["rating"])

    await asyncio.gather(*(read(item["id"]) for item in items))
    return {
        "letters": rows,
        "tickets": len(items),
        "states": dict(states),
        "automatic": automatic,
        "late": late,
        "callbacks": dict(callbacks),
        "ratings": dict(sorted(ratings.items())),
        "events": dict(events),
        "history_lines": lines,
    }


def check(found: dict[str, Any], day: Day) -> list[str]:
    """What does not agree, as sentences; empty when everything does."""
    faults = []
    events, states, tally = found["events"], found["states"], day.tally

    def agree(what: str, one: int, other: int) -> None:
        if one != other:
            faults.append(f"{what}: {one} is not {other}")

    agree("letters and tickets", found["letters"], found["tickets"])
    agree("states add up to the tickets", sum(states.values()), found["tickets"])
    agree("created and tickets", events["create"], found["tickets"])
    ended = sum(states.get(s, 0) for s in ENDED)
    agree(
        "ends in history and closed tickets", sum(events.get(e, 0) for e in ("close", "conclude", "terminate")), ended
    )
    agree(
        "callbacks ended and outcomes",
        sum(found["callbacks"].values()),
        events.get("close", 0) + events.get("conclude", 0) + events.get("send_back", 0),
    )
    for verb, sent in tally.acknowledged.items():
        event = "attempt_callback" if verb == "attempt" else verb
        recorded, cut = events.get(event, 0), tally.unanswered.get(verb, 0)
        extra = found["automatic"] if verb == "dispatch" else 0
        if not sent + extra <= recorded <= sent + extra + cut:
            faults.append(f"{verb}: {sent} acknowledged, {cut} cut off, {recorded - extra} recorded")
    return faults


def table(found: dict[str, Any], day: Day, difficult: dict[str, Any], source: str) -> str:
    calls = found["callbacks"]
    answered = calls.get("satisfied", 0) + calls.get("dissatisfied", 0)
    ended = {state: n for state, n in found["states"].items() if state in ENDED}
    still = {state: n for state, n in found["states"].items() if state not in ENDED}

    def rate(part: int, whole: int) -> str:
        return f"{part / whole:.1%} ({part}/{whole})" if whole else "—"

    rows = [
        ("来信 letters in", f"{found['letters']} ({source})"),
        ("自动派单 dispatched automatically", rate(found["automatic"], found["tickets"])),
        ("超期 late", rate(found["late"], found["tickets"])),
        (
            "退单申请 returns asked / granted",
            f"{found['events'].get('request_return', 0)} / {found['events'].get('approve_return', 0)}",
        ),
        ("延期 extensions granted", str(found["events"].get("grant_extension", 0))),
        ("回访 callbacks ended", str(sum(calls.values()))),
        ("满意 satisfied of those who answered", rate(calls.get("satisfied", 0), answered)),
        ("未接通 unreached", str(calls.get("unreached", 0))),
        ("重办 reworked", str(found["events"].get("send_back", 0))),
        ("办结 ended", ", ".join(f"{s} {n}" for s, n in sorted(ended.items())) or "0"),
        ("未结 still open", ", ".join(f"{s} {n}" for s, n in sorted(still.items())) or "0"),
        ("疑难 on the difficult list", str(len(difficult.get("items", difficult.get("rows", []))))),
        ("历史 history lines", str(found["history_lines"])),
        ("HTTP calls", str(day.tally.calls)),
        ("refused (a rule said no)", str(sum(day.tally.refused.values()))),
    ]
    return "\n".join(f"  {name:<44}{value}" for name, value in rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.day", description=__doc__)
    parser.add_argument("--letters", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=12345)
    parser.add_argument("--no-kill", dest="kill", action="store_false", help="leave the server alone")
    parser.add_argument("--kill-at", type=int, default=1, help="turn in which the server is killed")
    parser.add_argument("--data", type=Path, help="folder to use and keep; otherwise a temporary one")
    parser.add_argument("--json", type=Path, help="write the ledger to this file as well")
    args = parser.parse_args()
    folder = args.data or Path(tempfile.mkdtemp(prefix="hotline-day-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        # The server must not outlive us, however we are ended.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        sys.exit(run(args, folder))
    finally:
        if args.data is None:
            shutil.rmtree(folder, ignore_errors=True)


def run(args: argparse.Namespace, folder: Path) -> int:
    began = time.monotonic()
    rows, source = letters(args.letters)
    path = folder / "letters.jsonl"
    write(path, rows)
    clock = FileClock(folder / "clock")
    clock.set(BEGIN)
    with Server(folder, clock=clock.path) as server:
        say(f"server at {server.url}, {len(rows)} letters from {source}")
        say(server.run("import", str(path), "--channel", "mayor_mailbox").strip())
        day = asyncio.run(play(server, clock, args))
        found, difficult = asyncio.run(closing(server, day, len(rows)))
        again = server.run("import", str(path), "--channel", "mayor_mailbox").strip()
        after = asyncio.run(count(server, day))
        print(f"\n{table(found, day, difficult, source)}")
        print(f"  {'the same file again':<44}{again.splitlines()[-1]}")
        faults = check(found, day)
        if after != found["tickets"]:
            faults.append(f"the same file again: {after} tickets instead of {found['tickets']}")
        print(f"  {'seconds':<44}{time.monotonic() - began:.0f}")
        if args.json:
            args.json.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
        for refusal, times in Counter(r.split("(")[0][:60] for r in day.tally.refusals).most_common(5):
            print(f"    refused {times}×  {refusal}")
        print(server.run("audit", "verify").strip())
    if faults:
        print("The sums do not agree:\n  " + "\n  ".join(faults))
        return 1
    return 0


async def closing(server: Server, day: Day, rows: int) -> tuple[dict[str, Any], dict[str, Any]]:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        rebind(day, client)
        found = await ledger(day, rows)
        week = BEGIN.isocalendar()
        difficult = await day.person("supervisor").get(f"/reports/difficult?week={week.year}-W{week.week:02d}")
        return found, difficult


async def count(server: Server, day: Day) -> int:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        rebind(day, client)
        return len(await day.person("supervisor").pages(""))


def rebind(day: Day, client: httpx.AsyncClient) -> None:
    """A new event loop needs a new client; the sessions go on."""
    for person in day.people.values():
        person.client, person.turn = client, asyncio.Lock()


if __name__ == "__main__":
    main()

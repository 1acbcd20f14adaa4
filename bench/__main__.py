"""Every measurement the README quotes, as one table (`make bench`); BENCH_JSON=file keeps them as JSON.

`--quick` takes smaller samples: good for seeing that all of it runs, not for quoting."""

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import classify, console, elements, gate, load, practice, reports, risk, suggest, sweep, training


def flat(found: Any, name: str = "") -> list[tuple[str, object]]:
    """Nested figures as rows: intake.p99_ms …"""
    if isinstance(found, dict):
        return [row for key, value in found.items() for row in flat(value, f"{name}.{key}" if name else str(key))]
    if isinstance(found, list):
        return []
    return [(name, found)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument(
        "--tickets", type=int, default=20_000, help="of the reports; the README's million takes half an hour"
    )
    parser.add_argument(
        "--texts", type=int, default=120_000, help="of the training; the README's million takes an hour"
    )
    parser.add_argument(
        "only",
        nargs="*",
        choices=[
            "classify",
            "risk",
            "elements",
            "gate",
            "practice",
            "load",
            "suggest",
            "sweep",
            "console",
            "reports",
            "training",
            [],
        ],
        help="one or more of these",
    )
    args = parser.parse_args()
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "classify": classify.measure,
        "risk": risk.measure,
        "elements": elements.every,
        "gate": lambda: gate.measure() if gate.REPLIES.is_file() else {"replies": 0},
        "practice": lambda: practice.measure() if classify.UNITS.is_file() else {"tickets": 0},
        "sweep": lambda: sweep.measure(2_000 if args.quick else 100_000, 4),
        "suggest": lambda: suggest.measure(5_000, 60) if args.quick else suggest.measure(),
        "load": lambda: load.measure(10_000, 4) if args.quick else load.measure(),
        "console": console.measure,
        "reports": lambda: reports.measure(2_000 if args.quick else args.tickets),
        "training": lambda: training.measure(args.texts, "letters" if args.quick else ""),
    }
    results: dict[str, Any] = {}
    for name, measure in parts.items():
        if args.only and name not in args.only:
            continue
        began = time.monotonic()
        results[name] = measure()
        print(f"\n{name}  ({time.monotonic() - began:.0f} s)")
        for key, value in flat(results[name]):
            print(f"  {key:<44}{value:,.4g}" if isinstance(value, float) else f"  {key:<44}{value}")
    if path := os.environ.get("BENCH_JSON"):
        Path(path).write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()

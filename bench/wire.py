"""A client that costs next to nothing: requests over kept connections, written by hand.

The client of a measurement runs on the machine that is measured. A comfortable one takes as long over a request as the
server does, and what is then measured is half the client."""

import asyncio
import json
from types import TracebackType
from typing import Any


class Wire:
    """One kept connection; one request at a time."""

    def __init__(self, url: str) -> None:
        self.host, _, port = url.removeprefix("http://").rpartition(":")
        self.port = int(port)

    async def __aenter__(self) -> "Wire":
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, at: TracebackType | None
    ) -> None:
        self.writer.close()
        await self.writer.wait_closed()

    async def post(self, path: str, body: Any) -> tuple[int, bytes]:
        """Status and body of the answer."""
        sent = json.dumps(body, ensure_ascii=False).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\nContent-Length: {len(sent)}"
        self.writer.write(f"{head}\r\n\r\n".encode() + sent)
        answered = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = answered.partition(b"content-length:")[2].partition(b"\r\n")[0]
        return int(answered.split(b" ", 2)[1]), await self.reader.readexactly(int(length))

"""A mail server and a message gateway of the tests' own, over real sockets."""

import contextlib
import hashlib
import hmac
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import msgspec
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

SECRET = "signature-of-the-gateway-0123456789"


@dataclass
class PostOffice:
    """What has arrived; `answers` are what is said next, then everything is taken."""

    url: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        said = self.answers.pop(0) if self.answers else "250 OK"
        if said.startswith("250"):
            found = message_from_bytes(envelope.content, policy=default)
            assert isinstance(found, EmailMessage)
            self.mails.append(found)
        return said


class AnyPort(Controller):
    """Greets itself at the port it was given, not at the one that was asked for."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    server = AnyPort(office, hostname="127.0.0.1", port=0)
    server.start()
    office.url = f"smtp://127.0.0.1:{server.port}"
    try:
        yield office
    finally:
        server.stop()


@dataclass
class Gateway:
    """What was asked of it in their order, and what it has really passed on: of one key once."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    passed_on: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)


@contextlib.contextmanager
def gateway() -> Iterator[Gateway]:
    found = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = self.judged(body)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def judged(self, body: bytes) -> int:
            key, moment = self.headers["Idempotency-Key"], self.headers["X-Hotline-Timestamp"]
            signed = b"\n".join((moment.encode(), key.encode(), body))
            wanted = "sha256=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
            if not hmac.compare_digest(self.headers["X-Hotline-Signature"], wanted):
                return 401
            said = msgspec.json.decode(body)
            found.asked.append(said)
            if found.answers and (status := found.answers.pop(0)) != 200:
                return status
            if key in found.passed_on:
                return 409
            found.passed_on[key] = said
            return 200

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/send"
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

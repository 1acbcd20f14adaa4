"""Logs: one line an event, as JSON for machines or plain for people, with the id of the request that caused it."""

import json
import logging
import secrets
import sys
import traceback
from contextvars import ContextVar
from datetime import datetime
from typing import Any, TextIO

from hotline.infra.clock import BEIJING

REQUEST: ContextVar[str] = ContextVar("request", default="")
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


def request_id() -> str:
    """The id of the request or job being worked on, empty outside one."""
    return REQUEST.get()


def begin_request(given: str = "") -> str:
    """Start a request: an id that came with it is kept when it is harmless, otherwise a new one is made."""
    found = given if given.isascii() and given.replace("-", "").isalnum() and len(given) <= 64 else secrets.token_hex(8)
    REQUEST.set(found)
    return found


def set_up_logs(form: str = "pretty", *, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Everything logged in this process goes to one stream in one form."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLine() if form == "json" else PrettyLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("httpx", "httpcore", "pgqueuer", "uvicorn", "uvicorn.error", "uvicorn.access", "asyncio"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))
    for speaker in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        # uvicorn brings handlers of its own; a line must not be said twice.
        logging.getLogger(speaker).handlers.clear()
        logging.getLogger(speaker).propagate = True


def facts(record: logging.LogRecord) -> dict[str, Any]:
    """What the caller passed as `extra`, and the request."""
    found = {name: value for name, value in vars(record).items() if name not in STANDARD}
    return {"request": request_id(), **found} if request_id() else found


def moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, BEIJING)


class JsonLine(logging.Formatter):
    """One JSON object a line. Chinese stays Chinese; a newline in a text cannot forge a second line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": moment(record).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
            **facts(record),
        }
        if record.exc_info:
            line["trace"] = "".join(traceback.format_exception(*record.exc_info))
        return sendable(json.dumps(line, ensure_ascii=False, default=str))


class PrettyLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said = record.getMessage().replace("\r", " ").replace("\n", " ")
        known = " ".join(f"{name}={value}" for name, value in facts(record).items())
        line = f"{moment(record):%H:%M:%S} {record.levelname.lower():<7} {said} {known}".rstrip()
        if record.exc_info:
            line += "\n" + "".join(traceback.format_exception(*record.exc_info)).rstrip()
        return sendable(line)


def sendable(line: str) -> str:
    """A lone surrogate in a text must not lose the line."""
    return line.encode(errors="backslashreplace").decode()

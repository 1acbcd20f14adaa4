"""The staff console (工作台) as it was built: one page, and files that change their names with their content."""

import gzip
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hotline.infra.errors import NotFound
from hotline.infra.http import services
from hotline.intake.channels.phone.browser.line import line_of
from hotline.web.pages import error_page

BUILT = Path(__file__).parent / "built"
MEDIA = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".mp3": "audio/mpeg",
    ".json": "application/json",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self'; media-src 'self' blob:; connect-src 'self'{}; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Charts and floating menus carry their places in style attributes; scripts come from our own files only. The one
address besides ours is the WebSocket of a telephone in the browser, where there is one."""
HEADERS = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
SMALLEST = 1024
"""Bytes from which a file is worth packing."""


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    packed: bytes | None
    media: str


@cache
def file(path: Path, changed: int) -> File:
    """Read and packed once for a version of the file."""
    content = path.read_bytes()
    packed = gzip.compress(content, 9, mtime=0) if len(content) >= SMALLEST and path.suffix != ".woff2" else None
    return File(content, packed, MEDIA[path.suffix])


async def asset(request: Request) -> Response:
    """GET /console/assets/{name}, and the icon beside the page."""
    path = BUILT / "assets" / request.path_params["name"] if "name" in request.path_params else BUILT / "icon.svg"
    if path.suffix not in MEDIA or not path.is_file():
        raise NotFound("没有这个文件。")
    found = file(path, path.stat().st_mtime_ns)
    forever = "public, max-age=31536000, immutable" if path.parent.name == "assets" else "no-cache"
    headers = {"Cache-Control": forever, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
    if found.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, media_type=found.media, headers={**headers, "Content-Encoding": "gzip"})
    return Response(found.content, media_type=found.media, headers=headers)


async def page(request: Request) -> Response:
    """GET /console/…: the same page for every screen; it finds out by itself which one is meant."""
    index = BUILT / "index.html"
    if not index.is_file():
        return error_page(request, 503, "工作台尚未构建:请在程序目录执行 make run,或 python scripts/console.py。")
    told = services(request).settings.browser_phone
    policy = POLICY.format(f" {line_of(told).address}" if told else "")
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": policy, **HEADERS}
    return HTMLResponse(index.read_bytes(), headers=headers)


async def home(request: Request) -> Response:
    return RedirectResponse("/console/", 308)


ROUTES: list[BaseRoute] = [
    Route("/console", home),
    Route("/console/assets/{name}", asset),
    Route("/console/icon.svg", asset),
    Route("/console/{name:path}", page),
]

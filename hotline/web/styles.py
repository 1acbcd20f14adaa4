"""Style sheets and the icon, at addresses that change with their content, so that browsers may keep them for ever."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hotline.infra.errors import NotFound

FOLDER = Path(__file__).parent / "static"
MEDIA = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file and the fingerprint of what it says."""

    content: bytes
    media: str
    digest: str


def read_asset(path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(content, MEDIA[path.suffix], hashlib.sha256(content).hexdigest()[:16])


ASSETS = {path.name: read_asset(path) for path in sorted(FOLDER.iterdir()) if path.suffix in MEDIA}


def address(name: str) -> str:
    return f"/static/{ASSETS[name].digest}/{name}"


async def asset(request: Request) -> Response:
    """GET /static/{digest}/{name}"""
    found = ASSETS.get(request.path_params["name"])
    if found is None:
        raise NotFound("没有这个文件。")
    # A page made before an update asks for the old fingerprint: it gets today's file, and does not keep it.
    current = request.path_params["digest"] == found.digest
    caching = "public, max-age=31536000, immutable" if current else "no-cache"
    headers = {"Cache-Control": caching, "X-Content-Type-Options": "nosniff"}
    return Response(found.content, media_type=found.media, headers=headers)


ROUTES: list[BaseRoute] = [Route("/static/{digest}/{name}", asset)]

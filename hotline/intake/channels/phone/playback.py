"""调听: a recording to whoever may hear it, and a line for each time somebody did."""

from datetime import datetime
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from hotline.directory.http import actor_of
from hotline.directory.people import Actor, Role
from hotline.infra.errors import Conflict, Forbidden, NotFound
from hotline.infra.http import answer, now, services, transaction
from hotline.intake.channels.phone import store
from hotline.intake.channels.phone.ami.plan import plan_of
from hotline.intake.channels.phone.commands.actions import LEADERS
from hotline.intake.channels.phone.store import Kept

HEAR_ALL = LEADERS | {Role.QUALITY}
HEAR_SECRET = frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER, Role.QUALITY})


class Heard(msgspec.Struct, frozen=True):
    at: datetime
    person: str


class HeardList(msgspec.Struct, frozen=True):
    items: list[Heard]


def refused(actor: Actor, kept: Kept, secret: bool) -> str | None:
    """Why this person may not hear it: one's own calls, and those who answer for quality; of a secret ticket fewer."""
    if secret and not actor.has(*HEAR_SECRET):
        return "这通电话涉及保密工单,只有中心主管、中心领导和质检员可以调听。"
    if not actor.has(*HEAR_ALL) and (actor.person_id is None or kept.person_id != actor.person_id):
        return "只能调听本人接听的电话;其他录音请由班长、主管或质检员调听。"
    return None


async def play(request: Request) -> Response:
    """GET /api/v1/calls/{id}/recording: parts of it, too (Range)."""
    actor, settings = actor_of(request), services(request).settings
    async with transaction(request) as conn:
        kept = await store.one_call(conn, request.path_params["id"], services(request).cipher)
        if kept is None:
            raise NotFound("没有这通电话。")
        said = refused(actor, kept, await store.secret(conn, kept.call.id))
        if said:
            raise Forbidden(said)
        if not kept.call.recording_ready:
            raise Conflict("这通电话没有录音,或录音还没有写完,请稍后再听。")
        folder = plan_of(settings.ami_url).recordings if settings.ami_url else ""
        path = Path(folder) / Path(kept.call.recording).name
        if not folder or not path.is_file():
            raise NotFound("录音文件不在存放的目录里,请联系管理员。")
        if begins(request.headers.get("range", "")) and actor.person_id is not None:
            await store.heard(conn, kept.call.id, actor.person_id, actor.name, now(request))
    kind = {".wav": "audio/wav", ".mp3": "audio/mpeg", ".ogg": "audio/ogg"}.get(path.suffix, "application/octet-stream")
    return FileResponse(path, media_type=kind, headers={"Cache-Control": "no-store"})


def begins(asked: str) -> bool:
    """A player asks for many parts of what is heard once: the one from the beginning is kept on record."""
    return not asked or asked.replace(" ", "").startswith("bytes=0-")


async def listeners(request: Request) -> Response:
    """GET /api/v1/calls/{id}/recording/heard"""
    async with services(request).pool.acquire() as conn:
        return answer(HeardList([Heard(at, who) for at, who in await store.listeners(conn, request.path_params["id"])]))

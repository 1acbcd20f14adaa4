"""A letter to read, to take away as a file, and to sign for."""

from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import actor_of
from hotline.infra.errors import InvalidInput
from hotline.infra.http import answer, now, transaction
from hotline.reports.http import as_file
from hotline.reports.letters.actions import sealed
from hotline.reports.letters.pages import MEDIA
from hotline.supervision.letters import actions
from hotline.supervision.letters.http import letter_of, shown


async def one(request: Request) -> Response:
    """GET /api/v1/supervision/letters/{letter}?format=json|pdf|docx"""
    fmt = request.query_params.get("format") or "json"
    if fmt != "json" and fmt not in MEDIA:
        raise InvalidInput([("format", "函件可取 json、pdf 或 docx，请换用其中一种格式。")])
    async with transaction(request) as conn:
        letter = await actions.access(conn, letter_of(request), actor=actor_of(request))
        if fmt == "json":
            return answer(shown(letter, now(request), actor_of(request)))
        kept = await sealed(conn, letter, fmt, now(request))
    headers = as_file(f"{letter.number}.{fmt}", f"letter-{letter.id}.{fmt}")
    return Response(kept.content, media_type=MEDIA[fmt], headers=headers | {"X-Content-SM3": kept.hash.hex()})


async def receive(request: Request) -> Response:
    """POST /api/v1/supervision/letters/{letter}/receipt : 签收; the PDF is sealed with it."""
    actor = actor_of(request)
    async with transaction(request) as conn:
        letter = await actions.access(conn, letter_of(request), actor=actor, lock=True)
        actions.addressed(letter, actor)
        kept = await sealed(conn, letter, "pdf", now(request))
        await actions.receive(conn, letter, kept.hash, actor=actor, now=now(request))
        found = await actions.access(conn, letter.id, actor=actor)
    return answer(shown(found, now(request), actor))

"""Write to us (写信)."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hotline.directory.http import directory_of
from hotline.directory.regions import DISTRICT
from hotline.directory.units import Directory
from hotline.infra.errors import InvalidInput
from hotline.intake.http import accept
from hotline.tickets.states import Kind
from hotline.web.citizen.forms import Faults, faults_of, typed_fields
from hotline.web.citizen.sealed import seal, unseal
from hotline.web.pages import page, secured, site_name

FORM_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")

CHANNELS = {
    "mayor_mailbox": ("市长信箱", "写给市长的信，由 12345 中心统一受理、转办和答复。"),
    "web": ("网上诉求", "咨询、求助、投诉、举报、建议，与拨打 12345 一样办理。"),
}
KINDS = {
    Kind.CONSULT: "咨询：想了解政策或办事流程",
    Kind.SEEK_HELP: "求助：遇到困难，需要帮助",
    Kind.COMPLAINT: "投诉：对服务或管理不满意",
    Kind.REPORT: "举报：反映违法违规行为",
    Kind.SUGGESTION: "建议：对城市管理的想法",
    Kind.PRAISE: "表扬：感谢好人好事",
    Kind.OTHER: "其他",
}


@dataclass(frozen=True, slots=True)
class Group:
    """A district and its streets, as one group of the select."""

    code: str
    name: str
    streets: list[tuple[str, str]] = field(default_factory=list)


def districts(directory: Directory) -> list[Group]:
    found = sorted((r for r in directory.regions.values() if r.level == DISTRICT), key=lambda r: r.code)
    return [Group(r.code, r.name, [(s.code, s.name) for s in directory.regions_under(r.code)]) for r in found]


def fingerprint(typed: Mapping[str, str]) -> str:
    said = "\0".join(typed.get(name, "").strip() for name in ("title", "content", "phone", "address"))
    return hashlib.sha256(said.encode(errors="replace")).hexdigest()[:24]


def external_id(typed: Mapping[str, str]) -> str:
    """One form sent twice is one letter; the same form sent again with other words is another."""
    return f"page:{form_id(typed)}:{fingerprint(typed)}"


def form_id(typed: Mapping[str, str]) -> str:
    given = typed.get("form_id", "")
    return given if FORM_ID.fullmatch(given) else secrets.token_urlsafe(18)


def letter(typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as the API takes it."""
    raw: dict[str, Any] = {name: typed.get(name) or None for name in ("channel", "kind", "title", "address")}
    return raw | {
        "content": typed.get("content", ""),
        "citizen": {name: typed.get(name) or None for name in ("name", "phone", "email")},
        "district_code": typed.get("district") or None,
        "confidential": typed.get("confidential") == "yes",
        "callback_wanted": typed.get("callback") != "no",
        "external_id": external_id(typed),
    }


async def show_write(
    request: Request, typed: Mapping[str, str], faults: Faults | None = None, *, fresh: bool = False
) -> Response:
    directory = await directory_of(request)
    return page(
        request,
        "write.html",
        status=422 if faults else 200,
        typed=typed,
        private=not fresh,
        site=site_name(directory.city),
        form_id=form_id(typed),
        faults=faults or {},
        value=typed,
        channels=CHANNELS,
        kinds={kind.value: words for kind, words in KINDS.items()},
        districts=districts(directory),
    )


async def write(request: Request) -> Response:
    """GET /"""
    return await show_write(request, {}, fresh=True)


async def send(request: Request) -> Response:
    """POST /"""
    typed = await typed_fields(request)
    if "big" in typed:
        return await show_write(request, typed)
    try:
        received = await accept(request, letter(typed))
    except InvalidInput as wrong:
        return await show_write(request, typed, faults_of(wrong))
    sealed = seal(request, f"{received.ticket_id} {received.query_code}")
    return secured(RedirectResponse(f"/sent?n={sealed}", 303, {"Cache-Control": "no-store"}))


async def sent(request: Request) -> Response:
    """GET /sent?n="""
    ticket_id, code = unseal(request)
    site = site_name((await directory_of(request)).city)
    return page(
        request, "sent.html", site=site, ticket_id=ticket_id, code=code, sealed=request.query_params.get("n", "")
    )

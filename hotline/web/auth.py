"""Who sends a request: the session behind its cookie, and proof that our own page sent it."""

import secrets

from starlette.requests import Request

from hotline.directory.actions import load_session
from hotline.directory.http import CSRF_HEADER, token_of
from hotline.directory.people import Actor
from hotline.directory.sessions import CsrfRefused, MustChangePassword
from hotline.infra.http import now, services

READS = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_TO_OLD_PASSWORDS = frozenset({"/api/v1/me", "/api/v1/session", "/api/v1/session/password"})


async def authenticate(request: Request) -> Actor | None:
    """Who is signed in, also left in `request.state.actor` and `.signed_in`; None when nobody is.

    For routes that staff use; public routes never ask, so a citizen's form is not refused for a colleague's cookie."""
    request.state.actor = request.state.signed_in = None
    token = token_of(request)
    if not token:
        return None
    async with services(request).pool.acquire() as conn:
        signed_in = await load_session(conn, token, now(request), demo=services(request).settings.demo)
    if signed_in is None:
        return None
    if request.method not in READS:
        refuse_forged(request, signed_in.csrf)
    if signed_in.must_change and request.url.path not in OPEN_TO_OLD_PASSWORDS:
        raise MustChangePassword
    request.state.actor, request.state.signed_in = signed_in.actor, signed_in
    return signed_in.actor


def refuse_forged(request: Request, csrf: str) -> None:
    """Another site can make a browser send our cookie, but not read the token that goes with it."""
    sent = request.headers.get(CSRF_HEADER, "")
    if not secrets.compare_digest(sent.encode(), csrf.encode()):
        raise CsrfRefused

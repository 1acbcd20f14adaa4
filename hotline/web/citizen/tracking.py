"""Track a request (查询进度), press for it, take it back."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from hotline.callback.http import TakeBack, taken_back
from hotline.departments.attachments.http import PublicAttachment, public_file, public_list
from hotline.directory.http import directory_of
from hotline.infra.errors import BadRequest, Conflict, HotlineError, InvalidInput
from hotline.intake.form import plain_phone
from hotline.intake.http import Progress, progress
from hotline.supervision.urging.http import UrgeBody, urged
from hotline.tickets.states import OPEN, State
from hotline.web.citizen.forms import Faults, faults_of, typed_fields
from hotline.web.citizen.sealed import unseal
from hotline.web.pages import page, site_name

MOST_REASON = 200

STEPS = ("已受理", "办理中", "已答复", "已办结")
STEP_OF = {
    State.DRAFT: 0,
    State.REGISTERED: 0,
    State.CONSULTING: 0,
    State.DISPATCHED: 1,
    State.IN_PROGRESS: 1,
    State.RETURN_REVIEW: 1,
    State.REWORK: 1,
    State.SUSPENDED: 1,
    State.REPLIED: 1,
    State.CALLBACK: 2,
    State.CLOSED: 3,
    State.ARCHIVED: 3,
}
"""How far along the road; a merged, withdrawn or void request has left it."""

WAITING = OPEN - {State.REPLIED, State.CALLBACK}
"""No answer has been given yet: it may be urged."""


async def show_track(
    request: Request,
    typed: Mapping[str, str],
    *,
    fault: HotlineError | None = None,
    found: Progress | None = None,
    files: Sequence[PublicAttachment] = (),
    faults: Faults | None = None,
    done: str = "",
) -> Response:
    return page(
        request,
        "track.html",
        status=fault.status if fault else 422 if faults else 200,
        typed=typed,
        private=bool(typed),
        site=site_name((await directory_of(request)).city),
        value=typed,
        fault=fault.message if fault else None,
        found=found,
        files=files,
        steps=STEPS,
        step=STEP_OF.get(found.master_stage or found.stage) if found else None,
        faults=faults or {},
        done=done,
        open=found is not None and found.stage in OPEN,
        waiting=found is not None and (found.master_stage or found.stage) in WAITING,
    )


async def ask(request: Request) -> Response:
    """GET /track, with the code filled in for whoever comes from the page that gave it"""
    return await show_track(request, {"code": unseal(request)[1]} if "n" in request.query_params else {})


async def track(request: Request) -> Response:
    """POST /track: the digits of a telephone number belong in no address and no log."""
    typed = await typed_fields(request)
    code = "".join(filter(str.isalnum, typed.get("code", "")))
    last4 = plain_phone(typed.get("last4"))[-4:]
    if not (code and last4):
        if "big" in typed:
            return await show_track(request, typed)
        return await show_track(request, typed, fault=BadRequest("请填写查询码和联系电话后四位。"))
    try:
        found, files = await progress(request, code, last4), await public_list(request, code, last4)
        return await show_track(request, typed, found=found, files=files)
    except HotlineError as wrong:
        return await show_track(request, typed, fault=wrong)


async def take_back(request: Request) -> Response:
    """POST /track/withdraw: the page again, now saying what became of it."""
    typed = await typed_fields(request)
    code = "".join(filter(str.isalnum, typed.get("code", "")))
    last4, reason = plain_phone(typed.get("last4"))[-4:], typed.get("reason", "")
    faults: Faults = {}
    done = ""
    try:
        if len(reason) > MOST_REASON:
            raise InvalidInput([("reason", f"撤回原因最多 {MOST_REASON} 个字,请精简。")])
        done = (await taken_back(request, code, TakeBack(last4, reason))).message
    except InvalidInput as wrong:
        faults = faults_of(wrong)
    except Conflict as wrong:
        done = wrong.message
    except HotlineError as wrong:
        return await show_track(request, typed, fault=wrong)
    found, files = await progress(request, code, last4), await public_list(request, code, last4)
    return await show_track(request, typed, found=found, files=files, faults=faults, done=done)


async def press(request: Request) -> Response:
    """POST /track/urge: the page again, now saying that the unit will hear of it."""
    typed = await typed_fields(request)
    code = "".join(filter(str.isalnum, typed.get("code", "")))
    last4 = plain_phone(typed.get("last4"))[-4:]
    try:
        done = (await urged(request, code, UrgeBody(last4, typed.get("urge", "")[:MOST_REASON]))).message
    except Conflict as wrong:
        done = wrong.message
    except HotlineError as wrong:
        return await show_track(request, typed, fault=wrong)
    found, files = await progress(request, code, last4), await public_list(request, code, last4)
    return await show_track(request, typed, found=found, files=files, done=done)


async def track_file(request: Request) -> Response:
    """POST /track/file: like the page itself, without the digits in an address."""
    typed = await typed_fields(request)
    code = "".join(filter(str.isalnum, typed.get("code", "")))
    return await public_file(request, code, plain_phone(typed.get("last4"))[-4:], typed.get("file", ""))

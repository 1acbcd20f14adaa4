"""The citizen's pages: write to us, track, survey. Plain forms; nothing here needs a script."""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute
from starlette.types import Message

from hotline.callback.http import SurveyAnswer, SurveyPage, TakeBack, survey_page, take_answer, taken_back
from hotline.departments.attachments.http import PublicAttachment, public_file, public_list
from hotline.directory.http import directory_of
from hotline.directory.regions import DISTRICT
from hotline.directory.units import Directory
from hotline.infra.errors import BadRequest, Conflict, HotlineError, InvalidInput, Misconfigured, NotFound
from hotline.infra.http import raw_body, services
from hotline.intake.form import plain_phone
from hotline.intake.http import Progress, accept, progress
from hotline.supervision.urging.http import UrgeBody, urged
from hotline.tickets.states import OPEN, Kind, Solved, State
from hotline.web import styles
from hotline.web.endpoint import Endpoint, Handler
from hotline.web.limits import guard
from hotline.web.pages import error_page, page, secured, site_name

__all__ = ["PAGES", "ROUTES", "error_page", "secured"]

MOST_FIELDS = 60
MOST_REASON = 200
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
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
ANCHORS = {"citizen.phone": "phone", "citizen.name": "name", "citizen.email": "email", "district_code": "district"}
"""Where on the page a field of the API stands."""

SOLVED = {Solved.YES: "已解决", Solved.PARTLY: "部分解决", Solved.NO: "未解决"}
GRADES = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
REASONS = ("没有人联系我", "答复与事实不符", "问题没有解决", "办理太慢", "工作人员态度不好", "推诿扯皮")

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

Faults = dict[str, str]


async def read_form(request: Request) -> FormData:
    """A form of fields alone, refused when it is too large or cannot be read."""
    body = await raw_body(request)

    async def again() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        return await Request(request.scope, again).form(max_files=0, max_fields=MOST_FIELDS)
    except (HTTPException, MultiPartException, UnicodeDecodeError) as wrong:
        raise BadRequest("提交的表单无法读取，请返回上一页重新提交。") from wrong


async def typed_fields(request: Request) -> dict[str, str]:
    return texts(await read_form(request))


def texts(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


# -- write to us -----------------------------------------------------------------------------------------------------


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


def faults_of(wrong: InvalidInput) -> Faults:
    """The first sentence for each field of the page."""
    faults: Faults = {}
    for error in wrong.data["errors"]:
        faults.setdefault(ANCHORS.get(error["field"], error["field"]), error["message"])
    return faults


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


def seal(request: Request, text: str) -> str:
    """Number and code travel sealed in the address: no log keeps them, and nobody can make up a page of ours."""
    return base64.urlsafe_b64encode(services(request).cipher.encrypt(text)).decode()


def unseal(request: Request) -> tuple[str, str]:
    try:
        sealed = base64.urlsafe_b64decode(request.query_params.get("n", "").encode())
        ticket_id, code = services(request).cipher.decrypt(sealed).split(" ")
    except (ValueError, Misconfigured):
        raise NotFound("这个链接不完整。您的诉求若已提交，仍可用查询码查询进度。") from None
    return ticket_id, code


async def sent(request: Request) -> Response:
    """GET /sent?n="""
    ticket_id, code = unseal(request)
    site = site_name((await directory_of(request)).city)
    return page(
        request, "sent.html", site=site, ticket_id=ticket_id, code=code, sealed=request.query_params.get("n", "")
    )


# -- track -----------------------------------------------------------------------------------------------------------


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


# -- survey ----------------------------------------------------------------------------------------------------------


async def show_survey(
    request: Request, found: SurveyPage, form: FormData | None = None, faults: Faults | None = None
) -> Response:
    return page(
        request,
        "survey.html",
        status=422 if faults else 200,
        typed=texts(form) if form else None,
        site=site_name((await directory_of(request)).city),
        found=found,
        faults=faults or {},
        value=texts(form) if form else {},
        chosen=form.getlist("reasons") if form else [],
        solved={solved.value: words for solved, words in SOLVED.items()},
        grades=GRADES,
        reasons=REASONS,
    )


async def show_done(request: Request, found: SurveyPage, message: str | None, status: int = 200) -> Response:
    site = site_name((await directory_of(request)).city)
    return page(request, "survey_done.html", status=status, site=site, found=found, message=message)


def token_of(request: Request) -> str:
    token: str = request.path_params["token"]
    if not TOKEN.fullmatch(token):
        raise NotFound("没有这份评价，请核对链接。")
    return token


async def survey(request: Request) -> Response:
    """GET /survey/{token}"""
    found = await survey_page(request, token_of(request))
    if found.answered and "done" in request.query_params:
        return await show_done(request, found, None)
    if found.answered:
        return await show_done(request, found, "您已经评价过，感谢您的参与。")
    if not found.open:
        return await show_done(request, found, "这次评价已经结束，感谢您的参与。")
    return await show_survey(request, found)


async def answer_survey(request: Request) -> Response:
    """POST /survey/{token}"""
    token = token_of(request)
    form, found = await read_form(request), await survey_page(request, token)
    if "big" in form:
        return await show_survey(request, found, form)
    try:
        await take_answer(request, token, read_answer(form))
    except InvalidInput as wrong:
        return await show_survey(request, found, form, faults_of(wrong))
    except Conflict as wrong:
        return await show_done(request, found, wrong.message, wrong.status)
    return secured(RedirectResponse(f"/survey/{token}?done=1", 303, {"Cache-Control": "no-store"}))


def read_answer(form: FormData) -> SurveyAnswer:
    """Nothing is assumed: who left a question out is asked again."""
    typed = texts(form)
    faults = []
    if typed.get("solved") not in set(Solved):
        faults.append(("solved", "请选择问题是否解决。"))
    if typed.get("rating") not in {str(grade) for grade in GRADES}:
        faults.append(("rating", "请选择对办理的满意程度。"))
    if len(typed.get("comment", "")) > 1000:
        faults.append(("comment", "补充说明最多 1000 个字，请精简。"))
    if faults:
        raise InvalidInput(faults)
    reasons = tuple(reason for reason in form.getlist("reasons") if reason in REASONS)
    answer = {"solved": typed["solved"], "rating": int(typed["rating"]), "comment": typed.get("comment", "")}
    return msgspec.convert({**answer, "reasons": reasons}, SurveyAnswer)


# -- all of it -------------------------------------------------------------------------------------------------------


def for_people(handler: Handler) -> Handler:
    """What can be mended is said on a page, not in JSON."""

    async def shown(request: Request) -> Response:
        try:
            return await handler(request)
        except HotlineError as wrong:
            return error_page(request, wrong.status, wrong.message)

    return shown


PAGES = (
    Endpoint("GET", "/", for_people(write), "写信"),
    Endpoint("POST", "/", for_people(send), "提交诉求", limit="60/minute"),
    Endpoint("GET", "/sent", for_people(sent), "提交成功"),
    Endpoint("GET", "/track", for_people(ask), "查询进度"),
    Endpoint("POST", "/track", for_people(track), "查询结果", limit="60/minute"),
    Endpoint("POST", "/track/withdraw", for_people(take_back), "撤回诉求", limit="30/minute"),
    Endpoint("POST", "/track/urge", for_people(press), "催办", limit="30/minute"),
    Endpoint("POST", "/track/file", for_people(track_file), "下载附件", limit="60/minute"),
    Endpoint("GET", "/survey/{token}", for_people(survey), "评价"),
    Endpoint("POST", "/survey/{token}", for_people(answer_survey), "提交评价", limit="60/minute"),
)

ROUTES: list[BaseRoute] = [*(endpoint.route(guard) for endpoint in PAGES), *styles.ROUTES]

"""The survey page (满意度评价)."""

import re
from collections.abc import Sequence

import msgspec
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hotline.callback.http import SurveyAnswer, SurveyPage, survey_page, take_answer
from hotline.callback.outcome import verdict
from hotline.directory.http import directory_of
from hotline.infra.errors import Conflict, InvalidInput, NotFound
from hotline.tickets.states import DissatisfiedWith, Outcome, Solved
from hotline.web.citizen.forms import Faults, faults_of, read_form, texts
from hotline.web.pages import page, secured, site_name

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")

SOLVED = {Solved.YES: "已解决", Solved.PARTLY: "部分解决", Solved.NO: "未解决"}
GRADES = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
REASONS = {
    "没有人联系我": DissatisfiedWith.NOT_CONTACTED,
    "答复与事实不符": DissatisfiedWith.FALSE,
    "工作人员态度不好": DissatisfiedWith.ATTITUDE,
    "办理太慢": DissatisfiedWith.EFFICIENCY,
    "推诿扯皮": DissatisfiedWith.PROCEDURE,
    "问题没有解决": None,
}
WITH = {"result": "只是对结果不满意，办理过程没有问题", "work": "对办理过程不满意"}
"""What the law does not grant is not held against who did the work: asked apart."""


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
        reasons=tuple(REASONS),
        withs=WITH,
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
    return secured(RedirectResponse(f"{request.url.path}?done=1", 303, {"Cache-Control": "no-store"}))


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
    found = msgspec.convert({**answer, "reasons": reasons}, SurveyAnswer)
    if verdict(found.solved, found.rating) is Outcome.SATISFIED:
        return found
    return msgspec.structs.replace(found, dissatisfied_with=with_what(typed.get("with"), reasons))


def with_what(said: str | None, reasons: Sequence[str]) -> DissatisfiedWith | None:
    """The result alone where the citizen says so; else the gravest of what they ticked."""
    if said == "result":
        return DissatisfiedWith.RESULT
    ticked = (what for reason, what in REASONS.items() if reason in reasons and what is not None)
    return next(ticked, DissatisfiedWith.PROCEDURE if said == "work" else None)

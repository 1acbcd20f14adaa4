"""The addresses a citizen uses without signing in, by program."""

from hotline.callback import http as callback
from hotline.intake import http as intake
from hotline.intake.form import PublicRequest
from hotline.web.endpoint import Endpoint, Query

API = "/api/v1"

PUBLIC = (
    Endpoint(
        "POST",
        f"{API}/public/requests",
        intake.send,
        "诉求人提交诉求;同一渠道同一外部编号只建一件工单",
        body=PublicRequest,
        answer=intake.Pair,
        status=201,
        statuses=(200,),
        limit="600/minute",
    ),
    Endpoint(
        "GET",
        f"{API}/public/requests/{{query_code}}",
        intake.track,
        "凭查询码和电话后四位查询办理进展",
        answer=intake.Progress,
        query=(Query("phone_last4", str, "联系电话后四位"),),
        limit="120/minute",
    ),
    Endpoint(
        "POST",
        f"{API}/public/requests/{{query_code}}/withdraw",
        callback.take_back,
        "诉求人撤回诉求,凭查询码和电话后四位核验",
        body=callback.TakeBack,
        answer=callback.TakenBack,
        limit="30/minute",
    ),
    Endpoint(
        "GET",
        f"{API}/public/surveys/{{token}}",
        callback.survey,
        "满意度评价页的内容",
        answer=callback.SurveyPage,
        limit="120/minute",
    ),
    Endpoint(
        "POST",
        f"{API}/public/surveys/{{token}}",
        callback.answer_survey,
        "提交满意度评价,只能提交一次",
        body=callback.SurveyAnswer,
        answer=callback.Thanks,
        status=201,
        limit="120/minute",
    ),
)

"""The addresses of the callback desk (回访台)."""

from hotline.callback import http as callback
from hotline.callback.desk import http as desk
from hotline.callback.desk.card import Card
from hotline.callback.texts import http as texts
from hotline.callback.texts.text import SurveyText
from hotline.tickets.permissions import MAY
from hotline.tickets.states import Event
from hotline.web.endpoint import Endpoint, Query

API = "/api/v1"
CALLERS = MAY[Event.ATTEMPT_CALLBACK]

CALLBACK_DESK = (
    Endpoint(
        "GET",
        f"{API}/callbacks",
        callback.worklist,
        "待回访",
        answer=callback.Worklist,
        roles=MAY[Event.ATTEMPT_CALLBACK],
        query=(Query("due", str, "到此时间为止,默认七天内"),),
    ),
    Endpoint(
        "POST",
        f"{API}/callbacks/{{id}}/attempts",
        callback.attempt,
        "记录一次回访",
        body=callback.Attempt,
        answer=callback.Attempted,
        status=201,
        roles=MAY[Event.ATTEMPT_CALLBACK],
    ),
    Endpoint(
        "POST",
        f"{API}/callbacks/next",
        desk.following,
        "领取下一张回访卡:可以拨打、无人占用、最紧的一张",
        body=desk.KeepBody,
        answer=desk.NextCard,
        roles=CALLERS,
    ),
    Endpoint(
        "POST",
        f"{API}/callbacks/search",
        desk.search,
        "在所有未结束的回访里找:工单号(或其末几位)、完整电话、标题里的词",
        body=desk.SearchBody,
        answer=callback.Worklist,
        roles=CALLERS,
    ),
    Endpoint("GET", f"{API}/callbacks/{{id}}", desk.one, "一张回访卡", answer=Card, roles=CALLERS),
    Endpoint(
        "POST",
        f"{API}/callbacks/{{id}}/number",
        desk.number,
        "显示诉求人的完整号码给拨打的人,并留痕",
        answer=desk.ShownNumbers,
        roles=CALLERS,
    ),
    Endpoint(
        "POST",
        f"{API}/callbacks/{{id}}/text",
        texts.choose,
        "给诉求人发评价短信:每次回访一条,夜间不发,一天内没有作答再拨打",
        answer=SurveyText,
        status=201,
        roles=CALLERS,
    ),
    Endpoint(
        "POST",
        f"{API}/callbacks/{{id}}/later",
        desk.later,
        "诉求人约定了回访时间:到时再出现",
        body=desk.LaterBody,
        status=204,
        roles=CALLERS,
    ),
)

"""The addresses of the citizen's pages."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from hotline.infra.errors import HotlineError
from hotline.web import styles
from hotline.web.citizen import survey, tracking, writing
from hotline.web.endpoint import Endpoint, Handler
from hotline.web.limits import guard
from hotline.web.pages import error_page


def for_people(handler: Handler) -> Handler:
    """What can be mended is said on a page, not in JSON."""

    async def shown(request: Request) -> Response:
        try:
            return await handler(request)
        except HotlineError as wrong:
            return error_page(request, wrong.status, wrong.message)

    return shown


PAGES = (
    Endpoint("GET", "/", for_people(writing.write), "写信"),
    Endpoint("POST", "/", for_people(writing.send), "提交诉求", limit="60/minute"),
    Endpoint("GET", "/sent", for_people(writing.sent), "提交成功"),
    Endpoint("GET", "/track", for_people(tracking.ask), "查询进度"),
    Endpoint("POST", "/track", for_people(tracking.track), "查询结果", limit="60/minute"),
    Endpoint("POST", "/track/withdraw", for_people(tracking.take_back), "撤回诉求", limit="30/minute"),
    Endpoint("POST", "/track/urge", for_people(tracking.press), "催办", limit="30/minute"),
    Endpoint("POST", "/track/file", for_people(tracking.track_file), "下载附件", limit="60/minute"),
    Endpoint("GET", "/survey/{token}", for_people(survey.survey), "评价"),
    Endpoint("POST", "/survey/{token}", for_people(survey.answer_survey), "提交评价", limit="60/minute"),
    # The same page by the short link of a text message.
    Endpoint("GET", "/s/{token}", for_people(survey.survey), "评价", limit="60/minute"),
    Endpoint("POST", "/s/{token}", for_people(survey.answer_survey), "提交评价", limit="60/minute"),
)

ROUTES: list[BaseRoute] = [*(endpoint.route(guard) for endpoint in PAGES), *styles.ROUTES]

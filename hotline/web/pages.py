"""How a page for people is made: template, large type, security headers, and what an error looks like."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hotline.infra.clock import BEIJING
from hotline.web import styles

LARGE = "hotline_big"
"""The cookie of large type (大字)."""
A_YEAR = 365 * 24 * 3600

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

HEADINGS = {
    400: "没能读懂这次提交",
    401: "请先登录",
    403: "没有权限查看",
    404: "没有找到这个页面",
    405: "这个地址不能这样访问",
    409: "已经有了结果",
    413: "提交的内容太长",
    422: "有内容需要修改",
    429: "操作太频繁，请稍等",
    503: "系统正在维护",
}
UNEXPECTED = "系统暂时出了问题"


def secured(response: Response) -> Response:
    """The headers every page carries: no script, no frame, no address given away."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def large(request: Request, typed: Mapping[str, str] | None = None) -> bool:
    """Whether to use large type: the button just pressed, then the address, then what was kept."""
    asked = (typed or {}).get("big") or request.query_params.get("big") or request.cookies.get(LARGE, "")
    return asked == "1"


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    private: bool = True,
    **shown: Any,
) -> Response:
    """`typed` is what a form sent; `private` pages are never kept by a browser shared in a service hall."""
    big = large(request, typed)
    resize = "?" + urlencode([(k, v) for k, v in request.query_params.multi_items() if k != "big"] + [("big", 1 - big)])
    text = TEMPLATES.get_template(template).render(big=big, path=request.url.path, resize=resize, **shown)
    response = HTMLResponse(text, status)
    response.headers["Cache-Control"] = "no-store" if private else "private, no-cache"
    if "big" in request.query_params or "big" in (typed or {}):
        keep_size(request, response, big)
    return secured(response)


def keep_size(request: Request, response: Response, big: bool) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(
        LARGE, "1" if big else "0", max_age=A_YEAR, path="/", httponly=True, samesite="lax", secure=secure
    )


def error_page(request: Request, status: int, message: str) -> Response:
    """What went wrong, what is safe and where to go on, for people."""
    heading = HEADINGS.get(status, UNEXPECTED)
    return page(request, "error.html", status=status, heading=heading, message=message, site=site_name(""))


def site_name(city: str) -> str:
    return f"{city}12345政务服务便民热线"


def spoken_time(moment: datetime) -> str:
    local = moment.astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def in_groups(code: str) -> str:
    """A number to read aloud: 202611220000042 → 20261122 0000042, K7M2PXW9QD → K7M2P XW9QD."""
    middle = 8 if len(code) > 10 else 5
    return f"{code[:middle]} {code[middle:]}"


FULL_WIDTH = str.maketrans(",:;?!", "，：；？！")


def typeset(sentence: str) -> str:
    """Sentences of ours with the full-width marks that Chinese print uses; what people wrote is left as it is."""
    return re.sub(r"(?<=[\u4e00-\u9fff”）])[,:;?!]", lambda mark: mark[0].translate(FULL_WIDTH), sentence)


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(time=spoken_time, groups=in_groups, typeset=typeset)
    made.globals["asset"] = styles.address
    return made


TEMPLATES = environment()

"""The addresses of extensions (分机), and of the telephone in the browser."""

from hotline.intake.channels.phone.browser import http as browser
from hotline.intake.channels.phone.browser.store import Extension
from hotline.web.administration import ADMIN, LOOK
from hotline.web.endpoint import Endpoint
from hotline.web.phone_desk import API, TELEPHONE

BROWSER_PHONE: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        f"{API}/calls/browser-phone",
        browser.hand_out,
        "浏览器话机的接入参数,只给正坐在这个分机的本人;密码只以摘要给出",
        answer=browser.BrowserPhone,
        roles=TELEPHONE,
    ),
)

EXTENSIONS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        f"{API}/extensions",
        browser.listing,
        "分机:常用人、浏览器话机、现在谁坐着;不含密码",
        answer=browser.ExtensionList,
        roles=LOOK,
    ),
    Endpoint(
        "PUT",
        f"{API}/extensions/{{number}}",
        browser.put,
        "设定分机:常用人,谁可以用浏览器接听,交换机上的账号和密码(密码只进不出)",
        body=browser.ExtensionBody,
        answer=Extension,
        roles=ADMIN,
    ),
    Endpoint("DELETE", f"{API}/extensions/{{number}}", browser.forget, "删除分机的设定", status=204, roles=ADMIN),
)

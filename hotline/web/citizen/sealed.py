"""Number and query code of a letter, sealed for the address of the page that shows them."""

import base64

from starlette.requests import Request

from hotline.infra.errors import Misconfigured, NotFound
from hotline.infra.http import services


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

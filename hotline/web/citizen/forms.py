"""What a form brings: its fields, and the sentences for those that are wrong."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message

from hotline.infra.errors import BadRequest, InvalidInput
from hotline.infra.http import raw_body

MOST_FIELDS = 60
ANCHORS = {"citizen.phone": "phone", "citizen.name": "name", "citizen.email": "email", "district_code": "district"}
"""Where on the page a field of the API stands."""

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


def faults_of(wrong: InvalidInput) -> Faults:
    """The first sentence for each field of the page."""
    faults: Faults = {}
    for error in wrong.data["errors"]:
        faults.setdefault(ANCHORS.get(error["field"], error["field"]), error["message"])
    return faults

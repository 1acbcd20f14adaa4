"""Open311 (GeoReport v2) under /open311/v2: services, reports, and how they stand, as JSON and XML."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from hotline.classify.labels import Category, Tree
from hotline.directory.http import directory_of
from hotline.directory.people import CITIZEN
from hotline.directory.units import Directory
from hotline.infra.errors import BadRequest, HotlineError, InvalidInput, NotFound
from hotline.infra.http import now, services, transaction
from hotline.infra.revisions import one_glance
from hotline.intake.actions import Received, receive_once
from hotline.intake.channels.open311 import rendering
from hotline.intake.channels.open311.report import CLOSED, read_asked, read_report
from hotline.intake.channels.open311.store import Public, listed
from hotline.intake.http import STAGES, TOLD_AS
from hotline.routing.store import load_categories
from hotline.web.citizen.forms import typed_fields
from hotline.web.endpoint import Endpoint
from hotline.web.limits import guard

V2 = "/open311/v2"
JSON, XML = "application/json", "application/xml; charset=utf-8"
DEEPEST = 3

Row = dict[str, Any]
Rows = Callable[[Request], Awaitable[list[Row]]]


def format_of(request: Request) -> str:
    """The ending of the address."""
    wanted: str = request.path_params["format"]
    if wanted not in ("json", "xml"):
        raise NotFound("地址应以 .json 或 .xml 结尾。")
    return wanted


def spoken(rows: Rows, root: str, each: str, status: int = 200) -> Callable[[Request], Awaitable[Response]]:
    """A list in the form the address ends with; so is every refusal, as the standard wants it."""

    async def shown(request: Request) -> Response:
        wanted = request.path_params["format"]
        try:
            wanted = format_of(request)
            found = await rows(request)
        except HotlineError as wrong:
            code = 400 if wrong.status == 422 else wrong.status
            return written(wanted, faults(wrong, code), "errors", "error", code)
        return written(wanted, found, root, each, status)

    return shown


def written(wanted: str, rows: list[Row], root: str, each: str, status: int) -> Response:
    if wanted == "xml":
        return Response(rendering.as_xml(rows, root, each), status, media_type=XML)
    return Response(rendering.as_json(rows), status, media_type=JSON)


def faults(wrong: HotlineError, code: int) -> list[Row]:
    if isinstance(wrong, InvalidInput):
        return [{"code": code, "description": f"{e['field']}: {e['message']}"} for e in wrong.data["errors"]]
    return [{"code": code, "description": wrong.message}]


async def tree_of(request: Request) -> Tree:
    async with services(request).pool.acquire() as conn:
        return (await load_categories(conn)).tree


def service_of(tree: Tree, category: Category) -> Row:
    return {
        "service_code": category.code,
        "service_name": category.name,
        "description": tree.full_name(category.code),
        "metadata": False,
        "type": "realtime",
        "keywords": ",".join(category.words),
        "group": tree.path(category.code)[0].name,
    }


async def service_list(request: Request) -> list[Row]:
    """GET services.{format}"""
    tree = await tree_of(request)
    return [service_of(tree, category) for category in tree.level(DEEPEST)]


async def definition(request: Request) -> Response:
    """GET services/{code}.{format}: no service asks for more than the standard's own fields."""
    code = request.path_params["code"]
    found: Row = {"service_code": code, "attributes": []}

    async def rows(request: Request) -> list[Row]:
        if code not in await tree_of(request):
            raise NotFound(f"没有服务 {code[:20]},服务代码见 services.json。")
        return [found]

    answered = await spoken(rows, "service_definitions", "service_definition")(request)
    if answered.status_code != 200:
        return answered
    if format_of(request) == "xml":
        return Response(rendering.one_as_xml(found, "service_definition"), media_type=XML)
    return Response(rendering.as_json(found), media_type=JSON)


async def report(request: Request) -> list[Row]:
    """POST requests.{format}"""
    typed = await typed_fields(request)
    code = typed.get("service_code", "").strip()
    if not code:
        raise BadRequest("service_code: 请填写服务代码,见 services.json。")
    tree = await tree_of(request)
    if code not in tree:
        raise NotFound(f"service_code: 没有服务 {code[:20]},服务代码见 services.json。")
    received = await taken_in(request, typed, tree.nodes[code].name)
    told = f"查询码 {received.query_code}:凭查询码和联系电话后四位,在网站的“查询进度”中查看办理情况。"
    return [{"service_request_id": str(received.ticket_id), "service_notice": told, "account_id": None}]


async def taken_in(request: Request, typed: dict[str, str], service: str) -> Received:
    with one_glance():
        letter = read_report(typed, service, (await directory_of(request)).regions, now(request))
        async with transaction(request) as conn:
            return await receive_once(conn, letter, actor=CITIZEN, now=now(request), cipher=services(request).cipher)


async def requests(request: Request) -> list[Row]:
    """GET requests.{format}"""
    asked = read_asked(request.query_params, now(request))
    directory, tree = await directory_of(request), await tree_of(request)
    async with services(request).pool.acquire() as conn:
        return [request_of(one, directory, tree) for one in await listed(conn, asked)]


async def one_request(request: Request) -> list[Row]:
    """GET requests/{id}.{format}"""
    number = request.path_params["id"]
    asked = read_asked({"service_request_id": number}, now(request))
    directory, tree = await directory_of(request), await tree_of(request)
    async with services(request).pool.acquire() as conn:
        found = await listed(conn, asked) if asked.numbers else []
    if not found:
        raise NotFound("没有这件工单,或其内容不公开。")
    return [request_of(one, directory, tree) for one in found]


async def token(request: Request) -> list[Row]:
    """GET tokens/{token}.{format}: we number a request at once, so the number is its own token."""
    found = await one_request(request)
    return [{"service_request_id": row["service_request_id"], "token": request.path_params["id"]} for row in found]


def request_of(one: Public, directory: Directory, tree: Tree) -> Row:
    """Where it is stays as vague as a street: the house is the citizen's."""
    unit = directory.unit(one.lead_unit) if one.lead_unit else None
    category = tree.nodes.get(one.category or "")
    region = directory.regions.get(one.region or "")
    return {
        "service_request_id": str(one.id),
        "status": "closed" if one.state in CLOSED else "open",
        "status_notes": STAGES[TOLD_AS.get(one.state, one.state)],
        "service_name": category.name if category else None,
        "service_code": category.code if category else None,
        "description": None,
        "agency_responsible": unit.name if unit else None,
        "service_notice": None,
        "requested_datetime": one.created_at.isoformat(),
        "updated_datetime": one.updated_at.isoformat(),
        "expected_datetime": one.due_at.isoformat() if one.due_at else None,
        "address": region.name if region else None,
        "address_id": region.code if region else None,
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": None,
    }


async def discovery(request: Request) -> Response:
    """GET discovery.{format}"""
    base = str(request.base_url).rstrip("/") + V2
    found: Row = {
        "changeset": "2026-11-22T00:00:00+08:00",
        "contact": "12345",
        "key_service": "不需要 API key。",
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": base,
                "changeset": "2026-11-22T00:00:00+08:00",
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    try:
        wanted = format_of(request)
    except HotlineError as wrong:
        return written("json", faults(wrong, wrong.status), "errors", "error", wrong.status)
    if wanted == "xml":
        return Response(rendering.one_as_xml(found, "discovery"), media_type=XML)
    return Response(rendering.as_json(found), media_type=JSON)


PAGES = (
    Endpoint("GET", f"{V2}/discovery.{{format}}", discovery, "Open311 发现", limit="120/minute"),
    Endpoint(
        "GET", f"{V2}/services.{{format}}", spoken(service_list, "services", "service"), "服务", limit="120/minute"
    ),
    Endpoint("GET", f"{V2}/services/{{code}}.{{format}}", definition, "一项服务", limit="120/minute"),
    Endpoint(
        "POST",
        f"{V2}/requests.{{format}}",
        spoken(report, "service_requests", "request", 201),
        "提交诉求",
        limit="600/minute",
    ),
    Endpoint(
        "GET", f"{V2}/requests.{{format}}", spoken(requests, "service_requests", "request"), "诉求", limit="120/minute"
    ),
    Endpoint(
        "GET",
        f"{V2}/requests/{{id}}.{{format}}",
        spoken(one_request, "service_requests", "request"),
        "一件诉求",
        limit="120/minute",
    ),
    Endpoint(
        "GET",
        f"{V2}/tokens/{{id}}.{{format}}",
        spoken(token, "service_requests", "request"),
        "编号",
        limit="120/minute",
    ),
)

ROUTES: list[BaseRoute] = [endpoint.route(guard) for endpoint in PAGES]

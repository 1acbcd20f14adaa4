"""The OpenAPI document tells the truth about every address, and the page made from it leaves nothing out."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from starlette.requests import Request
from starlette.responses import Response

from hotline.directory.http import CSRF_HEADER
from hotline.directory.people import HELD_BY_NOBODY, Role
from hotline.infra.errors import Conflict, InvalidInput
from hotline.intake.http import Pair
from hotline.tickets.states import Channel
from hotline.web import docs, openapi
from hotline.web.endpoint import ANYONE_SIGNED_IN, Endpoint, Query
from hotline.web.routes import ENDPOINTS

Document = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Document:
    """As a program reads it: what cannot be JSON does not survive."""
    made: Document = msgspec.json.decode(msgspec.json.encode(openapi.document(ENDPOINTS)))
    return made


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def checker(document: Document, name: str) -> Any:
    """A validator for one schema of the document."""
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    )


def test_every_address_is_in_the_document_once(document: Document) -> None:
    listed = sorted((method.upper(), path) for method, path, _ in operations(document))
    assert listed == sorted((endpoint.method, openapi.plain(endpoint.path)) for endpoint in ENDPOINTS)
    assert document["openapi"].startswith("3.1.")


def test_every_reference_leads_somewhere(document: Document) -> None:
    found = set(references(document))
    assert found
    for ref in found:
        assert docs.resolved(document, {"$ref": ref})


def test_every_schema_is_a_json_schema(document: Document) -> None:
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


def test_every_operation_answers_well_and_badly(document: Document) -> None:
    for method, path, operation in operations(document):
        statuses = set(operation["responses"])
        assert any(status.startswith("2") for status in statuses), (method, path)
        assert "default" in statuses
        error = docs.resolved(document, operation["responses"]["default"])
        assert error["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"}
        assert operation["summary"] and len(operation["tags"]) == 1


def test_operation_ids_are_unique_and_made_of_the_address(document: Document) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z]\w*", one) for one in ids)
    assert {"post_public_requests", "get_tickets_by_id", "post_tickets_by_id_dispatch"} <= set(ids)


def test_what_stands_in_an_address_is_a_parameter_of_it(document: Document) -> None:
    for _, path, operation in operations(document):
        given = [docs.resolved(document, parameter) for parameter in operation["parameters"]]
        assert {p["name"] for p in given if p["in"] == "path"} == set(re.findall(r"\{(\w+)\}", path))
        assert all(p["required"] for p in given if p["in"] == "path")
        assert len({(p["in"], p["name"]) for p in given}) == len(given)


def test_staff_show_their_session_and_for_changes_the_token_as_well(document: Document) -> None:
    for endpoint in ENDPOINTS:
        operation = document["paths"][openapi.plain(endpoint.path)][endpoint.method.lower()]
        headers = {docs.resolved(document, p)["name"] for p in operation["parameters"]}
        staff = endpoint.roles is not None
        assert operation["security"] == ([{"session": []}] if staff else [])
        assert (CSRF_HEADER in headers) is (staff and endpoint.method != "GET")
        assert ({"401", "403"} <= set(operation["responses"])) is staff
        assert "422" in operation["responses"] or not staff  # a parameter that is not in the list


def test_roles_are_those_somebody_can_sign_in_with(document: Document) -> None:
    dispatch = document["paths"]["/api/v1/tickets/{id}/dispatch"]["post"]
    assert "dispatcher" in dispatch["x-roles"] and "派单员" in dispatch["description"]
    for _, _, operation in operations(document):
        assert HELD_BY_NOBODY.isdisjoint(operation.get("x-roles", []))


def test_what_we_refuse_with_fits_the_schema_of_errors(document: Document) -> None:
    fits = checker(document, "Error").is_valid
    assert fits(InvalidInput([("content", "请填写诉求内容。")]).body())
    assert fits(Conflict("工单已被他人更新。", ticket_id=1, version=7, state="closed").body())
    assert not fits({"message": "请先登录。"})


def test_the_schema_of_a_letter_takes_letters_and_nothing_else(document: Document) -> None:
    fits = checker(document, "PublicRequest").is_valid
    letter = {"channel": "web", "content": "路灯不亮", "citizen": {"phone": "13912345678"}}
    assert fits(letter)
    assert not fits({**letter, "channel": "pigeon"})
    assert not fits({"channel": "web", "citizen": {}})


async def handled(request: Request) -> Response:
    return Response()


class Nothing(msgspec.Struct):
    """Only for the test."""


MADE_UP = (
    Endpoint(
        "GET",
        "/api/v1/things/{id:int}",
        handled,
        "看",
        answer=list[Nothing],
        query=(Query("by", Channel, "渠道"), Query("at", datetime)),
    ),
    Endpoint(
        "POST",
        "/api/v1/things/{id:int}",
        handled,
        "做",
        body=Nothing,
        answer=Pair,
        status=201,
        statuses=(200,),
        roles=ANYONE_SIGNED_IN,
    ),
    Endpoint(
        "DELETE", "/api/v1/things/{id:int}", handled, "删", status=204, roles=frozenset({Role.SUPERVISOR, Role.SYSTEM})
    ),
)


def test_a_made_up_table_is_described_as_it_stands() -> None:
    made = openapi.document(MADE_UP)
    assert list(made["paths"]) == ["/api/v1/things/{id}"]
    look, do, remove = made["paths"]["/api/v1/things/{id}"].values()
    assert [p["name"] for p in look["parameters"]] == ["id", "by", "at"]
    assert look["parameters"][1]["schema"] == {"$ref": "#/components/schemas/Channel"}
    assert look["responses"]["200"]["content"]["application/json"]["schema"]["type"] == "array"
    assert {"200", "201", "400", "401", "403", "404", "409", "422", "default"} == set(do["responses"])
    assert "content" not in remove["responses"]["204"] and remove["x-roles"] == ["supervisor"]
    assert openapi.document(MADE_UP) == made


def test_the_page_shows_every_address_and_every_schema_and_asks_nobody_else(document: Document) -> None:
    text = docs.page(document)
    for _, path, operation in operations(document):
        assert f'id="{operation["operationId"]}"' in text and f">{path}<" in text
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)
    assert {f"schema-{name}" for name in document["components"]["schemas"]} <= set(ids)
    assert "<script" not in text and " style=" not in text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', text)
    assert text.count("<h1") == 1 and 'lang="zh-CN"' in text

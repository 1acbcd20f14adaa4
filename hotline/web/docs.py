"""`/docs`: every address with what it takes and answers, as one page that asks for nothing from elsewhere."""

from typing import Any

from hotline.web.pages import TEMPLATES

Operation = dict[str, Any]


def page(document: dict[str, Any]) -> str:
    """The OpenAPI document for people."""
    shared = document["components"]
    return TEMPLATES.get_template("docs.html").render(
        info=document["info"],
        rooms=rooms(document),
        schemas=shared["schemas"],
        shared=shared,
        name_of=name_of,
        resolved=lambda part: resolved(document, part),
    )


def rooms(document: dict[str, Any]) -> dict[str, list[Operation]]:
    """Operations by tag, with their method and path."""
    found: dict[str, list[Operation]] = {tag["name"]: [] for tag in document["tags"]}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            found[operation["tags"][0]].append({**operation, "method": method.upper(), "path": path})
    return found


def name_of(ref: str) -> str:
    return ref.rpartition("/")[2]


def resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """What a reference stands for; anything else is itself."""
    while "$ref" in part:
        found = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part

"""The models on an administrator's desk: what answers now, how good it is, what may take its place."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.classify.actions import classifier_in_use
from hotline.classify.choosing import actions, store
from hotline.classify.choosing.fitness import SERVED
from hotline.classify.choosing.store import RegisteredModel
from hotline.classify.labels import Tree
from hotline.classify.store import read_categories
from hotline.directory.staff.http import by
from hotline.directory.tree.http import number_of
from hotline.infra.http import answer, json_body, now, services, transaction


class Answering(msgspec.Struct, frozen=True):
    """The model that answers now, as this process has opened it."""

    target: str
    fingerprint: str
    own: bool
    """False: the one that comes with the program."""
    scores: dict[str, Any]
    rows: int
    """Texts it has learned from."""
    labels: int
    created_at: datetime


class Waiting(msgspec.Struct, frozen=True):
    """A trained model on disk that is not registered."""

    folder: str
    target: str
    scores: dict[str, Any]
    created_at: datetime


class Models(msgspec.Struct, frozen=True):
    answering: list[Answering]
    """Empty: no model can be opened, and people decide."""
    items: list[RegisteredModel]
    waiting: list[Waiting]


class RegisterModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A folder below `models` of the data folder."""

    folder: Annotated[str, Meta(min_length=1, max_length=100)]


async def listing(request: Request) -> Response:
    """GET /api/v1/models"""
    data = services(request).settings.data
    async with services(request).pool.acquire() as conn:
        found = await classifier_in_use(conn, data, now(request))
        items = await store.every(conn)
    own = {(one.target, one.fingerprint) for one in items if one.role == "champion"}
    manifests = [getattr(found, target).manifest for target in SERVED] if found else []
    registered = {one.fingerprint for one in items}
    on_disk = await asyncio.to_thread(actions.waiting, data)
    return answer(
        Models(
            [
                Answering(
                    m.target,
                    m.fingerprint,
                    (m.target, m.fingerprint) in own,
                    m.scores,
                    int(m.data.get("rows", 0)),
                    len(m.labels),
                    m.created_at,
                )
                for m in manifests
            ],
            items,
            [
                Waiting(name, m.target, m.scores, m.created_at)
                for name, m in on_disk.items()
                if m.fingerprint not in registered
            ],
        )
    )


def model_id_of(request: Request) -> int:
    return number_of(request, "model_id", "模型")


async def register(request: Request) -> Response:
    """POST /api/v1/models"""
    body, data = await json_body(request, RegisterModel), services(request).settings.data
    async with transaction(request) as conn:
        return answer(await actions.register(conn, body.folder.strip(), data, by(request)), 201)


async def promote(request: Request) -> Response:
    """POST /api/v1/models/{model_id}/promote"""
    async with transaction(request) as conn:
        tree = Tree({node.code: node for node in await read_categories(conn)})
        return answer(await actions.promote(conn, model_id_of(request), tree, by(request)))


async def retire(request: Request) -> Response:
    """POST /api/v1/models/{model_id}/retire"""
    async with transaction(request) as conn:
        return answer(await actions.retire(conn, model_id_of(request), by(request)))

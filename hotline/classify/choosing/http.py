"""The models on an administrator's desk: what answers now, how good it is, what may take its place."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hotline.classify.actions import classifier_in_use
from hotline.classify.choosing import actions, store
from hotline.classify.choosing.fitness import SERVED
from hotline.classify.choosing.store import ConfusedLetter, RegisteredModel
from hotline.classify.labels import Tree
from hotline.classify.nightly import store as nightly
from hotline.classify.nightly.actions import proven
from hotline.classify.nightly.drift import BEFORE, DAYS, DriftDay, drift
from hotline.classify.nightly.store import LearnedWeek, Live, Run
from hotline.classify.quality import ClassLine, Confused, Quality, confused, lines, quality
from hotline.classify.store import is_champion
from hotline.classify.tree.store import load_tree
from hotline.directory.staff.http import by, number
from hotline.directory.tree.http import number_of
from hotline.infra.clock import BEIJING
from hotline.infra.errors import Conflict, InvalidInput, NotFound
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
    live: list[Live]
    """How the watching models would have done on what came since."""
    runs: list[Run]
    """The last trainings, the newest first."""


class Measured(msgspec.Struct, frozen=True):
    """The first suggestions of the last weeks, beside what turned out to be so."""

    weeks: int
    quality: Quality
    classes: list[ClassLine]
    confused: list[Confused]


class CheckedModel(msgspec.Struct, frozen=True):
    """What the model that answers now said to texts it had not learned from, when it was trained."""

    fingerprint: str
    own: bool
    """False: the one that comes with the program."""
    created_at: datetime
    quality: Quality
    classes: list[ClassLine]
    confused: list[Confused]


class Watched(msgspec.Struct, frozen=True):
    """漂移, and precision and recall by week."""

    drift: list[DriftDay]
    weeks: list[LearnedWeek]


class ConfusedLetters(msgspec.Struct, frozen=True):
    items: list[ConfusedLetter]


class AskedTraining(msgspec.Struct, frozen=True):
    run: int


class Back(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    target: Literal["category", "kind", "urgency"]


class AnswersAgain(msgspec.Struct, frozen=True):
    model: RegisteredModel | None
    """null: the one that comes with the program."""


class RegisterModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A folder below `models` of the data folder."""

    folder: Annotated[str, Meta(min_length=1, max_length=100)]


async def listing(request: Request) -> Response:
    """GET /api/v1/models"""
    data = services(request).settings.data
    async with services(request).pool.acquire() as conn:
        found = await classifier_in_use(conn, data, now(request))
        items = await store.every(conn)
        live = [proven(one) for one in (await nightly.live(conn)).values()]
        runs = await nightly.runs(conn)
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
            live,
            runs,
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
        tree = await load_tree(conn)
        return answer(await actions.promote(conn, model_id_of(request), tree, by(request)))


async def retire(request: Request) -> Response:
    """POST /api/v1/models/{model_id}/retire"""
    async with transaction(request) as conn:
        return answer(await actions.retire(conn, model_id_of(request), by(request)))


async def back(request: Request) -> Response:
    """POST /api/v1/models/back"""
    body = await json_body(request, Back)
    async with transaction(request) as conn:
        tree = await load_tree(conn)
        return answer(AnswersAgain(await actions.back(conn, body.target, tree, by(request))))


async def ask_training(request: Request) -> Response:
    """POST /api/v1/models/training"""
    async with transaction(request) as conn:
        told = by(request)
        run = await nightly.ask(conn, told.now, told.actor.name)
        if run is None:
            raise Conflict("已有一次训练在等待或进行中,请等它结束。")
    return answer(AskedTraining(run), 201)


WEEKS, MOST_WEEKS = 8, 26
MOST_JUDGED = 50_000


def weeks_of(request: Request) -> tuple[int, datetime]:
    weeks = number(request, "weeks", MOST_WEEKS, WEEKS) or WEEKS
    return weeks, now(request) - timedelta(weeks=weeks)


async def measured(request: Request) -> Response:
    """GET /api/v1/models/quality?weeks="""
    weeks, begin = weeks_of(request)
    async with services(request).pool.acquire() as conn:
        judged = await store.judged(conn, begin, MOST_JUDGED)
        tree = await load_tree(conn)
    pairs = [(*pair, n) for pair, n in Counter((said, was) for _, said, was in judged).items()]
    found = await asyncio.to_thread(quality, [(sure, said == was) for sure, said, was in judged])
    return answer(Measured(weeks, found, lines(pairs, named(pairs, tree)), confused(pairs)))


async def check(request: Request) -> Response:
    """GET /api/v1/models/check"""
    async with services(request).pool.acquire() as conn:
        found = await classifier_in_use(conn, services(request).settings.data, now(request))
        manifest = found.category.manifest if found else None
        if manifest is None or manifest.checked is None:
            raise NotFound("现在作答的模型没有留下训练时的检验,重新训练一次就会有。")
        own = await is_champion(conn, manifest.target, manifest.fingerprint)
        tree = await load_tree(conn)
    pairs = manifest.checked.pairs
    names = {"": "模型没有学过的分类", **named(pairs, tree)}
    return answer(
        CheckedModel(
            manifest.fingerprint,
            own,
            manifest.created_at,
            manifest.checked.quality,
            lines(pairs, names),
            confused(pairs),
        )
    )


def named(pairs: Iterable[tuple[str, str, int]], tree: Tree) -> dict[str, str]:
    return {code: tree.full_name(code) for pair in pairs for code in pair[:2] if code in tree}


async def watched(request: Request) -> Response:
    """GET /api/v1/models/watch?weeks=&what="""
    _, begin = weeks_of(request)
    what = request.query_params.get("what") or "category"
    if what not in ("category", "unit"):
        raise InvalidInput([("what", "只能是 category 或 unit。")])
    day = begin.astimezone(BEIJING).date()
    async with services(request).pool.acquire() as conn:
        days, weeks = (
            await nightly.days(conn, day - timedelta(days=DAYS + BEFORE)),
            await nightly.weeks(conn, what, day),
        )
    return answer(Watched([one for one in drift(days) if one.day >= day], weeks))


async def confused_letters(request: Request) -> Response:
    """GET /api/v1/models/confused?said=&was=&weeks="""
    _, begin = weeks_of(request)
    said, was = (request.query_params.get(name) or "" for name in ("said", "was"))
    if not all(code.isascii() and code.isdecimal() and len(code) == 4 for code in (said, was)):
        raise InvalidInput([("said", "请给出两个四位的二级分类代码。")])
    async with services(request).pool.acquire() as conn:
        return answer(ConfusedLetters(await store.confused(conn, begin, said, was)))

"""Train a challenger, register it with its comparison, let the watching models answer what came, count days and weeks."""

import asyncio
import hashlib
import shutil
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec

from hotline.classify import registry, starter
from hotline.classify import store as models
from hotline.classify.actions import classifier_in_use
from hotline.classify.folder import MANIFEST, BrokenModel, Manifest
from hotline.classify.labels import Tree
from hotline.classify.model import TextModel
from hotline.classify.nightly import store
from hotline.classify.nightly.compare import mcnemar
from hotline.classify.nightly.store import Live, Outcome, Settled
from hotline.classify.registry import ModelRole
from hotline.classify.tree.store import load_tree
from hotline.directory.changes import store as changes
from hotline.directory.people import SYSTEM, By
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection, Pool

MOST = 60_000
"""Letters learned from, the newest."""
FROZEN = 2_000
FEWEST = 20
"""Settled letters below which a city has nothing to teach yet."""
LAST_WEEKS = timedelta(days=28)
LEARNED: Final = ("category", "kind")
"""Of what a night trains a challenger."""
WATCHED = 3
"""Models that watch at the same time; older ones are thrown away."""
AT_ONCE = 2_000
DAYS = timedelta(days=35)
WEEKS = timedelta(weeks=13)


class Night(msgspec.Struct, frozen=True):
    outcome: Outcome
    said: str
    model_id: int | None = None


Tell = Callable[[str], Awaitable[None]]
"""Says how far the night has come."""


async def silent(_: str) -> None:
    """Nobody asked."""


class Beginning(NamedTuple):
    """What a city without history starts from."""

    tree: Tree
    corpus: Sequence[dict[str, str]]


async def train(
    pool: Pool, data: Path, now: datetime, *, cores: int, beginning: Beginning | None = None, tell: Tell = silent
) -> Night:
    """What the city has settled, learned beside the starter's texts: categories, then kinds. Reads, learns, writes: no
    transaction stays open meanwhile."""
    async with pool.acquire() as conn:
        await store.freeze(conn, now, FROZEN)
        start = beginning or Beginning(await load_tree(conn), starter.read_corpus(starter.SHIPPED))
        categories = await store.settled(conn, MOST, FROZEN), await store.frozen(conn)
        kinds = (
            await store.kinds(conn, MOST, FROZEN, frozen=False),
            await store.kinds(conn, FROZEN, FROZEN, frozen=True),
        )
        classifier = await classifier_in_use(conn, data, now)
    if len(categories[0]) < FEWEST:
        return Night("nothing", f"已定分类的工单只有 {len(categories[0])} 件,不足 {FEWEST} 件,暂不训练。")
    if classifier is None:
        return Night("failed", "现在没有可用的模型,无从比较。")
    await tell(f"诉求分类:正在用 {len(categories[0])} 件工单和随附语料训练")
    first = await challenge(pool, data, now, "category", start, categories, classifier.category, cores)
    if len(kinds[0]) < FEWEST or len({one.label for one in kinds[0]}) < 2:
        return first
    await tell(f"诉求类型:正在用 {len(kinds[0])} 件工单和随附语料训练")
    second = await challenge(pool, data, now, "kind", start, kinds, classifier.kind, cores)
    outcome: Outcome = "challenger" if "challenger" in (first.outcome, second.outcome) else "shadow"
    return Night(outcome, f"诉求分类:{first.said}诉求类型:{second.said}", first.model_id)


async def challenge(
    pool: Pool,
    data: Path,
    now: datetime,
    target: Literal["category", "kind"],
    start: Beginning,
    known: tuple[Sequence[Settled], Sequence[Settled]],
    champion: TextModel,
    cores: int,
) -> Night:
    """One target's challenger, kept with its comparison."""
    # Only this process trains; every other is spared the time it takes to load scikit-learn.
    from hotline.classify.nightly.challenger import Lesson
    from hotline.classify.nightly.challenger import train as learn

    settled, frozen = known
    lesson = Lesson(target, start.tree, start.corpus, settled, frozen, now - LAST_WEEKS)
    mark = fingerprint(settled, start.corpus)
    trained = await asyncio.to_thread(learn, lesson, champion, cores=cores, fingerprint=mark, now=now)
    path = data / "models" / f"{target}-{now.astimezone(BEIJING):%Y%m%d-%H%M%S}"
    manifest = await asyncio.to_thread(trained.model.save, path)
    path = await once(pool, manifest, path)
    role = ModelRole.CHALLENGER if trained.comparison.better else ModelRole.SHADOW
    async with pool.acquire() as conn, conn.transaction():
        number = await models.register_model(conn, manifest, str(path.resolve()), role)
        await store.compared(conn, number, trained.comparison, role, now)
        after = {"fingerprint": manifest.fingerprint, "role": role, "because": trained.comparison.because}
        await changes.keep(conn, "model", str(number), "train", By(SYSTEM, now), before=None, after=after)
        await forget_old(conn, target)
    return Night("challenger" if trained.comparison.better else "shadow", trained.comparison.because, number)


async def once(pool: Pool, manifest: Manifest, path: Path) -> Path:
    """Where this model lies: nothing new was learned if it is the one of an earlier night, and one folder is enough."""
    async with pool.acquire() as conn:
        before = await models.folder_of(conn, manifest.target, manifest.fingerprint)
    if before is None or not (Path(before) / MANIFEST).exists():
        return path
    await asyncio.to_thread(shutil.rmtree, path, True)
    return Path(before)


def fingerprint(settled: Sequence[Settled], corpus: Sequence[dict[str, str]]) -> str:
    digest = hashlib.sha256(str(len(corpus)).encode())
    for one in settled:
        digest.update(f"{one.ticket_id}:{one.label};".encode())
    return digest.hexdigest()[:12]


async def forget_old(conn: Connection, target: str) -> None:
    """The newest few go on watching; of the others nothing is left."""
    for old in (await store.watching(conn, target))[WATCHED:]:
        if (path := await store.forget(conn, old["id"])) is not None:
            await asyncio.to_thread(shutil.rmtree, path, True)


async def answer_as_shadows(pool: Pool, now: datetime) -> int:
    """What came since each watching model was trained, answered by it and shown to nobody; returns how many answers."""
    async with pool.acquire() as conn:
        watching = [one for target in LEARNED for one in await store.watching(conn, target)]
    answered = 0
    for one in watching:
        try:
            model = await asyncio.to_thread(registry.load, Path(one["path"]))
        except BrokenModel:
            continue
        if isinstance(model, TextModel):
            answered += await answer_with(pool, model, one["id"], one["created_at"], now)
    return answered


async def answer_with(pool: Pool, model: TextModel, model_id: int, since: datetime, now: datetime) -> int:
    answered = 0
    while True:
        async with pool.acquire() as conn:
            letters = await store.unanswered(conn, model_id, since, AT_ONCE)
        if not letters:
            return answered
        chances = await asyncio.to_thread(model.asked, [(title, content) for _, title, content in letters])
        best = chances.argmax(axis=1)
        codes = [model.labels[place] for place in best]
        async with pool.acquire() as conn, conn.transaction():
            sure = [float(value) for value in chances.max(axis=1)]
            await store.save_answers(conn, model_id, [letter for letter, _, _ in letters], codes, sure, now)
        answered += len(letters)


async def count(pool: Pool, data: Path, now: datetime) -> None:
    """Days and weeks by which the model in use is watched."""
    # Also where nothing of the model is needed: challenger.py loads scikit-learn, and this is the night's own process.
    from hotline.classify.nightly.challenger import unknown_share

    async with pool.acquire() as conn, conn.transaction():
        await store.count_days(conn, midnight(now - DAYS))
        await store.count_weeks(conn, first_week(now))
        classifier = await classifier_in_use(conn, data, now)
        if classifier is None:
            return
        today = now.astimezone(BEIJING).date()
        for day in await store.blind_days(conn, classifier.fingerprint, today - DAYS, today):
            begin = datetime(day.year, day.month, day.day, tzinfo=BEIJING)
            letters = await store.letters_of_day(conn, begin, begin + timedelta(days=1), classifier.fingerprint)
            share = await asyncio.to_thread(unknown_share, classifier.category, letters)
            await store.save_unknown(conn, day, classifier.fingerprint, share)


def midnight(moment: datetime) -> datetime:
    return moment.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)


def first_week(now: datetime) -> datetime:
    """The Monday from which on weeks are counted anew: of a week that was begun in its middle, half would be lost."""
    local = now.astimezone(BEIJING)
    return midnight(local - WEEKS - timedelta(days=local.weekday()))


def proven(live: Live) -> Live:
    return msgspec.structs.replace(live, p=round(mcnemar(live.only_champion, live.only_challenger), 5))

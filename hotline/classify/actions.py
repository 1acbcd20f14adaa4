"""Load the models once, ask them about tickets, write down what people make of the answers."""

import asyncio
import logging
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from hotline.classify import starter, store
from hotline.classify.classifier import Answers, Classifier
from hotline.classify.corrections import store as corrections
from hotline.classify.corrections.store import Field, Override, Seen, Shown
from hotline.classify.folder import BrokenModel, Manifest
from hotline.classify.labels import Tree, read_tree
from hotline.classify.model import TextModel
from hotline.classify.refine import Refiner
from hotline.classify.tree.store import load_tree
from hotline.directory.people import Actor, Role
from hotline.infra.db import Connection
from hotline.infra.errors import HotlineError
from hotline.infra.revisions import revision
from hotline.tickets.states import Kind, Urgency

log = logging.getLogger(__name__)

_loading = threading.Lock()
_serving: dict[Path, "Served"] = {}


class Served(NamedTuple):
    """What this process has opened, and the mark of the registry it was opened under."""

    mark: str
    classifier: Classifier | None


async def classifier_in_use(conn: Connection, data: Path, now: datetime) -> Classifier | None:
    """The city's champions where it has any, else the starter's; None while there is none: a person decides.

    Opened once a process, in a thread, and again when another model was promoted. Who asks meanwhile is answered by the
    models before; whoever holds them goes on with them to the end."""
    mark = await revision(conn, "model")
    found = _serving.get(data)
    if found is not None and found.classifier is not None and _loading.locked():
        return found.classifier
    if found is None or found.mark != mark or found.classifier is None:
        champions, tree = await store.read_champions(conn), await load_tree(conn)
        found = await asyncio.to_thread(_take_up, data, mark, champions, tree, now)
    return found.classifier


def _take_up(data: Path, mark: str, champions: Mapping[str, str], tree: Tree, now: datetime) -> "Served":
    with _loading:
        found = _serving.get(data)
        if found is None or found.mark != mark or found.classifier is None:
            before = found.classifier if found else None
            found = Served(mark, load_classifier(data, now=now, champions=champions, before=before, tree=tree))
            _serving[data] = found
        return found


def load_classifier(
    data: Path,
    *,
    now: datetime,
    champions: Mapping[str, str] | None = None,
    source: Path = starter.SHIPPED,
    before: Classifier | None = None,
    tree: Tree | None = None,
) -> Classifier | None:
    """The models in use: the starter's, with the city's own `champions` (target → folder) in their place. They speak of the
    categories in `tree`; without one, of those that come with the program.

    A model that is absent or broken is never an error of the caller: what answered `before` goes on, else the starter's, and
    None means that a person decides."""
    try:
        return _open(starter.ensure(data, now, source), champions, source, tree, before)
    except BrokenModel as error:
        log.warning("%s 现在重新训练随附模型。", error.message)
    except (HotlineError, OSError) as error:
        return _goes_on(before, error)
    try:
        starter.forget(data, source)
        return _open(starter.ensure(data, now, source), champions, source, tree, before)
    except (HotlineError, OSError) as error:
        return _goes_on(before, error)


def _goes_on(before: Classifier | None, error: Exception) -> Classifier | None:
    log.error("分类模型不可用,%s:%s", "继续使用原来的模型" if before else "改由人工分类", error)
    return before


def _open(
    folder: Path, champions: Mapping[str, str] | None, source: Path, tree: Tree | None, before: Classifier | None
) -> Classifier:
    return Classifier(
        category=_load("category", folder, champions, before.category if before else None),
        kind=_load("kind", folder, champions, before.kind if before else None),
        urgency=_load("urgency", folder, champions, before.urgency if before else None),
        third=Refiner.load(folder / "third"),
        tree=tree or read_tree(source / starter.CATEGORIES),
    )


def _load(target: str, folder: Path, champions: Mapping[str, str] | None, before: TextModel | None) -> TextModel:
    """The city's model of this target; what answered before, or the starter's, when there is none or it cannot be trusted."""
    own = (champions or {}).get(target)
    if own is not None:
        try:
            model = TextModel.load(Path(own))
            if (wrong := strange(model.manifest, target)) is not None:
                raise BrokenModel(f"模型 {own} 不能使用:{wrong}")
            return model
        except HotlineError as error:
            log.error("%s %s。", error.message, "继续使用原来的模型" if before else "改用随附模型")
            if before:
                return before
    return TextModel.load(folder / target)


def strange(manifest: Manifest, target: str) -> str | None:
    """Why a model cannot answer for this target, whatever the city's categories are."""
    known: dict[str, set[str]] = {"kind": {one.value for one in Kind}, "urgency": {one.value for one in Urgency}}
    if manifest.target != target:
        return f"它不是{target}的模型。"
    if not set(manifest.labels) <= known.get(target, set(manifest.labels)):
        return "它的标签不是本系统的取值。"
    return None


async def classify_ticket(
    conn: Connection, classifier: Classifier | None, ticket_id: int, *, title: str, content: str, now: datetime
) -> Answers | None:
    """Suggest and write down what was suggested; None without a model: a person decides."""
    if classifier is None:
        return None
    answers = classifier.suggest(title, content)
    await store.save_prediction(conn, ticket_id, answers, now)
    return answers


async def overrule(
    conn: Connection, ticket_id: int, *, field: Field, to_value: str, reason: str, actor: Actor, now: datetime
) -> bool:
    """A person chose otherwise than suggested; returns whether that is so. The model learns from it later."""
    shown = await corrections.seen(conn, ticket_id)
    suggested = first_of(shown, field)
    if suggested == to_value:
        return False
    override = Override(
        ticket_id,
        field,
        suggested,
        to_value,
        "agent" if actor.has(*TAKERS) else "dispatcher",
        reason,
        shown.categories if field == "category" else (),
        shown.model,
        shown.prediction_id,
        actor.name,
        actor.person_id,
    )
    await corrections.save(conn, [override], now)
    return True


TAKERS = (Role.AGENT, Role.SHIFT_LEADER)


def first_of(shown: Seen, field: Field) -> str | None:
    if field == "category":
        return shown.categories[0].code if shown.categories else None
    return shown.kind if field == "kind" else shown.urgency


def chosen_otherwise(
    said: Mapping[int, Answers], numbers: Mapping[int, int], chosen: Mapping[int, str]
) -> list[Override]:
    """Letters that came with a category of the agent's own choice (`chosen`), where the model would have said another."""
    return [
        Override(
            letter,
            "category",
            answers.category[0].code,
            chosen[letter],
            "agent",
            shown=tuple(Shown(one.code, one.name, one.confidence) for one in answers.category),
            model=answers.model,
            prediction_id=numbers[letter],
        )
        for letter, answers in said.items()
        if letter in chosen and answers.category[0].code != chosen[letter]
    ]

"""Register a trained model, let it answer, go back. A model that cannot be opened is never put in use."""

import asyncio
from pathlib import Path

from hotline.classify import registry
from hotline.classify import store as models
from hotline.classify.choosing import store
from hotline.classify.choosing.fitness import SERVED, unfit
from hotline.classify.choosing.store import RegisteredModel
from hotline.classify.folder import MANIFEST, BrokenModel, Manifest, read_manifest
from hotline.classify.labels import Tree
from hotline.classify.nightly import store as nightly
from hotline.classify.nightly.compare import better
from hotline.classify.registry import ModelRole
from hotline.directory.changes import store as changes
from hotline.directory.people import By
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, InvalidInput, NotFound

FOLDER = "models"


async def known(conn: Connection, model_id: int) -> RegisteredModel:
    found = await store.one(conn, model_id)
    if found is None:
        raise NotFound(f"没有编号为 {model_id} 的模型,请核对。")
    return found


def waiting(data: Path) -> dict[str, Manifest]:
    """Folders under the data folder's models that hold a model of ours, by name; the starter's are not among them."""
    home = data / FOLDER
    found = {}
    for path in sorted(home.iterdir()) if home.is_dir() else ():
        if not path.name.startswith(".") and (path / MANIFEST).is_file():
            try:
                found[path.name] = read_manifest(path)
            except BrokenModel:
                continue
    return found


async def register(conn: Connection, folder: str, data: Path, by: By) -> RegisteredModel:
    """A folder that `hotline train --out` wrote under the data folder's models."""
    if not folder or folder != Path(folder).name or folder.startswith(".") or "\0" in folder:
        raise InvalidInput([("folder", "请填写数据目录 models 下的一个文件夹名,例如 category-2026。")])
    path = data / FOLDER / folder
    manifest = await asyncio.to_thread(opened, path)
    if manifest.target not in SERVED:
        raise InvalidInput([("folder", f"“{manifest.target}”模型不用于推荐,不必登记。")])
    number = await models.register_model(conn, manifest, str(path.resolve()), ModelRole.CHALLENGER)
    made = await known(conn, number)
    await changes.keep(conn, "model", str(number), "register", by, before=None, after=brief(made))
    return made


def opened(path: Path) -> Manifest:
    """Opened as it would be to answer, so that what is broken is found now."""
    try:
        return registry.load(path).manifest
    except BrokenModel as wrong:
        raise InvalidInput([("folder", wrong.message)]) from wrong


def brief(model: RegisteredModel) -> dict[str, object]:
    return {"target": model.target, "fingerprint": model.fingerprint, "role": model.role}


async def promote(conn: Connection, model_id: int, tree: Tree, by: By) -> RegisteredModel:
    """From now on this one answers; the one before it is kept for going back."""
    await store.alone(conn)
    before = await known(conn, model_id)
    manifest = await asyncio.to_thread(opened, Path(before.path))
    if manifest.fingerprint != before.fingerprint:
        raise Conflict("模型文件夹的内容在登记之后变过,请重新登记。")
    if (wrong := unfit(manifest, tree)) is not None:
        raise Conflict(wrong)
    await refuse_unproven(conn, before)
    if before.role != ModelRole.CHAMPION:
        if (last := await store.champion(conn, before.target)) is not None:
            await store.since(conn, last, by.now)
        await models.promote_model(conn, before.target, model_id)
        await store.since(conn, model_id, by.now)
        await changes.keep(
            conn, "model", str(model_id), "promote", by, before=brief(before), after={"role": "champion"}
        )
    return await known(conn, model_id)


async def refuse_unproven(conn: Connection, model: RegisteredModel) -> None:
    """A model of the night must have shown itself better, on the night or on what came since; what answered before may
    always come back, and what a person registered by hand is theirs to judge."""
    comparison = model.comparison
    if comparison is None or model.role not in (ModelRole.CHALLENGER, ModelRole.SHADOW):
        return
    last = await store.champion(conn, model.target)
    answers = (await known(conn, last)).fingerprint if last is not None else comparison.champion
    if comparison.better and comparison.champion == answers:
        return
    watched = (await nightly.live(conn)).get(model.id)
    if watched is None or not better(watched):
        if comparison.better:
            raise Conflict("它是与先前的模型比较的,没有检验表明它比现在作答的模型更好,请等下一次训练。")
        raise Conflict(f"没有检验表明它更好:{comparison.because}")


async def back(conn: Connection, target: str, tree: Tree, by: By) -> RegisteredModel | None:
    """一键回退: the model before this one answers again; the program's own (None) when there was none."""
    await store.alone(conn)
    champion = await store.champion(conn, target)
    if champion is None:
        raise Conflict("现在使用的就是随附模型,没有可以回退的。")
    last = await store.before(conn, champion)
    await retire(conn, champion, by)
    return await promote(conn, last, tree, by) if last is not None else None


async def retire(conn: Connection, model_id: int, by: By) -> RegisteredModel:
    """The model that comes with the program answers again."""
    await store.alone(conn)
    before = await known(conn, model_id)
    if before.role != ModelRole.CHAMPION:
        raise Conflict("此模型现在没有使用,不必停用。")
    await store.retire(conn, model_id)
    await store.since(conn, model_id, by.now)
    await changes.keep(conn, "model", str(model_id), "retire", by, before=brief(before), after={"role": "retired"})
    return await known(conn, model_id)

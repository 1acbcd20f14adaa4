"""Add, rename, close a category. A code is never given twice: old tickets bear it."""

import msgspec

from hotline.directory.changes import store as changes
from hotline.directory.people import By
from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, InvalidInput, NotFound
from hotline.routing.categories import store
from hotline.routing.categories.store import FullCategory

DEEPEST = 3
MOST_CHILDREN = 99


class NewCategory(msgspec.Struct, frozen=True):
    parent: str | None
    name: str
    words: str
    duty: bool


class CategoryChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """Only what is set changes."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    words: str | msgspec.UnsetType = msgspec.UNSET
    duty: bool | msgspec.UnsetType = msgspec.UNSET


async def known(conn: Connection, code: str) -> FullCategory:
    found = await store.one(conn, code)
    if found is None:
        raise NotFound(f"没有分类 {code[:20]},请核对。")
    return found


def plain_words(given: str) -> str:
    return " ".join(dict.fromkeys(given.split()))


async def add(conn: Connection, new: NewCategory, by: By) -> FullCategory:
    name = new.name.strip()
    await refuse_namesake(conn, new.parent, name, code=None)
    if new.parent is not None:
        parent = await known(conn, new.parent)
        if not parent.active:
            raise Conflict(f"上级分类“{parent.name}”已停用,请先启用它。")
        if parent.level == DEEPEST:
            raise InvalidInput([("parent", "分类最多三级,请选择上一级。")])
    last = await store.last_child(conn, new.parent)
    number = int(last[-2:]) + 1 if last else 1
    if number > MOST_CHILDREN:
        raise Conflict("这一级的代码(01 至 99)已经用完,请并到其他分类下。")
    code = f"{new.parent or ''}{number:02}"
    made = FullCategory(code, len(code) // 2, new.parent, name, plain_words(new.words), new.duty, True)
    await store.add(conn, made)
    await changes.keep(conn, "category", code, "add", by, before=None, after=made)
    return made


async def refuse_namesake(conn: Connection, parent: str | None, name: str, *, code: str | None) -> None:
    if not name:
        raise InvalidInput([("name", "请填写分类名称。")])
    await store.alone(conn)
    siblings = [one for one in await store.every(conn) if one.parent == parent and one.active and one.code != code]
    if any(one.name == name for one in siblings):
        raise InvalidInput([("name", f"同一级已有“{name}”,请换一个名称。")])


async def change(conn: Connection, code: str, given: CategoryChange, by: By) -> FullCategory:
    before = await known(conn, code)
    after = msgspec.structs.replace(
        before,
        name=before.name if given.name is msgspec.UNSET else given.name.strip(),
        words=before.words if given.words is msgspec.UNSET else plain_words(given.words),
        duty=before.duty if given.duty is msgspec.UNSET else given.duty,
    )
    await refuse_namesake(conn, before.parent, after.name, code=code)
    if after != before:
        await store.save(conn, after)
        await changes.keep(conn, "category", code, "change", by, before=before, after=after)
    return after


async def set_active(conn: Connection, code: str, active: bool, by: By) -> FullCategory:
    """Closed, it is chosen no more; tickets that bear it keep it."""
    before = await known(conn, code)
    if before.active is active:
        return before
    use = await store.use(conn, code, by.now.astimezone(BEIJING).date())
    if not active and use.children:
        raise Conflict(f"“{before.name}”下还有 {use.children} 个在用的分类,请先停用它们。")
    if not active and use.entries:
        raise Conflict(f"派单目录中还有 {use.entries} 条“{before.name}”的条目在用,请先在派单目录中终止它们。")
    if active and before.parent is not None and not (await known(conn, before.parent)).active:
        raise Conflict("上级分类已停用,请先启用上级。")
    if active:
        await refuse_namesake(conn, before.parent, before.name, code=code)
    after = msgspec.structs.replace(before, active=active)
    await store.save(conn, after)
    await changes.keep(conn, "category", code, "activate" if active else "deactivate", by, before=before, after=after)
    return after

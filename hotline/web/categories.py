"""The category tree as people choose from it."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hotline.classify.labels import Category, Tree
from hotline.directory.http import actor_of
from hotline.infra.http import answer, services
from hotline.infra.initials import initials, spells
from hotline.routing.store import load_categories


class CategoryNode(msgspec.Struct, frozen=True):
    code: str
    level: int
    parent: str | None
    name: str
    full_name: str
    """市政设施/路灯照明/路灯不亮"""
    words: tuple[str, ...]
    duty: bool
    """部门职责: may not be handed to a street office."""
    initials: str
    """拼音首字母 of the name, for a search on the desk itself; ? stands for any letter."""


class CategoryList(msgspec.Struct, frozen=True):
    mark: str
    """Changes with the tree: a desk that kept the list asks whether it is still the one."""
    items: list[CategoryNode]


MOST_FOUND = 50


async def listing(request: Request) -> Response:
    """GET /api/v1/categories?q="""
    actor_of(request)
    sought = request.query_params.get("q", "").strip().casefold()
    async with services(request).pool.acquire() as conn:
        categories = await load_categories(conn)
    nodes = [node_of(categories.tree, category) for category in categories.tree.nodes.values()]
    return answer(CategoryList(categories.mark or "", found_among(nodes, sought) if sought else nodes))


def node_of(tree: Tree, category: Category) -> CategoryNode:
    return CategoryNode(
        category.code,
        category.level,
        category.parent,
        category.name,
        tree.full_name(category.code),
        category.words,
        category.duty,
        initials(category.name),
    )


def found_among(nodes: list[CategoryNode], sought: str) -> list[CategoryNode]:
    """Names before words, shorter before longer; the code and the initials count, too."""
    ranked = [(rank, len(node.name), node.code, node) for node in nodes if (rank := rank_of(node, sought))]
    return [node for *_, node in sorted(ranked, key=lambda row: row[:3])[:MOST_FOUND]]


def rank_of(node: CategoryNode, sought: str) -> int:
    """0 no match, 1 the name or code, 2 its initials, 3 a name above it, 4 a typical word."""
    if sought in node.name.casefold() or node.code.startswith(sought):
        return 1
    if sought.isascii() and sought.isalpha() and spells(sought, node.initials):
        return 2
    if sought in node.full_name.casefold():
        return 3
    return 4 if any(sought in word.casefold() for word in node.words) else 0

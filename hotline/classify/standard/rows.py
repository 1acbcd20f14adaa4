"""Which rows of a code table can be taken in, and what is wrong with the rest."""

from collections.abc import Iterable, Mapping

from hotline.classify.labels import COLUMNS, STANDARD_COLUMNS, Category, fault_of, from_standard
from hotline.directory.loading.rows import Judged, Known, Row, Wrong, judged, parents_first, text
from hotline.infra.errors import BadRequest


def plain_rows(rows: Iterable[Row]) -> list[dict[str, str]]:
    """Rows in our own columns, whichever of the two forms the table has."""
    found = [{column: text(row, column) for column in row if column} for row in rows]
    header = set(found[0]) if found else set(COLUMNS)
    if set(COLUMNS) <= header:
        return found
    if set(STANDARD_COLUMNS) <= header:
        return from_standard(found)
    raise BadRequest(f"分类表的表头不认识,请使用 {','.join(COLUMNS)} 各列,或标准代码表的各级代码与名称列。")


def judge_categories(rows: Iterable[Row], known: Mapping[str, Category], *, replace: bool = False) -> Judged[Category]:
    """With `replace` the table is the whole tree and its names win; else it only adds."""
    ready, lost = parents_first(rows, () if replace else known)
    taken: dict[str, Category] = {}

    def judge(row: Row) -> Category:
        plain = {column: text(row, column) for column in COLUMNS}
        if wrong := fault_of(plain["code"], plain, taken):
            raise Wrong(f"此行{wrong}")
        words = tuple(dict.fromkeys(plain["words"].split()))
        node = Category(plain["code"], plain["name"], words, plain["duty"] == "是")
        before = known.get(node.code)
        if before is not None and not replace:
            if before.name == node.name:
                raise Known
            raise Wrong(f"代码 {node.code} 已是“{before.name}”;要以此表为准,请加 --replace。")
        if node.parent and node.parent not in taken and (replace or node.parent not in known):
            raise Wrong(f"上级 {node.parent} 有误,没有被采用。")
        taken[node.code] = node
        if replace and before == node:
            raise Known
        return node

    found = judged(ready, judge)
    found.rejected += lost
    return found

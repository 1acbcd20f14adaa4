"""The category tree (诉求分类) and maps between one set of labels and another."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hotline.infra.errors import InvalidInput

CODE = re.compile(r"(?:\d{2}){1,3}")
COLUMNS = ("code", "level", "parent", "name", "words", "duty")
STANDARD_COLUMNS = ("level_1_code", "level_1_name", "level_2_code", "level_2_name", "level_3_code", "level_3_name")


@dataclass(frozen=True, slots=True)
class Category:
    """One node of the tree: two digits of the code per level."""

    code: str
    name: str
    words: tuple[str, ...] = ()
    duty: bool = False
    """部门职责: the matter may not be handed to a street office (66号)."""

    @property
    def level(self) -> int:
        return len(self.code) // 2

    @property
    def parent(self) -> str | None:
        return self.code[:-2] or None


@dataclass(frozen=True, slots=True)
class Tree:
    """All categories by code, parents before their children."""

    nodes: Mapping[str, Category]
    _names: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def __contains__(self, code: object) -> bool:
        return code in self.nodes

    def __len__(self) -> int:
        return len(self.nodes)

    def level(self, level: int) -> list[Category]:
        return [node for node in self.nodes.values() if node.level == level]

    def children(self, code: str) -> list[Category]:
        return [node for node in self.nodes.values() if node.parent == code]

    def path(self, code: str) -> list[Category]:
        """From the top category down to `code` itself."""
        return [self.nodes[code[:end]] for end in range(2, len(code) + 1, 2)]

    def full_name(self, code: str) -> str:
        if code not in self._names:
            self._names[code] = "/".join(node.name for node in self.path(code))
        return self._names[code]


def read_tree(path: Path) -> Tree:
    """A tree from our own columns or from a standard's code table; every wrong line is named."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        header = reader.fieldnames or ()
        if set(COLUMNS) <= set(header):
            return make_tree(reader)
        if set(STANDARD_COLUMNS) <= set(header):
            return make_tree(from_standard(reader))
    raise InvalidInput(
        [
            (
                "header",
                f"分类表 {path.name} 的表头不认识,请使用 {','.join(COLUMNS)} 各列,或标准代码表的各级代码与名称列。",
            )
        ]
    )


def make_tree(rows: Iterable[Mapping[str, str]]) -> Tree:
    nodes: dict[str, Category] = {}
    errors: list[tuple[str, str]] = []
    for number, row in enumerate(rows, start=2):
        code = (row["code"] or "").strip()
        wrong = fault_of(code, row, nodes)
        if wrong:
            errors.append((f"line {number}", f"分类表第 {number} 行{wrong}"))
            continue
        words = tuple(dict.fromkeys((row["words"] or "").split()))
        nodes[code] = Category(code, row["name"].strip(), words, (row["duty"] or "").strip() == "是")
    errors += _orphans(nodes)
    if errors:
        raise InvalidInput(errors)
    return Tree(dict(sorted(nodes.items())))


def fault_of(code: str, row: Mapping[str, str], nodes: Mapping[str, Category]) -> str:
    """What is wrong with a row of a code table, given those before it; empty when nothing is."""
    if not CODE.fullmatch(code):
        return f"的代码“{code}”不是两位、四位或六位数字。"
    if code in nodes:
        return f"的代码 {code} 与前面重复。"
    if (row["level"] or "").strip() != str(len(code) // 2):
        return f"的级别与代码 {code} 不符。"
    if (row["parent"] or "").strip() != code[:-2]:
        return f"的上级应为“{code[:-2]}”。"
    if not (row["name"] or "").strip():
        return f"(代码 {code})没有名称。"
    if (row["duty"] or "").strip() not in ("是", "否", ""):
        return f"(代码 {code})的部门职责只能填“是”或“否”。"
    return ""


def _orphans(nodes: Mapping[str, Category]) -> list[tuple[str, str]]:
    lost = [node for node in nodes.values() if node.parent and node.parent not in nodes]
    return [(node.code, f"分类 {node.code} 的上级 {node.parent} 不在表中,请补上。") for node in lost]


def from_standard(rows: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Our rows out of a standard's table (one line per third-level code, its parents beside it, a remark)."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        for level in (1, 2, 3):
            code, name = row[f"level_{level}_code"].strip(), row[f"level_{level}_name"].strip()
            if not code:
                continue
            words = _remark_words(row.get("remark") or "") if level == 3 else ""
            found.setdefault(
                code,
                {"code": code, "level": str(level), "parent": code[:-2], "name": name, "words": words, "duty": "否"},
            )
    return list(found.values())


def _remark_words(remark: str) -> str:
    pieces = re.split(r"[\s、,,。;;()()/“”\"::]+", remark)
    return " ".join(dict.fromkeys(piece for piece in pieces if piece))


def read_label_map(path: Path) -> dict[str, str]:
    """`from,to` lines that fold our labels into another file's."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if not {"from", "to"} <= set(reader.fieldnames or ()):
            raise InvalidInput([("header", f"标签对照表 {path.name} 需要 from 和 to 两列。")])
        return {row["from"].strip(): row["to"].strip() for row in reader if (row["from"] or "").strip()}


def fold(label: str, mapping: Mapping[str, str]) -> str:
    """The label the other side uses; a code without an entry of its own follows its nearest mapped ancestor."""
    for candidate in _ancestors(label):
        if candidate in mapping:
            return mapping[candidate]
    return label


def _ancestors(label: str) -> Sequence[str]:
    if not CODE.fullmatch(label):
        return (label,)
    return [label[:end] for end in range(len(label), 0, -2)]

"""Rows of a file of letters, whatever its headings are called."""

import hashlib
from collections.abc import Mapping
from typing import Any

COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("title", "标题", "主题", "信件标题"),
    "content": ("content", "detail", "text", "内容", "诉求内容", "留言内容", "留言详情", "信件内容"),
    "external_id": ("external_id", "id", "msg_id", "编号", "外部编号", "留言编号", "工单编号"),
    "phone": ("phone", "电话", "联系电话", "手机", "手机号"),
    "name": ("name", "姓名", "诉求人", "留言用户"),
    "email": ("email", "邮箱"),
    "address": ("address", "地址", "事发地址"),
    "district_code": ("district_code", "区划代码"),
    "kind": ("kind", "类型", "诉求类型"),
    "confidential": ("confidential", "保密"),
}
"""Our field: the headings that mean it, the surest first."""

KINDS = {
    "咨询": "consult",
    "求助": "seek_help",
    "投诉": "complaint",
    "举报": "report",
    "建议": "suggestion",
    "表扬": "praise",
    "感谢": "praise",
    "其他": "other",
}
YES = frozenset({"1", "true", "yes", "是", "y"})


def fields_of(headings: list[str]) -> dict[str, str]:
    """Our field → the file's heading, for those it has."""
    # A row with more cells than headings has them under None.
    plain = {heading.strip().lower(): heading for heading in headings if heading}
    return {field: plain[name] for field, names in COLUMNS.items() for name in names[::-1] if name in plain}


def letter(row: Mapping[str, Any], fields: Mapping[str, str], channel: str, *, prefix: str) -> dict[str, Any]:
    """A row as the intake form takes it. Without a number of its own a row is known by what it says."""
    given = {field: text(row.get(heading)) for field, heading in fields.items()}
    content, title = given.get("content", ""), given.get("title", "")
    number = given.get("external_id") or hashlib.sha256(f"{title}\0{content}".encode()).hexdigest()[:24]
    kind = given.get("kind", "")
    asked: dict[str, Any] = {
        "channel": channel,
        "title": title[:100] or None,
        "content": content,
        "external_id": f"{prefix}{number}"[:128],
        "kind": KINDS.get(kind, kind) or None,
        "address": given.get("address") or None,
        "district_code": given.get("district_code") or None,
        "confidential": given.get("confidential", "").lower() in YES,
        "citizen": {key: given.get(key) or None for key in ("phone", "name", "email")},
    }
    return asked


def text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


UNIT = ("承办单位", "主办单位", "办理单位", "处理部门", "承办部门")
MATTER = ("小类", "三级分类", "诉求分类", "分类", "二级分类", "大类")
LONGEST_NAME = 100


def unit_named(row: Mapping[str, Any]) -> str:
    """The unit that a file of finished letters says it was, as the file writes it; nothing where it says none."""
    named = next((found for heading in UNIT if (found := text(row.get(heading)))), "")
    return named if len(named) <= LONGEST_NAME and "\0" not in named else ""


def matter_named(row: Mapping[str, Any]) -> str:
    return next((found[:LONGEST_NAME] for heading in MATTER if (found := text(row.get(heading)))), "")

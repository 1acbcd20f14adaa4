"""Which tickets belong to a campaign, and what a rule must say."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

MOST = 50


class CampaignRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ticket that came in between the days and is of one of the categories (or below one), or says one of the words."""

    name: Annotated[str, Meta(max_length=40)]
    begins: date
    ends: date | None = None
    categories: Annotated[tuple[str, ...], Meta(max_length=MOST)] = ()
    words: Annotated[tuple[str, ...], Meta(max_length=MOST)] = ()


class Campaign(msgspec.Struct, frozen=True):
    id: int
    name: str
    begins: date
    ends: date | None
    categories: tuple[str, ...]
    words: tuple[str, ...]
    by_name: str
    tickets: int


def tidied(rule: CampaignRule) -> CampaignRule:
    return msgspec.structs.replace(
        rule,
        name=" ".join(rule.name.split()),
        categories=tuple(sorted({code.strip() for code in rule.categories if code.strip()})),
        words=tuple(sorted({word.strip() for word in rule.words if word.strip()})),
    )


def faults(rule: CampaignRule, known: frozenset[str]) -> list[tuple[str, str]]:
    """Everything wrong at once, each with what to do."""
    found = []
    if not rule.name:
        found.append(("name", "请给专题起一个名字，例如“蓝天保卫战”。"))
    if not all(2000 <= day.year <= 2998 for day in (rule.begins, rule.ends) if day):
        found.append(("begins", "日期应形如 2026-11-01。"))
    if rule.ends and rule.ends < rule.begins:
        found.append(("ends", "结束日期不能早于开始日期。"))
    if not rule.categories and not rule.words:
        found.append(("categories", "请至少选一个类别或写一个关键词，否则没有工单会归入这个专题。"))
    if unknown := sorted(set(rule.categories) - known):
        found.append(("categories", f"没有类别 {'、'.join(unknown)}，请从分类中选取。"))
    if short := [word for word in rule.words if len(word) < 2]:
        found.append(("words", f"关键词“{'、'.join(short)}”太短，请写两个字以上，以免误入。"))
    if any("\0" in word or len(word) > 30 for word in rule.words) or "\0" in rule.name:
        found.append(("words", "关键词不超过 30 个字，且不含控制字符。"))
    return found

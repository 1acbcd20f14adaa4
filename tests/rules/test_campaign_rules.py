"""专题: what a rule must say."""

from datetime import date

import pytest

from hotline.insight.campaigns.rule import CampaignRule, faults, tidied

KNOWN = frozenset({"01", "0101"})
FIRST = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        (CampaignRule("蓝天保卫战", FIRST, None, ("0101",), ("扬尘",)), []),
        (CampaignRule("  ", FIRST, None, ("01",)), ["name"]),
        (CampaignRule("蓝天", FIRST, date(2026, 10, 1), ("01",)), ["ends"]),
        (CampaignRule("蓝天", FIRST), ["categories"]),
        (CampaignRule("蓝天", FIRST, None, ("77",)), ["categories"]),
        (CampaignRule("蓝天", FIRST, None, (), ("烟",)), ["words"]),
    ],
)
def test_a_rule_that_says_nothing_or_too_much_is_refused(rule: CampaignRule, fields: list[str]) -> None:
    assert [field for field, _ in faults(tidied(rule), KNOWN)] == fields

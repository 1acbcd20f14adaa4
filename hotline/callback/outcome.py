"""What the citizen's answer means (docs/rules.md F.6, F.8). Solved is not satisfied, and neither is ever assumed."""

from hotline.tickets.states import Outcome, Solved

GOOD = 3
"""基本满意 and better."""


def verdict(solved: Solved, rating: int) -> Outcome:
    """Satisfied only when the matter is not unsolved and the rating at least 基本满意."""
    if solved is Solved.NO or rating < GOOD:
        return Outcome.DISSATISFIED
    return Outcome.SATISFIED


def counts(outcome: Outcome | None) -> bool:
    """Whether the callback enters 解决率 and 满意率: unreached and declined count neither way."""
    return outcome in (Outcome.SATISFIED, Outcome.DISSATISFIED)

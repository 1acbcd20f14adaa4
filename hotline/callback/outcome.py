"""What the citizen's answer means (docs/rules.md F.6, F.8). Solved is not satisfied, and neither is ever assumed."""

from hotline.tickets.states import DissatisfiedWith, Outcome, Solved
from hotline.tickets.ticket import Callback

GOOD = 3
"""基本满意 and better."""
LOW = 2
"""差评: this and less."""

REASONS = {
    DissatisfiedWith.ATTITUDE: "态度",
    DissatisfiedWith.EFFICIENCY: "效率",
    DissatisfiedWith.RESULT: "结果(程序到位)",
    DissatisfiedWith.PROCEDURE: "程序",
    DissatisfiedWith.NOT_CONTACTED: "未联系",
    DissatisfiedWith.FALSE: "办理不实",
}


def verdict(solved: Solved, rating: int) -> Outcome:
    """Satisfied only when the matter is not unsolved and the rating at least 基本满意."""
    if solved is Solved.NO or rating < GOOD:
        return Outcome.DISSATISFIED
    return Outcome.SATISFIED


def fair(dissatisfied_with: DissatisfiedWith | None, *, contacted: bool | None, as_told: bool | None) -> bool:
    """只对结果 says that the procedure was right: not of who was not contacted, or was told what is not so."""
    return dissatisfied_with is not DissatisfiedWith.RESULT or (contacted is not False and as_told is not False)


def counts(callback: Callback) -> bool:
    """Whether the callback enters 解决率 and 满意率: who could not be asked or did not answer counts neither way."""
    return callback.outcome in (Outcome.SATISFIED, Outcome.DISSATISFIED) and not callback.excluded


def with_result_alone(callback: Callback) -> bool:
    """对结果不满但程序到位: shown apart, so that what the law does not grant is not held against the unit."""
    return callback.outcome is Outcome.DISSATISFIED and callback.dissatisfied_with is DissatisfiedWith.RESULT

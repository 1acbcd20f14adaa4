"""What must hold beyond the state (docs/rules.md C.3, column Guards). A guard returns one sentence, or nothing.

Each guard sees the ticket, the fact and the moment; what it cannot see there (is the unit active? is the category a
departmental duty?) is decided in the stage that knows, before the fact is made."""

from hotline.tickets.guards import beside, callback, handling, sending
from hotline.tickets.guards.callback import SECRET_CALLERS
from hotline.tickets.guards.core import FORESEEABLE, MAX_ROUNDS, GuardRefused, check

ROOMS = (sending, handling, callback, beside)
"""Each registers its guards when it is imported."""

__all__ = ["FORESEEABLE", "MAX_ROUNDS", "SECRET_CALLERS", "GuardRefused", "check"]

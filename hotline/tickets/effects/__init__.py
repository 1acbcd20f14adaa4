"""What each event changes besides the state. Effects never refuse and never look at a clock: given the ticket and a
history line they give the ticket after, so replaying the lines gives the stored ticket."""

from hotline.tickets.effects import beside, callback, handling, sending
from hotline.tickets.effects.core import EFFECTS, Line, apply, begin, replace, replay, with_assignment
from hotline.tickets.states import Event

ROOMS = (sending, handling, callback, beside)
"""Each registers its effects when it is imported."""
NO_EFFECT = frozenset(set(Event) - set(EFFECTS) - {Event.CREATE})
"""Events that only move the state, or only leave a line."""

__all__ = ["EFFECTS", "NO_EFFECT", "Line", "apply", "begin", "replace", "replay", "with_assignment"]

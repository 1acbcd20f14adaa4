"""What each event says: one frozen value per event, which is also its payload in history.

Nothing in here names a citizen or repeats their words: history is kept for ever, persons are not."""

import msgspec

from hotline.tickets.facts.arrival import (
    AnswerDirectly,
    AnswerWithMaster,
    Classify,
    CloseWithMaster,
    Create,
    Merge,
    Redirect,
    Register,
    Unmerge,
)
from hotline.tickets.facts.beside import (
    AnswerLetter,
    Archive,
    Instruct,
    MarkDeadline,
    MarkDifficult,
    Recompute,
    Reopen,
    ReviewLetter,
    StrikeOff,
    Supervise,
    Urge,
    Void,
)
from hotline.tickets.facts.callback import (
    DIRECT,
    PAGE,
    SMS_LINK,
    UNAIDED,
    Appeal,
    AttemptCallback,
    Close,
    Conclude,
    DecideAppeal,
    DecideExclusion,
    LowRating,
    Rate,
    RequestExclusion,
    SendBack,
    unhappy,
)
from hotline.tickets.facts.core import Fact, Share
from hotline.tickets.facts.handling import (
    Answered,
    ApproveReply,
    AssignPerson,
    Assist,
    AssistReply,
    Attach,
    Contact,
    DenyExtension,
    DenyShelving,
    DenyTermination,
    GrantExtension,
    Milestone,
    RefuseReply,
    RequestExtension,
    RequestShelving,
    RequestTermination,
    Resume,
    Shelve,
    Terminate,
    Withdraw,
)
from hotline.tickets.facts.sending import (
    ApproveReturn,
    Consult,
    Dispatch,
    EscalateReturn,
    Handed,
    HandOver,
    Recall,
    RefuseReturn,
    RequestReturn,
    Rule,
    Sign,
)
from hotline.tickets.states import Event

FACTS: dict[Event, type[Fact]] = {shape.event: shape for shape in Fact.__subclasses__()}


def read(event: Event, payload: object) -> Fact:
    """The payload of a stored history line as the value it was."""
    return msgspec.convert(payload, FACTS[event])


def written(fact: Fact) -> dict[str, object]:
    """The JSON values that go into history."""
    plain: dict[str, object] = msgspec.to_builtins(fact)
    return plain


__all__ = [
    "DIRECT",
    "FACTS",
    "PAGE",
    "SMS_LINK",
    "UNAIDED",
    "AnswerDirectly",
    "AnswerLetter",
    "AnswerWithMaster",
    "Answered",
    "Appeal",
    "ApproveReply",
    "ApproveReturn",
    "Archive",
    "AssignPerson",
    "Assist",
    "AssistReply",
    "Attach",
    "AttemptCallback",
    "Classify",
    "Close",
    "CloseWithMaster",
    "Conclude",
    "Consult",
    "Contact",
    "Create",
    "DecideAppeal",
    "DecideExclusion",
    "DenyExtension",
    "DenyShelving",
    "DenyTermination",
    "Dispatch",
    "EscalateReturn",
    "Fact",
    "GrantExtension",
    "HandOver",
    "Handed",
    "Instruct",
    "LowRating",
    "MarkDeadline",
    "MarkDifficult",
    "Merge",
    "Milestone",
    "Rate",
    "Recall",
    "Recompute",
    "Redirect",
    "RefuseReply",
    "RefuseReturn",
    "Register",
    "Reopen",
    "RequestExclusion",
    "RequestExtension",
    "RequestReturn",
    "RequestShelving",
    "RequestTermination",
    "Resume",
    "ReviewLetter",
    "Rule",
    "SendBack",
    "Share",
    "Shelve",
    "Sign",
    "StrikeOff",
    "Supervise",
    "Terminate",
    "Unmerge",
    "Urge",
    "Void",
    "Withdraw",
    "read",
    "unhappy",
    "written",
]

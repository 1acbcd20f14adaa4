"""The dispatcher's verbs."""

from hotline.dispatch import actions
from hotline.tickets.actions import Held
from hotline.tickets.states import Event
from hotline.tickets.verbs import Command, Desk, Verb


class Dispatch(Command, frozen=True, kw_only=True):
    """派单: one lead, any number of assisting units."""

    unit_id: int
    assists: tuple[int, ...] = ()
    basis: str = ""


class Consult(Command, frozen=True, kw_only=True):
    candidates: tuple[int, ...] = ()


class Rule(Command, frozen=True, kw_only=True):
    """裁定"""

    unit_id: int
    basis: str
    assists: tuple[int, ...] = ()
    to_catalogue: bool = False


class ApproveReturn(Command, frozen=True, kw_only=True):
    """同意退单; without `unit_id` the ticket goes to the unit the objector proposed."""

    unit_id: int | None = None
    assists: tuple[int, ...] = ()
    wrong_unit: bool = True


class Plain(Command, frozen=True, kw_only=True):
    """Only a version and, where asked, a reason."""


async def dispatch(held: Held, body: Dispatch, desk: Desk) -> None:
    await actions.dispatch(held, body.unit_id, body.assists, desk, basis=body.basis)


async def consult(held: Held, body: Consult, desk: Desk) -> None:
    await actions.consult(held, body.candidates, desk, body.reason)


async def rule(held: Held, body: Rule, desk: Desk) -> None:
    await actions.rule(
        held,
        body.unit_id,
        body.assists,
        desk,
        basis=body.basis,
        reason=body.reason,
        to_catalogue=body.to_catalogue,
    )


async def approve_return(held: Held, body: ApproveReturn, desk: Desk) -> None:
    await actions.approve_return(held, body.unit_id, body.assists, desk, wrong_unit=body.wrong_unit, reason=body.reason)


async def refuse_return(held: Held, body: Plain, desk: Desk) -> None:
    await actions.refuse_return(held, body.reason)


async def escalate_return(held: Held, body: Plain, desk: Desk) -> None:
    await actions.escalate_return(held, desk, body.reason)


VERBS = (
    Verb("dispatch", Event.DISPATCH, Dispatch, dispatch),
    Verb("consult", Event.CONSULT, Consult, consult),
    Verb("rule", Event.RULE, Rule, rule),
    Verb("approve_return", Event.APPROVE_RETURN, ApproveReturn, approve_return),
    Verb("refuse_return", Event.REFUSE_RETURN, Plain, refuse_return),
    Verb("escalate_return", Event.ESCALATE_RETURN, Plain, escalate_return),
)

"""Proposing, approving and lifting: two people, evidence, and an end."""

from datetime import datetime, timedelta

import msgspec

from hotline.directory.people import Actor, Role
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from hotline.intake.channels.phone.restrict import store
from hotline.intake.channels.phone.restrict.rules import DAYS, Step, Treatment, proposal_refused, treatment

MAY_BLOCK = frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})


class ProposalBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """提出处置. `calls` are calls of one number; whose, nobody needs to know."""

    calls: list[str]
    step: Step
    evidence: str
    days: int | None = None


class DecisionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    approve: bool
    reason: str = ""


class LiftBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: str


async def propose(conn: Connection, body: ProposalBody, actor: Actor, now: datetime) -> int:
    assert actor.person_id is not None
    if not 1 <= len(body.calls) <= 50:
        raise InvalidInput([("calls", "请附上 1 至 50 通电话。")])
    if len(body.evidence) > 2000:
        raise InvalidInput([("evidence", "事实说明最多 2000 个字。")])
    callers = {call: await store.caller(conn, call) for call in dict.fromkeys(body.calls)}
    if unknown := [call for call, found in callers.items() if found is None]:
        raise InvalidInput([("calls", f"没有 {unknown[0]} 这通电话,或来电没有显示号码。")])
    numbers = {found[1]: found for found in callers.values() if found}
    if len(numbers) > 1:
        raise InvalidInput([("calls", "所附的电话不是同一个号码打来的,请分开提出。")])
    ((index, citizen),) = numbers.items()
    days = DAYS[body.step] if body.days is None else body.days
    before = await store.highest(conn, index, now)
    if faults := proposal_refused(body.step, before=before, shown=len(callers), days=days, evidence=body.evidence):
        raise InvalidInput(faults)
    made = await store.propose(
        conn, citizen, body.step, body.evidence.strip(), list(callers), days, actor.person_id, now
    )
    if made is None:
        raise Conflict("这个号码已有一项处置待审批,请等审批后再提。")
    return made


async def decide(conn: Connection, id_: int, body: DecisionBody, actor: Actor, now: datetime) -> None:
    assert actor.person_id is not None
    found = await store.lock(conn, id_)
    if found is None:
        raise NotFound("没有这项处置。")
    if found["decided_at"] is not None:
        raise Conflict("这项处置已经审批过了。")
    if found["proposed_by"] == actor.person_id:
        raise Forbidden("提出人不能审批自己提出的处置,请由另一位班长或主管审批。")
    if body.approve and Step(found["step"]) is Step.BLOCK and not actor.has(*MAY_BLOCK):
        raise Forbidden("屏蔽只能由中心主管或中心领导批准。")
    if not body.approve and not body.reason.strip():
        raise InvalidInput([("reason", "驳回时请写明理由。")])
    until = now + timedelta(days=found["days"]) if body.approve else None
    await store.decide(conn, id_, found["citizen_index"], actor.person_id, now, body.reason.strip()[:500], until)


async def lift(conn: Connection, id_: int, body: LiftBody, actor: Actor, now: datetime) -> None:
    assert actor.person_id is not None
    found = await store.lock(conn, id_)
    if found is None:
        raise NotFound("没有这项处置。")
    if not found["approved"] or found["lifted_at"] is not None or found["expires_at"] <= now:
        raise Conflict("这项处置没有生效,或已经解除、到期。")
    if not body.reason.strip():
        raise InvalidInput([("reason", "请写明解除的理由,如“申诉成立”。")])
    await store.lift(conn, id_, actor.person_id, now, body.reason.strip()[:500])


async def screened(conn: Connection, number: str, *, emergency: bool, now: datetime, cipher: FieldCipher) -> Treatment:
    """What to do with a call from this number now; a withheld number has done nothing."""
    if not number:
        return treatment(None, emergency=emergency, calls_today=0)
    index = cipher.blind_index(number)
    step = await store.in_force(conn, index, now)
    midnight = now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    today = await store.put_through(conn, index, midnight) if step is Step.LIMIT else 0
    return treatment(step, emergency=emergency, calls_today=today)

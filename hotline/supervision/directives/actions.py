"""Write a directive, break it down into tasks, take feedback, find a task done."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from hotline.directory.people import CENTRE, UNIT, Actor, Role
from hotline.directory.store import load_directory
from hotline.infra.db import Connection
from hotline.infra.errors import Forbidden, InvalidInput, NotFound
from hotline.infra.words import tidy
from hotline.supervision.directives import store
from hotline.supervision.directives.directive import Directive, Task
from hotline.supervision.directives.store import Given, NewTask
from hotline.supervision.duties import actions as duties
from hotline.supervision.duties.duty import Duty, DutyKind
from hotline.supervision.letters.actions import due_fault
from hotline.tickets.guards import GuardRefused
from hotline.tickets.permissions import MAY, SIGNERS
from hotline.tickets.states import Event
from hotline.tickets.verbs import Desk

SEERS = CENTRE | UNIT | {Role.CITY_LEADER}
WRITERS = MAY[Event.INSTRUCT] | {Role.SUPERVISOR}
"""A leader, or the centre's chief for what came on paper."""
BREAKERS = frozenset({Role.SUPERVISION, Role.SUPERVISOR, Role.CENTRE_LEADER})


async def write(
    conn: Connection, *, text: str, about: str, by_name: str, due: datetime | None, actor: Actor, now: datetime
) -> int:
    """批示 on a report or a brief; on a ticket it is the verb `instruct`."""
    text, about, signed = tidy(text), tidy(about), tidy(by_name)
    faults = [("text", "请填写批示内容。")] if not text else []
    if not about:
        faults.append(("about", "请写明批示所针对的材料，如“11月第3周疑难工单周报”。"))
    if fault := due_fault(due, now):
        faults.append(("due", fault))
    if faults:
        raise InvalidInput(faults)
    by = msgspec.structs.replace(actor, name=f"{signed}（{actor.name}代录）") if signed else actor
    return await store.add(conn, at=now, by=by, text=text, about=about, due=due)


async def break_down(
    conn: Connection, directive_id: int, tasks: Sequence[NewTask], *, actor: Actor, now: datetime, desk: Desk
) -> Directive:
    """批示分解: one task a unit and matter, each with its day."""
    if await store.one(conn, directive_id) is None:
        raise NotFound("没有这条批示。")
    directory = await load_directory(conn)
    faults = []
    for at, task in enumerate(tasks):
        unit = directory.unit(task.unit_id)
        if unit is None or not unit.active:
            faults.append((f"tasks[{at}].unit_id", "没有这个单位，或已撤并，请从列表中选择。"))
        if not tidy(task.what):
            faults.append((f"tasks[{at}].what", "请写明要办的事。"))
        if fault := due_fault(task.due, now):
            faults.append((f"tasks[{at}].due", fault))
    if faults:
        raise InvalidInput(faults)
    plain = [msgspec.structs.replace(task, what=tidy(task.what)) for task in tasks]
    given = await store.add_tasks(conn, directive_id, plain, by=actor, now=now)
    await duties.begin(conn, [owed(task) for task in given], by=actor.person_id, now=now, desk=desk)
    made = await store.one(conn, directive_id)
    assert made is not None
    return made


def owed(task: Given | Task, note: str = "") -> Duty:
    said = f"{task.what}（被退回：{note}）" if note else task.what
    return Duty(DutyKind.TASK, str(task.id), task.unit_id, said, task.due, since=task.given_at)


async def held(conn: Connection, task_id: int, *, actor: Actor) -> Task:
    found = await store.hold_task(conn, task_id)
    if found is None or not (actor.has(*CENTRE, Role.CITY_LEADER) or found.unit_id in actor.records_of):
        raise NotFound("没有这项任务。")
    return found


async def feed_back(conn: Connection, task_id: int, text: str, *, actor: Actor, now: datetime) -> None:
    task = await held(conn, task_id, actor=actor)
    if task.unit_id not in actor.records_of or not actor.has(*SIGNERS):
        raise Forbidden("只有承办单位的联络员、审核人或分管领导可以反馈。")
    if task.feedback_at is not None:
        raise GuardRefused("这项任务已经反馈，请等中心核实。")
    plain = tidy(text)
    if not plain:
        raise InvalidInput([("text", "请写明落实情况。")])
    await store.feedback(conn, task.id, plain, by=actor, now=now)
    await duties.finish(conn, DutyKind.TASK, [str(task.id)], now)


async def settle(
    conn: Connection, task_id: int, *, done: bool, note: str, actor: Actor, now: datetime, desk: Desk
) -> None:
    """办结, or back to the unit with the reason."""
    task = await held(conn, task_id, actor=actor)
    if task.done_at is not None:
        raise GuardRefused("这项任务已经办结，请刷新。")
    if task.feedback_at is None:
        raise GuardRefused("承办单位还没有反馈，不能办结。")
    said = tidy(note)
    if done:
        await store.done(conn, task.id, said, by=actor, now=now)
        return
    if not said:
        raise InvalidInput([("note", "退回须写明理由。")])
    await store.refused(conn, task.id, said)
    await duties.begin(conn, [owed(task, said)], by=actor.person_id, now=now, desk=desk)

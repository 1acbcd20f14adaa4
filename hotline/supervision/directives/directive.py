"""A directive with its tasks, and the completion rate (批示办结率)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec


class Task(msgspec.Struct, frozen=True):
    id: int
    directive_id: int
    unit_id: int
    unit: str
    what: str
    due: datetime
    given_at: datetime
    feedback: str
    feedback_at: datetime | None
    feedback_by: str
    done_at: datetime | None
    done_by: str
    note: str
    state: Literal["open", "answered", "done"] = "open"
    late: bool = False
    """Its day passed before it was done; feedback in time that was accepted afterwards is in time."""


class Directive(msgspec.Struct, frozen=True):
    id: int
    at: datetime
    by: str
    text: str
    about: str
    due: datetime | None
    ticket_id: int | None
    overlay_id: int | None
    tasks: tuple[Task, ...] = ()


class Completion(msgspec.Struct, frozen=True):
    """批示办结率: tasks done / tasks whose day has come, or that are done already. Nothing of nothing is no rate."""

    done: int
    in_time: int
    of: int
    late: int
    """Not done, and the day has passed."""
    open: int


def judged(task: Task, now: datetime) -> Task:
    state: Literal["open", "answered", "done"] = "done" if task.done_at else "answered" if task.feedback_at else "open"
    handed_in = task.feedback_at or now
    return msgspec.structs.replace(task, state=state, late=handed_in > task.due)


def completion(tasks: Sequence[Task], now: datetime) -> Completion:
    known = [judged(task, now) for task in tasks]
    counted = [task for task in known if task.state == "done" or task.due <= now]
    done = [task for task in counted if task.state == "done"]
    return Completion(
        done=len(done),
        in_time=sum(not task.late for task in done),
        of=len(counted),
        late=len(counted) - len(done),
        open=sum(task.state != "done" for task in known),
    )

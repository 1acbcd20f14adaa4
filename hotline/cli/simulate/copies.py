"""A life as rows that can be copied: the same day with another number, street, seconds and whoever leads in that street makes
another ticket.

Every line keeps its own hash: it is taken anew for each copy over the line's canonical form (`tickets.history`)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from hotline.cli.simulate import learnt
from hotline.cli.simulate.city import ANY_DISTRICT, ANY_STREET, Local
from hotline.cli.simulate.life import MARK, Life
from hotline.infra.crypto import sm3
from hotline.sla.deadlines import ClockKey, Timer
from hotline.sla.watch import watched, watching
from hotline.tickets.facts import written
from hotline.tickets.history import GENESIS, Happened
from hotline.tickets.ticket import Ticket

NUMBER = 190001010000001
"""The number of every life before it is copied; no ticket has it."""
ID, SECONDS, REGION, HEAD, CUT = b"\x02", b"\x03", b"\x04", b"\x05", b"\x06"
"""Where a copy puts its own; no text has such characters."""

HISTORY = ("ticket_id", "seq", "at", "event", "actor_id", "actor_name", "actor_unit", "source", "target", "reason")
HISTORY_COLUMNS = (*HISTORY, "payload", "hash")
TICKET_COLUMNS = [
    "id",
    "state",
    "version",
    "head",
    "kind",
    "urgency",
    "channel",
    "created_at",
    "category",
    "confidence",
    "region",
    "confidential",
    "callback_wanted",
    "accused_unit",
    "registered_at",
    "dispatched_at",
    "ended_at",
    "closing",
    "disposition",
    "round",
    "returns",
    "forbid_return",
    "resume_to",
    "master_id",
    "worst",
    "lead_unit",
    "due_at",
]
CHILDREN = {
    "assignment": "assignments",
    "request": "requests",
    "reply": "replies",
    "callback": "callbacks",
    "ticket_overlay": "overlays",
}
GENERATED = {"signed_late"}
CHILD_COLUMNS = {
    table: ("ticket_id", *(name for name in fields if name not in GENERATED))
    for table, fields in {
        name: Ticket.__annotations__[of].__args__[0].__struct_fields__ for name, of in CHILDREN.items()
    }.items()
}
DEADLINE_COLUMNS = [
    "ticket_id",
    "assignment_id",
    "kind",
    "item_id",
    "start_at",
    "due_at",
    "near_at",
    "orange_at",
    "late_at",
    "very_late_at",
    "mark",
    "next_mark_at",
]
COLUMNS: dict[str, Sequence[str]] = {
    "ticket": TICKET_COLUMNS,
    "history": HISTORY_COLUMNS,
    **CHILD_COLUMNS,
    "reply_text": ("ticket_id", "reply_id", "account", "public_reply", "unsolved_reason"),
    "direct_answer": ("ticket_id", "answer"),
    "deadline": DEADLINE_COLUMNS,
    **learnt.COLUMNS,
}
ESCAPED = re.compile(r"[\\\t\n\r]")
ESCAPES = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}


@dataclass(frozen=True)
class Pattern:
    """A life with holes."""

    day: datetime
    region: str | None
    lines: bytes
    """The canonical form of every line, cut at CUT."""
    history: bytes
    """Every line as a row, with CUT where its hash goes."""
    rows: dict[str, bytes]
    """The rows of all other tables."""
    local: bool
    """The street's or its district's office has a part in it."""


def text(value: Any) -> str:
    """A value as COPY reads it."""
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        quoted = ",".join(f'"{text(one)}"' for one in value)
        return f"{{{quoted}}}"
    if isinstance(value, bytes):
        return r"\\x" + value.hex()
    if isinstance(value, Raw):
        return value
    return ESCAPED.sub(lambda found: ESCAPES[found[0]], str(value))


def row(values: Iterable[Any]) -> str:
    return "\t".join(text(value) for value in values) + "\n"


def canonical(line: Happened) -> bytes:
    """What the hash is taken over: the form of `tickets.history.line_hash`."""
    return msgspec.json.encode(
        (
            line.ticket_id,
            line.seq,
            line.at.astimezone(UTC).isoformat(timespec="microseconds"),
            line.fact.event.value,
            line.actor_id,
            line.actor_name,
            line.actor_unit,
            line.source.value if line.source else None,
            line.target.value,
            line.reason,
            written(line.fact),
        ),
        order="sorted",
    )


def pattern(life: Life) -> Pattern:
    ticket = life.ticket
    history = "".join(as_row(line) for line in life.lines)
    rows = {table: "".join(child_rows(ticket, table)) for table in CHILDREN}
    rows["ticket"] = row(column(ticket, name) for name in TICKET_COLUMNS)
    rows["reply_text"] = "".join(row((NUMBER, at, *said, "")) for at, said in enumerate(life.answers, start=1))
    rows["direct_answer"] = row((NUMBER, life.told)) if life.told else ""
    rows["deadline"] = "".join(deadline_rows(life))
    rows |= {table: "".join(row(one) for one in learnt.rows(life, table)) for table in learnt.COLUMNS}
    lines = CUT.join(canonical(line) for line in life.lines)
    return Pattern(
        day=ticket.created_at,
        region=ticket.region,
        lines=holes(lines, ticket),
        history=holes(history.encode(), ticket),
        rows={table: holes(made.encode(), ticket) for table, made in rows.items() if made},
        local=any(share.unit_id in (ANY_DISTRICT.id, ANY_STREET.id) for share in ticket.assignments),
    )


def holes(made: bytes, ticket: Ticket) -> bytes:
    # The canonical moment writes its microseconds, a payload and a row need none.
    made = made.replace(f":00.{MARK}+00:00".encode(), b":" + SECONDS + b".000000+00:00")
    made = made.replace(f":00.{MARK}".encode(), b":" + SECONDS).replace(str(NUMBER).encode(), ID)
    return made.replace(ticket.region.encode(), REGION) if ticket.region else made


def as_row(line: Happened) -> str:
    head = (line.ticket_id, line.seq, line.at, line.fact.event.value, line.actor_id, line.actor_name, line.actor_unit)
    rest = (line.source.value if line.source else None, line.target.value, line.reason)
    payload = msgspec.json.encode(written(line.fact)).decode()
    return "\t".join(text(value) for value in (*head, *rest, payload)) + "\t" + r"\\x" + CUT.decode() + "\n"


def column(ticket: Ticket, name: str) -> Any:
    if name == "head":
        return Raw(r"\\x" + HEAD.decode())
    if name == "due_at":
        return ticket.due
    return getattr(ticket, name)


class Raw(str):
    """Already as COPY reads it."""


def child_rows(ticket: Ticket, table: str) -> Iterable[str]:
    for child in getattr(ticket, CHILDREN[table]):
        yield row((ticket.id, *(getattr(child, name) for name in CHILD_COLUMNS[table][1:])))


def deadline_rows(life: Life) -> Iterable[str]:
    """What is still owed, with the lights that were announced."""
    ticket, city = life.ticket, life.city
    for key, owed in watching(ticket).items():
        made = watched(ticket, key, owed, city.policy, city.calendar, begins=life.now)
        lead = ticket.lead
        shown = life.shown if lead and key == ClockKey(lead.id, key.kind) and key.kind.value == "finish" else 0
        yield row((ticket.id, key.assignment_id, key.kind.value, key.item, *moments(made), *marked(made, shown)))


def moments(made: Timer) -> tuple[datetime, ...]:
    lights = (made.near_at, made.orange_at, made.late_at, made.very_late_at)
    return made.start_at, made.due_at, *(whole(moment) for moment in lights)


def whole(moment: datetime) -> datetime:
    """A light comes on with a whole minute, so that it stands apart from a copy's own seconds."""
    return moment if moment.microsecond != MARK else moment.replace(second=0, microsecond=0) + timedelta(minutes=1)


def marked(made: Timer, shown: int) -> tuple[str, datetime]:
    lights = ("none", "near", "orange", "late")
    next_marks = (made.near_at, made.orange_at, made.late_at, made.very_late_at)
    return lights[shown], whole(next_marks[shown])


def copy(made: Pattern, number: int, seconds: int, region: str | None, local: Local | None) -> dict[str, bytes]:
    """The rows of one more ticket, by table."""
    own = [(ID, str(number).encode()), (SECONDS, b"%02d" % seconds), (REGION, (region or "").encode())]
    if made.local and local:
        for unit, here in zip((ANY_DISTRICT, ANY_STREET), local, strict=True):
            own += [(str(unit.id).encode(), str(here.id).encode()), (unit.name.encode(), here.name.encode())]
    head, hashes = GENESIS, []
    for line in filled(made.lines, own).split(CUT):
        head = sm3(head + line)
        hashes.append(head.hex().encode())
    pieces = filled(made.history, own).split(CUT)
    history = [piece for pair in zip(pieces, hashes, strict=False) for piece in pair]
    rows = {table: filled(template, own) for table, template in made.rows.items()}
    rows["history"] = b"".join([*history, pieces[-1]])
    rows["ticket"] = rows["ticket"].replace(HEAD, hashes[-1])
    return rows


def filled(template: bytes, own: Iterable[tuple[bytes, bytes]]) -> bytes:
    for hole, value in own:
        template = template.replace(hole, value)
    return template

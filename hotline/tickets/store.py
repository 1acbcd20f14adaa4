"""Tickets in PostgreSQL. A ticket is loaded whole, changed by pure code, and saved together with its history line."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.infra.words import search_terms
from hotline.tickets.history import GENESIS, Happened, line_hash
from hotline.tickets.petitioner.store import PLAIN, SEALED, phone_tail, sealed
from hotline.tickets.privacy import Matter, Petitioner
from hotline.tickets.ticket import Ticket

NEXT_SERIAL = "SELECT nextval('ticket_serial')"


async def next_id(conn: Connection, day: date) -> int:
    """The next ticket number of `day`: YYYYMMDD and seven digits."""
    serial: int = await conn.fetchval(NEXT_SERIAL)
    return first_number(day) + serial


def first_number(day: date) -> int:
    return int(f"{day:%Y%m%d}") * 10_000_000


ENSURE_PARTITIONS = "SELECT ensure_partitions($1, 3)"


async def ensure_partitions(conn: Connection, day: date) -> None:
    await conn.execute(ENSURE_PARTITIONS, day)


LOCK = "SELECT head FROM ticket WHERE id = $1 FOR UPDATE"


async def lock(conn: Connection, ticket_id: int) -> bytes | None:
    """Hold the ticket until the transaction ends. Apart from `load`: a statement that waited for the lock would still
    see the children as they were before the wait."""
    head: bytes | None = await conn.fetchval(LOCK, ticket_id)
    return head


LOCK_MANY = """
-- In the order of their numbers, so that two who hold several never wait for each other in a ring.
SELECT id, head FROM ticket WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE
"""


async def lock_many(conn: Connection, tickets: Sequence[int]) -> dict[int, bytes]:
    """Hold all of the tickets, and their heads."""
    return {row["id"]: row["head"] for row in await conn.fetch(LOCK_MANY, tickets)}


WHOLE = """
SELECT (to_jsonb(t) || jsonb_build_object(
    'assignments', (SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.id), '[]') FROM assignment a WHERE a.ticket_id = t.id),
    'requests', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.id), '[]') FROM request r WHERE r.ticket_id = t.id),
    'replies', (SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.id), '[]') FROM reply r WHERE r.ticket_id = t.id),
    'callbacks', (SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY c.id), '[]') FROM callback c WHERE c.ticket_id = t.id),
    'overlays', (SELECT coalesce(jsonb_agg(to_jsonb(o) ORDER BY o.id), '[]') FROM ticket_overlay o WHERE o.ticket_id = t.id)
))::text
  FROM ticket t
"""
LOAD = WHOLE + " WHERE t.id = $1"
LOAD_MANY = WHOLE + " WHERE t.id = ANY ($1::bigint[])"


async def load(conn: Connection, ticket_id: int) -> Ticket | None:
    stored: str | None = await conn.fetchval(LOAD, ticket_id)
    return msgspec.json.decode(stored, type=Ticket) if stored else None


LOCK_FREE = "SELECT id, head FROM ticket WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE SKIP LOCKED"


async def lock_free(conn: Connection, tickets: Sequence[int]) -> dict[int, bytes]:
    """Hold those of the tickets that nobody holds, and their heads. It never waits, so it can block nobody."""
    return {row["id"]: row["head"] for row in await conn.fetch(LOCK_FREE, tickets)}


async def load_many(conn: Connection, tickets: Sequence[int]) -> dict[int, Ticket]:
    rows = await conn.fetch(LOAD_MANY, tickets)
    found = (msgspec.json.decode(row[0], type=Ticket) for row in rows)
    return {ticket.id: ticket for ticket in found}


INSERT_TICKET = """
-- Ticket, words, person, query code and the first lines of history: one statement, so that none is ever without the rest.
WITH lines AS (
    INSERT INTO history (ticket_id, seq, at, event, actor_id, actor_name, actor_unit, source, target, reason, payload, hash)
    SELECT $1, * FROM unnest($2::integer[], $3::timestamptz[], $4::text[], $5::bigint[], $6::text[], $7::bigint[],
        $8::text[], $9::text[], $10::text[], $11::jsonb[], $12::bytea[])
), words AS (
    INSERT INTO matter (ticket_id, title, content, expected, original_words, address, district_code, grid, place, longitude,
        latitude, coordinates, occurred_at, people, about, about_phone, on_site, enterprise, police, sensitive, importance,
        channel_detail, tags, campaign, call_id, recording_id, queue, previous_ticket, terms)
    SELECT $1, title, content, expected, original_words, address, district_code, grid, place, longitude,
        latitude, coordinates, occurred_at, people, about, about_phone, on_site, enterprise, police, sensitive, importance,
        channel_detail, tags, campaign, call_id, recording_id, queue, previous_ticket, array_to_tsvector($14::text[])
      FROM jsonb_populate_record(NULL::matter, $13)
), code AS (
    INSERT INTO query_code (code, ticket_id) SELECT $26, $1 WHERE $26::text IS NOT NULL
), who AS (
    INSERT INTO petitioner (ticket_id, kind, anonymous, gender, language, elderly, disabled, labels, id_type, company,
        credit_code, name, phone, other_phone, caller_number, email, home_address, id_number, phone_index, phone_tail,
        name_index)
    SELECT $1, kind, anonymous, gender, language, elderly, disabled, labels, id_type, company,
        credit_code, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25
      FROM jsonb_populate_record(NULL::petitioner, $15)
)
INSERT INTO ticket (id, state, version, head, kind, urgency, channel, created_at, category, confidence, region,
    confidential, callback_wanted, accused_unit, registered_at, round, returns, forbid_return)
SELECT $1, state, version, $27, kind, urgency, channel, created_at, category, confidence, region,
    confidential, callback_wanted, accused_unit, registered_at, 0, 0, false
  FROM jsonb_populate_record(NULL::ticket, $28)
"""


async def insert(
    conn: Connection,
    ticket: Ticket,
    lines: Sequence[Happened],
    matter: Matter,
    petitioner: Petitioner,
    cipher: FieldCipher,
    query_code: str | None = None,
) -> bytes:
    """Store a new ticket that has not yet left the centre's pool; the hash of its last line is returned."""
    hashes = chained(lines)
    seal = sealed(petitioner, cipher)
    await conn.execute(
        INSERT_TICKET,
        ticket.id,
        *columns(lines)[1:],
        hashes,
        matter,
        search_terms(f"{matter.title}\n{matter.content}\n{matter.address}"),
        {field: getattr(petitioner, field) for field in PLAIN},
        *(seal[field] for field in SEALED),
        cipher.blind_index(petitioner.phone) if petitioner.phone else None,
        phone_tail(cipher, ticket.id, petitioner.phone[-4:]) if petitioner.phone else None,
        cipher.blind_index(petitioner.name) if petitioner.name else None,
        query_code,
        hashes[-1],
        flat(ticket),
    )
    return hashes[-1]


def chained(lines: Sequence[Happened], head: bytes = GENESIS) -> list[bytes]:
    """The hashes of lines that follow the line of hash `head`."""
    hashes: list[bytes] = []
    for line in lines:
        hashes.append(line_hash(line, hashes[-1] if hashes else head))
    return hashes


LOAD_MATTER = "SELECT (to_jsonb(m) - 'terms')::text FROM matter m WHERE ticket_id = $1"


async def load_matter(conn: Connection, ticket_id: int) -> Matter:
    return msgspec.json.decode(await conn.fetchval(LOAD_MATTER, ticket_id), type=Matter)


READ_WORDS = "SELECT ticket_id, title, content FROM matter WHERE ticket_id = ANY ($1::bigint[])"


async def read_words(conn: Connection, tickets: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Title and content of each: what the classifier reads."""
    return {row["ticket_id"]: (row["title"], row["content"]) for row in await conn.fetch(READ_WORDS, tickets)}


SAVE = """
-- Tickets, lines and whatever children changed, in one statement: none of them can be stored without the others.
WITH line AS (
    INSERT INTO history (ticket_id, seq, at, event, actor_id, actor_name, actor_unit, source, target, reason, payload, hash)
    SELECT * FROM unnest($1::bigint[], $2::integer[], $3::timestamptz[], $4::text[], $5::bigint[], $6::text[],
        $7::bigint[], $8::text[], $9::text[], $10::text[], $11::jsonb[], $12::bytea[])
), shares AS (
    INSERT INTO assignment (ticket_id, id, part, unit_id, unit_path, stage, round, dispatched_at, finish_due,
        first_finish_due, sign_due, contact_due, return_until, pack, parent_id, person_id, automatic, basis, extensions,
        signed_at, contacted_at, finished_at, late)
    SELECT k.of, id, part, unit_id, unit_path, stage, round, dispatched_at, finish_due,
        first_finish_due, sign_due, contact_due, return_until, pack, parent_id, person_id, automatic, basis, extensions,
        signed_at, contacted_at, finished_at, late
      FROM unnest($13::bigint[], $14::jsonb[]) AS k (of, body), jsonb_populate_record(NULL::assignment, k.body)
    ON CONFLICT (ticket_id, id) DO UPDATE SET (unit_id, unit_path, parent_id, stage, finish_due, sign_due, contact_due,
        return_until, pack, person_id, extensions, signed_at, contacted_at, finished_at, late) = (excluded.unit_id,
        excluded.unit_path, excluded.parent_id, excluded.stage, excluded.finish_due, excluded.sign_due,
        excluded.contact_due, excluded.return_until, excluded.pack, excluded.person_id, excluded.extensions,
        excluded.signed_at, excluded.contacted_at, excluded.finished_at, excluded.late)
), asked AS (
    INSERT INTO request (ticket_id, id, asked, assignment_id, unit_id, at, by, reason, basis, proposed_unit, amount,
        plan, milestone, callback_id, decision, decided_at, decided_by, note)
    SELECT k.of, id, asked, assignment_id, unit_id, at, by, reason, basis, proposed_unit, amount,
        plan, milestone, callback_id, decision, decided_at, decided_by, note
      FROM unnest($15::bigint[], $16::jsonb[]) AS k (of, body), jsonb_populate_record(NULL::request, k.body)
    ON CONFLICT (ticket_id, id) DO UPDATE SET (decision, decided_at, decided_by, note) =
        (excluded.decision, excluded.decided_at, excluded.decided_by, excluded.note)
), answers AS (
    INSERT INTO reply (ticket_id, id, assignment_id, round, at, by, found_true, solved, digest, due, decision,
        reasons, decided_at, decided_by)
    SELECT k.of, id, assignment_id, round, at, by, found_true, solved, digest, due, decision,
        reasons, decided_at, decided_by
      FROM unnest($17::bigint[], $18::jsonb[]) AS k (of, body), jsonb_populate_record(NULL::reply, k.body)
    ON CONFLICT (ticket_id, id) DO UPDATE SET (decision, reasons, decided_at, decided_by) =
        (excluded.decision, excluded.reasons, excluded.decided_at, excluded.decided_by)
), calls AS (
    INSERT INTO callback (ticket_id, id, round, opened_at, due, attempts, last_attempt_at, tries, next_after,
        awaits_call, outcome, solved, rating, dissatisfied_with, ended_at, by, excluded, sampled)
    SELECT k.of, id, round, opened_at, due, attempts, last_attempt_at, tries, next_after,
        awaits_call, outcome, solved, rating, dissatisfied_with, ended_at, by, excluded, sampled
      FROM unnest($19::bigint[], $20::jsonb[]) AS k (of, body), jsonb_populate_record(NULL::callback, k.body)
    ON CONFLICT (ticket_id, id) DO UPDATE SET (due, attempts, last_attempt_at, tries, next_after, awaits_call, outcome,
        solved, rating, dissatisfied_with, ended_at, by, excluded) = (excluded.due, excluded.attempts,
        excluded.last_attempt_at, excluded.tries, excluded.next_after, excluded.awaits_call, excluded.outcome,
        excluded.solved, excluded.rating, excluded.dissatisfied_with, excluded.ended_at, excluded.by, excluded.excluded)
), beside AS (
    INSERT INTO ticket_overlay (ticket_id, id, kind, at, by, text, level, origin, number, due, ended_at)
    SELECT k.of, id, kind, at, by, text, level, origin, number, due, ended_at
      FROM unnest($21::bigint[], $22::jsonb[]) AS k (of, body), jsonb_populate_record(NULL::ticket_overlay, k.body)
    ON CONFLICT (ticket_id, id) DO UPDATE SET (due, ended_at) = (excluded.due, excluded.ended_at)
)
UPDATE ticket t SET (state, version, head, kind, urgency, category, confidence, region, registered_at, dispatched_at,
    ended_at, closing, disposition, round, returns, forbid_return, resume_to, master_id, worst, accused_unit,
    exempt, lead_unit, due_at) =
    (n.state, n.version, k.head, n.kind, n.urgency, n.category, n.confidence, n.region, n.registered_at, n.dispatched_at,
    n.ended_at, n.closing, n.disposition, n.round, n.returns, n.forbid_return, n.resume_to, n.master_id, n.worst,
    n.accused_unit, n.exempt, k.lead_unit, k.due)
  FROM unnest($23::bigint[], $24::integer[], $25::bytea[], $26::bigint[], $27::timestamptz[], $28::jsonb[])
       AS k (of, was, head, lead_unit, due, body), jsonb_populate_record(NULL::ticket, k.body) n
 WHERE t.id = k.of AND t.version = k.was
"""


class Lost(RuntimeError):
    """A ticket was saved that nobody had locked: a defect, never a person's fault."""


class Change(msgspec.Struct, frozen=True):
    """A held ticket before and after, the lines that lead from one to the other, and the hash of the line before them."""

    before: Ticket
    after: Ticket
    lines: Sequence[Happened]
    head: bytes


async def save(conn: Connection, changes: Sequence[Change]) -> list[bytes]:
    """Store tickets that are held, together with the lines that made them; the hash of each one's last line is returned."""
    lines = [line for change in changes for line in change.lines]
    hashes = [chained(change.lines, change.head) for change in changes]
    done = await conn.execute(
        SAVE,
        *columns(lines),
        [digest for those in hashes for digest in those],
        *children(changes, "assignments"),
        *children(changes, "requests"),
        *children(changes, "replies"),
        *children(changes, "callbacks"),
        *children(changes, "overlays"),
        [change.after.id for change in changes],
        [change.before.version for change in changes],
        [those[-1] for those in hashes],
        [change.after.lead_unit for change in changes],
        [change.after.due for change in changes],
        [flat(change.after) for change in changes],
    )
    if done != f"UPDATE {len(changes)}":
        raise Lost(f"one of {[change.after.id for change in changes]} changed while it was held")
    return [those[-1] for those in hashes]


def columns(lines: Sequence[Happened]) -> tuple[list[Any], ...]:
    """The lines as columns of `history`, up to the payload."""
    return (
        [line.ticket_id for line in lines],
        [line.seq for line in lines],
        [line.at for line in lines],
        [line.fact.event.value for line in lines],
        [line.actor_id for line in lines],
        [line.actor_name for line in lines],
        [line.actor_unit for line in lines],
        [line.source.value if line.source else None for line in lines],
        [line.target.value for line in lines],
        [line.reason for line in lines],
        [line.fact for line in lines],
    )


def children(changes: Sequence[Change], kind: str) -> tuple[list[int], list[Any]]:
    """Those of one kind that are new or no longer what they were, each beside the number of its ticket."""
    found = [
        (change.after.id, child)
        for change in changes
        for child in changed(getattr(change.before, kind), getattr(change.after, kind))
    ]
    return [of for of, _ in found], [child for _, child in found]


def changed(before: tuple[Any, ...], after: tuple[Any, ...]) -> tuple[Any, ...]:
    """The children that are new or no longer what they were."""
    return tuple(item for at, item in enumerate(after) if at >= len(before) or before[at] is not item)


SAVE_LINES = """
-- Lines that change nothing of a ticket but its version, its worst light and what is pressed onto it, of many tickets
-- in one statement.
WITH lines AS (
    INSERT INTO history (ticket_id, seq, at, event, actor_id, actor_name, actor_unit, source, target, reason, payload, hash)
    SELECT * FROM unnest($1::bigint[], $2::integer[], $3::timestamptz[], $4::text[], $5::bigint[], $6::text[],
        $7::bigint[], $8::text[], $9::text[], $10::text[], $11::jsonb[], $12::bytea[])
), beside AS (
    INSERT INTO ticket_overlay (ticket_id, id, kind, at, by, text, level, origin, number, due, ended_at)
    SELECT k.of, id, kind, at, by, text, level, origin, number, due, ended_at
      FROM unnest($18::bigint[], $19::jsonb[]) AS k (of, body), jsonb_populate_record(NULL::ticket_overlay, k.body)
)
UPDATE ticket t SET (version, head, worst) = (n.version, n.head, n.worst)
  FROM unnest($13::bigint[], $14::integer[], $15::integer[], $16::bytea[], $17::text[]) AS n (id, was, version, head, worst)
 WHERE t.id = n.id AND t.version = n.was
"""


async def save_lines(conn: Connection, marked: Sequence[Change]) -> None:
    """Tickets that are held and changed by nothing but marks and urges."""
    lines = [line for change in marked for line in change.lines]
    hashes = [chained(change.lines, change.head) for change in marked]
    done = await conn.execute(
        SAVE_LINES,
        *columns(lines),
        [digest for those in hashes for digest in those],
        [change.after.id for change in marked],
        [change.before.version for change in marked],
        [change.after.version for change in marked],
        [those[-1] for those in hashes],
        [change.after.worst.value if change.after.worst else None for change in marked],
        *children(marked, "overlays"),
    )
    if done != f"UPDATE {len(marked)}":
        raise Lost("a ticket changed while it was held")


CHILDREN = ("assignments", "requests", "replies", "callbacks", "overlays")
FLAT_FIELDS = tuple(field for field in Ticket.__struct_fields__ if field not in CHILDREN)


def flat(ticket: Ticket) -> Mapping[str, Any]:
    return {field: getattr(ticket, field) for field in FLAT_FIELDS}


REPLY_TEXTS = """
SELECT reply_id, account, public_reply, unsolved_reason FROM reply_text WHERE ticket_id = $1 ORDER BY reply_id
"""


class ReplyText(msgspec.Struct, frozen=True):
    reply_id: int
    account: str
    """办理情况: for the centre's eyes."""
    public_reply: str
    """公开答复: what the citizen reads."""
    unsolved_reason: str = ""


async def reply_texts(conn: Connection, ticket_id: int) -> list[ReplyText]:
    return [ReplyText(**dict(row)) for row in await conn.fetch(REPLY_TEXTS, ticket_id)]


HAS_CHILDREN = "SELECT EXISTS (SELECT FROM ticket WHERE master_id = $1 AND state = 'merged')"


async def has_children(conn: Connection, ticket_id: int) -> bool:
    """Whether other callers' tickets wait for this one."""
    found: bool = await conn.fetchval(HAS_CHILDREN, ticket_id)
    return found


CODE_OF = "SELECT code FROM query_code WHERE ticket_id = $1"


async def code_of(conn: Connection, ticket_id: int) -> str | None:
    found: str | None = await conn.fetchval(CODE_OF, ticket_id)
    return found

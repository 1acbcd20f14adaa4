"""Letters, their numbers, files, receipts and answers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.db import Connection
from hotline.supervision.letters.letter import Body, Draft, Letter, LetterKind, number_of

NEXT_NUMBER = """
INSERT INTO letter_number AS n (kind, year, last) VALUES ($1, $2, 1)
ON CONFLICT (kind, year) DO UPDATE SET last = n.last + 1
RETURNING last
"""


class Number(msgspec.Struct, frozen=True):
    year: int
    serial: int
    text: str


async def next_number(conn: Connection, kind: LetterKind, now: datetime) -> Number:
    """督〔2026〕1号: the row stays locked until the transaction ends, so numbers have neither gaps nor twins."""
    year = now.astimezone(BEIJING).year
    serial: int = await conn.fetchval(NEXT_NUMBER, kind.value, year)
    return Number(year, serial, number_of(kind, year, serial))


ADD = """
INSERT INTO letter (kind, year, serial, number, ticket_id, overlay_id, unit_id, level, due, issued_at, issued_by,
    issued_name, body, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
RETURNING id
"""


async def add(
    conn: Connection, draft: Draft, number: Number, body: Body, text: str, digest: bytes, *, by: int | None
) -> int:
    made: int = await conn.fetchval(
        ADD,
        draft.kind.value,
        number.year,
        number.serial,
        number.text,
        draft.ticket_id,
        draft.overlay_id,
        draft.unit_id,
        draft.level,
        draft.due,
        body.issued_at,
        by,
        body.signer,
        text,
        digest,
    )
    return made


READ = """
SELECT jsonb_build_object(
    'id', l.id, 'kind', l.kind, 'number', l.number, 'ticket_id', l.ticket_id, 'overlay_id', l.overlay_id,
    'unit_id', l.unit_id, 'level', l.level, 'due', l.due, 'issued_at', l.issued_at, 'issued_name', l.issued_name,
    'body', l.body::jsonb, 'hash', encode(l.hash, 'hex'),
    'files', (SELECT coalesce(jsonb_object_agg(f.format, encode(f.hash, 'hex')), '{}') FROM letter_file f
               WHERE f.letter_id = l.id),
    'receipt', (SELECT jsonb_build_object('at', r.at, 'by_name', r.by_name, 'unit_id', r.unit_id,
                                          'hash', encode(r.hash, 'hex'))
                  FROM letter_receipt r WHERE r.letter_id = l.id),
    'answers', (SELECT coalesce(jsonb_agg(to_jsonb(a) - 'letter_id' - 'unit_id' - 'decided_by' ORDER BY a.id), '[]')
                  FROM letter_answer a WHERE a.letter_id = l.id),
    'replied_at', (SELECT min(r.at) FROM reply r WHERE l.kind = 'supervision' AND r.ticket_id = l.ticket_id
                      AND r.at >= l.issued_at AND r.decision <> 'refused'),
    'ended', coalesce((SELECT t.ended_at IS NOT NULL FROM ticket t WHERE t.id = l.ticket_id), false),
    'newer', EXISTS (SELECT FROM letter n WHERE n.ticket_id = l.ticket_id AND n.kind = l.kind AND n.id > l.id)
)::text AS found
  FROM letter l
"""
BY_ID = READ + " WHERE l.id = $1"
LISTED = (
    READ
    + """
 WHERE ($1::bigint[] IS NULL OR l.unit_id = ANY ($1)) AND ($2::bigint IS NULL OR l.ticket_id = $2)
   AND ($3::text IS NULL OR l.kind = $3) AND ($4::bigint IS NULL OR l.id < $4)
   AND (NOT $5 OR NOT EXISTS (SELECT FROM letter_answer a WHERE a.letter_id = l.id AND a.decision = 'granted'))
 ORDER BY l.id DESC LIMIT $6
"""
)


async def read(conn: Connection, letter_id: int) -> Letter | None:
    found: str | None = await conn.fetchval(BY_ID, letter_id)
    return msgspec.json.decode(found, type=Letter) if found else None


async def listed(
    conn: Connection,
    *,
    units: Iterable[int] | None = None,
    ticket: int | None = None,
    kind: LetterKind | None = None,
    before: int | None = None,
    open_only: bool = False,
    limit: int = 100,
) -> list[Letter]:
    """The newest first; of these units, or of all."""
    own = None if units is None else list(units)
    rows = await conn.fetch(LISTED, own, ticket, kind.value if kind else None, before, open_only, limit)
    return [msgspec.json.decode(row["found"], type=Letter) for row in rows]


HOLD = "SELECT 1 FROM letter WHERE id = $1 FOR UPDATE"


async def hold(conn: Connection, letter_id: int) -> Letter | None:
    """The letter, whose answers nobody else changes until the transaction ends."""
    await conn.fetchval(HOLD, letter_id)
    return await read(conn, letter_id)


ADD_RECEIPT = """
INSERT INTO letter_receipt (letter_id, at, by, by_name, unit_id, hash) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (letter_id) DO NOTHING
"""


async def add_receipt(conn: Connection, letter_id: int, *, at: datetime, by: Any, digest: bytes) -> bool:
    done = await conn.execute(ADD_RECEIPT, letter_id, at, by.person_id, by.name, by.unit_id, digest)
    return done == "INSERT 0 1"


ADD_ANSWER = """
INSERT INTO letter_answer (letter_id, id, at, by, by_name, unit_id, text)
SELECT $1, coalesce(max(id), 0) + 1, $2, $3, $4, $5, $6 FROM letter_answer WHERE letter_id = $1
"""
DECIDE = """
UPDATE letter_answer SET decision = $2, decided_at = $3, decided_by = $4, decided_name = $5, note = $6
 WHERE letter_id = $1 AND decision = 'pending'
"""


async def add_answer(conn: Connection, letter_id: int, *, at: datetime, by: Any, text: str) -> None:
    await conn.execute(ADD_ANSWER, letter_id, at, by.person_id, by.name, by.unit_id, text)


async def decide(conn: Connection, letter_id: int, *, accepted: bool, at: datetime, by: Any, note: str) -> None:
    await conn.execute(DECIDE, letter_id, "granted" if accepted else "refused", at, by.person_id, by.name, note)


FILE = "SELECT content, hash FROM letter_file WHERE letter_id = $1 AND format = $2"
ADD_FILE = """
-- Whoever comes at the same moment keeps the file of the first.
INSERT INTO letter_file (letter_id, format, sealed_at, hash, content) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (letter_id, format) DO NOTHING
"""


class File(msgspec.Struct, frozen=True):
    content: bytes
    hash: bytes


async def file(conn: Connection, letter_id: int, fmt: str) -> File | None:
    row = await conn.fetchrow(FILE, letter_id, fmt)
    return File(row["content"], row["hash"]) if row else None


async def add_file(conn: Connection, letter_id: int, fmt: str, made: File, now: datetime) -> None:
    await conn.execute(ADD_FILE, letter_id, fmt, now, made.hash, made.content)

"""Alerts, notices and wishes as rows."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

import msgspec

from hotline.directory.people import CENTRE, Role
from hotline.directory.store import load_directory
from hotline.directory.units import known_unit
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.notices.ladder import Call, NoticeKind, Staff
from hotline.notices.wishes import Channel, Digest, Wish
from hotline.tickets.states import Asked, Decision

TAKE_ALERTS = """
-- Taken and gone in the transaction that makes the notices: whoever dies in it has told nobody, and others take them.
WITH taken AS (SELECT ctid FROM alert ORDER BY ticket_id, seq LIMIT $1 FOR UPDATE SKIP LOCKED)
DELETE FROM alert a USING taken WHERE a.ctid = taken.ctid RETURNING a.ticket_id, a.seq
"""
CALLS = """
-- By number and line: each is looked up in the one partition it can be in.
SELECT h.ticket_id, h.seq, h.at, h.event, h.payload, h.actor_id AS by, t.urgency <> 'normal' AS urgent, s.unit_path,
       -- A request is its unit's: who has gone from there hears of it no more.
       CASE WHEN q.id IS NULL THEN s.person_id
            ELSE (SELECT p.id FROM person p WHERE p.id = q.by AND p.unit_id = ANY (s.unit_path)) END AS person_id,
       CASE WHEN h.event = 'urge' THEN (
           -- Of the ticket's own few overlays: looked up by their kind it would go through every urge of the city.
           SELECT count(*) FILTER (WHERE o.kind = 'urge' AND o.origin = 'citizen' AND o.at <= h.at)
             FROM ticket_overlay o WHERE o.ticket_id = h.ticket_id)
       ELSE 0 END AS citizen_urges, t.due_at
  FROM unnest($1::bigint[], $2::integer[]) AS k (ticket_id, seq)
  JOIN history h ON h.ticket_id = k.ticket_id AND h.seq = k.seq
  JOIN ticket t ON t.id = k.ticket_id
  LEFT JOIN request q ON q.ticket_id = k.ticket_id AND q.id = (h.payload ->> 'request_id')::int
 CROSS JOIN LATERAL (SELECT coalesce(q.assignment_id, (h.payload ->> 'assignment_id')::int, 0) AS id) share
  LEFT JOIN LATERAL (
       -- The people of a unit that was merged are its successor's.
       SELECT a.unit_path || ARRAY(SELECT u.successor_id::bigint FROM unit u WHERE u.id = a.unit_id AND u.successor_id IS NOT NULL)
              AS unit_path, a.person_id
         FROM assignment a
        WHERE a.ticket_id = k.ticket_id AND CASE WHEN share.id > 0 THEN a.id = share.id ELSE a.part = 'lead' END
        ORDER BY a.id DESC LIMIT 1) s ON true
"""


TAKE_NEWS = """
-- As with alerts: taken and gone with the notices it becomes.
WITH taken AS (SELECT ctid FROM duty_news ORDER BY duty_id LIMIT $1 FOR UPDATE SKIP LOCKED),
     gone AS (DELETE FROM duty_news n USING taken WHERE n.ctid = taken.ctid RETURNING n.duty_id, n.news, n.at, n.by)
SELECT g.duty_id, g.news, g.at, g.by, d.kind, d.unit_id, d.ticket_id, d.due_at, d.closed_at FROM gone g
  JOIN duty d ON d.id = g.duty_id
"""


async def take_calls(conn: Connection, limit: int) -> list[Call]:
    calls = [
        call_of_duty(row, known_unit(await load_directory(conn), row["unit_id"]).path)
        for row in await conn.fetch(TAKE_NEWS, limit)
    ]
    taken = await conn.fetch(TAKE_ALERTS, limit)
    if taken:
        rows = await conn.fetch(CALLS, [row["ticket_id"] for row in taken], [row["seq"] for row in taken])
        calls += [call_of(row) for row in rows]
    return calls


STEPS = [NoticeKind.ASKED, NoticeKind.NEAR, NoticeKind.ORANGE, NoticeKind.LATE, NoticeKind.VERY_LATE]


def call_of_duty(row: Any, unit_path: tuple[int, ...]) -> Call:
    kind = NoticeKind(row["news"])
    return Call(
        ticket_id=row["ticket_id"] or 0,
        seq=-(row["duty_id"] * len(STEPS) + STEPS.index(kind) + 1),
        at=row["at"],
        kind=kind,
        urgent=False,
        clock=row["kind"],
        due_at=row["due_at"],
        unit_path=unit_path,
        by=row["by"],
        duty_id=row["duty_id"],
    )


ANSWERS = {"decide_appeal": Asked.APPEAL, "decide_exclusion": Asked.EXCLUSION}


def call_of(row: Any) -> Call:
    said = row["payload"]
    if row["event"] in ANSWERS:
        return call_of_decision(row)
    marked = row["event"] == "mark_deadline"
    own = marked and not said["assignment_id"]
    return Call(
        ticket_id=row["ticket_id"],
        seq=row["seq"],
        at=row["at"],
        kind=NoticeKind(said["light"] if marked else row["event"]),
        urgent=row["urgent"],
        clock=said["clock"] if marked else "finish" if row["event"] == "urge" else "supervise",
        share=said["assignment_id"] if marked else 0,
        item=said.get("item", 0) if own else 0,
        origin=said.get("origin", "") if row["event"] == "urge" else "",
        due_at=datetime.fromisoformat(said["due"]) if said.get("due") else row["due_at"],
        unit_path=tuple(row["unit_path"] or ()),
        person_id=row["person_id"],
        by=row["by"],
        citizen_urges=row["citizen_urges"],
    )


def call_of_decision(row: Any) -> Call:
    """What was asked stands for the clock, what was said to it for who urges. Nobody is woken for it."""
    return Call(
        ticket_id=row["ticket_id"],
        seq=row["seq"],
        at=row["at"],
        kind=NoticeKind.DECIDED,
        urgent=False,
        clock=ANSWERS[row["event"]],
        origin=Decision.GRANTED if row["payload"]["granted"] else Decision.REFUSED,
        unit_path=tuple(row["unit_path"] or ()),
        person_id=row["person_id"],
        by=row["by"],
    )


STAFF = """
SELECT p.id, p.unit_id, r.role FROM person p JOIN person_role r ON r.person_id = p.id
 WHERE p.active AND (p.unit_id = ANY ($1::integer[]) OR r.role = ANY ($2::text[])) ORDER BY p.id
"""
ACTIVE = "SELECT id FROM person WHERE active AND id = ANY ($1::integer[])"
DEPUTIES = """
SELECT d.person_id, d.unit_id, d.stands_for, d.roles FROM deputy d JOIN person p ON p.id = d.person_id AND p.active
 WHERE d.ended_at IS NULL AND d.begins_at <= $1 AND d.ends_at > $1 ORDER BY d.id
"""


async def staff(conn: Connection, calls: Sequence[Call], now: datetime) -> Staff:
    """Whoever may have to hear of these calls."""
    wanted = sorted({unit for call in calls for unit in call.unit_path})
    units: dict[tuple[int, Role], list[int]] = {}
    centre: dict[Role, list[int]] = {}
    for row in await conn.fetch(STAFF, wanted, sorted(CENTRE)):
        role = Role(row["role"])
        if role in CENTRE:
            centre.setdefault(role, []).append(row["id"])
        elif row["unit_id"] is not None:
            units.setdefault((row["unit_id"], role), []).append(row["id"])
    named = sorted({call.person_id for call in calls if call.person_id})
    active = frozenset(row["id"] for row in await conn.fetch(ACTIVE, named))
    deputies: dict[int, list[int]] = {}
    for row in await conn.fetch(DEPUTIES, now):
        if row["stands_for"] is not None:
            deputies.setdefault(row["stands_for"], []).append(row["person_id"])
        else:
            for role in row["roles"]:
                units.setdefault((row["unit_id"], Role(role)), []).append(row["person_id"])
    return Staff(units, centre, active, deputies)


PUT_NOTICES = """
INSERT INTO notice (ticket_id, seq, person_id, at, kind, clock, share, item, origin, due_at, urgent, duty_id)
SELECT * FROM unnest($1::bigint[], $2::integer[], $3::integer[], $4::timestamptz[], $5::text[], $6::text[],
                     $7::integer[], $8::integer[], $9::text[], $10::timestamptz[], $11::boolean[], $12::bigint[])
ON CONFLICT DO NOTHING
RETURNING ticket_id, seq, person_id
"""


async def put_notices(conn: Connection, told: Sequence[tuple[Call, int]]) -> set[tuple[int, int, int]]:
    """One notice each of a call and a person; answers those that were not there yet."""
    if not told:
        return set()
    rows = await conn.fetch(
        PUT_NOTICES,
        [call.ticket_id for call, _ in told],
        [call.seq for call, _ in told],
        [person for _, person in told],
        [call.at for call, _ in told],
        [call.kind.value for call, _ in told],
        [call.clock for call, _ in told],
        [call.share for call, _ in told],
        [call.item for call, _ in told],
        [call.origin for call, _ in told],
        [call.due_at for call, _ in told],
        [call.urgent for call, _ in told],
        [call.duty_id for call, _ in told],
    )
    return {(row["ticket_id"], row["seq"], row["person_id"]) for row in rows}


# -- wishes ----------------------------------------------------------------------------------------------------------

WISHES = """
SELECT p.id, p.phone_enc IS NOT NULL AS phone, w.person_id IS NOT NULL AS said, w.mail IS NOT NULL AS mail, w.gateway,
       w.quiet_from, w.quiet_to, w.digest
  FROM person p LEFT JOIN notice_wish w ON w.person_id = p.id WHERE p.id = ANY ($1::integer[])
"""


async def wishes(conn: Connection, people: Sequence[int], usual: Channel | None) -> dict[int, Wish]:
    """`usual`: by which way the gateway reaches those who have said nothing."""
    found = {}
    for row in await conn.fetch(WISHES, people):
        if not row["said"]:
            found[row["id"]] = Wish((usual,) if usual and row["phone"] else ())
            continue
        gateway = [Channel(row["gateway"])] if row["gateway"] and row["phone"] else []
        channels = (*([Channel.MAIL] if row["mail"] else []), *gateway)
        found[row["id"]] = Wish(channels, (row["quiet_from"], row["quiet_to"]), Digest(row["digest"]))
    return found


class OwnWish(msgspec.Struct, frozen=True):
    """One person's row, opened."""

    phone: str | None
    mail: str | None = None
    gateway: Channel | None = None
    quiet_from: time | None = None
    quiet_to: time | None = None
    digest: Digest | None = None
    said: bool = False


OWN_WISH = """
SELECT p.phone_enc, w.person_id IS NOT NULL AS said, w.mail, w.gateway, w.quiet_from, w.quiet_to, w.digest
  FROM person p LEFT JOIN notice_wish w ON w.person_id = p.id WHERE p.id = $1
"""
PUT_WISH = """
INSERT INTO notice_wish (person_id, mail, gateway, quiet_from, quiet_to, digest, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (person_id) DO UPDATE SET (mail, gateway, quiet_from, quiet_to, digest, changed_at) =
    (excluded.mail, excluded.gateway, excluded.quiet_from, excluded.quiet_to, excluded.digest, excluded.changed_at)
"""


async def own_wish(conn: Connection, person_id: int, cipher: FieldCipher) -> OwnWish:
    row = await conn.fetchrow(OWN_WISH, person_id)
    if row is None:
        return OwnWish(None)
    return OwnWish(
        phone=cipher.decrypt(row["phone_enc"]) if row["phone_enc"] else None,
        mail=cipher.decrypt(row["mail"]) if row["mail"] else None,
        gateway=Channel(row["gateway"]) if row["gateway"] else None,
        quiet_from=row["quiet_from"],
        quiet_to=row["quiet_to"],
        digest=Digest(row["digest"]) if row["digest"] else None,
        said=row["said"],
    )


async def put_wish(
    conn: Connection, person_id: int, mail: bytes | None, gateway: Channel | None, wish: Wish, now: datetime
) -> None:
    begin, end = wish.quiet
    await conn.execute(PUT_WISH, person_id, mail, gateway, begin, end, wish.digest, now)


# -- the inbox -------------------------------------------------------------------------------------------------------

INBOX = """
SELECT n.number, n.ticket_id, n.seq, n.at, n.kind, n.clock, n.origin, n.due_at, n.urgent, n.read_at, n.duty_id,
       coalesce(d.subject, m.title) AS title,
       -- Of the few that have one, each by its key.
       CASE WHEN n.kind = 'decided' THEN coalesce((
           SELECT h.reason FROM history h WHERE h.ticket_id = n.ticket_id AND h.seq = n.seq), '') ELSE '' END AS note
  FROM notice n LEFT JOIN matter m ON m.ticket_id = n.ticket_id LEFT JOIN duty d ON d.id = n.duty_id
 WHERE n.person_id = $1 AND n.number < $2 AND (NOT $3 OR n.read_at IS NULL) ORDER BY n.number DESC LIMIT $4
"""
UNREAD = "SELECT count(*) FROM (SELECT FROM notice WHERE person_id = $1 AND read_at IS NULL LIMIT 1000) n"
READ = "UPDATE notice SET read_at = $3 WHERE person_id = $1 AND number = ANY ($2::bigint[]) AND read_at IS NULL"
READ_ALL = "UPDATE notice SET read_at = $3 WHERE person_id = $1 AND number <= $2 AND read_at IS NULL"


class Told(msgspec.Struct, frozen=True):
    number: int
    ticket_id: int
    seq: int
    at: datetime
    kind: NoticeKind
    clock: str
    origin: str
    due_at: datetime | None
    urgent: bool
    read_at: datetime | None
    title: str
    duty_id: int | None = None
    """It is about no ticket's line but about what a unit owes besides: see the duties of the unit."""
    note: str = ""
    """审核意见: what the reviewer said to what was asked."""


async def inbox(conn: Connection, person_id: int, *, before: int, unread: bool, limit: int) -> list[Told]:
    return [msgspec.convert(dict(row), Told) for row in await conn.fetch(INBOX, person_id, before, unread, limit)]


async def unread(conn: Connection, person_id: int) -> int:
    """Up to a thousand: who has more does not count them."""
    found: int = await conn.fetchval(UNREAD, person_id)
    return found


async def read(conn: Connection, person_id: int, numbers: Sequence[int], now: datetime) -> None:
    await conn.execute(READ, person_id, numbers, now)


async def read_all(conn: Connection, person_id: int, upto: int, now: datetime) -> None:
    await conn.execute(READ_ALL, person_id, upto, now)


FORGET = """
-- What nobody has to answer for any more: the history of the ticket keeps the line itself.
DELETE FROM notice n WHERE n.at < $1
   AND NOT EXISTS (SELECT FROM delivery d JOIN message m ON m.id = d.message_id
                    WHERE d.ticket_id = n.ticket_id AND d.seq = n.seq AND d.person_id = n.person_id AND m.state <> 'sent')
"""


async def forget(conn: Connection, before: datetime) -> None:
    await conn.execute(FORGET, before)

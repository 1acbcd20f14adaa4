"""Extensions: their account at the PBX, whose they are, and who sits there now."""

from collections.abc import Sequence

import msgspec

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.intake.channels.phone.seats.seat import SeatState


class TelephoneOwner(msgspec.Struct, frozen=True):
    person_id: int
    name: str
    browser: bool
    """浏览器话机: they may answer in the browser where they sit."""


class Extension(msgspec.Struct, frozen=True):
    """分机. Its password goes in and never comes out."""

    number: str
    account: str
    has_password: bool
    people: list[TelephoneOwner]
    """Whose it usually is; of a seat of three shifts there are three."""
    sitting: str | None
    """Who has signed in at it now."""
    state: SeatState | None


LISTED = """
SELECT e.number, e.account, e.secret IS NOT NULL AS has_password,
       ARRAY(SELECT jsonb_build_object('person_id', p.id, 'name', p.name, 'browser', t.browser)
               FROM telephone t JOIN person p ON p.id = t.person_id WHERE t.extension = e.number ORDER BY p.name) AS people,
       s.name AS sitting, s.state
  FROM extension e
  LEFT JOIN LATERAL (SELECT p.name, a.state FROM phone_agent a JOIN person p ON p.id = a.person_id
                      WHERE a.extension = e.number ORDER BY a.number DESC LIMIT 1) s ON true
 WHERE $1::text IS NULL OR e.number = $1 ORDER BY length(e.number), e.number
"""


async def extensions(conn: Connection, number: str | None = None) -> list[Extension]:
    return [msgspec.convert(dict(row), Extension) for row in await conn.fetch(LISTED, number)]


KEEP = """
INSERT INTO extension (number, account, secret) VALUES ($1, $2, $3)
ON CONFLICT (number) DO UPDATE SET account = excluded.account,
    secret = CASE WHEN $4 THEN excluded.secret ELSE extension.secret END
"""


async def keep(conn: Connection, number: str, account: str, password: str | None, cipher: FieldCipher) -> None:
    """Without a password the one that is kept stays; an empty one takes it away."""
    sealed = cipher.encrypt(password) if password else None
    await conn.execute(KEEP, number, account, sealed, password is not None)


NOT_HERE = "DELETE FROM telephone WHERE extension = $1 AND person_id <> ALL($2::integer[])"
GIVE = """
INSERT INTO telephone (person_id, extension, browser) SELECT * FROM unnest($1::integer[], $2::text[], $3::boolean[])
ON CONFLICT (person_id) DO UPDATE SET (extension, browser) = (excluded.extension, excluded.browser)
"""


async def give(conn: Connection, number: str, people: Sequence[tuple[int, bool]]) -> None:
    ids = [person for person, _ in people]
    await conn.execute(NOT_HERE, number, ids)
    await conn.execute(GIVE, ids, [number] * len(ids), [browser for _, browser in people])


WORKING = "SELECT id FROM person WHERE id = ANY($1::integer[]) AND active"


async def working(conn: Connection, ids: Sequence[int]) -> set[int]:
    return {row["id"] for row in await conn.fetch(WORKING, list(ids))}


FORGET = "DELETE FROM extension WHERE number = $1"


async def forget(conn: Connection, number: str) -> None:
    await give(conn, number, ())
    await conn.execute(FORGET, number)


ACCOUNT = "SELECT account, secret FROM extension WHERE number = $1 AND secret IS NOT NULL"


async def account(conn: Connection, number: str, cipher: FieldCipher) -> tuple[str, str] | None:
    """Account and password: for whoever makes the digest, and nobody else."""
    row = await conn.fetchrow(ACCOUNT, number)
    return (row["account"], cipher.decrypt(row["secret"])) if row else None

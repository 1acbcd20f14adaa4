"""Whose telephone is which."""

import msgspec

from hotline.infra.db import Connection


class Telephone(msgspec.Struct, frozen=True):
    extension: str
    """Prefilled when they sign in; empty: they type it."""
    browser: bool
    """浏览器话机: they may answer in the browser."""


NONE = Telephone("", False)
OWN = """
-- What the administrator set, else where they sat last.
SELECT coalesce(nullif(t.extension, ''), (
           SELECT a.extension FROM phone_sitting s JOIN phone_agent a USING (provider, agent)
            WHERE s.person_id = p.id ORDER BY s.began_at DESC LIMIT 1), '') AS extension,
       coalesce(t.browser, false) AS browser
  FROM person p LEFT JOIN telephone t ON t.person_id = p.id WHERE p.id = $1
"""


async def own(conn: Connection, person_id: int) -> Telephone:
    row = await conn.fetchrow(OWN, person_id)
    return Telephone(**dict(row)) if row else NONE


GIVE = """
WITH there AS (INSERT INTO extension (number, account) VALUES ($2, $2) ON CONFLICT DO NOTHING)
INSERT INTO telephone (person_id, extension, browser)
SELECT person_id, $2, false FROM account WHERE username = $1 ON CONFLICT (person_id) DO NOTHING
"""


async def give(conn: Connection, login: str, extension: str) -> None:
    """Where nothing was said of their telephone yet."""
    await conn.execute(GIVE, login, extension)

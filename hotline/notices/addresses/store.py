"""Accounts with the mail address their person is told at."""

from collections.abc import Sequence
from datetime import datetime, time

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.notices.addresses.address import Account

ACCOUNTS = """
SELECT p.id AS person_id, a.username AS login, p.name, u.name AS unit, p.active, w.mail
  FROM account a JOIN person p ON p.id = a.person_id LEFT JOIN unit u ON u.id = p.unit_id
  LEFT JOIN notice_wish w ON w.person_id = p.id
 WHERE a.username = ANY ($1::text[])
"""
PUT = """
-- The address alone: whoever has said how they wish to be told is told so still.
INSERT INTO notice_wish (person_id, mail, gateway, quiet_from, quiet_to, digest, changed_at)
VALUES ($1, $2, $3, $4, $5, 'soon', $6)
ON CONFLICT (person_id) DO UPDATE SET (mail, changed_at) = (excluded.mail, excluded.changed_at)
"""


async def accounts(conn: Connection, logins: Sequence[str], cipher: FieldCipher) -> dict[str, Account]:
    rows = await conn.fetch(ACCOUNTS, list(logins))
    return {
        row["login"]: Account(**{**dict(row), "mail": cipher.decrypt(row["mail"]) if row["mail"] else None})
        for row in rows
    }


async def put(
    conn: Connection, person_id: int, mail: bytes, gateway: str | None, quiet: tuple[time, time], now: datetime
) -> None:
    await conn.execute(PUT, person_id, mail, gateway, *quiet, now)

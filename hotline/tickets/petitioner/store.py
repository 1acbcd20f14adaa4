"""Who asked, in PostgreSQL: what names a person is encrypted, the telephone number can be asked for by its last four digits."""

import msgspec

from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection
from hotline.tickets.privacy import Petitioner

SEALED = ("name", "phone", "other_phone", "caller_number", "email", "home_address", "id_number")
PLAIN = tuple(field for field in Petitioner.__struct_fields__ if field not in SEALED)


def sealed(petitioner: Petitioner, cipher: FieldCipher) -> dict[str, bytes | None]:
    values = {field: getattr(petitioner, field) for field in SEALED}
    return {field: cipher.encrypt(value) if value else None for field, value in values.items()}


def phone_tail(cipher: FieldCipher, ticket_id: int, last4: str) -> bytes:
    """Bound to the ticket, so that the ten thousand possible tails cannot be tabulated once for all tickets."""
    return cipher.blind_index(f"{ticket_id}:{last4}")


LOAD_PETITIONER = """
SELECT kind, anonymous, gender, language, elderly, disabled, labels, id_type, company, credit_code,
       name, phone, other_phone, caller_number, email, home_address, id_number
  FROM petitioner WHERE ticket_id = $1
"""


async def load_petitioner(conn: Connection, ticket_id: int, cipher: FieldCipher) -> Petitioner:
    row = await conn.fetchrow(LOAD_PETITIONER, ticket_id)
    if row is None:
        return Petitioner(anonymous=True)
    opened = {field: cipher.decrypt(row[field]) if row[field] else None for field in SEALED}
    return msgspec.convert({**{field: row[field] for field in PLAIN}, **opened}, Petitioner)


LOAD_TAIL = "SELECT phone_tail FROM petitioner WHERE ticket_id = $1"


async def tail_matches(conn: Connection, ticket_id: int, last4: str, cipher: FieldCipher) -> bool:
    stored: bytes | None = await conn.fetchval(LOAD_TAIL, ticket_id)
    return stored is not None and stored == phone_tail(cipher, ticket_id, last4)

"""Who listens to which telephone system, and whether it is heard."""

from datetime import datetime, timedelta

import msgspec

from hotline.infra.db import Connection


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """电话链路. `up`: what happens on the telephone system is heard as it happens."""

    provider: str
    up: bool
    since: datetime
    problem: str


TAKE_LEASE = """
-- The time is the database's own: two machines' clocks may disagree about whether a lease has run out.
INSERT INTO phone_link AS held (provider, owner, epoch, lease_until, up, since, boot, problem)
VALUES ($1, $2, 1, clock_timestamp() + $3, false, $4, '', '')
ON CONFLICT (provider) DO UPDATE
   SET owner = excluded.owner, epoch = held.epoch + 1, lease_until = clock_timestamp() + $3
 WHERE held.lease_until < clock_timestamp()
RETURNING epoch
"""


async def take_lease(conn: Connection, provider: str, owner: str, lasts: timedelta, now: datetime) -> int | None:
    """The epoch of our ownership, or None while somebody else listens."""
    epoch: int | None = await conn.fetchval(TAKE_LEASE, provider, owner, lasts, now)
    return epoch


RENEW_LEASE = """
UPDATE phone_link SET lease_until = clock_timestamp() + $4, heard_until = coalesce($5, heard_until)
 WHERE (provider, owner, epoch) = ($1, $2, $3)
"""


async def renew_lease(
    conn: Connection, provider: str, owner: str, epoch: int, lasts: timedelta, heard_until: datetime | None
) -> bool:
    """Ours for longer; and up to when everything was heard and kept, while it is."""
    return bool(await conn.execute(RENEW_LEASE, provider, owner, epoch, lasts, heard_until) == "UPDATE 1")


GIVE_BACK = "UPDATE phone_link SET lease_until = clock_timestamp() WHERE (provider, owner, epoch) = ($1, $2, $3)"


async def give_back(conn: Connection, provider: str, owner: str, epoch: int) -> None:
    await conn.execute(GIVE_BACK, provider, owner, epoch)


STILL_OURS = """
-- Held until the writing is committed: a new owner waits that long, and after it nothing of ours can be written.
SELECT epoch FROM phone_link WHERE provider = $1 FOR SHARE
"""


async def still_ours(conn: Connection, provider: str, epoch: int) -> bool:
    return bool(await conn.fetchval(STILL_OURS, provider) == epoch)


SAY = """
UPDATE phone_link SET up = $3, problem = $4, boot = coalesce($5, boot), number = nextval('phone_number'),
       since = CASE WHEN up = $3 THEN since ELSE $6 END
 WHERE provider = $1 AND epoch = $2 RETURNING boot
"""


async def say(
    conn: Connection, provider: str, epoch: int, *, up: bool, problem: str, now: datetime, boot: str | None = None
) -> None:
    await conn.execute(SAY, provider, epoch, up, problem, boot, now)


BOOT = "SELECT boot FROM phone_link WHERE provider = $1"


async def boot(conn: Connection, provider: str) -> str:
    """The run of the telephone system that we heard last."""
    return await conn.fetchval(BOOT, provider) or ""


HEARD_UNTIL = "SELECT heard_until FROM phone_link WHERE provider = $1"


async def heard_until(conn: Connection, provider: str) -> datetime | None:
    """None when it was never heard: what was before the hotline listened is no affair of ours."""
    found: datetime | None = await conn.fetchval(HEARD_UNTIL, provider)
    return found


LINKS = """
-- A lease that nobody renews is a link that nobody hears, whatever was said last.
SELECT provider, up AND lease_until > clock_timestamp() AS up, since,
       CASE WHEN lease_until <= clock_timestamp() AND up THEN '没有工作进程在监听电话系统' ELSE problem END AS problem
  FROM phone_link ORDER BY provider
"""


async def links(conn: Connection) -> list[Link]:
    return [Link(**dict(row)) for row in await conn.fetch(LINKS)]

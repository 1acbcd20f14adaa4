"""The demo city, once: its directory, catalogue, categories and logins."""

from hotline.directory.actions import Seeded, seed_demo
from hotline.directory.gazetteer import actions as gazetteer
from hotline.directory.store import load_directory
from hotline.infra.http import Services
from hotline.intake.channels.phone.own import store as telephones
from hotline.routing import store as routing

LOGINS = ("agent", "dispatcher", "unit", "unit2", "callback", "supervisor", "leader", "admin")
PASSWORD = "hotline-demo"
TELEPHONES = {"agent": "8001", "callback": "8002", "dispatcher": "8003", "supervisor": "8004"}
"""What is prefilled when they sign in at a telephone."""


async def seed(services: Services) -> Seeded:
    """The demo city on top; safe to run again."""
    async with services.pool.acquire() as conn, conn.transaction():
        seeded = await seed_demo(conn, now=services.clock.now(), demo=True)
        await gazetteer.seed_demo(conn)
        await routing.seed_demo(conn)
        for login, extension in TELEPHONES.items():
            await telephones.give(conn, login, extension)
    return seeded


async def seed_if_empty(services: Services) -> None:
    """The demo city where there is no unit at all."""
    async with services.pool.acquire() as conn:
        directory = await load_directory(conn)
    if not directory.units:
        await seed(services)

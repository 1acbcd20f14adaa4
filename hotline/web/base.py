"""What every installation starts with. Apart from the rest of the web: every command brings it up, and most answer soon after."""

from hotline.classify.tree.actions import seed_categories
from hotline.infra.http import Services
from hotline.sla import store as sla


async def seed_base(services: Services) -> None:
    """Calendar, packs, category tree. Safe to run again."""
    async with services.pool.acquire() as conn, conn.transaction():
        await sla.seed(conn)
        await seed_categories(conn)

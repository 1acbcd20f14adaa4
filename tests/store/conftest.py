"""What several of these tests stand on."""

from tests.hashing import quick_hashes
from tests.store.week_city import week_city

__all__ = ["quick_hashes", "week_city"]

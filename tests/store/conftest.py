"""What several of these tests stand on."""

from tests.store.week_city import week_city

__all__ = ["week_city"]

"""The demo city of the stories, for tests of single addresses; and the hall of the live feed."""

from tests.api.live_hall import hall, open_hall, quick_beats
from tests.flow.conftest import city, city_database, city_pool, city_template, model_data
from tests.hashing import quick_hashes

__all__ = [
    "city",
    "city_database",
    "city_pool",
    "city_template",
    "hall",
    "model_data",
    "open_hall",
    "quick_beats",
    "quick_hashes",
]

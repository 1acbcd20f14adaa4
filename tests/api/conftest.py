"""The demo city of the stories, for tests of single addresses; and the hall of the live feed."""

from tests.api.live_hall import hall, open_hall, quick_beats
from tests.flow.conftest import city, city_database, model_data

__all__ = ["city", "city_database", "hall", "model_data", "open_hall", "quick_beats"]

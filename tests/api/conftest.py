"""The demo city of the stories, for tests of single addresses."""

from tests.flow.conftest import city, city_database, model_data

__all__ = ["city", "city_database", "model_data"]

"""Passwords at a thousandth of their cost, for tests that make a city or sign somebody in. What they cost a thief is
tests/rules/test_directory_people.py's matter, which hashes as the product does."""

import pytest
from argon2 import PasswordHasher

from hotline.directory import passwords


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

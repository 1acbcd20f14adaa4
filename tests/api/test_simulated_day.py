"""A simulated day: letters through the public channels, the same seed the same letters."""

from collections import Counter

from hotline.cli.simulate.day import CHANNELS, letters, summary
from tests.flow.city import City


async def test_letters_come_through_every_channel_and_the_same_seed_makes_no_second_ticket(city: City) -> None:
    first, again = Counter[str](), Counter[str]()
    await letters(city.client, first, rate=60_000, seed=7, most=12)
    await letters(city.client, again, rate=60_000, seed=7, most=12)
    assert (first["new"], first["refused"]) == (12, 0)
    assert (again["new"], again["known"]) == (0, 12)
    assert all(first[channel] for channel in CHANNELS)
    assert await city.conn.fetchval("SELECT count(*) FROM ticket") == 12
    told = summary(first, heard=False, port=5038)
    assert "新 12" in told[0] and "HOTLINE_AMI_URL" in told[1]

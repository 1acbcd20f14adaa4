"""The simulated city is as large as its tickets ask for: more people and more streets, nobody who calls more often."""

from collections import Counter
from random import Random
from statistics import mean

from hotline.cli.simulate.citizens import Citizens
from hotline.cli.simulate.growth import more_streets
from hotline.directory import store
from hotline.directory.demo import parse_regions
from hotline.directory.units import Directory
from hotline.infra.crypto import FieldCipher
from hotline.infra.settings import FieldKey

CIPHER = FieldCipher([FieldKey(1, b"0" * 16)])


def calls_of(yearly: int) -> tuple[Counter[int], Counter[tuple[int, int]]]:
    """A month's calls, by caller, and by caller and matter."""
    city, rng = Citizens(3, yearly, CIPHER), Random(11)
    calls = [(caller, n % 140) for n in range(yearly // 12) if (caller := city.calling(rng, n % 140)) is not None]
    return Counter(caller for caller, _ in calls), Counter(calls)


def test_nobody_calls_more_often_in_a_larger_city() -> None:
    shares, repeats = [], []
    for yearly in (1_000_000, 3_000_000):
        people, matters = calls_of(yearly)
        shares.append(mean(people.values()))
        repeats.append(sum(times > 2 for times in matters.values()) / yearly * 1e6)
    assert 1 < shares[0] < 1.3 and abs(shares[1] / shares[0] - 1) < 0.02
    assert 10 < repeats[1] < 200 and 0.5 < repeats[0] / repeats[1] < 2, (
        "three calls of a month about one matter are rare"
    )


def test_the_same_seed_is_the_same_person_with_the_same_number() -> None:
    one, again = (Citizens(7, 1000, CIPHER).person(42) for _ in range(2))
    assert (one.phone_index, one.name_index, one.tail) == (again.phone_index, again.name_index, again.tail)
    assert (
        CIPHER.decrypt(one.phone) == "19900000042" and Citizens(8, 1000, CIPHER).person(42).name_index != one.name_index
    )


def test_streets_are_added_in_turn_to_the_districts_and_none_twice() -> None:
    city = Directory((), parse_regions(store.demo_text("regions.csv")))
    there = {region.name for region in city.regions.values()}
    assert list(more_streets(city, 171)) == []
    added = list(more_streets(city, 833))
    assert (
        len({region.code for region in added} - city.regions.keys())
        == len({region.name for region in added} - there)
        == 662
    )
    assert len(Counter(region.parent for region in added)) == 9 and max(Counter(r.parent for r in added).values()) == 74
    assert all(region.path == (*city.regions[region.parent or ""].path, region.code) for region in added)
    assert next(r for r in added if r.parent == "990101").code > max(
        c for c in city.regions if c[:6] == "990101" and len(c) == 9
    )

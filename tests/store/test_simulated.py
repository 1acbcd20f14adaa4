"""Simulated months: every ticket could have happened, its chain holds, and the sums of the reports are those of a recount."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from hotline.classify.choosing import store as choosing
from hotline.classify.corrections import store as corrections
from hotline.classify.labels import read_tree
from hotline.classify.quality import Bin, Checked, Quality
from hotline.classify.starter import SHIPPED
from hotline.cli.simulate import bulk, citizens, store, verdicts
from hotline.cli.simulate.city import ANY_DISTRICT, ANY_STREET
from hotline.cli.simulate.command import ready
from hotline.cli.simulate.copies import NUMBER, copy, pattern
from hotline.cli.simulate.growth import PER_STREET
from hotline.cli.simulate.guesses import Guesses
from hotline.cli.simulate.lives import live
from hotline.directory.store import load_directory
from hotline.infra.clock import BEIJING
from hotline.infra.crypto import FieldCipher
from hotline.infra.db import Connection, connect, open_pool
from hotline.infra.errors import HotlineError
from hotline.infra.settings import Settings, load_settings
from hotline.insight.sums import actions as sums
from hotline.routing.evidence import store as evidence
from hotline.sla.calendar import add_working_days
from hotline.tickets import audit
from hotline.tickets import facts as f
from hotline.tickets.states import Channel, Event
from tests.conftest import SECRETS
from tests.flow.conftest import city_database, city_template, model_data  # noqa: F401

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=BEIJING)
TREE = read_tree(SHIPPED / "categories.csv")
AREAS = [node.code for node in TREE.level(2)]
CHECK = Checked(
    Quality(300, 240, 0.01, [Bin(0.4, 100, 0.45, 50, 0.4, 0.6), Bin(0.9, 200, 0.95, 190, 0.9, 0.99)], []),
    [*((area, area, 3) for area in AREAS), *((said, was, 1) for said, was in pairwise(AREAS))],
)
GUESSES = Guesses(CHECK, TREE, "a model")


async def test_simulated_months_pass_the_audit_and_are_added_up(fresh_database: str) -> None:
    settings = load_settings({**SECRETS, "HOTLINE_DATABASE_URL": fresh_database})
    await ready(settings, into_existing=False, yearly=174 * PER_STREET)
    options = {"count": 150, "months": 1, "seed": 7, "jobs": 1}
    written = await asyncio.to_thread(lambda: sum(bulk.fill(settings, NOW, **options, guesses=GUESSES)))
    assert written == 150
    [days, *counted] = await asyncio.to_thread(lambda: list(bulk.add_up(settings, NOW, jobs=1)))
    assert days == sum(counted) > 28
    conn = await connect(fresh_database)
    directory = await load_directory(conn)
    offices = [directory.street_office(code) for code in directory.regions if len(code) == 9]
    assert len(offices) == 174 and all(office and len(office.path) == 2 for office in offices), (
        "a street has its office"
    )
    report = await audit.verify(conn)
    assert (report.findings, report.tickets) == ((), 150) and report.lines > 4 * 150
    assert await sums.differences(conn) == []
    await a_server_at_the_same_time(conn, settings)
    await what_was_learned(conn)
    states = Counter(row["state"] for row in await conn.fetch("SELECT state FROM ticket"))
    assert states["closed"] > 20 and len(states) > 4, "some are open, most are done"
    late = await conn.fetchval("SELECT count(*) FROM ticket WHERE created_at > $1 OR ended_at > $1", NOW)
    assert late == 0, "nothing happens after the present"
    assert not await store.has_real_tickets(conn), "simulated tickets do not stand in the way of more"
    await conn.execute("UPDATE matter SET channel_detail = '' WHERE ticket_id = (SELECT min(id) FROM ticket)")
    with pytest.raises(HotlineError, match="已有真实工单"):
        await ready(settings, into_existing=False)
    await conn.close()


async def what_was_learned(conn: Connection) -> None:
    """What the desk of learning looks at: suggestions, some of them wrong, and who put them right."""
    judged = await choosing.judged(conn, NOW - timedelta(weeks=8), 1000)
    wrong = sum(said != was for _, said, was in judged)
    assert 0.1 < wrong / len(judged) < 0.6 and all(0 < sure < 1.1 for sure, _, _ in judged)
    told = await corrections.listed(conn, field="category", source=None, verdict=None, before=None, limit=200)
    assert {one.source for one in told} == {"agent", "dispatcher"} and all(
        one.shown[0].code != one.to_value for one in told
    )
    put_right = await conn.fetch("SELECT DISTINCT ticket_id FROM history WHERE payload ->> 'model' = 'person'")
    assert {one.ticket_id for one in told} == {row["ticket_id"] for row in put_right}, "as the history says"
    assert await evidence.judged(conn, NOW - timedelta(weeks=8), 1000), "and how sure the router was of its unit"


async def a_server_at_the_same_time(conn: Connection, settings: Settings) -> None:
    """`--into-existing` where a worker keeps the sums up every few seconds: it keeps off until all are counted."""
    counting = bulk.add_up(settings, NOW, jobs=1)
    await asyncio.to_thread(next, counting)
    await conn.execute("INSERT INTO kpi_again SELECT id FROM ticket ON CONFLICT DO NOTHING")
    pool = await open_pool(settings.database_url or "", max_size=2)
    assert await sums.keep_up(pool) == 0, "somebody else counts"
    await asyncio.to_thread(lambda: list(counting))
    assert await sums.differences(conn) == []
    assert await sums.keep_up(pool) >= 150, "and afterwards it goes on"
    await pool.close()
    assert await sums.differences(conn) == []


async def test_a_copy_is_another_ticket_of_the_same_course(city_database: str) -> None:  # noqa: F811
    settings = load_settings({**SECRETS, "HOTLINE_DATABASE_URL": city_database})
    city = await bulk.load_city(settings, NOW)
    rng = Random(5)
    lives = [live(rng, city, NUMBER, datetime(2026, 6, 3, 9, 0, tzinfo=BEIJING), NOW) for _ in range(40)]
    assert {life.ticket.channel for life in lives} > {Channel.PHONE}
    assert {life.lead.name for life in lives if life.lead} > {ANY_DISTRICT.name, ANY_STREET.name}
    for life in lives:
        shape = pattern(life)
        local = city.local(city.places[-1])
        first, second = (copy(shape, 202606030000000 + n, 10 + n, life.ticket.region, local) for n in (1, 2))
        assert first["history"].count(b"\n") == len(life.lines) == second["history"].count(b"\n")
        assert str(NUMBER).encode() not in b"".join(first.values()) and b"777777" not in b"".join(first.values())
        told = b"".join(first.values()).decode()
        assert not any(str(unit.id) in told or unit.name in told for unit in (ANY_DISTRICT, ANY_STREET))
        assert local is not None and (not shape.local or any(str(unit.id) in told for unit in local))
        heads = [rows["ticket"].split(b"\t")[3] for rows in (first, second)]
        assert heads[0] != heads[1] and first["history"].strip().endswith(heads[0])


async def test_the_same_months_written_twice_are_other_tickets_with_codes_of_their_own(
    city_database: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = load_settings({**SECRETS, "HOTLINE_DATABASE_URL": city_database})
    cipher = FieldCipher(settings.field_keys)
    callers, said = citizens.Citizens(1, 1000, cipher), citizens.Said()
    room = {"city": await bulk.load_city(settings, NOW), "now": NOW, "cipher": cipher, "callers": callers, "said": said}
    monkeypatch.setattr(bulk, "_room", room)
    once, again = (bulk.tickets(bulk.Day(NOW.date() - timedelta(days=9), first, 20, 7)) for first in (1, 1001))
    codes = [{line.split(b"\t")[0] for line in made["query_code"].splitlines()} for made in (once, again)]
    assert len(codes[0]) == len(codes[1]) == 20 and not codes[0] & codes[1]
    assert once["ticket"].count(b"\n") == again["ticket"].count(b"\n") == 20


async def test_whoever_leads_where_it_happened_may_appeal(
    city_database: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = load_settings({**SECRETS, "HOTLINE_DATABASE_URL": city_database})
    city, rng = await bulk.load_city(settings, NOW), Random(5)
    there, anybody = city.places[-1], (ANY_DISTRICT, ANY_STREET)
    city.texts = [one for one in city.texts if city.lead_for(rng, one.category, there, NOW.date()) in anybody]
    monkeypatch.setattr(verdicts, "APPEALED", 1.0)
    lives = [live(rng, city, NUMBER, datetime(2026, 6, 3, 9, 0, tzinfo=BEIJING), NOW) for _ in range(150)]
    lines = [line for life in lives for line in life.lines if line.fact.event is Event.APPEAL]
    assert {line.actor_unit for line in lines} & {unit.id for unit in anybody}


async def test_what_is_rated_low_or_pressed_falls_due_as_the_pack_says(
    city_database: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    city = await bulk.load_city(load_settings({**SECRETS, "HOTLINE_DATABASE_URL": city_database}), NOW)
    monkeypatch.setattr(verdicts, "RATINGS", ((1, 1),))
    rng, begins = Random(5), datetime(2026, 6, 3, 9, 0, tzinfo=BEIJING)
    facts = [(line.at, line.fact) for n in range(300) for line in live(rng, city, NUMBER, begins, NOW).lines]
    rated = [(at, fact) for at, fact in facts if isinstance(fact, f.LowRating)]
    assert len(rated) > 20
    for at, fact in rated:
        assert fact.due == add_working_days(city.calendar, at, 1).at, "somebody speaks with them by the next day"
        assert fact.rectify == add_working_days(city.calendar, at, 5).at, "and it is put right within five"
    letters = [(at, fact) for at, fact in facts if isinstance(fact, f.Supervise)]
    assert letters and all(fact.due == city.due(city.policy.supervise.finish, at) for at, fact in letters)


async def test_no_light_comes_on_while_a_ticket_is_shelved(
    city_database: str,  # noqa: F811
) -> None:
    city = await bulk.load_city(load_settings({**SECRETS, "HOTLINE_DATABASE_URL": city_database}), NOW)
    rng, begins, seen = Random(5), datetime(2026, 6, 3, 9, 0, tzinfo=BEIJING), 0
    for _ in range(1200):
        shelved = False
        for line in live(rng, city, NUMBER, begins, NOW).lines:
            shelved = (shelved or isinstance(line.fact, f.Shelve)) and not isinstance(line.fact, f.Resume)
            seen += isinstance(line.fact, f.Shelve)
            assert not (shelved and isinstance(line.fact, f.MarkDeadline)), "its clock stands still"
    assert seen


def test_a_span_is_shared_out_to_the_last_ticket() -> None:
    days = list(bulk.days(NOW, 3, 1000, 1))
    assert sum(n for _, _, n in days) == 1000 and days[-1][0] == NOW.date()
    assert [first for _, first, _ in days] == [sum(n for _, _, n in days[:at]) for at in range(len(days))]


def test_the_pool_of_callers_is_sealed_and_found_again() -> None:
    from hotline.cli.simulate.citizens import Citizens

    cipher = FieldCipher(load_settings({**SECRETS, "HOTLINE_DATABASE_URL": "postgresql:///none"}).field_keys)
    caller = Citizens(1, 6, cipher).person(0)
    phone = cipher.decrypt(caller.phone)
    assert caller.phone_index == cipher.blind_index(phone) and phone.endswith(caller.tail)

"""No page asks the database once a row: the statements of a request are counted with few tickets and with many."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hotline.infra.outbox import Follow
from hotline.jobs.handlers import FOLLOWS
from hotline.jobs.together import Together
from tests.flow.city import City
from tests.flow.steps import called_back, sent

PLAIN = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK")


@contextmanager
def counted(city: City) -> Iterator[Callable[[], list[str]]]:
    """The statements that reach the database meanwhile, without those that only open and close transactions."""
    seen: list[str] = []

    def note(record: Any) -> None:
        if not record.query.strip().upper().startswith(PLAIN):
            seen.append(record.query)

    with city.conn.query_logger(note):
        yield lambda: list(seen)


async def statements(city: City, login: str, path: str) -> int:
    person = city.person(login)
    await person.get(path)  # signs in, and fills what the process keeps
    with counted(city) as seen:
        await person.get(path)
    return len(seen())


PAGES = {
    "the dispatcher's pool": ("dispatcher", "/tickets?stage=registered&limit=50"),
    "the dispatcher's desk": ("dispatcher", "/dispatch/pool"),
    "the counts of that desk": ("dispatcher", "/dispatch/counts"),
    "a unit's list": ("unit", "/tickets?limit=50"),
    "a search": ("supervisor", "/tickets?q=现场&limit=50"),
    "the callback worklist": ("callback", "/callbacks"),
    "the week's difficult list": ("supervisor", "/reports/difficult"),
    "the measures": ("supervisor", "/reports/kpi?from=2026-11-01&to=2027-01-31"),
    "the tickets behind one": ("supervisor", "/reports/kpi/tickets?measure=return_rate"),
    "last week's items": ("leader", "/reports/difficult/2026-W48/followed"),
}


async def test_no_page_asks_once_a_row(city: City) -> None:
    async def grow(count: int) -> None:
        for number in range(count):
            ticket_id = await sent(city, "D14", about=f"第 {number} 盏路灯")
            if number % 2:
                await called_back(city, ticket_id, city.unit_desk("D14"))

    await grow(2)
    few = {name: await statements(city, *page) for name, page in PAGES.items()}
    await grow(6)
    many = {name: await statements(city, *page) for name, page in PAGES.items()}
    assert few == many
    lists = {
        name: few[name] for name in ("the dispatcher's pool", "the dispatcher's desk", "a unit's list", "a search")
    }
    assert max(lists.values()) <= 3, lists


async def test_one_ticket_is_read_with_as_many_statements_however_long_its_history(city: City) -> None:
    ticket_id = await sent(city, "D14")
    path = f"/tickets/{ticket_id}"
    before = await statements(city, "supervisor", path)
    for number in range(5):
        await city.supervisor.does("urge", ticket_id, text=f"第 {number + 1} 次催办")
    assert await statements(city, "supervisor", path) == before


async def waiting(city: City, content: str) -> int:
    """A letter that has been written and not yet taken in."""
    letter = {"channel": "web", "content": content, "citizen": {"phone": "13800000001"}}
    received = await city.client.post("/api/v1/public/requests", json=letter)
    return int(received.json()["ticket_id"])


async def test_a_set_of_letters_is_taken_in_with_as_many_statements_as_one(city: City) -> None:
    async def taken_in(count: int) -> list[str]:
        letters = [await waiting(city, f"第 {number} 盏路灯不亮,人民路东段,请派人修好。") for number in range(count)]
        jobs = [Follow("ticket.registered", letter) for letter in letters]
        await city.conn.execute("DELETE FROM pgqueuer")
        taking_in = FOLLOWS["ticket.registered"]
        assert isinstance(taking_in, Together)
        with counted(city) as seen:
            await taking_in.run(jobs, city.services)
        return seen()

    await taken_in(1)  # fills what the process keeps
    one, many = await taken_in(1), await taken_in(12)
    assert len(many) == len(one) <= 11, many

"""An attempt at a callback and the call that was dialled for it: the line of the history leads to the recording."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.intake.channels.phone import http, store
from tests.api.test_callback_desk import DAY, answered, takes
from tests.api.test_phone import asks
from tests.flow.city import City


@pytest.fixture(autouse=True)
def nobody_carries_commands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PATIENCE", 0.0)


async def attempts(city: City, ticket_id: int) -> list[Any]:
    lines = (await city.supervisor.get(f"/tickets/{ticket_id}/history"))["items"]
    return [line["payload"].get("call", "") for line in lines if line["event"] == "attempt_callback"]


async def test_the_attempt_names_the_call_that_was_dialled_for_it_and_only_that(city: City) -> None:
    ticket_id = await answered(city)
    city.clock.advance(DAY)
    card = (await takes(city.callback))["card"]["id"]
    await asks(city.callback, "sign_in", "in", extension="1003")
    first = (await asks(city.callback, "dial", "one", callback=card))["call"]
    assert (await asks(city.callback, "dial", "one", callback=card))["call"] == first, (
        "the same request is the same call"
    )
    await city.callback.calls_back(ticket_id, reached=False, note="无人接听")
    # By hand, at the telephone itself: no call is known, and the one before is not it.
    city.clock.advance(timedelta(hours=4))
    await city.callback.calls_back(ticket_id, reached=False, note="又无人接听")
    # Dialled twice before it is written down: the newer one.
    city.clock.advance(DAY)
    await takes(city.callback)
    await asks(city.callback, "dial", "two", callback=card)
    city.clock.advance(timedelta(minutes=1))
    newer = (await asks(city.callback, "dial", "three", callback=card))["call"]
    await city.callback.calls_back(ticket_id, solved="yes", rating=5)
    assert first and newer and await attempts(city, ticket_id) == [first, "", newer]

    # Whose recording it is, the ticket decides: a secret one's is heard by fewer.
    assert not await store.secret(city.conn, newer)
    await city.conn.execute("UPDATE ticket SET confidential = true WHERE id = $1", ticket_id)
    assert await store.secret(city.conn, newer)

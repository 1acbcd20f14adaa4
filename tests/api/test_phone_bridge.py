"""The example bridge of the documentation, as a vendor would use it: its events are kept, it takes a command once."""

import asyncio
import importlib.util
import json
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from hotline.intake.channels.phone import bridge, hook
from hotline.intake.channels.phone.commands.form import Order, PhoneVerb
from tests.flow.city import API, City
from tests.flow.conftest import PHONE_SECRET

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "bridge.py"


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("HOTLINE_PHONE_SECRET", PHONE_SECRET)
    spec = importlib.util.spec_from_file_location("bridge_example", EXAMPLE)
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def test_the_example_is_short() -> None:
    assert len(EXAMPLE.read_text(encoding="utf-8").splitlines()) <= 50


async def test_what_the_example_tells_is_kept(city: City, vendor: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    class Answered:
        def __enter__(self) -> "Answered":
            return self

        def __exit__(self, *_: object) -> None: ...

        def read(self) -> bytes:
            return b'{"accepted": 1}'

    def urlopen(asked: Any) -> Answered:
        sent.append(asked)
        return Answered()

    monkeypatch.setattr(vendor.urllib.request, "urlopen", urlopen)
    vendor.tell("call.queued", "c-1", leg="c-1", queue="q12345", direction="in", caller="13912345678", called="12345")
    (asked,) = sent
    # The bridge's clock is the real one, the story's stands still: the signature's moment is the bridge's.
    city.clock.set(
        city.clock.now().fromtimestamp(int(asked.headers["X-hotline-signature"][2:12]), city.clock.now().tzinfo)
    )
    header = {hook.HEADER: asked.headers["X-hotline-signature"]}
    kept = await city.client.post(f"{API}/calls/events", content=asked.data, headers=header)
    assert kept.status_code == 200 and kept.json()["accepted"] == 1


async def test_the_example_takes_a_command_once_and_says_in_words_what_it_cannot(
    city: City, vendor: ModuleType
) -> None:
    asked: list[str] = []
    obey = vendor.obey

    def listened(order: dict[str, str]) -> Any:
        asked.append(order["verb"])
        return obey(order)

    vars(vendor)["obey"] = listened
    server = vendor.http.server.HTTPServer(("127.0.0.1", 0), vendor.Commands)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    object.__setattr__(city.services.settings, "phone_commands_url", f"http://127.0.0.1:{server.server_port}/")
    try:
        async with httpx.AsyncClient() as client:
            dial = Order(1, "bridge", "k1", PhoneVerb.DIAL, "1001", "1001", "", number="13912345678")
            hold = Order(2, "bridge", "k2", PhoneVerb.HOLD, "1001", "1001", "c-1")
            told = [await bridge.post(client, city.services, order) for order in (dial, dial, hold)]
            forged = await client.post(
                f"http://127.0.0.1:{server.server_port}/", content=b"{}", headers={hook.HEADER: "t=1795400000,v1=ab"}
            )
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()
    assert [one.status_code for one in told] == [200, 200, 409] and asked == ["dial", "hold"]
    assert bridge.said_by(told[2]) == json.loads(told[2].content)["message"] and forged.status_code == 401

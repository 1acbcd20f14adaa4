"""The telephone at the desk, with a made-up exchange: an agent's round on the keyboard, and a callback that dials."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from hotline.intake.channels.phone import recordings
from hotline.intake.channels.phone.ami import listener as listening
from hotline.intake.channels.phone.ami.listener import Listener
from hotline.intake.channels.phone.ami.plan import plan_of
from hotline.intake.channels.phone.fakepbx import desk
from hotline.intake.channels.phone.fakepbx.city import write_recording
from hotline.intake.channels.phone.fakepbx.interface import FakePbx
from hotline.intake.channels.phone.fakepbx.parties import Citizen
from hotline.live.waker import PHONE
from tests.conftest import TurnedClock
from tests.console.conftest import Hall, findings
from tests.console.test_callback_desk import answered, later

SPEED = 20.0
CALLER = "13955667788"
TEXT = "市民反映人民路东段路灯从上周五起一排都不亮,晚上老人出门危险,希望尽快修好。"
REMINDED = """
INSERT INTO caller_restriction (citizen, citizen_index, step, evidence, calls, days, proposed_by, proposed_at, decided_by,
                                decided_at, approved, decision, expires_at)
SELECT $1, $2, 'remind', '来电辱骂话务员', '{earlier}', 30, min(id), now() - interval '2 years', max(id),
       now() - interval '2 years', true, '', now() + interval '2 years' FROM person
"""
AWAY = "话务台暂时连不上,可继续登记"


@pytest.fixture
async def pbx(clock: TurnedClock, tmp_path: Path) -> FakePbx:
    """It tells the time of the test, and goes on from there; its recordings are written in that time, too."""
    begun = time.monotonic()

    def moment() -> float:
        return clock.now().timestamp() + time.monotonic() - begun

    def record(name: str, seconds: float) -> None:
        write_recording(tmp_path, name, seconds)
        os.utime(tmp_path / name, (clock.now().timestamp(),) * 2)

    return FakePbx(
        speed=SPEED,
        ring=100_000,
        longest_wait=100_000,
        record=record,
        clock=moment,
    )


@pytest.fixture
async def more_settings(pbx: FakePbx, tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    async with pbx.listening() as port:
        yield {"HOTLINE_AMI_URL": pbx.url(port, wrapup="60", recordings=str(tmp_path))}


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"FIRST": 0.05, "LONGEST": 0.2, "LOOK": 0.1, "BEAT": 0.3}.items():
        monkeypatch.setattr(listening, name, seconds)
    monkeypatch.setattr(recordings, "STABLE", recordings.STABLE * 0)


@contextlib.asynccontextmanager
async def heard(hall: Hall) -> AsyncIterator[None]:
    """A worker that listens to the exchange."""
    services = hall.city.services
    plan = plan_of(services.settings.ami_url or "")
    task = asyncio.create_task(Listener(services, plan, partial(hall.waker.wake, PHONE)).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def calls(pbx: FakePbx, number: str) -> str:
    """Somebody calls, and stays until the agent ends it."""
    return pbx.exchange.arrive(Citizen(number, patience=100_000, talk=100_000))


def strip_of(page: Page) -> Locator:
    return page.get_by_role("region", name="话务条")


async def signs_in(page: Page, extension: str) -> Locator:
    strip = strip_of(page)
    await expect(strip.get_by_text("话机未签入")).to_be_visible()
    await page.get_by_label("分机").fill(extension)
    await page.keyboard.press("F7")
    return strip


async def test_an_agents_round_from_the_ring_to_the_next_caller(hall: Hall, pbx: FakePbx) -> None:
    city = hall.city
    await city.agent_logs("人民路西段井盖松动,过车时响。", title="人民路西段井盖松动", citizen={"phone": CALLER})
    await city.conn.execute(REMINDED, city.services.cipher.encrypt(CALLER), city.services.cipher.blind_index(CALLER))
    rang: list[float] = []
    tell = pbx.exchange.emit_to

    def told(message: dict[str, str]) -> None:
        if message["Event"] == "AgentCalled":
            rang.append(time.monotonic())
        tell(message)

    pbx.exchange.emit_to = told
    async with heard(hall):
        page = await hall.opens("agent", "/agent")
        strip = await signs_in(page, "1001")
        await expect(strip.get_by_text("示闲", exact=True).first).to_be_visible()
        pop = page.get_by_role("alertdialog", name="来电")
        call = calls(pbx, CALLER)
        await pop.wait_for()
        popped = time.monotonic() - rang[0]
        assert popped <= 1.0, f"popped after {popped:.2f} s"
        await expect(pop.get_by_text("人民路西段井盖松动")).to_be_visible()
        await expect(pop.get_by_text("处置:提醒")).to_be_visible()
        assert await findings(page) == []

        # Reloaded while it rings: there again. Rings elsewhere: gone. Back again.
        await page.reload()
        await expect(pop.get_by_text("139 5566 7788")).to_be_visible()
        pbx.exchange.add("PJSIP/1002", "agent-1002")
        pbx.exchange.ring_out(pbx.exchange.talks[call], pbx.exchange.talks[call].rung)
        await expect(pop).to_have_count(0)
        pbx.exchange.remove("PJSIP/1002")
        pbx.exchange.ring_out(pbx.exchange.talks[call], pbx.exchange.talks[call].rung)
        await expect(pop).to_be_visible()

        # Answered: its sheet is open, the caret in it. Hold, mute, 110 is asked, joins and leaves.
        await page.keyboard.press("F2")
        text = page.get_by_role("textbox", name="内容", exact=True)
        await expect(text).to_be_focused()
        await expect(page.get_by_role("textbox", name="来电号码")).to_have_value(CALLER)
        await page.keyboard.type(TEXT)

        # A caller who is a nuisance: the step in force is shown, the next is proposed without leaving the sheet.
        await expect(strip.get_by_text("处置:提醒")).to_be_visible()
        await page.get_by_role("button", name="提出处置").click()
        proposing = page.get_by_role("dialog", name="提出处置")
        await proposing.get_by_role("radio", name="提醒").check()
        await proposing.get_by_role("textbox", name="事实说明").fill("来电辱骂话务员,两次劝导后仍不听")
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_text("已提交,等另一位班长或主管审批")).to_be_visible()
        await expect(text).to_have_value(TEXT)
        await page.keyboard.press("F4")
        await expect(strip.get_by_text("保持中")).to_be_visible()
        await page.keyboard.press("F4")
        await expect(strip.get_by_text("通话中")).to_be_visible()
        await page.keyboard.press("F8")
        await expect(strip.get_by_text("已静音")).to_be_visible()
        await page.keyboard.press("F9")
        await page.keyboard.type("110")
        await page.keyboard.press("Enter")
        await expect(strip.get_by_text("咨询 110")).to_be_visible()
        await page.keyboard.press("Shift+F9")
        await expect(strip.get_by_text("三方通话 110")).to_be_visible()
        assert await findings(page) == []
        await page.keyboard.press("F4")
        await expect(strip.get_by_text("通话中")).to_be_visible()

        # Reloaded in the middle: the call and the words are there. The exchange goes away: writing goes on.
        await page.reload()
        await expect(strip.get_by_text("139 5566 7788")).to_be_visible()
        await expect(text).to_have_value(TEXT)
        pbx.stalled = True
        pbx.kill()
        await expect(strip.get_by_text(AWAY)).to_be_visible()
        await page.keyboard.press("Alt+Shift+n")
        await expect(page.get_by_role("navigation", name="来电").get_by_role("button").nth(1)).to_be_visible()
        await page.keyboard.type("另外反映小区门口垃圾桶一周没有清运,气味很大。")
        for _ in range(2):
            await sends(page)
        pbx.stalled = False
        await expect(strip.get_by_text("示闲", exact=True).first).to_be_visible()
        told_of = await city.supervisor.get(f"/calls/asterisk:pbx1:{call}")
        assert (told_of["call"]["outcome"], len(told_of["call"]["tickets"])) == ("answered", 2)

        # The next caller: ended with the survey, written up with more time, heard again on the ticket's page.
        other = calls(pbx, "13955660009")
        await expect(pop.get_by_text("第一次来电")).to_be_visible()
        await page.keyboard.press("F2")
        await expect(strip.get_by_text("通话中")).to_be_visible()
        await page.keyboard.type("市民咨询公交老年卡怎么办理,需要带哪些材料。")
        await page.keyboard.press("F2")
        await expect(strip.get_by_text("话后整理", exact=True)).to_be_visible()
        await page.keyboard.press("F8")
        await expect(strip.get_by_text("秒后示闲")).to_be_visible()
        await sends(page)
        await expect(strip.get_by_text("示闲", exact=True).first).to_be_visible()
        ticket = await city.conn.fetchval("SELECT ticket_id FROM matter WHERE call_id = $1", f"asterisk:pbx1:{other}")
        await page.goto(f"/console/tickets/{ticket}")
        player = page.get_by_role("group", name="录音")
        await expect(player).to_be_visible()
        async with page.expect_response(lambda got: "/recording" in got.url) as played:
            await page.keyboard.press("Alt+p")
        assert (await played.value).status in (200, 206)
        await expect(player.get_by_role("button", name="暂停")).to_be_visible()
        await expect(player.get_by_role("alert")).to_have_count(0)
        heard_by = await city.supervisor.get(f"/calls/asterisk:pbx1:{other}/recording/heard")
        assert len(heard_by["items"]) == 1


async def sends(page: Page) -> None:
    """派单, and once more where the desk asks back."""
    before = await page.get_by_text("已登记").all_inner_texts()
    done = page.get_by_text("已登记")
    fresh = done.filter(has_not_text=before[0]) if before else done
    asked = page.get_by_text("再按一次")
    await page.keyboard.press("Control+Enter")
    await expect(asked.or_(fresh).first).to_be_visible()
    if await asked.is_visible():
        await page.keyboard.press("Control+Enter")
    await expect(fresh.first).to_be_visible()


async def test_a_callback_dials_and_a_busy_citizen_is_filled_in(
    hall: Hall, pbx: FakePbx, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody lifts the receiver before the agent thinks better of it, however slow the machine.
    monkeypatch.setattr(desk, "CITIZEN_RINGS", 100_000)
    await answered(hall, "请来看看东头")
    page = await hall.opens("callback", "/callback")
    page = await later(hall, page, days=1)
    async with heard(hall):
        strip = await signs_in(page, "1003")
        await expect(strip.get_by_text("外呼")).to_be_visible()
        await expect(page.get_by_role("heading", name="请来看看东头")).to_be_visible()
        await page.keyboard.press("F2")
        await expect(strip.get_by_text("正在呼叫")).to_be_visible()
        (talk,) = pbx.exchange.talks.values()
        await expect(page.get_by_role("radio", name="通话")).to_have_count(0)
        assert pbx.actions.count("Originate") == 1
        await page.keyboard.press("F2")
        await expect(page.get_by_text("已取消,没有接通")).to_be_visible()
        assert talk.citizen.number not in await page.content()

"""The telephone in the browser against a real registrar: Kamailio takes browsers over a WebSocket, and they ring each other."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from hotline.intake.channels.phone.fakepbx.interface import FakePbx
from tests.console.conftest import ROOT, Hall, findings
from tests.console.test_calls import calls, heard, in_a_hurry, pbx, signs_in, strip_of

__all__ = ["in_a_hurry", "pbx"]

PASSWORD = "seat-1001-of-this-test"
DOMAIN = "hotline.test"
CONFIG = ROOT / ".ci" / "kamailio" / "kamailio.cfg"
JSSIP = ROOT / "agent_console" / "node_modules" / "jssip" / "lib" / "JsSIP.js"
CALLER = "13955667788"


class Registrar:
    """A Kamailio of this test's own: signs browsers on with digest passwords, and puts one through to the other."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        said = {"PORT": str(self.port), "DOMAIN": DOMAIN, "REALM": DOMAIN, "PASSWORD": PASSWORD}
        text = CONFIG.read_text(encoding="utf-8")
        for name, value in said.items():
            text = text.replace(f"HOTLINE_{name}", value)
        self.folder, self.config = folder, folder / "kamailio.cfg"
        self.config.write_text(text, encoding="utf-8")
        self.running: asyncio.subprocess.Process | None = None

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    async def start(self) -> None:
        where = ["-Y", str(self.folder), "-w", str(self.folder)]
        self.running = await asyncio.create_subprocess_exec(
            program() or "", "-f", str(self.config), "-DD", "-E", "-m", "32", "-M", "4", *where,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        while True:
            assert self.running.returncode is None, "Kamailio does not start with .ci/kamailio/kamailio.cfg"
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        if self.running is not None and self.running.returncode is None:
            self.running.terminate()
            await self.running.wait()


@cache
def program() -> str | None:
    """Kamailio with its WebSocket module; it is installed where that is ours to do, as Chromium is."""
    found = shutil.which("kamailio")
    if found is None and sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get"):
        packages = [
            "install",
            "-y",
            "-q",
            "--no-install-recommends",
            "-o",
            "DPkg::Lock::Timeout=120",
            "kamailio",
            "kamailio-websocket-modules",
        ]
        # Its package starts a server of its own: not on the machine of a test.
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        for command in (["update", "-q"], packages):
            subprocess.run(["apt-get", *command], check=False, capture_output=True, env=quiet)
        found = shutil.which("kamailio")
    return found


@pytest.fixture
async def registrar(tmp_path: Path) -> AsyncIterator[Registrar]:
    if program() is None:
        pytest.skip(
            "没有 Kamailio,也不能在这里安装(Debian 软件包 kamailio 和 kamailio-websocket-modules):浏览器话机没有对真的注册服务器测试。"
        )
    found = Registrar(tmp_path)
    await found.start()
    yield found
    await found.stop()


@pytest.fixture
async def more_settings(pbx: FakePbx, registrar: Registrar) -> AsyncIterator[dict[str, str]]:
    async with pbx.listening() as port:
        yield {
            "HOTLINE_AMI_URL": pbx.url(port, wrapup="0"),
            "HOTLINE_BROWSER_PHONE": f"{registrar.address}?domain={DOMAIN}",
        }


BARE = """
([address, password]) => {
  JsSIP.debug.disable()
  window.at = (user) => new Promise((done) => {
    const ua = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(address)], uri: `sip:${user}@hotline.test`,
      password, session_timers: false })
    const here = { ua, session: null, rings: 0, said: [] }
    ua.on('registered', () => done(window[`of${user}`] = here))
    ua.on('newRTCSession', ({ originator, session }) => {
      if (originator === 'remote') here.rings += 1
      here.session = session
      for (const what of ['confirmed', 'ended', 'failed', 'hold', 'unhold']) session.on(what, () => here.said.push(what))
    })
    ua.start()
  })
  window.heard = async (user) => {
    const found = { packets: 0, energy: 0 }
    for (const one of (await window[`of${user}`].session.connection.getStats()).values())
      if (one.type === 'inbound-rtp') Object.assign(found, { packets: one.packetsReceived, energy: one.totalAudioEnergy })
    return found
  }
}
"""
"""Telephones that know nothing of the hotline: a citizen's, and the one on the agent's desk."""


async def bare(hall: Hall, registrar: Registrar, folder: Path) -> Page:
    script = folder / "jssip.js"
    rolldown = ROOT / "agent_console" / "node_modules" / ".bin" / "rolldown"
    bundling = [str(rolldown), str(JSSIP), "--format", "iife", "--name", "JsSIP", "--platform", "browser"]
    done = await asyncio.create_subprocess_exec(
        *bundling, "-o", str(script), stdout=subprocess.DEVNULL, cwd=ROOT / "agent_console"
    )
    assert await done.wait() == 0
    page = await hall.stranger(permissions=["microphone"])
    await page.goto("/health/live")
    await page.evaluate(f"{script.read_text(encoding='utf-8')}\nwindow.JsSIP = JsSIP")
    await page.evaluate(BARE, [registrar.address, PASSWORD])
    for user in ("1002", "1001"):
        await page.evaluate("(user) => window.at(user).then(() => true)", user)
    return page


async def says(page: Page, user: str, what: str) -> None:
    await page.wait_for_function("([user, what]) => window[`of${user}`].said.includes(what)", arg=[user, what])


async def rings_1001(page: Page) -> None:
    await page.evaluate(
        """() => { of1002.said = []; of1001.said = []
             of1002.ua.call('sip:1001@hotline.test', { mediaConstraints: { audio: true, video: false } }) }"""
    )


async def hears(page: Page, something: bool) -> None:
    """Whether any sound comes through just now."""
    await page.wait_for_function(
        """async (something) => {
             const before = await heard('1002')
             await new Promise((done) => setTimeout(done, 1200))
             const after = await heard('1002')
             return after.packets > before.packets && (after.energy > before.energy) === something
           }""",
        arg=something,
    )


def chip(page: Page) -> Locator:
    return strip_of(page).get_by_role("button", name="浏览器话机")


async def test_the_browser_is_the_telephone_of_its_seat_beside_the_one_on_the_desk(
    hall: Hall, pbx: FakePbx, registrar: Registrar, tmp_path: Path
) -> None:
    # The administrator gives it.
    admin = await hall.opens("admin", "/admin/extensions")
    await admin.get_by_role("button", name="新增分机").click()
    await admin.get_by_label("分机号").fill("1001")
    name = (await hall.city.agent.get("/me"))["person"]["name"]
    await admin.get_by_role("combobox", name="添加常用人").fill(name)
    await admin.get_by_role("option", name=name).first.click()
    await admin.get_by_text("浏览器话机", exact=True).click()
    await admin.keyboard.press("Control+Enter")
    await expect(admin.get_by_role("alert")).to_contain_text("请填写这个分机在交换机上的密码")
    await admin.get_by_label("话机密码").fill(PASSWORD)
    await admin.keyboard.press("Control+Enter")
    await expect(admin.get_by_role("row", name="1001")).to_contain_text("已登记密码")
    assert PASSWORD not in await admin.content()
    assert await findings(admin) == []

    async with heard(hall):
        page = await hall.opens("agent", "/agent", permissions=["microphone"])
        strip = await signs_in(page, "1001")
        await expect(chip(page)).to_contain_text("已登记")
        # Another tab is not a second telephone; when the first one goes, it takes over.
        second = await page.context.new_page()
        await second.goto("/console/agent")
        await expect(chip(second)).to_contain_text("在另一个标签页")

        # It rings on the desk and in the browser; the exchange tells of it, and the pop's key answers here.
        there = await bare(hall, registrar, tmp_path)
        await rings_1001(there)
        call = calls(pbx, CALLER)
        pop = page.get_by_role("alertdialog", name="来电")
        await expect(pop.get_by_role("button", name="接听")).to_be_visible()
        await page.keyboard.press("F2")
        await says(there, "1002", "confirmed")
        await says(there, "1001", "failed")
        pbx.desk.pick_up("PJSIP/1001")
        await expect(strip.get_by_text("通话中")).to_be_visible()
        await hears(there, True)
        assert await findings(page) == []
        await page.keyboard.press("F8")
        await expect(strip.get_by_text("已静音")).to_be_visible()
        await hears(there, False)
        await page.keyboard.press("F8")
        await page.keyboard.press("F4")
        await expect(strip.get_by_text("保持中")).to_be_visible()
        await says(there, "1002", "hold")
        await page.keyboard.press("F4")
        await says(there, "1002", "unhold")
        await page.keyboard.press("Shift+F8")
        await page.keyboard.type("15")
        await expect(strip.get_by_text("已按 15")).to_be_visible()
        await page.keyboard.press("Escape")

        # The registrar goes away in the middle of the call: the talk goes on, and the line comes back by itself.
        await registrar.stop()
        await expect(chip(page)).to_contain_text("断线,正在重连")
        await hears(there, True)
        await registrar.start()
        await expect(chip(page)).to_contain_text("已登记")
        await page.keyboard.press("F2")
        answered = pbx.exchange.talks[call].agent
        assert answered is not None
        pbx.desk.hangup(answered[1].name)
        await expect(strip.get_by_text("通话中")).to_have_count(0)

        # Reloaded while the desk telephone talks: the browser is there again, and the desk's talk goes on.
        await there.evaluate("() => of1002.session.terminate()")
        await there.wait_for_function("() => of1001.ua.isRegistered() && of1002.ua.isRegistered()")
        await rings_1001(there)
        await expect(strip.get_by_text("1002 来电")).to_be_visible()
        await there.evaluate("() => of1001.session.answer({ mediaConstraints: { audio: true, video: false } })")
        await says(there, "1002", "confirmed")
        await expect(strip.get_by_text("1002 来电")).to_have_count(0)
        await page.reload()
        await expect(chip(second)).to_contain_text("已登记")
        await expect(chip(page)).to_contain_text("在另一个标签页")
        await second.close()
        await expect(chip(page)).to_contain_text("已登记")
        assert await there.evaluate("() => of1001.session.isEstablished() && of1001.said.includes('ended')") is False
        assert await there.evaluate("() => of1002.session.isEstablished()")

        # A password that the exchange refuses is told, with what to do.
        await hall.city.person("admin").call(
            "PUT",
            "/extensions/1001",
            {"password": "another", "people": [{"person_id": await agent_id(hall), "browser": True}]},
        )
        await page.reload()
        await expect(chip(page)).to_contain_text("不能接听")
        await chip(page).click()
        await expect(page.get_by_text("电话系统不认这个分机的密码")).to_be_visible()


async def agent_id(hall: Hall) -> int:
    found: int = (await hall.city.agent.get("/me"))["person"]["id"]
    return found

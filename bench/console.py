"""How the console feels, as figures: its weight, its first paint, typing, suggestions, a long list. `python -m bench.console`

A real Chromium (Debian's package) before a server with 10,000 tickets. What is promised: at most 400 kB of packed
JavaScript before the agent can type, paint within 1.5 s, no key that waits 50 ms, suggestions within 150 ms (p95), a list
of 10,000 that scrolls without a stall."""

import json
import shutil
import statistics
import sys
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.load import filled
from hotline.web.demo import PASSWORD

TICKETS = 10_000
VISITS = 7
TEXT = "市民反映人民路东段的路灯从上周五起一排都不亮,晚上老人出门很危险,希望尽快派人修好。"
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
SCRIPT = """performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'))
              .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)"""
WATCH = """window.stalls = [];
           new PerformanceObserver((list) => stalls.push(...list.getEntries().map(({ duration }) => duration)))
             .observe({ type: 'longtask' })"""
SUGGEST = """async ([text, csrf, times]) => {
  const took = []
  for (let n = 0; n < times; n++) {
    const began = performance.now()
    await (await fetch('/api/v1/suggest', { method: 'POST', body: JSON.stringify({ content: text.slice(0, 12 + n % 30) }),
      headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf } })).json()
    took.push(performance.now() - began)
  }
  return took
}"""
FRAMES = """(seconds) => new Promise((done) => {
  const frames = []
  let last = performance.now()
  const end = last + seconds * 1000
  const each = (now) => { frames.push(now - last); last = now; now < end ? requestAnimationFrame(each) : done(frames) }
  requestAnimationFrame(each)
})"""


def signed_in(browser: Browser, site: str, login: str) -> tuple[BrowserContext, str]:
    """A fresh browser of this person, with nothing kept from an earlier visit, and its token."""
    context = browser.new_context(base_url=site, viewport={"width": 1366, "height": 768}, locale="zh-CN")
    answered = context.request.post("/api/v1/session", data={"username": login, "password": PASSWORD})
    assert answered.ok, answered.text()
    return context, str(answered.json()["csrf_token"])


def first_load(browser: Browser, site: str) -> dict[str, float]:
    """The agent's page, each time in a browser that has never seen it."""
    painted, ready, weight = [], [], 0
    for _ in range(VISITS):
        context, _ = signed_in(browser, site, "agent")
        page = context.new_page()
        page.goto("/console/agent")
        page.get_by_role("textbox", name="内容", exact=True).wait_for()
        ready.append(float(page.evaluate("performance.now()")))
        painted.append(float(page.evaluate(PAINT)))
        weight = int(page.evaluate(SCRIPT))
        context.close()
    return {
        "script_kb": round(weight / 1024, 1),
        "first_paint_ms": round(statistics.median(painted)),
        "first_paint_slowest_ms": round(max(painted)),
        "ready_to_type_ms": round(statistics.median(ready)),
    }


def typing(browser: Browser, site: str) -> dict[str, float]:
    context, csrf = signed_in(browser, site, "agent")
    page = context.new_page()
    page.goto("/console/agent")
    page.get_by_role("textbox", name="内容", exact=True).wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate(WATCH)
    for _ in range(3):
        page.keyboard.type(TEXT, delay=40)
    stalls = page.evaluate("window.stalls")
    took = page.evaluate(SUGGEST, [TEXT, csrf, 100])
    context.close()
    return {
        "keys": 3 * len(TEXT),
        "stalls_over_50_ms": len(stalls),
        "longest_stall_ms": round(max(stalls, default=0)),
        "suggest_p50_ms": round(statistics.median(took), 1),
        "suggest_p95_ms": round(statistics.quantiles(took, n=20)[-1], 1),
    }


def scrolling(browser: Browser, site: str) -> dict[str, float]:
    """Down the whole list with the wheel for five seconds."""
    context, _ = signed_in(browser, site, "supervisor")
    page: Page = context.new_page()
    page.goto("/console/tickets")
    page.get_by_role("row").nth(5).wait_for()
    page.mouse.move(600, 400)
    page.evaluate(f"window.watched = ({FRAMES})(5)")
    for _ in range(100):
        page.mouse.wheel(0, 900)
        page.wait_for_timeout(40)
    frames = page.evaluate("window.watched")
    found = {
        "frames_per_second": round(len(frames) / 5, 1),
        "slow_frames_share": round(sum(took > 50 for took in frames) / len(frames), 3),
        "rows_in_the_page": page.get_by_role("row").count(),
    }
    context.close()
    return found


def measure() -> dict[str, Any]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("没有找到 Chromium:请安装 Debian 的 chromium 软件包后再测量。")
    with filled(TICKETS) as (server, _), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        try:
            return {
                "tickets": TICKETS,
                "agent_page": first_load(browser, server.url),
                "typing": typing(browser, server.url),
                "list": scrolling(browser, server.url),
            }
        finally:
            browser.close()


if __name__ == "__main__":
    json.dump(measure(), sys.stdout, ensure_ascii=False, indent=1)
    print()

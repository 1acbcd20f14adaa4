"""Signing in, finding one's desk, and the keys that work everywhere."""

from playwright.async_api import expect

from tests.console.conftest import Hall, findings


async def test_somebody_signs_in_without_a_mouse_and_lands_on_their_desk(hall: Hall) -> None:
    page = await hall.stranger()
    await page.goto("/console/tickets?q=路灯")
    await expect(page.get_by_label("账号")).to_be_focused()
    assert await findings(page) == []
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text("请输入账号和密码。")
    await page.keyboard.type("agent")
    await page.keyboard.press("Tab")
    await page.keyboard.type("wrong-password")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("密码不正确")
    await page.keyboard.type("hotline-demo")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{hall.site}/console/tickets?q=%E8%B7%AF%E7%81%AF")
    await page.keyboard.press("g")
    await page.keyboard.press("a")
    await expect(page).to_have_url(f"{hall.site}/console/agent")


LANDINGS = {
    "dispatcher": "/dispatch",
    "unit": "/department",
    "callback": "/callback",
    "supervisor": "/supervision",
    "leader": "/week",
    "admin": "/admin",
}


async def test_each_role_lands_on_its_own_desk(hall: Hall) -> None:
    for login, desk in LANDINGS.items():
        page = await hall.opens(login)
        await expect(page).to_have_url(f"{hall.site}/console{desk}")


async def test_the_palette_finds_a_ticket_by_its_number_and_a_unit_by_its_name(hall: Hall) -> None:
    ticket = await hall.city.agent_logs("人民路东段路灯不亮三天了，请尽快维修。")
    page = await hall.opens("supervisor")
    await page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="输入工单号")
    await expect(field).to_be_focused()
    await page.keyboard.type("城市管理局")
    await expect(page.get_by_role("option", name="市城市管理局的工单")).to_be_visible()
    assert await findings(page) == []
    await field.fill(str(ticket))
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{hall.site}/console/tickets/{ticket}")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="快捷键")).to_be_hidden()


async def test_a_session_that_ends_leads_back_to_where_one_was(hall: Hall) -> None:
    page = await hall.opens("supervisor", "/kpi")
    await page.get_by_role("button", name="账号").click()
    await page.get_by_role("menuitem", name="退出登录").click()
    await expect(page.get_by_label("账号")).to_be_visible()
    await page.goto("/console/kpi")
    await page.get_by_label("账号").fill("supervisor")
    await page.get_by_label("密码").fill("hotline-demo")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{hall.site}/console/kpi")


LAID_OVER = """() => {
  const under = document.createElement('button'), list = document.createElement('button')
  for (const one of [under, list]) {
    one.style.cssText = 'position: fixed; z-index: 9999; left: 40px; top: 40px; width: 120px; height: 40px'
    document.body.append(one)
  }
  window.pressed = 0
  under.onclick = () => window.pressed++
  list.onclick = () => list.remove()
}"""


async def test_the_second_click_of_a_double_click_presses_nothing_that_a_list_lay_over(hall: Hall) -> None:
    page = await hall.opens("callback")
    for where, pressed in (("about:blank", 1), (page.url, 0)):
        await page.goto(where)
        await page.evaluate(LAID_OVER)
        await page.mouse.dblclick(60, 60)
        assert await page.evaluate("window.pressed") == pressed, where
    await page.mouse.click(60, 60)
    assert await page.evaluate("window.pressed") == 1, "whoever means it is heard"

"""The administrator keeps the house: people, units, calendar, catalogue; what a change costs is shown before it is made."""

from playwright.async_api import Page, expect

from tests.console.conftest import Hall, findings
from tests.flow.steps import signed

LAMP = "新安里小区门口的路灯坏了半个月,晚上黑灯瞎火,麻烦派人来修"


async def choose(page: Page, label: str, text: str) -> None:
    """Type into a box of choices and take the first; a form in front has the last box of a name."""
    box = page.get_by_role("combobox", name=label, exact=True).last
    await box.click()
    await box.fill(text)
    await page.get_by_role("option", name=text).locator("visible=true").first.click()


async def test_a_new_person_signs_in_and_is_asked_for_a_password_of_their_own(hall: Hall) -> None:
    page = await hall.opens("admin", "/admin/people")
    await expect(page.get_by_role("row", name="dispatcher").first).to_be_visible()
    assert await findings(page) == []
    await page.keyboard.press("Alt+n")
    dialog = page.get_by_role("dialog", name="新增人员")
    await dialog.get_by_label("姓名").fill("何新")
    await dialog.get_by_label("账号").fill("hexin")
    await dialog.get_by_text("班长", exact=True).click()
    await dialog.get_by_text("系统管理员", exact=True).click()
    await page.keyboard.press("Control+Enter")
    await expect(dialog.get_by_role("alert")).to_contain_text("不得兼任业务岗位")
    await dialog.get_by_text("系统管理员", exact=True).click()
    await choose(page, "单位", "热线中心")
    await page.keyboard.press("Control+Enter")
    once = page.get_by_role("dialog", name="请记下初始密码")
    await expect(dialog.get_by_role("alert")).to_have_count(0)
    password = (await once.locator("output").inner_text()).strip()
    await once.get_by_role("button", name="已记下").click()
    await expect(page.get_by_text(password)).to_have_count(0)
    theirs = await hall.stranger()
    await theirs.goto("/console/sign-in")
    await theirs.get_by_label("账号").fill("hexin")
    await theirs.get_by_label("密码").fill(password)
    await theirs.get_by_role("button", name="登录").click()
    await expect(theirs.get_by_text("请先设定自己的密码")).to_be_visible()
    await page.get_by_role("row", name="hexin").click()
    await page.get_by_role("button", name="停用账号").click()
    await expect(page.get_by_text("手上有 0 件任务待移交")).to_be_visible()
    await page.get_by_role("button", name="确认停用").click()
    await expect(page.get_by_role("button", name="重新启用")).to_be_visible()
    watching = await hall.opens("auditor", "/admin/security")
    await expect(watching.get_by_role("row", name="停用账号").first).to_contain_text("何新")
    assert await findings(watching) == []


async def test_a_deputy_is_named_acts_for_the_other_unit_and_is_ended_early(hall: Hall) -> None:
    ticket = await signed(hall.city, "D14")
    page = await hall.opens("admin", "/admin/people")
    await page.get_by_label("姓名或账号").fill("unit2")
    await page.get_by_role("row", name="unit2").first.click()
    deputies = page.get_by_role("region", name="代理")
    await deputies.get_by_role("button", name="指定代理").click()
    await choose(page, "被代理单位", "城市管理局")
    await deputies.get_by_label("原因").fill("联络员住院")
    assert await findings(page) == []
    await deputies.get_by_role("button", name="确认指定").click()
    await expect(deputies).to_contain_text("代理中")

    theirs = await hall.opens("unit2", "/department")
    assert (await theirs.request.get(f"/api/v1/tickets/{ticket}")).status == 404
    account = theirs.get_by_role("banner").get_by_role("button", name="账号")
    await account.click()
    await theirs.get_by_role("menuitem", name="代理 云州市城市管理局").click()
    await expect(account).to_contain_text("代理 云州市城市管理局")
    assert (await theirs.request.get(f"/api/v1/tickets/{ticket}")).status == 200
    await account.click()
    await theirs.get_by_role("menuitem", name="恢复本人身份").click()
    await expect(account).not_to_contain_text("代理")
    assert (await theirs.request.get(f"/api/v1/tickets/{ticket}")).status == 404

    await deputies.get_by_role("button", name="提前结束").click()
    await expect(deputies).to_contain_text("立即不能再以")
    await deputies.get_by_role("button", name="确认结束代理").click()
    await expect(deputies).to_contain_text("已提前结束")


async def test_a_unit_is_merged_with_all_that_hangs_on_it(hall: Hall) -> None:
    ticket = await signed(hall.city, "D14")
    page = await hall.opens("admin", "/admin/units")
    await page.get_by_label("名称、代码、别名").fill("D14")
    await page.get_by_role("treeitem", name="城市管理局").click()
    await page.get_by_role("button", name="并入其他单位").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("在办工单 1 件")
    await expect(dialog.get_by_role("button", name="确认合并")).to_be_disabled()
    await choose(page, "并入", "住房和城乡建设局")
    await dialog.get_by_label("依据").fill("云州市机构改革方案")
    assert await findings(page) == []
    await dialog.get_by_role("button", name="确认合并").click()
    detail = page.get_by_role("complementary", name="单位资料")
    await expect(detail.get_by_role("heading", name="云州市住房和城乡建设局", exact=True)).to_be_visible()
    await expect(detail).to_contain_text("吸收")
    lead = await hall.city.conn.fetchval("SELECT unit_id FROM assignment WHERE ticket_id = $1", ticket)
    assert lead == await hall.city.unit("D13")
    page_of_ticket = await hall.city.admin.call("GET", f"/tickets/{ticket}")
    assert page_of_ticket.status_code == 403, "the administrator moves work and never reads it"


async def test_a_day_off_is_looked_at_before_it_moves_a_deadline(hall: Hall) -> None:
    ticket = await signed(hall.city)
    before = await hall.city.conn.fetchval("SELECT finish_due FROM assignment WHERE ticket_id = $1", ticket)
    page = await hall.opens("admin", "/admin/calendar")
    monday = page.get_by_role("button", name="2026-11-23 今天 工作日")
    await expect(monday).to_be_in_viewport()
    await expect(page.locator("button.day[tabindex='0']")).to_have_count(1)
    await monday.focus()
    for key in ("ArrowDown", "ArrowUp", "ArrowRight", "ArrowRight", "Enter"):
        await page.keyboard.press(key)
    await expect(page.get_by_role("button", name="生效", exact=True)).to_be_disabled()
    await page.get_by_label("2026-11-25 的名称").fill("暴雪停工")
    await page.keyboard.press("Alt+y")
    await expect(page.get_by_role("region", name="受影响的时限")).to_contain_text(str(ticket))
    assert await findings(page) == []
    assert await hall.city.conn.fetchval("SELECT finish_due FROM assignment WHERE ticket_id = $1", ticket) == before
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("正在逐件核算 1 件在办工单,其中 1 件的时限会变")).to_be_visible()
    await expect(page.get_by_role("button", name="25休 2026-11-25 放假 暴雪停工", exact=True)).to_be_visible()
    await hall.work()
    after = await hall.city.conn.fetchval("SELECT finish_due FROM assignment WHERE ticket_id = $1", ticket)
    assert after > before


async def test_limits_extensions_and_seasons_of_a_new_version_reach_the_unit_and_the_trace(hall: Hall) -> None:
    ticket = await signed(hall.city)
    page = await hall.opens("admin", "/admin/packs")
    await page.get_by_role("button", name="拟定新版本").click()
    window = page.get_by_label("投诉 · 一般 退单窗口", exact=True)
    await window.fill("9")
    await page.get_by_role("button", name="先看影响").click()
    await expect(page.get_by_role("alert")).to_contain_text("“投诉·一般·退单窗口”")
    await window.fill("2")
    await page.get_by_label("改投诉 · 一般 延期", exact=True).click()
    await page.get_by_label("投诉 · 一般 延期", exact=True).fill("2")
    await page.get_by_role("spinbutton", name="月度考核数据冻结前").fill("7")
    await page.get_by_role("spinbutton", name="每几件抽 1 件").fill("3")
    await choose(page, "添加作息不同的单位", "城市管理局")
    own = page.get_by_label("云州市城市管理局的作息")
    await own.fill("14:30-17:30 8:30-12:00")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("alert")).to_contain_text("须从早到晚、互不重叠")
    await expect(own).to_have_value("08:30-12:00 14:30-17:30")
    await page.get_by_role("button", name="加一段季节作息").last.click()
    await page.get_by_label("按天计的时限到最后一天的").select_option("下班时截止")
    for label, typed in (
        ("开始(月-日)", "11-1"),
        ("结束(月-日)", "3月31日"),
        ("这段时间的作息", "9:00-12:00 14:00-17:00"),
    ):
        await page.get_by_label(label).fill("无")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("alert")).to_contain_text("“无”")
        await page.get_by_label(label).clear()
        await page.get_by_label(label).press_sequentially(typed)
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("alert")).to_have_count(0)
    assert await findings(page) == []
    await page.get_by_role("button", name="先看影响").click()
    moved = page.get_by_role("region", name="受影响的时限")
    await expect(moved).to_contain_text("退单 推后")
    await expect(page.get_by_role("row", name="退单 1 0 推后", exact=False)).to_be_visible()
    await expect(page.get_by_role("row", name="云州市城市管理局 1 2", exact=False)).to_be_visible()
    await page.get_by_role("button", name="启用新版本").click()
    await expect(page.get_by_text("在 3 个工作日内提出;月度考核数据在次月 7 个工作日后方可冻结")).to_be_visible()
    await expect(page.get_by_text("咨询、建议:每个单位每 3 件抽 1 件由人工回访")).to_be_visible()
    await hall.work()
    unit = hall.city.unit_desk("D14")
    ask = {"progress": "已勘查", "citizen_informed": True, "reason": "等待配件"}
    assert (await unit.refused("request_extension", ticket, working_days=3, **ask))[0] == 422
    await unit.does("request_extension", ticket, working_days=2, **ask)
    page = await hall.opens("supervisor", f"/tickets/{ticket}")
    await page.get_by_role("button", name="为什么是这个时限").click()
    trace = page.get_by_role("complementary", name="工单情况")
    await expect(trace).to_contain_text("按通用时限 第 1 版:办结 5个工作日")
    await expect(trace).to_contain_text(
        "按通用时限 第 2 版、本单位自己的作息 08:30–12:00 14:30–17:30;11-01–03-31 09:00–12:00 14:00–17:00"
    )
    await page.get_by_role("button", name="同意延期").click()
    form = page.get_by_role("form", name="同意延期")
    await expect(form.get_by_label("同意延长").locator("option:checked")).to_contain_text("(单位所申请)")
    await expect(form.get_by_label("同意延长").locator("option")).to_have_count(2)
    assert await findings(page) == []
    await page.keyboard.press("Control+Enter")
    await expect(trace).to_contain_text("11-30 17:00 → 12-02 17:00")


async def test_who_edits_an_entry_that_a_colleague_has_changed_meanwhile_is_told_and_reads_it_anew(hall: Hall) -> None:
    page = await hall.opens("admin", "/admin/catalogue")
    await page.get_by_label("事项、区划、单位、依据,可多词").fill("010403")
    row = page.get_by_role("row", name="010403").first
    await row.click()
    detail = page.get_by_role("complementary", name="目录条目")
    await detail.get_by_role("button", name="修改条目").click()
    await choose(page, "主办", "住房和城乡建设局")
    [seen] = (await hall.city.admin.get("/directory/catalogue?category=010403&standing=in_force"))["items"]
    kept = {name: seen[name] for name in ("category", "region", "assist", "clear")}
    put = {**kept, "lead": "D30", "basis": "编办函〔2026〕8号", "valid_from": "2026-11-23", "replaces": seen["mark"]}
    await hall.city.supervisor.sends("POST", "/catalogue", 201, put)
    await page.keyboard.press("Control+Enter")
    await expect(detail.get_by_role("alert")).to_contain_text("已为同一事项、同一区划写下自 2026-11-23 起的条目")
    assert await findings(page) == []
    await detail.get_by_role("button", name="取消").click()
    await page.get_by_role("row", name="010403").first.click()
    await expect(detail).to_contain_text("编办函〔2026〕8号")


async def test_an_entry_is_put_in_the_catalogue_and_the_next_caller_is_suggested_its_unit(hall: Hall) -> None:
    page = await hall.opens("admin", "/admin/catalogue")
    await expect(page.get_by_role("row", name="0101").first).to_be_visible()
    await page.keyboard.press("Alt+n")
    await choose(page, "事项", "020201")
    await choose(page, "主办", "住房和城乡建设局")
    await page.get_by_label("依据", exact=True).fill("云州市城市照明管理办法第五条")
    assert await findings(page) == []
    await page.keyboard.press("Control+Enter")
    detail = page.get_by_role("complementary", name="目录条目")
    await expect(detail).to_contain_text("云州市城市照明管理办法第五条")
    await expect(detail).to_contain_text("2026-11-23 起")
    said = await hall.city.agent.call("POST", "/suggest", {"content": LAMP, "category": "020201"})
    assert said.json()["unit"][0]["name"].endswith("住房和城乡建设局"), said.text

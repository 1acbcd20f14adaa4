"""The learning desk and what it says elsewhere: a cell of the matrix opened down to its letters, an override judged, a letter labelled by
a key, a threshold tried before it is saved, models compared; why a unit is suggested, and who is likely to be late."""

import asyncio

import msgspec
import numpy as np
from playwright.async_api import Route, expect

from hotline.classify.nightly.compare import compare
from hotline.insight.outlook import store as outlook
from hotline.insight.outlook.late import LateModel
from tests.console.conftest import Hall, findings
from tests.console.test_dispatch_desk import JUDGED
from tests.flow.steps import BASIS, LAMP, in_the_pool, signed
from tests.flow.test_practice_stories import a_night_later, led_by

INSERT = """
INSERT INTO model (target, fingerprint, path, scores, role, created_at, role_since, comparison)
VALUES ('category', 'abc', '/nowhere/category-night', '{"accuracy": 0.91}', 'shadow', now(), now(), $1)
"""
CHAMPION = """
INSERT INTO model (target, fingerprint, path, scores, role, created_at, role_since)
VALUES ('kind', $1, '/nowhere/kind-night', '{}', 'champion', now(), now())
"""


async def test_what_people_decided_is_looked_at_and_learned_from(hall: Hall) -> None:
    city = hall.city
    late = await signed(city, "D12")
    ticket_id = await in_the_pool(city, LAMP, category=JUDGED)
    await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("D30"), basis=BASIS, reason="已电话核实")
    await in_the_pool(city)
    unit = await city.unit("D12")
    model = LateModel({f"0={unit}": 2.0, "0=0": -0.0}, -3.0, 1.0, 0.0, [1 - step / 21 for step in range(21)], 0.1)
    await outlook.put(city.conn, "late", model, rows=500, figures={"auc": 0.88}, now=city.clock.now())

    page = await hall.opens("supervisor", "/learning/overrides")
    row = page.get_by_role("row", name="已电话核实")
    await expect(row).to_contain_text("派单员")
    assert await findings(page) == []
    await row.get_by_role("button", name="改得对", exact=True).click()
    await expect(row.get_by_role("button", name="撤回")).to_be_visible()

    await page.get_by_role("tab", name="分类质量").click()
    matrix = page.get_by_role("region", name="混淆矩阵")
    wrong = matrix.get_by_role("button", name="实为")
    await wrong.first.click()
    await expect(matrix.get_by_role("button", name="返回一级")).to_be_visible()
    await wrong.first.click()
    await expect(page.locator(f'a[href="/console/tickets/{ticket_id}"]')).to_be_visible()
    assert await findings(page) == []
    await matrix.get_by_role("button", name="返回一级").click()
    await expect(matrix.get_by_role("button", name="返回一级")).to_have_count(0)

    await page.get_by_role("combobox", name="统计范围").press("ArrowDown")
    await page.get_by_role("option", name="训练时的检验").click()
    await expect(page.get_by_text("随系统附带的模型,用它没有学过的文本检验")).to_be_visible()
    await wrong.first.click()
    await expect(matrix).to_contain_text("检验用的文本不留在系统里")

    await page.get_by_role("tab", name="派单门槛").click()
    await page.get_by_role("button", name="用近一月工单试算").click()
    result = page.get_by_role("region", name="试算结果")
    await expect(result).to_contain_text("没有差别")
    assert await findings(page) == []
    moved = asyncio.Event()

    async def after_moving(route: Route) -> None:
        answered = await route.fetch()
        await moved.wait()
        await route.fulfill(response=answered)

    await page.route("**/routing/replay", after_moving)
    await page.get_by_role("button", name="用近一月工单试算").click()
    await page.get_by_role("slider", name="自动派单门槛").press("ArrowLeft")
    await expect(result).to_have_count(0)
    async with page.expect_response("**/routing/replay"):
        moved.set()
    await expect(page.get_by_role("button", name="用近一月工单试算")).not_to_have_attribute("aria-busy", "true")
    await expect(result).to_have_count(0)

    await page.goto("/console/supervision?tab=late")
    await page.get_by_label("可能超期").check()
    likely = page.get_by_role("row", name=str(late))
    await expect(likely).to_contain_text("承办单位")
    await expect(page.get_by_text("AUC 为 0.880")).to_be_visible()
    assert await findings(page) == []
    await page.goto(f"/console/tickets/{late}")
    await expect(page.get_by_text("超期可能")).to_be_visible()

    theirs = await hall.opens("dispatcher", "/dispatch")
    why = theirs.get_by_role("region", name="为什么这样推荐")
    await expect(why.get_by_role("button")).to_be_visible()
    await theirs.keyboard.press("w")
    await expect(why).to_contain_text("起作用的词及分量")
    assert await findings(theirs) == []
    await theirs.goto("/console/learning/labels")
    await expect(theirs.get_by_role("heading", name="这件说的是什么事")).to_be_visible()
    assert await findings(theirs) == []
    await theirs.keyboard.press("1")
    await expect(theirs.get_by_text("已标注 1 件")).to_be_visible()
    assert await city.conn.fetchval("SELECT count(*) FROM letter_label") == 1
    await theirs.get_by_role("button", name="撤回上一件").click()
    await expect(theirs.get_by_text("已标注 0 件")).to_be_visible()
    await expect(theirs.get_by_role("tab", name="模型")).to_have_count(0)

    truth = np.zeros(50, dtype=np.int64)
    worse, better = np.array([0] * 30 + [1] * 20), np.array([0] * 33 + [1] * 17)
    said = compare("starter", [truth[:0]] * 3, [truth, worse, better])
    await city.conn.execute(INSERT, msgspec.to_builtins(said))
    admin = await hall.opens("admin", "/learning/models")
    await admin.get_by_role("button", name="对比").click()
    await expect(admin.get_by_text("差别可能出于偶然").first).to_be_visible()
    await expect(admin.get_by_role("row", name="近四周 60%").last).to_contain_text("0 : 3")
    assert await findings(admin) == []
    await admin.get_by_role("button", name="现在训练").click()
    await expect(admin.get_by_role("row", name="等待")).to_be_visible()
    await city.conn.execute("UPDATE training_run SET outcome = 'nothing', said = '不足 20 件,暂不训练。'")
    ended = admin.get_by_role("row", name="不足 20 件,暂不训练。")
    await expect(ended).to_be_visible(timeout=20_000)
    await expect(admin.get_by_role("button", name="现在训练")).to_be_enabled()
    await expect(admin.get_by_role("tab", name="改判复核")).to_have_count(0)

    kind = next(one for one in (await city.admin.get("/models"))["answering"] if one["target"] == "kind")
    await city.conn.execute(CHAMPION, kind["fingerprint"])
    await admin.reload()
    answers = admin.get_by_role("row", name="诉求类型")
    await expect(answers.first).to_contain_text("本市训练")
    await answers.first.get_by_role("button", name="回退到上一个模型").click()
    await expect(admin.get_by_text("诉求类型由之前的模型作答")).to_be_visible()
    assert await findings(admin) == []
    await admin.get_by_role("button", name="确认回退").click()
    await expect(answers.first).to_contain_text("随系统附带")
    await expect(admin.get_by_role("button", name="回退到上一个模型")).to_have_count(0)


async def test_目录建议_is_taken_with_its_ground_or_turned_down(hall: Hall) -> None:
    city = hall.city
    await led_by(city, "D12", 5)
    await a_night_later(city)
    page = await hall.opens("supervisor", "/learning/proposed")
    await expect(page.get_by_role("row", name="020105")).to_contain_text("100% (5/5)")
    await page.keyboard.press("j")
    detail = page.get_by_role("complementary", name="目录建议")
    await expect(detail).to_contain_text("目录上次变动以来办结的 5 件中,5 件最终由云州市")
    assert await findings(page) == []
    await page.keyboard.press("n")
    await expect(detail.get_by_role("textbox")).to_be_focused()
    await page.keyboard.type("机构改革前的遗留件")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("没有目录建议")).to_be_visible()

    await page.get_by_role("combobox", name="状态").press("ArrowDown")
    await page.get_by_role("option", name="不采纳").click()
    await page.get_by_role("row", name="020105").click()
    await expect(detail).to_contain_text("机构改革前的遗留件")
    await detail.get_by_role("button", name="恢复").click()
    await expect(page.get_by_text("没有目录建议")).to_be_visible()

    await page.get_by_role("combobox", name="状态").press("ArrowDown")
    await page.get_by_role("option", name="待处理").click()
    await page.get_by_role("row", name="020105").click()
    await expect(detail.get_by_role("button", name="采纳…", exact=True)).to_be_visible()
    await page.keyboard.press("y")
    await detail.get_by_label("依据", exact=True).fill("编办函〔2026〕8号")
    assert await findings(page) == []
    await page.keyboard.press("Alt+t")
    await expect(detail.get_by_role("region", name="试算结果")).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("没有目录建议")).to_be_visible()
    [entry] = (await city.supervisor.get("/directory/catalogue?category=020105&standing=in_force"))["items"]
    assert (entry["lead"], entry["basis"], entry["clear"]) == ("D12", "编办函〔2026〕8号", False)

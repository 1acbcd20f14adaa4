"""日报 and 热线专报: what whoever is on duty hands over, and what a leader decides on."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import asyncpg
import pytest
from docx import Document
from openpyxl import load_workbook

from tests.flow.city import City
from tests.flow.steps import LAMP, VAGUE, answers, called_back, in_the_pool, sent, signed


async def written(city: City, **changed: Any) -> Any:
    today = city.clock.now().date()
    body = {
        "title": "冬季路灯照明问题",
        "begins": str(today - timedelta(days=6)),
        "ends": str(today),
        "words": "路灯",
        "causes": "部分线路老化。\n巡查频次不足。",
        "advice": "开展集中排查。",
    }
    return await city.supervisor.call("POST", "/reports/briefs", {**body, **changed})


def said(paper: Any) -> str:
    return "\n".join(one for section in paper["sections"] for one in section["paragraphs"])


async def test_专报_a_topic_is_written_issued_and_read_as_it_was(city: City) -> None:
    """Two letters about lamps, one taken back, one about something else; the brief tells the same after another came in."""
    lamps = [await city.agent_logs(LAMP, kind="complaint") for _ in range(2)]
    taken_back = await city.agent_logs(LAMP, kind="complaint")
    await city.agent.does("withdraw", taken_back, proof="来电录音 20261123-1", reason="自己解决了")
    other = await city.agent_logs(VAGUE, kind="complaint")
    await called_back(city, lamps[0], city.unit_desk("D14"))
    await city.callback.calls_back(lamps[0], solved="yes", rating=5)

    told = await written(city, words="", title="")
    assert told.status_code == 422 and {"title", "categories"} <= {one["field"] for one in told.json()["errors"]}
    nowhere = await written(city, cases=[202601010000001])
    assert nowhere.status_code == 422 and "没有工单 202601010000001" in nowhere.text
    draft = (await written(city, cases=[other])).json()
    paper = await city.supervisor.get(f"/reports/briefs/{draft['id']}")
    assert f"所选工单 {other} 不在本专报的主题或时段内" in said(paper)
    assert "受理相关诉求 3 件" in said(paper) and "（草稿，未签发）" in paper["subtitle"]
    assert "满意率 100.0%（1/1）" in said(paper)
    assert paper["sections"][0]["charts"][0]["series"][0][1] == [3]
    assert "已办结 1 件，在办 1 件，另有 1 件已撤诉或并单。" in said(paper)
    assert (await city.leader.call("GET", f"/reports/briefs/{draft['id']}")).status_code == 404, "a draft is not read"

    mended = {**{k: draft[k] for k in ("title", "begins", "ends", "words", "causes")}, "advice": "", "version": 1}
    draft = (await city.supervisor.call("PUT", f"/reports/briefs/{draft['id']}", mended)).json()
    stale = await city.supervisor.call("PUT", f"/reports/briefs/{draft['id']}", mended)
    assert stale.status_code == 409
    refused = await city.supervisor.call("POST", f"/reports/briefs/{draft['id']}/issue", {"version": 2})
    assert refused.status_code == 422 and "工作建议" in refused.text
    mended = {**mended, "advice": "开展集中排查。", "version": 2}
    await city.supervisor.call("PUT", f"/reports/briefs/{draft['id']}", mended)
    issued = await city.supervisor.call("POST", f"/reports/briefs/{draft['id']}/issue", {"version": 3})
    assert issued.status_code == 201 and (issued.json()["year"], issued.json()["number"]) == (2026, 1)
    again = await city.supervisor.call("POST", f"/reports/briefs/{draft['id']}/issue", {"version": 3})
    assert again.status_code == 409

    await city.agent_logs(LAMP, kind="complaint")
    assert [one["number"] for one in (await city.leader.get("/reports/briefs"))["items"]] == [1]
    read = await city.leader.get(f"/reports/briefs/{draft['id']}")
    assert "受理相关诉求 3 件" in said(read) and "〔2026〕第 1 期" in read["subtitle"]
    assert str(lamps[0]) in str(read)
    public = await city.leader.get(f"/reports/briefs/{draft['id']}?public=1")
    assert str(lamps[0]) not in str(public) and "（公开版）" in public["title"] and "集中排查" in said(public)
    first, second = [
        (await city.leader.call("GET", f"/reports/briefs/{draft['id']}?format=pdf")).content for _ in range(2)
    ]
    assert first == second and first.startswith(b"%PDF")
    assert (await city.supervisor.call("DELETE", f"/reports/briefs/{draft['id']}")).status_code == 409


async def test_日报_the_day_as_it_is_handed_over(city: City) -> None:
    lamp = await city.agent_logs(LAMP, kind="complaint")
    danger = await city.agent_logs("小区里闻到很浓的燃气味,怀疑燃气泄漏,请马上派人来看!", kind="seek_help")
    await answers(city.unit_desk("D14"), lamp)
    paper = await city.leader.get("/reports/daily")
    assert "今日至此共受理群众诉求 2 件" in said(paper) and "单位回复 1 件" in said(paper)
    [pressing] = paper["sections"][1]["tables"]
    assert [row[1] for row in pressing["rows"]] == [str(danger)]
    public = await city.leader.get("/reports/daily?public=1")
    assert str(danger) not in str(public) and "今日至此共受理群众诉求 2 件" in said(public)
    month = await city.leader.get("/reports/monthly?public=1")
    assert month["public"] and "（公开版）" in month["title"] and month["units"] == []
    file = await city.leader.call("GET", "/reports/monthly?public=1&format=docx")
    assert "-public.docx" in file.headers["content-disposition"]
    tomorrow = await city.leader.call("GET", "/reports/daily?date=2027-01-01")
    assert tomorrow.status_code == 422 and "还没有到" in tomorrow.text
    odd = await city.leader.call("GET", "/reports/daily?date=24-11-2026")
    assert odd.status_code == 422 and "日期应形如" in odd.text
    assert (await city.person("unit").call("GET", "/reports/daily")).status_code == 403


async def test_日报_a_day_that_is_over_tells_what_was_late_then_and_no_shelved_ticket_as_the_wall_does(
    city: City,
) -> None:
    hands = city.unit_desk("D14")
    answered, shelved = await signed(city), await signed(city)
    milestone = (city.clock.now() + timedelta(days=60)).isoformat()
    await hands.does(
        "request_shelving", shelved, plan="列入计划", milestone=milestone, leader="王副局长", reason="待立项"
    )
    await city.supervisor.does("shelve", shelved)
    await city.pass_time(days=15)
    evening = city.clock.now().date()
    assert (await city.supervisor.get("/supervision/wall"))["late"] == 1
    assert "超期未办结 1 件" in said(await city.leader.get("/reports/daily"))

    await city.pass_time(days=1)
    await called_back(city, answered, hands)
    assert "没有超期未办结的工单" in said(await city.leader.get("/reports/daily"))
    assert "超期未办结 1 件" in said(await city.leader.get(f"/reports/daily?date={evening}"))


async def test_月通报_of_a_month_that_is_over_tells_what_was_in_hand_at_its_end(city: City) -> None:
    done, open_ = await sent(city), await sent(city)
    assert "办结 0 件，在办 2 件" in (await city.leader.get("/reports/monthly"))["summary"][0]
    city.clock.advance(timedelta(days=9))
    await called_back(city, done, city.unit_desk("D14"))
    await city.callback.calls_back(done, solved="yes", rating=5)
    later = await sent(city)
    assert (await city.state(done), await city.state(open_), await city.state(later)) == ("closed", *["dispatched"] * 2)
    november = await city.leader.get("/reports/monthly?month=2026-11")
    assert "办结 0 件，月末在办 2 件" in november["summary"][0]


async def test_月通报_典型案例_and_下月预判_are_written_read_printed_and_open_without_persons(city: City) -> None:
    month = "/reports/monthly?month=2026-11"
    where = "/reports/monthly/2026-11/words"
    ticket = await city.agent_logs(LAMP, kind="complaint", citizen={"name": "牧青野", "phone": "13912345678"})
    told = f"工单{ticket}：牧青野（电话13912345678）反映路灯不亮，两日修好。\n\n第二件（{ticket}）同前。"
    empty = await city.supervisor.get(where)
    assert [(one["part"], one["version"]) for one in empty["items"]] == [("cases", 0), ("outlook", 0)]
    assert empty["proposed"] == "", "of one ticket nothing is foreseen"
    for refused in (city.agent, city.leader, city.person("unit")):
        assert (await refused.call("PUT", f"{where}/cases", {"text": "无", "version": 0})).status_code == 403
    long = await city.supervisor.call("PUT", f"{where}/cases", {"text": "长" * 3001, "version": 0})
    assert long.status_code == 422 and "典型案例最多 3000 个字，现在多出 1 个字" in long.text
    assert (await city.supervisor.call("PUT", f"{where}/units", {"text": "无", "version": 0})).status_code == 404

    kept = await city.supervisor.sends("PUT", f"{where}/cases", 200, {"text": told, "version": 0})
    assert (kept["version"], kept["text"]) == (1, told) and kept["by"]
    again = await city.supervisor.sends("PUT", f"{where}/cases", 200, {"text": told, "version": 1})
    assert again["version"] == 1, "the same words are no change"
    late = await city.supervisor.call("PUT", f"{where}/cases", {"text": "我的写法", "version": 0})
    assert late.status_code == 409 and late.json()["words"]["text"] == told
    assert f"典型案例已由{kept['by']}于 11月" in late.json()["message"] and "您写的没有保存" in late.text

    read = await city.leader.get(month)
    assert [(one["part"], one["by"]) for one in read["words"]] == [("cases", kept["by"])]
    inner = await printed(city, month)
    assert all("典型案例" in text and "牧青野" in text and str(ticket) in text for text in inner.values()), inner
    assert "三、典型案例" in inner["docx"] and "四、考核指标" in inner["docx"] and "下月预判" not in inner["docx"]

    await city.supervisor.sends("PUT", f"{where}/outlook", 200, {"text": "供暖将至。", "version": 0})
    open_ = await printed(city, f"{month}&public=1")
    for form, text in open_.items():
        assert "典型案例" in text and "供暖将至" in text and "路灯不亮" in text, form
        assert not any(gone in text for gone in ("牧青野", "13912345678", str(ticket), kept["by"])), form
    assert "第二件同前" in open_["docx"] and "四、下月预判" in open_["docx"] and "五、考核指标" in open_["docx"]
    await city.conn.execute("UPDATE ticket SET confidential = true WHERE id = $1", ticket)
    hidden = await city.leader.get(f"{month}&public=1")
    assert [one["part"] for one in hidden["words"]] == ["outlook"], "not even that there is such a case"

    await city.supervisor.sends("PUT", f"{where}/cases", 200, {"text": "", "version": 1})
    assert "典型案例" not in (await printed(city, month))["docx"], "what is taken out leaves no heading"


async def printed(city: City, path: str) -> dict[str, str]:
    """The words of the bulletin in its forms; those of a PDF are drawn with the font's own numbers, and not read here."""
    files = {form: (await city.leader.call("GET", f"{path}&format={form}")).content for form in ("docx", "xlsx", "pdf")}
    assert files["pdf"].startswith(b"%PDF")
    paragraphs = [one.text for one in Document(BytesIO(files["docx"])).paragraphs]
    book = load_workbook(BytesIO(files["xlsx"]))
    cells = [str(one.value) for sheet in book for row in sheet.iter_rows() for one in row]
    parts = {"cases": "典型案例", "outlook": "下月预判"}
    words = [parts[one["part"]] + one["text"] + (one["by"] or "") for one in (await city.leader.get(path))["words"]]
    return {"docx": "\n".join(paragraphs), "xlsx": "\n".join([*book.sheetnames, *cells]), "json": "\n".join(words)}


async def test_下月预判_of_a_city_with_a_past_offers_what_rose_in_the_coming_month_a_year_ago_until_something_is_written(
    city: City,
) -> None:
    ticket = await city.agent_logs(LAMP, kind="complaint")
    copied = """INSERT INTO ticket SELECT (jsonb_populate_record(t, jsonb_build_object('id', $2::bigint + n))).*
                  FROM ticket t, generate_series(1, $3) n WHERE t.id = $1"""
    for first, number in ((202611230001000, 11), (202610100001000, 1)):
        await city.conn.execute(copied, ticket, first, number)
    where = "/reports/monthly/2026-11/words"
    assert "本月上升明显的类别：" in (await city.supervisor.get(where))["proposed"]
    await city.conn.execute("SELECT ensure_partitions('2025-11-01', 2)")
    for first, number in ((202512100001000, 30), (202511100001000, 20)):
        await city.conn.execute(copied, ticket, first, number)
    told = (await city.supervisor.get(where))["proposed"]
    assert "去年同期（2025年12月）" in told and "30 件（上一个月 20 件）" in told
    assert told not in str(await city.leader.get("/reports/monthly?month=2026-11")), "never printed by itself"
    await city.supervisor.sends("PUT", f"{where}/outlook", 200, {"text": told, "version": 0})
    assert (await city.supervisor.get(where))["proposed"] == ""


async def test_月通报_of_a_frozen_month_keeps_what_came_in_as_it_was_reported(city: City) -> None:
    ticket_id = await in_the_pool(city, category="010103")
    await city.pass_time(days=16)
    freeze, paper = "/reports/kpi/months/2026-11/freeze", "/reports/monthly?month=2026-11"
    assert (await city.supervisor.call("POST", freeze, {})).status_code == 201
    reported = await city.leader.get(paper)
    assert [line["key"] for line in reported["categories"]] == ["0101"] and reported["open"] == 1
    await city.dispatcher.does("classify", ticket_id, category="020303")
    kept = await city.leader.get(paper)
    told = "revision", "received", "sources", "kinds", "categories", "districts", "open", "closed", "summary"
    assert {part: kept[part] for part in told} == {part: reported[part] for part in told}
    corrected = await city.supervisor.call("POST", freeze, {"because": "类别更正"})
    assert corrected.status_code == 201
    second = await city.leader.get(paper)
    assert [line["key"] for line in second["categories"]] == ["0203"] and second["revision"] == 2
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        async with city.conn.transaction():
            await city.conn.execute("UPDATE kpi_month_volume SET number = 9")

"""日报 and 热线专报: what whoever is on duty hands over, and what a leader decides on."""

from datetime import timedelta
from typing import Any

from tests.flow.city import City
from tests.flow.steps import LAMP, VAGUE, answers, called_back, sent, signed


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

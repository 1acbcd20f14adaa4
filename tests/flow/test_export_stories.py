"""导出台账 at the desk: ordered, watched, cancelled; nobody else sees it, and a leader gets no citizen's column."""

from typing import Any

from tests.flow.city import City
from tests.flow.steps import signed

ORDER = {"from": "2026-11-01", "to": "2026-11-30", "purpose": "十一月核对", "columns": ["id", "title", "phone"]}


async def test_an_export_is_seen_by_who_asked_for_it_and_by_nobody_else(city: City) -> None:
    await signed(city)
    asked = await city.supervisor.call("POST", "/reports/exports", ORDER)
    assert asked.status_code == 201, asked.text
    made: dict[str, Any] = asked.json()
    assert (made["state"], made["filters"], made["own"]) == ("waiting", "全部工单", True)
    path = f"/reports/exports/{made['id']}"
    early = await city.supervisor.call("GET", f"{path}/file")
    assert early.status_code == 404 and "还在生成" in early.json()["message"]
    assert (await city.leader.call("GET", f"{path}/file")).status_code == 404
    assert (await city.leader.call("DELETE", path)).status_code == 404
    assert (await city.leader.get("/reports/exports"))["items"] == []
    assert (await city.leader.call("GET", "/reports/exports?all=1")).status_code == 403
    assert (await city.dispatcher.call("POST", "/reports/exports", ORDER)).status_code == 403
    refused = await city.leader.call("POST", "/reports/exports", ORDER)
    assert refused.status_code == 422 and "联系电话" in refused.text
    offered = {column["key"] for column in (await city.leader.get("/reports/exports"))["columns"]}
    assert "title" in offered and not offered & {"name", "phone", "content", "address"}
    assert (await city.supervisor.call("DELETE", path)).status_code == 204
    [shown] = (await city.supervisor.get("/reports/exports?all=1"))["items"]
    assert (shown["state"], shown["purpose"]) == ("cancelled", "十一月核对")
    assert "没有完成" in (await city.supervisor.call("GET", f"{path}/file")).json()["message"]

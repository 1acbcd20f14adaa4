"""The addresses of 热线专报."""

from hotline.reports.briefs import http as briefs
from hotline.reports.briefs.store import KeptBrief
from hotline.reports.papers import Paper
from hotline.web.endpoint import Endpoint, Query
from hotline.web.leading import API, LEADERS

BRIEFS = (
    Endpoint(
        "GET", f"{API}/reports/briefs", briefs.listed, "热线专报:草稿和已签发的", answer=briefs.Briefs, roles=LEADERS
    ),
    Endpoint(
        "POST",
        f"{API}/reports/briefs",
        briefs.add,
        "起草一份专报:主题(类别、关键词、区域至少一项)、统计时段、原因和建议",
        body=briefs.BriefBody,
        answer=KeptBrief,
        status=201,
        roles=briefs.WRITERS,
    ),
    Endpoint(
        "GET",
        f"{API}/reports/briefs/{{id}}",
        briefs.one,
        "一份专报的全文:已签发的为签发时的原样,草稿取此刻的数字",
        answer=Paper,
        roles=LEADERS,
        query=(
            Query("format", str, "json、xlsx、docx 或 pdf"),
            Query("public", str, "1 为公开版:不含工单号、个案和附件"),
        ),
    ),
    Endpoint(
        "PUT",
        f"{API}/reports/briefs/{{id}}",
        briefs.change,
        "修改草稿",
        body=briefs.BriefBody,
        answer=KeptBrief,
        roles=briefs.WRITERS,
    ),
    Endpoint("DELETE", f"{API}/reports/briefs/{{id}}", briefs.remove, "删除草稿", status=204, roles=briefs.WRITERS),
    Endpoint(
        "POST",
        f"{API}/reports/briefs/{{id}}/issue",
        briefs.issue,
        "签发:按年编期号,内容从此不变",
        body=briefs.Versioned,
        answer=KeptBrief,
        status=201,
        roles=briefs.ISSUERS,
    ),
)

"""The addresses of a ticket (工单), whoever works on it: list, page, files, suggestion, and one for each verb."""

from hotline.departments.attachments import http as attachments
from hotline.directory.people import Role
from hotline.intake.agents import http as agents
from hotline.intake.form import AgentRequest
from hotline.tickets import http as tickets
from hotline.tickets.permissions import MAY, SEERS
from hotline.tickets.states import Event
from hotline.web import suggest, verbs, why
from hotline.web.endpoint import ANYONE_SIGNED_IN, Endpoint, Query

API = "/api/v1"

TICKETS = (
    Endpoint(
        "GET",
        f"{API}/tickets",
        tickets.listing,
        "工单列表,按编号从新到旧,逐页取",
        answer=tickets.Page,
        roles=SEERS,
        query=(
            Query("stage", str, "状态,多个用逗号分开"),
            Query("unit", int, "承办单位(含下属)"),
            Query("category", str, "分类代码或其前缀"),
            Query("due", str, "late、near、today 或带时区的时间"),
            Query("q", str, "检索词"),
            Query("cursor", str, "上一页的 next_cursor"),
            Query("limit", int, "每页条数,最多 200"),
        ),
    ),
    Endpoint(
        "POST",
        f"{API}/tickets",
        agents.log_request,
        "话务员登记工单,可同时直接答复、转办告知或并单;同一外部编号只建一件",
        body=AgentRequest,
        answer=agents.Logged,
        status=201,
        statuses=(200,),
        roles=MAY[Event.CREATE],
    ),
    Endpoint(
        "GET",
        f"{API}/tickets/{{id}}",
        tickets.one,
        "一件工单",
        answer=tickets.TicketView,
        roles=SEERS,
    ),
    Endpoint(
        "GET",
        f"{API}/tickets/{{id}}/history",
        tickets.history,
        "工单的全部历史",
        answer=tickets.HistoryView,
        roles=SEERS,
    ),
    Endpoint(
        "GET",
        f"{API}/tickets/{{id}}/deadlines",
        why.deadlines,
        "各项时限及其计算依据",
        answer=why.DeadlinesView,
        roles=SEERS,
    ),
    Endpoint(
        "GET",
        f"{API}/tickets/{{id}}/suggestion",
        suggest.stored,
        "分类和派单建议及理由",
        answer=suggest.Suggested,
        roles=MAY[Event.DISPATCH],
    ),
    Endpoint(
        "POST",
        f"{API}/suggest",
        suggest.suggest,
        "边听边记时的建议,不保存",
        body=suggest.SuggestBody,
        answer=suggest.Suggestion,
        roles=(MAY[Event.CREATE] | MAY[Event.DISPATCH]) - {Role.API_CLIENT},
    ),
)

ATTACHMENTS = (
    Endpoint(
        "POST",
        f"{API}/tickets/{{id}}/attachments",
        attachments.upload,
        "上传一个附件,随内部或公开文本;单个不超过 50 MB",
        body=attachments.AttachmentForm,
        takes="multipart/form-data",
        answer=attachments.Attached,
        status=201,
        roles=MAY[Event.ATTACH],
    ),
    Endpoint(
        "GET",
        f"{API}/tickets/{{id}}/attachments",
        attachments.listing,
        "工单的附件",
        answer=attachments.AttachmentList,
        roles=ANYONE_SIGNED_IN,
    ),
    Endpoint(
        "GET",
        f"{API}/tickets/{{id}}/attachments/{{number}}",
        attachments.download,
        "下载一个附件",
        roles=ANYONE_SIGNED_IN,
    ),
    Endpoint(
        "GET",
        f"{API}/public/requests/{{query_code}}/attachments",
        attachments.public_listing,
        "凭查询码和电话后四位查看公开附件",
        answer=attachments.PublicAttachments,
        query=(Query("phone_last4", str, "联系电话后四位"),),
        limit="120/minute",
    ),
    Endpoint(
        "GET",
        f"{API}/public/requests/{{query_code}}/attachments/{{file}}",
        attachments.public_download,
        "下载一个公开附件",
        query=(Query("phone_last4", str, "联系电话后四位"),),
        limit="120/minute",
    ),
)

VERBS = tuple(
    Endpoint(
        "POST",
        f"{API}/tickets/{{id}}/{verb.name}",
        verbs.handler(verb),
        verbs.summary(verb),
        body=verb.body,
        answer=tickets.Changed,
        roles=MAY[verb.event],
    )
    for verb in verbs.VERBS.values()
)

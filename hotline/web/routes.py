"""Every address and its permission, on one page."""

from starlette.routing import WebSocketRoute

from hotline.callback import http as callback
from hotline.departments import http as departments
from hotline.departments.attachments import http as attachments
from hotline.directory import http as directory
from hotline.directory.people import CENTRE, Role
from hotline.dispatch import http as dispatch
from hotline.dispatch.accuracy import DispatchReport
from hotline.dispatch.returns import Review
from hotline.intake import http as intake
from hotline.intake.agents import http as agents
from hotline.intake.form import AgentRequest, PublicRequest
from hotline.live import http as live
from hotline.live.actions import Page as LivePage
from hotline.reports import http as reports
from hotline.sla import http as sla
from hotline.sla.actions import Applied
from hotline.supervision.weeklist import WeekList
from hotline.tickets import http as tickets
from hotline.tickets.permissions import MAY, SEERS
from hotline.tickets.states import Event
from hotline.web import health, suggest, verbs, why
from hotline.web.admin_desk import ADMIN_DESK
from hotline.web.administration import DIRECTORY
from hotline.web.agent_desk import AGENT_DESK
from hotline.web.auth import signed_in_socket
from hotline.web.briefs import BRIEFS
from hotline.web.callback_desk import CALLBACK_DESK
from hotline.web.department_desk import DEPARTMENT_DESK
from hotline.web.dispatch_desk import DISPATCH_DESK
from hotline.web.endpoint import ANYONE_SIGNED_IN, Endpoint, Query
from hotline.web.figures import FIGURES
from hotline.web.leading import LEADERS, LEADING
from hotline.web.learning_desk import LEARNING_DESK
from hotline.web.notice_desk import NOTICE_DESK
from hotline.web.phone_desk import PHONE_DESK
from hotline.web.ticket_page import TICKET_PAGE

API = "/api/v1"
R = Role

PUBLIC = (
    Endpoint(
        "POST",
        f"{API}/public/requests",
        intake.send,
        "诉求人提交诉求;同一渠道同一外部编号只建一件工单",
        body=PublicRequest,
        answer=intake.Pair,
        status=201,
        statuses=(200,),
        limit="600/minute",
    ),
    Endpoint(
        "GET",
        f"{API}/public/requests/{{query_code}}",
        intake.track,
        "凭查询码和电话后四位查询办理进展",
        answer=intake.Progress,
        query=(Query("phone_last4", str, "联系电话后四位"),),
        limit="120/minute",
    ),
    Endpoint(
        "POST",
        f"{API}/public/requests/{{query_code}}/withdraw",
        callback.take_back,
        "诉求人撤回诉求,凭查询码和电话后四位核验",
        body=callback.TakeBack,
        answer=callback.TakenBack,
        limit="30/minute",
    ),
    Endpoint(
        "GET",
        f"{API}/public/surveys/{{token}}",
        callback.survey,
        "满意度评价页的内容",
        answer=callback.SurveyPage,
        limit="120/minute",
    ),
    Endpoint(
        "POST",
        f"{API}/public/surveys/{{token}}",
        callback.answer_survey,
        "提交满意度评价,只能提交一次",
        body=callback.SurveyAnswer,
        answer=callback.Thanks,
        status=201,
        limit="120/minute",
    ),
)

SESSION = (
    Endpoint(
        "POST",
        f"{API}/session",
        directory.sign_in,
        "登录",
        body=directory.SignInBody,
        answer=directory.SignedInAnswer,
        limit="600/minute",
    ),
    Endpoint("GET", f"{API}/me", directory.me, "当前登录人", answer=directory.SignedInAnswer, roles=ANYONE_SIGNED_IN),
    Endpoint("DELETE", f"{API}/session", directory.sign_out, "退出登录", status=204, roles=ANYONE_SIGNED_IN),
    Endpoint(
        "POST",
        f"{API}/session/password",
        directory.change_password,
        "修改密码",
        body=directory.PasswordBody,
        answer=directory.SignedInAnswer,
        roles=ANYONE_SIGNED_IN,
    ),
    Endpoint(
        "GET",
        f"{API}/units",
        directory.units,
        "承办单位",
        answer=directory.UnitList,
        roles=ANYONE_SIGNED_IN,
        query=(Query("q", str, "单位名称、简称或代码"),),
    ),
    Endpoint(
        "GET",
        f"{API}/regions",
        directory.regions,
        "行政区划的下一级",
        answer=directory.RegionList,
        query=(Query("parent", str, "上级区划代码"),),
    ),
)

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
        roles=(MAY[Event.CREATE] | MAY[Event.DISPATCH]) - {R.API_CLIENT},
    ),
)

DISPATCH = (
    Endpoint(
        "GET",
        f"{API}/tickets/{{id}}/return",
        dispatch.return_review,
        "待审的退单申请,以及审核前应知的情况",
        answer=Review,
        roles=MAY[Event.APPROVE_RETURN],
    ),
    Endpoint(
        "GET",
        f"{API}/tickets/{{id}}/merged",
        intake.merged_list,
        "并入这件工单的工单",
        answer=intake.Merged,
        roles=CENTRE,
    ),
    Endpoint(
        "GET",
        f"{API}/precedents",
        dispatch.precedent_list,
        "裁定先例,从新到旧",
        answer=dispatch.Precedents,
        roles=MAY[Event.DISPATCH],
        query=(Query("category", str, "分类代码或其前缀"),),
    ),
    Endpoint(
        "GET",
        f"{API}/reports/dispatch",
        dispatch.accuracy_report,
        "派单准确率:各派单员,自动与人工",
        answer=DispatchReport,
        roles=LEADERS,
        query=(Query("from", str, "起始日期,默认当月一日"), Query("to", str, "截止日期(含),默认今天")),
    ),
)

DEPARTMENTS = (
    Endpoint(
        "POST",
        f"{API}/tickets/sign",
        departments.sign_many,
        "批量签收,逐件给出结果",
        body=departments.SignMany,
        answer=departments.SignedMany,
        roles=MAY[Event.SIGN],
    ),
    Endpoint(
        "GET",
        f"{API}/tickets/{{id}}/contacts",
        departments.contacts,
        "联系诉求人的记录",
        answer=departments.ContactLog,
        roles=SEERS,
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

CALLBACKS = (
    Endpoint(
        "GET",
        f"{API}/callbacks",
        callback.worklist,
        "待回访",
        answer=callback.Worklist,
        roles=MAY[Event.ATTEMPT_CALLBACK],
        query=(Query("due", str, "到此时间为止,默认七天内"),),
    ),
    Endpoint(
        "POST",
        f"{API}/callbacks/{{id}}/attempts",
        callback.attempt,
        "记录一次回访",
        body=callback.Attempt,
        answer=callback.Attempted,
        status=201,
        roles=MAY[Event.ATTEMPT_CALLBACK],
    ),
)

KEEPERS = frozenset({R.SYSTEM_ADMIN, R.SUPERVISOR, R.CENTRE_LEADER})
"""Who keeps the calendar and the packs: what they see of tickets are numbers and dates."""
CALENDAR = (
    Endpoint(
        "GET",
        f"{API}/calendar",
        sla.calendar,
        "一年的特殊日期",
        answer=sla.CalendarView,
        roles=ANYONE_SIGNED_IN,
        query=(Query("year", int, "年份,默认今年"),),
    ),
    Endpoint(
        "POST",
        f"{API}/calendar/preview",
        sla.preview,
        "改动日历会影响哪些在办时限,不作改动",
        body=sla.DaysBody,
        answer=sla.Preview,
        roles=KEEPERS,
    ),
    Endpoint(
        "PUT",
        f"{API}/calendar/days",
        sla.put_days,
        "改动日历,在办时限随之重算",
        body=sla.DaysBody,
        answer=Applied,
        roles=KEEPERS,
    ),
    Endpoint(
        "POST",
        f"{API}/calendar/confirm",
        sla.confirm,
        "确认一年的放假安排已录入",
        body=sla.ConfirmBody,
        answer=sla.ConfirmBody,
        roles=KEEPERS,
    ),
    Endpoint(
        "POST",
        f"{API}/sla/packs/preview",
        sla.preview_pack,
        "时限方案的新版本会影响哪些在办时限,不作改动",
        body=sla.PackBody,
        answer=sla.Preview,
        roles=KEEPERS,
    ),
    Endpoint(
        "PUT",
        f"{API}/sla/packs",
        sla.put_pack,
        "启用时限方案的新版本,在办时限随之重算",
        body=sla.PackBody,
        answer=Applied,
        roles=KEEPERS,
    ),
)

REPORTS = (
    Endpoint(
        "GET",
        f"{API}/reports/difficult",
        reports.difficult,
        "疑难工单周报;已定稿的周次给出定稿时的内容",
        answer=WeekList,
        roles=LEADERS,
        query=(Query("week", str, "如 2026-W47,默认本周"), Query("format", str, "json、xlsx、docx 或 pdf")),
    ),
    Endpoint(
        "POST",
        f"{API}/reports/difficult/{{week}}/freeze",
        reports.freeze_difficult,
        "疑难工单周报定稿,一周一次",
        body=reports.FreezeBody,
        answer=WeekList,
        status=201,
        roles=LEADERS,
    ),
)

LIVE = (
    Endpoint(
        "GET",
        f"{API}/live",
        live.poll,
        "实时消息(不用 WebSocket 的客户端定时询问)",
        answer=LivePage,
        roles=SEERS,
        query=(
            Query("since", int, "上次应答中的 number;不带则从现在开始"),
            Query("limit", int, "一次最多看多少条历史,最多 1000"),
        ),
    ),
)
SOCKETS = (WebSocketRoute(f"{API}/live", signed_in_socket(live.attend)),)

MACHINES = (
    Endpoint("GET", "/health/live", health.live, "进程在运行", answer=health.Alive),
    Endpoint("GET", "/health/ready", health.ready, "可以接待请求", answer=health.Ready),
    Endpoint("GET", "/metrics", health.metrics, "Prometheus 指标"),
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

ENDPOINTS: tuple[Endpoint, ...] = (
    *PUBLIC,
    *SESSION,
    *DIRECTORY,
    *LEARNING_DESK,
    *ADMIN_DESK,
    *AGENT_DESK,
    *TICKETS,
    *TICKET_PAGE,
    *DISPATCH,
    *DISPATCH_DESK,
    *DEPARTMENTS,
    *DEPARTMENT_DESK,
    *ATTACHMENTS,
    *CALLBACKS,
    *CALLBACK_DESK,
    *PHONE_DESK,
    *CALENDAR,
    *NOTICE_DESK,
    *REPORTS,
    *LEADING,
    *BRIEFS,
    *FIGURES,
    *LIVE,
    *VERBS,
    *MACHINES,
)

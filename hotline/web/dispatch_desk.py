"""The addresses of the dispatcher's desk."""

from hotline.directory.people import CENTRE, Role
from hotline.dispatch import http as dispatch
from hotline.dispatch.accuracy import DispatchReport
from hotline.dispatch.desk import http as desk
from hotline.dispatch.desk.claims import Claim
from hotline.dispatch.desk.pool import Pool, PoolCounts
from hotline.dispatch.desk.sheet import Sheet
from hotline.dispatch.returns import Review
from hotline.intake import http as intake
from hotline.routing import http as routing
from hotline.tickets.permissions import MAY
from hotline.tickets.states import Event
from hotline.web.endpoint import Endpoint, Query
from hotline.web.leading import LEADERS

API = "/api/v1"
DISPATCHERS = MAY[Event.DISPATCH] - {Role.SYSTEM}

DISPATCH_DESK = (
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
    Endpoint(
        "GET",
        f"{API}/dispatch/pool",
        desk.waiting,
        "派单台的待派池,最近到时的在前,逐页取",
        answer=Pool,
        roles=DISPATCHERS,
        query=(
            Query("tab", str, "to_dispatch、returns、consultation、mine,默认 to_dispatch"),
            Query("kind", str, "诉求类型,多个用逗号分开"),
            Query("category", str, "分类代码或其前缀"),
            Query("district", str, "区划代码"),
            Query("confidence", str, "high(八成及以上)、middle、low(不足五成)"),
            Query("due", str, "late 或 near"),
            Query("ticket", int, "只要这一件:是否在此栏,现在如何"),
            Query("cursor", str, "上一页的 next_cursor"),
            Query("limit", int, "每页条数,最多 200"),
        ),
    ),
    Endpoint(
        "GET",
        f"{API}/dispatch/counts",
        desk.counts,
        "派单台各栏的件数,今日派单数和自动派单比例",
        answer=PoolCounts,
        roles=DISPATCHERS,
    ),
    Endpoint("GET", f"{API}/dispatch/claims", desk.claims, "谁领取着哪些工单", answer=desk.Claims, roles=DISPATCHERS),
    Endpoint(
        "POST",
        f"{API}/tickets/{{id}}/claim",
        desk.claim,
        "领取一件待派工单,三分钟内未续期即放开;take_over 为接手他人领取的",
        body=desk.TakeBody,
        answer=Claim,
        roles=DISPATCHERS,
    ),
    Endpoint(
        "DELETE", f"{API}/tickets/{{id}}/claim", desk.release, "放开自己领取的工单", status=204, roles=DISPATCHERS
    ),
    Endpoint(
        "GET",
        f"{API}/tickets/{{id}}/dispatching",
        desk.dispatching,
        "派单时应看的:建议单位及其近月情况、未自动派单的原因、目录条目",
        answer=Sheet,
        roles=DISPATCHERS,
    ),
    Endpoint(
        "GET",
        f"{API}/tickets/{{id}}/receivers",
        desk.receivers,
        "按名称找承办单位,不得派给的附上原因",
        answer=desk.Receivers,
        roles=DISPATCHERS,
        query=(Query("q", str, "单位名称、简称或代码"),),
    ),
    Endpoint(
        "POST",
        f"{API}/tickets/dispatch",
        desk.dispatch_many,
        "批量派单,逐件给出结果",
        body=desk.DispatchMany,
        answer=desk.DispatchedMany,
        roles=DISPATCHERS,
    ),
    Endpoint(
        "GET",
        f"{API}/catalogue",
        routing.catalogue,
        "查派单目录:主办、协办单位和法律依据",
        answer=routing.CatalogueFound,
        roles=CENTRE | {Role.SYSTEM_ADMIN},
        query=(Query("q", str, "分类、单位、区划或依据中的词"), Query("category", str, "分类代码或其前缀")),
    ),
)

"""The addresses of exports (导出台账)."""

from hotline.reports.ledger.desk import http as exports
from hotline.reports.ledger.desk.actions import TAKERS
from hotline.reports.ledger.order import LedgerOrder
from hotline.web.endpoint import Endpoint, Query

API = "/api/v1"

LEDGER = (
    Endpoint(
        "GET",
        f"{API}/reports/exports",
        exports.listed,
        "导出台账:本人的导出及进度,可选的列",
        answer=exports.LedgerExports,
        roles=TAKERS,
        query=(Query("all", str, "1 为全部人的导出记录,供中心主管和中心领导"),),
    ),
    Endpoint(
        "POST",
        f"{API}/reports/exports",
        exports.order,
        "导出一段时间受理的工单:时段、筛选、列、格式、用途;后台生成,姓名和电话隐去,保密工单不显示内容",
        body=LedgerOrder,
        answer=exports.LedgerExport,
        status=201,
        roles=TAKERS,
    ),
    Endpoint(
        "DELETE",
        f"{API}/reports/exports/{{id}}",
        exports.cancel,
        "取消还没有生成完的导出,不留文件",
        status=204,
        roles=TAKERS,
    ),
    Endpoint(
        "GET",
        f"{API}/reports/exports/{{id}}/file",
        exports.fetch,
        "取走文件:只有导出人,每次取走都有记录,七天后删除",
        roles=TAKERS,
    ),
)

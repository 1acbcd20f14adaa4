"""The addresses of the working calendar and of the packs of time limits (时限方案)."""

from hotline.directory.people import Role
from hotline.sla import http as sla
from hotline.sla.actions import Applied
from hotline.web.endpoint import ANYONE_SIGNED_IN, Endpoint, Query

API = "/api/v1"

KEEPERS = frozenset({Role.SYSTEM_ADMIN, Role.SUPERVISOR, Role.CENTRE_LEADER})
"""Who keeps the calendar and the packs: what they see of tickets are numbers and dates."""
CLOCKS = (
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

"""The addresses of the unit's desk (承办台)."""

from hotline.departments import http as departments
from hotline.departments.desk import http as desk
from hotline.departments.desk.limits import ExtensionAsked, Limits
from hotline.departments.desk.tabs import Tab
from hotline.departments.templates import http as templates
from hotline.departments.templates.store import Template
from hotline.directory.people import UNIT
from hotline.tickets.permissions import MAY, SEERS
from hotline.tickets.states import Event
from hotline.web.endpoint import Endpoint, Query

API = "/api/v1"

DEPARTMENT_DESK = (
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
    Endpoint(
        "GET",
        f"{API}/department/work",
        desk.work,
        "本单位的承办任务,分栏,并给出各栏件数",
        answer=desk.WorkPage,
        roles=UNIT,
        query=(
            Query("tab", str, f"栏目:{'、'.join(Tab)},默认 to_sign"),
            Query("cursor", str, "上一页的 next_cursor"),
            Query("limit", int, "每页条数,最多 100"),
        ),
    ),
    Endpoint(
        "GET",
        f"{API}/department/people",
        desk.people,
        "本单位可指定的经办人,及其手上件数",
        answer=desk.Handlers,
        roles=UNIT,
    ),
    Endpoint(
        "GET",
        f"{API}/tickets/{{id}}/extension",
        desk.extension_asked,
        "待审的延期申请:现时限,以及同意一天、两天……后的时限",
        answer=ExtensionAsked,
        roles=MAY[Event.GRANT_EXTENSION],
    ),
    Endpoint(
        "GET",
        f"{API}/tickets/{{id}}/limits",
        desk.asking,
        "此刻可否申请退单和延期,限度和先例",
        answer=Limits,
        roles=UNIT,
    ),
    Endpoint(
        "POST",
        f"{API}/tickets/{{id}}/reply/check",
        desk.check,
        "回复提交前的把关意见,不保存",
        body=desk.ReplyDraft,
        answer=desk.ReplyCheck,
        roles=MAY[Event.REPLY],
    ),
    Endpoint(
        "GET",
        f"{API}/department/templates",
        templates.listing,
        "本单位和本人的答复模板",
        answer=templates.Templates,
        roles=UNIT,
        query=(Query("category", str, "工单的分类代码:给出适用的"),),
    ),
    Endpoint(
        "POST",
        f"{API}/department/templates",
        templates.add,
        "保存一个答复模板",
        body=templates.NewTemplate,
        answer=Template,
        status=201,
        roles=UNIT,
    ),
    Endpoint(
        "DELETE",
        f"{API}/department/templates/{{template_id}}",
        templates.delete,
        "删除一个答复模板",
        status=204,
        roles=UNIT,
    ),
)

"""The addresses of the directory: units, people, deputies, and the logs. The second half of `routes`."""

from hotline.directory.http import SignedInAnswer
from hotline.directory.people import Role
from hotline.directory.staff import http as staff
from hotline.directory.staff.deputies import Deputy
from hotline.directory.staff.store import Person
from hotline.directory.tree import http as tree
from hotline.directory.units import Unit
from hotline.web import restructuring
from hotline.web.endpoint import ANYONE_SIGNED_IN, Endpoint, Query

API = "/api/v1"
ADMIN = frozenset({Role.SYSTEM_ADMIN})
WATCH = frozenset({Role.SECURITY_ADMIN, Role.AUDITOR})
LOOK = ADMIN | WATCH
PAGE = (Query("cursor", str, "上一页的 next_cursor"), Query("limit", int, "每页条数,最多 200"))

UNITS = (
    Endpoint("GET", f"{API}/directory/units", tree.every_unit, "全部单位,含已停用的", answer=tree.AllUnits, roles=LOOK),
    Endpoint(
        "GET",
        f"{API}/units/{{unit_id}}",
        tree.unit,
        "一个单位",
        answer=Unit,
        roles=ANYONE_SIGNED_IN,
    ),
    Endpoint(
        "GET",
        f"{API}/units/{{unit_id}}/history",
        tree.history,
        "单位的沿革:新增、改名、别名、隶属、合并",
        answer=tree.UnitHistory,
        roles=LOOK,
    ),
    Endpoint("POST", f"{API}/units", tree.add, "新增单位", body=tree.AddUnit, answer=Unit, status=201, roles=ADMIN),
    Endpoint(
        "PATCH",
        f"{API}/units/{{unit_id}}",
        restructuring.change,
        "修改或停用单位;有在办工单的不能停用",
        body=restructuring.ChangeUnit,
        answer=Unit,
        roles=ADMIN,
    ),
    Endpoint(
        "PUT",
        f"{API}/units/{{unit_id}}/aliases",
        tree.set_aliases,
        "设定单位的别名",
        body=tree.Aliases,
        answer=Unit,
        roles=ADMIN,
    ),
    Endpoint(
        "POST",
        f"{API}/units/{{unit_id}}/move",
        restructuring.move,
        "调整隶属关系;在办工单随之移交",
        body=restructuring.MoveUnit,
        answer=restructuring.Restructured,
        roles=ADMIN,
    ),
    Endpoint(
        "POST",
        f"{API}/units/{{unit_id}}/merge",
        restructuring.merge,
        "并入另一单位;人员、别名、在办工单一并移交",
        body=restructuring.MergeUnit,
        answer=restructuring.Restructured,
        roles=ADMIN,
    ),
)

PEOPLE = (
    Endpoint(
        "GET",
        f"{API}/people",
        staff.people,
        "人员与账号",
        answer=staff.PeoplePage,
        roles=LOOK,
        query=(
            Query("unit", int, "所属单位(含下属)"),
            Query("q", str, "姓名或用户名"),
            Query("active", bool, "是否在用"),
            *PAGE,
        ),
    ),
    Endpoint(
        "POST",
        f"{API}/people",
        staff.add,
        "新增人员;初始密码只显示一次",
        body=staff.AddPerson,
        answer=staff.Admitted,
        status=201,
        roles=ADMIN,
    ),
    Endpoint("GET", f"{API}/people/{{person_id}}", staff.person, "一个人员", answer=Person, roles=LOOK),
    Endpoint(
        "PATCH",
        f"{API}/people/{{person_id}}",
        staff.change,
        "修改姓名、电话或所属单位",
        body=staff.ChangePerson,
        answer=Person,
        roles=ADMIN,
    ),
    Endpoint(
        "PUT",
        f"{API}/people/{{person_id}}/roles",
        staff.set_roles,
        "授予角色;每次授予和收回都留痕",
        body=staff.Roles,
        answer=Person,
        roles=ADMIN,
    ),
    Endpoint(
        "POST",
        f"{API}/people/{{person_id}}/password",
        staff.reset_password,
        "重置密码;新密码只显示一次",
        answer=staff.Admitted,
        roles=ADMIN,
    ),
    Endpoint(
        "POST",
        f"{API}/people/{{person_id}}/deactivate",
        restructuring.deactivate,
        "停用账号,并列出其手上待移交的任务",
        answer=restructuring.Closed,
        roles=ADMIN,
    ),
    Endpoint(
        "POST", f"{API}/people/{{person_id}}/activate", staff.activate, "重新启用账号", answer=Person, roles=ADMIN
    ),
    Endpoint(
        "GET",
        f"{API}/people/{{person_id}}/work",
        restructuring.open_work,
        "此人手上的任务:只有编号和时限,没有内容",
        answer=restructuring.OpenWorkList,
        roles=ADMIN,
    ),
    Endpoint(
        "GET",
        f"{API}/colleagues",
        staff.colleagues,
        "本单位的人员,供指定经办人",
        answer=staff.Colleagues,
        roles=ANYONE_SIGNED_IN,
    ),
)

DEPUTIES = (
    Endpoint(
        "GET",
        f"{API}/deputies",
        staff.deputies,
        "代理人",
        answer=staff.DeputyList,
        roles=LOOK,
        query=(Query("person", int, "代理人的编号"), Query("unit", int, "被代理的单位")),
    ),
    Endpoint(
        "POST",
        f"{API}/deputies",
        staff.grant_deputy,
        "指定代理人,有起止时间",
        body=staff.GrantDeputy,
        answer=Deputy,
        status=201,
        roles=ADMIN,
    ),
    Endpoint("POST", f"{API}/deputies/{{deputy_id}}/end", staff.end_deputy, "提前结束代理", answer=Deputy, roles=ADMIN),
    Endpoint(
        "GET",
        f"{API}/me/deputies",
        staff.my_deputies,
        "我的代理",
        answer=staff.DeputyList,
        roles=ANYONE_SIGNED_IN,
    ),
    Endpoint(
        "POST",
        f"{API}/session/deputy",
        staff.act_as,
        "以代理人身份办理,或恢复本人身份",
        body=staff.ActAs,
        answer=SignedInAnswer,
        roles=ANYONE_SIGNED_IN,
    ),
)

SECURITY = (
    Endpoint(
        "GET",
        f"{API}/security/log",
        staff.security_log,
        "授权日志:谁在何时给了谁什么权限",
        answer=staff.SecurityPage,
        roles=WATCH,
        query=(Query("person", int, "被授权人的编号"), Query("act", str, "动作"), *PAGE),
    ),
    Endpoint(
        "GET",
        f"{API}/security/sign_ins",
        staff.sign_ins,
        "登录日志",
        answer=staff.SignInPage,
        roles=WATCH,
        query=(Query("person", int, "人员的编号"), Query("outcome", str, "结果"), *PAGE),
    ),
)

DIRECTORY: tuple[Endpoint, ...] = (*UNITS, *PEOPLE, *DEPUTIES, *SECURITY)

"""The addresses behind the administrator's desk: catalogue, categories, models, packs, and who may do what."""

from hotline.classify.choosing import http as models
from hotline.classify.choosing.store import RegisteredModel
from hotline.directory.changes import http as changes
from hotline.directory.people import Role
from hotline.notices.addresses import http as addresses
from hotline.routing.categories import http as categories
from hotline.routing.categories.store import CategoryUse, FullCategory
from hotline.routing.editing import http as catalogue
from hotline.routing.editing.entries import ListedEntry
from hotline.routing.practice import http as practice
from hotline.sla import http as sla
from hotline.tickets.handover.store import UnitWeight
from hotline.tickets.permissions import MAY
from hotline.tickets.states import Event
from hotline.web import restructuring, roles
from hotline.web.administration import ADMIN, LOOK, PAGE
from hotline.web.endpoint import Endpoint, Query
from hotline.web.extensions import EXTENSIONS

API = "/api/v1"
KEEP = ADMIN | {Role.SUPERVISOR}
"""Who keeps the catalogue and the category tree: what they see of tickets are numbers."""
READ = KEEP | LOOK | MAY[Event.DISPATCH]

CATALOGUE = (
    Endpoint(
        "GET",
        f"{API}/directory/catalogue",
        catalogue.listing,
        "派单目录的全部条目,含待生效和已终止的",
        answer=catalogue.EntryPage,
        roles=READ,
        query=(
            Query("q", str, "分类、区划、单位、依据中的词,多个词用空格分开"),
            Query("category", str, "分类代码或其前缀"),
            Query("standing", str, "in_force 在用、to_come 待生效、over 已终止"),
            *PAGE,
        ),
    ),
    Endpoint(
        "POST",
        f"{API}/catalogue",
        catalogue.put,
        "新增条目,或自某日起改为新的内容;同一事项同一区划的旧条目当日终止",
        body=catalogue.PutEntry,
        answer=ListedEntry,
        status=201,
        roles=KEEP,
    ),
    Endpoint(
        "POST",
        f"{API}/catalogue/{{entry_id}}/end",
        catalogue.end,
        "终止一个条目;尚未生效的即予撤销",
        body=catalogue.EndEntry,
        answer=catalogue.Ended,
        roles=KEEP,
    ),
    Endpoint(
        "POST",
        f"{API}/notices/addresses/table",
        addresses.look,
        "读出邮箱文件的各行(列:登录名、邮箱,可有姓名)和会怎样改,不保存",
        body=addresses.AddressFile,
        takes="multipart/form-data",
        answer=addresses.AddressRows,
        roles=ADMIN,
    ),
    Endpoint(
        "POST",
        f"{API}/notices/addresses",
        addresses.take,
        "导入若干人的邮箱,不合要求的逐行退回并说明原因;各人其余通知设置不变",
        body=addresses.AddressesBody,
        answer=addresses.AddressesTaken,
        roles=ADMIN,
    ),
    Endpoint(
        "GET",
        f"{API}/catalogue/proposed",
        practice.listing,
        "目录建议:按近半年办结工单,应补入、改派、可自动派单或应由人工判断的条目",
        answer=practice.ProposedEntries,
        roles=KEEP,
        query=(Query("state", str, "proposed 待处理(默认)、rejected 不采纳的"),),
    ),
    Endpoint(
        "POST",
        f"{API}/catalogue/proposed",
        practice.decide,
        "不采纳一条目录建议并写明理由,或恢复;采纳即新增条目",
        body=practice.DecideProposal,
        status=204,
        roles=KEEP,
    ),
    Endpoint(
        "POST",
        f"{API}/catalogue/table",
        catalogue.table,
        "读出导入文件的各行,不保存",
        body=catalogue.TableForm,
        takes="multipart/form-data",
        answer=catalogue.Table,
        roles=KEEP,
    ),
    Endpoint(
        "POST",
        f"{API}/catalogue/rows",
        catalogue.take_rows,
        "导入若干行,一次最多 500 行;不合要求的逐行退回并说明原因",
        body=catalogue.RowsBody,
        answer=catalogue.RowsTaken,
        roles=KEEP,
    ),
)

CATEGORIES = (
    Endpoint(
        "GET",
        f"{API}/directory/categories",
        categories.every,
        "全部诉求分类,含已停用的",
        answer=categories.AllCategories,
        roles=KEEP | LOOK,
    ),
    Endpoint(
        "POST",
        f"{API}/categories",
        categories.add,
        "新增分类,代码取下一个空号",
        body=categories.AddCategory,
        answer=FullCategory,
        status=201,
        roles=KEEP,
    ),
    Endpoint(
        "PATCH",
        f"{API}/categories/{{code}}",
        categories.change,
        "修改分类的名称、常用词、是否部门职责",
        body=categories.ChangeCategory,
        answer=FullCategory,
        roles=KEEP,
    ),
    Endpoint(
        "GET",
        f"{API}/categories/{{code}}/use",
        categories.use,
        "停用分类之前应知:下级、在办工单、目录条目各有多少",
        answer=CategoryUse,
        roles=KEEP,
    ),
    Endpoint(
        "POST",
        f"{API}/categories/{{code}}/deactivate",
        categories.deactivate,
        "停用分类,已有工单不变",
        answer=FullCategory,
        roles=KEEP,
    ),
    Endpoint(
        "POST", f"{API}/categories/{{code}}/activate", categories.activate, "启用分类", answer=FullCategory, roles=KEEP
    ),
)

MODELS = (
    Endpoint("GET", f"{API}/models", models.listing, "在用和登记的分类模型", answer=models.Models, roles=LOOK | KEEP),
    Endpoint(
        "POST",
        f"{API}/models",
        models.register,
        "登记数据目录 models 下的一个模型",
        body=models.RegisterModel,
        answer=RegisteredModel,
        status=201,
        roles=ADMIN,
    ),
    Endpoint(
        "POST",
        f"{API}/models/{{model_id}}/promote",
        models.promote,
        "启用一个模型;原来的留作回退",
        answer=RegisteredModel,
        roles=ADMIN,
    ),
    Endpoint(
        "POST",
        f"{API}/models/{{model_id}}/retire",
        models.retire,
        "停用在用的模型,改用随附模型",
        answer=RegisteredModel,
        roles=ADMIN,
    ),
)

RULES = (
    Endpoint("GET", f"{API}/roles", roles.matrix, "角色与权限", answer=roles.RoleMatrix, roles=LOOK),
    Endpoint(
        "GET",
        f"{API}/sla/packs",
        sla.packs,
        "时限方案的各个版本",
        answer=sla.Packs,
        roles=KEEP | LOOK | {Role.CENTRE_LEADER},
    ),
    Endpoint(
        "GET",
        f"{API}/units/{{unit_id}}/weight",
        restructuring.weighed,
        "单位名下的人员、下级、在办工单、目录条目数,供调整之前参考",
        answer=UnitWeight,
        roles=ADMIN,
    ),
    Endpoint(
        "GET",
        f"{API}/reference/changes",
        changes.listing,
        "派单目录、分类、模型的改动记录",
        answer=changes.ReferenceChanges,
        roles=KEEP | LOOK,
        query=(
            Query("subject", str, "catalogue、category 或 model"),
            Query("key", str, "编号或代码"),
            Query("limit", int, "最多多少条,最多 200"),
        ),
    ),
)

ADMIN_DESK: tuple[Endpoint, ...] = (*CATALOGUE, *CATEGORIES, *MODELS, *RULES, *EXTENSIONS)

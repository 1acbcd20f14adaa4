"""The addresses behind the learning desk: what people decided otherwise, how rulings fare, what is worth a label.

Lists that show what tickets say are for those who may read tickets; administrators see numbers."""

from hotline.classify.corrections import http as corrections
from hotline.directory.people import Role
from hotline.routing.precedents import http as precedents
from hotline.web.endpoint import Endpoint, Query

API = "/api/v1"
READ = frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER, Role.DISPATCHER, Role.QUALITY})
JUDGE = frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER, Role.QUALITY})
CHIEFS = frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})

LEARNING_DESK: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        f"{API}/overrides",
        corrections.overrides,
        "改判记录:当时推荐的前三个、把握、模型版本,人选了什么,为什么",
        answer=corrections.Overrides,
        roles=READ,
        query=(
            Query("field", str, "category、kind、urgency 或 unit"),
            Query("source", str, "agent 话务员、dispatcher 派单员、return 同意退单、ruling 裁定"),
            Query("verdict", str, "open 未复核、right 改得对、wrong 改得不对"),
            Query("cursor", str, "上一页的 next_cursor"),
        ),
    ),
    Endpoint(
        "POST",
        f"{API}/tickets/{{id}}/overrides/{{override_id}}/verdict",
        corrections.judge,
        "复核一条改判;判为不对的不参与学习",
        body=corrections.JudgeOverride,
        status=204,
        roles=JUDGE,
    ),
    Endpoint(
        "GET",
        f"{API}/labels/wanted",
        corrections.to_label,
        "最值得人工标注的五十件:前两类最接近的,或旁观模型有不同意见的",
        answer=corrections.ToLabel,
        roles=READ,
    ),
    Endpoint(
        "PUT",
        f"{API}/tickets/{{id}}/label",
        corrections.label,
        "标注一件工单的分类,只供模型学习,工单不变",
        body=corrections.LabelLetter,
        status=204,
        roles=READ,
    ),
    Endpoint("DELETE", f"{API}/tickets/{{id}}/label", corrections.unlabel, "撤销标注", status=204, roles=READ),
    Endpoint(
        "GET",
        f"{API}/precedents/{{number}}/tickets",
        precedents.uses,
        "一件裁定先例适用过的工单和结果",
        answer=precedents.PrecedentUses,
        roles=READ,
    ),
    Endpoint(
        "POST",
        f"{API}/precedents/{{number}}/suspend",
        precedents.suspend,
        "暂停一件裁定先例,仍可查看,不再用于派单",
        body=precedents.SuspendPrecedent,
        status=204,
        roles=CHIEFS,
    ),
    Endpoint(
        "POST",
        f"{API}/precedents/{{number}}/resume",
        precedents.resume,
        "恢复一件暂停的裁定先例",
        status=204,
        roles=CHIEFS,
    ),
)

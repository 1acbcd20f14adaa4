"""The addresses behind the learning desk: what people decided otherwise, how rulings fare, what is worth a label.

Lists that show what tickets say are for those who may read tickets; administrators see numbers."""

from hotline.classify.choosing import http as models
from hotline.classify.corrections import http as corrections
from hotline.directory.aliases import http as aliases
from hotline.directory.people import Role
from hotline.routing.explaining import http as explaining
from hotline.routing.precedents import http as precedents
from hotline.routing.replay import http as replay
from hotline.routing.replay.compare import Replayed
from hotline.web.admin_desk import KEEP
from hotline.web.administration import ADMIN, LOOK
from hotline.web.endpoint import Endpoint, Query

API = "/api/v1"
READ = frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER, Role.DISPATCHER, Role.QUALITY})
JUDGE = frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER, Role.QUALITY})
CHIEFS = frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})

NUMBERS = KEEP | LOOK | CHIEFS
WEEKS = Query("weeks", int, "最近几周,默认 8,最多 26")

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
    Endpoint(
        "GET",
        f"{API}/tickets/{{id}}/explanation",
        explaining.explanation,
        "为什么这样推荐:词及其分量、相近的办结工单、目录条目及依据、裁定先例、怎样就会不同",
        answer=explaining.Explanation,
        roles=READ | {Role.AGENT, Role.SHIFT_LEADER},
    ),
    Endpoint(
        "GET",
        f"{API}/models/quality",
        models.measured,
        "近几周分类推荐的可靠性、覆盖率和精确率、各类的精确率和召回率、易混的类",
        answer=models.Measured,
        roles=NUMBERS,
        query=(WEEKS,),
    ),
    Endpoint(
        "GET",
        f"{API}/models/check",
        models.check,
        "现在作答的分类模型在训练时的检验:对它没有学过的文本答得怎样",
        answer=models.CheckedModel,
        roles=NUMBERS,
    ),
    Endpoint(
        "GET",
        f"{API}/models/watch",
        models.watched,
        "漂移(类别、把握、生词),各类或各单位逐周的精确率和召回率",
        answer=models.Watched,
        roles=NUMBERS,
        query=(WEEKS, Query("what", str, "category 或 unit")),
    ),
    Endpoint(
        "GET",
        f"{API}/models/confused",
        models.confused_letters,
        "被推荐为一类、实为另一类的工单",
        answer=models.ConfusedLetters,
        roles=READ,
        query=(Query("said", str, "推荐的二级分类"), Query("was", str, "实际的二级分类"), WEEKS),
    ),
    Endpoint(
        "POST",
        f"{API}/models/training",
        models.ask_training,
        "现在就训练一次候选模型,由后台进程执行",
        answer=models.AskedTraining,
        status=201,
        roles=ADMIN,
    ),
    Endpoint(
        "POST",
        f"{API}/models/back",
        models.back,
        "一键回退到上一个模型",
        body=models.Back,
        answer=models.AnswersAgain,
        roles=ADMIN,
    ),
    Endpoint(
        "POST",
        f"{API}/routing/replay",
        replay.try_out,
        "试算:改动目录或门槛后,近一月的工单会怎样派;不保存",
        body=replay.TryOut,
        answer=Replayed,
        roles=KEEP,
    ),
    Endpoint(
        "GET",
        f"{API}/routing/quality",
        replay.dispatch_quality,
        "近几周派单建议的可靠性、覆盖率和精确率,现行的自动派单门槛",
        answer=replay.DispatchQuality,
        roles=NUMBERS,
        query=(WEEKS,),
    ),
    Endpoint(
        "PUT",
        f"{API}/routing/threshold",
        replay.choose,
        "调整自动派单门槛,须写明理由",
        body=replay.ChooseThreshold,
        status=204,
        roles=KEEP,
    ),
    Endpoint(
        "GET",
        f"{API}/units/aliases/proposed",
        aliases.listing,
        "可能是同一单位的名称,待确认或已处理的",
        answer=aliases.AliasProposals,
        roles=KEEP,
        query=(Query("state", str, "proposed、confirmed 或 rejected"),),
    ),
    Endpoint(
        "POST",
        f"{API}/units/aliases/proposed",
        aliases.decide,
        "确认一个名称就是这个单位,或否定;否定的不再提议",
        body=aliases.DecideAlias,
        status=204,
        roles=KEEP,
    ),
)

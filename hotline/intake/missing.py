"""What is still to be asked while the caller is on the line (缺项): the two or three questions a unit would ring back for."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import msgspec

from hotline.directory.regions import Misfit
from hotline.tickets.states import Kind

MOST = 4


class Missing(msgspec.Struct, frozen=True):
    field: str
    """place, time, demand, or a word of its own for what only this matter needs."""
    question: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A question that a matter of this kind needs, until the text answers it."""

    field: str
    question: str
    about: re.Pattern[str]
    answered: re.Pattern[str] | None = None
    lifted: frozenset[str] = frozenset()
    """Any of these lifted answers it too."""


def ask(field: str, question: str, about: str, answered: str = "", *lifted: str) -> Ask:
    return Ask(field, question, re.compile(about), re.compile(answered) if answered else None, frozenset(lifted))


DANGER = re.compile(
    r"受伤|伤人|砸到|砸中|摔倒|摔伤|晕倒|被困|困住|困在|着火|起火|冒烟|爆炸|漏气|燃气泄漏|煤气|漏电|触电|坍塌|塌陷|倒塌|溺水|中毒|坠落|自杀|轻生|跳楼|打人|打架"
)
SAFE = re.compile(
    r"(?:没有?人|无人|没有?人员|无人员)(?:受伤|伤亡|被困)|(?:人|[一二两三0-9]+名?)(?:没事|已救出|已送医)|有(?:人|[0-9一二两三]+人)受伤|受了伤|人(?:都)?没事|已(?:经)?送医|[0-9一二两三]+人被困"
)

PARTICULAR = (
    ask("pole", "灯杆编号是多少?一盏不亮还是一排?", r"路灯|灯杆", r"一排|整条|全部|几盏|[0-9一二两三四五六]盏", "pole"),
    ask("lift_people", "电梯里有没有人被困?小区和楼号?", r"电梯", r"(?:没有?人|无人)被?困|被困[0-9一二两三]+人|[0-9一二两三]+人被困"),
    ask("line", "几路车?车牌或车号?上车站和时间?", r"公交|司机甩站|不停站|拒载|出租车|网约车", "", "line", "plate"),
    ask("plate", "车牌号是多少?", r"乱停车?|违停|僵尸车|挡住?(?:通道|车库|出口)|占(?:用)?消防通道", "", "plate"),
    ask("employer", "用人单位或项目名称?欠多少、涉及几人?", r"欠(?:薪|我?们?的?工资)|拖欠|工资没发|讨薪", r"(?:公司|项目部|工地|劳务).{0,40}(?:元|块)|(?:元|块).{0,40}(?:公司|项目部|工地|劳务)"),
    ask("seller", "商家名称和地址?花了多少钱,有无票据?", r"退货|退款|退钱|退费|假货|假冒|不给退|消费|预付卡|办卡|充值|商家", r"发票|小票|收据|订单|截图", "amount"),
    ask("noise_hours", "一般几点到几点?现在还在响吗?", r"噪音|扰民|太吵|很吵|施工声|音响|广场舞", r"[点时].{0,8}(?:到|至)|通宵|整夜|现在还"),
    ask("outage", "整栋楼还是自家?有没有收到停供通知?", r"停水|停电|停气|没水|没电|没气|没暖气|不热", r"整栋|整个?小区|全小区|自家|只有我家|我家|通知|家里"),
    ask("food", "在哪里吃的、吃了什么?有没有人不适或就医?", r"吃坏|拉肚子|食物中毒|异物|过期|变质|虫子", r"就医|医院|呕吐|没有不适|腹泻"),
    ask("estate", "是哪个小区?物业公司名称?", r"物业|业委会|楼道|小区里", r"物业公司|物业服务", "place"),
    ask("school", "哪所学校、几年级?", r"学校|老师|孩子上学|入学|学区|补课|校服|食堂", r"年级|小学|中学|幼儿园|高[一二三]|初[一二三]"),
    ask("accused", "被举报的单位或个人是谁?有什么线索?", r"举报|贪污|受贿|吃拿卡要|以权谋私", r"公司|单位|局|店|村|厂|书记|主任"),
)  # fmt: skip

BEFORE_ASKED = frozenset({Kind.CONSULT, Kind.SUGGESTION, Kind.PRAISE})
"""Kinds that may do without time and place."""


def missing(
    text: str,
    lifted: Collection[str],
    *,
    kind: Kind | None,
    located: bool,
    risks: Iterable[str] = (),
    misfit: Misfit | None = None,
) -> list[Missing]:
    """The questions to ask now, the most pressing first; none while next to nothing has been said."""
    if len(text.strip()) < 4:
        return []
    found = []
    if (DANGER.search(text) or any(risks)) and not SAFE.search(text):
        found.append(Missing("hurt", "有没有人受伤或被困?现在还有危险吗?"))
    if misfit:
        found.append(Missing("region", f"{misfit.district.name}没有{misfit.name},请核对区和街道。"))
    if kind not in BEFORE_ASKED:
        if not located and not {"place", "line", "pole"} & set(lifted):
            found.append(Missing("place", "具体在什么地方?(路名、小区、楼号)"))
        if "time" not in lifted:
            found.append(Missing("time", "什么时候开始的?现在还是这样吗?"))
    found += [
        Missing(one.field, one.question) for one in PARTICULAR if one.about.search(text) and not told(one, text, lifted)
    ]
    if "demand" not in lifted:
        asked = "具体想问什么?" if kind is Kind.CONSULT else "希望怎样解决?"
        found.append(Missing("demand", asked))
    return found[:MOST]


def told(one: Ask, text: str, lifted: Collection[str]) -> bool:
    return bool((one.answered and one.answered.search(text)) or one.lifted & set(lifted))

"""How urgent (紧急程度) a letter is by the words that no model may overlook; better ten alarms too many than one missed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hotline.infra.patterns import quick
from hotline.tickets.states import Urgency

RANK = {Urgency.NORMAL: 0, Urgency.URGENT: 1, Urgency.CRITICAL: 2}

# A person's life, by their own hand or another's: never softened by the words around it.
LIFE = (
    r"自杀|自尽|自焚|轻生|寻短见|想不开|跳楼|跳河|跳桥|跳江|割腕|上吊|[喝吃]了?[^。!?,,]{0,4}(?:农药|安眠药|老鼠药|敌敌畏|百草枯)|服毒|不想(?:再)?活|活不(?:下去|起|成)|活够了|活着没(?:意思|意义)|一死了之|死路一条|生无可恋|"
    r"(?<![该真])想死(?!你|我|他|她|了)|(?:真|只|就)想死|死了算了|死给[你他她]|(?:往下|要|想)跳(?:下|楼|河|江|桥)?(?=[。!?,,了]|$)|"
    r"同归于尽|遗书|家暴|虐待|(?:老公|丈夫|男友|男朋友|前夫|老婆|妻子|父亲|爸爸|后爸|继父|儿子)[^。!?,,]{0,4}(?:打|殴打|毒打|掐)(?:我|她|人|孩子|老人|母亲)|持刀|拿刀|砍人|砍伤|铁棍|行凶|见人就打|砸门|(?:菜|砍|水果)刀|被[^。!?,,]{0,6}绑架|拐卖|挟持|救救[我他她孩老]|(?<![我们母子])救命(?!药|通道|钱|稻草|恩|之|的)|(?:心脏|呼吸)骤停|没了?呼吸|没有意识|叫不醒"
)
# Danger that grows by the minute when it is really there.
DANGER = (
    r"(?:燃气|天然气|天燃气|煤气|瓦斯|液化气|管道|表)[^。!?,,]{0,8}(?:泄漏|泄露|漏气|漏了|冒泡|嘶嘶|挖断|挖破|挖穿|报警)|(?:煤气|燃气|天然气|瓦斯)味|"
    r"(?<!胎)漏气|煤气中毒|一氧化碳|(?<!不)着火|冒火花|打火花|(?:变压器|电线|电表箱?|配电箱|车|楼|房子|山)[^。!?,,]{0,3}(?<!睡)着了|起火|失火|火灾|冒浓?烟|爆炸|爆燃|坍塌|垮塌|倒塌|(?:工地|房子|楼|墙|桥|路基|脚手架|边坡|山体|大棚)[^。!?,,]{0,4}塌了|(?:桥|楼|大坝|堤)[^。!?,,]{0,6}(?:裂了|开裂|裂缝|断裂)|漫堤|漫坝|落石|滚石|石头滚|(?:油罐|液化气|危化|化学品)[^。!?,,]{0,4}车[^。!?,,]{0,6}(?:翻|侧翻|漏)|塌方|滑坡|泥石流|要塌|快塌|溃坝|决堤|管涌|"
    r"触电|电死|电到人|电伤|困人|电梯[^。!?,,]{0,8}关(?:人|了[^。!?,,]{0,6}人|着)|被困|困在(?:电梯|里面|车|家|山|水|楼)|困住|关在(?:电梯|里面)|溺水|落水|掉[进到入](?:了)?[^。!?,,]{0,3}(?:河|井|水|坑|沟|下水道|化粪池)|中毒|(?:集体|全班|一半|十几|几十|多名|多个)[^。!?]{0,6}(?:呕吐|上吐下泻|吐了|发烧|腹泻|拉肚子|肚子疼)|肇事逃逸|撞[^。!?,,]{0,6}跑了|"
    r"(?<!有)毒气|泄漏|化学品|危化品|臭鸡蛋味|渗水冒浑|白雾|头晕恶心|昏迷|晕倒|昏倒|休克|大出血|喘不上气|失踪|走失|走丢|(?:老人|孩子|父亲|母亲|丈夫|妻子|女儿|儿子|弟弟|妹妹)[^。!?,,]{0,8}失联|坠楼|高空坠落|疯狗|咬伤"
)
# Work or bread: who asks for wages, and who gathers.
CROWD = (
    r"讨薪|欠薪|(?:拖欠|克扣|不发|不给|没发|欠)[^。!?,,]{0,10}(?:工资|薪水|工钱|血汗钱)|(?:讨|要|结)(?:不到|不来)?工(?:资|钱)|(?:工资|薪水|工钱|血汗钱|工程款)[^。!?,,]{0,8}(?:拖|没给|没发|没拿到|不给|不发|未发|未付|没付|没着落)|"
    r"(?:民工|工人|工友)[^。!?]{0,10}(?:没拿到|拿不到|没给|讨)[^。!?,,]{0,4}(?:钱|款|工资)|"
    r"群访|集体上访|越级上访|进京上访|聚集|聚众|堵路|堵门|拉横幅|罢工|罢运|罢课|停运|械斗|打群架"
)
# Everyday supply and streets: urgent when it is happening.
SUPPLY = (
    r"停水|断水|没水|停电|断电|没电|没有来电|停气|断气|停暖|断暖|没暖气|暖气冰凉|不供暖|水管爆|爆管|爆裂|倒灌|内涝|水淹|淹了|"
    r"积水|塌陷|塌了?一?个?洞|地陷|井盖[^。!?,,]{0,6}(?:不见|丢|没|缺|破|坏|掀)|(?:少|缺|没)了?[^。!?,,]{0,3}井盖|"
    r"电线[^。!?,,]{0,8}(?:断|垂|掉|落|裸露)|漏电|"
    r"(?:倒|断|砸|压)[^。!?,,]{0,6}(?:树|杆)|(?:树|杆)[^。!?,,]{0,8}(?:倒了|倒下|刮倒|砸)|(?:外墙|墙皮|瓷砖|玻璃|广告牌|幕墙|护栏)[^。!?,,]{0,8}"
    r"(?:脱落|掉|坠|松动|砸|撞断|撞开|摇)|粪水|化粪池[^。!?,,]{0,4}溢|断头路段塌|交通瘫痪|打不通120"
)
# Said of a danger that may come or has passed, not of one that is there.
POSSIBLE = re.compile(
    r"(?:万一|一旦|如果|假如|容易|可能|避免|防止|预防|以防|隐患|风险|担心|害怕|怕|曾|去年|前年|以前|之前|上次|宣传|演练|咨询|"
    r"请问|是否|不会|没有|防|经常|屡次|多次|频繁|老是|导致|造成|引发|引起)[^。!?]{0,8}$"
)
HAPPENING = quick(
    r"紧急|快来|赶紧|马上|立即|立刻|尽快|火速|抢修|救援|此刻|正在|现在|刚刚|刚才|分钟前|小时前|今早|今天|今晨|昨夜|昨晚|昨天|昨日|前天|"
    r"还在|仍然|至今|一天一夜|[0-9一二两三四五六七八九十几]+(?:个)?(?:小时|多小时|天)"
)

GROUPS = tuple(
    (name, quick(text)) for name, text in (("life", LIFE), ("danger", DANGER), ("crowd", CROWD), ("supply", SUPPLY))
)


@dataclass(frozen=True, slots=True)
class Risk:
    """The urgency that words alone demand, and the words (风险词)."""

    urgency: Urgency
    words: tuple[str, ...]


def weigh(title: str, content: str) -> Risk:
    """The highest urgency any risk word asks for; every risk word found is named, even one that asks for none."""
    text = f"{title}。{content}"
    happening = HAPPENING.search(text) is not None
    found = list(_found(text, happening))
    words = tuple(dict.fromkeys(word for word, _ in found))
    return Risk(max((urgency for _, urgency in found), key=RANK.__getitem__, default=Urgency.NORMAL), words)


def _found(text: str, happening: bool) -> Iterator[tuple[str, Urgency]]:
    for group, pattern in GROUPS:
        for match in pattern.finditer(text):
            yield match.group(), _urgency(group, text[max(0, match.start() - 12) : match.start()], happening)


def _urgency(group: str, before: str, happening: bool) -> Urgency:
    if group == "life":
        return Urgency.CRITICAL
    if group == "crowd":
        return Urgency.URGENT
    possible = POSSIBLE.search(before) is not None
    if group == "danger":
        return Urgency.URGENT if possible else Urgency.CRITICAL
    return Urgency.URGENT if happening and not possible else Urgency.NORMAL


def higher(one: Urgency, other: Urgency) -> Urgency:
    return max(one, other, key=RANK.__getitem__)

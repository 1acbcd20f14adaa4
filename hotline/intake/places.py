"""Places named in running speech: 人民路东段, 幸福小区3号楼2单元, 12路公交车, 灯杆编号 A012.

Chinese has no blanks, so a name is found from its ending (路, 小区, 河 …) and cut where ordinary speech begins."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

HAN = "\u4e00-\u9fff"


LiftedKind = Literal["phone", "name", "place", "line", "pole", "plate", "time", "amount", "demand"]


class Found(NamedTuple):
    start: int
    end: int
    kind: LiftedKind
    value: str


ENDINGS = (
    "农贸市场|菜市场|批发市场|步行街|火车站|高铁站|高铁东站|汽车站|客运中心站|客运站|公交站|地铁站|加油站|充电站|停车场|工业园|产业园|科技园|物流园|创业园|开发区|派出所|立交桥|高架桥|隧道|"
    "幼儿园|实验学校|中学|小学|附小|附中|大学|学院|学校|保健院|养老院|敬老院|医院|卫生院|托育中心|洗浴中心|体育馆|图书馆|博物馆|影剧院|电影院|剧院|书店|驾校|公园|广场|商场|商城|百货|超市|大厦|大酒店|酒店|饭店|宾馆|水库|大道|大街|胡同|新村|家园|花园|花苑|嘉园|雅苑|山庄|"
    "政务大厅|审批局|管委会|办事处|宿舍|市场|银行|东站|西站|南站|北站|国际|公寓|小区|家属院|安置区|片区|社区|新城|厂|站|馆|阁|网吧|美容院|污水厂|中心|[一二三四五六七八九十][中小](?![学时])|[一二三四五六1-9]期|路|街|巷|弄|桥|河|湖|山|渠|苑|园|里|府|湾|城|庄|村|镇|乡"
)
ENDING = re.compile(ENDINGS)
DOUBTFUL = frozenset("里府湾城苑弄渠镇乡园庄厂站馆阁山") | {"中心"}
SHORTENED = re.compile(r"[一二三四五六七八九十][中小]|.期")
"""Endings that are ordinary words too: taken only before a building number, after a word such as 在, or where a clause begins
or ends with the name."""
NO_NAME = {
    "园": re.compile(r"(?:校|公|幼儿|果|菜|花|家|田|庭|乐|动物|植物|产业|工业|科技|物流|创业)$"),
    "渠": re.compile(r"(?:水|沟|灌|排)$"),
    "": re.compile(
        r"(?:小区|学校|医院|房子?|电梯|楼道?|单位|公司|厂|店|屋子?|院子?|村子?|家|手|班|车|群|库|卡|账|箱|池|沟|湖|田|地|城|市场|超市|宿舍|厨房|办公室|夜|心|眼|嘴|食堂|教室|巷子|街道|县|省|京|乡|镇|"
        r"政|官|公|民|校|本|附近|旁边|加油|充电|电|公交|地铁|网|服务|下|上|到|进|出|过|下一|终点|首发|中转|换热|垃圾|变电|泵|消防|工|养猪|养鸡|采石|砂石|水泥|化工|处理|火葬|宾|体育|文化|图书|博物|殡仪|茶|餐|饭|"
        r"大|小|老|新|好|这|那|哪|每|各|某|爬|后|前|在建|建筑|施工)$"
    ),
}
"""Common nouns before a doubtful ending: 小区里, 政府, 换热站."""
ALONE = frozenset({"政务大厅", "客运中心站", "体育馆", "审批局", "高铁东站"})
"""Places a city has one of, named by the ending alone."""

TAIL = re.compile(
    r"(?:(?<=[路街巷])口(?!味|碑|子))?(?:(?<=[学场城馆院园寨])站(?![着台长起在了岗]))?(?:[东西南北中]{1,2}(?:段|侧|头|口|门|面|区|街)|(?:一|二|三|四|五|[A-Z0-9]{1,2})期)?"
    r"(?:(?:与|和|跟)["
    + HAN
    + r"]{1,5}(?:路|街|大道|大街|巷)(?:(?:交叉口|交汇处|交会处|路口|口)|(?=中间|之间|段))|交叉口|交汇处|路口)?"
    r"(?:[0-9０-９]{1,4}(?:-[0-9]{1,4})?号(?!线|楼|院|晚|早|上午|下午|开始|起|到)|[一二三四五六七八九十]{1,3}号(?=院|楼))?"
    r"(?:(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3}|[A-Z])(?:号楼|号院|栋|幢|座))?"
    r"(?:(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})单元)?"
    r"(?:(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:楼|层)(?!上|下|的?人家))?"
    r"(?:[0-9]{3,4}(?:室|户|房))?"
)
NOT_NAMES = re.compile(
    r"上$|^周[一二三四五六日天末]|(?:走|修|^[道马公铁线一半电网思出]|水泥|柏油|^土|^小|^大|^老|^新|^村|^山|高速|快速|断头|回家|回|上班|过|问|带|让|开|赶|拦|沿|"
    r"的|条|段|整|那|这|该|本|每|我们|你们|他们|咱们|自己|附近|对面|旁边|隔壁|很多|许多|几个|一个|两个|这个|那个|某|哪个|什么|全|各|门前|沿街|逛|楼下|楼上|门口|路边|旁)$"
)
"""What stands before an ending and makes no name of it: 道路, 那条街, 我们小区."""
NO_ROAD = re.compile(r"[道马公铁线一半电网思出]$|[0-9]")
ORDINARY = (
    "反映|投诉|举报|咨询|来电|致电|表示|称|说|发现|看到|听到|每天|晚上|早上|上午|下午|凌晨|夜里|白天|昨天|今天|前天|请问|居住在|居住于|住在|位于|处于|坐落|"
    "可(?!可西)|请|其实|公司|村里|镇上|市里|店叫|小区(?=叫|是)|家门口|门前|后面|前面|表扬|不停|途经|经过|路过|附近的?|旁边的?|对面的?|门口的?|一直|已经|经常|总是|现在|目前|最近|近期|希望|要求|建议|关于|因为|由于|所以|但是|如果|就是|还是|只有|没有|"
    "市民|居民|村民|业主|群众|来电人|诉求人|先生|女士|小姐|阿姨|大爷|大妈|同志|叫做|名叫|一个|一家|一条|一段|这条|那条|我们|你们|他们|咱们|我家|自己|本人|"
    "在|从|往|至|到|去|是|的|了|着|给|让|跟|把|被|有|住|我|你|他|她|它|这|那|叫|走|来|及|或|比如|例如"
)
CUT = re.compile(rf"{ORDINARY}|[对向和与将由](?!面)|[^{HAN}A-Za-z0-9·]")
KEPT_WHOLE = ("家和", "和平", "和谐", "和睦", "和顺", "和祥", "和美", "将军", "向阳", "对越", "与时", "到家", "从化", "由义", "中和", "人和", "泰和", "太和", "永和", "祥和", "义和", "共和", "元和", "仁和", "来安", "来宾", "有为", "东来", "凤来", "我爱我家", "住建", "去那", "至善", "往来", "及第")  # fmt: skip
LONGEST_NAME = 8
BREAKS = frozenset(",，。;；、:：!！?？ \n（(")

LINE = re.compile(
    r"(?:地铁|轨道(?:交通)?|轻轨)(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})号线"
    r"|(?<![0-9A-Za-z])[A-Z]?[0-9]{1,4}路(?=公交|车|的?公交|公共汽车|司机|末班|首班|站)(?:公交车?|公共汽车|车)?"
    r"|(?<=[坐乘等搭])[A-Z]?[0-9]{1,4}路车?|(?:^|(?<=[,，。;；、\s的扬把让]))[A-Z]?[0-9]{1,4}路(?![0-9])"
    r"|(?:[一二三四五六七八九十百]{1,4})路公交车?"
)
POLE = re.compile(
    r"(?:灯杆|路灯杆|电线杆|电杆|井盖|设施|杆体)(?:的?编?号(?:码)?)?(?:是|为|:|：)?\s*([A-Za-z]{0,4}[0-9-]{2,12}[0-9A-Za-z]?)(?:号)?"
)
PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·\s]?[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)


def places(text: str) -> Iterator[Found]:
    """Every place, line, pole and number plate, in no particular order and possibly overlapping."""
    for found in LINE.finditer(text):
        yield Found(found.start(), found.end(), "line", found[0])
    for found in POLE.finditer(text):
        yield Found(found.start(), found.end(), "pole", found[1].upper())
    for found in PLATE.finditer(text):
        yield Found(found.start(), found.end(), "plate", re.sub(r"[·\s]", "", found[0]))
    yield from named_places(text)


def named_places(text: str) -> Iterator[Found]:
    done = 0
    for ending in ENDING.finditer(text):
        if ending.start() < done:
            continue
        longer = ENDING.match(text, ending.end())
        if longer and ((longer[0] not in DOUBTFUL and len(longer[0]) > 1) or ending[0] + longer[0] == "庄村"):
            continue  # 香樟苑 of 香樟苑小区: the name goes on
        earliest = max(done, ending.start() - LONGEST_NAME)
        start = opening(text, earliest, ending.start())
        name = text[start : ending.start()]
        end = tail_end(text, ending.end())
        if done and start == done and ending[0] in DOUBTFUL:
            continue
        begun = start == 0 or start > earliest or text[start - 1] in BREAKS
        if not is_name(name, ending[0], text, start, end, ending.end(), begun=begun):
            continue
        yield Found(start, end, "place", text[start:end])
        done = end


def opening(text: str, earliest: int, ending: int) -> int:
    """Where the name before an ending begins: behind the last piece of ordinary speech."""
    start = earliest
    for cut in CUT.finditer(text, earliest, ending):
        opens = cut[0] in "和与向将由" and (
            cut.start() == 0 or text[cut.start() - 1] in BREAKS or text[cut.start() - 1] in "住在到于"
        )
        if cut.end() <= ending and not opens and not within_kept(text, cut.start(), cut.end()):
            start = cut.end()
    return start


def within_kept(text: str, start: int, end: int) -> bool:
    around = text[max(0, start - 3) : end + 3]
    at = start - max(0, start - 3)
    return any(
        (found := around.find(kept)) != -1 and found <= at and found + len(kept) >= at + (end - start)
        for kept in KEPT_WHOLE
    )


def tail_end(text: str, at: int) -> int:
    tail = TAIL.match(text, at)
    return tail.end() if tail else at


def is_name(name: str, ending: str, text: str, start: int, end: int, bare_end: int, *, begun: bool) -> bool:
    if not name:
        return ending in ALONE or (end > bare_end and len(ending) > 2)
    if NOT_NAMES.search(name) or (ending == "路" and NO_ROAD.search(name)) or name.isascii():
        return False
    if len(name) == 1 and ending in ("路", "街", "桥", "河", "湖", "村", "巷") and name not in "东西南北中":
        return False
    if (
        bare_end < len(text)
        and text[bare_end] in "面灯费况线过"
        and ending in ("路", "街", "桥", "湖")
        and end == bare_end
    ):
        return text[bare_end] in "面灯" and len(name) >= 2
    if ending in DOUBTFUL or SHORTENED.fullmatch(ending):
        introduced = start >= 1 and text[start - 1] in "在到于从去往住"
        ends = bare_end == len(text) or text[bare_end] in BREAKS
        common = NO_NAME.get(ending, NO_NAME[""]).search(name)
        long = len(name) >= 2 or ending == "庄"
        return long and (end > bare_end or introduced or ((begun or ends) and not common))
    return True

"""Places named in running speech: 人民路东段, 幸福小区3号楼2单元, 12路公交车, 灯杆编号 A012.

Chinese has no blanks, so a name is found from its ending (路, 小区, 河 …) and cut where ordinary speech begins."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal, NamedTuple

from hotline.infra.words import tagged

HAN = "\u4e00-\u9fff"


LiftedKind = Literal["phone", "name", "place", "line", "pole", "plate", "time", "amount", "demand"]


class Found(NamedTuple):
    start: int
    end: int
    kind: LiftedKind
    value: str


ENDINGS = (
    "营业厅|服务厅|菜场|养殖场|砂石场|采石场|屠宰场|农场|林场|砖厂|景区|水岸|湖畔|江畔|龙庭|帝景|蓝湾|绿洲|香榭|世家|豪园|御景|壹号|联华|烤鸭店|[一二三四五六七八九十]号院|托育园|KTV|家居城|建材城|汽配城|电子城|影城|健身房|健身|眼科|口腔|网咖|酒吧|会所|瑜伽馆|养生馆|推拿馆|琴行|棋牌室|茶馆|茶楼|影楼|4S店|绕城高速|高速公路|高速|托管班|卫生室|社区卫生服务中心|卫生服务中心|街道办事处|街道办|街道|村委会|居委会|菜鸟驿站|驿站|殡仪馆|陵园|公墓|大药房|药房|诊所|供电所|货运站|易购|工地|公司|名邸|公馆|华府|华庭|豪庭|名苑|名城|名都|半岛|首府|御府|汇|岛|区|县|塘|坪|岭|坡|坝|屯|寨|堡|洲|坳|墩|滩|轩|郡|墅|庭|邸|"
    "农贸市场|菜市场|批发市场|步行街|火车站|高铁站|高铁东站|汽车站|客运中心站|客运站|公交站|地铁站|加油站|充电站|停车场|工业园|产业园|科技园|物流园|创业园|开发区|派出所|立交桥|高架桥|隧道|"
    "幼儿园|实验学校|中学|小学|附小|附中|大学|学院|学校|保健院|养老院|敬老院|医院|卫生院|托育中心|洗浴中心|体育馆|图书馆|博物馆|影剧院|电影院|剧院|书店|驾校|公园|广场|商场|商城|百货|超市|大厦|大酒店|酒店|饭店|宾馆|水库|大道|大街|胡同|新村|家园|花园|花苑|嘉园|雅苑|山庄|"
    "政务大厅|审批局|管委会|办事处|宿舍|市场|银行|东站|西站|南站|北站|国际|公寓|小区|家属院|安置区|片区|社区|新城|厂|站|馆|阁|网吧|美容院|污水厂|中心|[一二三四五六七八九十][中小](?![学时])|(?<=[省市县区附])[一二三四五六七八]院|[一二三四五六1-9]期|路|街|巷|弄|桥|河|湖|山|渠|苑|园|里|府|湾|城|庄|村|镇|乡"
)
ENDING = re.compile(ENDINGS)
DOUBTFUL = frozenset("里府湾城苑弄渠镇乡园庄厂站馆阁山汇岛区县塘坪岭坡坝屯寨堡洲坳墩滩轩郡墅庭邸") | {
    "中心",
    "工地",
    "公司",
    "诊所",
    "驿站",
    "街道",
    "营业厅",
    "服务厅",
    "养殖场",
    "农场",
    "林场",
    "绿洲",
    "世家",
    "烤鸭店",
    "健身",
    "健身房",
    "眼科",
    "口腔",
    "影城",
    "酒吧",
    "会所",
    "棋牌室",
    "茶馆",
    "茶楼",
    "影楼",
    "网咖",
    "高速",
    "高速公路",
    "托管班",
    "卫生室",
    "养生馆",
    "推拿馆",
    "4S店",
}
SHORTENED = re.compile(r"[一二三四五六七八九十][中小院]|.期")
"""Endings that are ordinary words too: taken only before a building number, after a word such as 在, or where a clause begins
or ends with the name."""
NO_NAME = {
    "园": re.compile(r"(?:校|公|幼儿|果|菜|花|家|田|庭|乐|动物|植物|产业|工业|科技|物流|创业)$"),
    "区": re.compile(
        r"(?:[小社地片市城景园校厂辖灾库山林牧矿营病专战分禁赛]|服务|居民|生活|商业|住宅|安置|开发|停车|休息|办公|保税|示范|保护|家属|别墅|活动|吸烟|施工|等候|待客|封闭|老|新|各|全|本|该|我|外|跨|特)$"
    ),
    "县": re.compile(r"(?:[全我本各外该贫跨回到]|我们|你们|城)$"),
    "汇": re.compile(r"(?:[外词交总创结电])$"),
    "塘": re.compile(r"(?:[鱼池水荷泥藕山虾])$"),
    "坪": re.compile(r"(?:[草停车地晒])$"),
    "坡": re.compile(r"(?:[上下山陡斜土爬边护滑])$"),
    "坝": re.compile(r"(?:[大堤拦水筑])$"),
    "堡": re.compile(r"(?:[汉古城])$"),
    "洲": re.compile(r"(?:[亚欧美非绿沙])$"),
    "墩": re.compile(r"(?:[桥石门水泥])$"),
    "滩": re.compile(r"(?:[河沙海泥摆])$"),
    "庭": re.compile(r"(?:[家法开出门前后中])$"),
    "墅": re.compile(r"(?:别)$"),
    "岛": re.compile(r"(?:[孤海半群小])$"),
    "工地": re.compile(r"(?:建筑|施工|装修|这个|那个|隔壁|旁边|对面|楼下|附近|小区|拆迁|在建|地铁|一个|修路)$"),
    "公司": re.compile(
        r"(?:物业|客运|货运|运输|出租|出租车|公交|公交车|地铁|燃气|天然气|煤气|热力|供热|供暖|自来水|供水|水务|排水|供电|电力|电信|通信|移动|联通|宽带|保险|社保|快递|环卫|国企|私人|皮包|[总分子外])$"
        r"|^(?:物流|建筑|建设|施工|装修|装饰|劳务|房产|中介|旅游|网络|科技|贷款|租赁|拆迁|开发|房地产|地产|外包|派遣|培训|教育|家政|搬家|拖车|停车|外贸|这家|那家|我们|管理|服务|集团|有限|责任|股份)*$"
    ),
    "厂": re.compile(
        r"^(?:电子|服装|玩具|食品|家具|纺织|印刷|机械)$|(?:养猪|养鸡|水泥|化工|处理|火葬|工|小|大|老|新|这|那|本|每|各|某|发电|自来水|垃圾|一家|一个|屠宰|农药|砖|化肥|加工)$"
    ),
    "诊所": re.compile(r"(?:[小黑]|一家|私人|牙科|口腔|中医|宠物|这家|那家)$"),
    "驿站": re.compile(r"(?:快递|菜鸟|小区|这个|楼下)$"),
    "街道": re.compile(r"(?:[本该各我]|我们|咱们|你们|所属|所在|当地|附近|整条|这条)$"),
    "渠": re.compile(r"(?:水|沟|灌|排)$"),
    "": re.compile(
        r"(?:小区|学校|医院|房子?|电梯|楼道?|单位|公司|厂|店|屋子?|院子?|村子?|家|手|班|车|群|库|卡|账|箱|池|沟|湖|田|地|城|市场|超市|宿舍|厨房|办公室|夜|心|眼|嘴|食堂|教室|巷子|街道|县|省|京|乡|镇|"
        r"政|官|公|民|校|本|附近|旁边|加油|充电|电|公交|地铁|网|服务|下|上|到|进|出|过|下一|终点|首发|中转|换热|垃圾|变电|泵|消防|工|养猪|养鸡|采石|砂石|水泥|化工|处理|救助|火葬|宾|体育|文化|图书|博物|殡仪|茶|餐|饭|"
        r"大|小|老|新|好|这|那|哪|每|各|某|爬|甩|后|前|在建|建筑|施工)$"
    ),
}
"""Common nouns before a doubtful ending: 小区里, 政府, 换热站."""
ALONE = frozenset({"步行街", "政务大厅", "客运中心站", "体育馆", "审批局", "高铁东站"})
"""Places a city has one of, named by the ending alone."""

TAIL = re.compile(
    r"(?:(?<=[社区村])(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})组)?(?:(?<=[市购])(?:(?!的|在|买|里|有|是|卖|和|门|这|那)["
    + HAN
    + r"]){2,5}店)?(?:(?<=[路街巷])口(?!味|碑|子))?(?:(?<=[学场城馆院园寨岛塘桥坪岭湾洲湖])站(?![着台长起在了岗]))?(?:[东西南北中]{1,2}(?:段|侧|头|口|门|面|区|街)|(?:一|二|三|四|五|[A-Z0-9]{1,2})期)?"
    r"(?:(?:与|和|跟)["
    + HAN
    + r"]{1,5}(?:路|街|大道|大街|巷)(?:(?:交叉路?口|交[汇会]处|交界处|相交处|十字路口|丁字路口|路口|交口|口)|(?=中间|之间|段))|交叉路?口|交汇处|交界处|十字路口|路口|交口)?"
    r"(?:[0-9０-９]{1,4}(?:-[0-9]{1,4})?号(?!线|口|楼(?![下上里道顶前后])|院|晚|早|上午|下午|开始|起|到)|[一二三四五六七八九十]{1,3}号(?=院|楼))?"
    r"(?:(?:[A-Z]?[0-9]{1,3}|[一二三四五六七八九十]{1,3}|[A-Z])(?:号楼(?![下上里道顶前后])|号院|栋|幢|座))?"
    r"(?:(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})单元)?"
    r"(?:(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:楼|层)(?!上|下|的?人家))?"
    r"(?:[0-9]{3,4}(?:室|户|房)|(?<=[元栋幢座楼层])[0-9]{3,4}(?![0-9元块年个多号]))?"
)
NOT_NAMES = re.compile(
    r"上$|^周[一二三四五六日天末]|(?:走|修|^[道马公铁线一半电网思出]|水泥|柏油|^土|^小|^大|^老|^新|^村|^山|高速|快速|断头|回家|回|上班|过|问|带|让|开|赶|拦|沿|"
    r"的|条|段|整|那|这|该|本|每|我们|你们|他们|咱们|自己|附近|对面|旁边|隔壁|很多|许多|几个|一个|两个|这个|那个|某|哪个|什么|全|各|门前|沿街|老旧|周边|整个|部分|范围内|其他|其它|相关|所有|高档|全体|逛|楼下|楼上|门口|路边|旁)$"
)
"""What stands before an ending and makes no name of it: 道路, 那条街, 我们小区."""
NO_ROAD = re.compile(r"[绕道马公铁线一半电网思出]$|[0-9]")
ORDINARY = (
    "反映|投诉|举报|咨询|来电|致电|表示|称|说|发现|看到|听到|每天|晚上|早上|上午|下午|凌晨|夜里|白天|昨天|今天|前天|请问|居住在|居住于|住在|位于|处于|坐落|"
    "可(?!可西)|请|其实|公司|村里|镇上|市里|店叫|小区(?=叫|是)|家门口|门前|后面|前面|表扬|不停|途经|经过|路过|附近的?|旁边的?|对面的?|门口的?|号线|麻烦|转告|告知|通知|一直|已经|经常|总是|现在|目前|最近|近期|希望|要求|建议|关于|因为|由于|所以|但是|如果|就是|还是|只有|没有|"
    "市民|居民|村民|业主|群众|来电人|诉求人|先生|女士|小姐|阿姨|大爷|大妈|同志|叫做|名叫|一个|一家|一条|一段|这条|那条|我们[村镇乡县区市]|[俺本咱][村镇乡县区市]|我们|你们|他们|咱们|我家|自己|本人|"
    "在|从|往|靠|个|跑|至|到|去|是|的|了|着|给|让|跟|把|被|有|住|我|你|他|她|它|这|那|叫|走|来|及|或|比如|例如"
)
CUT = re.compile(rf"{ORDINARY}|[对向和与将由](?!面)|[^{HAN}A-Za-z0-9·]")
KEPT_WHOLE = ("个旧", "家和", "和平", "和谐", "和睦", "和顺", "和祥", "和美", "将军", "向阳", "对越", "与时", "到家", "从化", "由义", "中和", "人和", "泰和", "太和", "永和", "祥和", "义和", "共和", "元和", "仁和", "来安", "来宾", "有为", "东来", "凤来", "我爱我家", "住建", "去那", "至善", "往来", "及第")  # fmt: skip
NATURAL = frozenset("桥河湖山湾塘岛庄园渠坪岭坡坝屯寨堡洲坳墩滩")
SETTLED = frozenset({"村", "镇", "乡", "路", "街", "巷", "街道"})
"""青石桥村, 清水河镇: a village named after what lies beside it."""
LONGEST_NAME = 8
BREAKS = frozenset(",，。;；、:：!！?？ \n（(")

LINE = re.compile(
    r"(?:地铁|轨道(?:交通)?|轻轨)(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})号线"
    r"|(?<![0-9A-Za-z])[A-Z]?[0-9]{1,4}路(?=公交|车|的?公交|公共汽车|司机|末班|首班|站)(?:公交车?|公共汽车|车)?"
    r"|(?<=[坐乘等搭])[A-Z]?[0-9]{1,4}路车?|(?:^|(?<=[,，。;；、\s的扬把让]))[A-Z]?[0-9]{1,4}路(?![0-9])"
    r"|(?:[一二三四五六七八九十百]{1,4})路公交车?"
    r"|(?:旅游?|夜班?|快|环|微|高峰|定制|通勤|社区)?[A-Z]?[0-9]{1,4}线(?:公交|公共汽)车?|(?:旅游?|夜班?|快|微|高峰)[0-9]{1,3}[路线号](?:公交|公共汽)?车?"
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
    for found in SPOKEN_OF.finditer(text):
        if not CUT.search(found[1]) and not NOT_NAMES.search(found[1]):
            yield Found(found.start(1), found.end(1), "place", found[1])
    yield from named_places(text)


SPOKEN_OF = re.compile(
    rf"(?:(?<=[在住到去])|(?<=^)|(?<=[,，。;；、!！?？]))((?!我|你|他|她|这|那|小区|学校|楼|家|单位|公司|门|路|里|外|网|市场|医院|现在|目前|马)[{HAN}]{{2,4}}?)(?:(?=(?:这边|那边|这一?带|那一?带|一带)(?![{HAN}]?车))|(?=(?:往|开往|至)[{HAN}]{{2,6}}方向))"
)
"""Names without an ending of their own: 在星沙这边, 左家塘往曙光路方向."""


SPEECH = re.compile(r"[vdcpruy]|ad$")
COUNTED = re.compile(r"[一二三四五六七八九十两几数多这那每某各]+[座所条个家处名间栋些]")
MADE_BY = frozenset("系属搞除待盼距等指治整问建甩原")
"""Tags of words that are said about a place and are no part of its name; of a single character only few are."""
NAMING = frozenset(
    re.findall(
        "..",
        "解放建设胜利团结发展奋斗开发创新振兴复兴奋进跃进开放改革劳动实验合作联合友谊希望幸福前进开拓创业繁荣进步进取凯旋巡抚迎宾朝阳和谐富强民主学习兴业兴旺开元开明拥军拥政爱国爱民育才育英兴隆长生保利恒大永安平安安居得胜望江望月",
    )
)
"""Words of doing that places are named after: 解放路, 胜利桥."""
FOLLOWED = {
    "城": "市乡际建管",
    "厂": "房家商",
    "园": "林区",
    "市场": "价化上监",
    "河": "道段",
    "区": "别域间分",
    "里": "面头外边",
    "站": "点着起出位",
    "山": "体坡",
    "村": "委民",
    "馆": "子",
    "庄": "稼园",
    "县": "委城政",
    "镇": "委政",
    "乡": "亲委政",
}
"""What makes another word of a doubtful ending: 城市, 厂房."""


TAUGHT = frozenset({"中学", "小学", "幼儿园", "托育中心", "养老院", "敬老院"})
"""Houses that like to be named after a doing: 启明中学."""


class Speech:
    """Where ordinary words lie in a text, by the tokeniser's tags."""

    def __init__(self, text: str) -> None:
        self.ends: list[int] = []
        self.whole: dict[int, int] = {}
        self.nouns: set[int] = set()
        self.known: list[tuple[int, int]] = []
        at = 0
        for word, tag in tagged(text):
            at += len(word)
            if (SPEECH.match(tag) and word not in NAMING) or COUNTED.fullmatch(word):
                if len(word) > 1 or tag[0] not in "vd" or word in MADE_BY:
                    self.ends.append(at)
                self.whole[at] = at - len(word)
            elif tag == "n":
                self.nouns.add(at)
            elif tag == "ns" and len(word) > 1:
                self.known.append((at - len(word), at))

    def last_end(self, start: int, end: int) -> int:
        """Where the last ordinary word between two places of the text ends; `start` when none does."""
        found = bisect_right(self.ends, end) - 1
        return max(start, self.ends[found]) if found >= 0 else start

    def ordinary(self, start: int, end: int) -> bool:
        """Is all of a name one ordinary word?"""
        return start < end and self.whole.get(end, end) <= start


def named_places(text: str) -> Iterator[Found]:
    done = 0
    speech = Speech(text)
    for ending in ENDING.finditer(text):
        if ending.start() < done:
            continue
        longer = ENDING.match(text, ending.end())
        if longer and (
            (longer[0] not in DOUBTFUL and len(longer[0]) > 1) or (ending[0] in NATURAL and longer[0] in SETTLED)
        ):
            continue  # 香樟苑 of 香樟苑小区: the name goes on
        earliest = max(done, ending.start() - LONGEST_NAME)
        start = speech.last_end(opening(text, earliest, ending.start()), ending.start() - 2)
        name = text[start : ending.start()]
        end = tail_end(text, ending.end())
        if (
            done
            and start == done
            and ending[0] in DOUBTFUL
            and not (text[done - 1] in "市县区" and ending[0] in "镇乡区")
        ):
            continue
        if (
            ending[0] in FOLLOWED
            and end == ending.end()
            and text[end : end + 1] in {*FOLLOWED[ending[0]]}
            and (ending[0] != "河" or not name_is_sure(text, start, ending.start()))
        ):
            continue
        if (ending[0] not in TAUGHT and speech.ordinary(start, ending.start())) or (
            ending[0] == "里" and ending.start() in speech.nouns
        ):
            continue
        begun = start == 0 or start > earliest or 0 < done == start or text[start - 1] in BREAKS
        if not is_name(name, ending[0], text, start, end, ending.end(), begun=begun):
            continue
        yield Found(start, end, "place", text[start:end])
        done = end
    for start, end in speech.known:
        if (
            text[start - 1 : start] in ("在", "到", "去", "往", "至", "住")
            and text[end : end + 1] not in ("水", "道")
            and not CUT.search(text, start, end)
        ):
            yield Found(start, end, "place", text[start:end])


def name_is_sure(text: str, start: int, end: int) -> bool:
    return end - start >= 2 and (start == 0 or text[start - 1] in BREAKS or text[start - 1] in "在的对于")


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
    if ending == "弄" and end == bare_end and not name[-1:].isdigit():
        return False
    if ending in ("县", "镇", "乡") and text[bare_end : bare_end + 1] in ("里", "上", "城"):
        return False
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
        return (text[bare_end] in "面灯" and len(name) >= 2) or (
            text[bare_end] == "过" and text[start - 1 : start] in ("从", "在", "经")
        )
    if ending in DOUBTFUL or SHORTENED.fullmatch(ending):
        introduced = start >= 1 and text[start - 1] in "在到于从去往住"
        ends = bare_end == len(text) or text[bare_end] in BREAKS
        common = NO_NAME.get(ending, NO_NAME[""]).search(name)
        long = len(name) >= 2 or ending == "庄" or (ending[-1] == "院" and name in "省市县区")
        return long and (end > bare_end or introduced or ((begun or ends) and not common))
    return True

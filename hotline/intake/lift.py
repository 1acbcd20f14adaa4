"""What a text already says, lifted out as marked spans: telephone, name, place, time, amount, demand.

The agent sees each as a chip and may drop it; nothing is filled in unseen."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from hotline.intake.moments import times
from hotline.intake.places import HAN, Found, LiftedKind, places
from hotline.intake.spoken import number


class Lifted(msgspec.Struct, frozen=True):
    """A piece of the text and what it means; `start` and `end` count characters (code points)."""

    start: int
    end: int
    kind: LiftedKind
    text: str
    value: str
    """In one spelling: digits of a number, a day as 2026-11-19, an amount in yuan."""


PHONE = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?(1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}|0[0-9]{2,3}[- ]?[0-9]{3,4}[- ]?[0-9]{4})(?![0-9A-Za-z])"
)

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟"
    "熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯"
    "纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
DOUBLE = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|司徒"
SURNAME = f"(?:{DOUBLE}|[{SURNAMES}])"
STOP = r"(?=[,，。;；、!！?？\s:：()（)]|$|住|是|电话|手机|反映|投诉|要|想|来电|家住|今年|身份|联系|,|的|和我|先生|女士|同志)"
NAMES = (
    re.compile(rf"(?:我叫|我是|本人(?:叫|是)?|(?:反映|诉求|投诉|举报|来电)人[:：]\s?|姓名[:：]?\s?(?:是|为)?|名字(?:叫|是)|叫做?|联系人[:：]?\s?(?:是|为)?)({SURNAME}[{HAN}]{{1,2}}?){STOP}"),
    re.compile(rf"(?:^|[,，。;；\s]|市民|来电人|诉求人|居民|村民|业主|群众|我是|本人|的|姓名[:：]?|租户|租客|老人|家长|司机|乘客|投诉人|举报人|反映人|咨询人|申请人|当事人|住户|用户|邻居|母亲|父亲)({SURNAME}(?:先生|女士|小姐|阿姨|大爷|大妈|大姐|大叔|大嫂|师傅|奶奶|爷爷|老师|同志|某某?|某))"),
    re.compile(rf"(?:业主|村民|居民|住户|户主|养[{HAN}]{{1,2}}户|种植户|家长|员工|职工|工人|学生|患者|病人|租户|租客|用户|经营者|负责人|投诉人|举报人|反映人|申请人|当事人|来电人|诉求人|市民|老板娘|母亲|父亲|妻子|丈夫|儿子|女儿|孙女|孙子|外孙|女婿|儿媳|老公|老婆|爱人|姐姐|妹妹|哥哥|弟弟)({SURNAME}[{HAN}]{{1,2}}?)(?=[,，。;；、:：(（\s]|$|反映|来电|称|说|表示|电话|手机|身份证)"),
    re.compile(rf"(?:^|[。;；\n])({SURNAME}[{HAN}]{{1,2}}|[小老][{SURNAMES}])[,，、]\s?(?=男|女|[0-9]{{2}}岁|[{HAN}]{{1,3}}岁|今年|电话|手机|联系|我|本人|住|身份证|1[3-9][0-9])"),
    re.compile(rf"(?<=[村镇乡街区社栋号]的)([小老][{SURNAMES}])(?=打电话|来电|说|反映|称|[,，])"),
    re.compile(rf"(?:我叫|我是|本人|姓名[:：]?\s?|名字(?:叫|是)|联系人[:：]?\s?)([{HAN}]{{1,6}}(?:[·•・][{HAN}]{{1,6}})+)"),
    re.compile(rf"(?:我|免贵|本人|^|[,，。;；\s])姓({SURNAME})(?={STOP[3:-1]}|[{HAN}])"),
)  # fmt: skip

NO_PERSON = frozenset("村镇乡市县区路街巷店厂院校")
"""What ends a place: 我是李家村的."""

A_SUM = r"(?:[一二三四五六七八九]?十几|[0-9][0-9,，]{0,14}(?:\.[0-9]{1,4})?|[零一二两三四五六七八九十百千万]{1,14})(?:[十百千万亿](?:[0-9]千?)?)?"
MONEY = re.compile(
    rf"({A_SUM})(?:多|余|来)?\s?(万|亿)?(?:多|余)?(?:元|块钱|块[一二三四五六七八九1-9](?![0-9个只斤张件次条瓶碗份人天])|块|人民币)"
)

SPOKEN_SUM = r"(?:[0-9]{1,4}(?:\.[0-9]{1,2})?[千万]|(?<![0-9])[0-9]{1,3}(?:[,，][0-9]{3})+(?:\.[0-9]{1,2})?|[1-9][0-9]{1,6}(?:\.[0-9]{1,2})?(?![0-9])|[一二两三四五六七八九][百千万]|[一二两三四五六七八九]?十[一二三四五六七八九]?万)(?:[0-9一二两三四五六七八九](?:[百千](?:[一二三四五六七八九])?)?)?"
PAID = (
    r"(?:[收交花退付欠赔给转罚扣借贷充亏骗出加卖]|涨[到了]|卖[到了]|价[格值]|[还打]贷|损失|工资|押金|定金|首付|房租|租金|学费|货款|余额|剩下?的?|一共|总共|共计|合计|总计|仅|只肯出|要价|报价)"
    r"(?:[了走我到掉过着出]|是|为|大概|大约|差不多|整整|足足|我们|你们|他们|您|他|她|妈|爸|老人|:|：){0,3}"
)
BARE_MONEY = re.compile(
    rf"(?:{PAID}|(?<=[,，]))({SPOKEN_SUM})(多|余)?(?=[,，。;；、!！?？]|$|没|不(?!同)|押金|定金|的?(?:手续费|定金|押金|学费|罚款)|就|才|还(?!有)|都|左右|做|当|作|吧|呢|啊|了)"
)
"""Said without a unit behind a word of paying: 定金交了两万, 罚了我二百, 首付三十八万."""

WISH = re.compile(
    r"(?:强烈|现|特|就|只|也|还|非常|真诚)?(?:希望|要求|请求|恳请|恳求|诉求是|诉求[:：]|盼望?|建议|望(?![江湖海京山月春城远]|着)|麻烦(?!死|的)|想让|想请|(?:就|只)?想(?:申请|要回|退|换)|(?<=[,，。;；])要(?=查|退|换|赔|你们|他们|[城供交环物政社公街村][管电警保业府区交安道委]|开发商|商家|老板|公司)|我们?就?要(?=[他她你]们?[赔退给道]|退|换|赔|讨|举报一)|(?:(?<=[,，。;；!！?？\n])|^)(?:你们)?(?:能不能|能否|可否|可不可以|能(?=帮))|求求(?:你们)?|烦请|还请|敬请|(?<=[,，。])你们(?=给|管一?管|派|帮|查)|拜托(?:你们)?|(?<=[,，。])(?:叫|让|喊)(?=[^,，。]{2,6}(?:来|去|上门))|"
    r"(?<=[，,。;；])请(?!问|假|客|了|来电|人|教)|(?<![申邀宴])请(?=有关|相关|政府|部门|尽快|尽早|及时|立即|马上|赶快|赶紧|抓紧|帮|派|核实|处理|协调|查|落实|督促|责令|给|安排|解决|你们|贵|领导|热线|城管|公安|交警|住建|环保|"
    r"社区|街道|物业|教育|消防|运管|市场|交通|民政|医保|人社|水务|园林|公交|电力|供电|燃气|市里|区里|上级|把|将|联系|回[电复]|来|公开|公布|做主|出面|调解|监督|重新|尽|严))"
    r"[,，：:\s]*([^。;；!！?？\n]{2,120})|(?:(?<=[,，。;；!！?？\n])|^)(?:你们|领导|政府)?(?:(?=(?:快|赶紧|赶快|马上)?(?:派个?人|来人|来个人|管一?管吧?|快来))|(?=帮(?:我|忙|我们)(?:看|查|问|催|反映|解决|协调|处理)))([^。;；!！?？\n]{2,120})"
)
ASKING = r"会不会|啥|咋|谁(?!知|都)|合不合|该不该|有没有|行不行|对不对|算不算|要不要|需不需要|怎么|如何|什么|哪|多少|(?<![好前这近十])几(?=[点号天月年个时])|吗|能不能|是否|可不可以|是不是|何时|多久"
QUESTION = re.compile(
    r"(?:(?:想?咨询(?:一下|下)?|请问(?:一下|下)?|想问(?:一下|下|问)?|想(?:要)?(?:了解|知道)(?:一下|下)?|问一?下)[,，：:\s]*)+([^。;；!！\n]{3,120})"
)
ASKED = re.compile(
    rf"(?:^|(?<=[,，。;；!！?？]))(?!(?:喂?[,，]?)?(?:12345|您好|你好|在)吗)((?=[^,，。;；!！?？\s]{{0,40}}?(?:{ASKING}))[^,，。;；!！?？\s]{{3,40}}(?:[,，](?=[^,，。;；!！?？\s]{{0,20}}?(?:{ASKING}))[^,，。;；!！?？\s]{{4,30}})*)(?=[,，。;；!！?？\n]|$)"
)
"""A clause that asks, when no word says that it does."""
CLAUSE_ASKING = re.compile(rf"[^,，?？]*?(?:{ASKING})[^,，?？]*(?:[,，](?=[^,，?？]*(?:{ASKING}))[^,，?？]*)*[?？]?")


WITH_PHONE = re.compile(
    rf"(?:[,，、\s(（]+|(?<![打拨通我的])(?=(?:联系|手机)?(?:电话|号码|方式)|手机号))(?:我的?|本人|座机)?(?:联系|手机)?(?:电话|号码|方式|手机号?码?)?(?:是|为)?[：:\s]*{PHONE.pattern}"
)
"""A number said behind a demand, which is how to reach somebody and no part of what they want."""


SPEAKS_ON = re.compile(
    r"[,，、\s]+(?:谢谢|多谢|感谢|拜托|辛苦|别说|不要说|现在|目前|[我俺咱](?!们?(?:要|想|请|希望))|放学|上班|每[天晚日]|否则|不然|要不|因为|毕竟|电话|座机|打我|太[^原湖平阳]|实在|真的|已经|姓名|身份证|[0-9]{1,2}月|[他她]们?(?!赔|退|给|道))"
)
"""Behind a demand, where the caller goes on to tell: 建议设停车位,放学时堵得一塌糊涂."""


def lift(text: str, *, today: date, regions: Iterable[tuple[int, int]] = ()) -> list[Lifted]:
    """Everything found, in the order of the text, no two over the same characters; a demand may hold others.

    `regions` are spans where the directory has found a district, street or community."""
    where = joined(text, [*places(text), *(Found(start, end, "place", text[start:end]) for start, end in regions)])
    plain = apart([*phones(text), *names(text), *where, *amounts(text), *bare_amounts(text), *times(text, today)])
    return sorted((made(text, one) for one in (*plain, *demands(text))), key=lambda x: x.start)


def made(text: str, found: Found) -> Lifted:
    return Lifted(found.start, found.end, found.kind, text[found.start : found.end], found.value)


def phones(text: str) -> Iterator[Found]:
    for found in PHONE.finditer(text):
        yield Found(found.start(), found.end(), "phone", re.sub(r"[ -]", "", found[1]))


def bare_amounts(text: str) -> Iterator[Found]:
    for found in BARE_MONEY.finditer(text):
        if (value := number(found[1])) is not None and value >= (10 if found[1].isdigit() else 100):
            yield Found(
                found.start(1),
                found.end(2) if found[2] else found.end(1),
                "amount",
                f"{value:.2f}".rstrip("0").rstrip("."),
            )


def names(text: str) -> Iterator[Found]:
    for shape in NAMES:
        for found in shape.finditer(text):
            if found[1][-1] not in NO_PERSON:
                yield Found(found.start(1), found.end(1), "name", found[1])


def amounts(text: str) -> Iterator[Found]:
    for found in MONEY.finditer(text):
        said = found[1].rstrip("几")
        value = number(f"{said}{found[2] or ''}") or None
        if value is None and found[2] and (base := number(said)):
            value = base * (10_000 if found[2] == "万" else 100_000_000)
        if value is not None and found[0] != "一块":
            yield Found(found.start(), found.end(), "amount", f"{value:.2f}".rstrip("0").rstrip("."))


def demands(text: str) -> list[Found]:
    """What is wanted: wishes, or else what is asked."""
    return [*wanted(WISH, text)] or [*asked(text)] or [*wanted(ASKED, text)][:1]


def asked(text: str) -> Iterator[Found]:
    """What stands behind 请问, up to the end of the clause that asks."""
    for one in wanted(QUESTION, text):
        clause = CLAUSE_ASKING.match(one.value)
        yield one._replace(value=clause[0].strip() if clause and len(clause[0].strip()) > 2 else one.value)


def wanted(shape: re.Pattern[str], text: str) -> Iterator[Found]:
    for found in shape.finditer(text):
        begun = found.start(found.lastindex or 1)
        behind = [
            one.start()
            for shape, start in ((WITH_PHONE, begun - 1), (SPEAKS_ON, begun))
            if (one := shape.search(text, start, found.end()))
        ]
        end = min(behind, default=found.end())
        if len(value := text[begun:end].strip(" ,，")) > 1:
            yield Found(found.start(), end, "demand", value)


ORDER = {"phone": 0, "plate": 1, "pole": 2, "line": 3, "name": 4, "amount": 5, "time": 6, "place": 7}


def apart(found: Iterable[Found]) -> list[Found]:
    """Of two over the same characters the surer kind stays, then the longer."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (ORDER[f.kind], f.start - f.end)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return kept


def joined(text: str, found: Iterable[Found]) -> list[Found]:
    """雁栖区 and 人民路12号 side by side are one place."""
    spots = sorted((f for f in found if f.kind == "place"), key=lambda f: (f.start, -f.end))
    merged: list[Found] = []
    for one in spots:
        if merged and one.start <= merged[-1].end:
            start, end = merged[-1].start, max(one.end, merged[-1].end)
            merged[-1] = Found(start, end, "place", text[start:end])
        else:
            merged.append(one)
    return [*merged, *(f for f in found if f.kind != "place")]

"""What a text already says, lifted out as marked spans: telephone, name, place, time, amount, demand.

The agent sees each as a chip and may drop it; nothing is filled in unseen."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from hotline.intake.places import HAN, Found, LiftedKind, places
from hotline.intake.spoken import NUMERAL, day_of, number


class Lifted(msgspec.Struct, frozen=True):
    """A piece of the text and what it means; `start` and `end` count characters (code points)."""

    start: int
    end: int
    kind: LiftedKind
    text: str
    value: str
    """In one spelling: digits of a number, a day as 2026-11-19, an amount in yuan."""


PHONE = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?(1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}|0[0-9]{2,3}[- ]?[0-9]{7,8})(?![0-9A-Za-z])"
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
    re.compile(rf"(?:^|[,，。;；\s]|市民|来电人|诉求人|居民|村民|业主|群众|我是|本人|的|姓名[:：]?|租户|租客|老人|家长|司机|乘客)({SURNAME}(?:先生|女士|小姐|阿姨|大爷|大妈|大姐|大叔|大嫂|师傅|奶奶|爷爷|老师|同志|某某?|某))"),
    re.compile(rf"(?:我|免贵|本人|^|[,，。;；\s])姓({SURNAME})(?={STOP[3:-1]}|[{HAN}])"),
)  # fmt: skip

NO_PERSON = frozenset("村镇乡市县区路街巷店厂院校")
"""What ends a place: 我是李家村的."""

CLOCK = rf"(?:{NUMERAL}{{1,3}}点(?:半|{NUMERAL}{{1,3}}分?|多|钟|左右)?|[0-2]?[0-9][:：][0-5][0-9])"
PART = r"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚|夜里|夜间|深夜|半夜|早)"
DAY = (
    r"(?:(?:[12][0-9]{3}年|去年|今年|前年|明年)?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})月(?:(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[日号]|底|初|中旬|上旬|下旬|份)"
    r"|(?:[12][0-9]{3}年|去年|今年|前年|明年)(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})月"
    r"|(?<=[从自到至])(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})月|(?<![0-9个])(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})月(?=以来|开始|起)"
    r"|[12][0-9]{3}年(?:底|初|春节|国庆)?"
    r"|(?<![0-9第路街巷道里苑])[0-9]{1,2}[日号](?=起|开始|到|至|的|晚|早|上午|下午|凌晨|以来|左右|[,，。;；\s]|$|就|那天|停)"
    r"|大前天|今天|昨天|前天|明天|后天|今晚|昨晚|前晚|昨夜|今早|昨早|今晨|刚才|刚刚|当天|当晚"
    r"|(?:上上|上|这|本|下)(?:个)?(?:周|星期|礼拜)[一二三四五六日天](?:至|到)?|(?:周|星期|礼拜)[一二三四五六日天](?!至|到)"
    r"|(?:上个?|这个?|本)月(?:底|初)?|去年(?:底|春节|冬天|夏天)?|今年(?:年初|春天|夏天|入冬)?|前年|上周|本周|前几天|前些天|前两天|前段时间|这几天|这两天|这段时间|最近|近期|近日|上次"
    r"|年底|年初|月底|月初|春节(?:前|后|期间)?|国庆(?:前|后|期间)?|元旦|节假日|暑假|寒假|入冬以来|入夏以来|长期|通宵"
    r"|(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,3}|半|几|好几)(?:多)?个?多?(?:天|周|星期|礼拜|月|年|小时|钟头)(?:多)?(?:以?前|了|(?=没|还没|都没|就))"
    r"|(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,3}|几)(?:多)?分钟|一?整天(?:了)?|下学期|上学期|明年"
    r"|(?<![每0-9第])(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,3}|半|好几)(?:多)?个?多?(?:天|周(?!岁)|星期|礼拜|(?<=[个多])月|年(?!级)|小时|钟头)(?!两头|到晚|三夜|一|[0-9]|[二两三四五六七八九十][百千万十])"
    r"|(?:连续|已经?|持续|有)(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,3}|半|几|好几)(?:多)?个?(?:天|周|星期|礼拜|月|年|小时)(?:多)?"
    r"|(?<![0-9个])(?:[0-9]{1,2}|十[一二]?|[一二三四五六七八九])月(?=在|的|就|份)|每(?:个)?(?:周|星期)[一二三四五六日天](?:[、和]?(?:周|星期)?[一二三四五六日天])*|每天|每晚|每日|每周末|每逢周末|每周|每到周末|天天|周末|经常)"
)
TIME = re.compile(
    rf"(?:从|自)?{DAY}{PART}?(?:{CLOCK})?(?:左右|以后|以前)?(?:(?:到|至|-|~){PART}?{CLOCK}|(?:起|开始|以来))?(?:(?:到|至)现在)?|{PART}{CLOCK}(?:(?:到|至|-|~)(?:次日|第二天)?{PART}?{CLOCK})?(?:左右|以后|以前)?|(?<![0-9]){PART}(?=[也都就,，。]|有人|施工)|{CLOCK}(?=左右|以后|还|就|才|开始|[,，。])"
)

MONEY = re.compile(
    r"((?:[0-9][0-9,，]{0,14}(?:\.[0-9]{1,4})?|[零一二两三四五六七八九十百千万]{1,14})(?:[十百千万亿](?:[0-9]千?)?)?)(?:多|余|来)?\s?(万|亿)?(?:元|块钱?|人民币)"
)

BARE_MONEY = re.compile(
    r"(?:[收交花退付欠赔给转罚扣][了走我]?(?:我们|你们|我|他)?|押金|定金|工资|[,，])((?:[0-9]{1,4}(?:\.[0-9])?[千万]|[一二两三四五六七八九][百千万])(?:[0-9一二三四五六七八九][百千]?)?)(?=[,，。;；、!！?？]|$|没|不(?!同)|押金|定金)"
)
"""Said without a unit behind a word of paying: 定金交了两万, 罚了我二百."""

WISH = re.compile(
    r"(?:强烈|现|特|就|只|也|还|非常|真诚)?(?:希望|要求|请求|恳请|恳求|诉求是|诉求[:：]|盼望?|建议|望(?![江湖海京山月春城远]|着)|麻烦(?!死|的)|想让|想请|(?:就|只)?想(?:申请|要回|退|换)|(?<=[,，。;；])要(?=查|退|换|你们|他们)|"
    r"(?<=[，,。;；])请(?!问|假|客|了|来电|人|教)|(?<![申邀宴])请(?=有关|相关|政府|部门|尽快|尽早|及时|立即|马上|赶快|赶紧|抓紧|帮|派|核实|处理|协调|查|落实|督促|责令|给|安排|解决|你们|贵|领导|热线|城管|公安|交警|住建|环保|"
    r"社区|街道|物业|教育|消防|运管|市场|交通|民政|医保|人社|水务|园林|公交|电力|供电|燃气|市里|区里|上级|把|将|联系|回[电复]|来|公开|公布|做主|出面|调解|监督|重新|尽|严))"
    r"[,，：:\s]*([^。;；!！?？\n]{2,120})"
)
ASKING = r"怎么|如何|什么|哪|多少|(?<![好前这近])几(?=[点号天月年个时])|吗|能不能|是否|可不可以|是不是|何时|多久"
QUESTION = re.compile(
    r"(?:(?:想?咨询(?:一下|下)?|请问(?:一下|下)?|想问(?:一下|下|问)?|想(?:要)?(?:了解|知道)(?:一下|下)?|问一?下)[,，：:\s]*)+([^。;；!！\n]{3,120})"
)
ASKED = re.compile(
    rf"(?:^|(?<=[,，。;；!！?？]))((?=[^,，。;；!！?？\s]{{0,40}}?(?:{ASKING}))[^,，。;；!！?？\s]{{4,40}})(?=[,，。;；!！?？\n]|$)"
)
"""A clause that asks, when no word says that it does."""
CLAUSE_ASKING = re.compile(rf"[^,，?？]*?(?:{ASKING})[^,，?？]*[?？]?")


WITH_PHONE = re.compile(
    rf"(?:[,，、\s(（]+|(?<![打拨通我的])(?=(?:联系|手机)?(?:电话|号码|方式)|手机号))(?:我的|本人)?(?:联系|手机)?(?:电话|号码|方式|手机号?码?)?(?:是|为)?[：:\s]*{PHONE.pattern}"
)
"""A number said behind a demand, which is how to reach somebody and no part of what they want."""


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
        if (value := number(found[1])) is not None and value >= 100:
            yield Found(found.start(1), found.end(1), "amount", f"{value:.2f}".rstrip("0").rstrip("."))


def names(text: str) -> Iterator[Found]:
    for shape in NAMES:
        for found in shape.finditer(text):
            if found[1][-1] not in NO_PERSON:
                yield Found(found.start(1), found.end(1), "name", found[1])


def amounts(text: str) -> Iterator[Found]:
    for found in MONEY.finditer(text):
        value = number(f"{found[1]}{found[2] or ''}") or None
        if value is None and found[2] and (base := number(found[1])):
            value = base * (10_000 if found[2] == "万" else 100_000_000)
        if value is not None:
            yield Found(found.start(), found.end(), "amount", f"{value:.2f}".rstrip("0").rstrip("."))


def times(text: str, today: date) -> Iterator[Found]:
    for found in TIME.finditer(text):
        day = day_of(found[0], today)
        yield Found(found.start(), found.end(), "time", day.isoformat() if day else found[0])


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
        behind = WITH_PHONE.search(text, found.start(1) - 1, found.end())
        end = behind.start() if behind else found.end()
        if len(value := text[found.start(1) : end].strip(" ,，")) > 1:
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

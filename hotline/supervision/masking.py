"""脱敏: what a list for leaders must not show of a citizen. Known persons are taken out by name, others by shape."""

import re
from collections.abc import Iterable

FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789", "\u200b\u200c\u200d\ufeff")
GAP = r"[ \-—－]?"

COMMON = (
    "王李张刘陈杨赵黄周吴徐孙朱马胡郭林何罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范廖"
    "石贾韦夏付邹孟熊秦邱侯尹薛闫段雷龙黎史陶贺顾郝龚邵万钱覃武戴严莫孔汤"
)
RARER = (
    "褚卫尤施华金戚喻柏窦章云葛奚郎鲁昌苗凤花方俞柳酆鲍费廉岑倪滕殷毕邬安常乐于时皮卞齐康伍元卜平和穆萧湛祁毛禹狄米明臧计"
    "伏成谈茅庞纪舒屈项祝阮蓝闵席季麻强路娄危江童颜梅盛刁骆高樊凌霍虞支柯管裘缪干解应宗宣郁单杭洪包诸左吉邢裴荣翁荀羊惠"
    "甄曲封储靳牧隗山谷车宓蓬班仰仲伊宫宁仇栾甘厉祖符景詹束司韶郜蓟薄印宿白怀蒲从索咸籍赖卓蔺屠蒙池乔胥苍闻莘党翟贡劳姬申"
    "冉宰雍璩桑桂濮牛寿边扈燕冀浦尚温柴瞿阎慕连习艾容易戈终居衡步耿满弘匡寇广东欧沃蔚师巩聂晁敖融冷訾辛阚简饶沙丰巢关查荆"
    "红游竺权盖益岳代"
)
DOUBLE = "欧阳|上官|司马|诸葛|夏侯|皇甫|尉迟|公孙|慕容|令狐|司徒"
GIVEN = r"[\u4e00-\u9fff·]"
ENDS = r"(?=[,，。.、;；:：!！?？()（）\s]|$|先生|女士|同志|电话|手机|联系|身份证|家住|住在|现住|反映|来电|来信|表示)"
SAID = (
    r"(?:我叫|名叫|姓名(?:是|为)?[:：]?|联系人(?:是|为)?[:：]?"
    r"|(?:诉求人|来电人|来信人|举报人|投诉人|反映人|署名|落款)(?:是|为|[:：]))\s*"
)
HINTED = r"(?:我是|本人是?|业主|户主|房主|租户|居民|村民|市民|老人|家长)\s*"
WORDS = (
    r"(?!周[末边围日年一二三四五六]|张[贴望罗]|任[意何务]|马[路上]|许[可多久]|程[度序]|万[元一]|田[地里间]|石[材头]|余[款下额]"
    r"|段[时落]|何[时人]|孔[洞隙]|武[术警]|严[重格]|夏[天季]|雷[雨电]|黄[金色]|龙头|叶子|常年|钱[款财]|丁点|史上|唐突)"
)
"""Everyday words that begin like a surname."""

NAMED = (
    re.compile(rf"(?P<before>{SAID})(?P<name>(?:{DOUBLE}|[{COMMON}{RARER}]){GIVEN}{{1,3}}?){ENDS}"),
    # After a word that names persons in general, only what is hardly anything but a name.
    re.compile(rf"(?P<before>{HINTED}){WORDS}(?P<name>(?:{DOUBLE}|[{COMMON}]){GIVEN}{{1,2}}?){ENDS}"),
    re.compile(rf"(?P<before>(?<!{GIVEN}))(?P<name>(?:{DOUBLE}|[{COMMON}]){GIVEN}{{1,2}}?)(?=先生|女士|同志)"),
)

SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII), "***@***"),
    # Identity card, 18 or 15 figures. No area code begins with 20, our ticket numbers do.
    (
        re.compile(r"(?<![0-9A-Za-z])(?!20)([1-9][0-9]{2})[0-9]{11}(?:[0-9]{3}[0-9Xx]|[0-9])(?![0-9A-Za-z])"),
        r"\1***************",
    ),
    (re.compile(rf"(?<![0-9])(1[3-9][0-9]){GAP}[0-9]{{4}}{GAP}([0-9]{{4}})(?![0-9])"), r"\1****\2"),
    (re.compile(rf"(?<![0-9])(0[0-9]{{2,3}}){GAP}[0-9]{{3,4}}{GAP}([0-9]{{4}})(?![0-9])"), r"\1****\2"),
    (re.compile(r"(?<![0-9])[0-9]{4}(?:[ \-]?[0-9]{4}){3}[ \-]?[0-9]{0,3}(?![0-9])"), "****************"),
    # A local number only where the words say that it is one: seven figures alone may be a ticket or a sum.
    (re.compile(r"((?:电话|座机|手机|号码|致电|拨打)\D{0,4})[0-9]{7,8}(?![0-9])"), r"\1********"),
    (re.compile(r"((?:微信|QQ|qq|钉钉)号?(?:码|是|为)?[:：]?\s*)[A-Za-z0-9_\-]{5,20}"), r"\1******"),
    # Plates.
    (
        re.compile(
            r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z])[·. ]?[A-Z0-9]{4,5}([A-Z0-9])"
        ),
        r"\1*****\2",
    ),
    # The flat, not the building: where it is matters, behind which door does not.
    (re.compile(r"[0-9A-Za-z一二三四五六七八九十]{1,4} ?单元 ?[0-9A-Za-z]{1,5} ?(?:室|号|户)?"), "*单元***"),
    (re.compile(r"(栋|幢|号楼|座) ?[0-9]{3,4} ?(室|房|户)?"), r"\1***\2"),
    (re.compile(r"(?<![0-9])[0-9]{3,4} ?(室|房间)"), r"***\1"),
)


def masked(text: str, names: Iterable[str] = (), secrets: Iterable[str] = ()) -> str:
    """The text without what points at a person: `names` and `secrets` (numbers, addresses) literally, others by shape."""
    shown = text.translate(FULL_WIDTH)
    for secret in sorted(filter(lambda s: len(s) >= 4, secrets), key=len, reverse=True):
        shown = shown.replace(secret, "****")
    for name in filter(lambda n: len(n) >= 2, names):
        shown = shown.replace(name, starred(name))
    for shape, instead in SHAPES:
        shown = shape.sub(instead, shown)
    for named in NAMED:
        shown = named.sub(lambda found: found["before"] + starred(found["name"]), shown)
    return shown


def starred(name: str) -> str:
    """张三丰 → 张**"""
    return name[0] + "*" * (len(name) - 1)

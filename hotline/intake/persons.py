"""Who speaks, and for whom: 我叫张建国, 市民李女士, 姓名:艾力·买买提.

Callers and those they call for are named; officials and the accused are not (村主任毛某某, 包工头姓梁)."""

import re
from collections.abc import Iterator

from hotline.infra.words import is_word, tagged
from hotline.intake.place_words import HAN, each
from hotline.intake.places import Found

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟"
    "熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯"
    "纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
    "闻占占揭练幸鄢鄂茹匡湛蔺逄战储宣逯郦璩濮扈燕冀郏浦容暴勾厉戎祖束幺牙蓬郜隆阚"
)
DOUBLE = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|司徒|闻人|夏侯|钟离|宇文|长孙|鲜于|呼延|端木|澹台|南宫|西门"
SURNAME = f"(?:{DOUBLE}|[{SURNAMES}])"
FULL = rf"(?:(?:{DOUBLE})[{HAN}]{{1,2}}?|[{SURNAMES}][{HAN}]{{1,2}}?)"

TITLES = (
    "先生 女士 小姐 阿姨 大爷 大妈 大姐 大哥 大叔 大嫂 大娘 大伯 大婶 师傅 奶奶 爷爷 老师 同志 阿婆 阿公 阿伯 老伯 婆婆 公公 老太太 老太 老人家 老人 老汉 叔叔 伯伯 婶 嫂 姐 哥 叔 医生 老弟 某某 某"
)  # fmt: skip
ROLES = (
    "业主 村民 居民 住户 户主 种植户 养殖户 养..?户 农户 贫困户 低保户 商户 家长 员工 职工 工人 工友 学生 患者 病人 租户 租客 用户 经营者 负责人 投诉人 举报人 反映人 申请人 当事人 来电人 诉求人 咨询人 联系人 市民 群众 老板娘 骑手 快递员 网格员 "
    "志愿者 保洁 残疾人 退伍军人 老兵 同学 同事 邻居 母亲 父亲 我爸 我妈 他爸 他妈 她爸 她妈 爸爸 妈妈 老爸 老妈 爷爷 奶奶 外公 外婆 公公 婆婆 岳父 岳母 老伴 妻子 丈夫 我儿 儿子 女儿 孙女 孙子 外孙 外孙女 女婿 儿媳 老公 老婆 爱人 姐姐 妹妹 哥哥 弟弟 侄子 侄女 表弟 表哥 表妹 堂哥 堂弟 孤寡老人 独居老人"
)  # fmt: skip
OPENERS = "我叫 我是 我名叫 本人 本人叫 本人是 本人系 本人名 本人名叫 名叫 叫 叫做 名字叫 名字是 姓名 姓名是 姓名为 联系人 联系人是 联系人为 留名"
LABELS = "反映人 诉求人 投诉人 举报人 来电人 申请人"
SAID = "住 是 系 电话 手机 反映 投诉 要 想 来电 家住 今年 身份 联系 的 和我 先生 女士 同志 户籍 户口 在 于 年龄 性别 男 女 对 不 没"
SAYS = "反映 来电 打来 打电话 称 说 表示 电话 手机 身份证 投诉 咨询 求助 今天 昨天 前天 生前 因 患"


def any_of(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


ENDS = r"[,，。;；、!！?？\s:：()（)]|$"
NAMES = (
    # 我叫张建国, 姓名:欧阳小明
    re.compile(rf"(?:(?:{any_of(OPENERS)})[:：]?|(?:{any_of(LABELS)})[:：])\s?({FULL})(?={ENDS}|{any_of(SAID)})"),
    # 姓名:买买提江; behind such a label whatever stands is the name
    re.compile(rf"(?:姓名|我叫|联系人|名字叫)(?:[:：]|是)?\s?(?![不了他她你人来车过醒去])([{HAN}]{{2,5}})(?=[,，。;；\s]|电话|手机|$)"),
    re.compile(rf"(?:我叫|我是|本人|姓名[:：]?\s?|名字(?:叫|是)|联系人[:：]?\s?)([{HAN}]{{1,6}}(?:[·•・][{HAN}]{{1,6}})+)"),
    # 市民李女士, 楼上沈阿婆, 岳阿姨家门前
    re.compile(rf"(?:^|(?<=[,，。;；:：、\s“”(（的和跟与是称说叫替帮])|(?:{any_of(ROLES)}|楼上|楼下|隔壁|对门|邻居))({SURNAME}(?:{any_of(TITLES)}))"),
    # 业主方敏, 我爸钱志强
    re.compile(rf"(?:{any_of(ROLES)})({FULL})(?={ENDS}|{any_of(SAYS)}|在|是|于)"),
    # 网格员小尹, 石门坎村的老周打电话
    re.compile(rf"(?:{any_of(ROLES)})([小老][{SURNAMES}])(?!位|板|师|家|孩|伙)"),
    re.compile(rf"(?<=[村镇乡街区社栋号]的)([小老][{SURNAMES}])(?=打电话|打来|来电|说|反映|称|[,，])"),
    # 刘洋,男,43岁; 哈斯,15048887766
    re.compile(rf"(?:^|[。;；\n])({FULL}|[小老][{SURNAMES}])[,，、]\s?(?=男|女|[0-9]{{2}}岁|[{HAN}]{{1,3}}岁|今年|电话|手机|联系|我|本人|住|身份证|1[3-9][0-9])"),
    re.compile(rf"(?:^|[,，。;；]\s?)({FULL})[,，:：\s]\s?(?=(?:\+?86)?1[3-9][0-9]{{2}}|0[0-9]{{2,3}}-)"),
    re.compile(rf"^([{HAN}]{{2,3}})[,，]\s?(?=1[3-9][0-9]{{5}})"),
    # 免贵姓赵, 来电人姓樊
    re.compile(rf"(?:我|免贵|本人|来电人|诉求人|市民|^|[,，。;；\s])姓({SURNAME})(?={ENDS}|{any_of(SAID)}|[{HAN}])"),
)  # fmt: skip
NO_PERSON = frozenset("村镇乡市县区路街巷店厂院校的了吗呢吧")
"""What ends a place or a clause: 我是李家村的."""
NO_NAMES = each("电话 手机 座机 号码 谢谢 你好 您好 喂 麻烦 万分 高中 高三 高二 高一 初中 方便 全部 全家 时间 明天 任何 和谐 常常 成年 路过 路人 家长 农民 车主 房东 房主 房客 安全 连续 时常 向来 应该 简单 解决 管理 全体 单位 商户 商家 司机 师傅 游客 华侨 关于 常年 尤其 于是 边上 解释 温馨 单身 万一 何时 马上 向您 项目 车辆 包括 马路 金额 经常 冷水 石头 阳光 夏天 雷雨 安装 房产 房子 车子 车位 燕子")  # fmt: skip


def names(text: str) -> Iterator[Found]:
    for shape in NAMES:
        for found in shape.finditer(text):
            name = found[1]
            if name[-1] not in NO_PERSON and name[:2] not in NO_NAMES and (shape in NAMES[1:3] or plausible(name)):
                yield Found(found.start(1), found.end(1), "name", name)


def plausible(name: str) -> bool:
    """Is it no everyday word (柴房), nor one of doing and what is done (戴口罩)?"""
    words = tagged(name)
    if len(name) == 1 or name[0] in "小老" or any(tag.startswith("nr") for _, tag in words):
        return True
    if len(words) == 1:
        return not is_word(name)
    return words[0][1][0] not in "vcp" or not is_word(name[len(words[0][0]) :]) or len(name) == len(words[0][0]) + 1

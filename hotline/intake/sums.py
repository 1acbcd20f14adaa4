"""Sums of money as people say them: 三千五百块, 1.5万元, 定金交了两万, 罚了我二百."""

import re
from collections.abc import Iterator

from hotline.intake.places import Found
from hotline.intake.spoken import number

A_SUM = r"(?:[一二三四五六七八九]?十几|[0-9][0-9,，]{0,14}(?:\.[0-9]{1,4})?|[零一二两三四五六七八九十百千万]{1,14})(?:[十百千万亿](?:[0-9]千?)?)?"
MONEY = re.compile(
    rf"({A_SUM})(?:多|余|来)?\s?(万|亿)?(?:多|余)?(?:元|块钱|块[一二三四五六七八九1-9](?![0-9个只斤张件次条瓶碗份人天])|块|人民币)"
)
"""With its unit."""

SPOKEN_SUM = r"(?:[0-9]{1,4}(?:\.[0-9]{1,2})?[千万]|(?<![0-9])[0-9]{1,3}(?:[,，][0-9]{3})+(?:\.[0-9]{1,2})?|[1-9][0-9]{1,6}(?:\.[0-9]{1,2})?(?![0-9])|[一二两三四五六七八九][百千万]|[一二两三四五六七八九]?十[一二三四五六七八九]?万|[一二两三四五六七八九]?十几[万千]|[一二两三四五六七八九]?十(?=多|几)|[二三四五六七八九]十(?=[,，。;；!！]|$))(?:[0-9一二两三四五六七八九](?:[百千](?:[一二三四五六七八九])?)?)?"
PAYING = (
    "[收交花退付欠赔给转罚扣借贷充亏骗出加卖吞吃补投存取补买要扔掏免少] 收费 一桌 涨[到了] 降[到了至] 降 卖[到了] 价[格值] [还打]贷 损失 工资 押金 定金 首付 房租 租金 学费 [货房工程车]款 余额 剩下?的? 一共 总共 共计 合计 总计 仅 只肯出 要价 报价 说好 "
    "门票 票 饭钱 打车 车费 罚款 从 只有 才 就 剩 每人 每月 一个月 一年"
)
PAID = rf"(?:{'|'.join(PAYING.split())})(?:[了走我到掉过着出人]|是|为|大概|大约|差不多|将近|近|整整|足足|我们|你们|他们|您|他|她|妈|爸|老人|:|：){{0,3}}"
THEN = (
    "[,，。;；、!！?？] $ 没 不(?!同) 押金 定金 的?(?:手续费|定金|押金|学费|罚款|利息|房租|租金) [清卫管服手取停水电暖物维医药车伙班培保中][^,，。;；]{1,3}费 就 才 还(?!有) 都 左右 做 当 作 吧 呢 啊 了 "
    "[一每](?:张|个人|人|位|次|份|斤|晚|天|个月|月|年) [降涨]到 块?优惠券 一个"
)
BARE = re.compile(rf"(?:{PAID}|(?<=[,，]))({SPOKEN_SUM})(多|余|来)?(?={'|'.join(THEN.split())})")
"""Said without a unit behind a word of paying."""


def amounts(text: str) -> Iterator[Found]:
    for found in MONEY.finditer(text):
        said = found[1].rstrip("几")
        value = number(f"{said}{found[2] or ''}") or None
        if value is None and found[2] and (base := number(said)):
            value = base * (10_000 if found[2] == "万" else 100_000_000)
        if value is not None and found[0] != "一块" and text[found.start() - 1 : found.start()] != "几":
            yield Found(found.start(), found.end(), "amount", written(value))


def bare_amounts(text: str) -> Iterator[Found]:
    for found in BARE.finditer(text):
        if (value := number(found[1])) is not None and value >= (10 if found[1][0].isdigit() else 20):
            end = found.end(2) if found[2] else found.end(1)
            yield Found(found.start(1), end, "amount", written(value))


def written(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


AS_SAID = re.compile(r"\s|多|余|来|几(?=万|千|百|块|元|$)|块钱|块(?![0-9一二三四五六七八九])|元|人民币|钱")
AND_TENTHS = re.compile(r"(.+)块([0-9一二三四五六七八九])")


def worth(said: str) -> str:
    """A sum as yuan, 三千八 as 3800; what is no plain number stays as it was said."""
    plain = AS_SAID.sub("", said)
    tenths = AND_TENTHS.fullmatch(plain)
    value = number(tenths[1] if tenths else plain)
    if value is None:
        return said
    return written(value + (number(tenths[2]) or 0) / 10 if tenths else value)

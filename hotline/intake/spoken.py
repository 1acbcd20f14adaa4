"""Numbers and days as people say them: 三千五, 两万多, 上周五, 前天晚上."""

import re
from datetime import date, timedelta

DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "〇": 0, "仨": 3}
STEPS = {"十": 10, "百": 100, "千": 1000}
BIG = {"万": 10_000, "亿": 100_000_000}
NUMERAL = r"[0-9零〇一二两俩三四五六七八九十百千万亿]"
WEEKDAYS = {c: n for n, c in enumerate("一二三四五六日")} | {"天": 6} | {str(n + 1): n for n in range(7)}


def number(spoken: str) -> float | None:
    """三千五 → 3500, 1万2 → 12000, 2.5万 → 25000; None for what is no number."""
    text = spoken.replace(",", "").replace("，", "")
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    if mixed := re.fullmatch(r"(\d+(?:\.\d+)?)([十百千万亿])(?:(\d)千?)?", text):
        step = (STEPS | BIG)[mixed[2]]
        return float(mixed[1]) * step + int(mixed[3] or 0) * step / 10
    if not text or any(c not in DIGITS and c not in STEPS and c not in BIG for c in text):
        return None
    return float(counted(text))


def counted(text: str) -> int:
    whole = section = digit = 0
    last = 1
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
            last = 1 if character in "零〇" else last
        elif character in STEPS:
            last = STEPS[character]
            section, digit = section + (digit or 1) * last, 0
        else:
            last = BIG[character]
            whole, section, digit = (whole + section + digit) * last, 0, 0
    # 三千五 is 3500, 三千零五 is 3005: a last bare digit counts tenths of the step before it.
    return whole + section + (digit * last // 10 if (last >= 10 and len(text) > 2) or last >= 100 else digit)


RELATIVE_DAYS = {"今": 0, "昨": 1, "前": 2, "大前": 3}
A_DAY = re.compile(r"(大前|今|昨|前)[天日晚夜早]")
A_WEEKDAY = re.compile(r"(上上|上|这|本)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天1-7])")
A_DATE = re.compile(
    r"(?:(\d{4})年|去年|今年)?(\d{1,2}|[一二三四五六七八九十]{1,3})月(\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?"
)
A_MONTHDAY = re.compile(r"(\d{1,2})[日号]")
AGO = re.compile(rf"({NUMERAL}{{1,4}})(?:多)?个?(天|周|星期|礼拜|月|年)(?:以?前|了)")
STEP_DAYS = {"天": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "年": 365}


def day_of(spoken: str, today: date) -> date | None:
    """The day that words point at, never one that is still to come; None when they name none."""
    if found := A_DAY.search(spoken):
        return today - timedelta(days=RELATIVE_DAYS[found[1]])
    if found := A_DATE.search(spoken):
        return dated(found, today, last_year="去年" in found[0])
    if found := A_WEEKDAY.search(spoken):
        return weekday(found[1] or "", WEEKDAYS[found[2]], today)
    if found := AGO.search(spoken):
        count = number(found[1])
        return None if count is None or count > 5000 else today - timedelta(days=int(count) * STEP_DAYS[found[2]])
    if found := A_MONTHDAY.search(spoken):
        return last_monthday(int(found[1]), today)
    return None


def dated(found: "re.Match[str]", today: date, *, last_year: bool) -> date | None:
    month, day = number(found[2]), number(found[3])
    year = int(found[1]) if found[1] else today.year - last_year
    made = valid(year, int(month or 0), int(day or 0))
    if made and made > today and not found[1] and not last_year:
        made = valid(year - 1, made.month, made.day)
    return made


def weekday(which: str, wanted: int, today: date) -> date:
    monday = today - timedelta(days=today.weekday())
    day = monday + timedelta(days=wanted) - timedelta(weeks={"上": 1, "上上": 2}.get(which, 0))
    return day if day <= today else day - timedelta(weeks=1)


def last_monthday(day: int, today: date) -> date | None:
    this = valid(today.year, today.month, day)
    if this and this <= today:
        return this
    before = today.replace(day=1) - timedelta(days=1)
    return valid(before.year, before.month, day)


def valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

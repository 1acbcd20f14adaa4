"""Places named in running speech: 人民路东段, 幸福小区3号楼2单元, 12路公交车, 灯杆编号 A012.

Chinese has no blanks, so a name is found from its ending (路, 小区, 河 …), or from the house number or the 附近 behind it, and cut where
ordinary speech begins (`boundaries.py`); the tables are in `place_words.py`."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from hotline.infra.patterns import led
from hotline.intake.boundaries import BREAKS, Speech
from hotline.intake.place_words import (
    ALONE,
    ENDING,
    ENDINGS,
    ESTATE,
    FAR,
    FOLLOWED,
    GOES_ON,
    HAN,
    HILL,
    NAMING,
    NEVER,
    NO_NAME,
    NO_NAME_IN_DOUBT,
    NUMBERED,
    OF_A_REGION,
    PARTS,
    PUBLIC,
    ROAD,
    SCHOOL,
    SHOP,
    UNLESS_SURE,
    WATER,
    Ending,
    each,
)

LiftedKind = Literal["phone", "name", "place", "line", "pole", "plate", "time", "amount", "demand"]


class Found(NamedTuple):
    start: int
    end: int
    kind: LiftedKind
    value: str


COUNT = "(?:[0-9０-９]{1,4}|[一二三四五六七八九十]{1,3})"
ROADS = f"[{HAN}]{{1,5}}(?:路|街|大道|大街|巷)"
CROSSING = "(?:交叉路?口|交[汇会]处|交界处|相交处|十字路口|丁字路口|三岔路口|路口|交口)"
NUMBERS = (
    rf"(?:[0-9０-９]{{1,4}}(?:-[0-9]{{1,4}})?[号弄](?!线|口|楼(?![下上里道顶前后])|院|晚|早|上午|下午|开始|起|到)|[一二三四五六七八九十]{{1,3}}号(?=院|[，,])){{0,2}}"
    r"(?:(?:[A-Z]?[0-9]{1,3}|[一二三四五六七八九十]{1,3}|[A-Z][0-9]{0,2})(?:号楼(?![下上里道顶前后])|号院|栋|幢|座|(?<=[0-9])排|[#＃]楼?|号(?=[一二三四五六七八九十0-9]单元)))?"
    rf"(?:{COUNT}(?:单元|门(?!口|前|卫|外|诊)))?"
    rf"(?:负?{COUNT}(?:楼|层)(?!上|下|的?人家))?"
    r"(?:[0-9]{3,4}(?:室|户|房)|(?<=[元栋幢座楼层弄号])[0-9]{3,4}(?![0-9元块年个多号月]))?(?:(?<![0-9])[A-Z]?[0-9]{1,3}(?:-[0-9]{1,4}){1,3})?"
)
"""House, building, stairs, floor, door; each may be left out."""
TAIL = re.compile(
    rf"(?:(?<=[社区村])(?:[0-9]{{1,2}}|[{HAN}]?[一二三四五六七八九十]{{1,3}}|(?!小|群)[{HAN}]{{1,2}}[冲湾塘坪屋])[组社])?(?:(?<=[市购店汇城场街])(?:(?!的|在|买|里|有|是|卖|和|门|这|那|了|开|个)[{HAN}]){{0,5}}(?<!小|饭|酒|书|商|门|开|进|网)店)?"
    r"(?:(?<=[路街巷])口(?!味|碑|子|罩))?(?:站(?![着台长起在了岗点]))?"
    r"(?:[东西南北中]{1,2}(?:段|口|门|区|街|苑|院)|(?:[一二三四五六七八九十]{1,2}|[A-Z0-9]{1,2})(?:期|区(?!别|间)|组|队(?!伍)))?(?:(?<=[区园城苑府])(?:[A-Z]区|停车场|地下车库))?"
    rf"(?:(?:与|和|跟|、){ROADS}(?:{CROSSING}|口|(?=中间|之间|段))|{CROSSING})?{NUMBERS}"
)
OWN_NUMBER = re.compile(
    rf"(?<=[{HAN}])(?=(?:[A-Z]?[0-9]{{1,3}}|[一二三四五六七八九十]{{1,3}}|[A-Z][0-9]{{0,2}})(?:号楼(?![下上里道顶前后])|栋|幢|座(?!城|山|桥|位|谈|椅))|[0-9]{{1,2}}(?:-[0-9]{{1,4}}){{2,3}}|(?:[一二三四五六七八九]|[0-9])期(?!间|限|末|待|货|的)|[0-9]{{1,4}}弄)"
)
"""Where a name without an ending shows itself by the number behind it: 龙城一品3号楼."""
BREAK = r"(?<=[,，。;；、:：!！?？\s])|^"
BESIDE = re.compile(
    rf"(?:(?<=^)|(?<=[,，。;；、:：!！?？\s在到住从往去至]))((?:(?![的了是在有和与到])[{HAN}]){{2,6}}?)(?=附近|(?:的)?(?:正|斜)?对面|旁边|隔壁|[东西南北]边|门口|楼下|(?:这边|那边|这一?带|那一?带|一带)(?![{HAN}]?车)|(?:往|开往|至)[{HAN}]{{2,6}}方向)"
)
STAYED = re.compile(
    rf"(?:家住|住在?|(?:(?<![现正存所还内实])在|到|去)(?=[{HAN}]{{2,5}}?(?:上班|上学|读书|打工|工作|下车|上车|坐车|租房|租了|买了|开了|做|办|等)))([{HAN}]{{2,5}}?)(?=上班|上学|读书|打工|工作|下车|上车|坐车|租房|租了|买了|开了|做|办|等|[,，。;；、!！?？])"
)
OWNED = re.compile(
    rf"(?:我们?是|本人是|本人系|作为|家住|住在|租住在|租住|租的是|买的是|位于|{BREAK})([{HAN}]{{3,8}}?)(?=(?:小区)?的?(?:业主|住户|房子|房主|售楼部|楼盘|开发商|物业(?!费)|业主群|地下车库|交房|期房))"
)
"""Names without an ending of their own that the sentence puts somewhere: 在星沙这边, 在琶洲上班."""

LINE = led(
    r"[0-9]{1,2}号地铁线?|(?:地铁|轨道(?:交通)?|轻轨|有轨电车)(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})号线"
    r"|(?<![0-9A-Za-z])[A-Z]?[0-9]{1,4}路(?=公交|车|的?公交|公共汽车|司机|末班|首班|站)(?:公交车?|公共汽车|车)?"
    r"|(?<=[坐乘等搭换转])[A-Z]?[0-9]{1,4}路车?|(?:^|(?<=[,，。;；、\s的扬把让和与有或跟长]))[A-Z]?[0-9]{1,4}路(?![0-9])"
    r"|(?:[一二三四五六七八九十百]{1,4})路公交车?|(?:专线|夜|快线|快|定制|接驳)[0-9]{1,4}(?:路|(?![0-9号月年日]))"
    r"|(?:旅游?|夜班?|快|环|微|高峰|定制|通勤|社区)?[A-Z]?[0-9]{1,4}线路?(?:公交|公共汽)车?|(?:旅游?|夜班?|快|微|高峰)[0-9]{1,3}[路线号](?:公交|公共汽)?车?"
)
POLE = re.compile(
    r"(?:灯杆|路灯杆|电线杆|电杆|井盖|设施|杆体)(?:的?编?号(?:码)?)?(?:是|为|:|：)?\s*([A-Za-z]{0,4}[0-9-]{2,12}[0-9A-Za-z]?)(?:号)?"
)
PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·\s]?[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)
NATIONAL = re.compile(r"(?:国道|省道|县道|G|S)[0-9]{2,4}(?:国道|省道|高速)?|[0-9]{3}(?:国道|省道)")


def places(text: str) -> Iterator[Found]:
    """Every place, line, pole and number plate, in no particular order and possibly overlapping."""
    for found in LINE.finditer(text):
        yield Found(found.start(), found.end(), "line", found[0])
    for found in POLE.finditer(text):
        yield Found(found.start(), found.end(), "pole", found[1].upper())
    for found in PLATE.finditer(text):
        yield Found(found.start(), found.end(), "plate", re.sub(r"[·\s]", "", found[0]))
    speech = Speech(text)
    spots = [*named(text, speech)]
    others = [one for one in unnamed(text, speech) if all(one[1] <= start or end <= one[0] for start, end in spots)]
    for start, end in [*trimmed(text, spots), *others]:
        yield Found(start, end, "place", text[start:end])


def unnamed(text: str, speech: Speech) -> Iterator[tuple[int, int]]:
    """Places that no ending shows."""
    for shape in (BESIDE, STAYED):
        for found in shape.finditer(text):
            if found[1] not in FAR and speech.is_proper(found.start(1), found.end(1)):
                yield found.span(1)
    for found in OWNED.finditer(text):
        start, end = found.span(1)
        if not speech.cut_in(start, end) and not ENDING.search(text, end - 2, end) and speech.is_strange(start, end):
            yield start, end
    for found in NATIONAL.finditer(text):
        if found[0][0] not in "GS" or found[0].endswith("高速"):
            yield found.span()


class Candidate(NamedTuple):
    """An ending that may close a name."""

    start: int
    end: int
    word: str
    sort: Ending


def candidates(text: str) -> list[Candidate]:
    found = [
        Candidate(one.start(), one.end(), one[0], ENDINGS.get(one[0]) or shortened(one[0]))
        for one in ENDING.finditer(text)
    ]
    found += [Candidate(one.start(), one.start(), "", NUMBERED) for one in OWN_NUMBER.finditer(text)]
    return sorted(found, key=lambda one: (one.start, -one.end))


def shortened(word: str) -> Ending:
    """二中, 三院: ordinary words as well."""
    return Ending(6, False) if len(word) == 2 else ENDINGS["苑"]


def named(text: str, speech: Speech) -> Iterator[tuple[int, int]]:
    done, region, weak = 0, False, -1
    pending: tuple[int, int] | None = None
    for one in candidates(text):
        if one.start < done or goes_on(text, one):
            continue
        peoples = PEOPLES.search(text, max(0, one.start - 12), one.start) if one.word in REGIONS else None
        earliest = max(done, (peoples.start() if peoples else one.start) - one.sort.longest)
        start = speech.opening(earliest, one.start, done, region=region)
        if (
            weak >= 0
            and start == done
            and one.start - weak <= one.sort.longest
            and (one.sort.sure or one.sort is NUMBERED or one.word in ESTATE)
        ):
            start = weak
        elif start == earliest > done and not speech.opens(start):
            start = speech.last_name(earliest, one.start)
        if start == one.start and one.sort.sure and len(one.word) > 1 and one.word not in PARTS:
            start = max(done, speech.doing(start))
        end = tail(text, one.end)
        joins = 0 < start == done
        if not is_name(text, start, end, one, speech, joins=joins, region=joins and region):
            continue
        if pending and start > pending[0]:
            yield pending
        pending = start, end
        done, region = end, one.word[-1:] in REGIONAL and end == one.end
        weak = start if not one.sort.sure and end == one.end and len(one.word) == 1 and not region else -1
    if pending:
        yield pending


def tail(text: str, at: int) -> int:
    """Where house, building, stairs and door behind a name end."""
    found = TAIL.match(text, at)
    return found.end() if found else at


PEOPLES = re.compile(rf"(?:[{HAN}]{{1,2}}族)+(?:自治)?$")
TAUGHT = re.compile("[上读去到在的办立]")
"""In 洪山区上公办小学 the school is none of the district's name."""
A_CITY = re.compile(rf"(?:[{HAN}]{{1,3}}(?<![超夜早门城集楼])[省市州])+")
REGIONAL = frozenset("省市州县区旗镇乡村道区办")


def goes_on(text: str, one: Candidate) -> bool:
    """香樟苑 of 香樟苑小区: what follows belongs to the name."""
    longer = ENDING.match(text, one.end)
    if not longer or not one.word or longer[0] == one.word:
        return False
    if text[longer.end() : longer.end() + 1] in {*FOLLOWED.get(longer[0], "")}:
        return False
    if (
        longer[0] in ENDINGS
        and ENDINGS[longer[0]].sure
        and len(longer[0]) > 1
        and one.word not in REGIONS
        and len(one.word) == 1
    ):
        return True
    if one.word in ESTATE and longer[0] != "里" and (longer[0] in ESTATE or longer[0] == "湾"):
        return True
    return any(one.word[-1] in last and longer[0] in others for last, others in GOES_ON.items())


REGIONS = each("市 省 州 区 县 旗 镇 乡 村 街道 社区 街道办 办事处")


def is_name(
    text: str, start: int, end: int, one: Candidate, speech: Speech, *, joins: bool, region: bool = False
) -> bool:
    name, word = text[start : one.start], one.word
    bare = end == one.end
    house = is_house(one)
    if not name:
        return (
            (word in ALONE and bare)
            or (end > one.end and len(word) > 2)
            or (region and (word in OF_A_REGION or word not in ENDINGS))
            or (joins and house)
        )
    if generic(word, name) and (bare or len(word) == 1) and not (joins and house and not TAUGHT.search(name)):
        return False
    if is_everyday(text, start, end, one, speech, region=region):
        return False
    if len(name) == 1 and word not in ("庄", "站") and name not in "东西南北中" and not name.isdigit():
        return speech.is_known(start, one.end) or (
            one.sort.sure and (len(word) > 1 or (word in ROAD and not bare)) and (not bare or speech.opens(start))
        )
    return one.sort.sure or is_meant(text, start, end, one, speech, joins=joins, region=region)


def is_house(one: Candidate) -> bool:
    """An institution, which the place right before it may give its name: 天马小区菜鸟驿站."""
    return one.word == "社区" or (
        len(one.word) > 1 and one.sort.sure and any(one.word in sort for sort in (SCHOOL, PUBLIC, SHOP, ESTATE))
    )


def is_everyday(text: str, start: int, end: int, one: Candidate, speech: Speech, *, region: bool) -> bool:
    """Are name and ending together ordinary speech: 内河, 路面, 乡村?"""
    name, word = text[start : one.start], one.word
    bare = end == one.end
    if NEVER.search(name) or name.isascii():
        return True
    if bare and not region and text[end : end + 1] in {*FOLLOWED.get(word, "")}:
        sure = speech.opens(start) or speech.cuts_at(start)
        if word not in UNLESS_SURE or not sure or (len(name) < 2 and name not in "东西南北"):
            return True
    if word == "里" and bare and not speech.is_named(start, one.start):
        return True
    if not (len(word) > 1 and one.sort.sure) and speech.is_common(start, one.start):
        return True
    return speech.is_word(start, one.end) or (
        len(word) == 1 and name not in NAMING and generic(word, speech.within(one.start, one.end, start))
    )


def is_meant(text: str, start: int, end: int, one: Candidate, speech: Speech, *, joins: bool, region: bool) -> bool:
    """Of a doubtful ending: does the sentence speak of a place?"""
    name, word = text[start : one.start], one.word
    follows = joins and (len(word) != 1 or (word in ESTATE and word not in "里城园苑"))
    begun = region or follows or speech.opens(start) or speech.cuts_at(start)
    if one.sort is NUMBERED:
        return begun and speech.is_proper(start, one.start)
    if end > one.end or text[start - 1 : start] in {*"在到于从去往住"}:
        return True
    ends = not joins and (end == len(text) or text[end] in BREAKS)
    return (begun or ends) and (
        name in NAMING or any(word in sort for sort in (REGIONS, WATER, HILL)) or not NO_NAME_IN_DOUBT.search(name)
    )


def generic(word: str, name: str) -> bool:
    return (no := NO_NAME.get(word)) is not None and no.search(name) is not None


def trimmed(text: str, spots: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What is once named by itself is elsewhere cut out of the words before it: 加剧三捷河, where 三捷河 stands in the text."""
    alone = {
        text[start:end] for start, end in spots if start == 0 or text[start - 1] in BREAKS or text[start - 1] in "在的"
    }
    for start, end in spots:
        for at in range(start + 1, end - 2):
            if text[at:end] in alone:
                start = at
                break
        yield start, end


def joined(text: str, found: Iterable[Found]) -> list[Found]:
    """雁栖区 and 人民路12号 side by side are one place; a city by itself is none."""
    others = []
    merged: list[tuple[int, int]] = []
    for one in sorted(found, key=lambda f: (f.start, -f.end)):
        if one.kind != "place":
            others.append(one)
        elif merged and one.start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(one.end, merged[-1][1])
        else:
            merged.append((one.start, one.end))
    return [
        *(
            Found(start, end, "place", text[start:end])
            for start, end in merged
            if not A_CITY.fullmatch(text, start, end)
        ),
        *others,
    ]

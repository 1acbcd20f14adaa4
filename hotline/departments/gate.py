"""答复把关: what a reviewer would send back, said while it is being written.

What is `must` stops the reply; everything else is advice and never does: a person answers for the words."""

import re
from datetime import datetime

import msgspec

from hotline.departments import explaining
from hotline.directory.people import Actor
from hotline.infra.words import search_terms, tidy
from hotline.intake.places import PLATE
from hotline.tickets import facts as f
from hotline.tickets.guards.core import GUARDS
from hotline.tickets.privacy import BANK_CARD, IDENTITY_CARD, MOBILE
from hotline.tickets.states import Event, Kind, Solved
from hotline.tickets.ticket import Assignment, Ticket

LONGEST = 20_000
SHORT = 30
"""Characters; below this a public reply seldom says what was done, when, and by whom."""
FEW = 3
"""Words of the request; fewer say too little to be looked for in the reply."""


class Draft(msgspec.Struct, frozen=True):
    account: str = ""
    public_reply: str = ""
    solved: Solved | None = None
    found_true: bool | None = None
    unsolved_reason: str = ""


class Known(msgspec.Struct, frozen=True):
    """What the reply is held against."""

    kind: Kind
    asked: str
    """The citizen's title and words."""
    contacted: bool = True
    persons: tuple[str, ...] = ()
    """Name and numbers of the citizen, as far as the unit may know them."""
    earlier: tuple[str, ...] = ()
    """Public replies given before, all of them sent back in the end."""


class Finding(msgspec.Struct, frozen=True):
    """One thing to look at again, by the name a reviewer would refuse it with."""

    field: str
    message: str
    reason: str = ""
    must: bool = False


def look(draft: Draft, known: Known) -> tuple[Finding, ...]:
    return (*musts(draft), *advice(draft, known))


def musts(draft: Draft) -> tuple[Finding, ...]:
    """What a reply cannot be without, all of it at once."""
    account, public, why = tidy(draft.account), tidy(draft.public_reply), tidy(draft.unsolved_reason)
    found = []
    if not account:
        found.append(Finding("account", "请填写办理情况。", must=True))
    if not public:
        found.append(Finding("public_reply", "请填写给诉求人的公开答复。", must=True))
    if draft.solved is None:
        found.append(Finding("solved", "请选择是否解决。", must=True))
    elif draft.solved is not Solved.YES and not why:
        found.append(Finding("unsolved_reason", "未完全解决的,请写明原因和后续安排。", must=True))
    if max(len(account), len(public)) > LONGEST:
        found.append(Finding("account", f"办理情况和公开答复各不超过 {LONGEST} 字。", must=True))
    if blank := BLANK.search(public):
        found.append(Finding("public_reply", f"公开答复里还有没填的空白 {blank[0]},请补上或删去。", must=True))
    return tuple(found)


BLANK = re.compile(r"\{[^{}\n]{1,20}\}")
"""A place that a template left to be filled in."""


def advice(draft: Draft, known: Known) -> tuple[Finding, ...]:
    public, account = tidy(draft.public_reply), tidy(draft.account)
    found = [] if known.contacted else [NOT_CONTACTED]
    if known.kind in (Kind.COMPLAINT, Kind.REPORT) and draft.found_true is None and (public or account):
        found.append(Finding("found_true", "投诉、举报件请选择反映是否属实。", "格式不规范"))
    if not public:
        return tuple(found)
    found += wording(public, account, known)
    found += substance(public, account, draft, known)
    return tuple(found)


NOT_CONTACTED = Finding("contact", "还没有联系诉求人的记录,请先联系并登记结果。", "未联系诉求人")


def wording(public: str, account: str, known: Known) -> list[Finding]:
    """How the public text reads, and what must not stand in it."""
    found = []
    if any(person in public for person in known.persons if len(person) > 1):
        found.append(Finding("public_reply", "公开答复里有诉求人的姓名或号码,请改称“您”。", "公开答复不宜公开"))
    elif any(shape.search(public) for shape in PERSONAL):
        found.append(Finding("public_reply", "公开答复里有个人号码,请确认可以公开或删去。", "公开答复不宜公开"))
    if word := next((w for w in INNER if w in public), None):
        found.append(Finding("public_reply", f"“{word}”是内部用语,不宜对诉求人说。", "公开答复不宜公开"))
    if account and account == public:
        found.append(
            Finding("public_reply", "公开答复与办理情况完全相同,请改写成说给诉求人听的话。", "公开答复不宜公开")
        )
    if begging := BEGGING.search(public):
        found.append(Finding("public_reply", f"不得诱导评价:请删去“{begging[0]}”。", "格式不规范"))
    if public in known.earlier:
        found.append(Finding("public_reply", "与上一次的公开答复一字不差,请写明这次重新办理的情况。", "未逐项答复"))
    return found


PERSONAL = (IDENTITY_CARD, BANK_CARD, MOBILE, PLATE)
"""A unit may name its own telephone."""
INNER = (
    "领导批示",
    "内部掌握",
    "请勿外传",
    "不满意率",
    "考核扣分",
    "退单",
    "热线平台",
    "该市民",
    "该诉求人",
    "来电人称",
)
BEGGING = re.compile(r"(?:请|望|烦请|麻烦您?|恳请)[^。;!?,]{0,12}(?:好评|满意评价|评价满意|评为满意|五星|给予满意)")


def substance(public: str, account: str, draft: Draft, known: Known) -> list[Finding]:
    """Whether it answers what was asked, and says what comes next."""
    found = []
    if len(public) < SHORT:
        found.append(Finding("public_reply", "公开答复较短,请说明何时、由谁、做了什么。", "未逐项答复"))
    terms = telling(known.asked)
    if off_topic(terms, public, account):
        found.append(Finding("public_reply", "答复没有提到诉求里的任何一件事,请核对是否答非所问。", "答非所问"))
    if draft.solved in (Solved.PARTLY, Solved.NO) and not WHEN.search(public):
        found.append(Finding("public_reply", "尚未完全解决,请在公开答复里写明下一步和时间。", "未说明后续安排"))
    if draft.solved is Solved.NO and not BASIS.search(public):
        found.append(Finding("public_reply", "不能解决的,请写明所依据的法规或政策。", "缺少依据"))
    if draft.solved is Solved.YES and (empty := EMPTY.search(public)):
        found.append(Finding("public_reply", f"选了“已解决”,文中却写“{empty[0]}”,请核对。", "与事实不符"))
    return found or explanation(public, known, enough=len(terms) >= FEW)


def telling(asked: str) -> set[str]:
    """The words of a request by which its matter is known."""
    return {term for term in search_terms(asked) if len(term) > 1 and term not in GENERAL}


def off_topic(terms: set[str], public: str, account: str) -> bool:
    """答非所问: none of the matter's words is in either text."""
    return len(terms) >= FEW and not terms & set(search_terms(f"{public}\n{account}"))


def explanation(public: str, known: Known, *, enough: bool) -> list[Finding]:
    """Whether a reader learns anything: phrases, a promise without a day, being sent elsewhere, too little said of the matter."""
    read = explaining.explained(public, known.asked)
    if read.sent_away and read.substance < explaining.SHORT:
        message = f"答复只是请诉求人另找别处(“{read.sent_away[:20]}”),请写明已为其做了什么、由谁接着办。"
        return [Finding("public_reply", message, "未逐项答复")]
    if promise := next((one for one in explaining.promises(public) if not WHEN.search(one)), None):
        message = f"承诺“{promise[:24]}”没有写时间,请写明何时完成。"
        return [Finding("public_reply", message, "未说明后续安排")]
    if len(read.empty) > 1 and len(read.empty) * explaining.ROOM > read.substance:
        return [Finding("public_reply", f"空话套话较多(“{'”“'.join(read.empty[:3])}”),请写具体做法。", "未逐项答复")]
    if enough and read.score < explaining.LOW:
        message = f"除去客套,实际说明只有 {read.substance} 字,请对照诉求写明查明的情况、依据和处理结果。"
        return [Finding("public_reply", message, "未逐项答复")]
    return []


WORDS_OF_ALL = (
    "市民 反映 来电 来信 希望 部门 有关 相关 尽快 处理 解决 问题 情况 您好 我们 他们 现在 已经 一直 没有 进行 诉求 "
    "帮忙 看看 协调 请问 一下 这个 那个 可以 需要 非常 影响 什么 怎么 因为 所以 但是 还是 就是 每天 生活 严重 多次"
)
GENERAL = frozenset(WORDS_OF_ALL.split())
"""Words of every request: meeting one of them in the reply says nothing."""
WHEN = re.compile(
    r"(?<!\d)\d+\s*(?:年|月|日|号|天|周|个?工作日|个月)|(?<![一二三四五六七八九十两])[一二三四五六七八九十两]+个?(?:月|周|天|工作日)|年底|月底|本周|下周|下月|明年"
)
BASIS = re.compile(r"《[^》]+》|条例|规定|办法|法第|政策|标准|规范")
EMPTY = re.compile(r"正在(?:处理|办理|协调|核实|研究|推进)[^。;]{0,4}|将尽快[^。;,]{0,6}|高度重视,?将|后续将尽快")


def refusal(ticket: Ticket, share: Assignment | None, now: datetime, actor: Actor) -> str | None:
    """Why the state of the work allows no reply yet: the guard's own sentence."""
    fact = f.Answered(share.id if share else 0, Solved.YES, "", True)
    return GUARDS[Event.REPLY](ticket, fact, now, actor)

"""Which signs an answer bears (docs/rules.md F.10). A sign accuses nobody: a person looks, and the rate stays what it is."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from hotline.departments.gate import off_topic, telling
from hotline.infra.clock import BEIJING

SOON = timedelta(minutes=10)
"""A good rating by page this soon after the unit spoke with the citizen may have been given under its eyes."""
SAME_SOURCE = 3
"""Different citizens who rated one unit well from one device."""
SOURCE_WINDOW = timedelta(days=30)
WELL = 4
"""满意 and better."""
INDUCED = re.compile(
    r"(?:让|叫|要求?|求|逼|请)我?.{0,6}(?:打|给|评|选|说|按)(?:个)?(?:满意|五星|好评|5分|五分)"
    r"|(?:给|送|赔|补|发).{0,4}(?:钱|红包|礼品|东西|话费).{0,12}(?:满意|好评|撤诉|撤回)"
    r"|不(?:打|给|评|选)?(?:满意|好评).{0,8}(?:就不|不给|别想|后果)"
    r"|威胁|恐吓|上门(?:威胁|逼|要求)|逼(?:我|着).{0,4}(?:撤|满意)|买满意"
)


class Sign(StrEnum):
    SAME_SOURCE = "same_source"  # 同一设备多人好评
    AFTER_CONTACT = "after_contact"  # 联系后即评
    STAFF_NUMBER = "staff_number"  # 工作人员号码
    NOT_CONTACTED = "not_contacted"  # 联系记录不实
    NOT_AS_TOLD = "not_as_told"  # 办理不实
    INDUCED = "induced"  # 诱导评价
    WITHDRAWN = "withdrawn"  # 撤诉待核实
    OFF_TOPIC = "off_topic"  # 答非所问


class Said(msgspec.Struct, frozen=True):
    """One answer of a citizen, with what the records say beside it."""

    ticket_id: int
    callback_id: int
    unit_id: int
    """Who answered the matter that is rated."""
    at: datetime
    by_page: bool
    rating: int | None
    contacted: bool | None
    as_told: bool | None
    false_reply: bool
    """Dissatisfied because the work was not done as told."""
    words: str
    contact_at: datetime | None
    """When the unit recorded its last contact before the answer."""
    alike: int
    """Citizens who rated this unit well from the same device in the thirty days before, this one included."""
    staff: bool
    """The citizen's number is also one of the unit's people or of a unit."""


class Found(msgspec.Struct, frozen=True):
    sign: Sign
    ticket_id: int
    callback_id: int
    unit_id: int
    at: datetime
    because: str


def signs(said: Said) -> Iterator[Found]:
    for sign, because in _signs(said):
        yield Found(sign, said.ticket_id, said.callback_id, said.unit_id, said.at, because)


def _signs(said: Said) -> Iterator[tuple[Sign, str]]:
    well = said.rating is not None and said.rating >= WELL
    if well and said.by_page and said.alike >= SAME_SOURCE:
        yield Sign.SAME_SOURCE, f"30 天内同一设备为本单位的 {said.alike} 位诉求人作出好评。"
    if well and said.by_page and said.contact_at is not None and timedelta() <= said.at - said.contact_at <= SOON:
        minutes = int((said.at - said.contact_at).total_seconds() // 60)
        when = f"{said.contact_at.astimezone(BEIJING):%m月%d日 %H:%M}"
        yield (
            Sign.AFTER_CONTACT,
            f"单位 {when} 联系诉求人,{f'{minutes} 分钟' if minutes else '不到 1 分钟'}后网上好评。",
        )
    if well and said.staff:
        yield Sign.STAFF_NUMBER, "诉求人的电话与单位或工作人员登记的电话相同。"
    if said.contacted is False and said.contact_at is not None:
        when = f"{said.contact_at.astimezone(BEIJING):%m月%d日 %H:%M}"
        yield Sign.NOT_CONTACTED, f"单位记录 {when} 已联系诉求人,诉求人说没有联系。"
    if said.as_told is False or said.false_reply:
        yield Sign.NOT_AS_TOLD, "诉求人说实际办理情况与答复不符。"
    if induced := INDUCED.search(said.words):
        yield Sign.INDUCED, f"诉求人提到“{induced.group()}”。"


class Withdrawn(msgspec.Struct, frozen=True):
    """A request taken back while a unit had it, by word of mouth."""

    ticket_id: int
    unit_id: int
    at: datetime
    words: str


def withdrawn(of: Withdrawn) -> Found:
    """Every one is made sure of by the centre: a unit may have asked for it."""
    induced = INDUCED.search(of.words)
    because = (
        f"撤诉理由中提到“{induced.group()}”,须向诉求人核实。" if induced else "派单后撤诉,须向诉求人核实是否本人意愿。"
    )
    return Found(Sign.WITHDRAWN, of.ticket_id, 0, of.unit_id, of.at, because)


class Replied(msgspec.Struct, frozen=True):
    """A matter that was asked about, and the reply it was asked about with."""

    ticket_id: int
    callback_id: int
    unit_id: int
    at: datetime
    asked: str
    public: str
    account: str


def beside_the_matter(of: Replied) -> Found | None:
    """Whatever the citizen said, or could not be asked: such a reply may have been given to be rid of the matter."""
    if not off_topic(telling(of.asked), of.public, of.account):
        return None
    because = "公开答复和办理情况都没有提到诉求里的任何一件事,须核对是否答非所问。"
    return Found(Sign.OFF_TOPIC, of.ticket_id, of.callback_id, of.unit_id, of.at, because)

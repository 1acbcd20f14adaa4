"""What a request must hold before it is accepted, and every reason why not, in Chinese (docs/rules.md D)."""

import re
from collections.abc import Container, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

import msgspec

from hotline.infra.crypto import sm3
from hotline.infra.errors import InvalidInput
from hotline.infra.words import tidy
from hotline.intake.enterprise import concerns_enterprise
from hotline.tickets.facts import Create
from hotline.tickets.privacy import Matter, Petitioner
from hotline.tickets.states import Channel, Disposition, Kind, Urgency

MIN_CONTENT = 10
MAX_CONTENT = 20_000
MAX_TITLE = 100
MAX_NAME = 50

LONGEST = {
    "expected": 2000,
    "original_words": 20_000,
    "about": 200,
    "about_phone": 40,
    "call_id": 128,
    "recording_id": 128,
    "queue": 100,
    "channel_detail": 200,
    "grid": 100,
    "place": 200,
    "importance": 200,
    "campaign": 100,
}
Short = Annotated[str, msgspec.Meta(max_length=200)]
Labels = Annotated[tuple[Annotated[str, msgspec.Meta(max_length=50)], ...], msgspec.Meta(max_length=20)]
NUMBERS = range(10**14, 10**15)
YEARS = range(1900, 2201)

PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}\d{7,8}(\d{1,6})?|[2-9]\d{6,7}|400\d{7}|\d{3,6}", re.ASCII)
CALLER = re.compile(r"\+?\d{3,20}", re.ASCII)
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,200}\.[A-Za-z0-9-]{2,}")
EXTERNAL_ID = re.compile(r"\S(.{0,126}\S)?")


class Citizen(msgspec.Struct, frozen=True):
    """诉求人, as they give themselves."""

    phone: str | None = None
    name: str | None = None
    email: str | None = None


class Caller(Citizen, frozen=True):
    """诉求人, as an agent notes them down."""

    other_phone: Short | None = None
    home_address: Short | None = None
    gender: Literal["male", "female"] | None = None
    kind: Literal["person", "company", "organisation"] = "person"
    company: Short | None = None
    credit_code: Short | None = None
    id_type: Short | None = None
    id_number: Short | None = None
    language: Short | None = None
    elderly: bool = False
    disabled: bool = False
    labels: Labels = ()


class PublicRequest(msgspec.Struct, frozen=True):
    """A letter to the mayor or the hotline, sent by the citizen."""

    channel: Channel
    content: str
    citizen: Citizen
    title: str | None = None
    address: str | None = None
    district_code: str | None = None
    confidential: bool = False
    external_id: str | None = None
    kind: Kind | None = None
    callback_wanted: bool = True


class AgentRequest(msgspec.Struct, frozen=True):
    """A request an agent logs while the citizen speaks, or enters from paper."""

    content: str
    channel: Channel = Channel.PHONE
    title: str | None = None
    kind: Kind | None = None
    urgency: Urgency = Urgency.NORMAL
    category: str | None = None
    citizen: Caller = Caller()
    anonymous: bool = False
    caller_number: str | None = None
    address: str | None = None
    district_code: str | None = None
    occurred_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    people: int | None = None
    about: str | None = None
    about_phone: str | None = None
    accused_unit: int | None = None
    expected: str | None = None
    original_words: str | None = None
    confidential: bool = False
    callback_wanted: bool = True
    call_id: str | None = None
    recording_id: str | None = None
    queue: str | None = None
    channel_detail: str | None = None
    grid: str | None = None
    place: str | None = None
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    coordinates: Literal["gcj02", "wgs84"] = "gcj02"
    on_site: bool = False
    enterprise: bool | None = None
    """涉企; left out, it is read from the words."""
    police: bool = False
    sensitive: bool = False
    importance: str | None = None
    tags: Labels = ()
    campaign: str | None = None
    previous_ticket: int | None = None
    external_id: str | None = None
    """The desk's own key: the same one again makes no second ticket."""
    draft: bool = False
    unit_id: int | None = None
    """承办单位 that the agent proposes; sent there by itself only where the catalogue agrees."""
    answer: str | None = None
    """直接答复: the ticket ends with it."""
    disposition: Disposition | None = None
    """告知/转线: the ticket ends with it."""
    told: str = ""
    merge_into: int | None = None
    """并入 an open ticket."""


NOT_CHOSEN = Kind.SEEK_HELP
"""求助 also stands for a kind that was left open: the classifier fills it in, it never overrules 举报 or 投诉."""
OPEN_TO_PUBLIC = frozenset({Channel.MAYOR_MAILBOX, Channel.WEB, Channel.WECHAT, Channel.APP})

LABELS = {
    "channel": "渠道",
    "content": "诉求内容",
    "citizen": "诉求人",
    "citizen.phone": "联系电话",
    "citizen.name": "姓名",
    "citizen.email": "邮箱",
    "title": "标题",
    "address": "地址",
    "district_code": "区划代码",
    "confidential": "是否保密",
    "external_id": "外部编号",
    "kind": "诉求类型",
    "urgency": "紧急程度",
    "category": "分类",
    "occurred_at": "事发时间",
    "people": "涉及人数",
    "caller_number": "来电号码",
    "expected": "期望结果",
    "original_words": "诉求人原话",
    "about": "被反映对象",
    "call_id": "通话编号",
    "accused_unit": "被举报单位",
    "previous_ticket": "旧工单编号",
    "unit_id": "承办单位",
    "answer": "答复内容",
    "disposition": "处理方式",
    "told": "告知内容",
    "merge_into": "主单编号",
}

Faults = list[tuple[str, str]]


class Accepted(msgspec.Struct, frozen=True):
    """A request that is in order."""

    fact: Create
    matter: Matter
    petitioner: Petitioner
    external_id: str | None = None
    category: str | None = None


def read_public(raw: object, regions: Mapping[str, Any]) -> Accepted:
    """The citizen's request; InvalidInput lists everything that is wrong with it at once."""
    given, faults = gather(raw, PublicRequest)
    if isinstance(given.get("channel"), Channel) and given["channel"] not in OPEN_TO_PUBLIC:
        faults.append(("channel", "渠道须为 mayor_mailbox、web、wechat 或 app。"))
    if not any(field.startswith("citizen") for field, _ in faults) and not (given["citizen"].phone or "").strip():
        faults.append(("citizen.phone", "请填写联系电话,以便告知办理结果。"))
    return accepted(given, faults, regions)


def read_agent(
    raw: object,
    regions: Mapping[str, Any],
    categories: Container[str] | None = None,
    units: Container[int] | None = None,
) -> Accepted:
    given, faults = gather(raw, AgentRequest)
    category, accused, proposed = given.get("category"), given.get("accused_unit"), given.get("unit_id")
    if category and categories is not None and category not in categories:
        faults.append(("category", f"没有分类 {category[:20]},请重新选择。"))
    if accused is not None and units is not None and accused not in units:
        faults.append(("accused_unit", "没有这个被举报单位,请从列表中选择。"))
    if proposed is not None and units is not None and proposed not in units:
        faults.append(("unit_id", "没有这个承办单位,请从列表中选择。"))
    faults += agent_faults(given)
    faults += ending_faults(given)
    return accepted(given, faults, regions)


def agent_faults(given: Mapping[str, Any]) -> Faults:
    faults: Faults = []
    people, previous, occurred = given.get("people"), given.get("previous_ticket"), given.get("occurred_at")
    if people is not None and not 1 <= people <= 1_000_000:
        faults.append(("people", "涉及人数应在 1 至 1000000 之间。"))
    if previous is not None and not NUMBERS.start <= previous < NUMBERS.stop:
        faults.append(("previous_ticket", "旧工单编号应为 15 位数字。"))
    if occurred and occurred.year not in YEARS:
        faults.append(("occurred_at", f"事发时间应在 {YEARS.start} 年至 {YEARS.stop - 1} 年之间。"))
    if (caller := plain_phone(given.get("caller_number"))) and not CALLER.fullmatch(caller):
        faults.append(("caller_number", "来电号码应为 3 至 20 位数字。"))
    for name, most in LONGEST.items():
        if len(given.get(name) or "") > most:
            faults.append((name, f"{LABELS.get(name, name)}最多 {most} 个字。"))
    return faults


ENDINGS = ("answer", "disposition", "merge_into")


def ending_faults(given: Mapping[str, Any]) -> Faults:
    """A call ends in one way."""
    faults: Faults = []
    ways = [name for name in ENDINGS if given.get(name) not in (None, "")]
    if len(ways) > 1 or (ways and given.get("draft")):
        faults.append((ways[-1], "直接答复、转办告知、并单只能选一种,且不能同时存为草稿。"))
    if given.get("answer") is not None and not tidy(given["answer"]):
        faults.append(("answer", "请填写答复内容。"))
    for name in ("answer", "told"):
        if len(given.get(name) or "") > MAX_CONTENT:
            faults.append((name, f"{LABELS[name]}最多 {MAX_CONTENT} 个字。"))
    merged = given.get("merge_into")
    if merged is not None and not NUMBERS.start <= merged < NUMBERS.stop:
        faults.append(("merge_into", "主单编号应为 15 位数字。"))
    return faults


def read_letter(raw: object, regions: Mapping[str, Any]) -> Accepted:
    """A letter of a file: it may have come without a telephone number, then its writer is anonymous."""
    given, faults = gather(raw, PublicRequest)
    return accepted(given, faults, regions)


def gather(raw: object, shape: type[Any]) -> tuple[dict[str, Any], Faults]:
    """Each field converted by itself, so that one wrong field does not hide the next."""
    if not isinstance(raw, dict):
        raise InvalidInput([("body", "请求内容应为一个 JSON 对象。")])
    given: dict[str, Any] = {}
    faults: Faults = []
    for field in msgspec.structs.fields(shape):
        value = raw.get(field.name)
        if value is None and not field.required:
            given[field.name] = field.default
            continue
        try:
            given[field.name] = msgspec.convert(value, field.type)
        except msgspec.ValidationError as wrong:
            faults.append(fault(field, value, str(wrong)))
    return given, faults


def fault(field: msgspec.structs.FieldInfo, value: object, said: str) -> tuple[str, str]:
    name = field.name
    inside = said.rpartition("`$.")[2].rstrip("`") if "`$." in said else ""
    if inside:
        name = f"{name}.{inside}"
    label = LABELS.get(name, name)
    if value is None:
        return name, f"请填写{label}。"
    choices = [option for kind in (field.type, *get_args(field.type)) for option in options(kind)]
    if choices and not inside:
        return name, f"{label}“{str(value)[:20]}”不在可选范围:{'、'.join(choices)}。"
    return name, f"{label}的格式不对,请检查。"


def options(kind: Any) -> list[str]:
    return (
        [str(member.value) for member in kind]
        if isinstance(kind, type) and issubclass(kind, (Kind, Urgency, Channel, Disposition))
        else []
    )


def accepted(given: dict[str, Any], faults: Faults, regions: Mapping[str, Any]) -> Accepted:
    texts = {
        name: tidy(value) if isinstance(value, str) and name not in ENUMS else value for name, value in given.items()
    }
    citizen = given.get("citizen") or Citizen()
    phone, email, name = plain_phone(citizen.phone), tidy(citizen.email or ""), tidy(citizen.name or "")
    if len(name) > MAX_NAME:
        faults.append(("citizen.name", f"姓名最多 {MAX_NAME} 个字。"))
    faults += content_faults(texts) + contact_faults(phone, email, texts) + place_faults(texts, regions)
    if faults:
        raise InvalidInput(faults)
    title = texts.get("title") or title_from(texts["content"])
    said = {field: value for field, value in texts.items() if field in MATTER and value not in (None, "")}
    said.setdefault("enterprise", concerns_enterprise(f"{title}。{texts['content']}"))
    matter = msgspec.convert({**said, "title": title}, Matter)
    petitioner = writer(citizen, phone, email, name, given)
    fact = Create(
        kind=given.get("kind") or NOT_CHOSEN,
        urgency=given.get("urgency") or Urgency.NORMAL,
        channel=given["channel"],
        region=matter.district_code,
        confidential=bool(given.get("confidential")),
        callback_wanted=bool(given.get("callback_wanted", True)),
        accused_unit=given.get("accused_unit"),
        digest=digest(matter),
    )
    return Accepted(fact, matter, petitioner, texts.get("external_id") or None, given.get("category"))


ENUMS = frozenset({"channel", "kind", "urgency", "disposition"})
MATTER = frozenset(Matter.__struct_fields__)


def writer(citizen: Citizen, phone: str, email: str, name: str, given: Mapping[str, Any]) -> Petitioner:
    """The person, with numbers in one spelling and empty answers left out."""
    noted = {field: getattr(citizen, field) for field in Petitioner.__struct_fields__ if hasattr(citizen, field)}
    plain = {field: tidy(value) if isinstance(value, str) else value for field, value in noted.items()}
    plain |= {"name": name, "phone": phone, "email": email, "other_phone": plain_phone(plain.get("other_phone"))}
    plain["caller_number"] = plain_phone(given.get("caller_number"))
    plain["anonymous"] = bool(given.get("anonymous")) or not (phone or plain["caller_number"])
    return msgspec.convert({field: value for field, value in plain.items() if value not in ("", None)}, Petitioner)


def content_faults(given: Mapping[str, Any]) -> Faults:
    faults: Faults = []
    content, title = given.get("content"), given.get("title")
    if isinstance(content, str):
        if len(content) < MIN_CONTENT:
            faults.append(("content", f"诉求内容至少 {MIN_CONTENT} 个字,请说明时间、地点和希望怎样解决。"))
        if len(content) > MAX_CONTENT:
            faults.append(("content", f"诉求内容最多 {MAX_CONTENT} 个字,现有 {len(content)} 个字,请精简。"))
    if isinstance(title, str) and len(title) > MAX_TITLE:
        faults.append(("title", f"标题最多 {MAX_TITLE} 个字,现有 {len(title)} 个字。"))
    return faults


def contact_faults(phone: str, email: str, given: Mapping[str, Any]) -> Faults:
    faults: Faults = []
    if phone and not PHONE.fullmatch(phone):
        faults.append(("citizen.phone", "联系电话不对,请填写 11 位手机号或带区号的固定电话。"))
    if email and not EMAIL.fullmatch(email):
        faults.append(("citizen.email", "邮箱地址不对,应形如 name@example.cn。"))
    external = given.get("external_id")
    if external and not EXTERNAL_ID.fullmatch(external):
        faults.append(("external_id", "外部编号最多 128 个字符。"))
    return faults


def place_faults(given: Mapping[str, Any], regions: Mapping[str, Any]) -> Faults:
    code, address = given.get("district_code"), given.get("address")
    faults: Faults = []
    if code and code not in regions:
        faults.append(("district_code", f"没有区划代码 {str(code)[:20]},请从列表中选择。"))
    if isinstance(address, str) and len(address) > 200:
        faults.append(("address", "地址最多 200 个字。"))
    return faults


def plain_phone(typed: str | None) -> str:
    """139 1234-5678, +86 139…, (0739)… and full-width digits all mean the same number."""
    if not typed:
        return ""
    typed = re.sub(r"[\s\-—()（）]", "", typed.translate(FULL_WIDTH))
    return re.sub(r"^(\+|00)86", "", typed)


FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


def title_from(content: str) -> str:
    """The first sentence, for letters that came without a title."""
    first = re.split(r"[。!?!?;;\n]", content.strip(), maxsplit=1)[0].strip() or content.strip()
    return first if len(first) <= 40 else first[:39] + "…"


def digest(matter: Matter) -> str:
    """SM3 over what the citizen said; history keeps it, not the words."""
    return sm3("\0".join((matter.title, matter.content, matter.address)).encode()).hex()

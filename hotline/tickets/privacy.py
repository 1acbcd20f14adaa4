"""What of the citizen is shown to whom (个保法 §6 最小必要, GB/T 33358 保密处理; docs/rules.md B.5)."""

import re
from datetime import datetime
from typing import Any

import msgspec

from hotline.directory.people import Actor, Role
from hotline.tickets.ticket import Ticket


class Petitioner(msgspec.Struct, frozen=True):
    """诉求人: opened for those who need it, masked or absent for the rest."""

    name: str | None = None
    phone: str | None = None
    other_phone: str | None = None
    email: str | None = None
    caller_number: str | None = None
    home_address: str | None = None
    anonymous: bool = False
    kind: str = "person"
    """person 个人, company 企业, organisation 组织"""
    company: str | None = None
    credit_code: str | None = None
    gender: str | None = None
    id_type: str | None = None
    id_number: str | None = None
    language: str = ""
    elderly: bool = False
    disabled: bool = False
    labels: tuple[str, ...] = ()


class Matter(msgspec.Struct, frozen=True):
    """诉求: what the citizen said, and where and when it happened (docs/rules.md D)."""

    title: str
    content: str
    expected: str = ""
    original_words: str = ""
    address: str = ""
    district_code: str | None = None
    grid: str = ""
    place: str = ""
    """小区/POI"""
    longitude: float | None = None
    latitude: float | None = None
    coordinates: str = "gcj02"
    occurred_at: datetime | None = None
    people: int | None = None
    about: str = ""
    """被反映对象"""
    about_phone: str = ""
    on_site: bool = False
    enterprise: bool = False
    police: bool = False
    sensitive: bool = False
    importance: str = ""
    """重要程度: leadership, media … in words"""
    channel_detail: str = ""
    tags: tuple[str, ...] = ()
    campaign: str | None = None
    call_id: str | None = None
    recording_id: str | None = None
    queue: str = ""
    previous_ticket: int | None = None


OPEN_TO = frozenset(
    {
        Role.AGENT,
        Role.SHIFT_LEADER,
        Role.DISPATCHER,
        Role.CALLBACK,
        Role.SECRET_CALLBACK,
        Role.SUPERVISOR,
        Role.CENTRE_LEADER,
        Role.SUPERVISION,
        Role.QUALITY,
        Role.REVIEWER,
        Role.SYSTEM,
    }
)

HIDDEN = Petitioner(anonymous=True)


def shown(actor: Actor, ticket: Ticket, petitioner: Petitioner) -> Petitioner:
    """The citizen as this person may see them: a secret caller never leaves the centre."""
    if actor.has(*OPEN_TO):
        return petitioner
    if ticket.confidential:
        return HIDDEN
    if any(a.active and actor.unit_id == a.unit_id for a in ticket.assignments):
        return petitioner
    return msgspec.structs.replace(
        petitioner,
        name=masked_name(petitioner.name),
        phone=masked_phone(petitioner.phone),
        caller_number=masked_phone(petitioner.caller_number),
        other_phone=masked_phone(petitioner.other_phone),
        email=None,
        home_address=None,
        id_number=None,
    )


def hidden_from(actor: Actor, ticket: Ticket) -> bool:
    """Whether nothing of the citizen may reach this person: not even a name that stands in a text."""
    return ticket.confidential and not actor.has(*OPEN_TO)


SPOKEN = frozenset({"original_words", "call_id", "recording_id"})
"""The caller's own words and voice: who reads or hears them knows the caller."""
FIGURE, GAP, ALONE = "[0-9０-９]", "[ \u3000.·－—–-]?", "(?![0-9０-９A-Za-z])"
SPOKEN_FIGURE = "[零〇幺一二两三四五六七八九]"
# Behind letters stands the number of an order or a device, unless they say telephone or WeChat.
AFRESH = "(?:(?<![0-9０-９A-Za-z])|(?<=[Tt][Ee][Ll])|(?<=[VvWw][Xx]))"
MOBILE = re.compile(
    rf"{AFRESH}(?:(?:[+＋]|00)?86{GAP})?[1１][3-9３-９]{FIGURE}{GAP}{FIGURE}{{4}}{GAP}{FIGURE}{{4}}{ALONE}"
    rf"|(?<!{FIGURE})[1１](?: [0-9０-９]){{10}}{ALONE}"
    rf"|(?<!{SPOKEN_FIGURE})[幺一][三四五六七八九]{SPOKEN_FIGURE}{{9}}(?!{SPOKEN_FIGURE})"
)
LANDLINE = re.compile(rf"{AFRESH}[(（]?[0０]{FIGURE}{{2,3}}[)）]?{GAP}{FIGURE}{{7,8}}{ALONE}")
# Seven or eight figures may be a sum, a day or a case: a local number is one where the words say so.
LOCAL = re.compile(
    "(?P<before>(?:电话|座机|固话|手机|号码|致电|回电|拨打|联系方式)[^0-9０-９]{0,4})"
    rf"(?!20[0-9]{{2}}(?:0[1-9]|1[0-2])[0-3][0-9]{ALONE}){FIGURE}{{3,4}}{GAP}{FIGURE}{{4}}{ALONE}"
)
# Whole or in its three parts; no area code begins with 20, our ticket numbers do.
IDENTITY_CARD = re.compile(
    rf"(?<![0-9０-９A-Za-z])(?![2２][0０])[1-9１-９]{FIGURE}{{5}}{GAP}{FIGURE}{{8}}{GAP}{FIGURE}{{3}}[0-9０-９XxＸｘ]{ALONE}"
)
# Sixteen to nineteen figures that begin as the cards of the common issuers do (ISO/IEC 7812), in fours or not.
BANK_CARD = re.compile(
    rf"(?<![0-9０-９A-Za-z])(?:[6６][02-9０２-９]|[4４]{FIGURE}|[5５][1-5１-５]|[3３][57５７]|[9９][5-8５-８]){FIGURE}{{2}}"
    rf"(?:{GAP}{FIGURE}{{4}}){{3}}(?:{GAP}{FIGURE}{{1,3}})?{ALONE}"
)
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
SHAPES = (MOBILE, LANDLINE, IDENTITY_CARD, BANK_CARD, LOCAL, MAIL)
"""Numbers and addresses of persons, whoever they are."""


def veiled(value: Any, petitioner: Petitioner) -> Any:
    """Plain data without what points at the citizen, in whatever text a unit or an agent has written it."""
    if isinstance(value, dict):
        return {
            key: (None if inner is None else "") if key in SPOKEN else veiled(inner, petitioner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [veiled(inner, petitioner) for inner in value]
    return without(value, petitioner) if isinstance(value, str) else value


def without(text: str, petitioner: Petitioner) -> str:
    known = (
        petitioner.name,
        petitioner.phone,
        petitioner.other_phone,
        petitioner.caller_number,
        petitioner.email,
        petitioner.home_address,
        petitioner.id_number,
    )
    for secret in sorted(filter(None, known), key=len, reverse=True):
        if len(secret) > 1:
            text = text.replace(secret, "***")
    for shape in SHAPES:
        text = shape.sub(lambda found: f"{found.groupdict().get('before', '')}***", text)
    return text


def masked_name(name: str | None) -> str | None:
    """张三 → 张*: only the first character stays."""
    return name and name[0] + "*" * max(1, len(name) - 1)


def masked_phone(phone: str | None) -> str | None:
    """13912345678 → 139****5678"""
    if not phone:
        return phone
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "*" * len(phone)

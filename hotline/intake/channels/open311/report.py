"""What a GeoReport program sends, as a letter of ours; what it may read of a ticket."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec

from hotline.infra.clock import BEIJING
from hotline.infra.errors import InvalidInput
from hotline.intake.form import Accepted, PublicRequest, accepted, gather
from hotline.tickets.states import Channel, State

LONGEST_SPAN = timedelta(days=90)
MOST = 1000
"""Both from the standard: no list reaches further or is longer."""

CLOSED = (State.CLOSED, State.ARCHIVED, State.WITHDRAWN, State.MERGED)
OPEN = tuple(state for state in State if state not in (*CLOSED, State.DRAFT, State.VOID))
STATUSES = {"open": OPEN, "closed": CLOSED}

FIELDS = {
    "content": "description",
    "citizen.phone": "phone",
    "citizen.email": "email",
    "citizen.name": "last_name",
    "address": "address_string",
    "longitude": "long",
    "latitude": "lat",
    "channel": "service_code",
}
"""Our names of fields, and theirs."""


class PlacedRequest(PublicRequest, frozen=True):
    """A letter that knows where it is about."""

    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None
    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    coordinates: str = "wgs84"
    """GeoReport's points are GPS points."""


def read_report(typed: Mapping[str, str], service: str, regions: Mapping[str, Any], now: datetime) -> Accepted:
    """The letter; the citizen's choice of service is its title, which the classifier reads too.

    Raises InvalidInput with everything that is wrong, under GeoReport's own names."""
    name = f"{typed.get('last_name', '').strip()}{typed.get('first_name', '').strip()}"
    phone = typed.get("phone", "").strip()
    raw: dict[str, Any] = {
        "channel": Channel.OPEN311.value,
        "title": service,
        "content": typed.get("description", ""),
        "citizen": {"name": name or None, "phone": phone or None, "email": typed.get("email") or None},
        "address": typed.get("address_string") or None,
        "external_id": fingerprint(typed, now),
    }
    faults: list[tuple[str, str]] = []
    for ours, theirs in (("longitude", "long"), ("latitude", "lat")):
        if not typed.get(theirs):
            continue
        try:
            raw[ours] = float(typed[theirs])
        except ValueError:
            faults.append((ours, "坐标应为十进制度数,如 114.3055。"))
    if ("longitude" in raw) != ("latitude" in raw) and not faults:
        faults.append(("longitude", "经度 long 和纬度 lat 须同时填写。"))
    if not phone:
        faults.append(("citizen.phone", "请填写联系电话,以便告知办理结果。"))
    given, wrong = gather(raw, PlacedRequest)
    try:
        return accepted(given, [*faults, *wrong], regions)
    except InvalidInput as refused:
        raise InvalidInput(
            [(FIELDS.get(e["field"], e["field"]), e["message"]) for e in refused.data["errors"]]
        ) from None


SAID = ("service_code", "description", "phone", "email", "address_string", "lat", "long", "device_id", "account_id")


def fingerprint(typed: Mapping[str, str], now: datetime) -> str:
    """GeoReport has no number of the sender's: the same report on one day is one ticket, however often it is sent."""
    said = "\0".join([f"{now.astimezone(BEIJING):%Y%m%d}", *(typed.get(name, "").strip() for name in SAID)])
    return f"open311:{hashlib.sha256(said.encode(errors='replace')).hexdigest()[:32]}"


class Asked(msgspec.Struct, frozen=True):
    """Which requests a program wants to see."""

    since: datetime
    until: datetime
    services: tuple[str, ...] = ()
    states: tuple[State, ...] = (*OPEN, *CLOSED)
    numbers: tuple[int, ...] = ()
    page: int = 1
    size: int = MOST


def read_asked(query: Mapping[str, str], now: datetime) -> Asked:
    """InvalidInput names the parameter. Numbers are looked up whenever they are from; a list reaches back 90 days."""
    faults: list[tuple[str, str]] = []
    numbers = tuple(int(one) for one in split(query.get("service_request_id", "")) if one.isascii() and one.isdigit())
    if len(numbers) != len(split(query.get("service_request_id", ""))) or any(n >= 10**15 for n in numbers):
        faults.append(("service_request_id", "工单编号应为 15 位数字,多个用逗号分开。"))
    moments: dict[str, datetime | None] = {}
    for name in ("start_date", "end_date"):
        moments[name] = read_moment(query.get(name, ""))
        if query.get(name) and moments[name] is None:
            faults.append((name, "时间应写作 2026-11-22T08:00:00+08:00。"))
    states: list[State] = []
    for status in split(query.get("status", "")):
        if status not in STATUSES:
            faults.append(("status", "状态应为 open 或 closed。"))
        states += STATUSES.get(status, ())
    page, size = whole(query.get("page", "1")), whole(query.get("page_size", str(MOST)))
    if page is None or size is None or page < 1 or page > MOST or not 1 <= size <= MOST:
        faults.append(("page", f"page 和 page_size 应为 1 至 {MOST} 的整数。"))
    until = moments["end_date"] or now
    since = moments["start_date"] or until - LONGEST_SPAN
    if until - since > LONGEST_SPAN:
        faults.append(("start_date", "起止时间相距最多 90 天。"))
    if faults:
        raise InvalidInput(faults)
    assert page is not None and size is not None
    services = split(query.get("service_code", ""))
    return Asked(since, until, services, tuple(states) or (*OPEN, *CLOSED), numbers, page, size)


def split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def read_moment(text: str) -> datetime | None:
    """With its zone, as the standard asks; a `+` that came through an address as a blank is one again."""
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError:
        return None
    return moment if moment.tzinfo and 1900 < moment.year < 2200 else None

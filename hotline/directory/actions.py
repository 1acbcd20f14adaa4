"""Use cases of the directory: signing in and out, people and passwords, the demo city."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

import msgspec

from hotline.directory import store
from hotline.directory.demo import parse_people, parse_regions, parse_units
from hotline.directory.passwords import DEMO_PASSWORD, hash_password, matches, password_faults
from hotline.directory.people import SYSTEM, By, NewPerson, Role, role_faults
from hotline.directory.sessions import (
    RULES,
    Account,
    Attempt,
    Came,
    Opened,
    SessionRules,
    SignedIn,
    count_attempt,
    phone_fault,
    plain_username,
    why_closed,
)
from hotline.directory.units import (
    Directory,
    Unit,
    UnitKind,
    known_unit,
    path_below,
)
from hotline.infra.crypto import FieldCipher, sm3
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, InvalidInput, Misconfigured, NotFound, TooManyRequests

T = TypeVar("T")

# --- passwords: slow on purpose, so never in the event loop and never while a connection is held

_HASHERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")  # 64 MiB each
MOST_WAITING = 64
_waiting = 0


async def slowly(work: Callable[..., T], *given: str) -> T:
    """Run one hashing in its thread; a flood of them is refused before it eats the memory."""
    global _waiting
    if _waiting >= MOST_WAITING:
        raise TooManyRequests("同时登录的人太多,请过几秒再试。")
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_HASHERS, work, *given)
    finally:
        _waiting -= 1


def made_up(username: str) -> str:
    """A first password: random, with a sign and digits in any case, as the rule for passwords asks. It asks, too, that the
    name is not in it, and chance puts a short one there."""
    while True:
        password = f"{secrets.token_urlsafe(9)}{secrets.choice('-+=')}{secrets.randbelow(90) + 10}"
        if not password_faults(password, username.strip()):
            return password


# --- signing in: count the attempt, check the password outside any transaction, then open the session


async def begin_sign_in(
    conn: Connection, username: str, *, came: Came, now: datetime, demo: bool, rules: SessionRules = RULES
) -> Attempt:
    """Commit before checking the password: the attempt counts as failed until it has succeeded."""
    if came.address is not None:
        failures = await store.count_failures(conn, came.address, now - rules.address_window)
        if failures >= rules.address_failures:
            raise TooManyRequests("这个网络地址登录失败次数过多,请 15 分钟后再试。")
    name = plain_username(username)
    account = await store.lock_account(conn, name) if name else None
    if account is None:
        return Attempt(None, "unknown", came)
    return await _counted(conn, account, came, now=now, demo=demo, rules=rules)


async def _counted(
    conn: Connection, account: Account, came: Came, *, now: datetime, demo: bool, rules: SessionRules
) -> Attempt:
    refused = why_closed(account, now, demo=demo)
    if refused is None:
        await store.save_attempt(conn, account.person_id, *count_attempt(account, now, rules))
    return Attempt(account, refused, came)


async def password_fits(attempt: Attempt, password: str) -> bool:
    return await slowly(matches, attempt.password_hash, password)


async def finish_sign_in(
    conn: Connection, attempt: Attempt, *, right: bool, now: datetime, demo: bool, rules: SessionRules = RULES
) -> Opened | None:
    """The session, or None: the failure must be committed, so it is the caller who says WrongPassword."""
    account = attempt.account
    if account is None or attempt.refused or not right:
        person_id = account.person_id if account else None
        await store.append_log(conn, attempt.refused or "wrong", person_id, came=attempt.came, now=now)
        return None
    await store.save_attempt(conn, account.person_id, 0, None)
    await store.append_log(conn, "opened", account.person_id, came=attempt.came, now=now)
    return await _open(conn, account.person_id, attempt.came, now=now, demo=demo, rules=rules)


async def _open(
    conn: Connection, person_id: int, came: Came, *, now: datetime, demo: bool, rules: SessionRules
) -> Opened | None:
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    expires_at = now + rules.life
    await store.insert_session(conn, sm3(token.encode()), person_id, csrf, came=came, now=now, expires_at=expires_at)
    signed_in = await load_session(conn, token, now, demo=demo, rules=rules)
    return Opened(token, signed_in) if signed_in else None


async def load_session(
    conn: Connection, token: str, now: datetime, *, demo: bool, rules: SessionRules = RULES
) -> SignedIn | None:
    """Who holds this token, in one statement; None when it is unknown, too old or idle for too long."""
    return await store.load_session(conn, sm3(token.encode()), now, demo=demo, rules=rules)


async def sign_out(conn: Connection, token: str, *, came: Came, now: datetime) -> None:
    person_id = await store.delete_session(conn, sm3(token.encode()))
    if person_id is not None:
        await store.append_log(conn, "signed_out", person_id, came=came, now=now)


async def forget_expired(conn: Connection, now: datetime, rules: SessionRules = RULES) -> None:
    await store.delete_expired(conn, now, rules)


# --- one's own password: the old one is asked under the same count and lock as a sign-in


async def begin_password_change(
    conn: Connection, signed_in: SignedIn, new: str, *, came: Came, now: datetime, demo: bool
) -> Attempt:
    refuse_weak(new, signed_in.username, field="new_password")
    account = await store.lock_account(conn, signed_in.username)
    if account is None:
        return Attempt(None, "unknown", came)
    return await _counted(conn, account, came, now=now, demo=demo, rules=RULES)


async def finish_password_change(
    conn: Connection, attempt: Attempt, new_hash: str | None, *, token: str, now: datetime
) -> bool:
    """Keeps this session and ends every other; without a hash the old password did not fit."""
    account = attempt.account
    if account is None or new_hash is None:
        person_id = account.person_id if account else None
        await store.append_log(conn, attempt.refused or "wrong", person_id, came=attempt.came, now=now)
        return False
    await store.save_password(conn, account.person_id, new_hash, must_change=False)
    await store.delete_sessions_of(conn, account.person_id, but=sm3(token.encode()))
    await store.append_log(conn, "changed", account.person_id, came=attempt.came, now=now)
    return True


def refuse_weak(password: str, username: str, *, field: str = "password") -> None:
    if faults := password_faults(password, username):
        raise InvalidInput([(field, fault) for fault in faults])


# --- people


async def add_person(
    conn: Connection,
    new: NewPerson,
    password: str,
    *,
    cipher: FieldCipher | None = None,
    must_change: bool = True,
    by: By | None = None,
    hashed: str | None = None,
) -> int:
    """`hashed` when the password has been hashed before, while no connection was held."""
    username, phone = plain_username(new.username), (new.phone or "").strip()
    faults = await new_role_faults(conn, new.roles, new.unit_id)
    if username is None:
        faults.append(("username", "用户名须为 2 至 32 位小写字母、数字、点、横线或下划线,以字母或数字开头。"))
    if not new.name.strip():
        faults.append(("name", "请填写姓名。"))
    faults += [("password", fault) for fault in password_faults(password, username or "")]
    if fault := phone_fault(phone):
        faults.append(("phone", fault))
    if phone and cipher is None:
        raise Misconfigured("登记电话须先配置字段加密密钥 HOTLINE_FIELD_KEYS。")
    if faults or username is None:
        raise InvalidInput(faults)
    if await store.lock_account(conn, username):
        raise taken(username)
    phone_enc = cipher.encrypt(phone) if cipher and phone else None
    kept = await slowly(hash_password, password) if hashed is None else hashed
    plain = msgspec.structs.replace(new, username=username)
    person_id = await _add_account(conn, plain, kept, phone_enc, must_change=must_change, by=by)
    await store.append_security(conn, "person_added", by, person_id=person_id, unit_id=new.unit_id)
    return person_id


def taken(username: str) -> Conflict:
    return Conflict(f"用户名 {username} 已有人用,请换一个。", username=username)


async def new_role_faults(conn: Connection, roles: frozenset[Role], unit_id: int | None) -> list[tuple[str, str]]:
    """What stands against these roles in that unit."""
    unit = known_unit(await store.load_directory(conn), unit_id) if unit_id is not None else None
    at_centre = None if unit is None else unit.kind is UnitKind.CENTRE
    faults = [("roles", fault) for fault in role_faults(roles, has_unit=unit is not None, at_centre=at_centre)]
    if unit is not None and not unit.active:
        faults.append(("unit_id", f"“{unit.name}”已停用或并入其他单位,请选择在用的单位。"))
    return faults


async def _add_account(
    conn: Connection,
    new: NewPerson,
    hashed: str,
    phone_enc: bytes | None = None,
    *,
    must_change: bool = False,
    demo: bool = False,
    by: By | None = None,
) -> int:
    person_id = await store.insert_person(conn, new.name, new.unit_id, phone_enc)
    if not await store.insert_account(conn, person_id, new.username, hashed, must_change=must_change, demo=demo):
        raise taken(new.username)
    await store.replace_roles(conn, person_id, new.roles, by)
    return person_id


async def set_roles(conn: Connection, username: str, roles: frozenset[Role], by: By | None = None) -> None:
    """Roles are read with every request, so this holds from the next one on."""
    account = await _account(conn, username)
    faults = await new_role_faults(conn, roles, await store.unit_of(conn, account.person_id))
    faults += deputy_faults(roles, await store.standing_in(conn, account.person_id, by.now if by else None))
    if faults:
        raise InvalidInput(faults)
    await store.replace_roles(conn, account.person_id, roles, by)


def deputy_faults(roles: frozenset[Role], standing_in: frozenset[Role]) -> list[tuple[str, str]]:
    """A deputy's own roles and those they stand in for must go together as if they were held at once."""
    against = role_faults(roles | standing_in, has_unit=True) if standing_in else []
    return [("roles", f"此人正代理承办单位的岗位({fault.rstrip('。')}),请先结束代理。") for fault in against]


async def reset_password(
    conn: Connection, username: str, password: str, *, now: datetime, by: By | None = None, hashed: str | None = None
) -> None:
    """Lifts the lock, ends every session; the person chooses a password of their own at the next sign-in."""
    account = await _account(conn, username)
    refuse_weak(password, account.username)
    kept = await slowly(hash_password, password) if hashed is None else hashed
    await store.save_password(conn, account.person_id, kept, must_change=True)
    await store.delete_sessions_of(conn, account.person_id)
    await store.append_log(conn, "reset", account.person_id, came=Came(), now=now)
    await store.append_security(conn, "password_reset", by, person_id=account.person_id)


async def set_person_active(conn: Connection, username: str, active: bool, by: By | None = None) -> None:
    account = await _account(conn, username)
    if account.active is active:
        return
    await store.set_active(conn, account.person_id, active)
    await store.append_security(conn, "person_opened" if active else "person_closed", by, person_id=account.person_id)
    if not active:
        await store.delete_sessions_of(conn, account.person_id)


async def _account(conn: Connection, username: str) -> Account:
    name = plain_username(username)
    account = await store.lock_account(conn, name) if name else None
    if account is None:
        raise NotFound(f"没有用户名为 {username} 的账号,请核对。")
    return account


# --- the demo city


class Seeded(msgspec.Struct, frozen=True):
    regions: int
    units: int
    people: int


async def seed_demo(conn: Connection, *, now: datetime, demo: bool) -> Seeded:
    """Units and regions of the demo city; its logins only when `demo`. What is there already stays as it is."""
    before = await store.lock_directory(conn)
    regions = [r for r in parse_regions(store.demo_text("regions.csv")) if r.code not in before.regions]
    if regions:
        await store.insert_regions(conn, regions)
    units = await _seed_units(conn, before, now)
    people = await _seed_people(conn, await store.load_directory(conn)) if demo else 0
    return Seeded(len(regions), units, people)


async def _seed_units(conn: Connection, directory: Directory, now: datetime) -> int:
    known, added = dict(directory.by_code), 0
    for row in parse_units(store.demo_text("units.csv")):
        if row.code in known:
            continue
        parent = known[row.parent] if row.parent else None
        rest = (row.region, row.phone, None)
        unit_id = await store.insert_unit(conn, row.code, row.name, row.kind, parent, rest=rest)
        await store.add_free_aliases(conn, unit_id, row.aliases)
        path = path_below(parent, unit_id)
        known[row.code] = Unit(unit_id, row.code, row.name, row.kind, parent.id if parent else None, path)
        after = msgspec.to_builtins(known[row.code])
        await store.append_unit_history(conn, unit_id, "add", None, after, actor=SYSTEM, now=now)
        added += 1
    return added


async def _seed_people(conn: Connection, directory: Directory) -> int:
    taken = await store.usernames(conn)
    new = [person for person in parse_people(store.demo_text("people.csv")) if person.login not in taken]
    hashed = await slowly(hash_password, DEMO_PASSWORD) if new else ""  # one for all of them: argon2 is slow
    for row in new:
        unit = directory.unit_by_code(row.unit)
        if unit is None:
            raise Misconfigured(f"people.csv 中 {row.login} 的单位 {row.unit} 不存在,请核对。")
        await _add_account(conn, NewPerson(row.name, row.login, row.roles, unit.id), hashed, demo=True)
    return len(new)

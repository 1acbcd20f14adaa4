"""What administrators do with accounts. Nobody changes their own powers, and one system administrator always stays."""

from datetime import datetime

import msgspec

from hotline.directory import actions, store
from hotline.directory.people import By, NewPerson, Role
from hotline.directory.sessions import SignedIn, phone_fault
from hotline.directory.staff import store as staff
from hotline.directory.staff.deputies import Deputy, faults
from hotline.directory.staff.store import Person
from hotline.directory.units import known_unit
from hotline.infra.crypto import FieldCipher, sm3
from hotline.infra.db import Connection
from hotline.infra.errors import Conflict, Forbidden, InvalidInput, NotFound


class PersonChange(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Only what is set changes."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    unit_id: int | msgspec.UnsetType | None = msgspec.UNSET
    phone: str | msgspec.UnsetType = msgspec.UNSET


class NewDeputy(msgspec.Struct, frozen=True):
    person_id: int
    unit_id: int
    roles: frozenset[Role]
    begins_at: datetime
    ends_at: datetime
    reason: str
    stands_for: int | None = None


async def known_person(conn: Connection, person_id: int) -> Person:
    found = await staff.people(conn, person_id=person_id)
    if not found:
        raise NotFound(f"没有编号为 {person_id} 的人员,请核对。")
    return found[0]


def refuse_oneself(person_id: int, by: By, what: str) -> None:
    if person_id == by.actor.person_id:
        raise Forbidden(f"不能{what}自己的账号,请由另一位系统管理员办理。")


async def refuse_last_administrator(conn: Connection) -> None:
    if await staff.administrators_left(conn) == 0:
        raise Conflict("至少须保留一位在用的系统管理员,请先任命另一位。")


async def add(conn: Connection, new: NewPerson, password: str, hashed: str, *, cipher: FieldCipher, by: By) -> Person:
    person_id = await actions.add_person(conn, new, password, cipher=cipher, by=by, hashed=hashed)
    return await known_person(conn, person_id)


async def change(conn: Connection, person_id: int, given: PersonChange, *, cipher: FieldCipher, by: By) -> Person:
    """Another unit asks anew whether the roles fit there."""
    before = await known_person(conn, person_id)
    after = msgspec.structs.replace(
        before,
        name=before.name if given.name is msgspec.UNSET else given.name.strip(),
        unit_id=before.unit_id if given.unit_id is msgspec.UNSET else given.unit_id,
    )
    wrong = [] if after.name else [("name", "请填写姓名。")]
    if given.phone is not msgspec.UNSET and (fault := phone_fault(given.phone)):
        wrong.append(("phone", fault))
    if after.unit_id != before.unit_id:
        wrong += await actions.new_role_faults(conn, frozenset(before.roles), after.unit_id)
    if wrong:
        raise InvalidInput(wrong)
    phone = None if given.phone is msgspec.UNSET or not given.phone.strip() else cipher.encrypt(given.phone.strip())
    await staff.save_person(conn, person_id, after.name, after.unit_id, phone)
    act = "person_moved" if after.unit_id != before.unit_id else "person_changed"
    detail = {"name": [before.name, after.name], "unit": [before.unit_id, after.unit_id], "phone": phone is not None}
    await store.append_security(conn, act, by, person_id=person_id, unit_id=after.unit_id, detail=detail)
    return await known_person(conn, person_id)


async def set_roles(conn: Connection, person_id: int, roles: frozenset[Role], by: By) -> Person:
    refuse_oneself(person_id, by, "更改")
    await store.lock_directory(conn)
    person = await known_person(conn, person_id)
    await actions.set_roles(conn, person.username, roles, by)
    if Role.SYSTEM_ADMIN in person.roles:
        await refuse_last_administrator(conn)
    return await known_person(conn, person_id)


async def reset_password(conn: Connection, person_id: int, password: str, hashed: str, by: By) -> Person:
    person = await known_person(conn, person_id)
    await actions.reset_password(conn, person.username, password, now=by.now, by=by, hashed=hashed)
    return await known_person(conn, person_id)


async def set_active(conn: Connection, person_id: int, active: bool, by: By) -> Person:
    refuse_oneself(person_id, by, "启用或停用")
    await store.lock_directory(conn)
    person = await known_person(conn, person_id)
    if active:
        wrong = await actions.new_role_faults(conn, frozenset(person.roles), person.unit_id)
        if wrong:
            raise InvalidInput(wrong)
    await actions.set_person_active(conn, person.username, active, by)
    if not active:
        await staff.end_deputies_of(conn, person_id, by.now)
        await refuse_last_administrator(conn)
    return await known_person(conn, person_id)


# --- deputies


async def grant_deputy(conn: Connection, new: NewDeputy, by: By) -> Deputy:
    # The account's lock makes a grant of roles at the same moment wait.
    person = await known_person(conn, new.person_id)
    await store.lock_account(conn, person.username)
    person = await known_person(conn, new.person_id)
    unit = known_unit(await store.load_directory(conn), new.unit_id)
    wrong = faults(unit, new.roles, frozenset(person.roles), new.begins_at, new.ends_at, by.now)
    if not person.active:
        wrong.append(("person_id", f"{person.name}的账号已停用,请另选代理人。"))
    if not new.reason.strip():
        wrong.append(("reason", "请写明代理的事由。"))
    if wrong:
        raise InvalidInput(wrong)
    if new.stands_for is not None and (await known_person(conn, new.stands_for)).unit_id != unit.id:
        raise InvalidInput([("stands_for", f"被代理的人不属于“{unit.name}”,请核对。")])
    period = (new.begins_at, new.ends_at)
    roles = sorted(new.roles)
    deputy_id = await staff.add_deputy(conn, person.id, unit.id, new.stands_for, roles, period, new.reason.strip(), by)
    detail = {"deputy_id": deputy_id, "roles": roles, "begins_at": new.begins_at, "ends_at": new.ends_at}
    await store.append_security(conn, "deputy_granted", by, person_id=person.id, unit_id=unit.id, detail=detail)
    return await known_deputy(conn, deputy_id)


async def known_deputy(conn: Connection, deputy_id: int) -> Deputy:
    found = await staff.deputies(conn, deputy_id=deputy_id)
    if not found:
        raise NotFound(f"没有编号为 {deputy_id} 的代理,请核对。")
    return found[0]


async def end_deputy(conn: Connection, deputy_id: int, by: By) -> Deputy:
    """Holds from the next request on: a session that acts as the deputy is itself again."""
    deputy = await known_deputy(conn, deputy_id)
    if deputy.ended_at is not None or deputy.ends_at <= by.now:
        raise Conflict("这项代理已经结束。")
    await staff.end_deputy(conn, deputy_id, by.now)
    detail = {"deputy_id": deputy_id}
    await store.append_security(
        conn, "deputy_ended", by, person_id=deputy.person_id, unit_id=deputy.unit_id, detail=detail
    )
    return await known_deputy(conn, deputy_id)


async def act_as(conn: Connection, signed_in: SignedIn, token: str, deputy_id: int | None, by: By) -> None:
    """Begin or end acting as a deputy in this session; every switch leaves a line."""
    person_id = signed_in.actor.person_id
    if deputy_id == signed_in.deputy_id:
        return
    if deputy_id is None:
        await _switched(conn, token, None, "acting_ended", by, person_id)
        return
    open_now = await staff.deputies(conn, person_id=person_id, open_at=by.now)
    deputy = next((d for d in open_now if d.id == deputy_id and d.runs(by.now)), None)
    if deputy is None:
        raise NotFound("您现在没有这项代理,请核对代理的起止时间。")
    await _switched(conn, token, deputy, "acting_began", by, person_id)


async def _switched(
    conn: Connection, token: str, deputy: Deputy | None, act: str, by: By, person_id: int | None
) -> None:
    await staff.act_as(conn, sm3(token.encode()), deputy.id if deputy else None)
    detail = {"deputy_id": deputy.id} if deputy else {}
    unit_id = deputy.unit_id if deputy else None
    await store.append_security(conn, act, by, person_id=person_id, unit_id=unit_id, detail=detail)

"""What each row of a file of mail addresses would do, or why it would not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from hotline.notices.wishes import is_address

COLUMNS = ("登录名", "邮箱")
NAME = "姓名"
"""Where the file has it, it must be the person's: a login that slipped by one row is seen."""

Change = Literal["new", "changed", "same", "refused"]


class Account(msgspec.Struct, frozen=True):
    person_id: int
    login: str
    name: str
    unit: str | None
    active: bool
    mail: str | None


class Given(msgspec.Struct, frozen=True):
    login: str
    mail: str
    name: str = ""


class AddressRow(msgspec.Struct, frozen=True):
    """One row as it would be taken."""

    line: int
    """In the file, its headings being the first."""
    login: str
    mail: str
    name: str
    unit: str
    change: Change
    because: str
    """Why it is refused."""


def given(rows: Sequence[Mapping[str, str]]) -> list[Given]:
    return [Given(row.get("登录名", ""), row.get("邮箱", ""), row.get(NAME, "")) for row in rows]


def looked_at(rows: Sequence[Given], accounts: Mapping[str, Account]) -> list[AddressRow]:
    often = Counter(row.login for row in rows)
    return [_row(line, row, accounts.get(row.login), often[row.login]) for line, row in enumerate(rows, 2)]


def _row(line: int, row: Given, account: Account | None, often: int) -> AddressRow:
    name, unit = (account.name, account.unit or "") if account else ("", "")
    if fault := refusal(row, account, often):
        return AddressRow(line, row.login, row.mail, name, unit, "refused", fault)
    assert account is not None
    change: Change = "new" if account.mail is None else "same" if account.mail == row.mail else "changed"
    return AddressRow(line, row.login, row.mail, name, unit, change, "")


def refusal(row: Given, account: Account | None, often: int) -> str:
    if account is None:
        return f"没有登录名“{row.login[:40]}”,请核对。" if row.login else "没有填登录名。"
    if not account.active:
        return f"{account.name}的账号已停用。"
    if row.name and row.name != account.name:
        return f"登录名 {row.login} 是{account.name},文件里写的是{row.name[:20]}。"
    if often > 1:
        return "同一登录名在文件里出现了不止一次。"
    return "" if is_address(row.mail) else "邮箱地址不对,请写成 name@example.gov.cn 的样子。"

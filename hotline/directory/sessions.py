"""Sign-in as rules: who may try, what a failure costs, how long a session lives."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from hotline.directory.passwords import MATCHES_NOTHING
from hotline.directory.people import Actor
from hotline.infra.errors import Forbidden, NotSignedIn

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


@dataclass(frozen=True, slots=True)
class SessionRules:
    life: timedelta = timedelta(hours=12)
    """However busy, a session ends after this."""
    idle: timedelta = timedelta(hours=2)
    failures: int = 5
    locked_for: timedelta = timedelta(minutes=15)
    address_failures: int = 50
    """A whole centre may sit behind one address, so this stands well above one person's mistakes."""
    address_window: timedelta = timedelta(minutes=15)


RULES = SessionRules()


class WrongPassword(NotSignedIn):
    """One answer for an unknown name, a wrong password, a locked and a closed account: nothing can be guessed from it."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__("用户名或密码不正确。连续输错 5 次账号会锁定 15 分钟,请核对后再试,或请系统管理员重置密码。")


class CsrfRefused(Forbidden):
    code = "csrf"

    def __init__(self) -> None:
        super().__init__("页面凭证缺失或已过期,请刷新页面后重试。", header="X-CSRF-Token")


class MustChangePassword(Forbidden):
    code = "must_change_password"

    def __init__(self) -> None:
        super().__init__("首次登录或密码被重置后,请先修改密码再继续。")


class Account(msgspec.Struct, frozen=True):
    person_id: int
    username: str
    password_hash: str
    must_change: bool
    failed_count: int
    locked_until: datetime | None
    demo: bool
    active: bool


class Came(msgspec.Struct, frozen=True):
    """Where a request came from, for the log."""

    address: str | None = None
    agent: str | None = None


class SignedIn(msgspec.Struct, frozen=True):
    """Everything a request needs to know about who sent it; read in one statement."""

    actor: Actor
    csrf: str
    must_change: bool
    username: str
    unit_code: str | None = None
    unit_name: str | None = None
    deputy_id: int | None = None
    """代理: for whom they act now; None as themselves."""


class Attempt(msgspec.Struct, frozen=True):
    """A sign-in under way. Its password is checked even when the answer is settled, so that the time tells nothing."""

    account: Account | None
    refused: str | None
    came: Came

    @property
    def password_hash(self) -> str:
        return MATCHES_NOTHING if self.account is None or self.refused else self.account.password_hash


class Opened(msgspec.Struct, frozen=True):
    token: str
    signed_in: SignedIn


def plain_username(typed: str) -> str | None:
    """The name as accounts keep it; None when no account can bear it."""
    name = typed.strip().lower()
    return name if USERNAME.fullmatch(name) else None


def phone_fault(typed: str) -> str | None:
    """What a telephone cannot be, as a sentence: notices go to it, and nobody sees it again to find the slip."""
    told = typed.strip()
    if not told or (re.fullmatch(r"[0-9+()（） -]+", told) and 5 <= sum(c.isdigit() for c in told) <= 20):
        return None
    return "电话须是 5 至 20 位数字,可以带区号和分机的横线。"


def why_closed(account: Account, now: datetime, *, demo: bool) -> str | None:
    """Why this account may not even try, as the log's outcome; the person is told only WrongPassword."""
    if not account.active or (account.demo and not demo):
        return "closed"
    if account.locked_until and account.locked_until > now:
        return "locked"
    return None


def count_attempt(account: Account, now: datetime, rules: SessionRules = RULES) -> tuple[int, datetime | None]:
    """Failures and lock with this attempt counted as failed; success clears both.

    Counted before the password is checked, so that a thousand attempts at once are not a thousand guesses."""
    failed = 1 if account.locked_until else account.failed_count + 1
    return failed, now + rules.locked_for if failed >= rules.failures else None

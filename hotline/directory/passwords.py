"""What a password must be, and how it is kept: argon2id, never readable."""

import base64
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

HASHER = PasswordHasher()  # RFC 9106's second choice: 64 MiB, three passes
SHORTEST, LONGEST = 10, 128
DEMO_PASSWORD = "hotline-demo"  # printed at start, refused outside the demo


def _matches_nothing() -> str:
    """A hash of the same cost that no password fits, so that an unknown name takes as long as a wrong password."""
    salt, digest = (base64.b64encode(bytes(n)).rstrip(b"=").decode() for n in (HASHER.salt_len, HASHER.hash_len))
    return f"$argon2id$v=19$m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}${salt}${digest}"


MATCHES_NOTHING = _matches_nothing()


def hash_password(password: str) -> str:
    """Slow on purpose: call it in a thread."""
    return HASHER.hash(unicodedata.normalize("NFKC", password))


def matches(password_hash: str, password: str) -> bool:
    """Slow on purpose: call it in a thread."""
    try:
        return HASHER.verify(password_hash, unicodedata.normalize("NFKC", password))
    except VerificationError:
        return False


def password_faults(password: str, username: str) -> list[str]:
    """Why a password is refused; empty when it is good."""
    faults = []
    if not SHORTEST <= len(password) <= LONGEST:
        faults.append(f"密码须为 {SHORTEST} 至 {LONGEST} 个字符。")
    if len({_sort(character) for character in password}) < 2:
        faults.append("密码须含字母、数字、符号中的至少两种。")
    if len(set(password)) < 5:
        faults.append("密码重复的字符太多,请换一个。")
    if username and username.casefold() in password.casefold():
        faults.append("密码不能包含用户名。")
    if password == DEMO_PASSWORD:
        faults.append("演示密码人人皆知,请换一个。")
    return faults


def _sort(character: str) -> str:
    return "letter" if character.isalpha() else "digit" if character.isdigit() else "sign"

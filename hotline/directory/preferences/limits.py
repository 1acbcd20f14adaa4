"""What a person may keep as a setting: plain JSON of a size that nobody minds."""

import re
from collections.abc import Iterator

import msgspec

NAME = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
MOST_BYTES = 64 * 1024
MOST_NAMES = 64
DEEPEST = 32
INTEGERS = range(-(2**63), 2**63)


def known_name(name: str) -> bool:
    return NAME.fullmatch(name) is not None


def fault(value: object) -> str | None:
    """Why this cannot be kept, as a sentence; None when it can."""
    for depth, part in parts(value):
        if depth > DEEPEST:
            return f"设置的层次最多 {DEEPEST} 层,请精简。"
        if isinstance(part, int) and part not in INTEGERS:
            return "设置里的整数太大,请改为文字。"
        if isinstance(part, str) and "\0" in part:
            return "设置里有不可见的控制字符,请去掉后重存。"
    size = len(msgspec.json.encode(value))
    if size > MOST_BYTES:
        return f"一项设置最多 {MOST_BYTES // 1024} KB,现有 {-(-size // 1024)} KB,请精简。"
    return None


def parts(value: object) -> Iterator[tuple[int, object]]:
    """Every value and key inside, with how deep it lies; stops below the deepest that is allowed."""
    waiting: list[tuple[int, object]] = [(1, value)]
    while waiting:
        depth, part = waiting.pop()
        yield depth, part
        inside = [*part.keys(), *part.values()] if isinstance(part, dict) else part if isinstance(part, list) else ()
        waiting.extend((depth + 1, one) for one in inside)

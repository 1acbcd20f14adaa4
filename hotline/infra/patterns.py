"""What the matches of a regular expression can begin with: two characters tell almost every place of a text that none begins there."""

import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any, NamedTuple

LOOKS = frozenset({"ASSERT", "ASSERT_NOT", "AT"})
"""Takes no character."""
MOST = 300
"""Members of a class; with more it may as well be anything."""
FURTHEST = 0xFFFF
KNOWN = 2


class Opening(NamedTuple):
    """The first characters of a match; `open`: what follows, if anything, is not part of it."""

    text: str
    open: bool


Openings = frozenset[Opening]
NOTHING = frozenset({Opening("", True)})
ANYTHING = frozenset({Opening("", False)})


def parse(pattern: str) -> Any:
    """The standard library's own parse of a pattern; None where it has none to give."""
    try:
        return import_module("re._parser").parse(pattern)
    except ImportError:
        return None


def alternatives(pattern: str) -> list[str]:
    """What a pattern offers one after another at its outermost level; itself alone where one part speaks of another's match."""
    parsed = parse(pattern)
    if parsed is None or parsed.state.groups > 1 or parsed.state.flags & ~re.UNICODE:
        return [pattern]
    found, start, depth, members = [], 0, 0, -1
    # `members`: where those of a class begin; a bracket that stands first among them closes nothing.
    for at, character, escaped in _characters(pattern):
        if escaped:
            continue
        if members >= 0:
            members = -1 if character == "]" and at > members else members
        elif character == "[":
            members = at + 1 + (pattern[at + 1 : at + 2] == "^")
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "|" and not depth:
            found.append(pattern[start:at])
            start = at + 1
    return [*found, pattern[start:]]


def _characters(pattern: str) -> Iterable[tuple[int, str, bool]]:
    escaped = False
    for at, character in enumerate(pattern):
        yield at, character, escaped
        escaped = character == "\\" and not escaped


def openings(pattern: str) -> frozenset[str] | None:
    """Each match begins with one of these, of one or two characters; None where it may begin with anything, or be empty.
    Read off the standard library's own parse of the pattern."""
    parsed = parse(pattern)
    if parsed is None:
        return None
    found = {one.text for one in _of_sequence(parsed)}
    if not found or "" in found or parsed.state.flags & re.IGNORECASE or max(map(max, found)) > chr(FURTHEST):
        return None
    return frozenset(found)


def led(pattern: str) -> re.Pattern[str]:
    """The same pattern, compiled with a look at the next character before its alternatives are tried one after the other."""
    found = openings(pattern)
    if found is None:
        return re.compile(pattern)
    return re.compile(f"(?=[{re.escape(''.join(sorted({one[0] for one in found})))}])(?:{pattern})")


def _of_sequence(sequence: Iterable[Any]) -> Openings:
    found = NOTHING
    for operation, argument in sequence:
        found = _then(found, _of_one(str(operation), argument))
    return found


def _then(first: Openings, second: Openings) -> Openings:
    return frozenset(
        Opening((one.text + other.text)[:KNOWN], other.open and len(one.text + other.text) < KNOWN) if one.open else one
        for one in first
        for other in (second if one.open else (one,))
    )


def _of_one(operation: str, argument: Any) -> Openings:
    if operation in LOOKS:
        return NOTHING
    if operation == "LITERAL":
        return frozenset({Opening(chr(argument), True)})
    if operation == "IN":
        return _of_class(argument)
    if operation == "BRANCH":
        return frozenset[Opening]().union(*map(_of_sequence, argument[1]))
    if operation == "SUBPATTERN":
        return _of_sequence(argument[3])
    if operation in ("MAX_REPEAT", "MIN_REPEAT"):
        return _of_repeat(argument[0], argument[1], _of_sequence(argument[2]))
    return ANYTHING


def _of_repeat(least: int, most: int, each: Openings) -> Openings:
    times, found = NOTHING, frozenset[Opening]()
    # Once two characters are known, or no more are added, a further time tells nothing new.
    for count in range(min(most, min(least, KNOWN) + KNOWN) + 1):
        if count >= min(least, KNOWN):
            found |= times
        times = _then(times, each)
    return found


def _of_class(members: Any) -> Openings:
    found: set[str] = set()
    for operation, argument in members:
        if str(operation) == "LITERAL":
            found.add(chr(argument))
        elif str(operation) == "RANGE" and argument[1] - argument[0] < MOST:
            found.update(map(chr, range(argument[0], argument[1] + 1)))
        else:
            return ANYTHING
    return frozenset(Opening(one, True) for one in found) if len(found) <= MOST else ANYTHING

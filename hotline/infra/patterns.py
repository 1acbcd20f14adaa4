"""Regular expressions of many alternatives, made quick: each place of a text is first asked whether a match can begin there."""

import re
from functools import reduce
from importlib import import_module
from typing import Any

Openings = frozenset[str]
SKIPPED = frozenset({"ASSERT", "ASSERT_NOT", "AT"})
"""Looks without taking a character."""
MOST = 2_000
"""Characters; a pattern that may begin with more is not worth it."""


def quick(pattern: str) -> re.Pattern[str]:
    """The same matches as `re.compile(pattern)`. Where an alternative begins with a look behind or a class of characters, the
    standard library tries every alternative at every place; one look at the first character spares almost all of them."""
    try:
        parsed = import_module("re._parser").parse(pattern)
    except ImportError:
        return re.compile(pattern)
    openings, empty = _of_sequence(parsed)
    if empty or not openings or len(openings) > MOST or parsed.state.flags & re.IGNORECASE:
        return re.compile(pattern)
    return re.compile(f"(?=[{''.join(map(re.escape, sorted(openings)))}])(?:{pattern})")


Found = tuple[Openings, bool]
"""What a match can begin with; whether it may be empty, or begin with anything."""
ANYTHING: Found = (frozenset(), True)


def _of_sequence(sequence: Any) -> Found:
    found: Openings = frozenset()
    for operation, argument in sequence:
        if str(operation) in SKIPPED:
            continue
        more, empty = _of_one(str(operation), argument)
        found |= more
        if not empty:
            return found, False
        if not more:
            return ANYTHING
    return found, True


def _of_one(operation: str, argument: Any) -> Found:
    if operation == "LITERAL":
        return frozenset(chr(argument)), False
    if operation == "IN":
        return _of_class(argument)
    if operation == "BRANCH":
        return reduce(_either, map(_of_sequence, argument[1]))
    if operation == "SUBPATTERN":
        return _of_sequence(argument[3])
    if operation in ("MAX_REPEAT", "MIN_REPEAT"):
        found, empty = _of_sequence(argument[2])
        return found, empty or argument[0] == 0
    return ANYTHING


def _either(one: Found, other: Found) -> Found:
    # An alternative that may begin with anything makes the whole begin with anything.
    return ANYTHING if ANYTHING in (one, other) else (one[0] | other[0], one[1] or other[1])


def _of_class(members: Any) -> Found:
    found: set[str] = set()
    for operation, argument in members:
        if str(operation) == "LITERAL":
            found.add(chr(argument))
        elif str(operation) == "RANGE" and argument[1] - argument[0] < MOST:
            found.update(map(chr, range(argument[0], argument[1] + 1)))
        else:
            return ANYTHING
    return frozenset(found), False

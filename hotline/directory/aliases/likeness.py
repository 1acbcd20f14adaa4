"""Could this name mean that unit? By its characters, its brackets, and the matters it was given. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt

import msgspec

from hotline.directory.units import BRACKETED, Directory, Unit, name_keys, plain_name

LEAST = 0.5
"""Below this a name is not proposed for a unit."""
MOST = 2
"""Units a name is proposed for at once."""
TAIL = re.compile(
    r"(人民政府|街道办事处|管理委员会|委员会|办事处|有限责任公司|有限公司|集团公司|分公司|公司|集团|服务中心|中心|街道|政府"
    r"|分局|支队|大队|总队|局|委|办|处|镇|乡)+$"
)
EMPTY = re.compile(r"[市区县省和与及]")
BY_MATTERS = 0.2
"""What the same matters add at most."""
SEEN_ENOUGH = 5

Matters = Mapping[str, int]


class Proposal(msgspec.Struct, frozen=True):
    name: str
    unit_id: int
    likeness: float
    because: tuple[str, ...]


def core(name: str, city: str) -> str:
    """What tells the unit from others: 云州市城市管理局 → 城管理."""
    shortest = name_keys(name, city)[-1] if plain_name(name) else ""
    return EMPTY.sub("", TAIL.sub("", shortest) or shortest)


def pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)} or {text}


def alike(one: str, other: str) -> float:
    """0 … 1: shared pairs of characters, or how well the shorter is an abbreviation of the longer."""
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    mine, theirs = pairs(one), pairs(other)
    shared = 2 * len(mine & theirs) / (len(mine) + len(theirs))
    short, long = sorted((one, other), key=len)
    if len(short) >= 2 and abbreviates(short, long):
        shared = max(shared, 0.6 + 0.3 * len(short) / len(long))
    return round(min(shared, 0.95), 4)


def abbreviates(short: str, long: str) -> bool:
    """城管 of 城市管理: its characters in their order, beginning with the first."""
    rest = iter(long)
    return long[:1] == short[:1] and all(sign in rest for sign in short)


def same_matters(one: Matters, other: Matters) -> float:
    """Cosine of what both were given; 0 while either is hardly known."""
    if min(sum(one.values()), sum(other.values())) < SEEN_ENOUGH:
        return 0.0
    dot = sum(times * other.get(matter, 0) for matter, times in one.items())
    return dot / sqrt(sum(n * n for n in one.values()) * sum(n * n for n in other.values()))


def propose(
    names: Mapping[str, Matters], directory: Directory, decided: Iterable[tuple[str, int]] = ()
) -> list[Proposal]:
    """For every name that no unit bears: the units it most likely means. What was decided is not asked again."""
    known: dict[int, dict[str, int]] = {}
    unknown = {}
    for name, matters in names.items():
        unit = directory.resolve(name)
        if unit is None:
            unknown[name] = matters
            continue
        own = known.setdefault(unit.id, {})
        for matter, times in matters.items():
            own[matter] = own.get(matter, 0) + times
    settled = set(decided)
    found: list[Proposal] = []
    for name, matters in unknown.items():
        found += likeliest(name, matters, directory, known, settled)
    return found


def likeliest(
    name: str,
    matters: Matters,
    directory: Directory,
    known: Mapping[int, Matters],
    settled: set[tuple[str, int]],
) -> Sequence[Proposal]:
    judged = [
        judge(name, matters, unit, directory.city, known.get(unit.id, {}))
        for unit in directory.units.values()
        if unit.active and (name, unit.id) not in settled
    ]
    return sorted((one for one in judged if one.likeness >= LEAST), key=lambda one: (-one.likeness, one.unit_id))[:MOST]


def judge(name: str, matters: Matters, unit: Unit, city: str, known: Matters) -> Proposal:
    asked = [(core(name, city), "与“{}”相近")]
    asked += [(core(inside, city), f"括号中的“{inside}”与“{{}}”相近") for inside in bracketed(name)]
    best, because = 0.0, ""
    for called in (unit.name, *unit.aliases):
        whole = [core(called, city), *(core(inside, city) for inside in bracketed(called))]
        for mine, said in asked:
            score = max(alike(mine, theirs) for theirs in whole)
            if score > best:
                best, because = score, said.format(called)
    reasons = [f"名称{because}({best:.0%})" if because.startswith("与") else f"{because}({best:.0%})"]
    if best and (same := same_matters(matters, known)) > 0.3:
        best = min(1.0, best + BY_MATTERS * same)
        reasons.append(f"承办的事项相近({same:.0%})")
    return Proposal(name, unit.id, round(best, 4), tuple(reasons))


def bracketed(name: str) -> list[str]:
    return [inside for found in BRACKETED.findall(name) if len(inside := plain_name(found[1:-1])) >= 2]

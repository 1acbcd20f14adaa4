"""Which unit, and why. "A person decides" is an answer, and it says why too."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from hotline.directory.regions import covers, stem
from hotline.directory.units import Directory, Unit, UnitKind
from hotline.routing.catalogue import KEPT, Catalogue, Entry, assists_of, lead_of, meant_by
from hotline.routing.facts import Facts, Guess
from hotline.routing.practice.belief import Way
from hotline.routing.record import Moved, Record, lost
from hotline.tickets.states import Kind

CLOSE = 0.10
"""Two units nearer to each other than this are a question for a person."""


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A unit that could lead, with the share of certainty that speaks for it."""

    unit_id: int
    name: str
    confidence: float
    because: tuple[str, ...]
    entry_id: int | None = None
    clear: bool = False
    assists: tuple[int, ...] = ()
    ruling: str | None = None
    """The number of a ruling that speaks for it and is not in the catalogue."""
    practised: bool = False
    """Nothing speaks for it but what was done before: no entry, no ruling."""


class Decision(msgspec.Struct, frozen=True, gc=False):
    unit_id: int | None
    """None: a person decides."""
    because: tuple[str, ...]
    candidates: tuple[Candidate, ...] = ()

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None


LOCAL = frozenset({UnitKind.DISTRICT, UnitKind.PARK, UnitKind.STREET})
"""Answer for a place, not for a trade."""
DISTRICT_CODE = 6


def elsewhere(unit: Unit, region: str | None) -> bool:
    """Whether the matter lies in another district than this local government's own."""
    if unit.kind not in LOCAL or unit.region_code is None or region is None:
        return False
    own, place = stem(unit.region_code)[:DISTRICT_CODE], stem(region)[:DISTRICT_CODE]
    return len(own) == len(place) == DISTRICT_CODE and own != place


def may_receive(unit: Unit, *, facts: Facts, duty: bool) -> str | None:
    """Why this unit must not be given this matter, or None (docs/rules.md C.3, 6; 66号文 三)."""
    if not unit.active:
        return f"{unit.name}已停用,请改派承接其职责的单位。"
    if unit.kind is UnitKind.CENTRE:
        return "热线中心不是承办单位。"
    if duty and unit.kind is UnitKind.STREET:
        return f"应由职能部门办理的事项不得派给{unit.name},请改派职能部门。"
    if elsewhere(unit, facts.region):
        return f"事发地不在{unit.name}的辖区,请改派当地的单位,或先更正工单的区划。"
    if facts.kind is Kind.REPORT and facts.accused_unit is not None and facts.accused_unit in unit.path:
        return f"举报件不得派给被举报的{unit.name},请改派上级或监督部门。"
    return None


def decide(
    facts: Facts,
    catalogue: Catalogue,
    directory: Directory,
    names: Mapping[str, str],
    duties: frozenset[str],
    *,
    trust: float,
    day: date,
) -> Decision:
    """The unit for these facts, automatic only above `trust`; `names` and `duties` are the category tree's."""
    if not facts.guesses:
        return Decision(None, (UNHAPPY if facts.unhappy else "分类器没有给出分类,由人工派单。",))
    candidates = proposed_first(ranked(facts, catalogue, directory, names, duties, day), facts.proposed)
    refusal = contradiction(facts, candidates, directory) or why_not(facts, candidates, trust)
    if refusal:
        return Decision(None, (refusal,), candidates)
    return Decision(candidates[0].unit_id, candidates[0].because, candidates)


UNHAPPY = "诉求人对热线的直接答复不满意或认为没有解决,请先电话联系,再派单。"
SAID = "话务员建议派往此单位"


def proposed_first(candidates: tuple[Candidate, ...], proposed: int | None) -> tuple[Candidate, ...]:
    """The agent spoke with the citizen: of the units that the catalogue names, theirs comes first."""
    theirs = tuple(msgspec.structs.replace(c, because=(*c.because, SAID)) for c in candidates if c.unit_id == proposed)
    return (*theirs, *(c for c in candidates if c.unit_id != proposed))


def contradiction(facts: Facts, candidates: tuple[Candidate, ...], directory: Directory) -> str | None:
    """Agent and catalogue name different units: a dispatcher decides, and is told of both."""
    unit = directory.unit(facts.proposed) if facts.proposed is not None else None
    if unit is None or any(c.unit_id == unit.id for c in candidates):
        return None
    if not candidates:
        named = ",目录中没有依据"
    else:
        named = f",{'惯例' if candidates[0].practised else '目录'}为{candidates[0].name}"
    return f"话务员建议派往{unit.name}{named},由派单员定。"


def why_not(facts: Facts, candidates: tuple[Candidate, ...], trust: float) -> str | None:
    """The reason why a person must decide, or None. What an agent has confirmed needs no further certainty, but a
    matter that the catalogue leaves to a dispatcher stays theirs."""
    if not candidates:
        return "目录中没有与分类和地点相符的承办单位,由人工派单。"
    best = candidates[0]
    ruled = next(
        (c for c in candidates[:2] if c.ruling and not c.clear and best.confidence - c.confidence < CLOSE), None
    )
    confirmed = facts.proposed is not None and best.unit_id == facts.proposed
    if facts.unhappy:
        return UNHAPPY
    if facts.kind is Kind.REPORT:
        return "举报件须由人工核对被举报对象后派单。"
    if best.practised:
        return f"目录中没有与分类和地点相符的承办单位,惯例由{best.name}承办,由人工派单。"
    if ruled:
        return f"对{ruled.name}有裁定先例 {ruled.ruling},尚未写入派单目录,由人工判断。"
    if confirmed and best.clear:
        return None
    if best.confidence < trust:
        return f"对{best.name}只有 {best.confidence:.0%} 的把握,低于自动派单门槛 {trust:.0%}。"
    if not best.clear:
        return "目录将此事项标为需人工判断。"
    if len(candidates) > 1 and best.confidence - candidates[1].confidence < CLOSE:
        return f"{best.name}与{candidates[1].name}相差不到 {CLOSE:.0%}。"
    return None


def ranked(
    facts: Facts,
    catalogue: Catalogue,
    directory: Directory,
    names: Mapping[str, str],
    duties: frozenset[str],
    day: date,
) -> tuple[Candidate, ...]:
    """Units by the certainty of all guesses that lead to them: two like categories of one unit add up."""
    found: dict[int, Candidate] = {}
    for guess in facts.guesses:
        duty = guess.category in duties
        for one in grounds(guess, catalogue, directory, facts, duty=duty, day=day):
            said = f"{names.get(guess.category, guess.category)} {guess.confidence:.0%} · {one.because}"
            found[one.unit.id] = joined(found.get(one.unit.id), one, said)
    # Of equals the ruling comes first: somebody has thought about just this.
    return tuple(sorted(found.values(), key=lambda c: (-c.confidence, c.ruling is None)))


class Ground(msgspec.Struct, frozen=True, gc=False):
    """What speaks for a unit in one guess, and with how much of its certainty."""

    unit: Unit
    share: float
    because: str
    assists: tuple[int, ...]
    entry_id: int | None = None
    clear: bool = False
    ruling: str | None = None
    practised: bool = False


def grounds(
    guess: Guess, catalogue: Catalogue, directory: Directory, facts: Facts, *, duty: bool, day: date
) -> list[Ground]:
    """The catalogue's entry and the newest ruling. Where they name different units they share the certainty by the
    ruling's record (docs/decisions/0070); what a unit's returns speak against goes to whom its tickets went."""
    entry = catalogue.find(guess.category, facts.region, day)
    written = by_entry(guess, entry, catalogue, directory, facts)
    ruled = by_ruling(guess, entry, catalogue, directory, facts)
    if entry is None and ruled is None:
        usual = by_practice(guess, catalogue, directory, facts.region)
        return [one for one in usual if may_receive(one.unit, facts=facts, duty=duty) is None]
    if ruled is None and (guess.category, written.unit.id if written else None) not in catalogue.evidence:
        # Almost always: the catalogue alone speaks, and nothing was returned.
        return [written] if written and may_receive(written.unit, facts=facts, duty=duty) is None else []
    allowed = [
        one
        for one in (written, ruled[0] if ruled else None)
        if one is not None and may_receive(one.unit, facts=facts, duty=duty) is None
    ]
    if len({one.unit.id for one in allowed}) < 2:
        said = merged(allowed)
    else:
        assert ruled is not None
        said = shared(allowed[0], allowed[1], ruled[1])
    return [
        part
        for one in said
        for part in parted(one, catalogue.evidence.get((guess.category, one.unit.id), ()), directory)
        if part is one or may_receive(part.unit, facts=facts, duty=duty) is None
    ]


def shared(entry: Ground, ruling: Ground, record: Record) -> list[Ground]:
    """Both are on the table: the better a ruling fared, the more of the certainty is its own."""
    said = record.say
    return [
        msgspec.structs.replace(entry, share=entry.share * (1 - said), clear=False),
        msgspec.structs.replace(ruling, share=ruling.share * said),
    ]


def parted(one: Ground, moved: Sequence[Moved], directory: Directory) -> list[Ground]:
    """A ground without what the unit's returns speak against, and a ground for each unit they went to."""
    others = [
        Ground(
            unit,
            one.share * part,
            f"近半年同类应由{one.unit.name}承办的 {each.sent} 件中,{each.times} 件退单或改派后由其承办",
            (),
        )
        for each in moved
        if (part := lost(each)) and (unit := directory.standing(each.to)) and unit.id != one.unit.id
    ]
    if not others or one.ruling:
        return [one]
    return [msgspec.structs.replace(one, share=one.share - sum(other.share for other in others)), *others]


def merged(said: list[Ground]) -> list[Ground]:
    """An entry and a ruling for the same unit are one ground with two reasons."""
    if len(said) < 2:
        return said
    entry, ruling = said
    return [msgspec.structs.replace(entry, because=f"{entry.because};{ruling.because}")]


def by_entry(
    guess: Guess, entry: Entry | None, catalogue: Catalogue, directory: Directory, facts: Facts
) -> Ground | None:
    if entry is None:
        return None
    asked = id(entry), facts.region
    known = catalogue.meant.get(asked)
    if known is None or known[0] is not entry or known[1] is not directory:
        if len(catalogue.meant) >= KEPT:
            catalogue.meant.clear()
        known = catalogue.meant[asked] = entry, directory, meaning(entry, catalogue, directory, facts.region)
    ground: Ground | None = known[2]
    return ground and msgspec.structs.replace(ground, share=guess.confidence)


def meaning(entry: Entry, catalogue: Catalogue, directory: Directory, region: str | None) -> Ground | None:
    """What an entry says of a place, whatever the letter."""
    unit = lead_of(entry, region, directory)
    if unit is None:
        return None
    behind = catalogue.ruling_behind(entry)
    source = f"(裁定先例 {behind.number})" if behind else ""
    assists = tuple(u.id for u in assists_of(entry, directory) if u.id != unit.id)
    return Ground(unit, 1.0, f"目录 {entry.id}{source}:{entry.basis}", assists, entry.id, entry.clear)


def by_practice(guess: Guess, catalogue: Catalogue, directory: Directory, region: str | None) -> list[Ground]:
    """The catalogue has no word for it: what was done before helps whoever decides, and sends nothing out by itself."""
    return [
        Ground(unit, guess.confidence * way.share, practised(way, directory), (), practised=True)
        for way in catalogue.practice.ways(guess.category, region)
        if (unit := meant_by(way.lead, region, directory)) is not None
    ]


def practised(way: Way, directory: Directory) -> str:
    place = directory.regions.get(way.region)
    where = f"{place.name}的" if place else ""
    return f"惯例:近半年{where}同类 {way.of} 件中,{way.times} 件由其承办(目录中没有依据)"


def by_ruling(
    guess: Guess, entry: Entry | None, catalogue: Catalogue, directory: Directory, facts: Facts
) -> tuple[Ground, Record] | None:
    for ruling in catalogue.rulings(guess.category):
        unit = directory.standing(ruling.lead_unit)
        if unit is None or not speaks_for(unit, facts.region):
            continue
        if ruling.deposited or ruling.suspended or (entry is not None and entry.valid_from > ruling.day):
            return None  # the catalogue has spoken since, or the ruling did not prove right
        ground = Ground(
            unit,
            guess.confidence,
            f"裁定先例 {ruling.number}:{ruling.basis}{ruling.record.text()}",
            tuple(u for u in ruling.assists if u != unit.id),
            clear=ruling.record.proven,
            ruling=ruling.number,
        )
        return ground, ruling.record
    return None


def speaks_for(unit: Unit, region: str | None) -> bool:
    """Whether a ruling for this unit says something about a place: of a local government, about its own."""
    if unit.kind not in LOCAL:
        return True
    return unit.region_code is not None and region is not None and covers(unit.region_code, region)


def joined(before: Candidate | None, one: Ground, because: str) -> Candidate:
    if before is None:
        share = round(one.share, 4)
        return Candidate(
            one.unit.id,
            one.unit.name,
            share,
            (because,),
            one.entry_id,
            one.clear,
            one.assists,
            one.ruling,
            one.practised,
        )
    added = msgspec.structs.replace(
        before, confidence=round(before.confidence + one.share, 4), because=(*before.because, because)
    )
    if one.practised:
        return added  # says how likely, not on what ground
    if before.practised:
        return msgspec.structs.replace(
            added, entry_id=one.entry_id, clear=one.clear, assists=one.assists, ruling=one.ruling, practised=False
        )
    return msgspec.structs.replace(added, clear=before.clear and one.clear, ruling=before.ruling or one.ruling)

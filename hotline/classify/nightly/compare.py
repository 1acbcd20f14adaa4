"""Champion and challenger on the same letters: who was right where the other was wrong. Pure."""

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.special import bdtr

from hotline.classify.measures import macro_f1

Truths = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]

SURE = 0.05
"""A difference that chance alone would bring about less often than this counts."""
SMALLEST = 0.001
"""Of the chance that is named; no difference is impossible by chance."""
ROUNDS = 2_000


class Tally(msgspec.Struct, frozen=True):
    """One set of letters, answered by both."""

    n: int
    champion: int
    """Right answers."""
    challenger: int
    only_champion: int
    """Right where the other was wrong: only these tell the two apart (McNemar)."""
    only_challenger: int
    p: float
    """How often chance alone would bring about a difference as large (exact, two-sided)."""
    gain: float
    """Of accuracy; between `low` and `high` in 95 of 100 draws (bootstrap)."""
    low: float
    high: float
    champion_f1: float
    challenger_f1: float


class Comparison(msgspec.Struct, frozen=True):
    """What a night's training was measured by; shown before anybody puts the model in use."""

    champion: str
    """Fingerprint of the model it was compared with."""
    frozen: Tally
    """Letters that no model ever learns from."""
    recent: Tally
    """The last weeks' letters, answered by models of the other four fifths, near-duplicates apart."""
    both: Tally
    better: bool
    because: str
    """The sentence that says why it may be put in use, or why it goes on watching."""


def mcnemar(only_one: int, only_other: int) -> float:
    """Exact: as many coins as letters on which just one of them was right."""
    of = only_one + only_other
    return min(1.0, 2 * float(bdtr(min(only_one, only_other), of, 0.5))) if of else 1.0


class Counted(Protocol):
    @property
    def only_champion(self) -> int: ...

    @property
    def only_challenger(self) -> int: ...


def better(counted: Counted) -> bool:
    """Right more often, and not by chance alone."""
    alone = (counted.only_champion, counted.only_challenger)
    return alone[1] > alone[0] and mcnemar(*alone) < SURE


def figures(truth: Labels, champion: Labels, challenger: Labels) -> Tally:
    """Labels by number; -1 where a model does not know the label at all."""
    one, other = champion == truth, challenger == truth
    only_one, only_other = int((one & ~other).sum()), int((other & ~one).sum())
    low, high = interval(other.astype(float) - one.astype(float))
    return Tally(
        n=len(truth),
        champion=int(one.sum()),
        challenger=int(other.sum()),
        only_champion=only_one,
        only_challenger=only_other,
        p=round(mcnemar(only_one, only_other), 5),
        gain=round(float(other.mean() - one.mean()) if len(truth) else 0.0, 4),
        low=low,
        high=high,
        champion_f1=round(macro_f1(champion, truth), 4) if len(truth) else 0.0,
        challenger_f1=round(macro_f1(challenger, truth), 4) if len(truth) else 0.0,
    )


def interval(gains: Array) -> tuple[float, float]:
    """Drawing the letters again and again, with a fixed beginning: the same letters give the same numbers."""
    if not len(gains):
        return 0.0, 0.0
    draws = np.random.default_rng(12345).integers(0, len(gains), (ROUNDS, len(gains)))
    low, high = np.quantile(gains[draws].mean(axis=1), [0.025, 0.975])
    return round(float(low), 4), round(float(high), 4)


def compare(fingerprint: str, frozen: Sequence[Labels], recent: Sequence[Labels]) -> Comparison:
    """Each set as (truth, champion, challenger)."""
    sets = [figures(*one) for one in (frozen, recent)]
    both = figures(*(np.concatenate(pair) for pair in zip(frozen, recent, strict=True)))
    better, because = verdict(both, sets)
    return Comparison(fingerprint, sets[0], sets[1], both, better, because)


def verdict(both: Tally, sets: Sequence[Tally]) -> tuple[bool, str]:
    chance = f"p = {both.p:.3g}" if both.p >= SMALLEST else f"p < {SMALLEST}"
    told = f"{both.n} 件中对 {both.challenger} 件,在用模型对 {both.champion} 件,{chance}"
    if not both.n:
        return False, "没有可供比较的工单,继续旁观。"
    if any(one.gain < 0 and one.p < SURE for one in sets):
        return False, f"有一组工单上明显变差({told}),继续旁观。"
    if both.gain > 0 and both.p < SURE:
        return True, f"明显更好({told}),建议启用。"
    return False, f"差别可能出于偶然({told}),继续旁观。"


def numbered(names: Sequence[Any]) -> tuple[list[Labels], list[Any]]:
    """Columns of names as columns of numbers over one vocabulary."""
    place = {name: number for number, name in enumerate(dict.fromkeys(name for column in names for name in column))}
    return [np.array([place[name] for name in column], dtype=np.int64) for column in names], list(place)

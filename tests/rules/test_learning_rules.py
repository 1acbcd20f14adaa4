"""Comparing models, noticing drift, choosing letters to ask about, names that mean one unit, the dry run: values in, values out."""

from datetime import date, datetime, timedelta

import msgspec
import numpy as np
import pytest

from hotline.classify.corrections.asking import choose
from hotline.classify.corrections.store import Shown, Unsure
from hotline.classify.nightly.compare import compare, figures, mcnemar
from hotline.classify.nightly.drift import ModelDay, drift, psi
from hotline.classify.quality import checked, confused, lines, quality
from hotline.directory.aliases.likeness import propose
from hotline.directory.regions import Region
from hotline.directory.units import Directory, Unit, UnitKind
from hotline.infra.clock import BEIJING
from hotline.routing.catalogue import Catalogue
from hotline.routing.facts import Guess
from hotline.routing.replay.compare import Past, Way, changed_catalogue, guesses, replay
from hotline.tickets.states import Kind
from tests.rules.test_routing_rulings import DIRECTORY, ENTRY, MATTER, PLACE

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=BEIJING)


def answers(right: int, wrong: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array([0] * right + [1] * wrong, dtype=np.int64)


# --- champion and challenger


def test_mcnemar_is_the_exact_test_of_coins() -> None:
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(0, 5) == pytest.approx(2 / 32)
    assert mcnemar(0, 6) == pytest.approx(2 / 64)
    assert mcnemar(5, 5) == 1.0


def test_only_letters_on_which_one_alone_was_right_tell_them_apart() -> None:
    truth = answers(100, 0)
    champion, challenger = answers(80, 20), np.array([0] * 90 + [1] * 10)
    said = figures(truth, champion, challenger)
    assert (said.champion, said.challenger, said.only_champion, said.only_challenger) == (80, 90, 0, 10)
    assert said.gain == 0.1 and 0.03 < said.low < 0.1 < said.high < 0.18
    assert said.p == pytest.approx(2 / 2**10, abs=1e-5)


@pytest.mark.parametrize(
    ("frozen", "recent", "better", "word"),
    [
        ((50, 50), (60, 80), True, "明显更好(200 件中对 130 件,在用模型对 110 件,p < 0.001)"),
        ((50, 52), (60, 61), False, "出于偶然"),
        ((80, 60), (50, 90), False, "明显变差"),
        ((0, 0), (0, 0), False, "没有可供比较"),
    ],
    ids=["better", "chance", "worse on one", "nothing to compare"],
)
def test_a_challenger_is_better_only_when_shown(
    frozen: tuple[int, int], recent: tuple[int, int], better: bool, word: str
) -> None:
    def one(pair: tuple[int, int]) -> list["np.ndarray[tuple[int], np.dtype[np.int64]]"]:
        n = 100 if any(pair) else 0
        return [answers(n, 0), answers(pair[0], n - pair[0]), answers(pair[1], n - pair[1])]

    said = compare("abc", one(frozen), one(recent))
    assert said.better is better and word in said.because


# --- drift


def day(at: int, letters: int, classes: dict[str, int], sure: float = 0.8) -> ModelDay:
    bins = [0] * 10
    bins[int(sure * 10)] = letters
    return ModelDay(date(2026, 10, 1) + timedelta(days=at), letters, sure, tuple(bins), classes, None)


def test_the_same_shares_do_not_drift_and_others_do() -> None:
    assert psi({"a": 500, "b": 500}, {"a": 50, "b": 50}) < 0.001
    assert psi({"a": 500, "b": 500}, {"a": 90, "b": 10}) > 0.25
    steady = [day(at, 40, {"0101": 20, "0202": 20}) for at in range(35)]
    assert {one.level for one in drift(steady)} == {"steady"}
    flood = [*steady, *(day(35 + at, 40, {"0101": 2, "0202": 8, "0303": 30}) for at in range(7))]
    last = drift(flood)[-1]
    assert last.level == "alarm" and last.classes_psi is not None and last.classes_psi > 0.25
    unsure = [*steady, *(day(35 + at, 40, {"0101": 20, "0202": 20}, 0.3) for at in range(7))]
    assert drift(unsure)[-1].level == "alarm"


def test_of_few_letters_nothing_is_said() -> None:
    few = [day(at, 1, {f"{at % 30:04}": 1}) for at in range(40)]
    assert all(one.classes_psi is None and one.level == "steady" for one in drift(few))


def test_many_small_classes_differ_by_chance_alone() -> None:
    random = np.random.default_rng(7)
    days = []
    for at in range(42):
        drawn = random.integers(0, 120, 30)
        days.append(day(at, 30, {f"{code:04}": int((drawn == code).sum()) for code in set(drawn.tolist())}))
    assert drift(days)[-1].level == "steady"


# --- what is worth a label


def letter(number: int, first: float, second: float, codes: str = "01010202", shadow: str | None = None) -> Unsure:
    shown = (Shown(codes[:4], "甲", first), Shown(codes[4:], "乙", second))
    return Unsure(number, "标题", f"内容{number}", shown, shadow, NOW)


def test_the_closest_are_asked_about_first_and_a_few_of_a_kind() -> None:
    close = [letter(number, 0.45, 0.44) for number in range(10)]
    sure, split = letter(90, 0.98, 0.01, "03030404"), letter(91, 0.7, 0.2, "05050606", shadow="0606")
    asked = choose([*close, sure, split])
    assert [one.letter.ticket_id for one in asked] == [0, 1, 2, 91, 90]
    assert [one.why for one in asked] == ["close", "close", "close", "shadow", "close"]
    assert len(choose([letter(n, 0.3, 0.2, f"{n:04}9999") for n in range(80)])) == 50


def test_the_same_words_are_asked_about_once() -> None:
    """A yard writes one letter many times: a label of one is a label of all."""
    same = [msgspec.structs.replace(letter(number, 0.45, 0.44), content=f"内容{number // 2} ") for number in range(4)]
    assert [one.letter.ticket_id for one in choose(same)] == [0, 2]


# --- how good


def test_the_curve_falls_from_the_surest_and_says_between_what_the_truth_lies() -> None:
    judged = [(0.95, True)] * 90 + [(0.95, False)] * 2 + [(0.5, True)] * 4 + [(0.5, False)] * 4
    said = quality(judged)
    assert (said.n, said.right) == (100, 94)
    assert [(one.threshold, one.n, one.right) for one in said.curve] == [(0.95, 92, 90), (0.5, 100, 94)]
    assert said.curve[0].least < 90 / 92 < said.curve[0].most
    assert [(one.low, one.n, one.right) for one in said.bins] == [(0.5, 8, 4), (0.9, 92, 90)]
    assert quality([]).curve == []


def test_what_is_taken_for_what() -> None:
    pairs = [("0101", "0101", 8), ("0101", "0202", 3), ("0202", "0101", 1)]
    assert [(one.said, one.was, one.n) for one in confused(pairs)] == [("0101", "0202", 3), ("0202", "0101", 1)]
    [first, second] = lines(pairs, {"0101": "路灯"})
    assert (first.name, first.said, first.was, first.agreed) == ("路灯", 11, 9, 8)
    assert (second.key, second.said, second.was, second.agreed) == ("0202", 1, 3, 0)


def test_a_check_keeps_what_was_said_to_texts_unseen() -> None:
    chances = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]])
    told = checked(chances, np.array([0, 1, 1, -1]), ["路灯", "噪声"])
    assert (told.quality.n, told.quality.right) == (4, 2)
    assert told.quality == quality([(0.9, True), (0.8, False), (0.7, True), (0.6, False)])
    assert sorted(told.pairs) == [("噪声", "噪声", 1), ("路灯", "", 1), ("路灯", "噪声", 1), ("路灯", "路灯", 1)]


# --- names that mean one unit

CITY = Directory(
    [
        Unit(1, "D1", "云州市城市管理局", UnitKind.DEPARTMENT, None, (1,), aliases=("城管局",)),
        Unit(2, "D2", "云州市住房和城乡建设局", UnitKind.DEPARTMENT, None, (2,)),
        Unit(3, "D3", "云州市交通运输局", UnitKind.DEPARTMENT, None, (3,)),
        Unit(4, "D4", "望江街道办事处", UnitKind.STREET, None, (4,)),
    ],
    [Region("990100", 2, None, "云州市", ("990100",))],
)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("云州市城市综合管理局", 1),
        ("住建局", 2),
        ("市住房城乡建设委员会", 2),
        ("综合事务服务中心(原交通运输局)", 3),
        ("望江街办", 4),
    ],
)
def test_a_drifted_name_is_proposed_for_the_unit_it_means(name: str, unit: int) -> None:
    found = propose({name: {}}, CITY)
    assert found and found[0].unit_id == unit and found[0].because


@pytest.mark.parametrize("name", ["公安局", "自来水公司", "城管局", "云州市城市管理局(综合执法局)", "", "()"])
def test_strangers_are_not_proposed_and_known_names_need_none(name: str) -> None:
    assert propose({name: {}}, CITY) == []


def test_the_same_matters_speak_for_a_name_and_what_was_decided_is_not_asked_again() -> None:
    names = {"云州市城市管理局": {"路灯": 9, "占道": 9}, "城市管理综合执法局": {"路灯": 5, "占道": 5}}
    [with_matters] = [one for one in propose(names, CITY) if one.unit_id == 1]
    [without] = [one for one in propose({"城市管理综合执法局": {}}, CITY) if one.unit_id == 1]
    assert with_matters.likeness > without.likeness and len(with_matters.because) == 2
    assert all(one.unit_id != 1 for one in propose(names, CITY, [("城市管理综合执法局", 1)]))


# --- the dry run


def past(number: int, chance: float = 1.0, led_by: int | None = 1) -> Past:
    return Past(number, "垃圾", NOW, Kind.COMPLAINT, PLACE, None, (Guess(MATTER, chance),), led_by)


def tried(tickets: list[Past], after: Catalogue, threshold: float = 0.9) -> object:
    before = Way(changed_catalogue(Catalogue((ENTRY,)), (), (), NOW.date()), 0.9)
    return replay(
        tickets,
        before,
        Way(after, threshold),
        DIRECTORY,
        {MATTER: "垃圾"},
        frozenset(),
        day=NOW.date(),
        days=30,
    )


def test_a_changed_entry_says_who_gains_who_loses_and_which_tickets() -> None:
    new = msgspec.structs.replace(ENTRY, id=0, lead="U3", valid_from=NOW.date())
    after = changed_catalogue(Catalogue((ENTRY,)), [new], (), NOW.date())
    said = msgspec.to_builtins(tried([past(1), past(2, led_by=3), past(3, led_by=None)], after))
    assert (said["tickets"], said["moved"], said["newly_automatic"]) == (3, 3, 0)
    assert {one["unit_id"]: (one["gained"], one["lost"]) for one in said["units"]} == {1: (0, 3), 3: (3, 0)}
    assert [one["ticket_id"] for one in said["changed"]] == [3, 2, 1]
    assert (said["before"]["right"], said["after"]["right"], said["after"]["judged"]) == (1, 1, 2)


def test_an_ended_entry_leaves_its_tickets_to_people_and_a_threshold_moves_the_automatic_part() -> None:
    ended = changed_catalogue(Catalogue((ENTRY,)), (), [ENTRY.id], NOW.date())
    said = msgspec.to_builtins(tried([past(1)], ended))
    assert (said["no_longer_automatic"], said["changed"][0]["to_unit"]) == (1, None)
    same = changed_catalogue(Catalogue((ENTRY,)), (), (), NOW.date())
    said = msgspec.to_builtins(tried([past(1, 0.85), past(2, 0.95), past(3, 0.6)], same, 0.8))
    assert (said["moved"], said["newly_automatic"]) == (0, 1)
    assert [one["ticket_id"] for one in said["changed"]] == [1]
    assert (said["before"]["automatic"], said["after"]["automatic"]) == (1, 2)


def test_kept_guesses_are_the_whole_belief_again() -> None:
    said = guesses([("0102", 0.8), ("0203", 0.1)], [{"code": "010203", "confidence": 0.5}])
    assert [(g.category, round(g.confidence, 3)) for g in said] == [("010203", 0.5), ("0102", 0.3), ("0203", 0.1)]

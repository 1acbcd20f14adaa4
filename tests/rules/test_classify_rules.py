"""Urgency by risk words, category trees, near-duplicates, the arithmetic of thresholds."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from hotline.classify import calibration, measures, thresholds, urgency
from hotline.classify.counting import learn
from hotline.classify.features import HEAD, Block, character_runs, pack, read
from hotline.classify.fitting import fit_calibration
from hotline.classify.folds import group_texts, split
from hotline.classify.labels import fold, make_tree, read_label_map, read_tree
from hotline.infra.errors import InvalidInput
from hotline.tickets.states import Urgency

# --- urgency: recall first


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("单元楼里燃气泄漏,味道很重", Urgency.CRITICAL),
        ("厨房阀门那里煤气一直漏气", Urgency.CRITICAL),
        ("我不想活了,今晚就从楼上跳下去", Urgency.CRITICAL),
        ("邻居说要自杀,站在天台上", Urgency.CRITICAL),
        ("电梯里困人了,两个老人被困住出不来", Urgency.CRITICAL),
        ("对面仓库着火了,浓烟滚滚", Urgency.CRITICAL),
        ("父亲患老年痴呆,早上出门走失", Urgency.CRITICAL),
        ("丈夫拿刀要砍人,救救我", Urgency.CRITICAL),
        ("幼儿园十几个孩子呕吐腹泻", Urgency.CRITICAL),
        ("工地拖欠我们三十个人的工资,过年回不了家", Urgency.URGENT),
        ("明天一早集体上访,拉横幅讨薪", Urgency.URGENT),
        ("全小区停水一天一夜,水厂说抢修还在等", Urgency.URGENT),
        ("路口井盖不见了,刚才有人差点掉进去", Urgency.URGENT),
        ("大风把电线刮断了垂在路中间,现在没人管", Urgency.URGENT),
        ("建议增设垃圾桶", Urgency.NORMAL),
        ("请问公积金怎么提取", Urgency.NORMAL),
        ("来电人反映相关人员态度差", Urgency.NORMAL),
        ("水压太低,热水器点不着火", Urgency.NORMAL),
        ("轮胎漏气后修车铺乱收费", Urgency.NORMAL),
        ("", Urgency.NORMAL),
    ],
)
def test_risk_words_decide_the_urgency(text: str, expected: Urgency) -> None:
    assert urgency.weigh("", text).urgency is expected
    assert urgency.weigh(text, "").urgency is expected


def test_a_danger_that_may_come_is_less_than_one_that_is_there() -> None:
    assert urgency.weigh("", "楼道堆满杂物,万一起火后果严重").urgency is Urgency.URGENT
    assert urgency.weigh("", "楼道起火了").urgency is Urgency.CRITICAL


def test_a_life_is_never_weighed_down() -> None:
    assert urgency.weigh("", "如果不解决,可能会自杀").urgency is Urgency.CRITICAL


def test_every_risk_word_is_named_even_when_it_asks_for_nothing() -> None:
    risk = urgency.weigh("停水通知", "咨询下月停水安排,另有工友讨薪")
    assert risk.words == ("讨薪", "停水")


@given(st.text(max_size=400))
def test_any_text_has_an_urgency(text: str) -> None:
    assert urgency.weigh(text, text).urgency in Urgency


# --- the category tree

HEADER = ("code", "level", "parent", "name", "words", "duty")


def rows(*lines: str) -> list[dict[str, str]]:
    return [dict(zip(HEADER, line.split(","), strict=True)) for line in lines]


GOOD = rows("01,1,,市容,垃圾 占道,否", "0101,2,01,环境卫生,垃圾 清扫,否", "010101,3,0101,垃圾清运,没清运 满了,是")


def test_a_tree_knows_parents_and_children() -> None:
    tree = make_tree(reversed(GOOD))
    assert list(tree.nodes) == ["01", "0101", "010101"]
    assert [node.code for node in tree.children("01")] == ["0101"]
    assert tree.full_name("010101") == "市容/环境卫生/垃圾清运"
    assert tree.nodes["010101"].duty and not tree.nodes["01"].duty
    assert tree.nodes["0101"].words == ("垃圾", "清扫")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1,1,,市政,路灯,否", "不是两位"),
        ("01,1,,市容,垃圾,否", "重复"),
        ("0102,3,01,占道,摆摊,否", "级别"),
        ("0102,2,02,占道,摆摊,否", "上级应为"),
        ("0102,2,01,,摆摊,否", "没有名称"),
        ("0102,2,01,占道,摆摊,有", "只能填"),
        ("0201,2,02,道路,路面,否", "上级 02 不在表中"),
    ],
)
def test_a_wrong_line_is_named_with_its_fault(line: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        make_tree([*GOOD, *rows(line)])


def test_every_wrong_line_is_listed() -> None:
    with pytest.raises(InvalidInput) as caught:
        make_tree([*GOOD, *rows("x,1,,甲,,否", "y,1,,乙,,否")])
    assert len(caught.value.data["errors"]) == 2


def test_a_standards_code_table_becomes_a_tree(tmp_path: Path) -> None:
    path = tmp_path / "standard.csv"
    columns = [f"level_{level}_{what}" for level in (1, 2, 3) for what in ("code", "name")]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*columns, "remark"])
        writer.writerow(["01", "城市", "0101", "照明", "010101", "路灯", "路灯不亮、灯杆倾斜(含景观灯)等"])
        writer.writerow(["01", "城市", "0101", "照明", "010102", "景观", ""])
    tree = read_tree(path)
    assert list(tree.nodes) == ["01", "0101", "010101", "010102"]
    assert tree.nodes["010101"].words == ("路灯不亮", "灯杆倾斜", "含景观灯", "等")


def test_an_unknown_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InvalidInput, match="表头"):
        read_tree(tmp_path / "x.csv")


def test_a_code_follows_its_nearest_mapped_ancestor(tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text("from,to\n01,甲\n0102,乙\n", encoding="utf-8")
    mapping = read_label_map(tmp_path / "map.csv")
    assert [fold(code, mapping) for code in ("010101", "010203", "01", "02", "其他")] == [
        "甲",
        "乙",
        "甲",
        "02",
        "其他",
    ]


# --- features


@given(st.text(alphabet=st.characters(min_codepoint=1, max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=40))
def test_packed_runs_are_the_runs(text: str) -> None:
    wanted = [text[at : at + size] for size in (1, 2, 3, 4) for at in range(len(text) - size + 1)]
    assert character_runs(text, 4).tolist() == [pack(run) for run in wanted]


def test_a_feature_counts_only_when_enough_texts_have_it() -> None:
    letters = [read("", text) for text in ("门口的路灯", "路灯坏了", "垃圾满了")]
    assert "路灯" in learn(Block("w", "word", "all", 1, seen_in=2), letters).words
    assert "垃圾" not in learn(Block("w", "word", "all", 1, seen_in=2), letters).words
    assert pack("路灯") in learn(Block("c", "character", "all", 2, seen_in=2), letters).keys
    assert pack("垃圾") not in learn(Block("c", "character", "all", 2, seen_in=2), letters).keys


def test_the_title_is_a_block_of_its_own() -> None:
    letter = read("路灯坏了", "垃圾满了")
    assert letter.words_of("title") == letter.words[: len(letter.title_words)]
    assert "垃圾" in letter.words and "垃圾" not in letter.title_words
    assert letter.title == "路灯坏了" and letter.text == "路灯坏了垃圾满了"


def test_the_beginning_is_a_block_of_its_own() -> None:
    """So many characters, whatever words and spaces they are told in; a title belongs to them."""
    letter = read("路灯坏了", "垃圾满了" * 10)
    assert letter.text_of("head") == letter.text[:HEAD] == "路灯坏了" + "垃圾满了" * 5
    block = Block("h", "character", "head", 4)
    assert pack("垃圾满了") in learn(block, [letter]).keys
    assert pack("公交车") not in learn(block, [read("", "垃圾满了" * 6 + "公交车")]).keys


# --- near-duplicates


def test_near_duplicates_share_a_group() -> None:
    long = "云河路十八号门前的路灯从上个月起一直不亮,晚上回家的老人孩子什么都看不见,打过物业电话没有人来修,请尽快处理"
    groups = group_texts(
        [long, long.replace("尽快", "马上"), "桃花街道的垃圾三天没有人来清运,臭味飘到楼上", f" {long} "]
    )
    assert groups[0] == groups[1] == groups[3] != groups[2]


def test_different_short_texts_stay_apart() -> None:
    assert len(set(group_texts(["路灯", "垃圾", "噪声", "公交"]).tolist())) == 4


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20)), min_size=30, max_size=200))
def test_folds_keep_groups_whole(pairs: list[tuple[int, int]]) -> None:
    labels, groups = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
    fold = split(labels, groups, 5)
    assert all(len(set(fold[groups == group].tolist())) == 1 for group in set(groups.tolist()))


def test_folds_spread_the_labels_evenly() -> None:
    labels = np.array([0] * 500 + [1] * 100 + [2] * 25)
    fold = split(labels, np.arange(625), 5)
    counts = [np.bincount(labels[fold == one], minlength=3).tolist() for one in range(5)]
    assert counts == [[100, 20, 5]] * 5


# --- thresholds and figures


def test_a_threshold_holds_its_exact_bound() -> None:
    random = np.random.default_rng(3)
    sure = random.random(40_000)
    right = random.random(40_000) < sure  # perfectly calibrated
    threshold = measures.choose_threshold(sure, right, 0.95)
    above = sure >= threshold
    bound = beta.ppf(0.05, right[above].sum(), (~right[above]).sum() + 1)
    assert bound >= 0.95
    assert right[above].mean() > 0.95
    assert 0.06 < above.mean() < 0.12


def test_the_promise_is_kept_on_fresh_data_nearly_always() -> None:
    kept = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        sure = np.sqrt(random.random(1_000))
        threshold = measures.choose_threshold(sure, random.random(1_000) < sure, 0.95)
        # Of a calibrated model the true precision above t is the mean confidence there.
        kept += threshold == measures.NEVER or (2 / 3) * (1 - threshold**3) / (1 - threshold**2) >= 0.95
    # The bound is exact for one threshold; choosing the best of many costs a little.
    assert kept >= 170


def test_too_little_evidence_chooses_no_threshold() -> None:
    assert measures.choose_threshold(np.full(20, 0.99), np.ones(20, dtype=bool), 0.95) == measures.NEVER
    assert measures.choose_threshold(np.full(60, 0.99), np.ones(60, dtype=bool), 0.95) == 0.99
    assert measures.choose_threshold(np.full(60, 0.99), np.zeros(60, dtype=bool), 0.95) == measures.NEVER


def test_the_curve_runs_from_the_surest_rows_to_all_and_says_between_what_the_truth_lies() -> None:
    random = np.random.default_rng(4)
    sure = random.random(400)
    right = random.random(400) < sure
    curve = measures.coverage(sure, right)
    assert [round(point.share, 2) for point in curve] == [round(0.05 * step, 2) for step in range(1, 21)]
    assert curve[0].precision > curve[-1].precision == right.mean()
    for point in curve:
        above = sure >= point.confidence
        assert point.precision == right[above].mean() and point.share == above.mean()
        wrong = int((~right[above]).sum())
        assert point.low == pytest.approx(beta.ppf(0.025, right[above].sum(), wrong + 1))
        assert point.high == pytest.approx(beta.ppf(0.975, right[above].sum() + 1, wrong)) if wrong else 1.0
    assert measures.interval(0, 5)[0] == 0 and measures.interval(5, 5)[1] == 1


def test_rows_of_equal_confidence_pass_together() -> None:
    sure = np.array([0.9] * 100 + [0.8] * 100)
    right = np.array([True] * 100 + [True] * 50 + [False] * 50)
    assert measures.choose_threshold(sure, right, 0.95) == 0.9


def test_figures_count_an_unknown_label_as_wrong() -> None:
    chances = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.3, 0.4, 0.3], [0.9, 0.05, 0.05]])
    found = measures.figures(chances, np.array([0, 1, 2, -1]), {"0.95": chances.max(axis=1) >= 0.65})
    assert (found.n, found.accuracy, found.top3) == (4, 0.5, 0.75)
    assert found.auto["0.95"] == measures.Automatic(0.5, 0.5)
    assert found.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 0 + 0) / 4)


def test_an_honest_model_has_no_calibration_error() -> None:
    sure, right = np.full(1_000, 0.7), np.arange(1_000) < 700
    assert measures.calibration_error(sure, right) == pytest.approx(0)
    assert measures.calibration_error(np.full(1_000, 0.9), right) == pytest.approx(0.2)


def test_calibration_mends_scores_that_are_too_sure() -> None:
    random = np.random.default_rng(5)
    truth = random.integers(0, 4, 6_000)
    scores = random.normal(0, 1, (6_000, 4))
    scores[np.arange(6_000), truth] += 1.5
    bent = fit_calibration(scores[:4_000] * 10, truth[:4_000]).apply(scores[4_000:] * 10)
    raw = calibration.softmax(scores[4_000:] * 10)
    right = bent.argmax(axis=1) == truth[4_000:]
    assert measures.calibration_error(bent.max(axis=1), right) < 0.05
    assert measures.calibration_error(raw.max(axis=1), raw.argmax(axis=1) == truth[4_000:]) > 0.15


def test_rare_classes_share_one_curve() -> None:
    random = np.random.default_rng(6)
    truth = np.concatenate([np.zeros(300), np.ones(300), np.full(5, 2), np.full(5, 3)]).astype(np.int64)
    scores = random.normal(0, 1, (610, 4))
    found = fit_calibration(scores, truth)
    assert found.slope[2] == found.slope[3] != found.slope[0]


def test_each_kind_of_input_holds_what_is_asked_by_itself() -> None:
    """Letters with a title are the harder ones here: one threshold over both would let too many of them through."""
    random = np.random.default_rng(3)
    titled = np.arange(6_000) % 4 == 0
    sure = random.uniform(0.5, 1, 6_000)
    right = random.random(6_000) < np.where(titled, 0.2 + 0.8 * sure, 0.5 + 0.5 * sure)
    shared, own = measures.choose_thresholds(sure, right)["0.95"], thresholds.choose(sure, right, titled)
    assert right[titled & (sure >= shared)].mean() < 0.95
    passed = own.passing(sure, titled)["0.95"]
    assert right[titled & passed].mean() >= 0.95 <= right[~titled & passed].mean()
    assert own.usual["0.95"] < shared < own.titled["0.95"]
    few = thresholds.choose(sure, right, np.arange(6_000) < 50)
    assert few.titled == {} and few.usual["0.95"] == shared, "too few of the one kind to be judged apart"

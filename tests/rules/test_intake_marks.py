"""What marked texts teach: which spans of a text are its elements."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bench import elements
from hotline.infra import native
from hotline.infra.errors import Misconfigured
from hotline.infra.patterns import led
from hotline.intake.lift import lift
from hotline.intake.marks import learned
from hotline.intake.marks.marked import Span, marked
from hotline.intake.sums import worth

TODAY = date(2026, 11, 23)
LINES = (
    "我住在<p:柳芭巷7号>，<t:昨晚>停水。",
    "<p:锦绣天下>的电梯坏了<t:三天>，请<d:来修<p:锦绣天下>的电梯>。",
    "我在<p:云海阁>交了<a:两千>，要求<d:退钱>。",
    "<n:康女士>说路灯不亮。",
    "没有什么好说的。",
)


def lessons() -> list[learned.Marked]:
    return [(*marked(line), True) for line in LINES]


def test_labels_of_marks_are_read_off_as_the_same_marks() -> None:
    text, marks = marked("<n:赵>在<p:东关>，希望<d:把<p:东关桥>修好>")
    labels = learned.labels_of(text, marks).reshape(2, -1)
    found = [span for row in (0, 1) for span in learned.read_off(labels[row], *learned.LAYERS[row])]
    assert sorted(found) == sorted(marks)
    assert Span("name", 0, 1) in found and Span("demand", 7, 13) in found


def test_what_was_learned_is_marked_again_and_always_the_same() -> None:
    one, other = (learned.learn(lessons() * 5, learned.by_rules) for _ in range(2))
    assert np.array_equal(one, other)
    for text, marks, _ in lessons():
        assert sorted(learned.spans(text, learned.by_rules(text), one)) == sorted(marks)
    [place] = learned.spans("他住在柳芭巷9号。", [], one)
    assert place.kind == "place"


def test_a_surname_tells_a_name_that_was_never_seen() -> None:
    given = ["大小金"[at % 3] + "龙山河"[at // 3] for at in range(9)]
    lesson = [f"同乡<n:{surname}{name}>来了。" for surname, name in zip("韦岳佟闵翟晏柏魏彭", given, strict=True)]
    lesson += [f"同乡{doing}{name}来了。" for doing, name in zip("跑笑忽悄偷慢吵闹抱", given, strict=True)]
    weights = learned.learn([(*marked(line), True) for line in lesson * 3], lambda _: [])
    found = {one: learned.spans(f"同乡{one}小龙来了。", [], weights) for one in "逯窦霍葛骑喊躲唱"}
    assert [one for one, spans in found.items() if spans] == [*"逯窦霍葛"]
    assert all(spans == [Span("name", 2, 5)] for spans in found.values() if spans)


def test_a_wish_goes_on_behind_a_comma_where_the_next_clause_asks() -> None:
    what, asked, told = (
        words.split()
        for words in (
            "这条路 那座桥 老围墙 旧电梯 小学校 水表箱",
            "怎么 哪天 什么时候 咋 啥时 能不能",
            "上面 去年 邻居 老板 大家 村里",
        )
    )
    lesson = [f"请<d:派人来看{one}，{asks}修好>。" for one, asks in zip(what, asked, strict=True)]
    lesson += [f"请<d:派人来看{one}>，{tells}修好。" for one, tells in zip(what, told, strict=True)]
    weights = learned.learn([(*marked(line), True) for line in lesson * 3], lambda _: [])
    for clause, goes_on in (("何日", True), ("可否", True), ("今天", False), ("人家", False)):
        [wish] = learned.spans(f"请派人来看旧仓库，{clause}修好。", [], weights)
        assert wish == Span("demand", 1, 13 if goes_on else 8)


@pytest.mark.parametrize(
    ("wished", "told"),
    [
        ("有事。请你们看一看，多谢各位，换{}。", "请听着。你们看了一看，多谢各位，换{}。"),
        ("有事。一、那座桥太旧了，换{}。", "有事。呀，那座桥太旧了，换{}。"),
    ],
    ids=["a wish earlier in the sentence", "one of several that are counted"],
)
def test_a_clause_is_wished_for_by_what_stood_far_before_it(wished: str, told: str) -> None:
    things = ["灯泡", "木板", "铁门", "水管", "石阶", "棚子", "锁头", "闸门"]
    lesson = [wished.replace("换{}", f"<d:换{thing}>") for thing in things] + [told.format(thing) for thing in things]
    weights = learned.learn([(*marked(line), True) for line in lesson * 3], lambda _: [])
    for thing in ("窗子", "井盖", "栏杆"):
        end = len(wished.format(thing)) - 1
        assert learned.spans(wished.format(thing), [], weights) == [Span("demand", end - 3, end)]
        assert learned.spans(told.format(thing), [], weights) == []


@pytest.mark.parametrize("text", ["", "。", "𠮷", "a" * 300, "希望", "1" * 200, "\n\n"])
def test_any_text_is_read(text: str) -> None:
    assert all(text[one.start : one.end] == one.text for one in lift(text, today=TODAY))


def test_words_that_are_not_the_text_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learned, "words_of", lambda text: [(f"{text}灯", "n", True)])
    with pytest.raises(ValueError, match="not the text"):
        learned.laid_out("路", [])


def test_weights_that_are_none_are_refused_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(foreign := tmp_path / "foreign.npy", np.zeros((3, learned.WIDTH), dtype=np.int16))
    (broken := tmp_path / "broken.npy").write_bytes(b"no weights")
    for path in (foreign, broken):
        monkeypatch.setattr(native, "made", lambda _name, _make, path=path: path)
        learned.weights.cache_clear()
        with pytest.raises(Misconfigured, match="权重文件"):
            learned.weights()
    learned.weights_if_any.cache_clear()
    text = "市民李女士说人民路东段的路灯不亮，希望尽快修好。"
    assert [one.value for one in lift(text, today=TODAY)] == ["李女士", "人民路东段", "尽快修好"]  # by the rules alone
    learned.weights_if_any.cache_clear()
    learned.weights.cache_clear()


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("小票单号13800027719，要求退货", []),
        ("受理编号:15020260901的件还没办", []),
        ("工单13912345678一直没人管", []),
        ("运单号是13912345678", []),
        ("联系方式13912345678", ["13912345678"]),
        ("我妈电话号码是13912345678，单号忘了", ["13912345678"]),
        ("她家电话62210984", ["62210984"]),
        ("座机:8332015，没人接", ["8332015"]),
        ("电话打了20261123次", []),
    ],
)
def test_a_number_of_papers_that_looks_like_a_telephone_is_none(text: str, phones: list[str]) -> None:
    assert [one.value for one in lift(text, today=TODAY) if one.kind == "phone"] == phones


@pytest.mark.parametrize(
    ("said", "yuan"),
    [("三千八", "3800"), ("186块4", "186.4"), ("1,299元", "1299"), ("两万多块钱", "20000"), ("3万8千元", "38000"), ("大几千", "大几千")],
)  # fmt: skip
def test_a_sum_is_told_in_yuan_where_it_is_one(said: str, yuan: str) -> None:
    assert worth(said) == yuan


def test_a_pattern_that_looks_ahead_first_finds_the_same() -> None:
    plain = r"(?<!上)周[一二三]|[0-9]{2}路|(?:地铁|公交)线"
    text = "上周一坐12路到地铁线，周二 34路"
    assert [one.span() for one in led(plain).finditer(text)] == [(4, 7), (8, 11), (12, 14), (15, 18)]


@pytest.mark.parametrize(
    ("path", "texts", "floor"),
    [
        (elements.KEPT_BACK, 40, 0.87),
        (elements.SEALED_THIRD, 80, 0.87),
        (elements.SEALED_FOURTH, 50, 0.75),
        (elements.SEALED_FIFTH, 34, 0.72),
    ],
    ids=["kept back", "sealed", "in voices unheard", "in three more"],
)
def test_texts_that_nothing_was_learned_from_are_understood(path: Path, texts: int, floor: float) -> None:
    found = elements.measure(path)["all"]
    assert sum(1 for _ in elements.read(path)) >= texts
    assert found["f1"] >= floor

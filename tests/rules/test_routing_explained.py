"""Why a unit is suggested: the finished tickets most like this one."""

from hotline.routing.explaining.what_if import Finished, nearest


def test_the_same_letter_of_many_neighbours_is_one_line_with_how_many() -> None:
    same = [Finished(n, "路灯不亮", "东门的路灯", "0101", 7, 0) for n in (3, 9, 5)]
    elsewhere = Finished(8, "路灯不亮", "东门的路灯", "0101", 6, 1)
    other, unlike = Finished(4, "灯坏了", "楼道的灯", "0102", 7, 0), Finished(2, "噪声", "夜里施工", "0201", 5, 0)
    found = nearest(
        "路灯不亮",
        [*same, elsewhere, other, unlike],
        lambda one, text: len(set(one) & set(text)) / len(set(one)),
        lambda unit: f"{unit}号单位",
        lambda code: code or "",
    )
    assert [(one.ticket_id, one.unit, one.times) for one in found] == [
        (9, "7号单位", 3),
        (8, "6号单位", 1),
        (4, "7号单位", 1),
    ], "of those that agree the newest is shown; who led makes another line; nothing in common is none"

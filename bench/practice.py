"""办理惯例 on real tickets: who led, told from counts alone, ticket after ticket (`python -m bench.practice`).

8,000 tickets of 坪山 in the order of their time, cut into streets and communities. Each of the last fifth is asked of what came before it, by the
very counts that the desks show where a catalogue is silent (hotline/routing/practice/belief.py), then told who led."""

import argparse
import json
from typing import Any

from bench.classify import UNITS
from hotline.classify import tables
from hotline.routing.practice.belief import Led, Practice

LAST = 0.2
SURE = (0.5, 0.7, 0.9)


def numbers(values: list[str], width: int) -> dict[str, str]:
    """Codes as categories and regions have them."""
    return {value: f"{number:0{width}}" for number, value in enumerate(sorted(set(values)), 10)}


def rows() -> list[Led]:
    """One finished ticket each, in the order of time."""
    found = sorted(tables.read_rows(UNITS), key=lambda row: tables.moment(row["create_time"]))
    main = numbers([row["main_type_name"] for row in found], 4)
    sub = numbers([row["sub_type_name"] for row in found], 3)
    streets = numbers([row["street_name"] for row in found], 3)
    communities = numbers([row["community_name"] for row in found], 3)
    return [
        Led(
            main[row["main_type_name"]] + sub[row["sub_type_name"]],
            "440310" + streets[row["street_name"]] + communities[row["community_name"]],
            row["dispose_unit_norm"],
            1,
        )
        for row in found
    ]


def measure() -> dict[str, Any]:
    tickets, practice = rows(), Practice()
    first = int(len(tickets) * (1 - LAST))
    sure: list[tuple[float, bool]] = []
    among = 0
    for place, one in enumerate(tickets):
        if place >= first:
            ways = practice.ways(one.category, one.region)
            sure.append((ways[0].share, ways[0].lead == one.lead) if ways else (0.0, False))
            among += one.lead in {way.lead for way in ways}
        practice.learn(one)
    asked, right = len(sure), sum(hit for _, hit in sure)
    error = (right / asked * (1 - right / asked) / asked) ** 0.5
    return {
        "tickets": asked,
        "first": round(right / asked, 3),
        "first_error": round(error, 3),
        "among_three": round(among / asked, 3),
        "said_on_average": round(sum(share for share, _ in sure) / asked, 3),
        **{
            f"from_{least:.0%}": {"tickets": len(these), "right": round(sum(these) / len(these), 3)}
            for least in SURE
            if (these := [hit for share, hit in sure if share >= least])
        },
    }


def main() -> None:
    argparse.ArgumentParser(prog="python -m bench.practice", description=__doc__).parse_args()
    if not UNITS.is_file():
        raise SystemExit(f"没有 {UNITS.name}:测量用的数据不在仓库里。")
    print(json.dumps(measure(), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()

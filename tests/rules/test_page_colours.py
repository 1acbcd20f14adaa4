"""The colours of the citizen's pages: every text can be read."""

import re

import pytest

from hotline.web.styles import ASSETS


def brightness(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_can_be_read_on_every_ground_it_stands_on(scheme: int) -> None:
    sheet = ASSETS["pages.css"].content.decode()
    tokens = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in re.findall(r":root \{(.*?)\}", sheet, re.S)
    ]
    colour = tokens[scheme]
    grounds = ("ground", "soft", "accent-wash", "late-wash", "near-wash")
    read = [("ink", ground) for ground in grounds] + [("quiet", ground) for ground in grounds[:3]]
    read += [("accent", ground) for ground in grounds[:3]]
    read += [
        ("late", "late-wash"),
        ("late", "ground"),
        ("on-accent", "accent"),
        ("on-accent", "accent-deep"),
        ("ground", "done"),
    ]
    for text, ground in read:
        assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)
    assert contrast(colour["edge"], colour["ground"]) >= 3

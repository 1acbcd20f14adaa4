"""What every page of a citizen's must be, whatever it says: read as a screen reader reads it."""

import re
from html.parser import HTMLParser

from httpx import Response


class Outline(HTMLParser):
    """What a screen reader meets: headings, labels, fields, and what each points at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.labelled: set[str] = set()
        self.fields: list[dict[str, str]] = []
        self.points: set[str] = set()
        self.lang = ""
        self.depth = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.lang = given.get("lang", "") if tag == "html" else self.lang
        self.ids += [given["id"]] if "id" in given else []
        self.depth += tag == "label"
        if tag == "label" and "for" in given:
            self.labelled.add(given["for"])
        if tag in ("input", "select", "textarea") and given.get("type") != "hidden":
            self.fields.append({**given, "inside": "yes" if self.depth else ""})
        self.points |= {ref for name in ("aria-describedby", "aria-labelledby") for ref in given.get(name, "").split()}
        if given.get("href", "").startswith("#"):
            self.points.add(given["href"][1:])

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "label"


def sound(page: Response) -> str:
    """Every page: its language, one h1, a title, labels bound, nothing pointing nowhere, no script. Answers its text."""
    outline = Outline(page.text)
    assert outline.lang == "zh-CN"
    assert outline.tags.count("h1") == outline.tags.count("title") == outline.tags.count("main") == 1
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.points <= set(outline.ids)
    for field in outline.fields:
        assert field["inside"] or field.get("id") in outline.labelled, field
    assert not {"script", "style", "iframe"} & set(outline.tags)
    assert " style=" not in page.text and " on" not in re.sub(r">[^<]*<", "><", page.text).replace(" one", "")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"
    return page.text

"""One answer in the two forms of the standard: JSON, and XML made of the same names."""

from collections.abc import Iterable, Mapping
from xml.etree import ElementTree

import msgspec

Row = Mapping[str, object]


def as_json(rows: object) -> bytes:
    return msgspec.json.encode(rows)


def as_xml(rows: Iterable[Row], root: str, each: str) -> bytes:
    """<root><each><name>value</name>…</each>…</root>"""
    top = ElementTree.Element(root)
    for row in rows:
        fill(ElementTree.SubElement(top, each), row)
    return written(top)


def one_as_xml(row: Row, root: str) -> bytes:
    top = ElementTree.Element(root)
    fill(top, row)
    return written(top)


def fill(place: ElementTree.Element, row: Row) -> None:
    for name, value in row.items():
        child = ElementTree.SubElement(place, name)
        if isinstance(value, list):
            for inner in value:
                part = ElementTree.SubElement(child, name.removesuffix("s"))
                if isinstance(inner, str):
                    part.text = printable(inner)
                else:
                    fill(part, inner)
        elif isinstance(value, bool):
            child.text = "true" if value else "false"
        elif value is not None:
            child.text = printable(str(value))


def printable(text: str) -> str:
    """XML 1.0 has no place for most control characters."""
    return "".join(char for char in text if char in "\t\n" or char >= " ")


def written(top: ElementTree.Element) -> bytes:
    return bytes(ElementTree.tostring(top, encoding="utf-8", xml_declaration=True))

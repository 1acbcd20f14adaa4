"""Which encoding a file of text is in: UTF-8 first, then GB 18030, else nobody guesses."""

import codecs
import gzip
from pathlib import Path

import pytest

from hotline.classify.tables import write_rows
from hotline.infra.errors import BadRequest
from hotline.infra.texts import GB18030, UTF8, UnknownText, encoding_of
from hotline.intake.actions import count_rows, rows_of

SAID = "标题,诉求内容\r\n路灯不亮,雁栖区文苑路 12 号门前路灯夜里不亮，希望尽快修理\r\n"


def cut(content: bytes, size: int) -> list[bytes]:
    return [content[at : at + size] for at in range(0, len(content), size)]


@pytest.mark.parametrize("size", [1, 3, 7, 4096])
@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (SAID.encode("utf-8"), UTF8),
        (SAID.encode("utf-8-sig"), UTF8),
        (b"a,b\r\n1,2\r\n", UTF8),
        (b"", UTF8),
        (SAID.encode("gb18030"), GB18030),
        ("姓名\n赵龑𠮷\n".encode("gb18030"), GB18030),
        ("电话\n".encode("gbk"), GB18030),
    ],
)
def test_utf_8_is_believed_first_and_then_gb_18030(content: bytes, encoding: str, size: int) -> None:
    assert encoding_of(cut(content, size)) == encoding
    content.decode(encoding)


@pytest.mark.parametrize("size", [1, 5, 4096])
@pytest.mark.parametrize(
    "content",
    [
        SAID.encode("utf-16"),
        SAID.encode("utf-8")[:-10] + b"\xe8\xb7" + b"\r\n",
        SAID.encode("utf-8").replace("夜".encode(), b"\xe5\xa4"),
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\xff\xfe\x81",
        SAID.encode("gb18030")[:-3],
        "地址\n臺北".encode("big5") + b"\x80\xff",
    ],
    ids=["utf-16", "utf-8 cut", "utf-8 with a hole", "a zip", "gb 18030 cut", "big5"],
)
def test_what_is_neither_is_not_guessed(content: bytes, size: int) -> None:
    with pytest.raises(UnknownText):
        encoding_of(cut(content, size))


def test_rows_are_the_same_however_excel_wrote_them(tmp_path: Path) -> None:
    rows = []
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        (tmp_path / "letters.csv").write_bytes(SAID.encode(encoding))
        (tmp_path / "letters.csv.gz").write_bytes(gzip.compress(SAID.encode(encoding)))
        rows += [list(rows_of(tmp_path / name)) for name in ("letters.csv", "letters.csv.gz")]
        assert count_rows(tmp_path / "letters.csv") == 1
    assert all(found == rows[0] for found in rows) and rows[0][0]["标题"] == "路灯不亮"
    written = {}
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        (tmp_path / "asked.csv").write_bytes(SAID.encode(encoding))
        write_rows(tmp_path / "told.csv", [{"标题": "路灯不亮"}], like=tmp_path / "asked.csv")
        written[encoding] = (tmp_path / "told.csv").read_bytes()[:3] == codecs.BOM_UTF8
    assert written == {"utf-8": False, "utf-8-sig": True, "gb18030": True}, "as whoever asks reads it"
    (tmp_path / "letters.csv").write_bytes(SAID.encode("utf-16"))
    with pytest.raises(BadRequest, match="既不是 UTF-8 也不是 GB 18030"):
        list(rows_of(tmp_path / "letters.csv"))
    assert count_rows(tmp_path / "letters.csv") is None

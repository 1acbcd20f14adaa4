"""What a file is, by its content. Whatever is not surely one of the kinds below is refused.

SVG and HTML are refused because they run: opened from our own address they would act in the reader's name."""

import codecs
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

import filetype

HEAD = 8192
PIECE = 1 << 18
OFFICE = "application/vnd.openxmlformats-officedocument."
ENDINGS: dict[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/bmp": ("bmp",),
    "image/heic": ("heic", "heif"),
    "application/pdf": ("pdf",),
    f"{OFFICE}wordprocessingml.document": ("docx",),
    f"{OFFICE}spreadsheetml.sheet": ("xlsx",),
    f"{OFFICE}presentationml.presentation": ("pptx",),
    "application/msword": ("doc", "wps"),
    "application/vnd.ms-excel": ("xls", "et"),
    "application/vnd.ms-powerpoint": ("ppt", "dps"),
    "text/plain": ("txt", "csv"),
    "audio/mpeg": ("mp3",),
    "audio/wav": ("wav",),
    "video/mp4": ("mp4",),
}
"""Kind → endings a name may have; the first is added to a name that has none of them."""

SPOKEN = "图片、PDF、Word、Excel、PowerPoint、纯文本、MP3、WAV 或 MP4"

AS_GIVEN = frozenset(kind for kind in ENDINGS if kind.partition("/")[0] in ("image", "video")) | {
    "application/pdf",
    "audio/mpeg",
}
PARTS = {
    "word/document.xml": f"{OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{OFFICE}presentationml.presentation",
}
MOST_PARTS = 10_000
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
STREAMS = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}
MACROS = "_VBA_PROJECT"
MARKUP = re.compile(r"<(!doctype|html|head|body|svg|script|iframe|object|embed|\?xml|\?php)\b", re.I)
BMP_HEADERS = frozenset({12, 40, 52, 56, 64, 108, 124})


def kind_of(file: BinaryIO) -> str | None:
    """One of ENDINGS, or None for whatever we do not take."""
    file.seek(0)
    head = file.read(HEAD)
    if not head:
        return None
    if head.startswith(b"PK\x03\x04"):
        return office_kind(file)
    if head.startswith(OLE):
        return older_office_kind(file)
    guess = filetype.guess(head)
    if guess is None:
        return "text/plain" if is_text(file) else None
    if guess.mime == "audio/x-wav":
        return "audio/wav"
    if guess.mime == "image/bmp" and int.from_bytes(head[14:18], "little") not in BMP_HEADERS:
        return "text/plain" if is_text(file) else None
    return guess.mime if guess.mime in AS_GIVEN else None


def office_kind(file: BinaryIO) -> str | None:
    """By its parts; nothing is unpacked, and a document with macros is no document."""
    if not few_parts(file):
        return None
    try:
        with zipfile.ZipFile(file) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, UnicodeDecodeError):
        return None
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((kind for part, kind in PARTS.items() if part in names), None)


def few_parts(file: BinaryIO) -> bool:
    """Whether the list of parts is short: a made-up one of a million would eat our memory."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - (1 << 16) - 22))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return False
    count = int.from_bytes(tail[at + 10 : at + 12], "little")
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    return count <= MOST_PARTS and length <= MOST_PARTS * 256


def older_office_kind(file: BinaryIO) -> str | None:
    """The names of its streams stand in it as UTF-16; installers are built the same way and have none of them."""
    wanted = {name: name.encode("utf-16-le") for name in (*STREAMS, MACROS)}
    found: set[str] = set()
    before = b""
    for piece in pieces(file):
        searched = before + piece
        found |= {name for name, text in wanted.items() if text in searched}
        before = searched[-64:]
    if MACROS in found:
        return None
    return next((kind for name, kind in STREAMS.items() if name in found), None)


def pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def is_text(file: BinaryIO) -> bool:
    """Plain text in UTF-8 or GB 18030, and no markup dressed up as text."""
    return any(reads_as(file, encoding) for encoding in ("utf-8-sig", "gb18030"))


def reads_as(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    before = ""
    try:
        for piece in pieces(file):
            text = decoder.decode(piece)
            if any(unicodedata.category(ch) == "Cc" and ch not in "\t\r\n\f" for ch in set(text)):
                return False
            if MARKUP.search(before + text):
                return False
            before = text[-16:]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


LONGEST_NAME = 120


def safe_name(given: str, kind: str) -> str:
    """The name without path, control and direction characters, with an ending that tells what the file is."""
    plain = given.replace("\\", "/").rpartition("/")[2]
    plain = "".join(ch for ch in plain if unicodedata.category(ch) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    plain = plain.strip(" .") or "附件"
    stem, dot, ending = plain.rpartition(".")
    if dot and ending.lower() in ENDINGS[kind]:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending.lower()}"
    ending = ENDINGS[kind][0]
    return f"{plain[: LONGEST_NAME - len(ending) - 1]}.{ending}"

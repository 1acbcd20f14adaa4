"""Files of text as they come out of Chinese offices: in UTF-8, or in GB 18030, which Excel writes where nobody asks."""

import codecs
import gzip
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, TextIO

UTF8, GB18030 = "utf-8-sig", "gb18030"
PIECE = 1 << 20
SURE = 10
"""So many Chinese characters rightly read before the first wrong byte: it is UTF-8 that broke, not another encoding."""


class UnknownText(ValueError):
    """Neither UTF-8 nor GB 18030."""


def encoding_of(pieces: Iterable[bytes]) -> str:
    """UTF-8 where every byte of it is; else GB 18030 where every byte of it is, and nothing in it that no table has."""
    decoders = {name: codecs.getincrementaldecoder(name)() for name in (UTF8, GB18030)}
    sure = 0
    for piece in (*pieces, None):
        for name, decoder in list(decoders.items()):
            try:
                read = decoder.decode(piece or b"", final=piece is None)
            except UnicodeDecodeError as wrong:
                if name == UTF8 and sure + chinese(wrong.object[: wrong.start].decode("utf-8", "ignore")) >= SURE:
                    raise UnknownText from wrong
                del decoders[name]
                continue
            if name == UTF8:
                sure += chinese(read) if sure < SURE else 0
            elif UTF8 not in decoders and strange(read):
                del decoders[name]
        if not decoders:
            raise UnknownText
    return next(iter(decoders))


def chinese(text: str) -> int:
    return sum("\u4e00" <= ch <= "\u9fff" for ch in text)


def strange(text: str) -> bool:
    """Controls, and places no character has: bytes of something else that GB 18030 lets through."""
    return any(unicodedata.category(ch) in ("Cc", "Cn", "Co") and ch not in "\t\r\n\f" for ch in set(text))


def open_text(path: Path) -> TextIO:
    """For reading, whichever of the two it is; `.gz` is unpacked on the way. UnknownText where it is neither."""
    with _binary(path) as file:
        encoding = encoding_of(iter(lambda: file.read(PIECE), b""))
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")


def from_a_table_program(path: Path) -> bool:
    """Whether Excel or its like wrote it: with the mark of UTF-8, or in another encoding. Programs write neither."""
    with _binary(path) as file:
        marked = file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
        file.seek(0)
        return marked or encoding_of(iter(lambda: file.read(PIECE), b"")) != UTF8


def _binary(path: Path) -> gzip.GzipFile | BinaryIO:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")

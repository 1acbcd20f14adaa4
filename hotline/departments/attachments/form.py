"""A multipart form read piece by piece: its one file goes out as it comes in, its fields are kept."""

from collections.abc import Callable

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from hotline.infra.errors import BadRequest, InvalidInput

MOST_BYTES = 50 << 20
"""Of one file."""
MOST_FIELDS = 8
LONGEST_FIELD = 4096
UNREADABLE = "上传的内容不完整或无法读取,请重新上传。"


def boundary_of(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise BadRequest("请以 multipart/form-data 上传附件。")
    return options[b"boundary"]


class Form:
    """Feed it bytes; `sink` is given the file's, never more than a piece at once."""

    def __init__(self, boundary: bytes, sink: Callable[[bytes], object], most: int = MOST_BYTES) -> None:
        self.fields: dict[str, str] = {}
        self.file_name: str | None = None
        self.size = 0
        self.finished = False
        self._sink, self._most = sink, most
        self._in_file = False
        self._header: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._disposition = b""
        self._field, self._value = "", bytearray()
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
                    "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._headers_end,
                    "on_part_data": self._data,
                    "on_part_end": self._end,
                    "on_end": self._finish,
                },
            )
        except FormParserError as wrong:
            raise BadRequest(UNREADABLE) from wrong

    def feed(self, piece: bytes) -> None:
        try:
            self._parser.write(piece)
        except FormParserError as wrong:
            raise BadRequest(UNREADABLE) from wrong

    def check_whole(self) -> None:
        """Refuse what was cut off, and what holds no file."""
        if not self.finished:
            raise BadRequest(UNREADABLE)
        if self.file_name is None or self.size == 0:
            raise InvalidInput([("file", "请选择要上传的文件,空文件不收。")])

    def _begin(self) -> None:
        self._disposition, self._in_file = b"", False
        self._field, self._value = "", bytearray()
        self._header = (bytearray(), bytearray())

    def _header_end(self) -> None:
        name, value = self._header
        if bytes(name).lower() == b"content-disposition":
            self._disposition = bytes(value)
        self._header = (bytearray(), bytearray())

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._field = options.get(b"name", b"").decode(errors="replace")
        if b"filename" not in options:
            return
        if self.file_name is not None:
            raise InvalidInput([("file", "一次只能上传一个文件。")])
        self._in_file = True
        self.file_name = options[b"filename"].decode(errors="replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self.size += end - start
            if self.size > self._most:
                raise InvalidInput([("file", f"单个附件不超过 {self._most >> 20} MB,请压缩或分开上传。")])
            self._sink(data[start:end])
            return
        self._value += data[start:end]
        if len(self._value) > LONGEST_FIELD:
            raise InvalidInput([(self._field[:50] or "body", "字段内容过长。")])

    def _end(self) -> None:
        if self._in_file:
            return
        if len(self.fields) >= MOST_FIELDS:
            raise InvalidInput([("body", "字段过多。")])
        self.fields[self._field[:50]] = self._value.decode(errors="replace")

    def _finish(self) -> None:
        self.finished = True

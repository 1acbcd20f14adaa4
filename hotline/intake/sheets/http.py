"""An uploaded file as rows of plain texts; nothing is kept."""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from hotline.infra.errors import BadRequest, InvalidInput
from hotline.intake.actions import rows_of

MOST_ROWS = 20_000
LARGEST_FILE = 10 << 20


async def uploaded_rows(request: Request, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of the form's file, which must have these columns."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > LARGEST_FILE:
        raise BadRequest("文件不超过 10 MB,请分开导入。")
    try:
        async with request.form(max_files=1, max_fields=5) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise InvalidInput([("file", "请选择一个 CSV 或 XLSX 文件。")])
            content = await file.read(LARGEST_FILE + 1)
            return await asyncio.to_thread(rows_in, content, file.filename or "", columns)
    except HTTPException as wrong:
        raise BadRequest("请以表单(multipart/form-data)上传一个 CSV 或 XLSX 文件。") from wrong


def rows_in(content: bytes, name: str, columns: Sequence[str]) -> list[dict[str, str]]:
    """A worksheet or a text, as dictionaries of plain texts."""
    suffix = ".xlsx" if name.lower().endswith((".xlsx", ".xlsm")) else ".csv"
    with tempfile.NamedTemporaryFile(suffix=suffix) as kept:
        kept.write(content)
        kept.flush()
        try:
            found = [plain(row) for row in rows_of(Path(kept.name))]
        except BadRequest as wrong:
            raise BadRequest(wrong.message.replace(str(kept.name), name).replace(Path(kept.name).name, name)) from wrong
    if not found:
        raise InvalidInput([("file", "文件中没有内容。")])
    if len(found) > MOST_ROWS:
        raise InvalidInput([("file", f"一次最多导入 {MOST_ROWS} 行,请分开导入。")])
    if missing := [column for column in columns if column not in found[0]]:
        raise InvalidInput([("file", f"文件缺少列 {'、'.join(missing)};表头应为 {','.join(columns)}。")])
    return found


def plain(row: dict[str, Any]) -> dict[str, str]:
    return {str(key).strip(): text(value) for key, value in row.items() if key}


def text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()

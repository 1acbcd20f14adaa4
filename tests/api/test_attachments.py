"""Files of a ticket: what comes in, what is refused, who gets it out, and what an upload cut short leaves behind."""

import io
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from openpyxl import Workbook
from starlette.requests import ClientDisconnect

from hotline.departments.attachments import actions, files, form
from hotline.departments.attachments.kinds import kind_of, safe_name
from hotline.infra.crypto import sm3
from hotline.infra.errors import BadRequest, InvalidInput
from tests.flow.city import API, City, Person
from tests.flow.steps import BASIS, answers, sent, signed

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


def workbook() -> bytes:
    made = io.BytesIO()
    Workbook().save(made)
    return made.getvalue()


def packed(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        for name in names:
            parts.writestr(name, "<x/>")
    return made.getvalue()


def utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of a test lie in a folder of its own."""
    monkeypatch.setattr(actions, "folder", lambda data: tmp_path / "attachments")
    return tmp_path / "attachments"


def kept(shelf: Path) -> list[str]:
    return sorted(str(path.relative_to(shelf)) for path in shelf.rglob("*") if path.is_file())


async def puts(person: Person, ticket_id: int, content: bytes, name: str = "现场.png", **fields: str) -> Response:
    await person.sign_in()
    path = f"{API}/tickets/{ticket_id}/attachments"
    return await person.city.client.post(path, files={"file": (name, content)}, data=fields, headers=person.headers)


async def put(person: Person, ticket_id: int, content: bytes = PNG, name: str = "现场.png", **fields: str) -> Any:
    answered = await puts(person, ticket_id, content, name, **fields)
    assert answered.status_code == 201, answered.text
    return answered.json()["attachment"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xdb" + bytes(60), "image/jpeg"),
        (b"GIF89a" + bytes(20), "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 " + bytes(20), "image/webp"),
        (b"BM" + bytes(12) + b"\x28\0\0\0" + bytes(40), "image/bmp"),
        (PDF, "application/pdf"),
        (workbook(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (
            packed("[Content_Types].xml", "word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (OLE + utf16("WordDocument"), "application/msword"),
        (OLE + bytes(300_000) + utf16("Workbook"), "application/vnd.ms-excel"),
        (b"ID3\x03" + bytes(40), "audio/mpeg"),
        (b"\xff\xf3\x90\x64" + bytes(400), "audio/mpeg"),
        (b"RIFF\x24\0\0\0WAVEfmt " + bytes(30), "audio/wav"),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(30), "video/mp4"),
        ("路灯编号 LD-0332,已更换。\r\n".encode(), "text/plain"),
        ("路灯编号 LD-0332,已更换。".encode("gb18030"), "text/plain"),
        ("BMW 停在消防通道。".encode(), "text/plain"),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, kind: str) -> None:
    assert kind_of(io.BytesIO(content)) == kind


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', id="svg"),
        pytest.param(b'<?xml version="1.0"?><svg><script>alert(1)</script></svg>', id="svg in xml"),
        pytest.param(b"<!DOCTYPE html><script>alert(1)</script>", id="html"),
        pytest.param("说明\n".encode() * 3000 + b"<ScRiPt src=//x>", id="script far into a text"),
        pytest.param(b"x" * ((1 << 18) - 4) + b"<script>", id="script across two pieces"),
        pytest.param("<html>".encode("utf-16"), id="html in another encoding"),
        pytest.param(b"MZ\x90\0" + bytes(200), id="program"),
        pytest.param(b"\x7fELF" + bytes(60), id="linux program"),
        pytest.param(packed("a.txt"), id="zip"),
        pytest.param(packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), id="macros"),
        pytest.param(OLE + utf16("WordDocument") + utf16("_VBA_PROJECT"), id="older macros"),
        pytest.param(OLE + bytes(2000), id="installer"),
        pytest.param(b"PK\x03\x04" + bytes(100), id="torn zip"),
        pytest.param(b"PK\x03\x04" + bytes(30) + b"PK\x05\x06" + bytes(6) + b"\xff" * 12 + bytes(4), id="endless zip"),
        pytest.param(b"\x1f\x8b\x08" + bytes(30), id="gzip, as svgz is"),
        pytest.param(b"\x00\x01\x02binary\xff", id="unknown"),
        pytest.param(b"", id="empty"),
    ],
)
def test_what_runs_or_is_not_known_is_refused(content: bytes) -> None:
    assert kind_of(io.BytesIO(content)) is None


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("现场 照片.PNG", "现场 照片.png"),
        ("../../etc/passwd", "passwd.png"),
        ("C:\\桌面\\图.jpg.exe", "图.jpg.exe.png"),
        ("报告\u202egnp.exe", "报告gnp.exe.png"),
        ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie: x=1.png"),
        ("", "附件.png"),
        (" . ", "附件.png"),
        ("长" * 300 + ".png", "长" * 116 + ".png"),
    ],
)
def test_a_name_is_made_safe_and_tells_what_the_file_is(given: str, name: str) -> None:
    assert safe_name(given, "image/png") == name


async def test_a_file_goes_in_is_listed_and_comes_out_as_it_was(city: City, shelf: Path) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    before = await city.version(ticket_id)
    added = await put(hands, ticket_id, name="现场照片.exe")
    assert (added["number"], added["name"], added["kind"]) == (1, "现场照片.exe.png", "image/png")
    assert (added["size"], added["digest"], added["public"]) == (len(PNG), sm3(PNG).hex(), False)
    assert kept(shelf) == [f"{sm3(PNG).hex()[:2]}/{sm3(PNG).hex()}"]
    assert await city.version(ticket_id) == before + 1
    [listed] = (await hands.get(f"/tickets/{ticket_id}/attachments"))["items"]
    assert listed == added and listed["by"] == "韩城"

    got = await hands.call("GET", f"/tickets/{ticket_id}/attachments/1")
    assert (got.status_code, got.content) == (200, PNG)
    assert got.headers["content-type"] == "image/png"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-disposition"].startswith("attachment; filename*=utf-8''%E7%8E%B0")
    assert "sandbox" in got.headers["content-security-policy"]
    line = (await hands.get(f"/tickets/{ticket_id}/history"))["items"][-1]
    assert line["event"] == "attach" and line["payload"]["digest"] == added["digest"]
    assert "现场照片" not in str(line), "a name may name somebody; history is kept for ever"


async def test_the_same_content_twice_lies_there_once(city: City, shelf: Path) -> None:
    one, other = await signed(city), await signed(city)
    await put(city.unit_desk("D14"), one)
    await put(city.supervisor, other, name="另一份.png")
    assert len(kept(shelf)) == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"<svg onload=alert(1)>", "图.png"), (b"MZ" + bytes(99), "x.pdf"), (b"", "空.txt")],
)
async def test_a_refused_file_leaves_nothing(city: City, shelf: Path, content: bytes, name: str) -> None:
    ticket_id = await signed(city)
    before = await city.version(ticket_id)
    answered = await puts(city.unit_desk("D14"), ticket_id, content, name)
    assert answered.status_code == 422 and answered.json()["message"]
    assert (kept(shelf), await city.version(ticket_id)) == ([], before)
    assert await city.conn.fetchval("SELECT count(*) FROM attachment") == 0


async def test_only_who_works_on_a_ticket_puts_files_to_it_and_only_who_sees_it_takes_them(
    city: City, shelf: Path
) -> None:
    ticket_id = await signed(city)
    await put(city.unit_desk("D14"), ticket_id)
    stranger = city.unit_desk("D13")
    assert (await puts(stranger, ticket_id, PNG)).status_code == 404
    for path in ("", "/1"):
        assert (await stranger.call("GET", f"/tickets/{ticket_id}/attachments{path}")).status_code == 404
    assert (await puts(city.leader, ticket_id, PNG)).status_code == 403, "a leader reads"
    assert (await city.leader.call("GET", f"/tickets/{ticket_id}/attachments/1")).status_code == 200
    assert (await city.client.get(f"{API}/tickets/{ticket_id}/attachments/1")).status_code == 401
    for number in ("2", "0", "m1", "01", "%2e%2e"):
        got = await city.supervisor.call("GET", f"/tickets/{ticket_id}/attachments/{number}")
        assert got.status_code == 404, number
    await city.supervisor.does("withdraw", ticket_id, proof="录音 A-1", reason="诉求人撤回")
    assert (await puts(city.unit_desk("D14"), ticket_id, PNG)).status_code in (403, 422), "it has ended"
    assert len(kept(shelf)) == 1


async def test_a_citizen_gets_the_public_files_once_the_reply_is_accepted_and_the_internal_ones_never(
    city: City,
) -> None:
    body = {"content": "想请有关部门来现场看一看,帮忙协调解决一下。", "citizen": {"phone": "13612340077"}}
    logged = (await city.agent.call("POST", "/tickets", {**body, "kind": "complaint"})).json()
    await city.work()
    ticket_id, code = logged["ticket_id"], logged["query_code"]
    await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit("D14"), basis=BASIS)
    hands = city.unit_desk("D14")
    await hands.does("sign", ticket_id)
    await put(hands, ticket_id, PDF, "内部勘查.pdf")
    await put(hands, ticket_id, PNG, "修复后.png", audience="public")
    wrong = await puts(hands, ticket_id, PNG, audience="everybody")
    assert wrong.status_code == 422 and "audience" in wrong.json()["message"]

    async def told(last4: str = "0077", file: str = "") -> Response:
        return await city.client.get(f"{API}/public/requests/{code}/attachments{file}?phone_last4={last4}")

    await answers(hands, ticket_id)
    assert (await told()).json()["items"] == [], "nobody at the centre has looked at it yet"
    assert (await told(file="/2")).status_code == 404
    await city.supervisor.does("approve_reply", ticket_id)
    [seen] = (await told()).json()["items"]
    assert (seen["file"], seen["name"]) == ("2", "修复后.png")
    got = await told(file="/2")
    assert (got.status_code, got.content, got.headers["x-content-type-options"]) == (200, PNG, "nosniff")
    assert (await told(file="/1")).status_code == 404
    assert (await told("0078")).status_code == 404 and (await told("0078", "/2")).status_code == 404

    page = await city.client.post("/track", data={"code": code, "last4": "0077"})
    assert "修复后.png" in page.text and "内部勘查" not in page.text
    file = await city.client.post("/track/file", data={"code": code, "last4": "0077", "file": "2"})
    assert (file.status_code, file.content) == (200, PNG)
    assert file.headers["content-disposition"].startswith("attachment")
    refused = await city.client.post("/track/file", data={"code": code, "last4": "0077", "file": "1"})
    assert refused.status_code == 404


async def test_what_the_centre_keeps_of_a_secret_ticket_does_not_reach_the_unit(city: City) -> None:
    ticket_id = await sent(city, confidential=True, citizen={"phone": "13912349876", "name": "赵不言"})
    hands = city.unit_desk("D14")
    await hands.does("sign", ticket_id)
    await put(city.supervisor, ticket_id, PDF, "赵不言身份证.pdf")
    await put(hands, ticket_id, PNG, "赵不言家门口.png")
    [listed] = (await hands.get(f"/tickets/{ticket_id}/attachments"))["items"]
    assert listed["number"] == 2 and "赵不言" not in listed["name"]
    assert (await hands.call("GET", f"/tickets/{ticket_id}/attachments/1")).status_code == 404
    got = await hands.call("GET", f"/tickets/{ticket_id}/attachments/2")
    assert got.status_code == 200 and "%E8%B5%B5" not in got.headers["content-disposition"]
    assert len((await city.supervisor.get(f"/tickets/{ticket_id}/attachments"))["items"]) == 2


async def test_a_ticket_takes_so_many_files_and_no_more(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    monkeypatch.setattr(files, "MOST_FILES", 2)
    monkeypatch.setattr(files, "MOST_TOTAL", 3 * len(PNG) - 1)
    await put(hands, ticket_id)
    await put(hands, ticket_id)
    answered = await puts(hands, ticket_id, PNG)
    assert answered.status_code == 422 and "最多 2 个" in answered.json()["message"]
    monkeypatch.setattr(files, "MOST_FILES", 9)
    answered = await puts(hands, ticket_id, PNG)
    assert answered.status_code == 422 and "合计" in answered.json()["message"]


BOUNDARY = b"--hotline"


def whole(content: bytes, name: str = "a.png") -> bytes:
    head = f'--hotline\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + content + b"\r\n--hotline--\r\n"


@pytest.mark.parametrize("length", [0, 20, 60, 100, len(whole(PNG)) - 8])
async def test_a_body_cut_short_leaves_nothing(city: City, shelf: Path, length: int) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    await hands.sign_in()
    answered = await city.client.post(
        f"{API}/tickets/{ticket_id}/attachments",
        content=whole(PNG)[:length],
        headers={**hands.headers, "Content-Type": "multipart/form-data; boundary=hotline"},
    )
    assert answered.status_code == 400, answered.text
    assert kept(shelf) == []


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "", "multipart/form-data; boundary="])
async def test_a_body_that_is_no_form_is_refused(city: City, kind: str) -> None:
    ticket_id, hands = await signed(city), city.unit_desk("D14")
    await hands.sign_in()
    path = f"{API}/tickets/{ticket_id}/attachments"
    answered = await city.client.post(path, content=b"{}", headers={**hands.headers, "Content-Type": kind})
    assert answered.status_code == 400 and answered.json()["message"]


async def test_a_line_that_breaks_leaves_nothing(tmp_path: Path, shelf: Path) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield whole(bytes(1 << 20))[: 1 << 19]
        assert len(kept(shelf)) == 1, "it was coming in"
        raise ClientDisconnect

    with pytest.raises(ClientDisconnect):
        async with actions.received(tmp_path, b"hotline", breaking()):
            raise AssertionError("it never came in whole")
    assert kept(shelf) == []


async def chunks(size: int) -> AsyncIterator[bytes]:
    body = whole(PNG).split(PNG)
    yield body[0] + PNG
    for _ in range(size >> 16):
        yield bytes(1 << 16)
    yield body[1]


async def test_a_large_file_is_never_held_whole(tmp_path: Path, shelf: Path) -> None:
    size = 24 << 20
    tracemalloc.start()
    try:
        async with actions.received(tmp_path, b"hotline", chunks(size)) as file:
            assert file.size == size + len(PNG)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert kept(shelf) == []


async def test_a_file_too_large_is_refused_while_it_comes_in(
    tmp_path: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    came = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal came
        async for piece in chunks(60 << 20):
            came += len(piece)
            yield piece

    with pytest.raises(InvalidInput, match="50 MB"):
        async with actions.received(tmp_path, b"hotline", counted()):
            raise AssertionError("it is too large")
    assert came < 51 << 20, "the rest was not waited for"
    assert kept(shelf) == []


def test_two_files_in_one_form_and_endless_fields_are_refused() -> None:
    part = b'--hotline\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n'
    with pytest.raises(InvalidInput, match="一个文件"):
        form.Form(b"hotline", lambda piece: None).feed(part + part)
    field = b'--hotline\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
    with pytest.raises(InvalidInput, match="过长"):
        form.Form(b"hotline", lambda piece: None).feed(field + bytes(5000))
    with pytest.raises(BadRequest):
        form.Form(b"x" * 5000, lambda piece: None)

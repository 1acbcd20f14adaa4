"""`hotline doctor` tries the mail server and the gateway that are set, and says in one sentence what is wrong."""

import socket
from collections.abc import Iterator
from datetime import datetime

import pytest

from hotline.infra.clock import BEIJING
from hotline.notices.sending.gateway import actions as gateways
from hotline.notices.sending.mail import actions as mails
from tests.post_office import SECRET, gateway, post_office

NOW = datetime(2026, 11, 23, 10, tzinfo=BEIJING)
FROM = "hotline@city.gov.cn"


@pytest.fixture(scope="module")
def office() -> Iterator[str]:
    with post_office() as found:
        yield found.url


@pytest.fixture(scope="module")
def texts() -> Iterator[str]:
    with gateway() as found:
        yield found.url


@pytest.fixture
def closed() -> Iterator[int]:
    """A port that is held and where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def test_邮件服务器_what_is_wrong_is_said(office: str, closed: int) -> None:
    assert mails.checked(office, FROM).problem == ""
    for url, words in (
        ("smtp://no-such-host.invalid", "找不到主机 no-such-host.invalid"),
        (f"smtp://127.0.0.1:{closed}", f"127.0.0.1:{closed} 没有服务在听"),
        (office.replace("smtp://", "smtps://"), "加密没有谈成"),
        (f"{office}?starttls=1", "starttls=1"),
        (office.replace("smtp://", "smtp://someone:secret@"), "登录"),
    ):
        said = mails.checked(url, FROM).problem
        assert words in said and "HOTLINE_SMTP_URL" in said and said.endswith("。"), said
        assert "secret" not in said


async def test_短信网关_what_is_wrong_is_said(texts: str, closed: int) -> None:
    key = SECRET.encode()
    assert (await gateways.checked(texts, key, NOW)).problem == ""
    assert "HOTLINE_GATEWAY_SECRET" in (await gateways.checked(texts, b"another" * 8, NOW)).problem
    for url, words in (
        ("http://no-such-host.invalid/send", "找不到主机 no-such-host.invalid"),
        (f"http://127.0.0.1:{closed}/send", "没有服务在听"),
        (texts.replace("http://", "https://"), "加密没有谈成"),
    ):
        said = (await gateways.checked(url, key, NOW)).problem
        assert words in said and "HOTLINE_GATEWAY_URL" in said, said

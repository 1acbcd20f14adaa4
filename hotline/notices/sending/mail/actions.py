"""One mail over SMTP. It says exactly whether the server took it, did not, or may have."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

from hotline.notices.sending.outcome import Fate, Outcome
from hotline.notices.sending.reaching.actions import why
from hotline.notices.wording import Letter

PATIENCE = 10.0
"""Seconds for each step of the conversation."""
PERMANENT = range(500, 600)


def send(url: str, sender: str, to: str, letter: Letter, key: UUID, now: datetime) -> Outcome:
    """Blocking: call it in a thread."""
    body = written(sender, to, letter, key, now)
    try:
        with connected(url) as server:
            return handed_over(server, sender, to, body)
    except smtplib.SMTPAuthenticationError:
        return Outcome(Fate.REFUSED, "邮件服务器拒绝了登录,请检查 HOTLINE_SMTP_URL 中的用户名和密码")
    except (smtplib.SMTPException, OSError, ssl.SSLError) as wrong:
        return Outcome(Fate.LATER, f"连不上邮件服务器({type(wrong).__name__})")


def handed_over(server: smtplib.SMTP, sender: str, to: str, body: bytes) -> Outcome:
    for step, answered in (("发件地址", server.mail(sender)), ("收件地址", server.rcpt(to))):
        if answered[0] not in (250, 251):
            return refused(f"邮件服务器不接受{step}", answered)
    try:
        taken = server.data(body)
    except smtplib.SMTPDataError as wrong:
        return refused("邮件服务器不接受邮件", (wrong.smtp_code, wrong.smtp_error))
    except (smtplib.SMTPException, OSError) as wrong:
        # The words were under way: whether they arrived nobody can say.
        return Outcome(Fate.UNSURE, f"邮件发出后没有收到确认({type(wrong).__name__})")
    return Outcome(Fate.SENT) if taken[0] == 250 else refused("邮件服务器没有收下邮件", taken)


def refused(what: str, answered: tuple[int, bytes | str]) -> Outcome:
    """The server's number alone: its words may quote the address."""
    fate = Fate.REFUSED if answered[0] in PERMANENT else Fate.LATER
    return Outcome(fate, f"{what}({answered[0]})")


def place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "localhost", parts.port or (465 if parts.scheme == "smtps" else 25)


@contextlib.contextmanager
def connected(url: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(url)
    (host, port), secure = place(url), parts.scheme == "smtps"
    context = ssl.create_default_context()
    if secure:
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=PATIENCE)
    try:
        server.ehlo()
        if not secure and parse_qs(parts.query).get("starttls", ["0"])[0] == "1":
            server.starttls(context=context)
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
    finally:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()


def written(sender: str, to: str, letter: Letter, key: UUID, now: datetime) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, letter.subject
    mail["Date"] = format_datetime(now)
    # The same at every try: a server that looks at it drops the second.
    mail["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text, cte="base64")
    return mail.as_bytes()


def checked(url: str, sender: str) -> Outcome:
    """For `hotline doctor`: greets, signs in, asks whether our address may send, sends nothing."""
    host, port = place(url)
    try:
        with connected(url) as server:
            code, _ = server.mail(sender)
            server.rset()
    except smtplib.SMTPAuthenticationError:
        return Outcome(Fate.REFUSED, "邮件服务器拒绝了登录,请检查 HOTLINE_SMTP_URL 中的用户名和密码。")
    except (smtplib.SMTPException, OSError, ssl.SSLError) as wrong:
        told = f"连不上邮件服务器:{why(wrong, host, port)}(HOTLINE_SMTP_URL);未发出的邮件会保留。"
        return Outcome(Fate.LATER, told)
    if code not in (250, 251):
        return Outcome(Fate.REFUSED, f"邮件服务器不接受发件地址 {sender}({code}),请检查 HOTLINE_SMTP_FROM。")
    return Outcome(Fate.SENT)

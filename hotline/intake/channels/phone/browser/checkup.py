"""`hotline doctor` for telephones in the browser: what stands in the way of one, in one sentence."""

import asyncio
import ssl
from urllib.parse import urlsplit

from hotline.infra.errors import HotlineError
from hotline.intake.channels.phone.browser.line import Line

PATIENCE = 5.0
UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: aG90bGluZSBkb2N0b3IhIQ==\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
)


async def reached(line: Line) -> str:
    """What is in order; a fault is a sentence that says how to mend it."""
    parts = urlsplit(line.address)
    secure = ssl.create_default_context() if parts.scheme == "wss" else None
    port = parts.port or (443 if secure else 80)
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=secure)
            try:
                writer.write(UPGRADE.format(path=parts.path or "/", host=parts.netloc).encode())
                told = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            finally:
                writer.close()
    except ssl.SSLError as wrong:
        raise HotlineError(
            f"{line.address} 的证书不被信任({wrong.reason or '证书无效'}):浏览器会不声不响地拒绝连接,请换成受信任的证书。"
        ) from None
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        raise HotlineError(
            f"连不上 {line.address},请核对地址和端口,并在交换机上开通 WebSocket(Asterisk 的 http.conf、res_http_websocket)。"
        ) from None
    if " 101 " not in told.partition("\r\n")[0] or "sec-websocket-protocol: sip" not in told:
        raise HotlineError(f"{line.address} 在应答,但不是 SIP 的 WebSocket:请核对路径(Asterisk 为 /ws)。")
    return f"{line.address} 在应答,SIP 域 {line.domain}"

"""Why a server could not be reached, as one sentence that says what to look at."""

import smtplib
import socket
import ssl

ENCRYPTION = "加密没有谈成:证书不受信任或已过期,或者这个端口不是加密端口"


def causes(wrong: BaseException | None) -> list[BaseException]:
    """The error with all it came from: libraries wrap what the system said."""
    found: list[BaseException] = []
    while wrong is not None and wrong not in found:
        found.append(wrong)
        wrong = wrong.__cause__ or wrong.__context__
    return found


def why(wrong: BaseException, host: str, port: int) -> str:
    """`{host}` 是哪里不对."""
    chain = causes(wrong)

    def is_(*kinds: type[BaseException]) -> bool:
        return any(isinstance(one, kinds) for one in chain)

    if is_(socket.gaierror):
        return f"找不到主机 {host},请检查地址有没有写错、本机能不能解析域名"
    if is_(ssl.SSLError):
        return f"与 {host}:{port} 的{ENCRYPTION}"
    if is_(ConnectionRefusedError):
        return f"{host}:{port} 没有服务在听,请检查端口"
    if is_(TimeoutError) or any("Timeout" in type(one).__name__ for one in chain):
        return f"{host}:{port} 没有应答,请检查端口和防火墙"
    if is_(smtplib.SMTPNotSupportedError):
        return f"{host}:{port} 不支持所要求的加密或登录方式,请检查 starttls=1 和用户名"
    return f"与 {host}:{port} 的连接中断({type(chain[0]).__name__})"

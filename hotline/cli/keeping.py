"""Verbs that keep the data: backup, restore, doctor."""

import asyncio
import contextlib
import itertools
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncpg
import click

from hotline.cli import archives
from hotline.cli.frame import bring_up, database, reachable_now
from hotline.departments.attachments.actions import folder
from hotline.infra.bus import Bus
from hotline.infra.db import MIGRATIONS, READ_RECORD, connect, migration_files
from hotline.infra.errors import Conflict, HotlineError
from hotline.infra.postgres import account, binaries, tool
from hotline.infra.services import clock_of
from hotline.infra.settings import Settings
from hotline.infra.valkey import binary
from hotline.intake.channels.phone.ami.checkup import examine
from hotline.intake.channels.phone.ami.plan import plan_of
from hotline.intake.channels.phone.browser.checkup import reached
from hotline.intake.channels.phone.browser.line import line_of
from hotline.notices.sending.gateway import actions as gateway
from hotline.notices.sending.mail import actions as mail
from hotline.tickets import audit

EMPTY = b"DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
OTHERS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
HEAD = 40
"""Lines in which a dump says its settings."""
SPACE = 1 << 30
OLDEST = 15


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """把整个数据库和全部附件一致地备份到 FILE,服务可以照常运行;写完后整份读回验证。"""
    beside, dump = file.with_name(f"{file.name}.part"), file.with_name(f"{file.name}.dump.part")
    with database() as settings:
        try:
            told(tool("pg_dump"), "--format=custom", f"--file={dump}", f"--dbname={settings.database_url}")
            # Reads every block back, as a restore would.
            told(tool("pg_restore"), f"--file={os.devnull}", str(dump))
            # The files after the rows: whatever the dump speaks of is there by now.
            count = archives.pack(beside, dump, folder(settings.data))
            archives.check(beside)
            beside.chmod(0o600)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
            dump.unlink(missing_ok=True)
    click.echo(f"已备份到 {file}({file.stat().st_size / 1e6:.1f} MB,附件 {count} 个),已验证可读。")
    click.echo("个人信息在备份中是加密的:请另外保管字段密钥(secrets.json 或 HOTLINE_FIELD_KEYS),没有它无法读出。")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="不再询问。")
def restore(file: Path, yes: bool) -> None:
    """用备份 FILE 替换整个数据库,在一个事务里完成:要么全部成功,要么原样不动;附件补齐。请先停止服务。"""
    archives.check(file)
    if not yes:
        click.confirm("现有数据将被备份中的数据全部替换,继续吗?", abort=True)
    with database() as settings:
        url = settings.database_url or ""
        asyncio.run(refuse_busy(url))
        with archives.unpacked(file, folder(settings.data)) as dump:
            replace_all(dump, url)
        asyncio.run(bring_up(settings))
        report = asyncio.run(verify(url))
    if not report.ok:
        raise HotlineError(
            f"数据已恢复,但历史校验发现问题:工单 {report.findings[0].ticket_id}。请执行 hotline audit verify。"
        )
    click.echo(f"已恢复:{report.tickets} 件工单,{report.lines} 行历史,校验通过。")


def replace_all(file: Path, url: str) -> None:
    """One transaction. Its COMMIT is sent only after the whole backup was read: the end of a torn file must not look
    like the end of the work."""
    into = subprocess.Popen(
        [tool("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", "-d", url],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    script = subprocess.Popen(
        [tool("pg_restore"), "--no-owner", "--no-privileges", "--file=-", file],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert into.stdin and into.stderr and script.stdout and script.stderr
    with contextlib.suppress(BrokenPipeError):
        into.stdin.write(b"BEGIN;\n" + EMPTY)
        for line in itertools.islice(script.stdout, HEAD):
            # pg_restore 17 and later set what a server 15 does not know.
            if not line.startswith(b"SET transaction_timeout"):
                into.stdin.write(line)
        shutil.copyfileobj(script.stdout, into.stdin)
        if script.wait() == 0:
            into.stdin.write(b"COMMIT;\n")
        into.stdin.flush()
    script.stdout.close()
    with contextlib.suppress(BrokenPipeError):
        into.stdin.close()
    said = (script.stderr.read() + into.stderr.read()).decode(errors="replace").strip().splitlines()
    if script.wait() or into.wait():
        reason = [line for line in said if "ERROR" in line or "error" in line] or said
        raise HotlineError(f"恢复没有成功,数据库原样未动:{reason[0] if reason else '备份文件不完整'}")


def told(*command: str | Path) -> None:
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise HotlineError(f"{Path(command[0]).name} 没有成功:{lines[-1] if lines else done.returncode}")


@contextlib.asynccontextmanager
async def connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    conn = await connect(url)
    try:
        yield conn
    finally:
        await conn.close()


async def refuse_busy(url: str) -> None:
    async with connected(url) as conn:
        if others := await conn.fetchval(OTHERS):
            raise Conflict(f"还有 {others} 个连接正在使用数据库,请先停止 hotline serve 和 hotline worker,再恢复。")


async def verify(url: str) -> audit.Report:
    async with connected(url) as conn:
        return await audit.verify(conn)


@click.command()
def doctor() -> None:
    """逐项检查设置、数据库、消息总线、磁盘和时钟;有问题时退出码不为零。"""
    settings = reachable_now()
    faults = 0
    for name, check in CHECKS.items():
        try:
            said = check(settings)
        except HotlineError as wrong:
            faults += 1
            click.echo(f"✗ {name}:{wrong.message}")
        else:
            click.echo(f"✓ {name}:{said}")
    if faults:
        raise HotlineError(f"有 {faults} 项需要处理。")


def check_python(settings: Settings) -> str:
    return f"Python {sys.version.split()[0]}"


def check_secrets(settings: Settings) -> str:
    kept = settings.data / "secrets.json"
    if settings.database_url is None and kept.exists() and kept.stat().st_mode & 0o077:
        raise HotlineError(f"{kept} 能被别人读到,请执行 chmod 600 {kept}。")
    return f"{len(settings.field_keys)} 把字段密钥,写入用编号 {settings.field_keys[0].id}"


def check_database(settings: Settings) -> str:
    if settings.database_url is None:
        return f"未在运行;hotline serve 会启动内嵌的({binaries(account()).parents[1].name})"
    return asyncio.run(look_at_database(settings.database_url))


async def look_at_database(url: str) -> str:
    async with connected(url) as conn:
        if conn.get_server_version().major < OLDEST:
            raise HotlineError("PostgreSQL 版本太旧,需要 15 或更新。")
        try:
            applied = {row["name"] for row in await conn.fetch(READ_RECORD)}
        except asyncpg.UndefinedTableError:
            applied = set()
        missing = {name for name, _ in await asyncio.to_thread(migration_files, MIGRATIONS)} - applied
        if missing:
            raise HotlineError(f"还有 {len(missing)} 个迁移没有执行,请执行 hotline migrate。")
        held = await conn.fetchval("SELECT count(*) FROM pgqueuer WHERE status = 'failed'")
        if held:
            raise HotlineError(f"有 {held} 个后续处理一直失败而被搁置,原因见 docs/operations.md“搁置的处理”一节。")
        version = str(await conn.fetchval("SHOW server_version")).split()[0]
        return f"PostgreSQL {version},结构最新,没有搁置的处理"


def check_bus(settings: Settings) -> str:
    if settings.redis_url is None:
        binary()
        return "未在运行;hotline serve 会启动内嵌的" if settings.database_url is None else "未配置,页面将定时询问"
    if not asyncio.run(answers(settings.redis_url)):
        raise HotlineError("连不上消息总线,请检查 HOTLINE_REDIS_URL;在恢复之前页面改为定时询问。")
    return "可用"


async def answers(url: str) -> bool:
    bus = Bus(url)
    try:
        return await bus.reachable()
    finally:
        await bus.close()


def check_disk(settings: Settings) -> str:
    place = next(path for path in (settings.data, *settings.data.absolute().parents) if path.exists())
    free = shutil.disk_usage(place).free
    if free < SPACE:
        raise HotlineError(f"{place} 所在磁盘只剩 {free >> 20} MB,请清理或扩容。")
    return f"{place} 尚有 {free / 1e9:.0f} GB"


def check_clock(settings: Settings) -> str:
    kind = "来自文件的模拟时钟" if settings.clock_file else "系统时钟"
    return f"{kind},北京时间 {clock_of(settings).now():%Y-%m-%d %H:%M:%S}"


def check_mail(settings: Settings) -> str:
    if settings.smtp_url is None:
        return "未配置;通知只在工作台里"
    outcome = mail.checked(settings.smtp_url, settings.smtp_from)
    if outcome.problem:
        raise HotlineError(outcome.problem)
    return f"可以登录,发件人 {settings.smtp_from} 被接受"


def check_telephone(settings: Settings) -> str:
    if settings.ami_url is None:
        bridge = settings.phone_secret or settings.phone_commands_url
        return f"经网桥接入({settings.phone_provider})" if bridge else "未接入;工单照常手工登记"
    return asyncio.run(examine(plan_of(settings.ami_url)))


def check_browser_phone(settings: Settings) -> str:
    if settings.browser_phone is None:
        return "未开通;座席用桌面话机"
    return asyncio.run(reached(line_of(settings.browser_phone)))


def check_gateway(settings: Settings) -> str:
    if settings.gateway_url is None:
        return "未配置;不发短信、企业微信和钉钉"
    outcome = asyncio.run(gateway.checked(settings.gateway_url, settings.gateway_secret, clock_of(settings).now()))
    if outcome.problem:
        raise HotlineError(outcome.problem)
    links = (
        f";评价短信的链接以 {settings.public_url} 开头"
        if settings.public_url
        else ";没有设置 HOTLINE_PUBLIC_URL,不发评价短信"
    )
    return f"可用,签名被接受{links}"


def check_port(settings: Settings) -> str:
    with socket.socket() as probe:
        probe.settimeout(1)
        busy = probe.connect_ex(("127.0.0.1", settings.port)) == 0
    return f"{settings.port} 上有服务在运行" if busy else f"{settings.port} 空闲"


CHECKS: dict[str, Callable[[Settings], str]] = {
    "程序": check_python,
    "密钥": check_secrets,
    "数据库": check_database,
    "消息总线": check_bus,
    "发信": check_mail,
    "短信网关": check_gateway,
    "电话": check_telephone,
    "浏览器话机": check_browser_phone,
    "磁盘": check_disk,
    "时钟": check_clock,
    "端口": check_port,
}

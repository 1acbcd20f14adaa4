"""Verbs about people: user add, role, reset."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import click

from hotline.cli.frame import database, services
from hotline.directory import actions, store
from hotline.directory.people import Actor, By, NewPerson, Role
from hotline.infra.db import Connection
from hotline.infra.errors import InvalidInput, NotFound
from hotline.infra.http import Services


@click.group()
def user() -> None:
    """新增账号、更改角色、重置密码。"""


@user.command(short_help="新增一个账号")
@click.argument("username")
@click.option("--name", required=True, help="姓名。")
@click.option("--role", "roles", multiple=True, required=True, help="角色,可给多个,例如 --role agent。")
@click.option("--unit", help="承办单位的代码。")
@click.option("--phone", help="联系电话(加密保存)。")
@click.option("--password", help="初始密码;不给则随机生成并显示一次。")
def add(
    username: str, name: str, roles: tuple[str, ...], unit: str | None, phone: str | None, password: str | None
) -> None:
    """新增一个账号。第一次登录时必须更改密码。"""
    given, chosen = password or actions.made_up(username), known(roles)

    async def work(conn: Connection, found: Services) -> None:
        unit_id = await unit_called(conn, unit) if unit else None
        person = NewPerson(name=name, username=username, roles=chosen, unit_id=unit_id, phone=phone)
        await actions.add_person(conn, person, given, cipher=found.cipher, by=by(found))

    in_database(work)
    click.echo(f"已新增账号 {username}。{shown(password, given)}")


@user.command(short_help="更改一个账号的角色")
@click.argument("username")
@click.argument("roles", nargs=-1, required=True)
def role(username: str, roles: tuple[str, ...]) -> None:
    """把账号的角色改为给出的这些,从下一次请求起生效。"""
    chosen = known(roles)

    async def work(conn: Connection, found: Services) -> None:
        await actions.set_roles(conn, username, chosen, by(found))

    in_database(work)
    click.echo(f"{username} 的角色已改为 {'、'.join(sorted(chosen))}。")


@user.command(short_help="重置密码,解除锁定,结束其所有登录")
@click.argument("username")
@click.option("--password", help="新密码;不给则随机生成并显示一次。")
def reset(username: str, password: str | None) -> None:
    """重置密码、解除锁定并结束其所有登录;下次登录时必须更改密码。"""
    given = password or actions.made_up(username)

    async def work(conn: Connection, found: Services) -> None:
        await actions.reset_password(conn, username, given, now=found.clock.now(), by=by(found))

    in_database(work)
    click.echo(f"{username} 的密码已重置。{shown(password, given)}")


def by(found: Services) -> By:
    """In the log of grants: somebody with a shell on this machine."""
    return By(Actor("命令行", frozenset()), found.clock.now())


def shown(password: str | None, given: str) -> str:
    return "" if password else f"初始密码:{given}(只显示这一次)"


def known(roles: Sequence[str]) -> frozenset[Role]:
    if strangers := [name for name in roles if name not in set(Role)]:
        choices = "、".join(sorted(Role))
        raise InvalidInput([("roles", f"没有角色 {name},可用的有:{choices}。") for name in strangers])
    return frozenset(Role(name) for name in roles)


async def unit_called(conn: Connection, code: str) -> int:
    unit = (await store.load_directory(conn)).unit_by_code(code)
    if unit is None:
        raise NotFound(f"没有代码为 {code} 的单位,请核对。")
    return unit.id


def in_database(work: Callable[[Connection, Services], Awaitable[None]]) -> None:
    """One transaction around the work of one command."""

    async def run() -> None:
        async with services(settings) as found, found.pool.acquire() as conn, conn.transaction():
            await work(conn, found)

    with database() as settings:
        asyncio.run(run())

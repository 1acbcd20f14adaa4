"""Walks every hash chain and every replay (`hotline audit verify`)."""

from collections.abc import AsyncIterator, Sequence
from itertools import takewhile

import msgspec

from hotline.infra.db import Connection
from hotline.tickets import effects, store
from hotline.tickets.history import first_break
from hotline.tickets.lines import store as lines_store


class Finding(msgspec.Struct, frozen=True):
    ticket_id: int
    seq: int
    message: str


class Report(msgspec.Struct, frozen=True):
    tickets: int
    lines: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        return not self.findings


async def verify(conn: Connection, *, most: int = 20) -> Report:
    """Check all tickets inside one repeatable-read transaction; stops after `most` findings."""
    findings: list[Finding] = []
    tickets = lines = 0
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        heads = {ticket_id: head async for ticket_id, head in lines_store.heads(conn)}
        async for ticket_id, chain in chains(conn):
            tickets, lines = tickets + 1, lines + len(chain)
            finding = await judge(conn, ticket_id, chain, heads.pop(ticket_id, None))
            if finding:
                findings.append(finding)
            if len(findings) >= most:
                return Report(tickets, lines, tuple(findings))
    findings += [Finding(ticket_id, 1, "工单没有任何历史记录。") for ticket_id in list(heads)[:most]]
    return Report(tickets, lines, tuple(findings))


async def chains(conn: Connection) -> AsyncIterator[tuple[int, list[lines_store.Line | None]]]:
    current, chain = 0, list[lines_store.Line | None]()
    async for ticket_id, line in lines_store.all_history(conn):
        if ticket_id != current and chain:
            yield current, chain
            chain = []
        current = ticket_id
        chain.append(line)
    if chain:
        yield current, chain


async def judge(
    conn: Connection, ticket_id: int, chain: Sequence[lines_store.Line | None], head: lines_store.Head | None
) -> Finding | None:
    whole = [line for line in takewhile(lambda line: line is not None, chain) if line is not None]
    broken = first_break((line.happened, line.hash) for line in whole)
    if broken is None and len(whole) < len(chain):
        broken = len(whole) + 1
    if broken is not None:
        return Finding(ticket_id, broken, "这一行缺失,或与其哈希不符,内容被改动过。")
    if head is None:
        return Finding(ticket_id, 1, "有历史记录而没有工单。")
    last = whole[-1]
    if (last.happened.seq, last.hash) != (head.version, head.head):
        return Finding(ticket_id, last.happened.seq + 1, "历史末尾缺行。")
    told = effects.replay(line.happened for line in whole)
    if told != await store.load(conn, ticket_id) or (told.lead_unit, told.due) != (head.lead_unit, head.due_at):
        return Finding(ticket_id, last.happened.seq, "工单现状与历史重放不一致。")
    return None

"""`hotline doctor` for the telephone: wrong address, wrong password, missing right, each in one sentence."""

from hotline.infra.errors import HotlineError, Misconfigured
from hotline.intake.channels.phone.ami.orders import RIGHT_OF
from hotline.intake.channels.phone.ami.plan import Plan
from hotline.intake.channels.phone.ami.session import ready, signed_in
from hotline.intake.channels.phone.ami.wire import header

BOOT = 5.0
NEEDED = {
    **{action: right for action, right in RIGHT_OF.items() if right != "system"},
    "QueueStatus": "agent",
    "CoreStatus": "reporting",
    "CoreShowChannels": "reporting",
}


async def examine(plan: Plan) -> str:
    """What is in order; a fault is a sentence that says how to mend it."""
    async with signed_in(plan) as session:
        await ready(session, BOOT)
        may = await session.ask("ListCommands")
        wanted = NEEDED | ({a: r for a, r in RIGHT_OF.items() if r == "system"} if plan.remote else {})
        missing = sorted({right for action, right in wanted.items() if action not in may})
        if missing:
            rights = "、".join(f"write={right}" for right in missing)
            raise Misconfigured(f"电话系统账号 {plan.user} 缺少权限 {rights},请在 manager.conf 补上后重新加载。")
        queue = await session.listing("QueueStatus", {"Queue": plan.queue})
        if not any(header(m, "Event") == "QueueParams" and header(m, "Queue") == plan.queue for m in queue):
            raise HotlineError(f"电话系统里没有队列 {plan.queue},请核对 HOTLINE_AMI_URL 的 queue 和 queues.conf。")
        members = sum(header(m, "Event") == "QueueMember" for m in queue)
        return f"{plan.host}:{plan.port} 已登录,权限齐全,队列 {plan.queue} 有 {members} 个座席"

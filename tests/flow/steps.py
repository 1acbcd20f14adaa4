"""The steps that most stories take before their own begins."""

from typing import Any

from tests.flow.city import City, Person

LAMP = "人民路东段的路灯从上周五开始不亮,晚上老人出门很危险,希望尽快派人修好。"
VAGUE = "想请有关部门来现场看一看,帮忙协调解决一下,拖了很久了。"
"""Says nothing that the catalogue knows: it waits for a dispatcher."""
BASIS = "市委编办核定的“三定”规定"


async def in_the_pool(city: City, content: str = VAGUE, **more: Any) -> int:
    """A call that the agent has logged and that a dispatcher must decide on."""
    ticket_id = await city.agent_logs(content, **{"kind": "complaint", **more})
    assert await city.state(ticket_id) == "registered"
    return ticket_id


async def sent(city: City, code: str = "D14", content: str = VAGUE, **more: Any) -> int:
    """A ticket that a dispatcher has sent to a unit."""
    ticket_id = await in_the_pool(city, content, **more)
    await city.dispatcher.does("dispatch", ticket_id, unit_id=await city.unit(code), basis=BASIS)
    return ticket_id


async def signed(city: City, code: str = "D14", **more: Any) -> int:
    ticket_id = await sent(city, code, **more)
    await city.unit_desk(code).does("sign", ticket_id)
    return ticket_id


async def answers(hands: Person, ticket_id: int, solved: str = "yes") -> None:
    """Signs where that is still to be done, speaks with the citizen, replies."""
    lead = [a for a in (await hands.sees(ticket_id))["ticket"]["assignments"] if a["part"] == "lead"][-1]
    if lead["stage"] == "to_sign":
        await hands.does("sign", ticket_id)
    await hands.does("contact", ticket_id, how="phone", result="已与诉求人说明安排")
    await hands.does(
        "reply",
        ticket_id,
        account="已派维修班到场处理完毕。",
        public_reply="您反映的问题已处理完毕,感谢您的监督。",
        solved=solved,
        unsolved_reason="" if solved == "yes" else "需列入明年改造计划",
        found_true=True,
    )


async def called_back(city: City, ticket_id: int, hands: Person) -> None:
    """Answered, and the answer accepted: the citizen is to be asked."""
    await answers(hands, ticket_id)
    await city.supervisor.does("approve_reply", ticket_id)

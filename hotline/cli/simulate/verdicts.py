"""How a made-up ticket ends: the reply, the callback (回访), and what follows from it."""

from datetime import datetime, timedelta

from hotline.callback import plan
from hotline.cli.simulate.life import Life
from hotline.directory.people import SYSTEM, Actor, Role
from hotline.infra.crypto import sm3
from hotline.intake.form import title_from
from hotline.tickets import facts as f
from hotline.tickets.guards import MAX_ROUNDS
from hotline.tickets.states import (
    DissatisfiedWith,
    Outcome,
    OverlayKind,
    Part,
    Solved,
)

ANSWERS = (
    ("已到现场核实，问题属实，已完成整改。", "您反映的问题已核实并处理完毕，感谢您的监督。"),
    ("经与当事人沟通，已依规处理并说明政策。", "已按规定处理并向您作了说明，如有疑问请联系我们。"),
    ("已列入本周作业计划并完成，附现场照片。", "有关问题已处理完毕，请您监督。"),
    ("经核查，部分属实，已督促责任单位整改。", "经核查，有关情况部分属实，已督促整改并将持续跟进。"),
)
SILENT = 40
"""One of so many replies has not one word of the matter."""
APPEALED = 0.05


def answers(life: Life) -> None:
    """The reply: nineteen of twenty in time; one of twenty-five is sent back by the reviewer."""
    lead = life.ticket.lead
    assert lead is not None
    left = max(timedelta(hours=1), lead.finish_due - life.now)
    if life.chance(0.04):
        at = life.later(3, 90, after=max(life.now, lead.finish_due))
    else:
        at = life.city.at_work(
            life.now + timedelta(minutes=int(left.total_seconds() / 60 * life.rng.uniform(0.05, 0.8)))
        )
        at = at if at <= lead.finish_due else life.now + timedelta(minutes=max(1, int(left.total_seconds() / 180)))
    replies(life, max(at, life.now + timedelta(minutes=2)))
    if life.chance(0.04):
        life.do(f.RefuseReply(("未联系诉求人",)), life.later(0.3, 8), life.centre(Role.REVIEWER))
        replies(life, life.later(1, 12))
    at = life.later(0.2, 8)
    life.do(f.ApproveReply(plan.due(life.city.calendar, at)), at, life.centre(Role.REVIEWER))


def replies(life: Life, at: datetime) -> None:
    account, public = life.rng.choice(ANSWERS)
    # Nearly every unit says what it answers; the others are found (答非所问).
    about = "" if life.ticket.id % SILENT == 0 else f"关于“{life.text.title or title_from(life.text.content)}”的诉求："
    said = account, f"{about}{public}"
    solved = life.rng.choices([Solved.YES, Solved.PARTLY, Solved.NO], [88, 8, 4])[0]
    fact = f.Answered(life.lead_id, solved, digest_of("\0".join(said)), life.chance(0.8))
    life.do(fact, at, life.hand())
    life.answers.append(said)


def digest_of(text: str) -> str:
    return sm3(text.encode()).hex()


RATINGS = ((5, 62), (4, 22), (3, 8), (2, 5), (1, 3))


def verdict(life: Life) -> None:
    """回访, and what follows from it."""
    caller = life.centre(Role.SECRET_CALLBACK if life.ticket.secret else Role.CALLBACK)
    call = life.ticket.callbacks[-1].id
    if not life.ticket.callback_wanted:
        life.do(f.Close(Outcome.NOT_ASKED), life.later(0.1, 1), SYSTEM)
        return
    at = life.later(4, 40)
    if life.chance(0.12):
        unreached(life, call, at, caller)
        return
    if life.chance(0.04):
        life.do(f.AttemptCallback(call, "phone", reached=True, note="不愿评价"), at, caller)
        life.do(f.Close(Outcome.DECLINED), at, caller)
        return
    rating = life.rng.choices([r for r, _ in RATINGS], [w for _, w in RATINGS])[0]
    solved = life.rng.choices([Solved.YES, Solved.PARTLY, Solved.NO], [90, 9, 1] if rating > 2 else [5, 30, 65])[0]
    why = life.rng.choice(list(DissatisfiedWith)) if rating < 3 or solved is Solved.NO else None
    reached = f.AttemptCallback(call, "phone", True, "", solved, rating, why, life.chance(0.95), life.chance(0.92))
    life.do(reached, at, caller)
    if why is None:
        life.do(f.Close(Outcome.SATISFIED, solved, rating, "phone"), at, caller)
        return
    dissatisfied(life, call, solved, rating, why, caller)


def unreached(life: Life, call: int, at: datetime, caller: Actor) -> None:
    for turn in range(plan.TRIES):
        begins = life.city.at_work((at + timedelta(days=turn)).replace(hour=(10, 15, 10)[turn]))
        begins = max(begins, life.now + timedelta(minutes=1))
        more = None if turn == plan.TRIES - 1 else begins + timedelta(hours=3)
        life.do(f.AttemptCallback(call, "phone", reached=False, counted=True, next_after=more), begins, caller)
    life.do(f.Close(Outcome.UNREACHED), life.now, caller)


def dissatisfied(life: Life, call: int, solved: Solved, rating: int, why: DissatisfiedWith, caller: Actor) -> None:
    """不满意: round again, at most twice; the unit may appeal."""
    at = life.now
    if life.ticket.round >= MAX_ROUNDS or (why is DissatisfiedWith.RESULT and life.chance(0.3)):
        concluded = f.Conclude(
            explanation="依法无法满足，已当面解释。", solved=solved, rating=rating, dissatisfied_with=why
        )
        life.do(concluded, life.later(1, 20), life.centre(Role.SUPERVISOR), "两轮重办后终结")
        appealed(life, call)
        return
    if rating <= 2 and not life.ticket.has_overlay(OverlayKind.LOW_RATING):
        life.do(rated_low(life, call, rating, at), at, caller)
    assert life.lead is not None
    again = life.sends(life.lead, at, rework=True)
    life.do(f.SendBack(again, solved, rating, "phone", why), at, caller)
    life.clock_starts()
    appealed(life, call)
    life.do(f.Sign(life.lead_id), life.later(0.1, 3), life.hand())
    life.do(f.Contact(life.lead_id, "visit", "已上门沟通"), life.later(0.3, 5), life.hand())
    answers(life)
    verdict(life)


def rated_low(life: Life, call: int, rating: int, at: datetime) -> f.LowRating:
    """差评: the pack says until when somebody speaks with the citizen, and until when it is put right."""
    limits = life.city.policy.low_rating
    return f.LowRating(
        call, rating, life.city.due(limits.contact or limits.finish, at), life.city.due(limits.finish, at)
    )


def appealed(life: Life, call: int) -> None:
    """考核申诉: one of twenty, two of five granted."""
    if not life.chance(APPEALED):
        return
    led = next(
        a
        for a in reversed(life.ticket.assignments)
        if a.part is Part.LEAD and a.round == life.ticket.callbacks[-1].round
    )
    actor = life.city.of_unit(life.rng, life.city.unit(led.unit_id))
    life.do(f.Appeal(led.id, call, "现场照片和签字记录"), life.later(0.3, 8), actor, "已依规办理")
    asked, granted = life.ticket.requests[-1].id, life.chance(0.4)
    called = next(c.by for c in life.ticket.callbacks if c.id == call)
    others = [person for person in life.city.centre[Role.REVIEWER.value] if person.person_id != called]
    if others:
        life.do(f.DecideAppeal(asked, granted), life.later(1, 9), life.rng.choice(others), "经复核")

"""Plausible lives of a ticket: every step is taken through the lifecycle itself, so that each could have happened.

How often what happens is made up of what cities publish (docs/rules.md I): about half is answered at once, nineteen of
twenty shares are done in time, one callback of eight reaches nobody."""

from datetime import datetime, timedelta
from random import Random

from hotline.cli.simulate.city import City
from hotline.cli.simulate.guesses import Guesses
from hotline.cli.simulate.life import Cut, Life, minute
from hotline.cli.simulate.verdicts import answers, digest_of, verdict
from hotline.directory.people import CITIZEN, SYSTEM, Role
from hotline.sla.deadlines import ExtensionRefused, extended
from hotline.tickets import facts as f
from hotline.tickets import lifecycle
from hotline.tickets.guards import GuardRefused
from hotline.tickets.states import (
    OPEN,
    Channel,
    Closing,
    Disposition,
    Kind,
    Part,
    Urgency,
)
from hotline.tickets.ticket import Times

CHANNELS = (
    (Channel.PHONE, 62),
    (Channel.WECHAT, 11),
    (Channel.MAYOR_MAILBOX, 8),
    (Channel.APP, 6),
    (Channel.WEB, 5),
    (Channel.PROVINCE, 3),
    (Channel.POLICE_110, 2),
    (Channel.PEOPLE_NET, 1),
    (Channel.COUNTY, 1),
    (Channel.RATING, 1),
)
BY_PEOPLE = frozenset({Channel.PHONE, Channel.POLICE_110, Channel.COUNTY})
TOLD = (
    Disposition.EXPLAINED,
    Disposition.PROGRESS_TOLD,
    Disposition.LEGAL_CHANNEL,
    Disposition.MARKET_CHANNEL,
    Disposition.OTHER_PLACE,
    Disposition.EMERGENCY_LINE,
    Disposition.INVALID,
    Disposition.MALICIOUS,
)
MONTH = timedelta(days=30)
REMEMBERED = timedelta(days=60)
"""So far back it is kept what a model said: the desk of learning looks at eight weeks."""
NOTICED = 0.95
WHY = ("", "", "内容说的是另一件事", "关键词相近,事项不同", "分类过宽")


def live(rng: Random, city: City, ticket_id: int, at: datetime, until: datetime) -> Life:
    """One life from its first line to its end or to the present."""
    while True:
        life = born(rng, city, ticket_id, minute(at), until)
        try:
            corrects(life)
            if not at_once(life):
                tell(life)
        except Cut:
            return life
        except (GuardRefused, ExtensionRefused, lifecycle.TransitionRefused):
            # A pack of the city's own may forbid what ours allows: another life is told instead.
            continue
        return life


def born(rng: Random, city: City, ticket_id: int, at: datetime, until: datetime) -> Life:
    text = rng.choice(city.texts)
    channel = rng.choices([c for c, _ in CHANNELS], [w for _, w in CHANNELS])[0]
    kind, urgency = Kind(text.kind), Urgency(text.urgency)
    confidential = kind is Kind.REPORT and rng.random() < 0.3
    region = None if rng.random() < 0.02 else rng.choice(city.places)
    fact = f.Create(kind, urgency, channel, region, confidential, rng.random() > 0.01, digest=DIGEST)
    agent = city.of_centre(rng, Role.AGENT) if channel in BY_PEOPLE else SYSTEM
    ticket, line = lifecycle.create(ticket_id, fact, at=at, actor=agent)
    life = Life(rng, city, until, text, ticket, [line])
    if city.guesses is None or until - at > REMEMBERED:
        guess = f.Classify(text.category, round(rng.uniform(0.55, 0.999), 4), model="simulated")
        life.do(guess, life.now, SYSTEM)
    else:
        classified(life, city.guesses)
    return life


def classified(life: Life, guesses: Guesses) -> None:
    """By a model, and by a person who sees that it is wrong: who takes the call, else who dispatches."""
    life.guess = guesses.of(life.rng, life.text.category)
    best = life.guess.top3[0]
    life.do(f.Classify(best.code, best.confidence, model=life.guess.model), life.now, SYSTEM)


def corrects(life: Life) -> None:
    wrong = life.guess is not None and life.guess.top3[0].code != life.text.category
    if wrong and life.chance(NOTICED):
        by_agent = life.ticket.channel in BY_PEOPLE
        actor = life.centre(Role.AGENT if by_agent else Role.DISPATCHER)
        at = life.later(0.01, 0.05, office=False) if by_agent else life.later(0.05, 1)
        life.do(f.Classify(life.text.category, model="person"), at, actor, life.rng.choice(WHY))
        life.corrected = True


DIGEST = "0" * 64


def at_once(life: Life) -> bool:
    """直接解答: half of all tickets end where they came in."""
    if not life.chance(0.55 if life.ticket.kind in DIRECT else 0.28):
        return False
    agent, at = life.centre(Role.AGENT), life.later(0.02, 0.15, office=False)
    if life.ticket.kind in DIRECT:
        life.told = "已按知识库内容答复诉求人，诉求人表示知晓。"
        life.do(f.AnswerDirectly(digest=digest_of(life.told)), at, agent)
    else:
        life.do(f.Redirect(life.rng.choice(TOLD)), at, agent)
    archive(life)
    return True


DIRECT = frozenset({Kind.CONSULT, Kind.PRAISE, Kind.OTHER})


def archive(life: Life) -> None:
    life.do(f.Archive(), life.now + MONTH + timedelta(hours=5), SYSTEM)


def tell(life: Life) -> None:
    """Registered, sent, worked on, answered, called back."""
    life.do(f.Register(), life.later(0.02, 0.1, office=False), life.centre(Role.AGENT))
    if life.chance(0.008):
        life.do(f.Void(), life.later(0.1, 2), life.centre(Role.SUPERVISOR), "测试或误录")
        return
    first_sending(life)
    if life.chance(0.06):
        gives_back(life)
    works(life)
    if life.ticket.state in OPEN:
        answers(life)
        verdict(life)
    if life.ticket.state.value == "closed":
        archive(life)


def first_sending(life: Life) -> None:
    rng, day = life.rng, life.now.date()
    unit = life.city.lead_for(rng, life.text.category, life.ticket.region or life.city.places[0], day)
    if life.chance(0.012):
        life.do(
            f.Consult((unit.id, life.city.some_unit(rng, unit).id)), life.later(0.2, 3), life.centre(Role.DISPATCHER)
        )
        at = life.later(2, 9)
        life.do(f.Rule(life.sends(unit, at)), at, life.centre(Role.SUPERVISOR), "三定规定")
    else:
        automatic = life.chance(0.6) and not life.corrected
        at = life.later(0.0, 0.05, office=False) if automatic else life.later(0.1, 3)
        actor = SYSTEM if automatic else life.centre(Role.DISPATCHER)
        life.do(f.Dispatch(life.sends(unit, at), automatic=automatic, because=("派单目录",)), at, actor)
    life.clock_starts()


def gives_back(life: Life) -> None:
    """退单: three of five are granted."""
    lead, other = life.ticket.lead, life.city.some_unit(life.rng, life.lead)
    at = life.later(0.3, 3)
    if lead is None or lead.return_until is None or at > lead.return_until or life.ticket.forbid_return:
        return
    life.do(f.RequestReturn(lead.id, "部门三定规定", other.id), at, life.hand(), "非本单位职责")
    asked, at = life.ticket.requests[-1].id, life.later(0.5, 5)
    if life.chance(0.6):
        wrong = life.chance(0.9)
        life.do(f.ApproveReturn(asked, life.sends(other, at), wrong_unit=wrong), at, life.centre(Role.DISPATCHER))
        life.clock_starts()
    else:
        life.do(f.RefuseReturn(asked), at, life.centre(Role.DISPATCHER), "目录明确由该单位办理")


def works(life: Life) -> None:
    """Signed, contacted, helped, extended; sometimes given up."""
    lead = life.ticket.lead
    assert lead is not None
    sign_by = 20.0 if life.chance(0.03) else 5.0
    if life.ticket.urgency is not Urgency.NORMAL:
        life.do(f.Sign(lead.id), life.later(0.02, 0.6, office=False), life.hand())
    else:
        life.do(f.Sign(lead.id), life.later(0.1, sign_by), life.hand())
    if life.chance(0.015):
        proof = "录音核验"
        life.do(f.Withdraw(proof), life.later(1, 20), life.centre(Role.AGENT), "诉求人要求撤回")
        return
    life.do(f.Contact(lead.id, "phone", "已说明办理安排"), life.later(0.2, 6 if life.chance(0.9) else 30), life.hand())
    if life.chance(0.06):
        helped(life)
    if life.chance(0.04):
        life.do(f.Urge("citizen", "请尽快办理"), life.later(1, 30, office=False), CITIZEN)
    if life.chance(0.004):
        number = f"督〔{life.now.year}〕{life.rng.randint(1, 9999)}号"
        at = life.later(1, 20)
        due = life.city.due(life.city.policy.supervise.finish, at)
        fact = f.Supervise(life.rng.randint(1, 3), "应解决未解决", due, number)
        life.do(fact, at, life.centre(Role.SUPERVISION))
    if life.chance(0.001):
        life.do(f.Instruct("请主办单位限期解决并反馈。"), life.later(1, 20), life.centre(Role.CENTRE_LEADER))
    if life.chance(0.06):
        prolonged(life)
    if life.chance(0.012):
        life.do(f.RequestTermination(life.lead_id, "不合理诉求"), life.later(1, 20), life.hand(), "诉求无法律依据")
        closing = Closing.UNREASONABLE if life.chance(0.6) else Closing.TERMINATED
        asked = life.ticket.requests[-1].id
        life.do(f.Terminate("不合理诉求", asked, closing), life.later(1, 8), life.centre(Role.REVIEWER), "经审核同意")
    elif life.chance(0.004):
        shelved(life)


def helped(life: Life) -> None:
    assert life.ticket.lead is not None
    lead = life.ticket.lead
    other, at = life.city.some_unit(life.rng, life.lead), life.later(0.2, 3)
    if at >= lead.finish_due:
        return
    share = life.city.share(other, "协助办理", at, life.ticket.kind.value, life.ticket.urgency.value)
    times = lead.finish_due
    share = f.Share(share.unit_id, share.unit_path, Times(times, share.times.sign_due, None, None, share.times.pack))
    life.do(f.Assist(share, Part.ASSIST, lead.id), at, life.hand())
    task, actor = life.ticket.assignments[-1].id, life.city.of_unit(life.rng, other)
    life.do(f.Sign(task), life.later(0.2, 4), actor)
    life.do(f.AssistReply(task, "已现场配合处置"), life.later(1, 30 if life.chance(0.9) else 150), actor)


def prolonged(life: Life) -> None:
    """延期."""
    lead, ticket, days = life.ticket.lead, life.ticket, life.rng.randint(1, 2)
    assert lead is not None
    at = life.later(1, 16)
    if at > lead.finish_due or ticket.urgency is Urgency.CRITICAL or ticket.kind is Kind.PRAISE:
        return
    if ticket.urgency is Urgency.URGENT:
        days = 1
    life.do(f.RequestExtension(lead.id, days, "已进场,等待材料"), at, life.hand(), "工序较多")
    asked = life.ticket.requests[-1].id
    reviewer, at = life.centre(Role.REVIEWER), life.later(0.3, 4)
    if life.chance(0.15):
        life.do(f.DenyExtension(asked), at, reviewer, "理由不充分")
        return
    due = extended(
        life.city.policy,
        life.city.calendar,
        kind=ticket.kind.value,
        urgency=ticket.urgency.value,
        started=lead.dispatched_at,
        current_due=lead.finish_due,
        times_before=0,
        leader=False,
        now=lead.dispatched_at,
        working_days=days,
    )
    life.do(f.GrantExtension(asked, due, days), at, reviewer)
    life.clock_starts()


def shelved(life: Life) -> None:
    """挂账: some are taken up again when their day has come."""
    milestone = life.now.replace(hour=18, minute=0, microsecond=0) + timedelta(days=life.rng.randint(40, 200))
    leader = "分管负责人"
    life.do(
        f.RequestShelving(life.lead_id, "列入改造计划", milestone, leader), life.later(1, 20), life.hand(), "需立项"
    )
    asked = life.ticket.requests[-1].id
    review = life.now + timedelta(days=90)
    life.do(f.Shelve("列入改造计划", milestone, review, leader, asked), life.later(1, 10), life.centre(Role.SUPERVISOR))
    at = life.later(0, 9, after=minute(milestone))
    times = life.city.share(life.lead or life.city.some_unit(life.rng), "", at, life.ticket.kind.value, "normal").times
    life.do(f.Resume(times), at, SYSTEM)
    life.clock_starts()

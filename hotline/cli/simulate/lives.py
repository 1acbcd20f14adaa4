"""Plausible lives of a ticket: every step is taken through the lifecycle itself, so that each could have happened.

How often what happens is made up of what cities publish (docs/rules.md I): about half is answered at once, nineteen of
twenty shares are done in time, one callback of eight reaches nobody."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from hotline.callback import plan
from hotline.cli.simulate.city import City, Text
from hotline.directory.people import CITIZEN, SYSTEM, Actor, Role
from hotline.directory.units import Unit
from hotline.infra.crypto import sm3
from hotline.sla.deadlines import DeadlineKind, ExtensionRefused, Timer, extended, timer
from hotline.tickets import facts as f
from hotline.tickets import lifecycle
from hotline.tickets.guards import MAX_ROUNDS, GuardRefused
from hotline.tickets.history import Happened
from hotline.tickets.states import (
    OPEN,
    Channel,
    Closing,
    Disposition,
    DissatisfiedWith,
    Kind,
    Light,
    Outcome,
    OverlayKind,
    Part,
    Solved,
    Urgency,
)
from hotline.tickets.ticket import Ticket, Times

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
LIGHTS = (Light.NEAR, Light.ORANGE, Light.LATE, Light.VERY_LATE)
STEPS = 3
"""Marks announced at most: what is very late is seldom, and each mark is a line."""
MONTH = timedelta(days=30)


class Cut(Exception):
    """The present was reached: what follows has not happened yet."""


@dataclass
class Life:
    """One ticket as it goes; `until` is the present."""

    rng: Random
    city: City
    until: datetime
    text: Text
    ticket: Ticket
    lines: list[Happened]
    lead: Unit | None = None
    finish: Timer | None = None
    shown: int = 0
    """Lights of the finish clock that were announced."""
    answers: list[tuple[str, str]] = field(default_factory=list)
    """What each reply said: to the centre, to the citizen."""
    told: str = ""
    """What an agent answered at once."""

    @property
    def now(self) -> datetime:
        return self.lines[-1].at

    def do(self, fact: f.Fact, at: datetime, actor: Actor, reason: str = "") -> None:
        if at > self.until:
            self.announce(self.until)
            raise Cut
        self.announce(at)
        self.ticket, line = lifecycle.move(self.ticket, fact, at=at, actor=actor, reason=reason)
        self.lines.append(line)

    def announce(self, at: datetime) -> None:
        """The finish clock's lights that came on before `at`, as the sweep would have marked them."""
        lead = self.ticket.lead
        if self.finish is None or lead is None or lead.stage.value == "replied":
            return
        moments = (self.finish.near_at, self.finish.orange_at, self.finish.late_at, self.finish.very_late_at)
        while self.shown < STEPS and (came := minute(moments[self.shown])) < at:
            if came >= self.now:
                fact = f.MarkDeadline(lead.id, "finish", LIGHTS[self.shown], lead.finish_due)
                self.ticket, line = lifecycle.move(self.ticket, fact, at=came, actor=SYSTEM)
                self.lines.append(line)
            self.shown += 1

    def clock_starts(self) -> None:
        lead = self.ticket.lead
        assert lead is not None
        self.shown = 0
        self.finish = timer(
            self.city.policy,
            self.city.calendar,
            kind=DeadlineKind.FINISH,
            start=lead.dispatched_at,
            due=lead.finish_due,
            by_clock=self.ticket.urgency is not Urgency.NORMAL,
        )

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def later(self, least: float, most: float, *, office: bool = True, after: datetime | None = None) -> datetime:
        """A moment so many hours from now."""
        minutes = int(self.rng.uniform(least, most) * 60) + 1
        at = (after or self.now) + timedelta(minutes=minutes)
        return max(self.city.at_work(at) if office else at, self.now + timedelta(minutes=1))

    def centre(self, role: Role) -> Actor:
        return self.city.of_centre(self.rng, role)

    def hand(self) -> Actor:
        assert self.lead is not None
        return self.city.of_unit(self.rng, self.lead)

    @property
    def lead_id(self) -> int:
        assert self.ticket.lead is not None
        return self.ticket.lead.id

    def sends(self, unit: Unit, at: datetime, *, rework: bool = False) -> f.Share:
        self.lead = unit
        kind, urgency = self.ticket.kind.value, self.ticket.urgency.value
        return self.city.share(unit, "派单目录", at, kind, urgency, rework=rework)


def minute(moment: datetime) -> datetime:
    """The whole minute after, with the mark by which all moments of a life are told from its deadlines."""
    return moment.replace(second=0, microsecond=MARK) + timedelta(minutes=1)


MARK = 777_777
"""Microseconds of whatever happened: a copy of a life puts its own seconds there (`copies`)."""


def live(rng: Random, city: City, ticket_id: int, at: datetime, until: datetime) -> Life:
    """One life from its first line to its end or to the present."""
    while True:
        life = born(rng, city, ticket_id, minute(at), until)
        try:
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
    guess = f.Classify(text.category, round(rng.uniform(0.55, 0.999), 4), model="simulated")
    life.do(guess, life.now + timedelta(seconds=0), SYSTEM)
    return life


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
        automatic = life.chance(0.6)
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
        due = plan.due(life.city.calendar, life.now)
        number = f"督〔{life.now.year}〕{life.rng.randint(1, 9999)}号"
        life.do(
            f.Supervise(life.rng.randint(1, 3), "应解决未解决", due, number),
            life.later(1, 20),
            life.centre(Role.SUPERVISION),
        )
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


ANSWERS = (
    ("已到现场核实，问题属实，已完成整改。", "您反映的问题已核实并处理完毕，感谢您的监督。"),
    ("经与当事人沟通，已依规处理并说明政策。", "已按规定处理并向您作了说明，如有疑问请联系我们。"),
    ("已列入本周作业计划并完成，附现场照片。", "有关问题已处理完毕，请您监督。"),
    ("经核查，部分属实，已督促责任单位整改。", "经核查，有关情况部分属实，已督促整改并将持续跟进。"),
)


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
    said = life.rng.choice(ANSWERS)
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
        life.do(f.LowRating(call, rating, plan.due(life.city.calendar, at)), at, caller)
    assert life.lead is not None
    again = life.sends(life.lead, at, rework=True)
    life.do(f.SendBack(again, solved, rating, "phone", why), at, caller)
    life.clock_starts()
    appealed(life, call)
    life.do(f.Sign(life.lead_id), life.later(0.1, 3), life.hand())
    life.do(f.Contact(life.lead_id, "visit", "已上门沟通"), life.later(0.3, 5), life.hand())
    answers(life)
    verdict(life)


def appealed(life: Life, call: int) -> None:
    """考核申诉: one of twenty, two of five granted."""
    if not life.chance(0.05):
        return
    led = next(
        a
        for a in reversed(life.ticket.assignments)
        if a.part is Part.LEAD and a.round == life.ticket.callbacks[-1].round
    )
    unit = life.city.directory.units[led.unit_id]
    actor = life.city.of_unit(life.rng, unit)
    life.do(f.Appeal(led.id, call, "现场照片和签字记录"), life.later(0.3, 8), actor, "已依规办理")
    asked, granted = life.ticket.requests[-1].id, life.chance(0.4)
    called = next(c.by for c in life.ticket.callbacks if c.id == call)
    others = [person for person in life.city.centre[Role.REVIEWER.value] if person.person_id != called]
    if others:
        life.do(f.DecideAppeal(asked, granted), life.later(1, 9), life.rng.choice(others), "经复核")

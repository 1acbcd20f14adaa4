"""Random lives of a ticket, for tests: any event the table may allow, with values that are sometimes wrong."""

from datetime import UTC, datetime, timedelta
from random import Random

from hotline.directory.people import Actor, Role
from hotline.infra.clock import BEIJING
from hotline.tickets import facts as f
from hotline.tickets import lifecycle
from hotline.tickets.guards import GuardRefused
from hotline.tickets.history import Happened
from hotline.tickets.states import (
    Channel,
    Closing,
    Disposition,
    Event,
    Kind,
    Light,
    Outcome,
    OverlayKind,
    Part,
    Solved,
    Urgency,
)
from hotline.tickets.store import first_number
from hotline.tickets.ticket import Ticket, Times

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PERSON = Actor(
    name="张敏", roles=frozenset(Role) - {Role.CITIZEN, Role.SYSTEM}, person_id=1, unit_id=900, unit_path=(900,)
)
OTHER = Actor(
    name="李强", roles=frozenset(Role) - {Role.CITIZEN, Role.SYSTEM}, person_id=2, unit_id=901, unit_path=(901,)
)
LEADER = Actor(name="周岚", roles=frozenset({Role.CENTRE_LEADER}), person_id=3, unit_id=900, unit_path=(900,))


def times(rng: Random, now: datetime, latest: datetime | None = None) -> Times:
    due = now + timedelta(hours=rng.randint(1, 200))
    return Times(
        finish_due=min(due, latest) if latest else due,
        sign_due=now + timedelta(hours=8),
        contact_due=now + timedelta(hours=24) if rng.random() < 0.8 else None,
        return_until=now + timedelta(hours=24) if rng.random() < 0.8 else None,
        pack="default@1",
    )


def share(rng: Random, now: datetime, unit: int | None = None) -> f.Share:
    unit = unit or rng.randint(10, 16)
    return f.Share(unit_id=unit, unit_path=(1, unit), times=times(rng, now), basis="三定规定")


def first(rng: Random, ticket_id: int = 202603020000001, at: datetime = START) -> tuple[Ticket, Happened]:
    fact = f.Create(
        kind=rng.choice(list(Kind)),
        urgency=rng.choice(list(Urgency)),
        channel=rng.choice(list(Channel)),
        region=rng.choice([None, "990101"]),
        confidential=rng.random() < 0.1,
        accused_unit=rng.choice([None, 10]),
        digest="00",
    )
    return lifecycle.create(ticket_id, fact, at=at, actor=PERSON)


def some_fact(rng: Random, ticket: Ticket, event: Event, now: datetime) -> f.Fact:
    """A fact of that event with mostly fitting values."""
    any_id = rng.choice([a.id for a in ticket.assignments] or [1])
    lead_id = ticket.lead.id if ticket.lead and rng.random() < 0.8 else any_id
    request_id = rng.choice([r.id for r in ticket.requests[-2:]] or [1])
    callback_id = ticket.callbacks[-1].id if ticket.callbacks else 1
    overlay_id = rng.choice([o.id for o in ticket.overlays if o.kind is OverlayKind.SUPERVISION] or [1])
    lead = share(rng, now)
    assists = (share(rng, now),) if rng.random() < 0.3 else ()
    later = now + timedelta(days=rng.randint(-1, 30))
    solved, rating = rng.choice(list(Solved)), rng.randint(1, 5)
    made: dict[Event, f.Fact] = {
        Event.ANSWER_DIRECTLY: f.AnswerDirectly(article_id=7),
        Event.REDIRECT: f.Redirect(disposition=rng.choice(list(Disposition))),
        Event.REGISTER: f.Register(),
        Event.MERGE: f.Merge(master_id=rng.choice([ticket.id, 5]), same_caller=rng.random() < 0.5),
        Event.UNMERGE: f.Unmerge(),
        Event.ANSWER_WITH_MASTER: f.AnswerWithMaster(
            master_id=5, share=lead, dispatched_at=now, signed_at=now, finished_at=now, late=False, callback_due=later
        ),
        Event.CLOSE_WITH_MASTER: f.CloseWithMaster(
            master_id=5, closing=rng.choice([None, Closing.HANDLED, Closing.TERMINATED])
        ),
        Event.CLASSIFY: f.Classify(
            category="0101", confidence=rng.random(), urgency=rng.choice([None, Urgency.URGENT])
        ),
        Event.DISPATCH: f.Dispatch(lead=lead, assists=assists, automatic=rng.random() < 0.5, because=("目录",)),
        Event.CONSULT: f.Consult(candidates=(10, 11), due=later),
        Event.RULE: f.Rule(lead=lead, assists=assists),
        Event.SIGN: f.Sign(assignment_id=lead_id),
        Event.REQUEST_RETURN: f.RequestReturn(assignment_id=lead_id, basis="三定", proposed_unit=rng.randint(10, 16)),
        Event.APPROVE_RETURN: f.ApproveReturn(request_id=request_id, lead=lead, assists=assists),
        Event.REFUSE_RETURN: f.RefuseReturn(request_id=request_id),
        Event.ESCALATE_RETURN: f.EscalateReturn(request_id=request_id, due=later),
        Event.REQUEST_EXTENSION: f.RequestExtension(assignment_id=lead_id, amount=rng.randint(0, 5), progress="已进场"),
        Event.GRANT_EXTENSION: f.GrantExtension(request_id=request_id, due=later),
        Event.DENY_EXTENSION: f.DenyExtension(request_id=request_id),
        Event.CONTACT: f.Contact(assignment_id=lead_id, how="phone", result="已说明", reached=rng.random() < 0.8),
        Event.ASSIST: f.Assist(
            share=f.Share(20, (1, 10, 20) if rng.random() < 0.5 else (1, 20), times(rng, now, ticket.due)),
            part=rng.choice([Part.ASSIST, Part.CHILD]),
            parent_id=lead_id,
        ),
        Event.ASSIST_REPLY: f.AssistReply(assignment_id=any_id, account="已清理", waived=rng.random() < 0.5),
        Event.RECALL: f.Recall(assignment_id=any_id),
        Event.ATTACH: f.Attach(number=1, kind="pdf", size=rng.randint(0, 9), digest="ab"),
        Event.ASSIGN_PERSON: f.AssignPerson(assignment_id=lead_id, person_id=5),
        Event.REPLY: f.Answered(assignment_id=lead_id, solved=solved, digest="ab", found_true=True),
        Event.REFUSE_REPLY: f.RefuseReply(reasons=("未联系诉求人",)),
        Event.APPROVE_REPLY: f.ApproveReply(callback_due=now + timedelta(days=1)),
        Event.ATTEMPT_CALLBACK: f.AttemptCallback(callback_id=callback_id, channel="phone", reached=rng.random() < 0.5),
        Event.CLOSE: rng.choice(
            [
                f.Close(outcome=Outcome.SATISFIED, solved=solved, rating=rating),
                f.Close(outcome=Outcome.UNREACHED),
                f.Close(outcome=Outcome.DISSATISFIED, solved=solved, rating=rating),
            ]
        ),
        Event.SEND_BACK: f.SendBack(lead=lead, solved=Solved.NO, rating=1),
        Event.CONCLUDE: f.Conclude(closing=Closing.CONCLUDED, explanation="已解释", solved=Solved.NO, rating=2),
        Event.LOW_RATING: f.LowRating(
            callback_id=rng.choice([callback_id, f.DIRECT]), rating=rng.randint(1, 3), due=later, rectify=later
        ),
        Event.RATE: f.Rate(channel=f.PAGE, solved=solved, rating=rating),
        Event.APPEAL: f.Appeal(assignment_id=any_id, callback_id=callback_id, evidence="现场照片"),
        Event.DECIDE_APPEAL: f.DecideAppeal(request_id=request_id, granted=rng.random() < 0.5),
        Event.REQUEST_EXCLUSION: f.RequestExclusion(assignment_id=any_id, ground="untrue", evidence="笔录"),
        Event.DECIDE_EXCLUSION: f.DecideExclusion(request_id=request_id, granted=rng.random() < 0.5),
        Event.ANSWER_LETTER: f.AnswerLetter(overlay_id=overlay_id, number="督〔2026〕1号", digest="ab"),
        Event.REVIEW_LETTER: f.ReviewLetter(overlay_id=overlay_id, number="督〔2026〕1号", accepted=rng.random() < 0.5),
        Event.REQUEST_SHELVING: f.RequestShelving(assignment_id=lead_id, plan="列入改造", milestone=later, leader="王"),
        Event.SHELVE: f.Shelve(plan="列入改造", milestone=later, review=later),
        Event.DENY_SHELVING: f.DenyShelving(request_id=request_id),
        Event.RESUME: f.Resume(times=times(rng, now)),
        Event.WITHDRAW: f.Withdraw(proof=rng.choice(["", "录音 R1"])),
        Event.REQUEST_TERMINATION: f.RequestTermination(assignment_id=lead_id, ground="进入诉讼"),
        Event.TERMINATE: f.Terminate(ground="进入诉讼"),
        Event.DENY_TERMINATION: f.DenyTermination(request_id=request_id),
        Event.URGE: f.Urge(origin="citizen", text="请尽快"),
        Event.SUPERVISE: f.Supervise(level=rng.randint(0, 4), ground="逾期", due=later, number="督〔2026〕1号"),
        Event.MARK_DIFFICULT: f.MarkDifficult(rules=("R1",), kind="职责不清类"),
        Event.STRIKE_OFF: f.StrikeOff(solved=solved, rating=rating),
        Event.INSTRUCT: f.Instruct(text="限期解决"),
        Event.ARCHIVE: f.Archive(),
        Event.REOPEN: f.Reopen(lead=lead, new_facts="又坏了"),
        Event.VOID: f.Void(),
        Event.MARK_DEADLINE: f.MarkDeadline(
            assignment_id=lead_id, clock="finish", light=rng.choice(list(Light)), due=later
        ),
        Event.RECOMPUTE: f.Recompute(assignment_id=lead_id, times=times(rng, now), because="日历调整"),
        Event.HAND_OVER: f.HandOver(
            shares=(f.Handed(lead_id, given := rng.randint(10, 16), (1, 2, given)),),
            accused_unit=rng.choice([None, None, 11]),
        ),
    }
    return made[event]


RARE = {Event.WITHDRAW, Event.TERMINATE, Event.VOID, Event.MERGE, Event.ARCHIVE, Event.REDIRECT, Event.ANSWER_DIRECTLY}


def step(rng: Random, ticket: Ticket, now: datetime) -> tuple[Ticket, Happened] | None:
    """One command; None when a guard refused it or nothing is possible any more."""
    ways = lifecycle.allowed(ticket.state)
    if not ways:
        return None
    weights = [
        0.05 if way in RARE else 3.0 if lifecycle.MOVES[ticket.state, way] != (ticket.state,) else 1.0 for way in ways
    ]
    event = rng.choices(ways, weights)[0]
    actor = LEADER if event is Event.REOPEN else rng.choice([PERSON, OTHER])
    try:
        return lifecycle.move(
            ticket, some_fact(rng, ticket, event, now), at=now, actor=actor, reason=rng.choice(["事由", "事由", ""])
        )
    except GuardRefused:
        return None


def walk(seed: int, commands: int, begins: datetime = START) -> list[tuple[Ticket, Happened]]:
    rng, now = Random(seed), begins
    lived = [first(rng, first_number(begins.astimezone(BEIJING).date()) + seed % 10_000_000, begins)]
    for _ in range(commands):
        now += timedelta(minutes=rng.randint(1, 600))
        after = step(rng, lived[-1][0], now)
        if after:
            lived.append(after)
    return lived

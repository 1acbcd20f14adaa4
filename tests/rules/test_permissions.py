"""Who may do what to whose ticket: the whole grid, against docs/rules.md C.3 and C.4 written down once more by hand.

The table here is not made from the code's: whoever changes one must change the other and say why."""

from datetime import UTC, datetime, timedelta
from itertools import product

import msgspec
import pytest

from hotline.directory.people import Actor, Role
from hotline.infra.errors import Forbidden, NotFound
from hotline.tickets import permissions, privacy
from hotline.tickets.privacy import Petitioner
from hotline.tickets.states import Channel, Event, Kind, Part, Stage, State, Urgency
from hotline.tickets.ticket import Assignment, Ticket

R = Role
LETTERS = {
    "A": R.AGENT,  # 话务员
    "L": R.SHIFT_LEADER,  # 班长
    "Q": R.QUALITY,  # 质检员
    "D": R.DISPATCHER,  # 派单员
    "V": R.REVIEWER,  # 审核员
    "C": R.CALLBACK,  # 回访员
    "X": R.SECRET_CALLBACK,  # 保密回访员
    "S": R.SUPERVISION,  # 督办员
    "M": R.SUPERVISOR,  # 中心主管
    "B": R.CENTRE_LEADER,  # 中心领导
    "Y": R.CITY_LEADER,  # 市领导: read-only + 批示
    "l": R.UNIT_LIAISON,  # 联络员
    "r": R.UNIT_REVIEWER,  # 审核人
    "d": R.UNIT_LEADER,  # 分管领导
    "h": R.HANDLER,  # 经办人
    "P": R.POLICE_LIAISON,  # 110联动员
    "K": R.KNOWLEDGE,  # 知识库采编
    "1": R.SYSTEM_ADMIN,
    "2": R.SECURITY_ADMIN,
    "3": R.AUDITOR,
    "I": R.API_CLIENT,
    "Z": R.CITIZEN,  # 诉求人: his own, through public pages
    "0": R.SYSTEM,
}

TABLE = """
create              A L   D         M B           I Z 0
answer_directly     A L   D         M B
redirect            A L   D         M B
register            A L   D         M B           I Z 0
merge               A L   D         M B               0
unmerge                   D         M B               0
answer_with_master                                    0
close_with_master                                     0
classify            A L   D         M B               0
dispatch                  D         M B               0
consult                   D         M B               0
rule                                M B
sign                                    l r d
request_return                            r d
approve_return            D         M B
refuse_return             D         M B
escalate_return           D         M B
request_extension                       l r d
grant_extension             V       M B
deny_extension              V       M B
contact                                 l r d h
assist                                  l r d
assist_reply                            l r d h
recall                    D         M B l r d
assign_person                           l r d
attach              A L   D V C   S M B l r d h
reply                                   l r d h
refuse_reply                V       M B
approve_reply               V       M B
attempt_callback              C X   M                Z 0
close                         C X   M                Z 0
send_back                     C X   M                Z 0
conclude                            M B
low_rating                    C X   M                Z 0
rate                                                Z
appeal                                    r d
decide_appeal               V       M B
request_exclusion                         r d
decide_exclusion            V       M B
request_shelving                          r d
shelve                              M B
deny_shelving                       M B
resume                              M B               0
withdraw            A L       C     M B              Z
request_termination                       r d
terminate                   V       M B
deny_termination            V       M B
urge                A L       C   S M B              Z 0
supervise                         S M B               0
answer_letter                           l r d         0
review_letter               V     S M B               0
mark_difficult                    S M B
strike_off                    C X   M                Z 0
instruct                              B Y
archive                             M B               0
reopen                              M B
void                  L             M B
mark_deadline                                         0
recompute                           M B               0
hand_over                                             0
"""
"""Verb, and whose it is (C.3, column Who)."""

MAY = {
    Event(line.split()[0]): frozenset(LETTERS[letter] for letter in line.split()[1:])
    for line in TABLE.strip().splitlines()
}
SEE_ALL = frozenset(LETTERS[letter] for letter in "ALQDVCXSMBY0")
HANDS = frozenset(LETTERS[letter] for letter in "lrdh")

DISTRICT, OWN, BELOW, OTHER = 5, 30, 31, 40
PATHS = {DISTRICT: (5,), OWN: (5, 30), BELOW: (5, 30, 31), OTHER: (6, 40)}
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def share(number: int, unit: int, stage: Stage, part: Part = Part.LEAD) -> Assignment:
    due = NOW + timedelta(days=5)
    return Assignment(number, part, unit, PATHS[unit], stage, 0, NOW, due, due)


WHOSE = {
    "own": (share(1, OWN, Stage.IN_HAND),),
    "assisting": (share(1, OTHER, Stage.IN_HAND), share(2, OWN, Stage.TO_SIGN, Part.ASSIST)),
    "past": (share(1, OWN, Stage.RETURNED), share(2, OTHER, Stage.TO_SIGN)),
    "below": (share(1, BELOW, Stage.IN_HAND),),
    "above": (share(1, DISTRICT, Stage.IN_HAND),),
    "other": (share(1, OTHER, Stage.IN_HAND),),
    "nobody": (),
}
AFTERWARDS = {Event.APPEAL, Event.REQUEST_EXCLUSION}
ACTIVE, FORMER = ("own", "assisting", "below"), ("past",)


def ticket(whose: str, *, secret: bool, channel: Channel = Channel.PHONE) -> Ticket:
    shares = WHOSE[whose]
    state = State.IN_PROGRESS if shares else State.REGISTERED
    made = Ticket(202611230000001, state, 3, Kind.COMPLAINT, Urgency.NORMAL, channel, NOW, confidential=secret)
    return msgspec.structs.replace(made, assignments=shares)


def somebody(role: Role) -> Actor:
    if role in HANDS:
        return Actor("韩城", frozenset({role}), 7, OWN, PATHS[OWN])
    return Actor("林晓", frozenset({role}), 8, 1, (1,))


def expected(role: Role, event: Event, whose: str, channel: Channel) -> str:
    """What docs/rules.md says, in three lines: whose it is to see, whose to touch, whose to do."""
    may = "allowed" if role in MAY[event] else "forbidden"
    if role in SEE_ALL or role is R.CITIZEN:
        return may
    if role in HANDS and whose in (*ACTIVE, *FORMER):
        # What a share counts for a unit says when its work is done; everything else needs a share in hand.
        return may if whose in ACTIVE or event in AFTERWARDS else "forbidden"
    if role is R.POLICE_LIAISON and channel is Channel.POLICE_110:
        return "forbidden"
    return "not found"


def answered(role: Role, event: Event, of: Ticket) -> str:
    try:
        permissions.check(somebody(role), event, of)
    except NotFound:
        return "not found"
    except Forbidden:
        return "forbidden"
    return "allowed"


def test_the_table_knows_every_role_and_every_verb() -> None:
    assert set(LETTERS.values()) == set(Role)
    assert set(MAY) == set(Event)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("whose", WHOSE)
@pytest.mark.parametrize("secret", [False, True])
@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.POLICE_110])
def test_every_role_and_verb_on_everybodys_ticket(role: Role, whose: str, secret: bool, channel: Channel) -> None:
    of = ticket(whose, secret=secret, channel=channel)
    wrong = {
        event.value: (said, told)
        for event in Event
        if (said := answered(role, event, of)) != (told := expected(role, event, whose, channel))
    }
    assert not wrong


@pytest.mark.parametrize(("role", "whose"), list(product(Role, WHOSE)))
def test_who_may_try_something_is_who_may_see(role: Role, whose: str) -> None:
    """What the page offers never contains what `check` refuses."""
    of = ticket(whose, secret=False)
    offered = permissions.possible(somebody(role), of)
    assert all(answered(role, event, of) == "allowed" for event in offered)
    if not permissions.may_see(somebody(role), of) and role is not R.CITIZEN:
        assert offered == ()


@pytest.mark.parametrize("whose", WHOSE)
@pytest.mark.parametrize("role", [R.SYSTEM_ADMIN, R.SECURITY_ADMIN, R.AUDITOR])
def test_administrators_read_no_ticket_even_of_their_own_unit(role: Role, whose: str) -> None:
    keeper = Actor("孟安", frozenset({role}), 9, OWN, PATHS[OWN])
    assert not permissions.may_see(keeper, ticket(whose, secret=False))


def test_a_merged_units_records_are_its_successors() -> None:
    heir = Actor("陶建国", frozenset({R.UNIT_REVIEWER}), 7, 50, (50,), inherited=(OWN,))
    stranger = Actor("陶建国", frozenset({R.UNIT_REVIEWER}), 7, 50, (50,))
    for whose in ("own", "past", "below"):
        assert permissions.may_see(heir, ticket(whose, secret=False))
        assert not permissions.may_see(stranger, ticket(whose, secret=False))
    assert not permissions.may_see(heir, ticket("other", secret=False))


CALLER = Petitioner("欧阳明", "13912345678", "oy@example.com", "13987654321", "阳光小区3号楼")
# Who sees of the citizen what: everything, masked, nothing. B.5, GB/T 33358.
SHOWN = [
    *((role, whose, "open", "open") for role in sorted(SEE_ALL - {R.CITY_LEADER}) for whose in WHOSE),
    *((R.CITY_LEADER, whose, "masked", "nothing") for whose in WHOSE),
    *((role, whose, "open", "nothing") for role in sorted(HANDS) for whose in ("own", "assisting")),
    *((role, whose, "masked", "nothing") for role in sorted(HANDS) for whose in ("past", "below")),
    *((R.POLICE_LIAISON, whose, "masked", "nothing") for whose in WHOSE),
]


def seen(role: Role, whose: str, *, secret: bool) -> str:
    found = privacy.shown(somebody(role), ticket(whose, secret=secret), CALLER)
    if found == CALLER:
        return "open"
    assert "13912345678" not in str(found) and "欧阳明" not in str(found) and found.email is None
    return "nothing" if found.name is None and found.phone is None else "masked"


@pytest.mark.parametrize(("role", "whose", "plain", "secret"), SHOWN)
def test_who_sees_the_citizen(role: Role, whose: str, plain: str, secret: str) -> None:
    assert (seen(role, whose, secret=False), seen(role, whose, secret=True)) == (plain, secret)


@pytest.mark.parametrize("role", Role)
def test_nobody_outside_the_centre_is_shown_anything_of_a_secret_caller(role: Role) -> None:
    inside = role in SEE_ALL and role is not R.CITY_LEADER
    for whose in WHOSE:
        assert privacy.hidden_from(somebody(role), ticket(whose, secret=True)) is not inside
        assert not privacy.hidden_from(somebody(role), ticket(whose, secret=False))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("欧阳明反映楼上漏水", "***反映楼上漏水"),
        ("回电13912345678或139 1234 5678", "回电***或***"),
        ("另一电话13700001111", "另一电话***"),
        ("座机0731-84512345", "座机***"),
        ("身份证430102199001011234", "身份证***"),
        ("住阳光小区3号楼,请勿外传", "住***,请勿外传"),
        ("邮箱 oy@example.com。", "邮箱 ***。"),
        ("回电１３９１２３４５６７８或139　1234　5678", "回电***或***"),
        ("回电+8613712345678,137—1234—5678,1 3 7 1 2 3 4 5 6 7 8", "回电***,***,***"),
        ("回电幺三九幺二三四五六七八,tel13700001111,微信vx13700001111", "回电***,tel***,微信vx***"),
        ("座机(0731)84512345或0731 84512345", "座机***或***"),
        ("身份证430102 19900101 123X,４３０１０２１９９００１０１１２３４", "身份证***,***"),
        ("工资卡6222021001116245678,卡号 6222 0210 0111 6245 678", "工资卡***,卡号 ***"),
        ("社保卡６２２２０２１００１１１６２４５,信用卡4392-2500-1234-5678", "社保卡***,信用卡***"),
        ("家里电话84512345,请致电8451-2345,座机是2345678", "家里电话***,请致电***,座机是***"),
        ("来电日期及号码20261123,赔偿84512345元", "来电日期及号码20261123,赔偿84512345元"),
        ("业务流水1234567890123456,合同号7012345678901234", "业务流水1234567890123456,合同号7012345678901234"),
        ("工单202611230000001的路灯", "工单202611230000001的路灯"),
        ("设备SN13712345678,户号0101202600017", "设备SN13712345678,户号0101202600017"),
        ("2026.11.24 14点、13.5万、1.3米", "2026.11.24 14点、13.5万、1.3米"),
        ("3号楼12栋,约500元", "3号楼12栋,约500元"),
    ],
)
def test_what_points_at_the_caller_goes_and_the_matter_stays(text: str, left: str) -> None:
    assert privacy.veiled({"reason": text, "n": [text]}, CALLER) == {"reason": left, "n": [left]}


def test_every_number_the_caller_gave_is_taken_out_whatever_its_form() -> None:
    caller = msgspec.structs.replace(CALLER, other_phone="84512345", id_number="E12345678")
    assert privacy.without("另打84512345,护照E12345678", caller) == "另打***,护照***"


def test_the_callers_own_words_and_voice_go_whole() -> None:
    plain = {"original_words": "我姓欧阳", "recording_id": "R1", "call_id": None, "seq": 3, "late": False}
    veiled = {"original_words": "", "recording_id": "", "call_id": None, "seq": 3, "late": False}
    assert privacy.veiled(plain, CALLER) == veiled

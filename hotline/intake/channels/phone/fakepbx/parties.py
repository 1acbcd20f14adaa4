"""Who is on the line of the fake telephone system: channels, members of the queue, and what citizens are like."""

from dataclasses import dataclass, field
from random import Random


@dataclass(eq=False)
class Channel:
    """One leg, as the PBX names it."""

    name: str
    uniqueid: str
    linkedid: str
    number: str
    context: str
    exten: str
    began: float
    up: bool = False
    bridge: str = ""
    application: str = ""

    def headers(self, prefix: str = "") -> dict[str, str]:
        state, word = ("6", "Up") if self.up else ("5", "Ringing") if self.context == "agents" else ("4", "Ring")
        return {
            f"{prefix}Channel": self.name,
            f"{prefix}ChannelState": state,
            f"{prefix}ChannelStateDesc": word,
            f"{prefix}CallerIDNum": self.number,
            f"{prefix}CallerIDName": "<unknown>",
            f"{prefix}Context": self.context,
            f"{prefix}Exten": self.exten,
            f"{prefix}Uniqueid": self.uniqueid,
            f"{prefix}Linkedid": self.linkedid,
        }


@dataclass(frozen=True)
class Citizen:
    """How one caller behaves: seconds, and what they key at the end."""

    number: str
    patience: float = 60.0
    talk: float = 90.0
    hangs_up: bool = True
    """They hang up first; else the agent does."""
    score: int | None = None
    answers: str = "ANSWER"
    """When we call them: ANSWER, BUSY or NOANSWER."""


@dataclass(eq=False)
class Member:
    """One telephone in the queue. `answers_in`: seconds after which it answers by itself; None waits for a person."""

    interface: str
    name: str
    paused: bool = False
    reason: str = ""
    status: str = "1"
    in_call: bool = False
    taken: int = 0
    last: float = 0.0
    logged_in: float = 0.0
    answers_in: float | None = None
    by_itself: bool = False
    """A made-up colleague, who is also ready by themselves."""

    @property
    def free(self) -> bool:
        return not self.paused and self.status == "1"

    def headers(self, queue: str) -> dict[str, str]:
        return {
            "Queue": queue,
            "MemberName": self.name,
            "Interface": self.interface,
            "StateInterface": self.interface,
            "Membership": "dynamic",
            "Penalty": "0",
            "CallsTaken": str(self.taken),
            "LastCall": str(int(self.last)),
            "LoginTime": str(int(self.logged_in)),
            "InCall": str(int(self.in_call)),
            "Status": self.status,
            "Paused": str(int(self.paused)),
            "PausedReason": self.reason,
            "Ringinuse": "0",
            "Wrapuptime": "0",
        }


@dataclass(eq=False)
class Talk:
    """One call from its beginning to its end."""

    root: Channel
    citizen: Citizen
    joined: float | None = None
    position: int = 0
    ringing: tuple[Member, Channel] | None = None
    agent: tuple[Member, Channel] | None = None
    second: Channel | None = None
    asked_second: str = ""
    asking: bool = False
    """The agent speaks with the second telephone, and the citizen waits."""
    pressed: str = ""
    connected: float = 0.0
    by_hand: float = 0.0
    """When a person, not a made-up colleague, answered: such talks are recorded."""
    waited: int = 0
    held: bool = False
    rung: int = 0
    priority: int = 5
    longest_s: float | None = None
    timers: list[object] = field(default_factory=list)


def some_citizen(random: Random) -> Citizen:
    """A made-up caller: numbers that nobody has (199 0000 …), waits and talks as spread as they are in life."""
    number = f"1990000{random.randrange(10_000):04d}"
    patience = random.expovariate(1 / 90) + 3
    talk = min(900.0, random.lognormvariate(4.8, 0.6))
    score = random.choice([None, 5, 5, 5, 4, 3, 2, 1])
    return Citizen(number, patience, talk, random.random() < 0.6, score)


def temper(number: str) -> Citizen:
    """Whom we call: most answer; numbers that end in 7 are busy and in 8 are not answered, so that a lesson can be told."""
    answers = {"7": "BUSY", "8": "NOANSWER"}.get(number[-1:], "ANSWER")
    return Citizen(number, talk=60.0, answers=answers)

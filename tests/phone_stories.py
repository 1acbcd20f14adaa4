"""Stories of calls as a PBX tells them: small ones of our own invention in the wire format of AMI, one message a line,
and the calls captured of a running Asterisk where they are at hand (they are not part of the repository)."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hotline.intake.channels.phone.ami.plan import plan_of
from hotline.intake.channels.phone.ami.translate import translate
from hotline.intake.channels.phone.event import PhoneEvent

OWN = Path(__file__).parent / "fixtures" / "phone"
CAPTURED = Path(__file__).resolve().parents[2] / "shared" / "data" / "telephony"
PLAN = plan_of("ami://hotline:secret@127.0.0.1:5038/")
HEARD_AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def messages(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (OWN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def events(name: str) -> list[PhoneEvent]:
    """What one of our own stories says of its call."""
    return [event for message in messages(name) for event in translate(PLAN, message, HEARD_AT)]


def captured(path: Path) -> list[PhoneEvent]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    heard = [one for one in lines if one["dir"] == "<" and isinstance(one["msg"], dict)]
    told = [translate(PLAN, one["msg"], datetime.fromtimestamp(one["t"], UTC)) for one in heard]
    return [event for part in told for event in part]

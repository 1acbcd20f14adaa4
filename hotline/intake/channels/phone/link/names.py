"""The channels of a PBX by the numbers that events know them by: commands name channels, and nothing else knows how."""

from hotline.intake.channels.phone.ami.wire import Message, header

MOST = 20_000


class Names:
    def __init__(self) -> None:
        self.by_id: dict[str, str] = {}

    def hear(self, message: Message) -> None:
        event, id_ = header(message, "Event"), header(message, "Uniqueid")
        if event in ("Newchannel", "CoreShowChannel", "Rename"):
            self.by_id[id_] = header(message, "Newname") or header(message, "Channel")
            if len(self.by_id) > MOST:
                del self.by_id[next(iter(self.by_id))]
        elif event == "Hangup":
            self.by_id.pop(id_, None)

    def of(self, id_: str) -> str:
        """The channel's name; its number when we have not heard of it, which an Asterisk also takes."""
        return self.by_id.get(id_, id_)

"""A third party's channel, as its entry point would name it: it does what its address says."""

from scanners.alerts.channels.interface import Plain, Result
from scanners.core.errors import CommandError

TAKEN = []


class Pager(Plain):
    """Takes messages for ``pager:WORD``; some words are trouble."""

    name = "pager"

    def takes(self, recipient):
        return recipient.startswith("pager:")

    def check(self, recipient, mail):
        if recipient == "pager:unknown":
            raise CommandError(f"{recipient}: no such pager")

    def compose(self, notice):
        if "compose" in notice.route.name:
            raise LookupError("secret")
        return {"text": notice.digest.headed().upper()}

    def open(self, mail):
        def sent(messages):
            for message in messages:
                word = message.recipient.partition(":")[2]
                if word == "raise":
                    raise LookupError("secret")
                if word == "stop":
                    return
                if word == "odd":
                    yield True
                TAKEN.append((message.recipient, message.body["text"]))
                yield Result("sent")

        return sent


def channel():
    return Pager()


def broken():
    raise LookupError("secret")

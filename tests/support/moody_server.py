"""A channel that does as its mood is, and remembers who got what, when, and what it was unsure of."""

from collections import Counter, defaultdict

from scanners.alerts.channels.interface import Result

MOODS = ("up", "up", "later", "later", "lost", "refuses", "dies")


class Killed(BaseException):
    """The process is gone."""


class MoodyServer:
    """Stands in for a channel."""

    name = "mail"

    def __init__(self, clock):
        self.mood, self.clock = "up", clock
        self.got, self.tries, self.refused, self.unsure = Counter(), defaultdict(list), set(), set()

    def open(self, mail):
        return self.send

    def send(self, messages):
        for message in messages:
            key = (message.message_id, message.recipient)
            if self.mood in ("up", "lost", "dies"):
                self.got[key] += 1
            if self.mood in ("lost", "dies"):
                self.unsure.add(key)
            if self.mood == "dies":
                raise Killed
            self.tries[key].append(self.clock())
            if self.mood == "refuses":
                self.refused.add(key)
            outcome = {"up": "sent", "refuses": "refused"}.get(self.mood, "later")
            yield Result(outcome, "" if outcome == "sent" else "no")

"""After a run: the mails that wait are sent, and a scheduled run stays a while for what a server puts off."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from scanners.alerts.delivery import UNDELIVERED, deliver
from scanners.config.settings import Settings
from scanners.core.errors import CommandError
from scanners.core.log import Log
from scanners.store.store import Store

_PAUSE = timedelta(seconds=1)


@dataclass(frozen=True)
class Sent:
    """What is left to be delivered.

    Parameters
    ----------
    lost : bool
        Whether something was given up, or cannot be tried.
    due : datetime or None
        When to try again what waits.
    """

    lost: bool = False
    due: datetime | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is left."""
        return not self.lost and self.due is None


def send(
    store: Store, settings: Settings, *, now: Callable[[], datetime], tell: Callable[[str], None], log: Log
) -> Sent:
    """Send what is due, and return what is left.

    Parameters
    ----------
    store : Store
        Open for writing.
    settings : Settings
    now : callable
        Returns the present with a time zone.
    tell : callable
        Takes a line for a person.
    log : Log
    """
    lost = False
    try:
        while deliveries := deliver(store.outbox, settings.mail, now):
            for each in deliveries:
                facts = {"outcome": each.outcome, "subject": each.subject, "detail": each.detail}
                log("mail", recipient=each.recipient, **facts)
                if each.outcome != "sent":
                    word = "will be tried again" if each.outcome == "later" else "given up"
                    tell(f"mail to {each.recipient} was not delivered, {word}: {each.detail}")
                lost |= each.outcome == "dead"
    except CommandError as error:
        if error.exit_code != UNDELIVERED:
            raise
        tell(str(error))
        return Sent(lost=True)
    waiting = [each.due(now()) for state in ("queued", "leased") for each in store.outbox.messages(state)]
    return Sent(lost, min(waiting, default=None))


def stay(
    sent: Sent,
    settings: Settings,
    *,
    now: Callable[[], datetime],
    tell: Callable[[str], None],
    log: Log,
    sleep: Callable[[float], None],
) -> Sent:
    """Try again what is left until it is delivered or ``schedule.retry_minutes`` are over.

    The database is free for others while this waits. Other parameters as for `send`.

    Parameters
    ----------
    sent : Sent
        What is left.
    sleep : callable
        Takes seconds.
    """
    # What was slept is counted, and not what a clock says that may be set meanwhile.
    left, lost = timedelta(minutes=settings.schedule.retry_minutes), False
    while sent.due is not None and (pause := max(_PAUSE, sent.due - now())) <= left:
        left, lost = left - pause, lost or sent.lost
        sleep(pause.total_seconds())
        with Store.open(settings.scan.database, write=True, wait=math.inf) as store:
            sent = send(store, settings, now=now, tell=tell, log=log)
    return Sent(lost or sent.lost, sent.due)

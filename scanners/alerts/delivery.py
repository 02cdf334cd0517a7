"""The sender: what waits in the outbox goes out, is tried again, or is given up where everybody sees it."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from scanners.alerts.channels.interface import Channel, Result, Send, guarded
from scanners.alerts.channels.registry import channel_of
from scanners.config.settings import Mail
from scanners.core.errors import CommandError
from scanners.store.outbox import LONGEST_WAIT, Message, Outbox

UNDELIVERED = 5  # exit code
_FIRST_WAIT, _WAIT = timedelta(minutes=1), LONGEST_WAIT / 1.5  # spread by half either way
_MOST_WAITED = timedelta(days=1)  # between two attempts; more may be a clock that was set
_LEASE_MARGIN = timedelta(minutes=2)
_STATES: dict[str, Literal["sent", "queued", "dead"]] = {"sent": "sent", "later": "queued", "refused": "dead"}


@dataclass(frozen=True)
class Delivery:
    """What became of one message for one recipient.

    Parameters
    ----------
    message_id, recipient, subject : str
        Which one.
    outcome : str
        ``sent``, ``later`` or ``dead``.
    detail : str
        Why it was not sent.
    attempts : int
        Times that it was tried.
    """

    message_id: str
    recipient: str
    subject: str
    outcome: str
    detail: str
    attempts: int


def deliver(
    outbox: Outbox,
    mail: Mail,
    now: Callable[[], datetime],
    *,
    find: Callable[[str], Channel] = channel_of,
) -> list[Delivery]:
    """Send what is due; every result is stored as soon as it is known.

    A message is taken with a lease. A process that dies between the service's reply and the store leaves a
    message that is sent again when the lease has run out, with the same Message-ID. What is refused for good
    is dead; all else waits, longer each time, until it has waited too long. What it has waited is the time
    between its attempts, a day at most each: a clock that is wrong for a while gives nothing up, and what it
    put off for longer than a message ever waits is due at once.

    Parameters
    ----------
    outbox : Outbox
        Of a store that is open for writing.
    mail : Mail
        The server, and how long sending may take.
    now : callable
        Returns the present with a time zone.
    find : callable
        Recipient -> channel, as `scanners.alerts.channels.registry.channel_of`.

    Raises
    ------
    CommandError
        With exit code 5 when something is due for a channel that cannot send as it is configured, as mail
        without a server or a password; then nothing was tried there and all of it waits.
    """
    waiting = due(outbox, now())
    found = {message.recipient: find(message.recipient) for message in waiting}
    senders, problems = _opened(found.values(), mail)
    ready = {recipient for recipient, channel in found.items() if channel.name in senders}
    deliveries: list[Delivery] = []
    while waiting and all(each.outcome != "later" for each in deliveries):
        lease = 2 * timedelta(seconds=mail.deadline) + _LEASE_MARGIN
        claimed = outbox.claim(now(), lease=lease, wanted=ready.__contains__)
        if not claimed:
            break
        for name, send in senders.items():
            mine = [message for message in claimed if found[message.recipient].name == name]
            for message, result in zip(mine, guarded(name, send, mine), strict=True):
                deliveries.append(_settle(outbox, mail, message, result, now()))
    if problems:
        raise CommandError(f"{' and '.join(problems)}", UNDELIVERED)
    return deliveries


def due(outbox: Outbox, moment: datetime) -> list[Message]:
    """Return the messages that may be tried now, oldest first in each state."""
    waiting = [message for state in ("queued", "leased") for message in outbox.messages(state)]
    return [message for message in waiting if message.due(moment) <= moment]


def exit_code(deliveries: Iterable[Delivery]) -> int:
    """Return 0 when everything went out, else 5."""
    return 0 if all(each.outcome == "sent" for each in deliveries) else UNDELIVERED


def wait_before(attempts: int, key: str) -> timedelta:
    """Return how long to wait after a failed attempt: doubling up to four hours, spread by half either way.

    The spread comes from a hash of the key and the attempt, so that many messages do not come back at one
    moment, and one message always waits the same.
    """
    doubled = _FIRST_WAIT * 2 ** min(attempts - 1, 16)
    digest = hashlib.blake2b(f"{key}\0{attempts}".encode(), digest_size=4).digest()
    return min(doubled, _WAIT) * (0.5 + int.from_bytes(digest, "big") / 2**32)


def _opened(channels: Iterable[Channel], mail: Mail) -> tuple[dict[str, Send], list[str]]:
    """Return what sends by the name of its channel, and why others cannot."""
    senders, problems = {}, []
    for name, channel in {each.name: each for each in channels}.items():
        try:
            senders[name] = channel.open(mail)
        except CommandError as error:
            what = "mails wait" if name == "mail" else "messages wait"
            problems.append(f"{what} in the outbox: {error}")
    return senders, problems


def _settle(outbox: Outbox, mail: Mail, message: Message, result: Result, moment: datetime) -> Delivery:
    outcome, detail, due = result.outcome, result.detail, moment
    since = message.tried_at or datetime.fromisoformat(message.body["composed"])
    waited = message.waited + min(max(moment - since, timedelta()), _MOST_WAITED)
    if outcome == "later":
        due = moment + wait_before(message.attempts, f"{message.message_id} {message.recipient}")
        if waited > timedelta(days=mail.give_up_days):
            outcome, detail, due = "refused", f"given up after {mail.give_up_days:g} days: {detail}", moment
    state = _STATES[outcome]
    outbox.settle(message, state, due_at=due, error=detail, waited=waited, tried_at=moment)
    told = "dead" if state == "dead" else outcome
    subject = message.body.get("subject", "")
    return Delivery(message.message_id, message.recipient, subject, told, detail, message.attempts)

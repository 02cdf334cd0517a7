"""The sender: what waits in the outbox goes out, is tried again, or is given up where everybody sees it."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from scanners.alerts.channels.apprise import push
from scanners.alerts.channels.smtp import Letter, Result, send
from scanners.config.secrets import find_password
from scanners.config.settings import Mail, is_reference
from scanners.core.deadline import Deadline
from scanners.core.errors import CommandError
from scanners.store.outbox import Message, Outbox

UNDELIVERED = 5  # exit code
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
_LEASE_MARGIN = timedelta(minutes=2)


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
    password: Callable[[Mail], str] = find_password,
    transport: Callable[[Mail, str, Iterable[Letter]], Iterator[dict[str, Result]]] = send,
    notify: Callable[[str, Mapping[str, Any], Deadline], Result] = push,
) -> list[Delivery]:
    """Send what is due; every result is stored as soon as it is known.

    A message is taken with a lease. A process that dies between the server's reply and the store leaves a
    message that is sent again when the lease has run out, with the same Message-ID. What the server refuses
    for good is dead; all else waits, longer each time, until it is too old.

    Parameters
    ----------
    outbox : Outbox
        Of a store that is open for writing.
    mail : Mail
        The server.
    now : callable
        Returns the present with a time zone.
    password, transport, notify : callable
        As `find_password`, `scanners.alerts.channels.smtp.send` and `scanners.alerts.channels.apprise.push`.

    Raises
    ------
    CommandError
        With exit code 5 when a mail is due and the server or the password is not configured; then no mail
        was tried and all of them wait.
    """
    waiting = due(outbox, now())
    problem, secret = None, ""
    if any(not is_reference(message.recipient) for message in waiting):
        try:
            secret = _secret(mail, password)
        except CommandError as error:
            problem = error
    deliveries: list[Delivery] = []
    while waiting and all(each.outcome != "later" for each in deliveries):
        lease = 2 * timedelta(seconds=mail.deadline) + _LEASE_MARGIN
        claimed = outbox.claim(now(), lease=lease, wanted=is_reference if problem else lambda _: True)
        if not claimed:
            break
        letters = [message for message in claimed if not is_reference(message.recipient)]
        for message, result in _sent(mail, letters, lambda each: transport(mail, secret, each)):
            deliveries.append(_settle(outbox, mail, message, result, now()))
        deadline = Deadline(mail.deadline)
        for message in (message for message in claimed if is_reference(message.recipient)):
            result = notify(message.recipient, message.body, deadline)
            deliveries.append(_settle(outbox, mail, message, result, now()))
    if problem:
        raise CommandError(f"mails wait in the outbox: {problem}", UNDELIVERED)
    return deliveries


def due(outbox: Outbox, moment: datetime) -> list[Message]:
    """Return the messages that may be tried now, oldest first in each state."""
    waiting = [message for state in ("queued", "leased") for message in outbox.messages(state)]
    return [message for message in waiting if message.due_at <= moment]


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
    return min(doubled, _LONGEST_WAIT) * (0.5 + int.from_bytes(digest, "big") / 2**32)


def _secret(mail: Mail, password: Callable[[Mail], str]) -> str:
    if not mail.host:
        raise CommandError("mail.host is not set")
    return password(mail) if mail.username else ""


def _sent(
    mail: Mail, messages: list[Message], transport: Callable[[Iterable[Letter]], Iterator[dict[str, Result]]]
) -> Iterator[tuple[Message, Result]]:
    """Yield each message with its result; those with one Message-ID are one letter."""
    batches = [list(group) for _, group in groupby(messages, key=lambda message: message.message_id)]
    letters = (_letter(mail, batch) for batch in batches)
    for batch, results in zip(batches, transport(letters), strict=True):
        yield from ((message, results[message.recipient]) for message in batch)


def _letter(mail: Mail, batch: list[Message]) -> Letter:
    content = batch[0].body["eml"].encode("ascii")
    return Letter(mail.sender, tuple(message.recipient for message in batch), content)


def _settle(outbox: Outbox, mail: Mail, message: Message, result: Result, moment: datetime) -> Delivery:
    outcome, detail, due = result.outcome, result.detail, moment
    if outcome == "later":
        due = moment + wait_before(message.attempts, f"{message.message_id} {message.recipient}")
        age = moment - datetime.fromisoformat(message.body["composed"])
        if age > timedelta(days=mail.give_up_days):
            outcome, detail, due = "refused", f"given up after {mail.give_up_days:g} days: {detail}", moment
    state = {"sent": "sent", "later": "queued", "refused": "dead"}[outcome]
    outbox.settle(message, state, due_at=due, error=detail)
    told = "dead" if state == "dead" else outcome
    subject = message.body.get("subject", "")
    return Delivery(message.message_id, message.recipient, subject, told, detail, message.attempts)

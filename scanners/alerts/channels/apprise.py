"""Messages to chats and phones through apprise, an optional package; their addresses are secrets."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from scanners.alerts.channels.interface import Plain, Result, Send
from scanners.alerts.channels.parts import CUT, split
from scanners.config.secrets import find_secret
from scanners.config.settings import Mail, is_reference
from scanners.core.deadline import Deadline, in_time
from scanners.core.errors import CommandError
from scanners.store.outbox import Message

MISSING = "apprise is not installed: pip install 'lppl-scanner[notify]'"


class AppriseChannel(Plain):
    """The channel of recipients that say where an address of apprise is."""

    name = "apprise"

    def takes(self, recipient: str) -> bool:
        """Return whether it says where a secret is."""
        return is_reference(recipient)

    def check(self, recipient: str, mail: Mail) -> None:
        """Look whether the address is there and apprise knows its kind."""
        check(recipient)

    def open(self, mail: Mail) -> Send:
        """Return what sends; all messages share one deadline."""

        def sent(messages: Sequence[Message]) -> Iterator[Result]:
            deadline = Deadline(mail.deadline)
            for message in messages:
                yield push(message.recipient, message.body, deadline)

        return sent


def channel() -> AppriseChannel:
    """Return the channel."""
    return AppriseChannel()


def push(reference: str, content: Mapping[str, Any], deadline: Deadline) -> Result:
    """Return what became of a message; nothing that the service does is raised, and no detail holds a secret.

    A service does not say whether a refusal is for good, so that every failure is for later, until the
    message is too old. A text that is too long for the service goes in parts; when one of them fails, all
    are sent again.

    Parameters
    ----------
    reference : str
        Where the address is, as `scanners.config.secrets.find_secret` takes it.
    content : mapping
        ``subject``, ``text`` and, for a service that takes too little for that, ``brief``.
    deadline : Deadline
        After which nothing is waited for.
    """
    try:
        address = find_secret(reference)
    except CommandError as error:
        return Result("later", str(error))
    if not installed():
        return Result("later", MISSING)
    if deadline.left <= 0:
        return Result("later", "no time left")
    try:
        taken = in_time(lambda: _offer(address, content), deadline)
    except TimeoutError:
        return Result("later", deadline.explain("no answer of the service; it may have arrived"))
    return Result("sent") if taken else Result("later", f"not taken by the service of {reference}")


def check(reference: str) -> None:
    """Raise a `CommandError` when nothing could be sent to a reference, as far as this machine knows."""
    address = find_secret(reference)
    if not installed():
        raise CommandError(f"{reference}: {MISSING}")
    import apprise

    with _quiet():
        if not apprise.Apprise().add(address):
            raise CommandError(f"{reference} must hold an address that apprise knows")


def installed() -> bool:
    """Return whether apprise is there."""
    try:
        import apprise  # noqa: F401
    except ImportError:
        return False
    return True


def _offer(address: str, content: Mapping[str, Any]) -> bool:
    import apprise

    plain = apprise.NotifyFormat.TEXT  # so that a service of HTML or Markdown gets it escaped
    with _quiet():
        service = apprise.Apprise()
        try:
            if not service.add(address):
                return False
            title = content["subject"]
            limit = _limit(service)
            parts = split(content["text"], limit, title)
            if parts[-1].endswith(CUT) and content.get("brief"):
                parts = split(content["brief"], limit, title)
            heads = [title] if len(parts) == 1 else _numbered(title, len(parts))
            told = zip(heads, parts, strict=True)
            return all(service.notify(part, title=head, body_format=plain) for head, part in told)
        except Exception:  # noqa: BLE001  a plug-in is anybody's code, and its words may hold the address
            return False


def _limit(services: Iterable[Any]) -> int:
    """Return the longest message that all services of an address take; 0 where the address says to cut it.

    Parts are made here and not by apprise, which counts before a text is escaped and after a title is put
    into it.
    """
    services = list(services)
    if any(each.overflow_mode == "truncate" for each in services):
        return 0
    for each in services:
        each.overflow_mode = "upstream"
    return min((each.body_maxlen for each in services), default=0)


def _numbered(title: str, count: int) -> list[str]:
    return [f"{title} ({number}/{count})" for number in range(1, count + 1)]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep apprise from logging addresses."""
    logger = logging.getLogger("apprise")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before

"""Messages to chats and phones through apprise, an optional package; their addresses are secrets."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from scanners.alerts.channels.smtp import Result
from scanners.config.secrets import find_secret
from scanners.core.deadline import Deadline
from scanners.core.errors import CommandError

MISSING = "apprise is not installed: pip install 'lppl-scanner[notify]'"


def push(reference: str, content: Mapping[str, Any], deadline: Deadline) -> Result:
    """Return what became of a message; nothing that the service does is raised, and no detail holds a secret.

    A service does not say whether a refusal is for good, so that every failure is for later, until the
    message is too old.

    Parameters
    ----------
    reference : str
        Where the address is, as `scanners.config.secrets.find_secret` takes it.
    content : mapping
        ``subject`` and ``text``.
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
    taken: list[bool] = []
    # A thread that is left behind when it takes too long: nothing can interrupt it.
    thread = threading.Thread(target=lambda: taken.append(_offer(address, content)), daemon=True)
    thread.start()
    thread.join(max(deadline.left, 0.0))
    if not taken:
        return Result("later", deadline.explain("no answer of the service; it may have arrived"))
    return Result("sent") if taken[0] else Result("later", f"not taken by the service of {reference}")


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
            return service.add(address) and bool(
                service.notify(content["text"], title=content["subject"], body_format=plain)
            )
        except Exception:  # noqa: BLE001  a plug-in is anybody's code, and its words may hold the address
            return False


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep apprise from logging addresses."""
    logger = logging.getLogger("apprise")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before

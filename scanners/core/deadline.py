"""One span of time for everything that a conversation over the network takes, name look-up included."""

import socket
import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Deadline:
    """A moment after which nothing more is waited for.

    Parameters
    ----------
    seconds : float
        From now.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds until then, negative afterwards."""
        return self._end - time.monotonic()

    def explain(self, what: str) -> str:
        """Return ``what`` went wrong, and that it was the deadline when it has passed."""
        return f"no end after {self.seconds:g} s ({what})" if self.left <= 0 else what


def connect(host: str, port: int, deadline: Deadline) -> socket.socket:
    """Return a connected socket: the addresses of the host in turn, all of them before the deadline.

    Raises
    ------
    OSError
        When no address answers; that of the last one.
    """
    problem: OSError = ConnectionError(f"{host} has no address")
    for family, kind, protocol, _, address in _addresses(host, port, deadline):
        plain = socket.socket(family, kind, protocol)
        plain.settimeout(max(deadline.left, 0.001))
        try:
            plain.connect(address)
        except OSError as error:
            plain.close()
            problem = error
        else:
            return plain
    raise problem


def in_time(call: Callable[[], T], deadline: Deadline) -> T:
    """Return what a call returns, or raise what it raises, before the deadline.

    It runs in a thread that is left behind when it takes too long: nothing can interrupt it.

    Raises
    ------
    TimeoutError
        When the deadline passes first.
    """
    found: list[T] = []
    problems: list[Exception] = []

    def run() -> None:
        try:
            found.append(call())
        except Exception as error:  # noqa: BLE001  it is raised again where somebody waits for it
            problems.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(max(deadline.left, 0.0))
    if problems:
        raise problems[0]
    if not found:
        raise TimeoutError(f"no end after {deadline.seconds:g} s")
    return found[0]


def _addresses(host: str, port: int, deadline: Deadline) -> list[tuple]:
    try:
        return in_time(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), deadline)
    except UnicodeError:  # two dots in a row, a label of more than 63 characters
        raise OSError(f"{host!r} is no name of a host") from None
    except TimeoutError:
        raise TimeoutError(f"the address of {host} was not found in time") from None

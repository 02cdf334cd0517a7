"""The dead-man's switch: a service that raises an alarm when it does not hear of a run."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from scanners.config.secrets import find_secret
from scanners.config.settings import Ping, is_reference
from scanners.core.deadline import Deadline, in_time
from scanners.core.errors import CommandError

_WELL = (0, 3)  # done, or done but for some series
_TRIES = 3
_PAUSE = 0.5  # seconds before the second try, twice that before the third
_PASSING = (408, 429)  # answers below 500 that another try may change


@contextmanager
def watched(ping: Ping, report: Callable[[str], None], ask: Any = None) -> Iterator[Callable[[int], None]]:
    """Tell a dead-man's switch that a run starts, and how it ended; its own trouble is only reported.

    Yields a function that takes the run's exit code. A block that raises is told as a failure.

    Parameters
    ----------
    ping : Ping
        Address, or where it is: with suffixes ``URL/start`` is called first, then ``URL`` (exit codes 0 and
        3) or ``URL/EXIT_CODE``; without them only a run that ended well calls it.
    report : callable
        Takes one line when the switch cannot be reached; the address, a secret, is not in it.
    ask : callable, optional
        In place of ``requests.request``.
    """
    code = 1
    if ping.suffixes:
        _call(ping, "/start", report, ask)

    def ended(exit_code: int) -> None:
        nonlocal code
        code = exit_code

    try:
        yield ended
    except CommandError as error:
        code = error.exit_code
        raise
    finally:
        if code in _WELL or ping.suffixes:
            _call(ping, "" if code in _WELL else f"/{code}", report, ask)


def _call(ping: Ping, suffix: str, report: Callable[[str], None], ask: Any) -> None:
    """Call the address until it takes it, up to three times, all of them before one deadline."""
    if not ping.url:
        return
    try:
        head, mark, query = _address(ping).partition("?")
    except CommandError as error:
        report(f"the dead-man's switch: {error}")
        return
    url = head.rstrip("/") + suffix + mark + query
    deadline = Deadline(ping.seconds)
    for number in range(1, _TRIES + 1):
        trouble, passing = _once(ping, url, deadline, ask)
        if not trouble:
            return
        pause = _PAUSE * number
        if not passing or number == _TRIES or deadline.left <= pause:
            break
        time.sleep(pause)
    report(f"the dead-man's switch {trouble}")


def _address(ping: Ping) -> str:
    if not is_reference(ping.url):
        return ping.url
    found = find_secret(ping.url)
    if not found.startswith(("http://", "https://")):
        raise CommandError(f"{ping.url} must hold an address of the web")
    return found


def _once(ping: Ping, url: str, deadline: Deadline, ask: Any) -> tuple[str, bool]:
    """Return what went wrong, empty for nothing, and whether it may pass."""
    import requests

    def call() -> int:
        with (ask or requests.request)(
            ping.method, url, timeout=max(deadline.left, 0.001), allow_redirects=False, stream=True
        ) as answer:
            return answer.status_code

    try:
        # No time-out of requests holds for the whole: a server may send a byte now and then for ever.
        status = in_time(call, deadline)
    except (TimeoutError, requests.Timeout):
        return f"did not answer within {ping.seconds:g} s", False
    except (requests.RequestException, ValueError, OSError) as error:
        return f"could not be told: {type(error).__name__}", True
    return (f"answered {status}" if status >= 300 else ""), status >= 500 or status in _PASSING

"""The dead-man's switch: a service that raises an alarm when it does not hear of a run."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from scanners.config.settings import Ping
from scanners.core.deadline import Deadline
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
        Address: with suffixes ``URL/start`` is called first, then ``URL`` (exit codes 0 and 3) or
        ``URL/EXIT_CODE``; without them only a run that ended well calls it.
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
    deadline = Deadline(ping.seconds)
    for number in range(1, _TRIES + 1):
        trouble, passing = _once(ping, suffix, deadline, ask)
        if not trouble:
            return
        pause = _PAUSE * number
        if not passing or number == _TRIES or deadline.left <= pause:
            break
        time.sleep(pause)
    report(f"the dead-man's switch {trouble}")


def _once(ping: Ping, suffix: str, deadline: Deadline, ask: Any) -> tuple[str, bool]:
    """Return what went wrong, empty for nothing, and whether it may pass."""
    import requests

    head, mark, query = ping.url.partition("?")
    url = head.rstrip("/") + suffix + mark + query
    answers: list[int | str] = []

    def call() -> None:
        try:
            with (ask or requests.request)(
                ping.method, url, timeout=max(deadline.left, 0.001), allow_redirects=False, stream=True
            ) as answer:
                answers.append(answer.status_code)
        except requests.Timeout:
            return  # the deadline
        except requests.RequestException as error:
            answers.append(type(error).__name__)

    # A thread that is left behind when it takes too long: no time-out of requests holds for the whole, and a
    # server may send a byte now and then for ever.
    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(max(deadline.left, 0.0))
    if not answers:
        return f"did not answer within {ping.seconds:g} s", False
    if isinstance(answers[0], str):
        return f"could not be told: {answers[0]}", True
    status = answers[0]
    return (f"answered {status}" if status >= 300 else ""), status >= 500 or status in _PASSING

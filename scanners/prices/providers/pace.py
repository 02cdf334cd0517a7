"""Not faster than a service allows."""

import time
from collections.abc import Callable

from scanners.prices.interface import FetchError

# For a service that limits its callers and does not say for how long.
REST = 60.0


class Pace:
    """Keeps requests to one service apart, and stops them while it has asked for rest.

    Parameters
    ----------
    interval : float
        Least seconds between the starts of two requests.
    clock, sleep : callable
        `time.monotonic` and `time.sleep`, or stand-ins.
    """

    def __init__(
        self,
        interval: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = interval
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    def wait(self, deadline: float) -> None:
        """Sleep until the next request may start.

        Raises
        ------
        FetchError
            ``rate_limited``, at once, if that is not before the deadline.
        """
        pause = self._next - self._clock()
        if self._next >= deadline and pause > 0:
            raise FetchError("rate_limited", f"the next request may start in {pause:.0f} s", pause)
        if pause > 0:
            self._sleep(pause)
        self._next = self._clock() + self._interval

    def rest(self, seconds: float | None) -> None:
        """Let no request start for so many seconds, `REST` if the service did not say."""
        self._next = max(self._next, self._clock() + (REST if seconds is None else seconds))

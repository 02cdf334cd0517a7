"""The distance between requests, on a clock that the test turns."""

import pytest

from scanners.prices.interface import FetchError, Request
from scanners.prices.providers.assemble import one_by_one
from scanners.prices.providers.pace import REST, Pace


class Clock:
    def __init__(self):
        self.now = 100.0
        self.slept = []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def paced(interval):
    clock = Clock()
    return clock, Pace(interval, clock=lambda: clock.now, sleep=clock.sleep)


def test_first_request_is_free_and_the_next_waits_for_what_is_left():
    clock, pace = paced(2.0)
    pace.wait(1e9)
    clock.now += 0.5
    pace.wait(1e9)
    clock.now += 5
    pace.wait(1e9)
    assert clock.slept == [1.5]


@pytest.mark.parametrize(("asked", "given"), [(7.0, 7.0), (None, REST), (0.5, 1.0)])
def test_rest_is_at_least_the_interval(asked, given):
    clock, pace = paced(1.0)
    pace.wait(1e9)
    pace.rest(asked)
    pace.wait(1e9)
    assert clock.slept == [given]


def test_no_sleep_beyond_the_deadline():
    clock, pace = paced(1.0)
    pace.rest(30.0)
    with pytest.raises(FetchError, match="may start in 30 s") as error:
        pace.wait(clock.now + 10)
    assert (error.value.kind, error.value.retry_after) == ("rate_limited", 30.0)
    assert clock.slept == []


@pytest.mark.parametrize(
    ("kind", "seconds", "rest"), [("rate_limited", 7.0, 7.0), ("rate_limited", None, REST), ("auth", None, 0)]
)
def test_a_limit_that_is_told_in_words_is_a_rest_too(kind, seconds, rest):
    clock, pace = paced(0.0)

    def refused(request, deadline):
        raise FetchError(kind, "the service says so", seconds)

    (failure,) = one_by_one("test", refused, pace=pace)([Request("a", "A")], 1e9)
    assert failure.kind == kind
    pace.wait(1e9)
    assert sum(clock.slept) == rest

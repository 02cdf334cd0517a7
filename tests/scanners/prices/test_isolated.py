"""The child process: hard wall clock, silence, and a new child after a dead one."""

import time

import pytest

from scanners.prices.interface import Bars, Request
from scanners.prices.providers.isolated import isolated


def fetch(*symbols, timeout=20.0, deadline=30.0, interval=0.0, target="child_targets:answer"):
    provider = isolated("test", target, interval=interval, timeout=timeout)
    requests = [Request(f"series {number}", symbol) for number, symbol in enumerate(symbols)]
    return list(provider.fetch(requests, time.monotonic() + deadline))


def test_answers_come_in_order_and_nothing_is_printed(capfd):
    outcomes = fetch("ok=1.5", "raise=secret", "ok=2.5")
    assert [outcome.close.tolist() for outcome in (outcomes[0], outcomes[2])] == [[1.5], [2.5]]
    assert [outcome.series for outcome in outcomes] == ["series 0", "series 1", "series 2"]
    assert outcomes[1].kind == "malformed"
    assert outcomes[1].message == "the package failed with LookupError"
    assert capfd.readouterr() == ("", "")


def test_one_child_serves_all_requests():
    first, second = fetch("pid", "pid")
    assert first.close[0] == second.close[0]


def test_large_answers_arrive_whole():
    (outcome,) = fetch("large=100")
    assert len(outcome) == 50_000
    assert outcome.close[-1] == 49_999


def test_a_hanging_package_is_killed_and_the_next_series_served():
    started = time.monotonic()
    outcomes = fetch("hang=60", "ok=1", timeout=2.5)
    assert outcomes[0].kind == "transient"
    assert "no answer in time" in outcomes[0].message
    assert isinstance(outcomes[1], Bars)
    assert time.monotonic() - started < 10


def test_the_deadline_holds_for_the_whole_batch():
    started = time.monotonic()
    outcomes = fetch("hang=60", "ok=1", "ok=2", deadline=1.5)
    assert [outcome.kind for outcome in outcomes] == ["transient"] * 3
    assert time.monotonic() - started < 6


@pytest.mark.parametrize("symbol", ["die=11", "die=9", "exit=0", "exit=3"])
def test_a_dying_package_costs_its_own_series_only(symbol):
    outcomes = fetch(symbol, "ok=1")
    assert outcomes[0].kind == "transient"
    assert "ended by itself" in outcomes[0].message
    assert isinstance(outcomes[1], Bars)


def test_typed_failures_pass_through_and_rest_is_given():
    started = time.monotonic()
    outcomes = fetch("fail=0.6", "ok=1")
    assert (outcomes[0].kind, outcomes[0].retry_after) == ("rate_limited", 0.6)
    assert isinstance(outcomes[1], Bars)
    assert time.monotonic() - started > 0.6


def test_long_rest_ends_the_batch_at_once():
    started = time.monotonic()
    outcomes = fetch("fail=3600", "ok=1", "ok=2")
    assert [outcome.kind for outcome in outcomes] == ["rate_limited"] * 3
    assert outcomes[2].retry_after > 3000
    assert time.monotonic() - started < 10


def test_a_package_that_is_not_installed_is_unsupported():
    (outcome,) = fetch("x", target="no_such_package:answer")
    assert outcome.kind == "unsupported"
    assert "no_such_package" in outcome.message


def test_the_child_ends_with_the_iterator():
    provider = isolated("test", "child_targets:answer", interval=0.0, timeout=20.0)
    outcomes = provider.fetch([Request("a", "pid"), Request("b", "ok=1")], time.monotonic() + 20)
    pid = int(next(outcomes).close[0])
    outcomes.close()
    with pytest.raises(ProcessLookupError):
        __import__("os").kill(pid, 0)

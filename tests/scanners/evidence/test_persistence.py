"""Days in a state: each C3 of the walk is the one that a scan of that day gives, and it ends in time."""

import numpy as np
import pytest

from lppl import datasets
from lppl.core.series import check
from scanners.evidence.bubble import bubble
from scanners.evidence.persistence import LONGEST, Persistence, persistence
from scanners.evidence.series_fits import consensus, fit_series

TOP = "2000-03-10"


@pytest.fixture(scope="module")
def nasdaq():
    return datasets.load("nasdaq")[:TOP]


@pytest.fixture(scope="module")
def known(nasdaq):
    return fit_series(nasdaq, "daily").consensus


@pytest.fixture
def counted(monkeypatch):
    """Replace the fits by a share a session; the sessions that were asked for."""
    asked = []

    def install(shares):
        def fake(series):
            ends = [len(one.t) - 1 for one in series]
            asked.extend(ends)
            return np.array([(shares[end], 0.0) for end in ends])

        monkeypatch.setattr("scanners.evidence.confidence_memory.consensus", fake)
        return asked

    return install


def test_each_day_is_what_a_scan_of_that_day_gives(nasdaq, known):
    found = persistence(nasdaq, "positive", known, floor=0.3, minimum_windows=20)
    assert len(found.C3) == 10 and found.days(0.3) == 2
    for back in (0, 1, 4):
        then = bubble(fit_series(nasdaq.iloc[: len(nasdaq) - back], "daily"))
        assert found.C3[back] == then.consensus_3day
    assert found.recent(0.3) == sum(value >= 0.3 for value in found.C3)


def walk(nasdaq, counted, days, length=None, **others):
    """Return the walk when C was 0.5 on the last ``days`` sessions and zero before."""
    prices = nasdaq.iloc[-length:] if length else nasdaq
    shares = [0.0] * (len(prices) - days) + [0.5] * days
    asked = counted(shares)
    known = fit_series(prices.iloc[-127:], "daily").consensus * 0 + 0.5
    rules = {"floor": 0.5, "minimum_windows": 20} | others
    return persistence(prices, "positive", known, **rules), asked


@pytest.mark.parametrize(("days", "state", "length"), [(3, 1, 10), (14, 12, 13), (200, LONGEST, LONGEST)])
def test_it_ends_below_the_floor_but_not_within_ten_sessions(nasdaq, counted, days, state, length):
    found, asked = walk(nasdaq, counted, days)
    assert (found.days(0.5), len(found.C3)) == (state, length)
    assert len(asked) == len(set(asked))  # one set of fits a session
    assert length - 1 <= len(asked) < length + 8  # the last three are known; nine are fitted at once


def test_it_ends_where_the_history_allows_too_few_windows(nasdaq, counted):
    found, _ = walk(nasdaq, counted, 200, length=620)
    assert len(found.C3) == 620 - 2 - 600 + 1  # 20 windows need 600 sessions
    assert found.days(0.5) == len(found.C3)
    assert walk(nasdaq, counted, 200, length=620, minimum_windows=21)[0].C3 == ()


def test_days_count_from_the_last_session():
    found = Persistence("positive", (0.45, 0.41, 0.35, 0.41, 0.2))
    assert [found.days(threshold) for threshold in (0.5, 0.4, 0.3, 0.2)] == [0, 2, 4, 5]
    assert [found.recent(threshold) for threshold in (0.5, 0.4, 0.3)] == [0, 3, 4]


def test_consensus_sees_nothing_later(nasdaq):
    end = len(nasdaq) - 100
    together = consensus([check(nasdaq).until(place) for place in range(end - 2, end + 1)])
    assert (together == fit_series(nasdaq.iloc[: end + 1], "daily").consensus).all()

"""The past of a verdict: each level from what was known then, weeks that were not looked at stay out."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from scanners.config.policy import Policy
from scanners.evidence.confidence_memory import Memory
from scanners.evidence.series_fits import DAYS
from scanners.verdict import trail as module
from scanners.verdict.trail import WEEKS, look_back, trail

POLICY = Policy(run_up=0.0, stretched=0.0)  # the shape alone raises a level


def closes(count=700, end="2024-03-15"):
    steps = np.random.default_rng(3).normal(scale=0.01, size=count)
    return pd.Series(100 * np.exp(np.cumsum(steps)), pd.bdate_range(end=end, periods=count))


def looks(prices, shares, places=None):
    """Return C upward at the last sessions, or at some places."""
    at = np.arange(len(prices) - len(shares), len(prices)) if places is None else np.asarray(places)
    return pd.DataFrame({"up": shares, "down": 0.0}, prices.index[at])


def of(shares, level="calm", places=None, prices=None):
    prices = closes() if prices is None else prices
    return trail(prices, looks(prices, shares, places), level, POLICY)


def test_a_level_stands_since_it_was_reached():
    shares = [0.0] * 200 + [0.4] * 12
    found = of(shares, "critical")
    # C3 is the mean of three sessions: .13, .27, .40: a warning on the second, critical on the third
    assert (found.sessions, found.whole) == (10, True)
    assert found.lasted == "for 10 sessions" and found.peak is None
    assert found.levels[-1] == "critical" and found.levels[0] == "calm"
    assert of([0.4] * 30, "critical").lasted == "for at least 26 sessions", "the first look is a week's last"


def test_what_faded_is_named_with_its_dates_and_what_the_price_did_since():
    prices = closes()
    shares = np.zeros(250)
    shares[-60:-40] = 0.5
    found = of(list(shares), prices=prices)
    peak = found.peak
    assert (peak.level, peak.C3) == ("critical", 0.5)
    assert peak.first == f"{prices.index[-59]:%Y-%m-%d}" and peak.last == f"{prices.index[-40]:%Y-%m-%d}"
    assert peak.change == pytest.approx(prices.iloc[-1] / prices.iloc[-40] - 1.0)
    long_ago = np.zeros(250)
    long_ago[-200:-140] = 0.5
    assert of(list(long_ago)).peak is None, "no more than 120 sessions are told of"


def test_weeks_that_were_not_looked_at_are_left_out():
    prices = closes()
    found = of([0.1, 0.2, 0.3], "critical", places=[400, 650, 699], prices=prices)
    assert found.levels == ("warning", "critical")  # not the first: more than a year before
    assert found.dates == (f"{prices.index[650]:%Y-%m-%d}", f"{prices.index[699]:%Y-%m-%d}")
    assert found.C3 == (0.2, 0.3), "one session stands for itself where its neighbours were not looked at"
    assert found.lasted == "for 1 session"


def test_a_year_is_a_look_a_week_the_last_of_each():
    prices = closes()
    found = of([0.0] * 300, prices=prices)
    weeks = [date.fromisoformat(day).isocalendar()[:2] for day in found.dates]
    assert len(weeks) == len(set(weeks)) == WEEKS
    assert all(date.fromisoformat(day).weekday() == 4 for day in found.dates[:-1])
    assert found.dates[-1] == "2024-03-15"


def test_no_look_reads_what_came_later():
    prices = closes()
    shares = list(np.random.default_rng(5).uniform(0.0, 0.5, 200))
    whole = trail(prices, looks(prices, shares), "calm", Policy())
    cut = prices.iloc[:-20]
    before = trail(cut, looks(prices, shares).iloc[:-20], "calm", Policy())
    known = dict(zip(whole.dates, zip(whole.C3, whole.levels, strict=True), strict=True))
    assert all(
        known[day] == (c3, level)
        for day, c3, level in list(zip(before.dates, before.C3, before.levels, strict=True))[:-1]
        if day in known
    )


def test_nothing_is_made_up():
    prices = closes()
    assert trail(prices, looks(prices, []), "calm", POLICY) is None
    assert trail(prices, looks(prices, [0.1], places=[500]), "calm", POLICY) is None
    capped = replace(POLICY, capitulation_cap="warning")
    falling = pd.DataFrame({"up": 0.0, "down": 0.5}, prices.index[-30:])
    assert set(trail(prices, falling, "warning", capped).levels) == {"warning"}


@pytest.fixture
def asked(monkeypatch):
    """Let C be a function of the date, and return the places that were asked for."""
    places = set()

    def confidence_at(prices, at, memory, *, minimum_windows):
        places.update(int(place) for place in at)
        days = prices.index[list(at)]
        up = np.where((days >= "2024-01-08") & (days <= "2024-01-31"), 0.4, 0.0)
        return np.column_stack([up, np.zeros(len(up))])

    monkeypatch.setattr(module, "confidence_at", confidence_at)
    return places


def test_a_quiet_year_costs_a_look_a_week_and_a_hot_week_each_of_its_sessions(asked):
    prices = closes()
    found = look_back(prices, "calm", POLICY, Memory())
    hot = prices.index.get_indexer(pd.bdate_range("2024-01-08", "2024-01-31"))
    assert set(hot) <= asked and len(asked) < WEEKS + len(hot) + 4 * DAYS + 5
    assert max(asked) == len(prices) - 1
    peak = found.peak
    assert (peak.level, peak.first, peak.last) == ("critical", "2024-01-10", "2024-01-31"), "to the day"
    assert found.since == "2024-02-02" and found.lasted == "for 31 sessions"


def test_the_past_reads_the_same_whenever_it_is_asked(asked):
    prices = closes()
    for cut in ("2024-01-20", "2024-01-31", "2024-02-16"):
        seen = prices[:cut]
        before = look_back(seen, "calm", POLICY, Memory())
        assert max(asked) <= len(seen) - 1
        asked.clear()
        later = look_back(prices, "calm", POLICY, Memory())
        asked.clear()
        known = dict(zip(later.dates, later.levels, strict=True))
        told = list(zip(before.dates, before.levels, strict=True))[1:-1]
        assert len(told) > 40
        assert all(known[day] == level for day, level in told if day in known)

"""Confidence through time sees nothing later than its date, and ends at the scan's own C."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import lppl
from lppl import datasets
from scanners.evidence import confidence_memory
from scanners.evidence.confidence_memory import Memory
from scanners.evidence.series_fits import DAYS, fit_series
from scanners.report.past import COARSE, EVERY, TWO_YEARS, YEAR, chances_past, confidence_past
from scanners.risk.forecast_numbers import falls_of


@pytest.fixture(scope="module")
def prices():
    return datasets.load("nasdaq")["1997-09-01":"2000-03-10"]


@pytest.fixture(scope="module")
def memory():
    return Memory()


@pytest.fixture(scope="module")
def past(prices, memory):
    return confidence_past(fit_series(prices, "daily"), memory, above_calm=True)


def test_above_calm_every_session_that_the_history_allows_is_there(prices, past):
    last = len(prices) - 1
    at = prices.index.get_indexer(past.index)
    assert at.tolist() == list(range(599, last + 1))  # twenty windows need 600 closes
    longer = datasets.load("nasdaq")[:"2000-03-10"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(confidence_memory, "consensus", lambda series: np.zeros((len(series), 2)))
        found = confidence_past(fit_series(longer, "daily"), above_calm=True)
    at, last = longer.index.get_indexer(found.index), len(longer) - 1
    assert at[at > last - YEAR].tolist() == list(range(last - YEAR + 1, last + 1))
    before = at[at <= last - YEAR]
    assert set(np.diff(before)) == {COARSE} and last - before[0] > TWO_YEARS


def test_the_next_morning_adds_one_session(prices, past, memory, monkeypatch):
    asked = []
    monkeypatch.setattr(
        confidence_memory, "consensus", lambda some: asked.extend(some) or np.zeros((len(some), 2))
    )
    tomorrow = pd.concat([prices, pd.Series([5000.0], [pd.Timestamp("2000-03-13")])])
    fits = replace(fit_series(prices, "daily"), windows=fit_series(tomorrow, "daily").windows)
    found = confidence_past(fits, Memory(memory.new), above_calm=True)
    assert not asked and found.index[-1] == tomorrow.index[-1] and len(found) == len(past) + 1


def test_every_date_has_the_mean_of_the_four_filters_and_no_look_ahead(prices, past):
    for date in (past.index[0], past.index[-1]):
        seen = prices[:date]
        windows = lppl.fit_windows(seen, lengths=lppl.PRESETS["daily"].available(len(seen)))
        found = [lppl.confidence(windows, rule) for rule in lppl.PRESETS["daily"].filters.values()]
        expected = np.mean([(item.positive, item.negative) for item in found], axis=0)
        assert past.loc[date].to_numpy() == pytest.approx(expected, abs=1e-12)


def test_calm_series_are_looked_at_less_often_and_short_ones_not_at_all(prices):
    fits = fit_series(prices, "daily")
    at = prices.index.get_indexer(confidence_past(fits, above_calm=False).index)
    last = len(prices) - 1
    assert at[-DAYS:].tolist() == [last - 2, last - 1, last] and all(at[:-DAYS] % COARSE == COARSE - 1)
    fits = fit_series(prices[:500], "daily")
    short = confidence_past(fits, above_calm=True)
    assert short.empty and list(short) == ["up", "down"]
    assert len(confidence_past(fits, above_calm=False, minimum_windows=15)) == DAYS + 1


@pytest.fixture(scope="module")
def fits(prices):
    return fit_series(prices, "daily")


def test_chances_end_at_what_the_scan_states_and_know_nothing_later(prices, past, fits):
    falls = falls_of(prices, "2000-03-10", 0.33, "equity_index")
    found = chances_past(fits, past, falls, "equity_index")
    one = falls.cell("10", 60)
    assert found.iloc[-1].tolist() == [one.chance, one.usual]
    positions = prices.index.get_indexer(found.index)
    assert set(np.diff(positions)) == {EVERY} and len(prices) - 1 - positions[0] == TWO_YEARS
    for date in (found.index[3], found.index[-2]):
        before = past["up"][:date].iloc[-1:]
        young = len(before) and prices.index.get_loc(date) - prices.index.get_loc(before.index[0]) <= COARSE
        then = falls_of(
            prices[:date], f"{date:%Y-%m-%d}", before.iloc[0] if young else math.nan, "equity_index"
        )
        one = then.cell("10", 60)
        assert found.loc[date].to_numpy() == pytest.approx([one.chance, one.usual], rel=1e-9)


def test_no_chance_no_line(past, fits):
    assert chances_past(fits, past, None, None) is None
    weekly = pd.Series(np.linspace(1, 2, 300), pd.date_range("1990-01-05", periods=300, freq="W-FRI"))
    assert chances_past(fits, past, falls_of(weekly, "2000-01-01", math.nan, None), None) is None

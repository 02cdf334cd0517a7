"""Confidence through time sees nothing later than its date, and ends at the scan's own C."""

import numpy as np
import pytest

import lppl
from lppl import datasets
from scanners.bubble import fit_series
from scanners.report.past import COARSE, STEP, confidence_past


@pytest.fixture(scope="module")
def prices():
    return datasets.load("nasdaq")["1997-09-01":"2000-03-10"]


@pytest.fixture(scope="module")
def past(prices):
    return confidence_past(prices, raised=True)


def test_dates(prices, past):
    positions = prices.index.get_indexer(past.index)
    assert positions[-1] == len(prices) - 1
    assert set(np.diff(positions)) <= {STEP, COARSE}
    assert positions[0] >= 599  # twenty windows of the daily preset need 600 closes
    assert positions[0] < 599 + STEP


def test_it_ends_at_the_consensus_of_the_scan(prices, past):
    assert past.iloc[-1].to_numpy() == pytest.approx(
        fit_series(prices, "shanghai_2015").consensus[-1], abs=1e-12
    )


def test_no_look_ahead(prices, past):
    early = past.index[-2]
    again = confidence_past(prices[:early], raised=True)
    assert again.loc[early].tolist() == past.loc[early].tolist()


def test_calm_series_are_looked_at_less_often_and_short_ones_not_at_all(prices):
    assert len(confidence_past(prices, raised=False)) == 2
    short = confidence_past(prices[:500], raised=True)
    assert short.empty and list(short) == ["up", "down"]
    assert len(confidence_past(prices[:500], raised=True, minimum_windows=15)) > 0
    assert min(lppl.PRESETS["daily"].lengths) == 125

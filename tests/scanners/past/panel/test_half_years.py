"""Half-year bootstrap: its blocks, ratios that share draws, coverage when series share their crises."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from scanners.past.panel.half_years import drawn_ratios, half_year, interval, ratio


def test_half_years_begin_in_january_and_july():
    days = pd.to_datetime(["1999-12-31", "2000-01-01", "2000-06-30", "2000-07-01"])
    assert np.diff(half_year(days)).tolist() == [1, 0, 1]


def test_draws_are_those_of_the_slow_twin():
    rng = np.random.default_rng(0)
    days = pd.date_range("1990-01-01", periods=60, freq="MS").to_numpy()
    top, bottom = rng.random(60), rng.random(60)
    found = drawn_ratios(days, [top], [bottom], draws=7, seed=3)[:, 0]
    blocks = [np.flatnonzero(half_year(days) == h) for h in np.unique(half_year(days))]
    counts = np.random.default_rng(3).multinomial(len(blocks), [1 / len(blocks)] * len(blocks), size=7)
    for value, drawn in zip(found, counts, strict=True):
        rows = np.concatenate([np.tile(block, k) for block, k in zip(blocks, drawn, strict=True)]).astype(int)
        assert_allclose(value, top[rows].sum() / bottom[rows].sum(), rtol=1e-12)


def test_columns_share_their_draws():
    days = pd.date_range("1990-01-01", periods=60, freq="MS").to_numpy()
    top, bottom = np.arange(60.0), np.ones(60)
    drawn = drawn_ratios(days, [top, 2 * top], [bottom, bottom])
    assert_allclose(drawn[:, 1], 2 * drawn[:, 0], rtol=1e-12)


def test_intervals_cover_a_share_whose_series_fall_together():
    # 30 series fall together in a half-year or not at all: an interval that counts looks would be too narrow.
    rng, covered, runs = np.random.default_rng(1), 0, 200
    days = np.repeat(pd.date_range("1950-01-01", periods=120, freq="6MS").to_numpy(), 30)
    for _ in range(runs):
        fell = np.repeat(rng.random(120) < 0.3, 30).astype(float)
        _, (low, high) = ratio(days, fell, np.ones(len(fell)), draws=199)
        covered += low <= 0.3 <= high
    assert covered / runs > 0.95 - 4 * np.sqrt(0.05 * 0.95 / runs)


def test_few_half_years_have_no_interval():
    days = pd.to_datetime(["2000-01-03"] * 30 + ["2001-01-03"] * 30)
    value, span = ratio(days, np.ones(60), np.full(60, 2.0))
    assert value == pytest.approx(0.5)
    assert span is None
    assert np.isnan(ratio(days, np.ones(60), np.zeros(60))[0])


def test_an_interval_needs_ratios_that_exist():
    assert interval(np.append(np.ones(80), np.full(20, np.nan))) is None
    assert interval(np.ones(100)) == (1.0, 1.0)

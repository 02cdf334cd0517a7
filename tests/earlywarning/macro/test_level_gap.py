"""A level against a line drawn before: the line by least squares, no look-ahead, and its size on walks."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from earlywarning.macro.level_gap import level_gap


def walks(seed, n=400):
    y, x = np.cumsum(np.random.default_rng(seed).standard_normal((2, n)), axis=1)
    return pd.Series(y + 1000.0), pd.Series(x - 50.0)


def test_the_line_is_that_of_least_squares_on_the_window_before():
    y, x = walks(0)
    found = level_gap(y, x, window=100, ahead=20, walks=99)
    for t in (119, 250, 399):
        old = slice(t - 20 - 99, t - 20 + 1)
        slope, constant = np.polyfit(x[old], y[old], 1)
        rest = y[old] - constant - slope * x[old]
        assert_allclose(found.predicted[t], constant + slope * x[t], rtol=1e-9)
        assert_allclose(found.ratio[t], found.gap[t] / np.sqrt((rest**2).sum() / 98), rtol=1e-7)
    assert np.isnan(found.predicted[118])


def test_new_values_change_nothing_before_them():
    y, x = walks(1)
    whole, part = (level_gap(y[:n], x[:n], window=100, ahead=20, walks=99) for n in (400, 300))
    assert_allclose(whole.gap[:300], part.gap)
    assert_array_equal(whole.signs[:300], part.signs)


def test_a_level_that_leaves_its_line_is_above_it():
    rng = np.random.default_rng(2)
    x = pd.Series(np.cumsum(rng.standard_normal(400)))
    y = 2.0 * x + rng.standard_normal(400)
    assert level_gap(y, x, window=100, ahead=20, walks=999).signs[-1] == 0
    y[-15:] += 12.0
    found = level_gap(y, x, window=100, ahead=20, walks=999)
    assert found.signs[-1] == 1
    assert found.p_value < 0.05
    assert_allclose(found.gap[-1], 12.0, atol=4.0)


def test_unrelated_walks_have_a_gap_on_five_per_cent_of_days():
    """Sixty pairs of 900 steps; their shares spread by .05, so three standard errors are .02."""
    shares = []
    for seed in range(60):
        y, x = walks([seed, 3], 900)
        found = level_gap(y, x, window=156, ahead=52, walks=999)
        shares.append((found.signs[208:] != 0).mean())
    assert np.mean(shares) < 0.07


def test_short_series_are_named():
    y, x = walks(4, 100)
    with pytest.raises(ValueError, match="120 observations, got 100"):
        level_gap(y, x, window=100, ahead=20)

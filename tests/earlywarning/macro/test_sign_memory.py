"""A sign with memory: levels of entry and exit, nothing that later days change, and its size."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from earlywarning.macro.sign_memory import FEWEST, entry_level, held, sign_memory

WEEKS = pd.date_range("2000-01-07", periods=500, freq="W-FRI")


def pairs(slope, seed=0, n=500):
    rng = np.random.default_rng(seed)
    x = pd.Series(rng.standard_normal(n), WEEKS[:n])
    return slope * x + rng.standard_normal(n), x


def test_a_sign_is_held_down_to_half_of_where_it_was_taken_up():
    t = np.array([np.nan, 1.0, 2.9, 2.0, 1.5, np.nan, 1.3, 2.0, -3.0, -1.0])
    signs, runs = held(t, 2.8, 1.4)
    assert_array_equal(signs, [0, 0, 1, 1, 1, 1, 0, 0, -1, 0])
    assert [(one.sign, one.start, one.end) for one in runs] == [(1, 2, 5), (-1, 8, 8)]


def test_the_t_ratio_is_that_of_the_last_window_alone():
    y, x = pairs(0.3)
    found = sign_memory(y, x, window=52)
    again = sign_memory(y[-52:], x[-52:], window=52)
    assert_allclose(found.t[-1], again.t[-1], rtol=1e-9)
    assert found.enter == entry_level(52, True)


def test_new_days_change_nothing_before_them():
    rng = np.random.default_rng(1)
    slope = np.where(np.arange(500) < 250, 0.6, -0.6)
    x = pd.Series(rng.standard_normal(500), WEEKS)
    y = slope * x + rng.standard_normal(500)
    whole = sign_memory(y, x, window=52)
    for n in (200, 300, 420):
        part = sign_memory(y[:n], x[:n], window=52)
        assert_array_equal(part.signs, whole.signs[:n])
    assert whole.sign == -1
    assert [run.sign for run in whole.runs if run.end - run.start > 50] == [1, -1]
    turned = whole.runs[-1].start
    assert 250 < turned < 302


def test_a_sign_fades_for_a_window_and_is_then_forgotten():
    x = pd.Series(np.random.default_rng(2).standard_normal(500), WEEKS)
    noise = np.random.default_rng(3).standard_normal(500)
    y = np.where(np.arange(500) < 300, 1.0, 0.0) * x + noise
    states = [sign_memory(y[:n], x[:n], window=26) for n in (300, 330, 400)]
    assert states[0].sign == 1
    assert states[1].fading is not None
    assert (states[2].sign, states[2].fading) == (0, None)


@pytest.mark.parametrize(("window", "with_x", "spread"), [(26, True, 0), (104, True, 0), (12, False, 40)])
def test_unrelated_series_have_a_sign_on_five_per_cent_of_days(window, with_x, spread):
    """The levels come from other seeds; 40 paths of 1,200 steps: three standard errors are about .02."""
    shares = []
    for seed in range(40):
        rng = np.random.default_rng([seed, 7])
        y, x = (pd.Series(rng.standard_normal(1200)) for _ in range(2))
        found = sign_memory(y, x if with_x else None, window=window, spread=spread)
        shares.append((found.signs[max(window, spread) :] != 0).mean())
    assert 0.025 < np.mean(shares) < 0.075


def test_impossible_windows_are_named():
    y, x = pairs(0.0)
    with pytest.raises(ValueError, match="window must be"):
        sign_memory(y, x, window=FEWEST - 1)
    with pytest.raises(ValueError, match="window of 52, got 30"):
        sign_memory(y[:30], x[:30], window=52)

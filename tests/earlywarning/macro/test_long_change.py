"""A long change against earlier ones, and the divergence of debt: slow twins, no look-ahead, sizes."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from earlywarning.macro.debt_divergence import debt_divergence
from earlywarning.macro.level_gap import level_gap
from earlywarning.macro.long_change import long_change


def walk(seed, n=60):
    return pd.Series(np.cumsum(np.random.default_rng(seed).standard_normal(n)))


def test_a_change_is_set_against_those_that_do_not_overlap_it():
    x = walk(0)
    found = long_change(x, span=5)
    assert np.isnan(found.ratio[18])
    for t in (19, 40, 59):
        past = [x[s] - x[s - 5] for s in range(5, t - 5 + 1)]
        assert_allclose(found.ratio[t], (x[t] - x[t - 5]) / np.sqrt(np.mean(np.square(past))), rtol=1e-9)
    part = long_change(x[:45], span=5)
    assert_array_equal(found.signs[:45], part.signs)
    assert_allclose(found.ratio[:45], part.ratio)
    assert_array_equal(found.enter[:45], part.enter)
    with pytest.raises(ValueError, match="20 observations, got 19"):
        long_change(x[:19], span=5)


def test_a_move_that_is_larger_than_ever_is_told_and_walks_seldom_make_one():
    x = walk(1)
    x[56:] += np.arange(1, 5) * 6.0
    found = long_change(x, span=4)
    assert found.signs[-1] == 1
    assert found.p_value < 0.01
    assert found.ratio[-1] > found.enter[-1]


def reverting(rng, n, rho):
    x = rng.standard_normal(n)
    for t in range(1, n):
        x[t] += rho * x[t - 1]
    return x


def bursting(rng, n):
    variance, steps = 1.0, rng.standard_t(5, n + 100) / np.sqrt(5 / 3)
    for t in range(n + 100):
        steps[t] *= np.sqrt(variance)
        variance = 0.05 + 0.12 * steps[t] ** 2 + 0.83 * variance
    return np.cumsum(steps[100:])


TRUTHS = {
    "walk": lambda rng, n: np.cumsum(rng.standard_normal(n)),
    "bursts": bursting,
    "reverting": lambda rng, n: reverting(rng, n, 0.8),
}


@pytest.mark.parametrize(("n", "span"), [(20, 4), (110, 12)])
@pytest.mark.parametrize("truth", TRUTHS)
def test_nothing_is_told_of_five_per_cent_of_dates_of_short_and_long_walks_bursts_and_reverting(
    truth, n, span
):
    shares = []
    for seed in range(200):
        x = TRUTHS[truth](np.random.default_rng([seed, 2]), n)
        shares.append((long_change(pd.Series(x), span=span).signs[4 * span - 1 :] != 0).mean())
    error = np.std(shares) / np.sqrt(200)
    assert 0.03 - 2 * error < np.mean(shares) < 0.07 + 2 * error


def test_a_level_that_reverts_is_set_against_series_that_do():
    rng = np.random.default_rng(5)
    levels = (reverting(rng, 80, 0.5), np.arange(80) + rng.standard_normal(80))
    told_from = [long_change(pd.Series(x), span=4).enter[-1] for x in levels]
    assert told_from[0] < told_from[1] - 0.1


def history(n=45):
    """Years of debt in which rate and deficit worsen over the last eight."""
    rng = np.random.default_rng(3)
    late = np.clip(np.arange(n) - (n - 8), 0, None)
    balance, growth = 0.5 * rng.standard_normal((2, n))
    debt = 60 + np.arange(n) + rng.standard_normal(n)
    interest = (4 + 1.0 * late + 0.3 * rng.standard_normal(n)) * debt / 100
    parts = (debt, balance - 1.5 * late, interest, 100 * interest / 30, 4 + growth)
    return [pd.Series(one) for one in parts]


def test_the_index_of_divergence_is_the_mean_of_its_standardised_parts_to_date():
    series = history()
    found = debt_divergence(*series, periods_a_year=1, past=10)
    debt, balance, interest, burden, growth = series
    for t in (30, 44):
        spans = range(t - 4, t + 1)
        r = [100 * interest[s] / debt[s - 1] - growth[s] for s in spans]
        assert_allclose(found["r_less_g"][t], np.median(r))
        assert_allclose(found["deficit"][t], -np.median(balance[t - 4 : t + 1]))
        slope = np.polyfit(debt[t - 10 : t].to_numpy(), balance[t - 9 : t + 1].to_numpy(), 1)[0]
        assert_allclose(found["reaction"][t], -slope, rtol=1e-9)
        assert found["burden"][t] == burden[t]
        parts = found.drop(columns="index").dropna().loc[:t]
        assert_allclose(found["index"][t], ((parts.iloc[-1] - parts.mean()) / parts.std()).mean(), rtol=1e-9)
    assert found["index"].iloc[-1] > 1.5
    part = debt_divergence(*(one[:38] for one in series), periods_a_year=1, past=10)
    pd.testing.assert_frame_equal(found[:38], part)


def test_a_level_alone_is_set_against_its_own_mean():
    y = walk(4, 200) + 100.0
    found = level_gap(y, window=60, ahead=12, walks=499)
    old = y[200 - 12 - 60 : 200 - 12]
    assert_allclose(found.predicted[-1], old.mean(), rtol=1e-9)
    assert_allclose(
        found.ratio[-1], (y.iloc[-1] - old.mean()) / (old.std(ddof=0) * np.sqrt(60 / 58)), rtol=1e-7
    )
    assert found.slope == 0.0

"""Quantile fits: exact linear part, smallest check loss in the box, the share of prices below the curve."""

import numpy as np
import pytest
import reference_lppl_diagnostics as slow
from hypothesis import given, settings
from hypothesis import strategies as st

import lppl
from lppl import datasets
from lppl._kernels.check_regression import STATE, check_loss, check_regression
from lppl._kernels.quantile import descend, profile
from lppl.fitting.check_loss_search import CheckLoss

NARROW = lppl.SearchSpace(m=(0.1, 0.9), omega=(4, 12), horizon=(1, 12), horizon_fraction=None)
NASDAQ = datasets.load("nasdaq")[:"2000-03-10"]


def _solve(design, y, low, high):
    coefficients, errors = np.zeros(len(design)), np.empty(y.size)
    work = np.empty((STATE, y.size))
    loss = check_regression(design, y, low, high, 1e-9, coefficients, errors, work)
    np.testing.assert_allclose(errors, y - coefficients @ design, atol=1e-9)
    return loss, coefficients, errors


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(12, 80),
    q=st.floats(0.02, 0.98),
    size=st.integers(1, 7),
)
def test_linear_part_equals_linear_programming(seed, n, q, size):
    rng = np.random.default_rng(seed)
    design, y = rng.normal(size=(size, n)), rng.standard_t(3, n)
    low, high = np.full(n, q - 1.0), np.full(n, q)
    loss, _, errors = _solve(design, y, low, high)
    exact = slow.check_regression_loss(design, y, low, high)
    assert exact * (1 - 1e-9) <= loss <= exact * (1 + 2e-9) + 1e-12
    np.testing.assert_allclose(loss, np.where(errors > 0, q, q - 1) @ errors, rtol=1e-12)


def test_rows_may_have_slopes_of_their_own():
    rng = np.random.default_rng(0)
    design, y = rng.normal(size=(3, 50)), rng.normal(size=50)
    low, high = -rng.uniform(0.1, 9.0, 50), rng.uniform(0.0, 2.0, 50)
    loss, _, _ = _solve(design, y, low, high)
    np.testing.assert_allclose(loss, slow.check_regression_loss(design, y, low, high), rtol=2e-9)


def test_dependent_columns_and_exact_data():
    rng = np.random.default_rng(1)
    design = rng.normal(size=(3, 40))
    design[2] = design[0] - design[1]
    low, high = np.full(40, -0.3), np.full(40, 0.7)
    y = rng.normal(size=40)
    loss, _, _ = _solve(design, y, low, high)
    np.testing.assert_allclose(loss, slow.check_regression_loss(design[:2], y, low, high), rtol=2e-9)
    assert _solve(design, 2.0 * design[0], low, high)[0] < 1e-10


@pytest.mark.parametrize("q", [0.05, 0.5, 0.8])
@pytest.mark.parametrize("x", [(10.0, 0.4, 7.0), (-12.3, 1.6, 3.0), (0.2, 1e-3, 20.0), (25.0, 2.0, 1.0)])
def test_profile_equals_linear_programming(q, x):
    n = 60
    t, y = np.arange(n) - n + 1.0, np.log(NASDAQ.to_numpy()[-n:])
    linear, errors = np.empty(4), np.empty(n)
    rows, r, work = np.empty((4, n)), np.empty((4, 4)), np.empty((STATE, n))
    low, high = np.full(n, q - 1.0), np.full(n, q)
    loss = profile(t, y, np.array(x), np.log(n - 1.0), low, high, 1e-9, rows, r, linear, errors, work)
    np.testing.assert_allclose(loss, slow.profile_loss(t, y, *x, q), rtol=1e-7)
    np.testing.assert_allclose(loss, check_loss(errors, low, high), rtol=1e-12)
    tau = np.maximum(np.abs(x[0] - t), 0.5) / (n - 1.0)
    power, phase = tau ** x[1], x[2] * np.log(tau)
    curve = linear @ [np.ones(n), (power - 1) / x[1], power * np.cos(phase), power * np.sin(phase)]
    np.testing.assert_allclose(y - curve, errors, atol=1e-9)


def test_descent_stays_in_the_box_and_never_rises():
    n = 80
    t, y = np.arange(n) - n + 1.0, np.log(NASDAQ.to_numpy()[-n:])
    lower, upper = np.array([-5.0, 0.2, 3.0]), np.array([20.0, 0.8, 12.0])
    rng = np.random.default_rng(2)
    for _ in range(10):
        x, linear = rng.uniform(lower, upper), np.empty(4)
        before = slow.profile_loss(t, y, *x, 0.3)
        loss, _, _ = descend(t, y, x, lower, upper, np.log(n - 1.0), 0.3, 60, linear)
        assert (lower <= x).all()
        assert (x <= upper).all()
        assert loss <= before * (1 + 1e-8)
        np.testing.assert_allclose(loss, slow.profile_loss(t, y, *x, 0.3), rtol=1e-6)


def _bubble(noise, n=200):
    return np.exp(lppl.log_price(np.arange(n), n + 10.0, 0.45, 7.5, 6.0, -0.07, 0.004, 0.002) + noise)


def test_median_of_symmetric_noise_recovers_the_parameters():
    noise = 0.003 * np.random.default_rng(3).standard_t(3, 200)
    found = lppl.quantile_fit(_bubble(noise), 0.5)
    # Three to four standard errors of this noise.
    assert abs(found.fit.tc - 210.0) < 4.0
    assert abs(found.fit.m - 0.45) < 0.15
    assert abs(found.fit.omega - 7.5) < 0.5
    assert found.fit.converged


def test_noise_free_bubble():
    found = lppl.quantile_fit(_bubble(np.zeros(200)), 0.3)
    np.testing.assert_allclose([found.fit.tc, found.fit.m, found.fit.omega], [210, 0.45, 7.5], rtol=1e-6)


def test_outliers_do_not_move_the_median_fit():
    rng = np.random.default_rng(4)
    noise = 0.002 * rng.standard_normal(200)
    noise[rng.choice(200, 15, replace=False)] -= 0.15
    prices = _bubble(noise)
    truth = np.log(_bubble(np.zeros(200)))
    median, mean = lppl.quantile_fit(prices, 0.5).fit, lppl.fit(prices)
    distance = [np.abs(fit.curve(np.arange(200)) - truth).mean() for fit in (median, mean)]
    assert distance[0] < 0.2 * distance[1]


@pytest.mark.parametrize("q", [0.05, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("n", [60, pytest.param(150, marks=pytest.mark.ci)])
def test_share_below_and_loss_against_least_squares(q, n):
    prices = NASDAQ.iloc[-n:]
    found = lppl.quantile_fit(prices, q)
    assert found.below <= q <= found.below + found.on_curve
    assert found.on_curve <= 7.5 / n
    errors = np.log(prices.to_numpy()) - found.fit.curve(np.arange(n))
    np.testing.assert_allclose(found.loss, np.where(errors > 0, q, q - 1) @ errors, rtol=1e-8)
    squares = lppl.fit(prices)
    at_squares = slow.profile_loss(
        np.arange(n) - n + 1.0, np.log(prices.to_numpy()), squares.horizon, squares.m, squares.omega, q
    )
    np.testing.assert_allclose(found.least_squares_loss, at_squares, rtol=1e-6)
    assert found.loss <= found.least_squares_loss
    np.testing.assert_allclose(found.fit.sse, errors @ errors, rtol=1e-9)


@pytest.mark.ci
@pytest.mark.parametrize("q", [0.2, 0.5])
def test_no_brute_force_search_is_lower(q):
    n = 25
    y = np.log(NASDAQ.to_numpy()[-n:])
    t = np.arange(n) - n + 1.0
    found = lppl.quantile_fit(np.exp(y), q, space=NARROW)
    brute = slow.quantile_loss(t, y, q, (1.0, 0.1, 4.0), (12.0, 0.9, 12.0), (6, 4, 9), polished=3)
    assert found.loss <= brute * (1 + 1e-6)


@pytest.mark.slow
def test_close_to_the_best_of_many_random_starts():
    """Twelve windows of real prices, 200 descents each: within 1e-6 in at least ten, never 2% above."""
    rng = np.random.default_rng(5)
    excess = []
    for k in range(12):
        prices = datasets.load(("nasdaq", "sp500", "wti", "gold")[k % 4])
        n, q = int(rng.choice([60, 120])), float(rng.choice([0.1, 0.5, 0.9]))
        end = int(rng.integers(n, prices.size))
        window = prices.iloc[end - n : end]
        y = np.log(window.to_numpy())
        losses = CheckLoss(np.arange(n) - n + 1.0, y - y[-1], q, lppl.SearchSpace())
        brute = min(losses.descend(rng.uniform(losses.lower, losses.upper)).loss for _ in range(200))
        excess.append(lppl.quantile_fit(window, q).loss / brute - 1.0)
    assert np.sum(np.array(excess) <= 1e-6) >= 10
    assert max(excess) < 0.02


def test_scaling_prices_moves_only_the_level():
    prices = NASDAQ.iloc[-60:]
    one, two = lppl.quantile_fit(prices, 0.4), lppl.quantile_fit(10.0 * prices, 0.4)
    np.testing.assert_allclose(two.loss, one.loss, rtol=1e-6)
    np.testing.assert_allclose(two.fit.A, one.fit.A + np.log(10.0), rtol=1e-3)


def test_calendar_time_price_scale_and_dates():
    prices = NASDAQ.iloc[-80:]
    found = lppl.quantile_fit(prices, 0.5, time="calendar", scale="price")
    assert found.fit.t2 == (prices.index[-1] - prices.index[0]).days
    assert (found.fit.tc_date - prices.index[0]).days == int(found.fit.tc)
    t = (prices.index - prices.index[0]).days.to_numpy()
    np.testing.assert_allclose(
        found.loss, 0.5 * np.abs(prices.to_numpy() - found.fit.curve(t)).sum(), rtol=1e-8
    )


def test_repeatable():
    assert lppl.quantile_fit(NASDAQ.iloc[-40:], 0.3) == lppl.quantile_fit(NASDAQ.iloc[-40:], 0.3)


def test_constant_prices_fail_with_a_reason():
    found = lppl.quantile_fit(np.ones(30), 0.5)
    assert not found.fit.success
    assert "do not change" in found.fit.message
    assert np.isnan([found.loss, found.below, found.fit.tc]).all()


@pytest.mark.parametrize("q", [0.0, 1.0, -0.1, float("nan")])
def test_level_outside(q):
    with pytest.raises(ValueError, match="q must lie inside"):
        lppl.quantile_fit(NASDAQ, q)


def test_too_few_prices():
    with pytest.raises(ValueError, match="prices must hold at least 10"):
        lppl.quantile_fit(NASDAQ.iloc[-9:], 0.5)


def test_bounded_damping_is_refused():
    with pytest.raises(ValueError, match="space must not bound the damping"):
        lppl.quantile_fit(NASDAQ, 0.5, space=lppl.SearchSpace(damping=1.0))


def test_dictionary_and_html():
    found = lppl.quantile_fit(NASDAQ.iloc[-40:], 0.5)
    assert found.to_dict()["fit"]["tc"] == found.fit.tc
    assert "check loss" in found._repr_html_()

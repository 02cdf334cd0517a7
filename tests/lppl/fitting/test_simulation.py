import numpy as np
import pandas as pd
import pytest
import reference_lppl_uncertainty as slow
from numpy.testing import assert_allclose, assert_array_equal

import lppl

# Synthetic recipe of Filimonov & Sornette (2013).
BUBBLE = {"tc": 1194, "m": 0.44, "omega": 6.5, "A": 1.8259, "B": -0.0094, "C1": -0.0001, "C2": 0.0005}


def noise_of(prices, sigma, **bubble):
    return (np.log(prices) - lppl.log_price(np.arange(prices.shape[-1]), **bubble)) / sigma


def test_without_noise_the_logarithm_is_the_curve_and_the_fit_recovers_it():
    prices = lppl.simulate(1100, **BUBBLE, sigma=0)
    assert_allclose(np.log(prices), lppl.log_price(np.arange(1100), **BUBBLE), rtol=1e-12)
    fit = lppl.fit(prices)
    assert_allclose([fit.tc, fit.m, fit.omega, fit.B], [1194, 0.44, 6.5, -0.0094], rtol=1e-6)


def test_coloured_noise_equals_its_twins():
    z = np.random.default_rng(5).standard_normal((3, 300))
    got = noise_of(
        lppl.simulate(300, **BUBBLE, sigma=0.02, noise="ar1", phi=0.7, paths=3, seed=5), 0.02, **BUBBLE
    )
    assert_allclose(got, [slow.ar1(row, 0.7) for row in z], atol=1e-12)
    z = np.random.default_rng(5).standard_normal((2, 800))
    got = noise_of(
        lppl.simulate(300, **BUBBLE, sigma=0.02, noise="garch", alpha=0.2, beta=0.7, paths=2, seed=5),
        0.02,
        **BUBBLE,
    )
    assert_allclose(got, [slow.garch(row, 0.2, 0.7)[500:] for row in z], atol=1e-12)


@pytest.mark.parametrize(
    ("noise", "lag_one", "of_squares"),
    [
        ({"noise": "white"}, 0.0, 0.0),
        ({"noise": "ar1", "phi": 0.6}, 0.6, 0.36),
        ({"noise": "garch"}, 0.0, None),
    ],
)
def test_noise_has_its_variance_and_its_memory(noise, lag_one, of_squares):
    z = noise_of(lppl.simulate(1000, **BUBBLE, sigma=0.03, paths=200, seed=1, **noise), 0.03, **BUBBLE)
    # 200,000 values; AR(1) and GARCH leave at least 10,000 independent ones: four standard errors are 0.06.
    assert_allclose(z.var(), 1, atol=0.06)
    assert_allclose((z[:, 1:] * z[:, :-1]).mean(), lag_one, atol=0.04)
    square = z**2 - 1
    memory = (square[:, 1:] * square[:, :-1]).mean() / (square**2).mean()
    if of_squares is None:
        # GARCH(1,1): alpha (1 - beta (alpha + beta)) / (1 - 2 alpha beta - beta^2), alpha .1, beta .85.
        of_squares = 0.1 * (1 - 0.85 * 0.95) / (1 - 2 * 0.1 * 0.85 - 0.85**2)
    assert_allclose(memory, of_squares, atol=0.06)


def test_shapes_seeds_and_dates():
    dates = pd.bdate_range("2001-01-01", periods=50)
    one = lppl.simulate(50, **BUBBLE, sigma=0.01, seed=3)
    assert one.shape == (50,)
    assert_array_equal(one, lppl.simulate(50, **BUBBLE, sigma=0.01, seed=3, paths=4)[0])
    assert not np.array_equal(one, lppl.simulate(50, **BUBBLE, sigma=0.01, seed=4))
    series = lppl.simulate(50, **BUBBLE, sigma=0.01, seed=3, dates=dates)
    assert series.index.equals(dates)
    assert_array_equal(series, one)
    frame = lppl.simulate(50, **BUBBLE, sigma=0.01, seed=3, dates=dates, paths=4)
    assert frame.shape == (50, 4)
    assert_array_equal(frame[0], one)
    days = lppl.simulate(50, **BUBBLE, sigma=0, dates=dates, time="calendar")
    assert_allclose(np.log(days), lppl.log_price((dates - dates[0]).days, **BUBBLE), rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n": 1}, "n must be at least 2, got 1"),
        ({"tc": np.inf}, "tc must be finite, got inf"),
        ({"m": 0.0}, "m must be positive, got 0"),
        ({"sigma": -0.1}, "sigma must be finite and not negative, got -0.1"),
        ({"noise": "pink"}, "noise must be one of white, ar1, garch, got 'pink'"),
        ({"phi": 0.5}, "phi must be left out unless noise='ar1', got 0.5 with 'white'"),
        ({"noise": "ar1", "phi": 1.0}, "phi must be below 1 in size, got 1"),
        ({"noise": "garch", "alpha": 0.3, "beta": 0.7}, "sum below 1, got alpha=0.3, beta=0.7"),
        ({"paths": 0}, "paths must be at least 1, got 0"),
        ({"time": "calendar"}, "time='calendar' needs dates, got none"),
        ({"time": "weeks"}, "time must be 'trading' or 'calendar', got 'weeks'"),
        ({"dates": pd.bdate_range("2001-01-01", periods=4)}, "dates must number n=10, got 4"),
        ({"dates": pd.bdate_range("2001-01-01", periods=10)[::-1]}, "dates must be strictly increasing"),
    ],
)
def test_bad_input_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        lppl.simulate(**({"n": 10, "sigma": 0.01} | BUBBLE | change))

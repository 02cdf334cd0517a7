"""Fits under a bound on the damping."""

import itertools

import numpy as np
import pytest
import reference
from numpy.testing import assert_allclose

import lppl
from lppl import SearchSpace
from lppl._kernels import damped as _damped


def walk(n=120, seed=0):
    return np.exp(np.random.default_rng(seed).normal(scale=0.01, size=n).cumsum())


@pytest.mark.parametrize("x", [(5.0, 0.3, 8.0), (20.0, 0.9, 4.0), (12.0, 0.1, 20.0), (30.0, 0.6, 1.5)])
def test_linear_part_equals_a_search_over_all_angles(x):
    t, y = np.arange(120) - 119.0, np.log(walk())
    value = _damped.damped_solve(t, y, *x, 1.0, np.log(119.0), np.empty(4))
    # The twin's 20,000 angles resolve the optimum to 1e-8 of the SSE's range.
    assert_allclose(value, reference.damped_sse(t, y, *x, 1.0), rtol=1e-6)


def test_fits_keep_the_bound_and_nothing_admissible_is_lower():
    space = SearchSpace(m=(0, 1), omega=(2, 14), horizon_fraction=(0, 0.33), damping=1.0)
    free = SearchSpace(m=(0, 1), omega=(2, 14), horizon_fraction=(0, 0.33))
    bound = 0
    for seed in range(6):
        prices = walk(seed=seed)
        fit, unbound = lppl.fit(prices, space=space), lppl.fit(prices, space=free)
        assert fit.damping >= 1.0
        assert fit.sse >= unbound.sse * (1 - 1e-12)
        bound += unbound.damping < 1.0
        t, y = np.arange(120.0), np.log(prices)
        nodes = itertools.product(np.linspace(119, 158, 8), np.linspace(0.001, 1, 5), np.linspace(2, 14, 13))
        assert fit.sse <= min(reference.damped_sse(t, y, *node, 1.0, angles=60) for node in nodes)
    assert bound >= 3  # otherwise the test has tried nothing


def test_a_fit_that_keeps_the_bound_by_itself_is_untouched():
    y = lppl.log_price(np.arange(200), tc=215.0, m=0.5, omega=7.0, A=5.0, B=-0.05, C1=0.001, C2=0.0)
    one = lppl.fit(np.exp(y), space=SearchSpace(damping=1.0))
    other = lppl.fit(np.exp(y))
    assert one.damping > 1.0
    assert (one.tc, one.m, one.omega, one.sse) == (other.tc, other.m, other.omega, other.sse)


@pytest.mark.parametrize(
    "box", [{"horizon_fraction": (50, 100)}, {"omega": (0.001, 2)}], ids=["tc far ahead", "hardly a wave"]
)
def test_sums_that_are_rounding_alone_are_no_minimum(box):
    prices = np.exp(np.random.default_rng(0).normal(scale=0.01, size=250).cumsum())
    fits = lppl.fit_windows(prices, lengths=[250, 125], space=SearchSpace(damping=1.0, **box))
    free = lppl.fit_windows(prices, lengths=[250, 125], space=SearchSpace(**box))
    # A straight line in G keeps every bound; the curve that lies at the mean is one.
    level = [np.log(prices[-n:]).var() * n for n in (250, 125)]
    assert (fits.sse <= level).all()
    assert (fits.sse >= free.sse * (1 - 1e-3)).all()
    assert (fits.damping >= 1.0 - 1e-6).all()
    assert np.isfinite(fits.max_relative_error).all()


def test_bad_bound_is_named():
    with pytest.raises(ValueError, match="damping must be finite and not negative, got -1"):
        SearchSpace(damping=-1)

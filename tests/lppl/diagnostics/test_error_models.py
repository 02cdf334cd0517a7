"""Curves with AR(1)-GARCH errors: slow twin, oracle, nesting, sizes of the tests, what must not change."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
import reference_error_models as reference
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import differential_evolution
from scipy.stats import binom
from statsmodels.tsa.statespace.sarimax import SARIMAX

import lppl
from lppl._kernels import correlated as _correlated
from lppl.diagnostics.correlated_errors import SPACE, statistics
from lppl.diagnostics.curve_search import CurveSearch
from lppl.diagnostics.shock_variance import fit_shocks

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"
NARROW = lppl.SearchSpace(m=(0.0, 1.0), omega=(4.0, 11.0), horizon_fraction=(0.0, 0.2))  # for speed
BUBBLE = {"tc": 158.0, "m": 0.5, "omega": 8.0, "A": 7.0, "B": -0.06, "C1": 0.003, "C2": 0.002}


@pytest.fixture(scope="module")
def script():
    sys.path.insert(0, str(SCRIPTS))
    try:
        spec = importlib.util.spec_from_file_location("scripts_error_models", SCRIPTS / "error_models.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(SCRIPTS))
    return module


def bubble(n=140, sigma=0.01, phi=0.5, seed=3):
    return lppl.simulate(n, **BUBBLE, sigma=sigma, noise="ar1", phi=phi, seed=seed)


def constant(n):
    return -0.5 * (n - 1) * (np.log(2.0 * np.pi) + 1.0)


def rows(y, x):
    return np.ascontiguousarray(np.vstack([(x - x[0]).T, y - y[0]]))


@pytest.mark.parametrize("ease", [0.0, 1e-3, 0.05, 0.6, 1.0])
def test_likelihood_is_that_of_the_returns_as_one_normal_vector(ease):
    y, t = np.log(bubble()), np.arange(140.0)
    weights = np.random.default_rng(1).uniform(0.3, 3.0, y.size)
    x = reference.shapes(t, 150.3, 0.4, 7.1)
    expected = reference.log_likelihood(y, x, 1.0 - ease, 1.0 / weights)[0]
    found, _ = _correlated.given(rows(y, x), weights, ease)
    assert_allclose(-found + constant(140) + 0.5 * np.log(weights[1:]).sum(), expected, rtol=1e-9)


def test_likelihood_is_that_of_statsmodels():
    """Steps of AR(1) errors are ARMA(1, 1) with a moving average of -1."""
    y, t, rho = np.log(bubble()), np.arange(140.0), 0.9
    x = reference.shapes(t, 150.3, 0.4, 7.1)
    _, linear, scale = reference.log_likelihood(y, x, rho, np.ones(140))
    model = SARIMAX(np.diff(y), exog=np.diff(x, axis=0), order=(1, 0, 1), enforce_invertibility=False)
    expected = model.loglike([*linear, rho, -1.0, scale])
    found, _ = _correlated.given(rows(y, x), np.ones(140), 1.0 - rho)
    assert_allclose(-found + constant(140), expected, rtol=1e-9)


def test_a_curve_holds_the_ones_before_it_and_is_where_it_says():
    walks = np.cumsum(np.random.default_rng(5).normal(0.0, 0.01, (6, 120)), axis=1)
    paths = np.vstack([walks, np.log(bubble(120))])
    weights = np.ones_like(paths)
    search = CurveSearch(np.arange(120.0), SPACE)
    for y, optima in zip(paths, search.all_curves(paths, weights), strict=True):
        heights = [-one.loss for one in optima]
        assert np.diff(heights).min() >= -1e-7
        x = reference.shapes(search.t, *optima[3].point)
        height, linear, scale = reference.log_likelihood(y, x, 1.0 - optima[3].ease, np.ones(120))
        assert_allclose(heights[3] + constant(120), height, rtol=1e-9)
        (_, *found), variance = search.linear(y, weights[0], 3, optima[3])
        assert_allclose(variance, scale, rtol=1e-7)
        assert_allclose(x @ found, x @ linear, rtol=1e-6, atol=1e-7 * np.abs(x @ linear).max())


@pytest.mark.slow
def test_search_finds_the_global_maximum():
    walks = np.cumsum(np.random.default_rng(6).normal(0.0, 0.01, (8, 120)), axis=1)
    paths = np.vstack([walks, np.log([bubble(120, seed=seed) for seed in range(8)])])
    search = CurveSearch(np.arange(120.0), SPACE)
    found = search.all_curves(paths, np.ones_like(paths))
    box = list(zip(search.low, search.high, strict=True))
    behind = []
    for y, optima in zip(paths, found, strict=True):

        def loss(point, y=y):
            return _correlated.given(rows(y, reference.shapes(search.t, *point)), np.ones(120), -1.0)[0]

        other = differential_evolution(loss, box, seed=1, popsize=12, maxiter=120, tol=1e-10)
        behind.append(optima[3].loss - other.fun)
    assert max(behind) < 0.05
    assert np.mean(np.array(behind) < 1e-3) >= 0.9


def test_a_clear_bubble_is_told_from_all_others_and_its_parameters_are_held():
    found = lppl.error_model(bubble(), space=NARROW, resamples=19)
    assert found.best == "LPPLS"
    assert [test.p_value for test in found.tests] == [1 / 20] * 3
    for name in ("tc", "m", "omega"):
        held = found.profiles[name].interval(0.95)
        assert held.low <= BUBBLE[name] <= held.high
        assert held.low <= getattr(found.lppls, name) <= held.high
    assert found.identified("omega")
    assert_allclose(found.lppls.rho, 0.5, atol=0.25)


def test_random_walk_identifies_nothing():
    walk = np.exp(np.cumsum(np.random.default_rng(8).normal(0.0, 0.01, 110)))
    found = lppl.error_model(walk, space=NARROW, resamples=9)
    assert found.best == "random walk"
    assert not any(found.identified(name) for name in found.profiles)
    assert "not identified" in found._repr_html_()


def binomial_bounds(draws, level=0.05):
    """Bounds of rejections in as many series as draws behind the critical value, each side at .002."""
    wide = binom(draws // 2, level)  # both counts vary: as much as half as many series would alone
    return 2 * wide.ppf(0.002), 2 * wide.ppf(0.998)


@pytest.mark.parametrize(
    ("cell", "series", "n"),
    [
        pytest.param("GARCH walk", 40, 105, marks=pytest.mark.ci),
        pytest.param("random walk", 1000, 250, marks=pytest.mark.slow),
        pytest.param("GARCH walk", 1000, 250, marks=pytest.mark.slow),
    ],
)
def test_walks_are_taken_for_bubbles_at_the_nominal_rate(script, cell, series, n):
    (share,) = script.rejections(cell, series, seed=11, n=n, nulls=(0,))
    low, high = binomial_bounds(series)
    assert low <= share * series <= high
    if series == 1000:
        assert 0.03 <= share <= 0.07


def test_same_seed_same_bits_in_any_number_of_threads_and_nothing_later_is_read():
    prices = bubble(110, sigma=0.03, phi=0.95)
    longer = np.concatenate([prices, prices[:20] * 1.3])
    one = lppl.error_model(prices, space=NARROW, resamples=2, seed=4)
    other = lppl.error_model(longer, space=NARROW, end=109, resamples=2, seed=4)
    assert repr(one.to_dict()) == repr(other.to_dict())  # NaN stands for what a curve has not
    search = CurveSearch(np.arange(110.0), NARROW)
    walks = np.cumsum(np.random.default_rng(2).normal(0.0, 0.01, (18, 110)), axis=1)
    alone, shared = (statistics(search, walks, "constant", n_jobs) for n_jobs in (1, 2))
    assert_array_equal(alone, shared)
    later = lppl.error_model(longer, end=109, length=102, space=NARROW, resamples=0)
    assert later.t2 == 109.0
    assert 109.0 <= later.lppls.tc <= 109.0 + 0.2 * 101
    assert not later.identified("tc")


def test_scale_of_prices_moves_the_constant_only():
    y, search = np.log(bubble(105)), CurveSearch(np.arange(105.0), SPACE)
    paths, weights = np.stack([y, y + 3.0]), np.ones((2, 105))
    one, other = (optima[3] for optima in search.all_curves(paths, weights))
    assert_allclose(other.point, one.point, rtol=1e-5)  # rounding of y moves where a descent ends
    assert_allclose(other.loss, one.loss, rtol=1e-9)
    before, after = (search.linear(path, weights[0], 3, one)[0] for path in paths)
    assert_allclose(after - before, [3.0, 0.0, 0.0, 0.0], atol=1e-8)


def test_constant_shocks_weigh_alike_and_garch_shocks_vary():
    y = np.log(bubble(130))
    assert_allclose(fit_shocks(y, "constant").weights, 1.0)
    garch = fit_shocks(y, "garch")
    assert_allclose(np.log(garch.variances).mean(), 0.0, atol=1e-12)
    assert fit_shocks(np.arange(130.0), "garch") is None


PAGE = (SCRIPTS.parent / "docs" / "error_models.md").read_text("utf-8")


def documented(start):
    """Return the cells after the first of the one row of the page that starts so."""
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| {start} |")]
    return [cell.strip() for cell in row.strip("|").split("|")][start.count("|") + 1 :]


def test_page_says_that_walks_are_taken_for_bubbles_at_the_nominal_rate():
    for cell in ("random walk", "GARCH walk"):
        share = documented(f"{cell} | 1000")[0]
        low, high = binomial_bounds(1000)
        assert low <= float(share.split()[0]) * 10 <= high


@pytest.mark.slow
@pytest.mark.parametrize("length", [250, 500, 750])
def test_nasdaq_is_what_the_page_says(length):
    found = lppl.error_model(lppl.datasets.load("nasdaq"), end="2000-03-10", length=length)
    cells = documented(f"{length}")
    p_values = [f"{test.p_value:.3f}" for test in found.tests]
    assert cells == [f"{found.lppls.rho:.3f}", *p_values, found.best]
    assert not any(found.identified(name) for name in found.profiles)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shocks": "arch"}, "shocks must be one of garch, constant, got 'arch'"),
        ({"length": 50}, "length must lie between 102"),
        ({"length": 500}, "and 140 prices, got 500"),
        ({"resamples": -1}, "resamples must not be negative, got -1"),
        ({"space": lppl.SearchSpace()}, "space must keep tc at or after the last price"),
        ({"space": (0, 1)}, "space must be a SearchSpace"),
    ],
)
def test_bad_arguments_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        lppl.error_model(bubble(), **options)

"""Explosive roots against their twin, statsmodels and pyexuber, and published values.

Published values: S&P 500 price-dividend ratio and simulated series of Phillips, Shi & Yu (2015) as the
exuber package distributes them (at the default minimum window).
"""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from reference_explosive import backward_sup_adf as slow_backward_sup_adf

from earlywarning.explosive.backward_sup import backward_sup_adf
from earlywarning.explosive.statistics import adf, bsadf, default_min_window, gsadf, sadf


def walk(n, seed=0):
    return np.cumsum(np.random.default_rng(seed).standard_normal(n))


@pytest.mark.parametrize("lags", [0, 1, 2, 5])
@pytest.mark.parametrize(("min_rows", "starts"), [(12, 80), (40, 80), (12, 1)])
def test_kernel_equals_one_regression_a_window(lags, min_rows, starts):
    y = walk(80)
    fast = backward_sup_adf(y, lags, min_rows, starts)
    assert_allclose(fast, slow_backward_sup_adf(y, lags, min_rows, starts), rtol=1e-9)


@pytest.mark.filterwarnings("ignore:adfuller currently returns:FutureWarning")
@pytest.mark.parametrize("lags", [0, 1, 4])
def test_adf_equals_statsmodels(lags):
    from statsmodels.tsa.stattools import adfuller

    y = walk(300, seed=3)
    expected = adfuller(y, maxlag=lags, autolag=None, regression="c")[0]
    assert_allclose(adf(y, lags, log=False).statistic, expected, rtol=1e-8)


@pytest.mark.parametrize("lags", [0, 1, 3])
@pytest.mark.parametrize("n", [120, 700])
def test_sup_statistics_equal_pyexuber(lags, n):
    exuber = pytest.importorskip("exuber")
    y = walk(n, seed=5)
    window = default_min_window(n)
    peer = exuber.radf(y, minw=window, lag=lags)
    result = gsadf(y, lags, log=False)
    assert_allclose(result.path[-len(peer.bsadf) :], peer.bsadf[:, 0], rtol=1e-8)
    assert_allclose(result.statistic, peer.gsadf[0], rtol=1e-8)
    assert_allclose(sadf(y, lags, log=False).statistic, peer.sadf[0], rtol=1e-8)
    assert_allclose(adf(y, lags, log=False).statistic, peer.adf[0], rtol=1e-8)


def test_published_sp500_values(shared_reference):
    ratio = pd.read_csv(shared_reference / "sp500_price_dividend.csv").iloc[:, 0]
    values = [test(ratio, log=False).statistic for test in (adf, sadf, gsadf)]
    assert_allclose(values, [-1.1204, 3.4432, 4.2069], atol=5e-5)
    values = [test(ratio, 1, 36, log=False).statistic for test in (sadf, gsadf)]
    assert_allclose(values, [1.5772, 3.1709], atol=5e-5)


@pytest.mark.parametrize(("name", "expected"), [("psy1", (1.946, 5.190)), ("evans", (5.283, 5.985))])
def test_published_simulated_values(shared_reference, name, expected):
    series = pd.read_csv(shared_reference / "explosive_sim.csv")[name]
    values = [test(series, log=False).statistic for test in (sadf, gsadf)]
    assert_allclose(values, expected, atol=5e-4)


def test_statistics_ignore_scale_and_shift():
    y = walk(200)
    moved = 1e6 - 250.0 * y
    # A sign change of the level leaves the t-statistic of the level alone.
    assert_allclose(gsadf(moved, log=False).path, gsadf(y, log=False).path, rtol=1e-7)


def test_log_is_the_default_scale():
    y = walk(150)
    assert_allclose(gsadf(np.exp(y / 50)).statistic, gsadf(y, log=False).statistic, rtol=1e-8)


def test_no_look_ahead():
    prices = pd.Series(np.exp(walk(400) / 30), index=pd.bdate_range("2020-01-01", periods=400))
    full = gsadf(prices, 1, min_window=50)
    past = gsadf(prices.iloc[:250], 1, min_window=50)
    assert_allclose(past.path, full.path[:250], rtol=1e-9)
    assert bsadf(prices, 1, min_window=50).statistic == full.path[-1]
    assert full.index.equals(prices.index)


def test_early_windows_survive_a_level_that_explodes():
    calm = 1.0 + 1e-3 * walk(100)
    y = np.concatenate([calm, calm[-1] * 1.2 ** np.arange(1, 101)])
    assert_allclose(
        gsadf(y, min_window=30, log=False).path[:100], gsadf(calm, min_window=30, log=False).path, rtol=1e-9
    )


def test_a_flat_stretch_is_skipped_and_a_constant_series_is_undefined():
    y = np.concatenate([walk(60), np.full(80, 5.0), 5.0 + walk(60, 1)])
    result = gsadf(y, 1, min_window=20, log=False)
    assert np.isnan(result.path[:21]).all()
    assert np.isfinite(result.path[21:]).all()
    flat = gsadf(np.full(100, 7.0))
    assert np.isnan(flat.statistic)
    assert "constant" in flat.message
    assert np.isnan(adf(np.full(100, 7.0), 2).statistic)


def test_a_single_spike_is_not_an_error():
    y = walk(200)
    y[120] += 500.0
    assert np.isfinite(gsadf(y, log=False).statistic)


@pytest.mark.parametrize(
    ("prices", "options", "words"),
    [
        ([1.0, 2.0, 3.0], {}, "at least 6 values"),
        (np.full(50, np.nan), {}, "50 of 50"),
        (np.arange(50.0), {}, "positive"),
        (np.ones((5, 20)), {}, "one-dimensional"),
        (np.arange(1.0, 51.0), {"min_window": 50}, "min_window"),
        (np.arange(1.0, 51.0), {"lags": -1}, "lags"),
        (np.ones(100_000), {}, "max_points=20000"),
    ],
)
def test_bad_input_is_named(prices, options, words):
    with pytest.raises(ValueError, match=words):
        gsadf(prices, **options)


def test_result_as_plain_values():
    result = gsadf(np.exp(walk(100) / 30)).to_dict()
    assert result["kind"] == "gsadf"
    assert result["path"][0] is None
    assert len(result["path"]) == 100

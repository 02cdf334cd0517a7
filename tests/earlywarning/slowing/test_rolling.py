import math

import numpy as np
import pandas as pd
import pytest
import reference_slowing_down as slow
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from earlywarning import kendall_tau, rolling_indicators


def series(n=400, seed=2, gaps=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n).cumsum() * 0.2 + rng.normal(size=n)
    x[rng.choice(n, gaps, replace=False)] = np.nan
    return x


@pytest.mark.parametrize("window", [6, 50, 133, 200, 400])
@pytest.mark.parametrize("gaps", [0, 90])
def test_kernels_equal_their_twins(window, gaps):
    x = series(gaps=gaps)
    got = rolling_indicators(x, window, ["ar1", "ar2", "variance", "std"], min_share=0.7)
    least = max(2, math.ceil(0.7 * window))
    assert_allclose(got["variance"], slow.rolling(x, window, slow.variance(least)), rtol=1e-9)
    assert_allclose(got["std"] ** 2, got["variance"], rtol=1e-12)
    for lag in (1, 2):
        least = max(3, math.ceil(0.7 * (window - lag)))
        twin = slow.rolling(x, window, slow.autocorrelation(lag, least))
        assert_allclose(got[f"ar{lag}"], twin, rtol=1e-9, atol=1e-12)


def test_pandas_agrees_and_the_index_is_kept():
    x = pd.Series(series(), index=pd.bdate_range("2001-01-01", periods=400))
    got = rolling_indicators(x, 100)
    assert got.index.equals(x.index)
    assert_allclose(got["variance"], x.rolling(100).var(), rtol=1e-9)
    assert_allclose(got["ar1"].iloc[-1], x.iloc[-100:].autocorr(), rtol=1e-12)


def test_nullable_series_are_welcome():
    x = pd.Series(series(gaps=20))
    nullable = x.astype("Float64")
    assert nullable.isna().sum() == 20
    pd.testing.assert_frame_equal(rolling_indicators(nullable, 50), rolling_indicators(x, 50))


def test_the_future_changes_nothing():
    x = series(gaps=20)
    whole = rolling_indicators(x, 60, ["ar1", "ar3", "variance"])
    for cut in (60, 61, 119, 120, 121, 300):
        pd.testing.assert_frame_equal(
            rolling_indicators(x[:cut], 60, ["ar1", "ar3", "variance"]), whole[:cut], check_exact=True
        )


def test_a_large_offset_and_a_long_series_keep_their_digits():
    rng = np.random.default_rng(5)
    noise = np.round(rng.normal(size=100_000), 6)
    # Eight digits go to the offset, so the offset series itself is known to 1e-8 only.
    plain, offset = rolling_indicators(noise, 500), rolling_indicators(noise + 1e8, 500)
    assert_allclose(offset["variance"].iloc[499:], plain["variance"].iloc[499:], rtol=1e-7)
    assert_allclose(offset["ar1"].iloc[499:], plain["ar1"].iloc[499:], atol=1e-7)
    last = noise[-500:]
    assert_allclose(plain["variance"].iloc[-1], last.var(ddof=1), rtol=1e-12)
    assert_allclose(plain["ar1"].iloc[-1], np.corrcoef(last[:-1], last[1:])[0, 1], rtol=1e-9)


def test_a_spike_leaves_no_trace_once_it_is_gone():
    x = series()
    spiked = x.copy()
    spiked[100] = 1e12
    clean, after = rolling_indicators(x, 50), rolling_indicators(spiked, 50)
    pd.testing.assert_frame_equal(clean[:100], after[:100], check_exact=True)
    assert_allclose(after[150:], clean[150:], rtol=1e-9)
    assert after["variance"].iloc[120] > 1e20


def test_a_constant_has_no_variance_and_no_autocorrelation():
    got = rolling_indicators(np.full(100, 0.1), 20)
    assert_array_equal(got["variance"].iloc[19:], 0.0)
    assert got["ar1"].isna().all()


def test_windows_with_too_little_are_missing():
    x = series(100)
    x[30:60] = np.nan
    got = rolling_indicators(x, 20)
    assert got.iloc[19:30].notna().all(axis=None)
    assert got.iloc[49].isna().all()
    assert rolling_indicators(np.full(100, np.nan), 20).isna().all(axis=None)
    x[50:] = np.nan
    assert_array_equal(
        rolling_indicators(x, 20, min_share=1.0)["variance"].notna(),
        (np.arange(100) > 18) & (np.arange(100) < 30),
    )


@settings(max_examples=40, deadline=None)
@given(st.floats(-1e3, 1e3), st.floats(0.1, 10))
def test_ar1_ignores_scale_and_shift_and_variance_scales(shift, scale):
    x = series(120)
    a, b = rolling_indicators(x, 40), rolling_indicators(shift + scale * x, 40)
    assert_allclose(b["ar1"], a["ar1"], atol=1e-9)
    assert_allclose(b["variance"], scale**2 * a["variance"], rtol=1e-9)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"window": 4}, "at least 5, got 4"),
        ({"window": None}, "window .* must be a whole number"),
        ({"window": float("nan")}, "window .* must be a whole number"),
        ({"window": 10.5}, "window .* must be a whole number"),
        ({"window": 401}, "must not exceed the 400 values"),
        ({"names": ["ar0"]}, "names must come from"),
        ({"names": ["beauty"]}, "names must come from"),
        ({"names": ["ar9"], "window": 10}, "ar9.* at least 13, got 10"),
        ({"min_share": 0}, "min_share"),
    ],
)
def test_errors_name_the_parameter(change, message):
    with pytest.raises(ValueError, match=message):
        rolling_indicators(series(), **({"window": 50} | change))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(-20, 20).map(float) | st.just(math.nan), max_size=60))
def test_tau_counts_pairs(values):
    got = kendall_tau(values)
    assert_allclose(got, slow.kendall_tau(np.array(values, dtype=float)), atol=1e-12)


@pytest.mark.parametrize("n", [2, 7, 8, 9, 64, 65, 1000, 5001])
def test_tau_is_scipys(n):
    y = np.round(np.random.default_rng(n).normal(size=n), 1)
    y[0] += 0.05
    assert_allclose(kendall_tau(y), stats.kendalltau(np.arange(n), y).statistic, rtol=1e-12)


def test_tau_of_smooth_curves():
    t = np.linspace(0, 20, 777)
    for y in (np.sin(t), t + np.sin(t), -t, np.floor(t) % 3):
        assert_allclose(kendall_tau(y), stats.kendalltau(t, y).statistic, rtol=1e-12)


def test_tau_flips_when_time_does():
    y = series()
    assert_allclose(kendall_tau(y[::-1]), -kendall_tau(y), rtol=1e-12)
    assert kendall_tau(np.arange(50.0)) == 1.0
    assert math.isnan(kendall_tau(np.ones(9)))
    assert math.isnan(kendall_tau([1.0]))

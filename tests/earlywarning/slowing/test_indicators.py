import numpy as np
import pandas as pd
import pytest
import reference_slowing_down as slow
from numpy.testing import assert_allclose, assert_array_equal
from scipy.signal import lfilter

from earlywarning import restoring_rate, rolling_indicators
from earlywarning.slowing.indicators import ALL

TWINS = {
    "skewness": slow.skewness,
    "kurtosis": slow.kurtosis,
    "restoring_rate": slow.restoring_rate,
    "restoring_rate_gls": slow.restoring_rate_gls,
    "arch": slow.arch,
    "low_frequency_ratio": lambda w: slow.low_frequency_ratio(w, 20),
    "spectral_exponent": lambda w: slow.spectral_exponent(w, 0.1),
    "dfa": lambda w: slow.dfa(w, np.unique(np.geomspace(8, len(w) // 4, 10).astype(int))),
}


def ar1(phi, n, seed=0, sigma=1.0):
    noise = np.random.default_rng(seed).normal(0, sigma, n + 500)
    return lfilter([1], [1, -phi], noise)[500:]


def gappy(x, gaps, seed=1):
    x = x.copy()
    x[np.random.default_rng(seed).choice(len(x), gaps, replace=False)] = np.nan
    return x


@pytest.mark.parametrize("name", TWINS)
@pytest.mark.parametrize("window", [64, 101, 150])
def test_indicators_equal_their_twins(name, window):
    x = ar1(0.8, window + 60) + 5
    expected = slow.rolling(x, window, TWINS[name])
    assert_allclose(rolling_indicators(x, window, [name])[name], expected, rtol=1e-9, atol=1e-12)


def test_derived_indicators():
    x = ar1(0.8, 300)
    got = rolling_indicators(x, 80, ["ar1", "std", "cv", "return_rate", "density_ratio"], level=x + 7)
    assert_allclose(got["cv"], got["std"] / pd.Series(x + 7).rolling(80).mean().abs(), rtol=1e-9)
    assert_allclose(got["return_rate"], 1 / got["ar1"], rtol=1e-12)
    assert_allclose(got["density_ratio"], ((1 + got["ar1"]) / (1 - got["ar1"])) ** 2, rtol=1e-12)


@pytest.mark.parametrize("name", ["skewness", "kurtosis"])
def test_moments_skip_gaps(name):
    x = gappy(ar1(0.5, 200), 40)
    got = rolling_indicators(x, 50, [name], min_share=0.5)[name]
    assert_allclose(got, slow.rolling(x, 50, TWINS[name]), rtol=1e-9)


def test_pair_indicators_with_gaps_stay_near_the_gapless_ones():
    x = ar1(0.9, 2000)
    names = ["restoring_rate", "restoring_rate_gls", "arch", "density_ratio"]
    whole = rolling_indicators(x, 1000, names, min_share=0.5).iloc[-1]
    holes = rolling_indicators(gappy(x, 200), 1000, names, min_share=0.5).iloc[-1]
    assert_allclose(holes[names[:3]], whole[names[:3]], atol=0.06)
    assert 0.4 < holes["density_ratio"] / whole["density_ratio"] < 2.5


def test_spectra_need_every_value():
    x = ar1(0.5, 300)
    x[100] = np.nan
    got = rolling_indicators(x, 64, ["dfa", "spectral_exponent", "low_frequency_ratio"])
    with_gap = (np.arange(300) >= 100) & (np.arange(300) < 164) | (np.arange(300) < 63)
    assert_array_equal(got["low_frequency_ratio"].isna(), with_gap)
    assert_array_equal(got["spectral_exponent"].isna(), with_gap)
    assert_array_equal(got["dfa"].isna(), with_gap)
    assert "37 with" not in got.attrs["missing"]["dfa"]
    assert got.attrs["missing"]["dfa"].startswith("64 of 237 windows: 64 with too many values missing")


def test_theory_of_ar1():
    """Bounds are three standard errors of the estimators at n = 20,000."""
    x = ar1(0.8, 20_000, sigma=2.0)
    got = rolling_indicators(x, 20_000, ALL).iloc[-1]
    assert got["ar1"] == pytest.approx(0.8, abs=3 * np.sqrt((1 - 0.64) / 20_000))
    assert got["variance"] == pytest.approx(4 / 0.36, rel=0.07)
    assert got["restoring_rate"] == pytest.approx(-0.2, abs=0.013)
    assert got["restoring_rate_gls"] == pytest.approx(-0.2, abs=0.05)
    assert got["skewness"] == pytest.approx(0, abs=0.12)
    assert got["kurtosis"] == pytest.approx(0, abs=0.2)
    assert got["arch"] < 0.002
    assert got["density_ratio"] == pytest.approx(81, rel=0.15)


def test_exponents_of_white_noise_and_random_walk():
    noise = np.random.default_rng(3).normal(size=4000)
    white = rolling_indicators(noise, 4000, ["dfa", "spectral_exponent", "low_frequency_ratio"]).iloc[-1]
    walk = rolling_indicators(noise.cumsum(), 4000, ["dfa", "spectral_exponent", "low_frequency_ratio"]).iloc[
        -1
    ]
    assert white["dfa"] == pytest.approx(0.5, abs=0.1)
    assert walk["dfa"] == pytest.approx(1.5, abs=0.15)
    assert white["spectral_exponent"] == pytest.approx(0, abs=0.2)
    assert walk["spectral_exponent"] == pytest.approx(2, abs=0.25)
    assert white["low_frequency_ratio"] == pytest.approx(0.1, abs=0.03)
    assert walk["low_frequency_ratio"] > 0.95


def test_gls_sees_through_correlated_noise():
    """dx = -0.2 x + AR(1) noise: least squares underrates the rate, errors that are modelled do not."""
    noise = ar1(0.5, 40_000, seed=4)
    x = lfilter([1], [1, -0.8], noise)
    gls, ols = (restoring_rate(x, 40_000, method=method).iloc[-1] for method in ("gls", "ols"))
    # The model is symmetric in the two roots .8 and .5; least squares starts nearest the larger one.
    assert gls == pytest.approx(-0.2, abs=0.03)
    assert ols > -0.1


def test_gls_agrees_with_statsmodels():
    from statsmodels.regression.linear_model import GLSAR
    from statsmodels.tools import add_constant

    x = lfilter([1], [1, -0.9], ar1(0.3, 2000, seed=5))
    fit = GLSAR(np.diff(x), add_constant(x[:-1]), rho=1).iterative_fit(maxiter=10)
    # Theirs estimates rho with other denominators at the two ends of the window.
    assert restoring_rate(x, 2000).iloc[-1] == pytest.approx(fit.params[1], abs=2e-4)


def test_restoring_rate_is_per_unit_of_time():
    x = ar1(0.9, 300)
    assert_allclose(restoring_rate(x, 100, dt=0.25), 4 * restoring_rate(x, 100), rtol=1e-12)
    with pytest.raises(ValueError, match="method"):
        restoring_rate(x, 100, method="magic")
    with pytest.raises(ValueError, match="dt"):
        restoring_rate(x, 100, dt=0)


def test_the_future_changes_nothing():
    x = gappy(ar1(0.8, 400), 10)
    whole = rolling_indicators(x, 70, ALL)
    for cut in (70, 139, 140, 141, 333):
        pd.testing.assert_frame_equal(rolling_indicators(x[:cut], 70, ALL), whole[:cut], check_exact=True)


def test_a_constant_gives_missing_ratios_with_a_reason():
    got = rolling_indicators(np.full(150, 1 / 3), 70, ALL)
    for name in ("variance", "std", "cv"):
        assert_array_equal(got[name].iloc[69:], 0.0)
    for name in set(ALL) - {"variance", "std", "cv"}:
        assert got[name].isna().all(), name
        assert "81 without the variation" in got.attrs["missing"][name]


def test_an_offset_changes_no_shape():
    """Offset by a power of two so that the values survive the shift to 2e-10."""
    x = np.round(ar1(0.8, 500), 4)
    names = [name for name in ALL if name != "cv"]
    assert_allclose(
        rolling_indicators(x + 2.0**20, 100, names)[99:],
        rolling_indicators(x, 100, names)[99:],
        rtol=1e-5,
        atol=1e-7,
    )


def test_a_spike_leaves_no_trace():
    x = ar1(0.5, 400)
    spiked = x.copy()
    spiked[100] = 1e9
    names = [name for name in ALL if name != "cv"]
    after, clean = (rolling_indicators(y, 70, names).iloc[171:] for y in (spiked, x))
    assert_allclose(after, clean, rtol=1e-9, atol=1e-12)


def test_a_hundred_thousand_points():
    x = ar1(0.9, 100_000)
    names = [name for name in ALL if name not in ("arch", "dfa")]
    got = rolling_indicators(x, 500, names)
    assert got.iloc[499:].notna().all(axis=None)
    assert_allclose(got.iloc[-1], rolling_indicators(x[-500:], 500, names).iloc[-1], rtol=1e-9)


@pytest.mark.parametrize("name", ["dfa", "spectral_exponent", "low_frequency_ratio"])
def test_short_windows_are_refused(name):
    with pytest.raises(ValueError, match=f"window \\(for {name}\\) must be a whole number of at least 64"):
        rolling_indicators(ar1(0.5, 100), 63, [name])


def test_level_must_match():
    with pytest.raises(ValueError, match="level must have the 100 values"):
        rolling_indicators(ar1(0.5, 100), 20, ["cv"], level=np.ones(99))

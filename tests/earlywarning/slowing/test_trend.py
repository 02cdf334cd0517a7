import json

import numpy as np
import pandas as pd
import pytest
from null_series import NULL_SERIES
from numpy.testing import assert_allclose, assert_array_equal
from scipy.signal import lfilter

from earlywarning import detrend, kendall_tau, rolling_indicators, sensitivity, surrogates, trend_test


def walk(n=400, seed=0):
    return np.random.default_rng(seed).normal(size=n).cumsum()


def approach(n=600, seed=0):
    """An AR(1) process whose coefficient rises from 0 to .97 under constant noise."""
    rng = np.random.default_rng(seed)
    x = np.zeros(n)
    for t in range(1, n):
        x[t] = 0.97 * t / n * x[t - 1] + rng.normal()
    return x


def test_every_surrogate_reruns_the_whole_pipeline():
    x = walk()
    names = ["ar1", "variance", "return_rate"]
    test = trend_test(x, window=150, bandwidth=60, surrogates="random_walk", n=120, seed=3, indicators=names)

    def trends(path):
        return rolling_indicators(detrend(path, "gaussian", 60), 150, names).apply(kendall_tau)

    observed = trends(x)
    null = np.array([trends(path) for path in surrogates(x, "random_walk", 120, seed=3)])
    assert_allclose([test.tau[name] for name in names], observed, rtol=1e-12)
    assert_allclose(test.null_tau, null, rtol=1e-9)
    signs = np.array([1, 1, -1])
    expected = (1 + (signs * null >= signs * observed.to_numpy()).sum(axis=0)) / 121
    assert_allclose([test.p_values[name] for name in names], expected)


def test_joint_statistic_is_the_weakest_standardised_trend():
    test = trend_test(walk(), window=150, surrogates="random_walk", n=100)
    pooled = np.vstack([list(test.tau.values()), test.null_tau])[:, [0, 2]]  # without the variance
    weakest = ((pooled - pooled.mean(axis=0)) / pooled.std(axis=0)).min(axis=1)
    assert test.statistic == pytest.approx(weakest[0], rel=1e-12)
    assert test.p_value == pytest.approx(np.mean(weakest >= weakest[0]), rel=1e-12)


def test_an_indicator_named_twice_counts_once():
    twice = trend_test(walk(), window=150, n=20, indicators=["ar1", "ar1"])
    assert twice.null_tau.shape == (20, 1)


def test_one_indicator_is_its_own_statistic():
    test = trend_test(walk(), window=150, surrogates="block", n=60, indicators=["std"])
    assert (test.statistic, test.p_value) == (test.tau["std"], test.p_values["std"])


def test_the_threads_and_the_clock_change_nothing():
    x = walk()
    one, two = (trend_test(x, window=150, n=130, seed=5, n_jobs=jobs) for jobs in (1, 2))
    assert_array_equal(one.null_tau, two.null_tau)
    assert one.to_dict() == two.to_dict()
    assert not np.array_equal(one.null_tau, trend_test(x, window=150, n=130, seed=6).null_tau)


def test_slowing_down_is_found_and_its_reverse_is_not():
    x = approach(1500)
    for kind in ("garch", "ar1", "arma", "iaaft"):
        assert trend_test(x, window=500, bandwidth=125, surrogates=kind, n=99).p_value <= 0.05, kind
    assert trend_test(x[::-1], window=500, bandwidth=125, n=99).p_value > 0.5


def test_gaps_are_closed_up_and_counted():
    x = pd.Series(walk(), index=pd.bdate_range("2000-01-03", periods=400))
    x.iloc[[5, 100, 101]] = np.nan
    test = trend_test(x, window=150, n=20)
    assert test.dropped == 3
    assert test.indicators.index.equals(x.index[x.notna()])
    assert test.tau == trend_test(x.dropna().to_numpy(), window=150, n=20).tau


def test_two_sided_detrending_is_marked():
    x = walk()
    test = trend_test(x, window=150, n=20, causal=False)
    assert not test.causal
    assert "two-sided" in test.notes[0]
    assert trend_test(x, window=150, n=20).notes == ()


@pytest.mark.parametrize("method", ["none", "difference", "linear", "gaussian", "lowess"])
def test_every_method_of_detrending(method):
    test = trend_test(walk(), window=150, detrend=method, surrogates="random_walk", n=20)
    assert 0 < test.p_value <= 1
    assert test.bandwidth == (75 if method in ("gaussian", "lowess") else None)


def test_an_indicator_without_a_trend_has_a_reason_instead_of_a_p_value():
    x = np.random.default_rng(1).normal(size=200)
    test = trend_test(x, window=200, bandwidth=20, surrogates="ar1", n=20)  # one window: nothing can rise
    assert np.isnan([test.p_value, test.statistic, *test.tau.values(), *test.p_values.values()]).all()
    assert sum("never changes" in note for note in test.notes) == 3


def test_a_series_that_stands_still_at_first():
    x = np.zeros(200)
    x[150:] = walk(50)
    test = trend_test(x, window=60, bandwidth=10, surrogates="block", n=50)
    assert test.indicators["ar1"].iloc[60:150].isna().all()
    assert test.indicators["ar1"].iloc[155:].notna().all()
    assert 0 < test.p_value <= 1


def test_a_single_spike_is_no_crash():
    x = walk()
    x[200] += 1e6
    test = trend_test(x, window=100, n=50, surrogates="block")
    assert 0 < test.p_value <= 1


@pytest.mark.parametrize(
    "x, change, message",
    [
        (walk(), {"window": 401}, "must not exceed the 400 values"),
        (walk(), {"n": 0}, "n must be a whole number of at least 1"),
        (walk(), {"indicators": []}, "at least one indicator"),
        (walk(), {"indicators": ["luck"]}, "names must come from"),
        (walk(), {"detrend": "hope"}, "method must be one of"),
        (walk(), {"surrogates": "voodoo"}, "surrogates must be one of"),
        (np.ones(400), {}, "whose steps vary"),
        (np.full(400, np.nan), {}, "window must not exceed the 0 values"),
    ],
)
def test_errors_name_the_parameter(x, change, message):
    with pytest.raises(ValueError, match=message):
        trend_test(x, **({"window": 100} | change))


def test_results_are_plain_and_readable():
    test = trend_test(walk(), window=150, n=19)
    assert json.loads(json.dumps(test.to_dict()))["tau"] == test.tau
    html = test._repr_html_()
    assert "together" in html and f"<td>{test.p_value:.4g}" in html


def test_sensitivity_cells_are_trend_tests():
    x = walk()
    result = sensitivity(
        x, windows=[100, 150], bandwidths=[30, 60, 90], surrogates="random_walk", n=60, seed=2
    )
    assert result.tau["ar1"].shape == (2, 3)
    test = trend_test(x, window=150, bandwidth=60, surrogates="random_walk", n=60, seed=2)
    for name in ("ar1", "variance"):
        assert result.tau[name].loc[150, 60.0] == pytest.approx(test.tau[name], rel=1e-12)
        assert result.p_values[name].loc[150, 60.0] == pytest.approx(test.p_values[name], rel=1e-12)


def test_the_best_of_the_grid_pays_for_the_search():
    result = sensitivity(walk(seed=4), surrogates="random_walk", n=100)
    for name in ("ar1", "variance"):
        window, bandwidth = result.best[name]
        assert result.max_p_values[name] >= result.p_values[name].loc[window, bandwidth]
        assert result.max_p_values[name] >= result.p_values[name].min(axis=None)
    found = sensitivity(approach(), n=100, n_jobs=2)
    assert found.max_p_values["ar1"] <= 0.05
    assert json.loads(json.dumps(found.to_dict()))["max_p_values"] == found.max_p_values
    assert "maximum over the grid" in found._repr_html_()


def test_a_grid_without_any_trend_has_no_best_cell():
    result = sensitivity(
        walk(), windows=[400], surrogates="random_walk", n=20
    )  # one window: nothing can rise
    assert result.best == {"ar1": None, "variance": None}
    assert np.isnan(list(result.max_p_values.values())).all()


def test_sensitivity_without_a_bandwidth_has_one_column():
    result = sensitivity(walk(), detrend="linear", windows=[100], surrogates="random_walk", n=20)
    assert result.tau["ar1"].shape == (1, 1)
    with pytest.raises(ValueError, match="must not be empty"):
        sensitivity(walk(), windows=[])


def _null_series(kind, rng, n=500):
    if kind == "ar1":
        return lfilter([1], [1, -0.9], rng.normal(size=n + 200))[200:]
    shocks = rng.normal(size=n)
    if kind == "garch":
        shocks = rng.standard_t(5, n + 300) * np.sqrt(0.6)
        h = 1.0
        for t in range(n + 300):
            shocks[t] *= np.sqrt(h)
            h = 0.05 + 0.08 * shocks[t] ** 2 + 0.87 * h
        shocks = shocks[300:]
    return shocks.cumsum()


def test_noise_that_grows_does_not_lower_the_bar_for_slowing_down():
    """Scaling a series up through time raises its variance for sure; the joint statistic does not see it."""
    x = walk(500, seed=3)
    grown = np.cumsum(np.diff(x, prepend=0) * np.linspace(1, 6, 500))
    options = {"window": 150, "surrogates": "random_walk", "n": 99}
    test = trend_test(grown, **options)
    assert test.p_values["variance"] <= 0.05
    alone = trend_test(grown, indicators=["ar1", "restoring_rate_gls"], **options)
    assert (test.statistic, test.p_value) == (alone.statistic, alone.p_value)
    assert test.statistic < trend_test(grown, indicators=["variance", "std"], **options).statistic


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["walk", "garch_walk", "mean_reversion", "growing"])
def test_a_thousand_series_without_slowing_down(kind):
    """Under the default (GARCH) null, windows as the scan has them: a third of the series, detrended finely.

    The walk is the harder null for what reverts to a mean, so that fewer than 3% are allowed there.
    """
    hits = 0
    for seed in range(1000):
        rng = np.random.default_rng([seed, 9])
        if kind == "growing":
            noise = np.r_[np.ones(200), np.linspace(1, 4, 500)]
            x = lfilter([1], [1, -0.9], rng.normal(size=700) * noise)[200:]
        else:
            x = NULL_SERIES[kind](rng, 500)
        hits += trend_test(x, window=166, bandwidth=33, n=99, seed=seed).p_value <= 0.05
    assert hits <= 70
    assert hits >= 30 or kind in ("mean_reversion", "growing")


@pytest.mark.slow
def test_the_best_of_a_grid_keeps_its_size():
    p = [
        sensitivity(_null_series("garch", np.random.default_rng(i)), n=99, seed=i).max_p_values
        for i in range(200)
    ]
    for name in ("ar1", "variance"):
        assert np.mean([each[name] <= 0.05 for each in p]) <= 0.09

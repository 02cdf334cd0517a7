"""Explosive roots by generalised least squares: twin, pyexuber, what later data may change, sizes."""

import numpy as np
import pytest
from null_series import NULL_SERIES, walk
from numpy.testing import assert_allclose
from reference_explosive import backward_sup_gls, smoothed_variance

from earlywarning.explosive.backward_sup import backward_sup_adf
from earlywarning.explosive.bootstrap import bootstrap_critical_values
from earlywarning.explosive.statistics import bsadf, gsadf, sadf
from earlywarning.explosive.step_variance import cross_validated, kernel_mean, step_weights


@pytest.mark.parametrize("starts", [1, 90])
def test_kernel_equals_one_regression_a_window(starts):
    rng = np.random.default_rng(0)
    y, variance = walk(rng, 90), rng.uniform(0.2, 3, 89)
    fast = backward_sup_adf(y, 0, 15, starts, 1 / variance)
    assert_allclose(fast, backward_sup_gls(y, variance, 15, starts), rtol=1e-9)


@pytest.mark.parametrize("causal", [True, False])
def test_variance_equals_its_twin(causal):
    steps = np.random.default_rng(1).standard_normal(80)
    found = kernel_mean(steps**2, 4.0, causal=causal)
    assert_allclose(found, smoothed_variance(steps, 4.0, causal), rtol=1e-11)


def test_statistics_and_variance_equal_pyexuber():
    sbz, volatility = pytest.importorskip("exuber.radf_sbz"), pytest.importorskip("exuber._kernel_vol")
    y = walk(np.random.default_rng(2), 150)
    peer, bandwidth = volatility.kernel_spot_vol(y)
    found = sbz.wls_dfstat_grid(y, peer, 20)["badf"]
    assert_allclose(backward_sup_adf(y, 0, 20, 1, 1 / peer)[-len(found) :], found, rtol=1e-9)
    # They leave the first squared step out; far from it that is nothing.
    ours = kernel_mean(np.diff(y) ** 2, bandwidth * 149, causal=False)
    assert_allclose(ours[140:], peer[140:], rtol=1e-4)


def test_the_bandwidth_predicts_what_is_left_out():
    rng = np.random.default_rng(3)
    wild = (rng.standard_normal(400) * np.where(np.arange(400) % 80 < 40, 1, 4)) ** 2
    steady = rng.standard_normal(400) ** 2
    assert cross_validated(wild) < 25 < cross_validated(steady)


def test_later_data_change_nothing_unless_asked_for():
    y = walk(np.random.default_rng(4), 200)
    for sides, same in (("causal", True), ("two-sided", False)):
        seen, whole = (gsadf(y[:n], 0, 20, False, gls=sides).path for n in (150, 200))
        assert np.array_equal(seen, whole[:150], equal_nan=True) is same


def test_steps_without_variance_weigh_nothing():
    y = np.concatenate([np.zeros(60), walk(np.random.default_rng(5), 90)])
    assert step_weights(y, "causal", 20)[0] == 0
    assert np.isnan(gsadf(y, log=False, gls="causal").path[:59]).all()
    assert np.isfinite(gsadf(y, log=False, gls="causal").statistic)
    assert "constant" in gsadf(np.ones(60), gls="causal").message


def test_flipping_keeps_the_weights():
    y = walk(np.random.default_rng(6), 120)
    flipped = np.cumsum(np.diff(y) * np.random.default_rng(7).choice([-1, 1], 119))
    assert_allclose(step_weights(np.r_[0.0, flipped], "causal", 20), step_weights(y, "causal", 20))


def test_what_it_does_not_go_with_is_refused():
    y = walk(np.random.default_rng(8), 120)
    for options in ({"lags": 1}, {"lags": "bic"}, {"signs": True}, {"gls": "forward"}):
        with pytest.raises(ValueError, match="gls must be one of causal, two-sided, without lags and signs"):
            bsadf(y, log=False, **{"gls": "causal", **options})
    with pytest.raises(ValueError, match="kind must be 'wild'"):
        bootstrap_critical_values(sadf(y, log=False, gls="causal"), "sieve")


@pytest.mark.slow
@pytest.mark.parametrize("name", NULL_SERIES)
@pytest.mark.parametrize("sides", ["causal", "two-sided"])
def test_a_thousand_series_without_a_bubble(name, sides):
    hits = 0
    for seed in range(1000):
        test = gsadf(NULL_SERIES[name](np.random.default_rng([seed, 41]), 120), log=False, gls=sides)
        hits += bootstrap_critical_values(test, replications=99, seed=seed).p_value(test.statistic) <= 0.05
    # Mean reversion lies inside the null: hardly anything is rejected.
    assert (hits <= 20) if name == "mean_reversion" else (30 <= hits <= 70), hits

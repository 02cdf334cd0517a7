"""Residual tests: statistics equal their twins and arch's, p-values come from whole refits."""

import numpy as np
import pytest
import reference_lppl_diagnostics as slow
from arch.unitroot import ADF, KPSS, PhillipsPerron

import lppl
from lppl._kernels import unit_root as _unit_root

SPACE = lppl.SearchSpace(m=(0.1, 0.9), omega=(4, 15), horizon_fraction=(0, 0.3))


def _series(kind, n=120):
    rng = np.random.default_rng(3)
    shocks = rng.standard_t(4, n)
    if kind == "walk":
        return np.cumsum(shocks)
    x = np.zeros(n)
    for i in range(1, n):
        x[i] = 0.7 * x[i - 1] + shocks[i]
    return x


@pytest.mark.parametrize("kind", ["walk", "ar"])
@pytest.mark.parametrize("lags", [0, 1, 4])
def test_statistics_equal_twin_and_arch(kind, lags):
    x = _series(kind)
    for kernel, twin, oracle in (
        (_unit_root.adf, slow.adf_statistic, ADF),
        (_unit_root.phillips_perron, slow.phillips_perron_statistic, PhillipsPerron),
        (_unit_root.kpss, slow.kpss_statistic, KPSS),
    ):
        np.testing.assert_allclose(kernel(x, lags), twin(x, lags), rtol=1e-9)
        np.testing.assert_allclose(kernel(x, lags), oracle(x, lags=lags).stat, rtol=1e-9)


def test_statistics_ignore_level_and_scale():
    x = _series("ar")
    for kernel in (_unit_root.adf, _unit_root.phillips_perron, _unit_root.kpss):
        np.testing.assert_allclose(kernel(5.0 + 100.0 * x, 2), kernel(x, 2), rtol=1e-9)


def test_statistics_of_nothing_are_undefined():
    for kernel in (_unit_root.adf, _unit_root.phillips_perron, _unit_root.kpss):
        assert np.isnan(kernel(np.zeros(30), 1))


def _bubble(noise, n=120, seed=0):
    rng = np.random.default_rng(seed)
    return np.exp(
        lppl.log_price(np.arange(n), n + 5.0, 0.5, 8.0, 5.0, -0.08, 0.006, 0.0)
        + noise * rng.standard_normal(n)
    )


@pytest.fixture(scope="module")
def bubble():
    prices = _bubble(0.01)
    return prices, lppl.fit(prices, space=SPACE)


def test_white_residuals_around_a_bubble(bubble):
    prices, fit = bubble
    found = lppl.residual_tests(fit, prices, space=SPACE, resamples=39, seed=1, lags=1)
    assert found.adf.p_value == found.phillips_perron.p_value == 1 / 40
    assert found.kpss.p_value > 0.1
    errors = np.log(prices) - fit.curve(np.arange(fit.n))
    np.testing.assert_allclose(found.adf.statistic, slow.adf_statistic(errors, 1), rtol=1e-9)
    assert found.adf.p_value == (1 + (found.adf.null_values <= found.adf.statistic).sum()) / 40
    assert found.kpss.p_value == (1 + (found.kpss.null_values >= found.kpss.statistic).sum()) / 40


def test_the_null_refits_every_path(bubble):
    prices, fit = bubble
    found = lppl.residual_tests(fit, prices, space=SPACE, resamples=3, seed=7, lags=1)
    for path, statistic in zip(
        lppl.null_paths(prices, "random_walk", 3, seed=7), found.adf.null_values, strict=True
    ):
        errors = np.log(path) - lppl.fit(path, space=SPACE).curve(np.arange(path.size))
        np.testing.assert_allclose(statistic, slow.adf_statistic(errors, 1), rtol=1e-6)


def test_seeded_and_the_same_for_two_threads(bubble):
    prices, fit = bubble
    one, two, other = (
        lppl.residual_tests(fit, prices, space=SPACE, resamples=5, seed=seed, n_jobs=jobs).to_dict()
        for seed, jobs in ((2, 1), (2, 2), (3, 1))
    )
    assert one == two != other
    assert one["lags"] == 4  # floor(4 * 1.2^(2/9))


def test_tables_would_call_a_fitted_walk_stationary():
    """The reason for the bootstrap: residuals of a fitted random walk beat the 5% table value -2.9."""
    walks = lppl.null_paths(_bubble(0.01), "random_walk", 30, seed=5)
    fits = [lppl.fit(walk, space=SPACE) for walk in walks]
    statistics = [
        _unit_root.adf(np.log(walk) - fit.curve(np.arange(fit.n)), 1)
        for walk, fit in zip(walks, fits, strict=True)
    ]
    assert np.mean(np.array(statistics) < -2.9) > 0.5


def test_bad_arguments(bubble):
    prices, fit = bubble
    with pytest.raises(ValueError, match="space must be those of the fit"):
        lppl.residual_tests(fit, prices, space=lppl.SearchSpace(m=(0.1, 0.2)), resamples=1)
    with pytest.raises(ValueError, match="must be those of the fit"):
        lppl.residual_tests(fit, prices[::-1], space=SPACE)
    with pytest.raises(ValueError, match="prices must be the 120"):
        lppl.residual_tests(fit, prices[:100], space=SPACE)
    with pytest.raises(ValueError, match="lags must lie between 0 and 56"):
        lppl.residual_tests(fit, prices, space=SPACE, lags=60)
    with pytest.raises(ValueError, match="resamples must be at least 1"):
        lppl.residual_tests(fit, prices, space=SPACE, resamples=0)
    with pytest.raises(ValueError, match="kind must be one of"):
        lppl.residual_tests(fit, prices, space=SPACE, null="levy")
    failed = lppl.fit(np.ones(50))
    with pytest.raises(ValueError, match="fit must have succeeded"):
        lppl.residual_tests(failed, np.ones(50))


def test_html(bubble):
    prices, fit = bubble
    html = lppl.residual_tests(fit, prices, space=SPACE, resamples=1)._repr_html_()
    assert "Phillips-Perron" in html


@pytest.mark.slow
def test_size_of_the_tests():
    """Under its own hypothesis a 10% test rejects in about 10% of cases: 60 series, bounds at 3 sigma."""
    rng = np.random.default_rng(0)
    rejected = dict.fromkeys(("adf", "phillips_perron", "kpss"), 0)
    for k in range(60):
        walk = 0.01 * np.cumsum(rng.standard_normal(120))
        noise = np.zeros(120)
        for i in range(1, 120):
            noise[i] = 0.6 * noise[i - 1] + 0.01 * rng.standard_normal()
        around = np.log(_bubble(0.0)) + noise
        for y, names in ((walk, ("adf", "phillips_perron")), (around, ("kpss",))):
            prices = np.exp(y)
            tests = lppl.residual_tests(
                lppl.fit(prices, space=SPACE), prices, space=SPACE, resamples=39, seed=k, n_jobs=2
            )
            for name in names:
                rejected[name] += getattr(tests, name).p_value <= 0.1
    assert max(rejected.values()) / 60 < 0.1 + 3 * np.sqrt(0.09 / 60)
    assert min(rejected["adf"], rejected["phillips_perron"]) > 0

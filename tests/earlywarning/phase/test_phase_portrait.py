"""Phase portrait: kernels against their twin and statsmodels, known shapes, and what noise must not show."""

import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from reference_portrait import cubic_paths, double_well_path, drift_by_least_squares

from earlywarning._kernels.paths import garch_variance
from earlywarning.core import null_refits
from earlywarning.core.garch import Garch, fit_garch
from earlywarning.core.null_refits import drift_statistics
from earlywarning.phase import portrait_nulls
from earlywarning.phase.drift import Drift, estimate_drift
from earlywarning.phase.fixed_points import fixed_points, folds, home_of, nearest_fold, shape_of
from earlywarning.phase.phase_portrait import portrait


def walk(n, seed=0):
    return np.cumsum(np.random.default_rng(seed).standard_normal(n))


def known_drift(coefficients):
    size = len(coefficients)
    return Drift(np.array(coefficients, dtype=float), 0.01 * np.eye(size), 0.0, 1.0, 1.0)


@pytest.mark.parametrize("degree", [2, 3])
@pytest.mark.parametrize("lags", [0, 1, 7])
def test_drift_equals_weighted_normal_equations(degree, lags):
    x = 3.0 + walk(200) / 5
    drift = estimate_drift(x, 1.0, degree, lags, np.empty(0))
    coefficients, covariance, residual = drift_by_least_squares(x, degree, lags, np.ones(199))
    assert_allclose(drift.in_levels()[0], coefficients, rtol=1e-7)
    assert_allclose(drift.in_levels()[1], covariance, rtol=1e-6)
    assert_allclose(drift.noise_variance, residual @ residual / (199 - degree - 1), rtol=1e-9)


def test_garch_weights_equal_weighted_normal_equations():
    x = walk(300) / 5
    _, _, residual = drift_by_least_squares(x, 3, 4, np.ones(299))
    weights = 1 / garch_variance(residual / residual.std(), 0.1, 0.2, 0.7)
    coefficients, covariance, _ = drift_by_least_squares(x, 3, 4, weights)
    drift = estimate_drift(x, 1.0, 3, 4, np.array([0.1, 0.2, 0.7]))
    assert_allclose(drift.in_levels()[0], coefficients, rtol=1e-7)
    assert_allclose(drift.in_levels()[1], covariance, rtol=1e-6)


def test_statistics_equal_statsmodels():
    import statsmodels.api as sm

    x = walk(400, seed=2)
    z = (x - x[:-1].mean()) / x[:-1].std()
    design = np.vander(z[:-1], 4, increasing=True)
    options = {"maxlags": 5, "use_correction": True}
    model = sm.OLS(np.diff(z), design).fit(cov_type="HAC", cov_kwds=options)
    pick = np.eye(4)
    top = model.wald_test(pick[3:], scalar=True).statistic
    all_powers = model.wald_test(pick[1:], scalar=True).statistic
    gradient = np.array([0, 1, 2 * z[-1], 3 * z[-1] ** 2])
    slope = gradient @ model.params / np.sqrt(gradient @ model.cov_params() @ gradient)
    assert_allclose(
        drift_statistics(x[np.newaxis], 3, 5, np.empty(0))[0], [top, all_powers, slope], rtol=1e-8
    )


@pytest.mark.parametrize("covariance", ("hac", "garch"))
@pytest.mark.parametrize("n_jobs", (1, 2))
def test_null_refits_are_those_of_whole_fits(covariance, n_jobs):
    x = np.cumsum(np.random.default_rng(6).standard_t(4, 200))
    garch = fit_garch(null_refits.autoregression(x)[2])
    weighting = garch.variance_parameters() if covariance == "garch" else np.empty(0)
    asked = x, garch, 60, 5, n_jobs, (3, 4, weighting)
    got, twin = portrait_nulls.null_statistics(*asked), null_refits.null_statistics(*asked)
    for kind in ("random_walk", "garch"):
        assert_array_equal(got[kind], twin[kind])
    assert_array_equal(got["mean_reverting"][:, 0], twin["mean_reverting"][:, 0])


def test_errors_follow_the_delta_method():
    drift = estimate_drift(2.0 + walk(300) / 4, 0.5, 3, 4, np.empty(0))
    coefficients, covariance = drift.in_levels()
    x = 3.1
    value, slope = x ** np.arange(4), np.array([0, 1, 2 * x, 3 * x**2])
    assert_allclose(drift(x), coefficients @ value, rtol=1e-8)
    assert_allclose(drift.slope(x), coefficients @ slope, rtol=1e-8)
    assert_allclose(drift.error(x), np.sqrt(value @ covariance @ value), rtol=1e-6)
    assert_allclose(drift.slope_error(x), np.sqrt(slope @ covariance @ slope), rtol=1e-6)


@pytest.mark.parametrize(
    ("coefficients", "shape", "present", "home", "fold"),
    [
        ([0, -1, 0, 1], "stable between unstable", 0.5, 0.0, 1 / np.sqrt(3)),
        ([0, 1, 0, -1], "unstable between stable", -0.2, -1.0, -1 / np.sqrt(3)),
        ([0.1, -1, 0, 1], "stable between unstable", 0.0, 0.1010312, -1 / np.sqrt(3)),
        ([-1, 0, 1], "stable and unstable", -5.0, -1.0, 0.0),
        ([0, -1, 0, -1], "one stable", 2.0, 0.0, None),
        ([0, -1, 0, 1], "stable between unstable", 1.5, None, None),
        ([1, 0, 1], "no equilibrium", 0.0, None, None),
    ],
)
def test_shapes_and_the_fold_that_matters(coefficients, shape, present, home, fold):
    drift = known_drift(coefficients)
    points, turns = fixed_points(drift, 2.0), folds(drift, 2.0)
    assert shape_of(points) == shape
    found = home_of(points, present)
    assert (found is None) == (home is None)
    if home is not None:
        assert_allclose(found.value, home, atol=1e-6)
        nearest = nearest_fold(points, turns, found)
        assert (nearest is None) == (fold is None)
        if fold is not None and abs(coefficients[0]) != 0.1:
            assert_allclose(abs(nearest.value), abs(fold), atol=1e-9)


def test_fold_margin_is_the_shift_that_removes_the_equilibrium():
    drift = known_drift([0.1, -1, 0, 1])
    points, turns = fixed_points(drift, 2.0), folds(drift, 2.0)
    fold = nearest_fold(points, turns, home_of(points, 0.0))
    for factor, expected in ((0.99, 3), (1.01, 1)):
        moved = known_drift([0.1 + factor * fold.shift, -1, 0, 1])
        assert len(fixed_points(moved, 2.0)) == expected
    reach = 2.0 * drift.error(fold.value)
    assert_allclose(fold.interval, (abs(fold.shift) - reach, abs(fold.shift) + reach))


def test_fixed_point_interval_follows_the_delta_method():
    point = fixed_points(known_drift([0, -2.0]), 2.0)[0]
    assert_allclose(point.interval, (-0.1, 0.1))
    assert point.stable


def test_double_well_is_identified():
    result = portrait(double_well_path(2500, seed=1), n_null=200)
    assert result.identified
    assert result.shape == "unstable between stable"
    assert [p.stable for p in result.fixed_points] == [True, False, True]
    for point, truth in zip(result.fixed_points, (-1, 0, 1), strict=True):
        assert point.interval[0] < truth < point.interval[1]
    assert result.p_value <= 0.05


def test_mean_reversion_is_not_a_double_well():
    rng = np.random.default_rng(4)
    x = np.zeros(1500)
    for t in range(1499):
        x[t + 1] = 0.9 * x[t] + rng.standard_normal()
    result = portrait(x, n_null=200)
    assert result.reverting
    assert not result.identified
    assert "linear feedback" in result.message


def test_a_series_running_away_is_divergent():
    rng = np.random.default_rng(5)
    x = np.empty(400)
    x[0] = 0.1
    for t in range(399):
        x[t + 1] = 1.01 * x[t] + 0.005 * rng.standard_normal()
    result = portrait(x, n_null=100)
    assert result.state == "divergent"
    assert result.intervals["slope"][0] > 0


def test_few_random_walks_are_identified():
    results = [portrait(walk(300, seed), n_null=60, seed=seed) for seed in range(60)]
    # Binomial(60, .05) exceeds 8 with probability below 1%.
    assert sum(r.identified for r in results) <= 8
    assert sum(r.state != "undetermined" for r in results) <= 8


def test_scale_shift_and_time_step():
    x = double_well_path(400, seed=3)
    plain = portrait(x, n_null=50)
    moved = portrait(1000.0 + 7.0 * x, dt=0.5, n_null=50)
    assert_allclose(moved.slope, 2 * plain.slope, rtol=1e-7)
    assert_allclose(moved.margin, 14 * plain.margin, rtol=1e-7)
    assert_allclose([p.value for p in moved.fixed_points], [1000 + 7 * p.value for p in plain.fixed_points])
    assert_allclose(moved.drift.noise_variance, 98 * plain.drift.noise_variance, rtol=1e-7)


def test_threads_and_seeds():
    x = walk(200)
    one, two = portrait(x, n_null=60, seed=3), portrait(x, n_null=60, seed=3, n_jobs=2)
    assert one.p_values == two.p_values
    assert portrait(x, n_null=60, seed=4).p_values != one.p_values


def test_garch_weights_are_an_option():
    x = cubic_paths(1, 400, seed=1)[0]
    result = portrait(x, covariance="garch", n_null=40)
    assert np.isfinite(result.slope)
    assert result.p_values["shape"].keys() == {"random_walk", "garch", "mean_reverting"}


def test_without_null_paths_nothing_is_identified():
    result = portrait(double_well_path(500, seed=1), n_null=0)
    assert not result.identified
    assert "no null paths" in result.message
    assert np.isnan(result.p_value)


def test_a_spike_does_not_break_it():
    x = walk(300)
    x[150] += 1000.0
    result = portrait(x, n_null=20)
    assert np.isfinite(result.slope)


@pytest.mark.parametrize(
    ("x", "options", "words"),
    [
        (np.ones(100), {}, "must vary"),
        (np.append(np.ones(99), 5.0), {}, "must vary"),
        (np.arange(100.0), {}, "must have noise"),
        (np.arange(10.0), {}, "at least 52"),
        (np.full(100, np.nan), {}, "100 of 100"),
        (np.tile([0.0, 1.0, 1.0], 50), {}, "distinct levels"),
        (walk(100), {"dt": 0.0}, "dt"),
        (walk(100), {"degree": 4}, "degree"),
        (walk(100), {"covariance": "ols"}, "covariance"),
        (walk(100), {"confidence": 95}, "confidence"),
        (walk(100), {"n_null": -1}, "n_null"),
        (walk(100), {"lags": 80}, "lags"),
    ],
)
def test_bad_input_is_named(x, options, words):
    with pytest.raises(ValueError, match=words):
        portrait(x, **options)


def test_result_as_plain_values():
    series = pd.Series(walk(120), index=pd.bdate_range("2021-01-01", periods=120))
    result = portrait(series, n_null=20)
    values = json.loads(json.dumps(result.to_dict()))
    assert values["state"] == result.state
    assert_allclose(values["coefficients"], result.coefficients)
    assert str(result.index[-1].date()) in result._repr_html_()


def test_public_names_are_functions():
    import earlywarning

    names = ("portrait", "escape_time", "transitions", "tipping_time", "coupling", "gsadf", "critical_values")
    assert all(callable(getattr(earlywarning, name)) for name in names)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["random_walk", "garch", "linear"])
def test_noise_is_seldom_identified(kind):

    rng = np.random.default_rng(12)
    shocks = rng.standard_normal((300, 400))
    if kind == "garch":
        shocks = Garch(0.05, 0.1, 0.85, 5.0, 1.0).simulate(rng, 300, 400)
    found = divergent = 0
    for i, row in enumerate(shocks):
        x = np.cumsum(row)
        if kind == "linear":
            for t in range(1, 400):
                x[t] = 0.95 * x[t - 1] + row[t]
        result = portrait(x, n_null=99, seed=i)
        found += result.identified
        divergent += result.state == "divergent"
    assert found <= 0.05 * 300
    assert divergent <= 0.05 * 300

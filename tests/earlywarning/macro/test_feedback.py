"""Time-varying feedback: kernels against dense algebra, known sign changes, and what noise must not show."""

import numpy as np
import pandas as pd
import pytest
import reference_systems as slow
from numpy.testing import assert_allclose

import earlywarning
from earlywarning._kernels.feedback import (
    filter_coefficient,
    long_run_fit,
    refit_constant,
    rolling_fit,
    weaker_sign,
)
from earlywarning.macro.feedback import time_varying
from earlywarning.macro.feedback_nulls import stationary_order

WEEKS, WINDOW = 400, 80


def pair(slope, seed=0, noise=1.0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(len(slope))
    return slope * x + noise * rng.standard_normal(len(slope)), x


def turning(size=0.6, n=WEEKS):
    return size * np.where(np.arange(n) < n // 2, 1.0, -1.0)


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("lags", [0, 4])
def test_long_run_fit_equals_its_slow_twin(intercept, lags):
    y, x = pair(np.full(90, 0.4), seed=1)
    fast = long_run_fit(y + 3, x + 7, intercept, lags)
    assert_allclose(fast, slow.long_run_fit(y + 3, x + 7, intercept, lags), rtol=1e-9)


def test_long_run_fit_equals_statsmodels():
    import statsmodels.api as sm

    y, x = pair(np.full(90, 0.4), seed=2)
    model = sm.OLS(y, sm.add_constant(x)).fit(cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True})
    assert_allclose(long_run_fit(y, x, True, 3), (model.params[1], model.bse[1]), rtol=1e-9)


def test_rolling_fit_is_the_fit_of_each_window():
    y, x = pair(turning(n=120), seed=3)
    path = rolling_fit(y, x, 40, True, 2)
    assert np.isnan(path[:39]).all()
    for end in (40, 77, 120):
        expected = slow.long_run_fit(y[end - 40 : end], x[end - 40 : end], True, 2)
        assert_allclose(path[end - 1], expected, rtol=1e-9)


def test_a_regressor_that_does_not_vary_has_no_slope():
    y, _ = pair(np.ones(40))
    assert np.isnan(long_run_fit(y, np.full(40, 3.0), True, 0)).all()


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("ratio", [0.0, 0.01, 0.3])
def test_filter_equals_gaussian_conditioning(intercept, ratio):
    y, x = pair(np.linspace(-1, 1, 60), seed=4)
    path, _, _ = filter_coefficient(y, x, intercept, ratio)
    for last in (20, 60):
        expected = slow.last_coefficient(y[:last], x[:last], intercept, ratio)
        # The filter's prior of 1e6 costs it ten of sixteen digits.
        assert_allclose(path[last - 1], expected, rtol=1e-5, atol=1e-8)


def test_weaker_sign_is_the_smaller_of_the_two_strongest():
    fits = np.array([[2.0, 1.0], [-3.0, 1.0], [np.nan, np.nan], [5.0, 1.0]])
    assert weaker_sign(fits) == 3.0
    assert weaker_sign(np.array([[2.0, 1.0]])) == 0.0


def test_resampled_paths_go_through_the_same_fits():
    y, x = pair(np.full(100, 0.5), seed=5)
    residual = y - 0.5 * x
    order = stationary_order(np.random.default_rng(0), 100, 3, 5.0)
    weaker, centred = refit_constant(x, residual, 0.5, order, 40, True, 2, 4)
    for row, positions in enumerate(order):
        path = 0.5 * x[positions] + residual[positions]
        fits = [
            slow.long_run_fit(path[end - 40 : end], x[positions][end - 40 : end], True, 2)
            for end in range(100, 39, -4)
        ]
        t = np.array([b / e for b, e in fits])
        assert_allclose(weaker[row], min(max(t.max(), 0), max(-t.min(), 0)), rtol=1e-9, atol=1e-12)
        assert_allclose(centred[row, 0], (fits[0][0] - 0.5) / fits[0][1], rtol=1e-8)


def test_a_turn_is_dated_between_what_is_seen_before_and_after():
    y, x = pair(turning(), seed=6)
    found = time_varying(y, x, window=WINDOW, replications=99)
    assert found.regime == found.sign == -1
    assert [change.after for change in found.changes] == [-1]
    change = found.changes[0]
    assert int(change.earliest) <= WEEKS // 2 <= int(change.seen)
    assert abs(int(change.date) - WEEKS // 2) <= 20  # the best split, a few noisy weeks off
    assert change.p_value <= 0.05
    assert found.interval[0] <= -0.6 <= found.interval[1]
    assert found.filtered_interval[0] <= -0.6 <= found.filtered_interval[1]


def test_a_constant_relation_never_turns_and_noise_has_no_sign():
    constant = time_varying(*pair(np.full(WEEKS, 0.5), seed=7), window=WINDOW, replications=99)
    assert constant.regime == 1
    assert not constant.changes
    assert constant.ratio < 1e-3
    nothing = time_varying(*pair(np.zeros(WEEKS), seed=8), window=WINDOW, replications=99)
    assert not nothing.changes
    assert nothing.p_value > 0.05


def test_the_estimate_at_a_date_sees_nothing_after_it():
    y, x = pair(turning(), seed=9)
    whole = time_varying(y, x, window=WINDOW, replications=19)
    cut = time_varying(y[:300], x[:300], window=WINDOW, replications=19)
    later = list(whole.frame.attrs["later_data_change"])
    pd.testing.assert_frame_equal(
        whole.frame[:300].drop(columns=later), cut.frame.drop(columns=later), rtol=1e-12
    )
    for name in set(later) - {"sign"}:  # a sign changes only where its interval just held zero
        assert not np.allclose(whole.frame[name][WINDOW:300], cut.frame[name][WINDOW:]), name


def test_scale_and_shift_do_not_matter():
    y, x = pair(turning(), seed=10)
    one = time_varying(y, x, window=WINDOW, replications=29)
    other = time_varying(100 * y + 3, x / 7 - 1, window=WINDOW, replications=29)
    assert_allclose(other.coefficient, 700 * one.coefficient, rtol=1e-8)
    assert_allclose(other.interval, 700 * np.array(one.interval), rtol=1e-6)
    assert_allclose(other.filtered, 700 * one.filtered, rtol=1e-3)  # its variance ratio is searched for
    assert one.p_value == other.p_value


def test_without_x_it_is_a_drift():
    rng = np.random.default_rng(11)
    rising = time_varying(0.4 + rng.standard_normal(WEEKS), window=WINDOW, replications=49)
    assert rising.regime == 1
    assert rising.interval[0] < 0.4 < rising.interval[1]


def test_series_are_joined_and_threads_change_nothing():
    y, x = pair(turning(), seed=12)
    days = pd.bdate_range("2010-01-01", periods=WEEKS)
    one = time_varying(pd.Series(y, days), pd.Series(x, days).drop(days[5]), window=WINDOW, replications=60)
    other = time_varying(
        pd.Series(y, days).drop(days[5]), pd.Series(x, days), window=WINDOW, replications=60, n_jobs=2
    )
    assert one.to_dict() == other.to_dict()
    assert one.since.startswith("201")
    assert "since" in one._repr_html_()


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"window": 10}, "window"),
        ({"window": 300}, "at least 600"),
        ({"confidence": 0.3}, "confidence"),
        ({"replications": 5}, "replications"),
        ({"lags": 60}, "lags"),
        ({"block": 0.5}, "block"),
        ({"every": 0}, "every"),
    ],
)
def test_impossible_options_are_named(options, rule):
    with pytest.raises(ValueError, match=rule):
        time_varying(*pair(np.zeros(WEEKS)), **{"window": WINDOW, **options})


def test_bad_series_are_named():
    y, x = pair(np.zeros(WEEKS))
    with pytest.raises(ValueError, match="x must vary"):
        time_varying(y, np.ones(WEEKS), window=WINDOW)
    with pytest.raises(ValueError, match="equal length"):
        time_varying(y, x[1:], window=WINDOW)
    with pytest.raises(ValueError, match="finite"):
        time_varying(np.where(x > 2, np.nan, y), x, window=WINDOW)


def test_it_is_public():
    assert earlywarning.time_varying is time_varying


@pytest.mark.slow
@pytest.mark.parametrize("heavy", [False, True])
def test_walks_show_turns_at_the_nominal_rate(heavy):
    """Independent increments, Gaussian or with clustered volatility: at most 5% turns, intervals near 95%."""
    turns, covered = [], []
    for trial in range(300):
        rng = np.random.default_rng([trial, heavy])
        size = np.exp(0.4 * np.sin(np.arange(WEEKS) / 15)) if heavy else 1.0
        draw = (lambda: rng.standard_t(4, WEEKS)) if heavy else (lambda: rng.standard_normal(WEEKS))  # noqa: B023
        found = time_varying(size * draw(), size * draw(), window=WINDOW, replications=199, seed=trial)
        turns.append(bool(found.changes))
        covered.append(found.interval[0] <= 0 <= found.interval[1])
    assert np.mean(turns) <= 0.05 + 1.65 * np.sqrt(0.05 * 0.95 / 300)
    assert np.mean(covered) >= 0.95 - 2.6 * np.sqrt(0.05 * 0.95 / 300)

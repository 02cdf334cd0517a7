import numpy as np
import pytest
import reference_slowing_down as slow
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from earlywarning import detrend
from earlywarning.slowing.detrending import METHODS, Detrending


def series(n=300, seed=1, gaps=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n).cumsum()
    x[rng.choice(n, gaps, replace=False)] = np.nan
    return x


@pytest.mark.parametrize("method", ["gaussian", "lowess"])
@pytest.mark.parametrize("gaps", [0, 40])
@pytest.mark.parametrize("bandwidth", [3, 40.5, 500])
def test_causal_local_fit_equals_weighted_least_squares(method, gaps, bandwidth):
    x = series(gaps=gaps)
    expected = slow.causal_line_residual(x, Detrending(method, bandwidth, True).lag_weights)
    assert_allclose(detrend(x, method, bandwidth), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("gaps", [0, 40])
def test_expanding_line_equals_polyfit(gaps):
    x = series(gaps=gaps)
    assert_allclose(detrend(x, "linear"), slow.expanding_line_residual(x), rtol=1e-9, atol=1e-9)


def test_difference_and_none():
    x = np.array([1.0, 3.0, np.nan, 4.0, 9.0])
    assert_array_equal(detrend(x, "difference"), [np.nan, 2, np.nan, np.nan, 5])
    assert_array_equal(detrend(x, "none"), x)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("gaps", [0, 30])
def test_causal_residuals_do_not_see_the_future(method, gaps):
    x = series(gaps=gaps)
    whole = detrend(x, method, 50)
    for cut in (3, 20, 51, 180):
        assert_array_equal(detrend(x[:cut], method, 50), whole[:cut])


@pytest.mark.parametrize("method", ["gaussian", "lowess", "linear"])
def test_two_sided_residuals_do_see_it(method):
    x = series()
    assert not np.allclose(
        detrend(x[:200], method, 50, causal=False), detrend(x, method, 50, causal=False)[:200]
    )


def test_two_sided_gaussian_is_scipy_and_lowess_is_statsmodels():
    from scipy.ndimage import gaussian_filter
    from statsmodels.nonparametric.smoothers_lowess import lowess

    x = series()
    gaussian = x - gaussian_filter(x, 0.25 / 0.675 * 60, mode="reflect")
    assert_allclose(detrend(x, "gaussian", 60, causal=False), gaussian, atol=1e-12)
    smooth = lowess(x, np.arange(x.size), frac=0.2)[:, 1]
    assert_allclose(detrend(x, "lowess", 60, causal=False), x - smooth, atol=1e-12)


@pytest.mark.parametrize("method", ["gaussian", "lowess", "linear"])
def test_two_sided_gaps_stay_gaps(method):
    x = series(gaps=30)
    residual = detrend(x, method, 50, causal=False)
    assert_array_equal(np.isnan(residual), np.isnan(x))
    assert np.nanstd(residual) < np.nanstd(x)


@pytest.mark.parametrize("method", ["gaussian", "lowess", "linear", "difference"])
def test_a_constant_leaves_exactly_nothing(method):
    residual = detrend(np.full(200, 0.1), method, 30)
    assert_array_equal(residual[~np.isnan(residual)], 0.0)


def test_a_straight_line_leaves_nothing_to_the_line_methods():
    x = 5.0 + 0.3 * np.arange(200)
    for method in ("linear", "lowess", "gaussian"):
        assert_allclose(detrend(x, method, 30)[2:], 0.0, atol=1e-10)


@settings(max_examples=30, deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(0.01, 100))
def test_residuals_ignore_a_shift_and_keep_the_scale(shift, scale):
    x = series(80)
    for method in METHODS[1:]:
        assert_allclose(
            detrend(shift + scale * x, method, 20), scale * detrend(x, method, 20), atol=1e-7, rtol=1e-6
        )


@pytest.mark.parametrize(
    "arguments, message",
    [
        (([1.0, 2.0, 3.0], "spline"), "method must be one of"),
        (([1.0, 2.0, 3.0], "gaussian"), "bandwidth is required"),
        (([1.0, 2.0, 3.0], "lowess", 1), "bandwidth must be at least 3"),
        (([1.0, 2.0, np.inf], "none"), "finite or NaN"),
        (([1.0, 2.0], "none"), "at least 3 values"),
        (([[1.0, 2.0]], "none"), "one-dimensional"),
    ],
)
def test_errors_name_the_parameter(arguments, message):
    with pytest.raises(ValueError, match=message):
        detrend(*arguments)


def test_all_missing_stays_missing():
    for causal in (True, False):
        for method in METHODS:
            assert np.isnan(detrend(np.full(50, np.nan), method, 10, causal)).all()

"""Coupled feedback: kernels against statsmodels and pandas, known pairs, and what noise must not show."""

import numpy as np
import pandas as pd
import pytest
from null_series import NULL_SERIES, mean_reversion
from numpy.testing import assert_allclose

from earlywarning._kernels.pairs import (
    fit_pair,
    flipped_ranges,
    leading_eigenvalue,
    loop_statistic,
    rolling_correlation,
    running_correlation,
)
from earlywarning.core.null_refits import raised_persistence
from earlywarning.macro.pair_feedback import coupling


def pair(matrix, n, seed, correlation=0.0):
    rng = np.random.default_rng(seed)
    shocks = rng.standard_normal((n, 2))
    shocks[:, 1] = correlation * shocks[:, 0] + np.sqrt(1 - correlation**2) * shocks[:, 1]
    z = np.zeros((n, 2))
    for t in range(n - 1):
        z[t + 1] = np.array(matrix) @ z[t] + shocks[t]
    return np.ascontiguousarray(z[:, 0]), np.ascontiguousarray(z[:, 1])


def fitted(x, y):
    matrix, noise, inverse = np.empty((2, 2)), np.empty((2, 2)), np.empty((2, 2))
    assert fit_pair(x, y, matrix, noise, inverse)
    return matrix, noise, inverse


def test_fit_equals_statsmodels():
    from statsmodels.tsa.api import VAR

    x, y = pair([[0.8, 0.1], [-0.2, 0.7]], 150, 1, 0.4)
    matrix, noise, inverse = fitted(x + 50, y - 3)
    model = VAR(np.column_stack([x + 50, y - 3])).fit(1)
    assert_allclose(matrix, model.coefs[0], rtol=1e-8)
    assert_allclose(noise, model.sigma_u, rtol=1e-8)
    errors = np.sqrt(np.outer(np.diag(noise), np.diag(inverse)))
    assert_allclose(errors, model.stderr[1:].T, rtol=1e-8)
    ratios = model.tvalues[1:].T
    expected = np.sign(ratios[0, 1] * ratios[1, 0]) * min(abs(ratios[0, 1]), abs(ratios[1, 0]))
    assert_allclose(loop_statistic(matrix, noise, inverse), expected, rtol=1e-8)


@pytest.mark.parametrize("matrix", [[[0.8, 0.1], [0.2, 0.7]], [[0.8, 0.3], [-0.3, 0.8]]])
def test_leading_eigenvalue_and_its_error(matrix):
    estimate, noise, inverse = fitted(*pair(matrix, 200, 2))
    value, error, turning = leading_eigenvalue(estimate, noise, inverse)
    values = np.linalg.eigvals(estimate)
    assert_allclose(value, values.real.max(), rtol=1e-12)
    assert turning == bool(np.abs(values.imag).max() > 0)
    gradient = np.empty(4)
    for i in range(4):
        moved = estimate.copy()
        moved.flat[i] += 1e-6
        gradient[i] = (np.linalg.eigvals(moved).real.max() - value) / 1e-6
    assert_allclose(error, np.sqrt(gradient @ np.kron(noise, inverse) @ gradient), rtol=1e-4)


@pytest.mark.parametrize("kernel", [rolling_correlation, running_correlation])
def test_rolling_correlation_equals_pandas(kernel):
    a, b = np.random.default_rng(0).standard_normal((2, 200))
    out = np.empty(200)
    kernel(a, b, 30, out)
    assert_allclose(out, pd.Series(a).rolling(30).corr(pd.Series(b)), atol=1e-12)


def test_jacobian_in_each_window():
    x, y = pair([[0.9, 0.05], [0.04, 0.88]], 300, 3)
    result = coupling(x, y, dt=0.5, window=100, replications=19)
    matrix, _, _ = fitted(x[120:220], y[120:220])
    row = result.frame.iloc[219]
    assert_allclose(row[["J11", "J12", "J21", "J22"]].to_numpy(float), ((matrix - np.eye(2)) / 0.5).ravel())
    assert_allclose(row["loop"], row["J12"] * row["J21"])
    assert result.frame["eigenvalue"].iloc[:99].isna().all()


@pytest.mark.parametrize(("sign", "loop"), [(1.0, "reinforcing"), (-1.0, "balancing")])
def test_sign_of_a_strong_loop(sign, loop):
    x, y = pair([[0.6, 0.3], [sign * 0.3, 0.6]], 400, 4)
    result = coupling(x, y, window=300, replications=199)
    assert result.loop == loop
    assert result.loop_p_value <= 0.05


def test_interval_holds_the_eigenvalue():
    covered = 0
    for seed in range(40):
        x, y = pair([[1.0, 0.0], [0.0, 0.9]], 200, seed)
        result = coupling(x, y, window=150, replications=99)
        covered += result.interval[0] < 0.0 < result.interval[1]
    # 95% nominal, a unit root: Binomial(40, .9) falls below 31 with probability below 1%.
    assert covered >= 31


def test_unrelated_walks_show_no_relation():
    found = np.zeros(3)
    for seed in range(60):
        x, y = pair(np.eye(2), 300, seed)
        result = coupling(x, y, window=150, replications=99)
        found += [result.loop != "undetermined", result.relation != 0, result.change_p_value <= 0.05]
    # Binomial(60, .05) exceeds 8 with probability below 1%.
    assert (found <= 8).all()


def test_a_relation_that_turns_is_seen():
    rng = np.random.default_rng(5)
    a, b = rng.standard_normal((2, 800))
    b = np.where(np.arange(800) < 400, 0.6 * a, -0.6 * a) + 0.8 * b
    result = coupling(np.cumsum(a), np.cumsum(b), window=150, replications=199)
    assert result.relation == -1
    assert result.relation_p_value <= 0.05
    assert result.change_p_value <= 0.01
    assert result.frame["sign"].iloc[350] == 1


def test_common_volatility_is_not_a_relation():
    found = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        spread = np.exp(np.cumsum(0.15 * rng.standard_normal(300)))
        x, y = np.cumsum(spread * rng.standard_normal((2, 300)), axis=1)
        found += coupling(x, y, window=200, replications=99).relation != 0
    # A plain correlation test rejects about a quarter of these.
    assert found <= 6


@pytest.mark.parametrize("r", [0.0, 0.6])
def test_changing_volatility_is_not_a_changed_relation(r):
    found = 0
    for seed in range(16):
        shocks = np.random.default_rng(seed).standard_normal((300, 2))
        shocks[:, 1] = r * shocks[:, 0] + np.sqrt(1 - r**2) * shocks[:, 1]
        shocks[150:, 0] *= 5.0
        shocks[:100, 1] *= 4.0
        x, y = np.cumsum(shocks, axis=0).T
        found += coupling(x, y, window=100, replications=99).change_p_value <= 0.05
    # Binomial(16, .05) exceeds 3 with probability below 1%; reshuffled pairs reject most of these.
    assert found <= 3


def test_the_ranges_under_the_null_equal_their_slow_twin():
    rng = np.random.default_rng(0)
    a, shared, rest = rng.standard_normal((3, 120))
    signs = rng.choice([-1.0, 1.0], (4, 120))
    expected = []
    for row in signs:
        r = pd.Series(a).rolling(40).corr(pd.Series(shared + rest * row)).dropna()
        expected.append(np.ptp(np.arctanh(r)))
    assert_allclose(flipped_ranges(a, shared, rest, signs, 40), expected, rtol=1e-9)


def test_the_persistence_of_a_null_is_not_biased():
    """Least squares puts a walk of 150 values .035 below one; half of the raised ones reach it."""
    rng = np.random.default_rng(1)
    walks = [raised_persistence(np.cumsum(rng.standard_normal(150))) for _ in range(400)]
    assert 0.4 <= np.mean(np.array(walks) == 1.0) <= 0.65
    reverting = [raised_persistence(mean_reversion(rng, 150)) for _ in range(400)]
    assert_allclose(np.mean(reverting), 0.9, atol=0.01)  # four standard errors of the mean


@pytest.mark.slow
@pytest.mark.parametrize("kind", NULL_SERIES)
def test_a_thousand_unrelated_pairs_are_related_at_the_nominal_rate(kind):
    found = np.zeros(3)
    for seed in range(1000):
        rng = np.random.default_rng([seed, 7])
        x, y = (NULL_SERIES[kind](rng, 220) for _ in range(2))
        out = coupling(x, y, window=150, replications=99, seed=seed)
        found += [out.loop != "undetermined", out.relation != 0, out.change_p_value <= 0.05]
    assert (found >= 30).all(), found
    assert (found <= 70).all(), found


def test_scale_and_shift_change_nothing():
    x, y = pair([[0.9, 0.05], [0.04, 0.88]], 200, 6)
    plain = coupling(x, y, window=100, replications=49)
    moved = coupling(1000 + 3 * x, -7 + 0.01 * y, window=100, replications=49)
    assert_allclose(moved.eigenvalue, plain.eigenvalue, rtol=1e-8)
    assert_allclose(moved.frame["loop"], plain.frame["loop"], rtol=1e-7)
    assert (moved.loop_p_value, moved.change_p_value) == (plain.loop_p_value, plain.change_p_value)


def test_threads_and_seeds():
    x, y = pair([[0.9, 0.05], [0.04, 0.88]], 200, 7)
    one = coupling(x, y, window=100, replications=60)
    two = coupling(x, y, window=100, replications=60, n_jobs=2)
    assert one.to_dict() == two.to_dict()
    assert one.frame.equals(two.frame)
    assert coupling(x, y, window=100, replications=60, seed=1).interval != one.interval


def test_columns_that_later_data_change_say_so_in_the_frame():
    x, y = pair([[0.9, 0.05], [0.04, 0.88]], 200, 8)
    full = coupling(x, y, window=100, replications=19).frame
    past = coupling(x[:150], y[:150], window=100, replications=19).frame
    later = list(full.attrs["later_data_change"])
    pd.testing.assert_frame_equal(past.drop(columns=later), full.iloc[:150].drop(columns=later))
    assert not past[later[0]].equals(full[later[0]].iloc[:150])


def test_series_meet_on_common_labels():
    x, y = pair([[0.9, 0.0], [0.0, 0.9]], 200, 9)
    dates = pd.bdate_range("2020-01-01", periods=200)
    first, second = pd.Series(x, dates), pd.Series(y, dates).drop(dates[10])
    second.iloc[20] = np.nan
    result = coupling(first, second, window=100, replications=19)
    assert len(result.frame) == 198
    assert str(dates[-1].date()) in result._repr_html_()


def test_a_flat_stretch_is_nan_with_the_rest_intact():
    x, y = pair([[0.9, 0.0], [0.0, 0.9]], 300, 10)
    y[40:160] = 5.0
    frame = coupling(x, y, window=100, replications=19).frame
    assert np.isnan(frame["eigenvalue"].iloc[150])
    assert np.isnan(frame["correlation"].iloc[150])
    assert np.isfinite(frame["eigenvalue"].iloc[-1])


@pytest.mark.parametrize(
    ("x", "y", "options", "words"),
    [
        (np.arange(300.0), np.arange(299.0), {}, "equal length"),
        (np.arange(100.0), np.arange(100.0), {}, "at least 270"),
        (np.full(300, np.nan), np.arange(300.0), {}, "300 of 300"),
        (np.ones(300), np.arange(300.0), {}, "x must vary"),
        (np.arange(300.0) ** 0.5, 3 - 2 * np.arange(300.0) ** 0.5, {}, "proportional"),
        (np.arange(300.0), np.arange(300.0), {"dt": 0.0}, "dt"),
        (np.arange(300.0), np.arange(300.0), {"window": 5}, "window"),
        (np.arange(300.0), np.arange(300.0), {"confidence": 0.2}, "confidence"),
        (np.arange(300.0), np.arange(300.0), {"replications": 1}, "replications"),
    ],
)
def test_bad_input_is_named(x, y, options, words):
    with pytest.raises(ValueError, match=words):
        coupling(x, y, **options)

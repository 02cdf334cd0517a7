"""Compiled arithmetic against its slow twins."""

import numpy as np
import pytest
import reference
from numba import njit
from numpy.testing import assert_allclose

from lppl._kernels import arithmetic as _kernels
from lppl._kernels import elementary, elementary_single
from lppl._kernels import grid as _grid
from lppl._kernels import minima as _minima
from lppl._kernels import quadrature as _quadrature
from lppl._kernels import refine as _refine
from lppl._kernels import sums as _sums
from lppl.fitting.quadrature import quadrature


@njit
def _elementary(x):
    out = np.empty((5, x.size))
    for i in range(x.size):
        out[0, i] = elementary.log(x[i])
        out[4, i] = elementary.log_inverse(x[i])[1]
        out[1, i] = elementary.exp(out[0, i])
        out[2, i], out[3, i] = elementary.sincos(50.0 * out[0, i])
    return out


@njit
def _elementary_single(x):
    out = np.empty((5, x.size), np.float32)
    for i in range(x.size):
        out[0, i], out[4, i] = elementary_single.log_inverse(x[i])
        out[1, i] = elementary_single.expm1(out[0, i])
        out[2, i], out[3, i] = elementary_single.sincos(np.float32(50.0) * out[0, i])
    return out


def _window(n=300, seed=0):
    t = np.arange(n) - (n - 1.0)
    return t, np.random.default_rng(seed).normal(size=n).cumsum() * 0.01


def _evaluate(t, y, x):
    work, weights = np.empty((5, t.size)), np.ones(t.size)
    gradient, hessian, linear = np.empty(3), np.empty((3, 3)), np.empty(4)
    scale = np.log(t[-1] - t[0])
    value = _kernels.evaluate(t, y, weights, *x, scale, work, gradient, hessian, linear)
    return value, gradient, hessian


def test_elementary_functions_are_accurate_to_rounding():
    x = np.exp(np.random.default_rng(1).uniform(-10, 10, 50_000))
    log, exp, sine, cosine, inverse = _elementary(x)
    assert_allclose(log, np.log(x), rtol=1e-15, atol=1e-15)
    assert_allclose(exp, np.exp(log), rtol=1e-15)
    assert_allclose(inverse, 1.0 / x, rtol=1e-15)
    assert_allclose(sine, np.sin(50.0 * log), atol=1e-15)
    assert_allclose(cosine, np.cos(50.0 * log), atol=1e-15)


def test_elementary_functions_of_single_precision_are_accurate_to_it():
    x = np.exp(np.random.default_rng(1).uniform(-10, 10, 50_000)).astype(np.float32)
    log, exp, sine, cosine, inverse = _elementary_single(x)
    phase = np.float64(np.float32(50.0) * log)
    assert_allclose(log, np.log(np.float64(x)), rtol=2e-7, atol=2e-7)
    assert_allclose(exp, np.expm1(np.float64(log)), rtol=3e-7, atol=3e-7)
    assert_allclose(inverse, 1.0 / np.float64(x), rtol=3e-7)
    assert_allclose(sine, np.sin(phase), atol=3e-7)
    assert_allclose(cosine, np.cos(phase), atol=3e-7)


@njit
def _descend(t, y, x, lower, upper, home):
    work = np.empty((5, t.size)), np.empty((7, t.size), np.float32)
    scratch, weights = np.empty((20, 4)), np.ones(t.size)
    scale, how = np.log(t[-1] - t[0]), (1e-12, 100, False, False)
    return _refine.refine(t, y, weights, 0.0, scale, x, lower, upper, how, np.inf, home, work, scratch)


def test_a_descent_that_comes_to_a_known_minimum_is_given_up():
    t, noise = _window()
    tau = 20.0 - t
    y = 0.01 * noise - 0.02 * tau**0.5 * (1.0 + 0.1 * np.cos(8.0 * np.log(tau)))
    lower, upper, start = np.array([1.0, 0.1, 2.0]), np.array([150.0, 2.0, 25.0]), np.array([22.0, 0.6, 8.2])
    best, x = start.copy(), start.copy()
    sse, converged, used = _descend(t, y, best, lower, upper, np.full(4, np.inf))
    assert converged
    again, converged, fewer = _descend(t, y, x, lower, upper, np.array([sse, *best]))
    assert not converged and fewer < used and again >= sse
    assert (abs(x - best) <= _refine.SAME).all()
    # One that lies above where the descent goes is passed.
    lower_one, converged, _ = _descend(t, y, start, lower, upper, np.array([1.01 * sse, *best]))
    assert converged and lower_one == sse


@pytest.mark.parametrize("tc", [-40.3, -0.2, 0.5, 12.7, 200.0])
@pytest.mark.parametrize("m", [0.001, 0.3, 1.0, 2.0])
@pytest.mark.parametrize("omega", [1.0, 7.5, 50.0])
def test_an_estimate_is_the_value_to_single_precision(tc, m, omega):
    t, y = _window()
    value, gradient, hessian = _evaluate(t, y, (tc, m, omega))
    work, scale = np.empty((7, t.size), np.float32), np.log(t[-1] - t[0])
    work[_sums.PRICES], work[_sums.WEIGHTS] = y, 1.0
    found, bent = np.empty(3), np.empty((3, 3))
    estimate = _kernels.estimate(t, tc, m, omega, scale, work, found, bent)
    assert_allclose(estimate, value, rtol=2e-5)
    if omega > 1.0 or tc < 1.0:  # of less than a third of a turn little is left beside the other columns
        size = np.sqrt(value * np.diag(hessian))  # how far one standard deviation of a parameter bends it
        assert (abs(found - gradient) <= 2e-3 * size).all()
        assert_allclose(
            bent, hessian, atol=0.05 * np.sqrt(np.outer(np.diag(hessian), np.diag(hessian))).max()
        )


@pytest.mark.parametrize("tc", [-40.3, -0.2, 0.5, 12.7, 200.0])
@pytest.mark.parametrize("m", [0.001, 0.3, 1.0, 2.0])
@pytest.mark.parametrize("omega", [1.0, 7.5, 50.0])
def test_sse_equals_dense_least_squares(tc, m, omega):
    t, y = _window()
    # The twin's columns are nearly collinear at m = 0.001; it loses digits there, not the kernel.
    assert_allclose(_evaluate(t, y, (tc, m, omega))[0], reference.sse(t, y, tc, m, omega), rtol=1e-9)


@pytest.mark.parametrize("x", [(25.3, 0.4, 8.0), (9.1, 1.2, 3.1), (-20.2, 0.7, 5.0), (60.0, 0.05, 12.0)])
def test_gradient_is_the_derivative_of_the_sse(x):
    t, y = _window()
    _, gradient, _ = _evaluate(t, y, x)
    for k, h in enumerate((1e-4, 1e-5, 1e-4)):
        step = np.zeros(3)
        step[k] = h
        slope = (reference.sse(t, y, *(x + step)) - reference.sse(t, y, *(x - step))) / (2 * h)
        assert_allclose(-2.0 * gradient[k], slope, rtol=1e-5, atol=1e-7)  # finite differences


def test_hessian_is_exact_near_a_minimum():
    t, _ = _window(400)
    truth = np.array([30.0, 0.5, 7.0])
    y = reference.design(t, *truth) @ np.array([1.0, -0.02, 0.002, 0.001])
    y = y + np.random.default_rng(2).normal(scale=0.01, size=t.size)
    x = truth + np.array([1.0, 0.01, 0.05])
    _, _, hessian = _evaluate(t, y, x)
    numeric = np.empty((3, 3))
    for k, h in enumerate((1e-4, 1e-5, 1e-4)):
        step = np.zeros(3)
        step[k] = h
        numeric[k] = (_evaluate(t, y, x - step)[1] - _evaluate(t, y, x + step)[1]) / (2 * h)
    assert_allclose(hessian, numeric, rtol=1e-5)  # finite differences


@njit
def _step(hessian, gradient, x, low, high):
    out = np.zeros(3)
    _refine.bounded_step(hessian, gradient, 0.0, x, low, high, out)
    return out


def test_bounded_step_is_the_minimum_of_the_quadratic_over_the_box():
    rng = np.random.default_rng(3)
    for _ in range(200):
        root = rng.normal(size=(3, 3))
        hessian = root @ root.T + 0.1 * np.eye(3)
        gradient = rng.normal(size=3) * 3
        x = rng.uniform(0, 1, 3)
        expected = reference.box_step(hessian, gradient, -x, 1 - x)
        assert_allclose(_step(hessian, gradient, x, np.zeros(3), np.ones(3)), expected, atol=1e-9)


@njit
def _gathered(t, y, nodes, low, high, omega):
    room = t.size + 16
    summary, work = np.empty((3, room)), (np.empty((5, room)), np.empty((7, room), np.float32))
    size, rest = _quadrature.gather(t, y, nodes, low, high, omega, work, summary)
    return summary[:, :size], rest, work[1][:, :size]


@pytest.mark.parametrize("x", [(25.3, 0.4, 8.0), (-61.4, 0.9, 5.0), (90.0, 1.5, 2.5), (3.0, 0.1, 20.0)])
@pytest.mark.parametrize("calendar", [False, True])
def test_the_nodes_of_a_quadrature_tell_the_sse_of_all_observations(x, calendar):
    t, y = _window(701)
    t = t + 2.0 * np.floor((t + 700.0) / 5.0) - 280.0 if calendar else t
    nodes = quadrature(t).nodes(y)
    (times, prices, weights), rest, single = _gathered(t, y, nodes, x[0] - 4.0, x[0] + 4.0, x[2])
    assert (single[_sums.PRICES] == prices.astype(np.float32)).all()
    assert (single[_sums.WEIGHTS] == weights.astype(np.float32)).all()
    told = reference.weighted_sse(times, prices, weights, *x) + rest
    assert_allclose(told, reference.sse(t, y, *x), rtol=1e-4)
    assert times.size < 250 and times.size % 8 == 0 and (np.diff(times) >= 0.0).all()
    assert_allclose(weights.sum(), t.size, rtol=1e-12)
    near = abs(times - x[0]) < 4.0
    assert (np.isin(times[near], t) & (weights[near] <= 1.0)).all()


def test_a_quadrature_equals_its_twin_and_shorter_windows_see_the_same_nodes():
    t = np.arange(40.0) ** 1.1
    t, y = t - t[-1], np.random.default_rng(4).normal(size=40)
    times, weights, prices, at = quadrature(t).nodes(y)
    for level, (size, count) in enumerate(zip(_quadrature.SIZES[:3], _quadrature.NODES[:3], strict=True)):
        for k in range(t.size // size):
            part = slice(t.size - (k + 1) * size, t.size - k * size)
            expected = reference.gauss(t[part], y[part], count)
            own, price = at[0, level] + k * count, at[2, level] + k * (count + 1)
            assert_allclose(times[own : own + count], expected[0], atol=1e-10)
            assert_allclose(weights[own : own + count], expected[1], rtol=1e-8)
            assert_allclose(prices[price : price + count], expected[2], atol=1e-8)
            assert_allclose(prices[price + count], expected[3], atol=1e-10)
    short, whole = quadrature(t[-19:]), quadrature(t)
    for level in range(2):
        many = (19 // _quadrature.SIZES[level]) * _quadrature.NODES[level]
        start, far = short.at[0, level], whole.at[0, level]
        assert (short.times[start : start + many] == whole.times[far : far + many]).all()


@njit
def _cell(t, tc):
    return _refine.cell(t, tc)


def test_cells_hold_no_kink_and_cover_the_axis():
    t = np.array([0.0, 1.0, 4.0, 5.0, 6.0])  # a weekend between 1 and 4
    kinks = np.unique(np.concatenate([t - 0.5, t + 0.5]))
    for tc in np.linspace(-3, 40, 2001):
        low, high = _cell(t, tc)
        assert low - 1e-8 <= tc <= high + 1e-8
        assert not ((kinks > low + 1e-8) & (kinks < high - 1e-8)).any()


def _grid_of(y, lengths, low, high, horizons, powers, step, lanes, wanted=None):
    t = np.arange(y.shape[1]) - (y.shape[1] - 1.0)
    wanted = np.ones((len(y), lengths.size), dtype=bool) if wanted is None else wanted
    best = np.full((len(y), lengths.size, horizons.size, lanes), np.inf, np.float32)
    power = np.zeros(best.shape, np.uint8)
    _grid.grid(t, y, lengths, wanted, low, high, horizons, powers, 1.0, step, best, power)
    return np.array([best, power])


def test_grid_equals_its_twin_and_windows_do_not_see_each_other():
    t, y = _window(103)  # from 50 on five observations count as one
    y = y - y[-1]
    lengths = np.array([31, 60, 103])
    horizons, powers, step = np.array([-5.0, 0.0, 3.0, 9.0]), np.array([0.001, 0.7, 2.0]), 2.0
    low, high = np.full(3, -5.0), np.array([3.0, 9.0, 9.0])

    def run(select):
        return _grid_of(y[None], lengths[select], low[select], high[select], horizons, powers, step, 8)[:, 0]

    best, power = run(np.arange(3))
    for k, length in enumerate(lengths):
        expected, index = reference.grid(t, y, length, horizons, powers, 1.0 + step * np.arange(8))
        inside = horizons <= high[k]
        assert_allclose(best[k][inside], expected[inside], rtol=1e-5)  # to single precision
        assert (power[k][inside] == index[inside]).all()
        assert np.isinf(best[k][~inside]).all()
        alone, _ = run(np.array([k]))
        assert (alone[0] == best[k]).all()


def test_many_series_on_the_same_dates_see_the_same_grid():
    t, _ = _window(97)
    y = np.array([_window(97, seed)[1] for seed in range(3)])
    y -= y[:, [-1]]
    horizons, powers, step = np.array([-12.0, 0.0, 3.0, 9.0, 30.0]), np.array([0.001, 0.7, 2.0]), 3.0
    best, power = (
        np.full((3, horizons.size, 16), np.inf, np.float32),
        np.zeros((3, horizons.size, 16), np.uint8),
    )
    _grid.grid_many(t, y, -12.0, 9.0, horizons, powers, 1.0, step, best, power)
    for k in range(3):
        bounds = np.array([-12.0]), np.array([9.0])
        one, _ = _grid_of(y[[k]], np.array([97]), *bounds, horizons, powers, step, 16)[:, 0]
        assert_allclose(best[k], one[0], rtol=1e-4)  # the products are in single precision
        assert (np.isinf(best[k]) == np.isinf(one[0])).all()


def test_series_in_one_pass_over_the_grid_do_not_see_each_other():
    y = np.array([_window(83, seed)[1] for seed in range(3)])
    y -= y[:, [-1]]
    lengths, powers = np.array([40, 57, 83]), np.array([0.001, 0.7, 2.0])
    horizons, low, high = np.array([-5.0, 0.0, 3.0]), np.full(3, -5.0), np.full(3, 3.0)
    wanted = np.array([[1, 1, 1], [0, 1, 0], [1, 0, 1]], dtype=bool)
    for lanes in (8, 64, 128):
        shape = horizons, powers, 0.3, lanes
        best, power = _grid_of(y, lengths, low, high, *shape, wanted)
        for k in range(3):
            alone, index = _grid_of(y[[k]], lengths, low, high, *shape)[:, 0]
            assert (best[k][wanted[k]] == alone[wanted[k]]).all()
            assert (power[k][wanted[k]] == index[wanted[k]]).all()
            assert np.isinf(best[k][~wanted[k]]).all()


def test_more_lanes_than_a_group_holds_equal_their_twin():
    t, y = _window(61)
    y = y - y[-1]
    horizons, powers = np.array([-3.0, 2.0]), np.array([0.5, 1.5])
    best, power = _grid_of(
        y[None], np.array([61]), np.full(1, -3.0), np.full(1, 2.0), horizons, powers, 0.6, 256
    )[:, 0, 0]
    expected, index = reference.grid(t, y, 61, horizons, powers, 1.0 + 0.6 * np.arange(256))
    assert_allclose(best, expected, rtol=2e-5)
    assert (power == index).mean() > 0.999


@pytest.mark.parametrize("limit", [(np.inf, 0.0), (1.0, 0.05), (1.1, 0.0)])
@pytest.mark.parametrize("most", [(24, 6), (3, 2), (5, 0)])
def test_basins_of_a_map_equal_their_twin(most, limit):
    rng = np.random.default_rng(most[0])
    best = np.exp(0.1 * rng.normal(size=(17, 16))).astype(np.float32)
    best[:2, 5], best[16] = np.inf, np.inf
    power, powers = rng.integers(0, 3, best.shape).astype(np.uint8), np.array([0.1, 0.7, 2.0])
    horizons = np.arange(17) - 9.5
    starts, shadows = (np.empty((room, 4)) for room in most)
    counts = _minima.basins(best, power, horizons, powers, 1.0, 0.4, 2, limit, starts, shadows)
    for found, count, expected in zip(
        (starts, shadows), counts, reference.basins(best, horizons, 2, limit, most), strict=True
    ):
        rows = [(value, horizons[h], powers[power[h, j]], 1.0 + 0.4 * j) for value, h, j in expected]
        assert count == len(rows)
        assert_allclose(found[:count], np.reshape(rows, (-1, 4)), rtol=1e-15)


def test_rows_up_to_a_limit_come_first_in_order():
    rng = np.random.default_rng(1)
    rows = np.column_stack([rng.integers(0, 9, 40), np.arange(40)]).astype(float)
    kept = rows[rows[:, 0] <= 4.0]
    expected = kept[np.argsort(kept[:, 0], kind="stable")]
    mixed = rows.copy()
    assert _minima.sort_lowest(mixed, 40, 4.0) == len(expected)
    assert (mixed[: len(expected)] == expected).all()
    assert sorted(mixed[:, 1]) == sorted(rows[:, 1])

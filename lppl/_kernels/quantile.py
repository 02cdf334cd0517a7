"""Compiled quantile fits: the profiled check loss of the LPPLS curve and its descent in a box.

Arrays are float64 and finite; a design holds one regressor a row. The curve is written as in ``_kernels``:
basis {1, G, F cos, F sin} with ``F = (tau/scale)^m`` and ``G = (F - 1)/m``, times relative to t2.
"""

import math

import numpy as np

from lppl._kernels.check_regression import STATE, check_regression, copy, dot, fill, subtract
from lppl._kernels.elementary import exp, log, sincos
from lppl._kernels.jit import kernel
from lppl._kernels.sums import TAU_MIN

_LINEAR, _ALL = 4, 7
_FINE, _COARSE = 1e-9, 1e-2  # duality gap at which a loss counts as found, in units of the loss
_TRUST = (0.05, 0.3, 2.0)  # first trust region: tc in window lengths, m, omega
_SHRUNK = 1e-7  # trust region, in units of the first, at which a descent has arrived
_SMALL = 1e-8  # predicted decrease, in units of the loss, at which a descent has arrived


@kernel(inner=True)
def _orthonormal(rows, r):
    """Make rows orthonormal (Gram-Schmidt, twice); ``r`` keeps the factors, zero for dependent rows."""
    for k in range(rows.shape[0]):
        before = math.sqrt(dot(rows[k], rows[k]))
        for j in range(k + 1):
            r[j, k] = 0.0
        for _ in range(2):
            for j in range(k):
                share = dot(rows[j], rows[k])
                r[j, k] += share
                subtract(rows[k], share, rows[j])
        norm = math.sqrt(dot(rows[k], rows[k]))
        r[k, k] = norm if norm > 1e-10 * before else 0.0
        subtract(rows[k], 1.0 - (1.0 / norm if r[k, k] > 0.0 else 0.0), rows[k])


@kernel(inner=True)
def _back_substitute(r, coefficients, first, solution):
    """Solve ``r x = coefficients`` from row ``first`` on; parameters without a row of their own stay 0."""
    for k in range(solution.size - 1, first - 1, -1):
        value = coefficients[k]
        for j in range(k + 1, solution.size):
            value -= r[k, j] * solution[j]
        solution[k] = value / r[k, k] if r[k, k] > 0.0 else 0.0


@kernel(inner=True)
def _curve_rows(t, x, linear, log_scale, rows):
    """Fill rows 1, G, F cos, F sin at x = (tc, m, omega), and in three more the curve's derivatives by x."""
    m, omega = x[1], x[2]
    for i in range(t.size):
        gap = x[0] - t[i]
        inside = abs(gap) > TAU_MIN
        ln = log(abs(gap) if inside else TAU_MIN) - log_scale
        f = exp(m * ln)
        s, c = sincos(omega * ln)
        rows[0, i] = 1.0
        rows[1, i] = (f - 1.0) / m
        rows[2, i] = f * c
        rows[3, i] = f * s
        if rows.shape[0] == _ALL:
            wave = f * (linear[2] * c + linear[3] * s)
            turn = f * (linear[3] * c - linear[2] * s)
            rows[4, i] = (linear[1] * f + m * wave + omega * turn) / gap if inside else 0.0
            rows[5, i] = linear[1] * (ln * f - (f - 1.0) / m) / m + ln * wave
            rows[6, i] = ln * turn


@kernel
def profile(t, y, x, log_scale, low, high, accuracy, rows, r, linear, errors, s):
    """Return the smallest check loss at x = (tc, m, omega); fill ``linear`` and ``errors``.

    ``low``, ``high`` (n,) are the slopes of the loss; work: ``rows`` (4, n), ``r`` (4, 4), ``s`` (STATE, n).
    """
    _curve_rows(t, x, linear, log_scale, rows)
    _orthonormal(rows, r)
    coefficients = np.empty(_LINEAR)
    for k in range(_LINEAR):
        coefficients[k] = dot(rows[k], y)
    loss = check_regression(rows, y, low, high, accuracy, coefficients, errors, s)
    _back_substitute(r, coefficients, 0, linear)
    return loss


@kernel(inner=True)
def _bound_rows(x, lower, upper, trust, n, rows, r, target, low):
    """Fill the last six columns, two rows of the problem a parameter: steps inside box and trust region.

    Inside, such a row's loss is zero; outside it grows faster than the others together can fall.
    """
    unit, solution = np.empty(_ALL), np.zeros(_ALL)
    for j in range(_LINEAR, _ALL):
        fill(unit, 0.0)
        unit[j] = 1.0
        _back_substitute(r, unit, _LINEAR, solution)
        for k in range(3):
            rows[j, n + 2 * k] = solution[_LINEAR + k]
            rows[j, n + 2 * k + 1] = -solution[_LINEAR + k]
    for k in range(3):
        target[n + 2 * k] = min(upper[k] - x[k], trust[k])
        target[n + 2 * k + 1] = min(x[k] - lower[k], trust[k])
        square = 0.0
        for j in range(_LINEAR, _ALL):
            square += r[j, _LINEAR + k] ** 2 if j <= _LINEAR + k else 0.0
        low[n + 2 * k] = low[n + 2 * k + 1] = -2.0 * math.sqrt(n * square) - 1e-12


@kernel(inner=True)
def _linearised(t, x, errors, linear, lower, upper, trust, log_scale, low, high, rows, r, target, change, s):
    """Fill the best ``change`` of all seven parameters in the linearised problem; return its loss."""
    n = t.size
    for k in range(_ALL):
        for i in range(n, n + 6):
            rows[k, i] = 0.0
    _curve_rows(t, x, linear, log_scale, rows)
    _orthonormal(rows, r)
    copy(target, errors)
    _bound_rows(x, lower, upper, trust, n, rows, r, target, low)
    coefficients, left = np.zeros(_ALL), np.empty(n + 6)
    loss = check_regression(rows, target, low, high, _FINE, coefficients, left, s)
    _back_substitute(r, coefficients, _LINEAR, change)
    return loss


@kernel
def descend(t, y, x, lower, upper, log_scale, q, evaluations, linear):
    """Lower the check loss from ``x`` (tc, m, omega) inside the box; return (loss, converged, evaluations).

    Each step solves the linearised problem inside a trust region.
    """
    n = t.size
    low, high, target = np.full(n + 6, q - 1.0), np.full(n + 6, q), np.empty(n + 6)
    fill(high[n:], 0.0)
    basis, factors, state = np.empty((_LINEAR, n)), np.empty((_LINEAR, _LINEAR)), np.empty((STATE, n))
    rows, r, s = np.empty((_ALL, n + 6)), np.empty((_ALL, _ALL)), np.empty((STATE, n + 6))
    errors, moved, change = np.empty(n), np.empty(n), np.zeros(_ALL)
    trial, trial_linear, trust = np.empty(3), np.empty(_LINEAR), np.empty(3)
    loss = profile(t, y, x, log_scale, low[:n], high[:n], _FINE, basis, factors, linear, errors, state)
    radius = 1.0
    for used in range(1, evaluations):
        for k in range(3):
            trust[k] = radius * _TRUST[k] * (t[-1] - t[0] if k == 0 else 1.0)
        predicted = loss - _linearised(
            t, x, errors, linear, lower, upper, trust, log_scale, low, high, rows, r, target, change, s
        )
        if predicted <= _SMALL * loss:
            return loss, True, used
        for k in range(3):
            trial[k] = min(max(x[k] + change[_LINEAR + k], lower[k]), upper[k])
        new = profile(
            t, y, trial, log_scale, low[:n], high[:n], _FINE, basis, factors, trial_linear, moved, state
        )
        ratio = (loss - new) / predicted
        if new < loss:
            loss = new
            copy(x, trial)
            copy(linear, trial_linear)
            copy(errors, moved)
        radius *= 0.3 if ratio < 0.25 else (2.0 if ratio > 0.75 else 1.0)
        if radius < _SHRUNK:
            return loss, True, used
    return loss, False, evaluations


@kernel
def check_map(t, y, horizons, powers, omega_low, omega_step, power, q, losses):
    """Fill ``losses`` (horizons, lanes) with the check loss at every node, at the exponent ``power`` gives.

    Nodes whose ``losses`` are infinite stay so.
    """
    n = t.size
    rows, r, s = np.empty((_LINEAR, n)), np.empty((_LINEAR, _LINEAR)), np.empty((STATE, n))
    low, high = np.full(n, q - 1.0), np.full(n, q)
    linear, errors, x = np.empty(_LINEAR), np.empty(n), np.empty(3)
    log_scale = log(max(t[-1] - t[0], 1.0))
    for h in range(horizons.size):
        for j in range(losses.shape[1]):
            if losses[h, j] < np.inf:
                x[0], x[1], x[2] = horizons[h], powers[power[h, j]], omega_low + j * omega_step
                losses[h, j] = profile(t, y, x, log_scale, low, high, _COARSE, rows, r, linear, errors, s)

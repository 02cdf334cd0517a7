"""Compiled quantile fits: the profiled check loss of the LPPLS curve and its descent in a box.

Arrays are float64 and finite; a design holds one regressor a row. The curve is written as in ``_kernels``:
basis {1, G, F cos, F sin} with ``F = (tau/scale)^m`` and ``G = (F - 1)/m``, times relative to t2.
"""

import math

import numpy as np

from lppl._check_regression import STATE, check_regression, dot, subtract
from lppl._jit import kernel
from lppl._kernels import TAU_MIN, exp, log, sincos

_LINEAR, _ALL = 4, 7
_FINE, _COARSE = 1e-9, 1e-2  # duality gap at which a loss counts as found, in units of the loss
_TRUST = (0.05, 0.3, 2.0)  # first trust region: tc in window lengths, m, omega
_SHRUNK = 1e-7  # trust region, in units of the first, at which a descent has arrived
_SMALL = 1e-8  # predicted decrease, in units of the loss, at which a descent has arrived


@kernel(inner=True)
def _orthonormal(rows, first, r):
    """Make rows ``first`` on orthonormal to all before (Gram-Schmidt, twice); ``r`` keeps the factors."""
    for k in range(first, rows.shape[0]):
        before = math.sqrt(dot(rows[k], rows[k]))
        r[:, k] = 0.0
        for _ in range(2):
            for j in range(k):
                share = dot(rows[j], rows[k])
                r[j, k] += share
                subtract(rows[k], share, rows[j])
        norm = math.sqrt(dot(rows[k], rows[k]))
        r[k, k] = norm if norm > 1e-10 * before else 0.0
        rows[k] *= 1.0 / norm if r[k, k] > 0.0 else 0.0


@kernel(inner=True)
def _back_substitute(r, coefficients, first, solution):
    """Solve ``r x = coefficients`` from row ``first`` on; parameters without a column of their own stay 0."""
    for k in range(solution.size - 1, first - 1, -1):
        value = coefficients[k]
        for j in range(k + 1, solution.size):
            value -= r[k, j] * solution[j]
        solution[k] = value / r[k, k] if r[k, k] > 0.0 else 0.0


@kernel(inner=True)
def _basis(t, x, log_scale, rows):
    """Fill four rows: 1, G, F cos, F sin at x = (tc, m, omega)."""
    for i in range(t.size):
        ln = log(max(abs(x[0] - t[i]), TAU_MIN)) - log_scale
        f = exp(x[1] * ln)
        s, c = sincos(x[2] * ln)
        rows[0, i] = 1.0
        rows[1, i] = (f - 1.0) / x[1]
        rows[2, i] = f * c
        rows[3, i] = f * s


@kernel(inner=True)
def _jacobian(t, x, linear, log_scale, rows):
    """Fill three rows: the curve's derivatives by tc, m and omega."""
    m, omega = x[1], x[2]
    for i in range(t.size):
        gap = x[0] - t[i]
        inside = abs(gap) > TAU_MIN
        ln = log(abs(gap) if inside else TAU_MIN) - log_scale
        f = exp(m * ln)
        s, c = sincos(omega * ln)
        wave = f * (linear[2] * c + linear[3] * s)
        turn = f * (linear[3] * c - linear[2] * s)
        rows[0, i] = (linear[1] * f + m * wave + omega * turn) / gap if inside else 0.0
        rows[1, i] = linear[1] * (ln * f - (f - 1.0) / m) / m + ln * wave
        rows[2, i] = ln * turn


@kernel
def profile(t, y, x, log_scale, low, high, accuracy, rows, r, linear, errors, s):
    """Return the smallest check loss at x = (tc, m, omega); fill ``linear`` and ``errors``.

    ``rows`` (7, n + 6) ends with the orthonormal basis in its first four rows.
    """
    n = t.size
    part = rows[:_LINEAR, :n]
    _basis(t, x, log_scale, part)
    _orthonormal(part, 0, r)
    coefficients = np.empty(_LINEAR)
    for k in range(_LINEAR):
        coefficients[k] = dot(part[k], y)
    loss = check_regression(part, y, low[:n], high[:n], accuracy, coefficients, errors[:n], s[:, :n])
    _back_substitute(r[:_LINEAR, :_LINEAR], coefficients, 0, linear)
    return loss


@kernel(inner=True)
def _bound_rows(x, lower, upper, trust, n, rows, r, target, low):
    """Append two rows a nonlinear parameter that keep its step inside box and trust region.

    Inside, a row's loss is zero; outside it grows faster than the others together can fall.
    """
    unit, solution = np.zeros(_ALL), np.zeros(_ALL)
    for j in range(_ALL):
        unit[:] = 0.0
        unit[j] = 1.0
        _back_substitute(r, unit, _LINEAR, solution)
        for k in range(3):
            rows[j, n + 2 * k] = solution[_LINEAR + k]
            rows[j, n + 2 * k + 1] = -solution[_LINEAR + k]
    for k in range(3):
        target[n + 2 * k] = min(upper[k] - x[k], trust[k])
        target[n + 2 * k + 1] = min(x[k] - lower[k], trust[k])
        steep = math.sqrt(n) * dot(r[_LINEAR:, _LINEAR + k], r[_LINEAR:, _LINEAR + k]) ** 0.5
        low[n + 2 * k] = low[n + 2 * k + 1] = -2.0 * steep - 1e-12


@kernel
def descend(t, y, x, lower, upper, log_scale, q, evaluations, linear):
    """Lower the check loss from ``x`` (tc, m, omega) inside the box; return (loss, converged, evaluations).

    Each step is the exact solution of the linearised problem inside a trust region.
    """
    n = t.size
    rows, r, s = np.zeros((_ALL, n + 6)), np.zeros((_ALL, _ALL)), np.empty((STATE, n + 6))
    low, high = np.full(n + 6, q - 1.0), np.full(n + 6, q)
    high[n:] = 0.0
    target, errors, moved = np.empty(n + 6), np.empty(n), np.empty(n + 6)
    coefficients, change = np.empty(_ALL), np.zeros(_ALL)
    trial, trial_linear, trust = np.empty(3), np.empty(_LINEAR), np.empty(3)
    loss = profile(t, y, x, log_scale, low, high, _FINE, rows, r, linear, errors, s)
    radius = 1.0
    for used in range(1, evaluations):
        _basis(t, x, log_scale, rows[:_LINEAR, :n])
        _jacobian(t, x, linear, log_scale, rows[_LINEAR:, :n])
        _orthonormal(rows[:, :n], 0, r)
        for k in range(3):
            trust[k] = radius * _TRUST[k] * (t[-1] - t[0] if k == 0 else 1.0)
        target[:n] = errors
        _bound_rows(x, lower, upper, trust, n, rows, r, target, low)
        coefficients[:] = 0.0
        predicted = loss - check_regression(rows, target, low, high, _FINE, coefficients, moved, s)
        if predicted <= _SMALL * loss:
            return loss, True, used
        _back_substitute(r, coefficients, _LINEAR, change)
        for k in range(3):
            trial[k] = min(max(x[k] + change[_LINEAR + k], lower[k]), upper[k])
        new = profile(t, y, trial, log_scale, low, high, _FINE, rows, r, trial_linear, moved[:n], s)
        ratio = (loss - new) / predicted
        if new < loss:
            loss = new
            x[:] = trial
            linear[:] = trial_linear
            errors[:] = moved[:n]
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
    rows, r, s = np.zeros((_ALL, n + 6)), np.zeros((_ALL, _ALL)), np.empty((STATE, n + 6))
    low, high = np.full(n, q - 1.0), np.full(n, q)
    linear, errors, x = np.empty(_LINEAR), np.empty(n), np.empty(3)
    log_scale = log(max(t[-1] - t[0], 1.0))
    for h in range(horizons.size):
        for j in range(losses.shape[1]):
            if losses[h, j] < np.inf:
                x[0], x[1], x[2] = horizons[h], powers[int(power[h, j])], omega_low + j * omega_step
                losses[h, j] = profile(t, y, x, log_scale, low, high, _COARSE, rows, r, linear, errors, s)

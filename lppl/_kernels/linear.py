"""Compiled final step of a fit: the linear parameters by orthogonalisation, in natural units."""

import math

import numpy as np

from lppl._kernels.columns import C1, C2, MAX_ERROR, MAX_RELATIVE, OMEGA, SSE, TC, A, B, M
from lppl._kernels.elementary import exp, log, sincos
from lppl._kernels.jit import ELEMENTWISE, REDUCTION, kernel
from lppl._kernels.sums import TAU_MIN


@kernel("f8(f8[::1], f8[::1])", flags=REDUCTION, inner=True)
def _dot(u, v):
    total = 0.0
    for i in range(u.size):
        total += u[i] * v[i]
    return total


@kernel("void(f8, f8[::1], f8[::1])", flags=ELEMENTWISE, inner=True)
def _subtract(share, u, v):
    for i in range(u.size):
        v[i] -= share * u[i]


@kernel("void(f8[::1], f8, f8, f8, f8, f8[:, ::1])", flags=ELEMENTWISE, inner=True)
def _design(t, tc, m, omega, log_scale, q):
    """Fill the rows 1, G, F cos, F sin of ``q``."""
    for i in range(t.size):
        distance = abs(tc - t[i])
        ln = log(distance if distance > TAU_MIN else TAU_MIN) - log_scale
        f = exp(m * ln)
        s, c = sincos(omega * ln)
        q[0, i] = 1.0
        q[1, i] = (f - 1.0) / m
        q[2, i] = f * c
        q[3, i] = f * s


@kernel("void(f8[::1], f8[::1], f8, f8, f8, f8, f8[::1], f8[::1])", flags=ELEMENTWISE, inner=True)
def _errors(t, y, tc, m, omega, log_scale, coefficients, errors):
    """Fill the residuals of the curve with these (a, b, c1, c2)."""
    a, b, c1, c2 = coefficients[0], coefficients[1], coefficients[2], coefficients[3]
    for i in range(t.size):
        distance = abs(tc - t[i])
        ln = log(distance if distance > TAU_MIN else TAU_MIN) - log_scale
        f = exp(m * ln)
        s, c = sincos(omega * ln)
        errors[i] = y[i] - a - b * ((f - 1.0) / m) - c1 * f * c - c2 * f * s


@kernel(inner=True)
def _orthogonal_solve(t, y, tc, m, omega, log_scale, q, r, coefficients):
    """Solve the linear parameters by twice-iterated Gram-Schmidt; ``q`` (5, n) ends as Q' and residuals."""
    n = t.size
    _design(t, tc, m, omega, log_scale, q)
    for i in range(n):
        q[4, i] = y[i]
    for k in range(5):
        for j in range(5):
            r[j, k] = 0.0
    for k in range(5):
        before = math.sqrt(_dot(q[k], q[k]))
        for _ in range(2):
            for j in range(k):
                share = _dot(q[j], q[k])
                r[j, k] += share
                _subtract(share, q[j], q[k])
        if k < 4:
            norm = math.sqrt(_dot(q[k], q[k]))
            r[k, k] = norm if norm > 1e-12 * before else 0.0
            inverse = 1.0 / norm if r[k, k] > 0.0 else 0.0
            for i in range(n):
                q[k, i] *= inverse
    for k in range(3, -1, -1):
        value = r[k, 4]
        for j in range(k + 1, 4):
            value -= r[k, j] * coefficients[j]
        coefficients[k] = value / r[k, k] if r[k, k] > 0.0 else 0.0


@kernel
def finish(t, y, level, log_prices, row):
    """Complete a row that holds tc, m, omega: linear parameters, SSE from residuals, largest errors.

    ``t`` and ``y`` are relative to the window's end, whose price or log-price is ``level``.
    """
    tc, m, omega = row[TC], row[M], row[OMEGA]
    n = t.size
    log_scale = log(max(t[n - 1] - t[0], 1.0))
    work, r, coefficients = np.empty((5, n)), np.empty((5, 5)), np.empty(4)
    _orthogonal_solve(t, y, tc, m, omega, log_scale, work, r, coefficients)
    complete(t, y, level, log_prices, coefficients, row)


@kernel
def complete(t, y, level, log_prices, coefficients, row):
    """Write the linear parameters (a, b, c1, c2) in natural units, and what the residuals are like."""
    tc, m, omega = row[TC], row[M], row[OMEGA]
    n = t.size
    log_scale = log(max(t[n - 1] - t[0], 1.0))
    a, b, c1, c2 = coefficients
    shrink = exp(-m * log_scale)
    s, c = sincos(omega * log_scale)
    row[A] = a - b / m + level
    row[B] = b / m * shrink
    row[C1] = shrink * (c1 * c - c2 * s)
    row[C2] = shrink * (c1 * s + c2 * c)
    errors = np.empty(n)
    _errors(t, y, tc, m, omega, log_scale, coefficients, errors)
    lowest = highest = relative = 0.0
    for i in range(n):
        lowest = min(lowest, errors[i])
        highest = max(highest, errors[i])
        if not log_prices:
            relative = max(relative, abs(errors[i] / (y[i] + level - errors[i])))
    row[SSE] = _dot(errors, errors)
    row[MAX_ERROR] = max(highest, -lowest)
    row[MAX_RELATIVE] = max(math.exp(highest) - 1.0, 1.0 - math.exp(lowest)) if log_prices else relative

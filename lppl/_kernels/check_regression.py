"""Compiled linear regression under the check loss: an interior point that is exact to a stated gap.

Arrays are float64 and finite; a design holds one regressor a row.
"""

import math

import numpy as np

from lppl._kernels.jit import REDUCTION, kernel

# Rows of the state.
_ABOVE, _BELOW, _DUAL, _D_ABOVE, _D_BELOW, _D_DUAL, _WEIGHT, _TARGET = range(8)
STATE = 8
_STEPS = 60  # at most; some 15 are needed
_BACK = 0.9995  # share of the way to the boundary that a step may go


@kernel(["f8(f8[::1], f8[::1], f8[::1])", "f8(f8[:], f8[:], f8[:])"], flags=REDUCTION, inner=True)
def _weighted(u, v, weight):
    total = 0.0
    for i in range(u.size):
        total += u[i] * v[i] * weight[i]
    return total


@kernel(["f8(f8[::1], f8[::1])", "f8(f8[:], f8[:])"], flags=REDUCTION, inner=True)
def dot(u, v):
    """Return the inner product of two rows."""
    total = 0.0
    for i in range(u.size):
        total += u[i] * v[i]
    return total


@kernel(inner=True)
def subtract(target, factor, row):
    """Take a multiple of one row off another."""
    for i in range(target.size):
        target[i] -= factor * row[i]


@kernel(inner=True)
def copy(target, source):
    """Copy one row."""
    for i in range(source.size):
        target[i] = source[i]


@kernel(inner=True)
def fill(target, value):
    """Set one row to a constant."""
    for i in range(target.size):
        target[i] = value


@kernel(inner=True)
def _solve(matrix, right):
    """Solve a positive semidefinite system in place by Cholesky; dependent columns get zero."""
    size = right.size
    for k in range(size):
        for j in range(k + 1):
            whole = matrix[k, j]
            total = whole
            for i in range(j):
                total -= matrix[k, i] * matrix[j, i]
            if k > j:
                matrix[k, j] = total * matrix[j, j]
            else:
                matrix[k, k] = 1.0 / math.sqrt(total) if total > 1e-14 * whole else 0.0
    for k in range(size):
        for i in range(k):
            right[k] -= matrix[k, i] * right[i]
        right[k] *= matrix[k, k]
    for k in range(size - 1, -1, -1):
        for i in range(k + 1, size):
            right[k] -= matrix[i, k] * right[i]
        right[k] *= matrix[k, k]


@kernel
def check_loss(errors, low, high):
    """Return the sum of ``high e`` over errors above zero and ``low e`` over those below."""
    total = 0.0
    for i in range(errors.size):
        total += errors[i] * (high[i] if errors[i] > 0.0 else low[i])
    return total


@kernel("f8(f8[:, :], f8[::1], f8[::1], f8, f8)", flags=REDUCTION, inner=True)
def _gap(s, low, high, primal, twin):
    """Return the complementarity after steps of the given lengths."""
    total = 0.0
    for i in range(low.size):
        dual = s[_DUAL, i] + twin * s[_D_DUAL, i]
        total += (s[_ABOVE, i] + primal * s[_D_ABOVE, i]) * (high[i] - dual)
        total += (s[_BELOW, i] + primal * s[_D_BELOW, i]) * (dual - low[i])
    return total


@kernel(inner=True)
def _direction(design, errors, low, high, centre, corrector, s, matrix, step):
    """Fill the Newton direction towards complementarity ``centre``; the corrector uses the one before."""
    size, n = design.shape
    for i in range(n):
        up, down = high[i] - s[_DUAL, i], s[_DUAL, i] - low[i]
        curl = s[_D_DUAL, i] if corrector else 0.0
        s[_D_ABOVE, i] = (centre + curl * s[_D_ABOVE, i]) / up - s[_ABOVE, i]
        s[_D_BELOW, i] = (centre - curl * s[_D_BELOW, i]) / down - s[_BELOW, i]
        s[_WEIGHT, i] = 1.0 / (s[_ABOVE, i] / up + s[_BELOW, i] / down)
        parts = s[_ABOVE, i] - s[_BELOW, i] + s[_D_ABOVE, i] - s[_D_BELOW, i]
        s[_TARGET, i] = errors[i] - parts
    for k in range(size):
        for j in range(k + 1):
            matrix[k, j] = _weighted(design[k], design[j], s[_WEIGHT])
        step[k] = dot(design[k], s[_DUAL]) + _weighted(design[k], s[_TARGET], s[_WEIGHT])
    _solve(matrix, step)
    for k in range(size):
        subtract(s[_TARGET], step[k], design[k])
    for i in range(n):
        s[_D_DUAL, i] = s[_WEIGHT, i] * s[_TARGET, i]
        s[_D_ABOVE, i] += s[_ABOVE, i] / (high[i] - s[_DUAL, i]) * s[_D_DUAL, i]
        s[_D_BELOW, i] -= s[_BELOW, i] / (s[_DUAL, i] - low[i]) * s[_D_DUAL, i]


@kernel(inner=True)
def _lengths(low, high, s):
    """Return the primal and dual step lengths, at most 1, that stay inside."""
    primal = twin = 1.0
    for i in range(low.size):
        if s[_D_ABOVE, i] < 0.0:
            primal = min(primal, -_BACK * s[_ABOVE, i] / s[_D_ABOVE, i])
        if s[_D_BELOW, i] < 0.0:
            primal = min(primal, -_BACK * s[_BELOW, i] / s[_D_BELOW, i])
        if s[_D_DUAL, i] > 0.0:
            twin = min(twin, _BACK * (high[i] - s[_DUAL, i]) / s[_D_DUAL, i])
        elif s[_D_DUAL, i] < 0.0:
            twin = min(twin, _BACK * (low[i] - s[_DUAL, i]) / s[_D_DUAL, i])
    return primal, twin


@kernel(inner=True)
def _start(y, errors, low, high, s):
    """Fill a strictly interior point; return the gap that is rounding of ``y``."""
    spread = size = 0.0
    for i in range(y.size):
        spread += abs(errors[i])
        size += abs(y[i])
    floor = 1e-15 * size
    spread = 0.1 * spread / y.size + floor
    for i in range(y.size):
        s[_DUAL, i] = 0.5 * (low[i] + high[i])
        s[_ABOVE, i] = max(errors[i], 0.0) + spread
        s[_BELOW, i] = max(-errors[i], 0.0) + spread
        s[_D_ABOVE, i] = s[_D_BELOW, i] = s[_D_DUAL, i] = 0.0
    return floor


@kernel
def check_regression(design, y, low, high, accuracy, coefficients, errors, s):
    """Minimise the check loss of ``y - design' coefficients``; return it.

    Mehrotra's predictor-corrector interior point. ``low < high`` are the slopes of each row's loss below
    and above zero; ``design`` (p, n) has rows of comparable size; ``coefficients`` and ``errors`` are
    filled; ``s`` is (STATE, n) of work. The loss is above the smallest by ``accuracy`` of itself at most.
    """
    size, n = design.shape
    matrix, step, trial = np.empty((size, size)), np.empty(size), np.empty(size)
    now = np.empty(n)
    copy(trial, coefficients)
    copy(now, y)
    for k in range(size):
        subtract(now, trial[k], design[k])
    copy(errors, now)
    best = check_loss(now, low, high)
    floor, infeasible = _start(y, now, low, high, s), 1.0
    for _ in range(_STEPS):
        gap = _gap(s, low, high, 0.0, 0.0)
        if gap <= accuracy * best + floor and infeasible < 1e-6:
            break
        _direction(design, now, low, high, 0.0, False, s, matrix, step)
        primal, twin = _lengths(low, high, s)
        centre = (_gap(s, low, high, primal, twin) / gap) ** 3 * gap / (2.0 * n)
        _direction(design, now, low, high, centre, True, s, matrix, step)
        primal, twin = _lengths(low, high, s)
        for k in range(size):
            trial[k] += primal * step[k]
            subtract(now, primal * step[k], design[k])
        for k in range(3):
            subtract(s[k], -(twin if k == _DUAL else primal), s[k + _D_ABOVE])
        infeasible *= 1.0 - twin
        loss = check_loss(now, low, high)
        if loss < best:
            best = loss
            copy(coefficients, trial)
            copy(errors, now)
    return best

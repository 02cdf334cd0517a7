"""Polynomial drift by least squares in an orthonormal basis, its robust covariance, and null refits.

The basis is grown from the data: each polynomial is the level times the one before, made orthogonal, so that
a cubic in a level far from zero costs no digits. Basis row ``j`` is ``sum_k powers[j, k] z^k``.
"""

import math

import numpy as np

from earlywarning._kernels.jit import REDUCTION, kernel
from earlywarning._kernels.paths import garch_variance

# A new basis polynomial keeps at least this share of its length, or the level takes too few values.
INDEPENDENT = 1e-9


@kernel("f8(f8[::1], f8[::1])", flags=REDUCTION)
def _dot(a, b):
    """Return the inner product of two vectors of equal length."""
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@kernel("void(f8[::1], f8, f8[::1])", flags=REDUCTION)
def _subtract(a, factor, b):
    """Take ``factor * b`` from ``a`` in place."""
    for i in range(len(a)):
        a[i] -= factor * b[i]


@kernel
def _fill_basis(z, basis, powers):
    """Grow the orthonormal basis from its first row, the root weights; return whether z supports it."""
    width, n = basis.shape
    for j in range(width):
        row = basis[j]
        before = 0.0
        if j == 0:
            powers[0, 0] = 1.0
        else:
            for t in range(n):
                row[t] = z[t] * basis[j - 1, t]
            for k in range(1, width):
                powers[j, k] = powers[j - 1, k - 1]
            before = math.sqrt(_dot(row, row))
            for i in range(j):
                overlap = _dot(row, basis[i])
                _subtract(row, overlap, basis[i])
                for k in range(width):
                    powers[j, k] -= overlap * powers[i, k]
        length = math.sqrt(_dot(row, row))
        if length <= INDEPENDENT * before or length == 0.0:
            return False
        for t in range(n):
            row[t] /= length
        for k in range(width):
            powers[j, k] /= length
    return True


@kernel("void(f8[:, ::1], i8, f8[:, ::1], f8[:, ::1])", flags=REDUCTION)
def _windowed_outer(score, lags, sums, out):
    """Fill ``out`` with the Bartlett long-run covariance of the scores; ``sums`` is room, lags wider.

    It is the mean outer product of all overlapping sums of lags + 1 scores, zeros before and after.
    """
    width, n = score.shape
    for j in range(width):
        row, own = sums[j], score[j]
        total = 0.0
        for t in range(n):
            total += own[t]
            if t > lags:
                total -= own[t - lags - 1]
            row[t] = total
        for t in range(n, n + lags):
            total -= own[t - lags - 1]
            row[t] = total
    for i in range(width):
        for j in range(i, width):
            out[i, j] = out[j, i] = _dot(sums[i], sums[j]) / (lags + 1)


@kernel
def fit_drift(z, dz, weights, degree, lags):
    """Return basis coefficients, their covariance, the powers, the residuals and whether the fit exists.

    Precondition: z, dz finite and of equal length above degree + 1, weights positive, ``0 <= lags < len(z)``.
    """
    n, width = len(z), degree + 1
    basis, score = np.empty((width, n)), np.empty((width, n))
    coefficients, covariance = np.zeros(width), np.zeros((width, width))
    powers = np.zeros((width, width))
    residual = np.empty(n)
    for t in range(n):
        basis[0, t] = math.sqrt(weights[t])
        residual[t] = basis[0, t] * dz[t]
    full = _fill_basis(z, basis, powers)
    if full:
        for j in range(width):
            coefficients[j] = _dot(basis[j], residual)
        for j in range(width):
            _subtract(residual, coefficients[j], basis[j])
        for j in range(width):
            for t in range(n):
                score[j, t] = basis[j, t] * residual[t]
        _windowed_outer(score, lags, np.empty((width, n + lags)), covariance)
        for i in range(width):
            for j in range(width):
                covariance[i, j] *= n / (n - width)
    for t in range(n):
        residual[t] /= math.sqrt(weights[t])
    return coefficients, covariance, powers, residual, full


@kernel("f8(f8[::1], f8[:, ::1], i8)", inner=True)
def wald(coefficients, covariance, first):
    """Return the Wald statistic that the coefficients from ``first`` on are zero, or NaN."""
    k = len(coefficients) - first
    lower = np.zeros((k, k))
    solved = np.zeros(k)
    total = 0.0
    for i in range(k):
        rest = coefficients[first + i]
        for j in range(i + 1):
            s = covariance[first + i, first + j]
            for m in range(j):
                s -= lower[i, m] * lower[j, m]
            if j < i:
                lower[i, j] = s / lower[j, j]
            elif s > 0.0:
                lower[i, i] = math.sqrt(s)
            else:
                return np.nan
        for j in range(i):
            rest -= lower[i, j] * solved[j]
        solved[i] = rest / lower[i, i]
        total += solved[i] * solved[i]
    return total


@kernel
def slope_statistic(coefficients, covariance, powers, z):
    """Return slope over standard error of the fitted drift at level z."""
    width = len(coefficients)
    gradient = np.zeros(width)
    for j in range(width):
        power = 1.0
        for k in range(1, width):
            gradient[j] += powers[j, k] * k * power
            power *= z
    slope, variance = 0.0, 0.0
    for i in range(width):
        slope += gradient[i] * coefficients[i]
        for j in range(width):
            variance += gradient[i] * covariance[i, j] * gradient[j]
    return slope / math.sqrt(variance) if variance > 0.0 else np.nan


@kernel
def fit_drifts(paths, centre, scale, degree, lags, garch, out):
    """Write Wald statistics of the highest and of all powers, and slope over error at the end, a row a path.

    Precondition: a row of ``out`` is NaN before; ``scale`` is nought where a path does not vary. ``garch`` is
    empty or (omega, alpha, beta) of variances to weight by.
    """
    n = paths.shape[1] - 1
    equal, level, step = np.empty(n), np.empty(n), np.empty(n)
    for t in range(n):
        equal[t] = 1.0
    for row in range(paths.shape[0]):
        if not scale[row] > 0.0:
            continue
        for t in range(n):
            level[t] = (paths[row, t] - centre[row]) / scale[row]
            step[t] = (paths[row, t + 1] - paths[row, t]) / scale[row]
        fit = fit_drift(level, step, equal, degree, lags)
        if fit[4] and garch.size:
            shocks, mean, square = fit[3], 0.0, 0.0
            for t in range(n):
                mean += shocks[t] / n
            for t in range(n):
                square += (shocks[t] - mean) ** 2 / n
            for t in range(n):
                shocks[t] /= math.sqrt(square)
            weights = garch_variance(shocks, garch[0], garch[1], garch[2])
            for t in range(n):
                weights[t] = 1.0 / weights[t]
            fit = fit_drift(level, step, weights, degree, lags)
        if fit[4]:
            out[row, 0] = wald(fit[0], fit[1], degree)
            out[row, 1] = wald(fit[0], fit[1], 1)
            out[row, 2] = slope_statistic(fit[0], fit[1], fit[2], (paths[row, n] - centre[row]) / scale[row])

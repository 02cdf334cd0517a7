"""Polynomial drift by least squares in an orthonormal basis, its robust covariance, and null refits.

The basis is grown from the data: each polynomial is the level times the one before, made orthogonal, so that
a cubic in a level far from zero costs no digits. Basis row ``j`` is ``sum_k powers[j, k] z^k``.
"""

import math

import numpy as np

from earlywarning._jit import kernel

# A new basis polynomial keeps at least this share of its length, or the level takes too few values.
INDEPENDENT = 1e-9


@kernel(vector=True)
def _dot(a, b):
    """Return the inner product of two vectors of equal length."""
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@kernel(vector=True)
def _subtract(a, factor, b):
    """Take ``factor * b`` from ``a`` in place."""
    for i in range(len(a)):
        a[i] -= factor * b[i]


@kernel
def polynomial_basis(z, root_weights, degree):
    """Return the orthonormal basis times the root weights, its powers, and whether z supports it."""
    width = degree + 1
    basis = np.empty((width, len(z)))
    powers = np.zeros((width, width))
    basis[0] = root_weights
    powers[0, 0] = 1.0
    for j in range(width):
        row = basis[j]
        if j > 0:
            row[:] = z * basis[j - 1]
            powers[j, 1:] = powers[j - 1, :-1]
            before = math.sqrt(_dot(row, row))
            for i in range(j):
                overlap = _dot(row, basis[i])
                _subtract(row, overlap, basis[i])
                powers[j] -= overlap * powers[i]
        else:
            before = 0.0
        length = math.sqrt(_dot(row, row))
        if length <= INDEPENDENT * before or length == 0.0:
            return basis, powers, False
        row /= length
        powers[j] /= length
    return basis, powers, True


@kernel(vector=True)
def _windowed_outer(score, lags, out):
    """Fill ``out`` with the Bartlett long-run covariance of the scores.

    It is the mean outer product of all overlapping sums of lags + 1 scores, zeros before and after.
    """
    width, n = score.shape
    sums = np.zeros((width, n + lags))
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
    root = np.sqrt(weights)
    basis, powers, full = polynomial_basis(z, root, degree)
    width, n = basis.shape
    coefficients = np.zeros(width)
    covariance = np.zeros((width, width))
    residual = root * dz
    if full:
        for j in range(width):
            coefficients[j] = _dot(basis[j], residual)
        for j in range(width):
            _subtract(residual, coefficients[j], basis[j])
        score = np.empty((width, n))
        for j in range(width):
            score[j] = basis[j] * residual
        _windowed_outer(score, lags, covariance)
        covariance *= n / (n - width)
    return coefficients, covariance, powers, residual / root, full


@kernel
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
def garch_variance(shocks, omega, alpha, beta):
    """Return the conditional variances of a GARCH(1,1), from the sample variance on."""
    variance = np.empty(len(shocks))
    variance[0] = np.mean(shocks * shocks)
    for t in range(1, len(shocks)):
        variance[t] = omega + alpha * shocks[t - 1] ** 2 + beta * variance[t - 1]
    return variance


@kernel
def garch_shocks(noise, omega, alpha, beta):
    """Turn unit-variance noise (one row a path) into GARCH(1,1) shocks; the variance starts at one."""
    shocks = np.empty_like(noise)
    for i in range(noise.shape[0]):
        variance = 1.0
        for t in range(noise.shape[1]):
            shocks[i, t] = math.sqrt(variance) * noise[i, t]
            variance = omega + alpha * shocks[i, t] ** 2 + beta * variance
    return shocks


@kernel
def drift_statistics(x, degree, lags, garch):
    """Return the Wald statistics of the highest power and of all powers, and the slope statistic at the end.

    ``garch`` holds omega, alpha and beta of unit-variance shocks to weight by, or is empty for equal weights.
    Precondition: as `fit_drift`; NaN where x is degenerate.
    """
    n = len(x) - 1
    out = np.full(3, np.nan)
    level = x[:-1]
    scale = np.std(level)
    if not scale > 0.0:
        return out
    z = (level - np.mean(level)) / scale
    dz = (x[1:] - level) / scale
    weights = np.ones(n)
    fit = fit_drift(z, dz, weights, degree, lags)
    if fit[4] and len(garch) == 3:
        shocks = fit[3] / np.std(fit[3])
        fit = fit_drift(z, dz, 1.0 / garch_variance(shocks, garch[0], garch[1], garch[2]), degree, lags)
    if not fit[4]:
        return out
    out[0] = wald(fit[0], fit[1], degree)
    out[1] = wald(fit[0], fit[1], 1)
    out[2] = slope_statistic(fit[0], fit[1], fit[2], (x[-1] - np.mean(level)) / scale)
    return out


@kernel
def refit_paths(shocks, start, intercept, persistence, degree, lags, garch):
    """Return the statistics of each path ``x' = intercept + persistence x + shock`` from ``start``."""
    count, n = shocks.shape
    statistics = np.empty((count, 3))
    x = np.empty(n + 1)
    for i in range(count):
        x[0] = start
        for t in range(n):
            x[t + 1] = intercept + persistence * x[t] + shocks[i, t]
        statistics[i] = drift_statistics(x, degree, lags, garch)
    return statistics

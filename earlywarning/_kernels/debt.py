"""Kernels of a fiscal reaction: regression with autocorrelated errors, and debt paths that follow from it."""

import math

import numpy as np

from earlywarning._kernels.jit import kernel
from earlywarning._kernels.linked import linked

GRID, ROUNDS = 9, 8  # autocorrelations tried, and golden sections about the best
LARGEST = 0.98  # autocorrelation of the errors


@kernel(inner=True)
def _dot(a, b):
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@linked
@kernel("Tuple((f8[::1], f8[:, ::1], f8[::1], b1))(f8[:, ::1], f8[::1])")
def least_squares(design, y):
    """Return coefficients, inverse of design'design, residuals and whether the columns are independent.

    Modified Gram-Schmidt. Precondition: finite, more rows than columns.
    """
    n, k = design.shape
    q = np.empty((k, n))
    r, upper = np.zeros((k, k)), np.zeros((k, k))
    coefficients, inverse = np.zeros(k), np.zeros((k, k))
    residual, projected = np.empty(n), np.empty(k)
    for t in range(n):
        residual[t] = y[t]
    for j in range(k):
        for t in range(n):
            q[j, t] = design[t, j]
        before = math.sqrt(_dot(q[j], q[j]))
        for i in range(j):
            r[i, j] = _dot(q[i], q[j])
            for t in range(n):
                q[j, t] -= r[i, j] * q[i, t]
        r[j, j] = math.sqrt(_dot(q[j], q[j]))
        if not r[j, j] > 1e-9 * before:
            for i in range(k):
                coefficients[i] = math.nan
                for m in range(k):
                    inverse[i, m] = math.nan
            return coefficients, inverse, residual, False
        for t in range(n):
            q[j, t] /= r[j, j]
        projected[j] = _dot(q[j], residual)
        for t in range(n):
            residual[t] -= projected[j] * q[j, t]
    for j in range(k):  # upper becomes the inverse of r
        upper[j, j] = 1.0 / r[j, j]
        for i in range(j - 1, -1, -1):
            total = 0.0
            for m in range(i + 1, j + 1):
                total += r[i, m] * upper[m, j]
            upper[i, j] = -total / r[i, i]
    for i in range(k):
        for m in range(k):
            coefficients[i] += upper[i, m] * projected[m]
            for j in range(k):
                inverse[i, j] += upper[i, m] * upper[j, m]
    return coefficients, inverse, residual, True


@kernel("f8(f8, i8, i8)")
def unbiased(rho, n, k):
    """Return an autocorrelation raised by its bias in a fit with k columns, kept in [0, LARGEST].

    Kendall's bias for a mean, (1 + 3 rho) / n, and Marriott and Pope's for a trend, (2 + 4 rho) / n, extended
    to k columns as (k + (k + 2) rho) / n.
    """
    return min(max((n * rho + k) / max(n - k - 2.0, 1.0), 0.0), LARGEST)


@linked
@kernel("void(f8[:, ::1], f8[::1], b1[::1], f8, f8[:, ::1], f8[::1])", inner=True)
def _quasi_differences(design, y, fresh, rho, changed, right):
    """Fill ``changed`` and ``right`` with Prais-Winsten rows: those that are ``fresh`` have none before."""
    first = math.sqrt(1.0 - rho * rho)
    for t in range(len(y)):
        if fresh[t]:
            for j in range(design.shape[1]):
                changed[t, j] = first * design[t, j]
            right[t] = first * y[t]
        else:
            for j in range(design.shape[1]):
                changed[t, j] = design[t, j] - rho * design[t - 1, j]
            right[t] = y[t] - rho * y[t - 1]


@linked
@kernel("f8(f8[:, ::1], f8[::1], b1[::1], f8, f8[:, ::1], f8[::1])", inner=True)
def _likelihood(design, y, fresh, rho, changed, right):
    """Return minus twice the profile log-likelihood of rho, up to a constant; the buffers are used up."""
    n, k = design.shape
    _quasi_differences(design, y, fresh, rho, changed, right)
    for j in range(k):
        length = 0.0
        for t in range(n):
            length += changed[t, j] * changed[t, j]
        if not length > 0.0:
            return math.inf
        for i in range(j + 1, k):
            overlap = 0.0
            for t in range(n):
                overlap += changed[t, j] * changed[t, i]
            overlap /= length
            for t in range(n):
                changed[t, i] -= overlap * changed[t, j]
        overlap = 0.0
        for t in range(n):
            overlap += changed[t, j] * right[t]
        overlap /= length
        for t in range(n):
            right[t] -= overlap * changed[t, j]
    squares = 0.0
    for t in range(n):
        squares += right[t] * right[t]
    if not squares > 0.0:
        return math.inf
    runs = 0
    for t in range(n):
        runs += fresh[t]
    return n * math.log(squares) - runs * math.log(1.0 - rho * rho)


@linked
@kernel("f8(f8[:, ::1], f8[::1], b1[::1])")
def likely_autocorrelation(design, y, fresh):
    """Return the autocorrelation in [0, LARGEST] of the largest likelihood: a grid, then golden section."""
    n, k = design.shape
    changed, right = np.empty((n, k)), np.empty(n)
    width = LARGEST / (GRID - 1)
    best, chosen = math.inf, 0.0
    for step in range(GRID):
        cost = _likelihood(design, y, fresh, step * width, changed, right)
        if cost < best:
            best, chosen = cost, step * width
    low, high = max(chosen - width, 0.0), min(chosen + width, LARGEST)
    golden = 0.5 * (math.sqrt(5.0) - 1.0)
    left, right_rho = high - golden * (high - low), low + golden * (high - low)
    at_left = _likelihood(design, y, fresh, left, changed, right)
    at_right = _likelihood(design, y, fresh, right_rho, changed, right)
    for _ in range(ROUNDS):
        if at_left < at_right:
            high, right_rho, at_right = right_rho, left, at_left
            left = high - golden * (high - low)
            at_left = _likelihood(design, y, fresh, left, changed, right)
        else:
            low, left, at_left = left, right_rho, at_right
            right_rho = low + golden * (high - low)
            at_right = _likelihood(design, y, fresh, right_rho, changed, right)
    middle = 0.5 * (low + high)
    return middle if _likelihood(design, y, fresh, middle, changed, right) < best else chosen


@linked
@kernel("Tuple((f8[::1], f8[:, ::1], f8, f8[::1], b1))(f8[:, ::1], f8[::1], b1[::1])")
def fit_ar1(design, y, fresh):
    """Fit with AR(1) errors by maximum likelihood.

    Returns coefficients, covariance, rho raised by its bias, innovations, success. The likelihood, not the
    residuals of least squares, chooses rho: errors that persist have moved the debt that they are fitted to.
    """
    n, k = design.shape
    changed, right = np.empty((n, k)), np.empty(n)
    rho = likely_autocorrelation(design, y, fresh)
    _quasi_differences(design, y, fresh, rho, changed, right)
    coefficients, covariance, innovations, full = least_squares(changed, right)
    if full:
        variance = _dot(innovations, innovations) / (n - k)
        for i in range(k):
            for j in range(k):
                covariance[i, j] *= variance
    return coefficients, covariance, unbiased(rho, n, k), innovations, full


@linked
@kernel("Tuple((f8[::1], f8[:, ::1], f8, f8[::1], b1))(f8[:, ::1], f8[::1], b1[::1], i8)")
def fit_hac(design, y, fresh, lags):
    """Fit by least squares with a Bartlett long-run covariance; returns as `fit_ar1`."""
    n, k = design.shape
    coefficients, inverse, residual, full = least_squares(design, y)
    if not full:
        return coefficients, inverse, 0.0, residual, full
    middle = np.zeros((k, k))
    score = np.empty((n, k))
    for t in range(n):
        for j in range(k):
            score[t, j] = design[t, j] * residual[t]
    for lag in range(lags + 1):
        weight = 1.0 - lag / (lags + 1.0)
        for i in range(k):
            for j in range(k):
                total = 0.0
                for t in range(lag, n):
                    total += score[t, i] * score[t - lag, j]
                middle[i, j] += weight * total
                if lag:
                    middle[j, i] += weight * total
    covariance = np.zeros((k, k))
    for i in range(k):
        for j in range(k):
            for a in range(k):
                for b in range(k):
                    covariance[i, j] += inverse[i, a] * middle[a, b] * inverse[b, j] * n / (n - k)
    above, below = 0.0, 0.0
    for t in range(1, n):
        if not fresh[t]:
            above += residual[t] * residual[t - 1]
            below += residual[t - 1] * residual[t - 1]
    rho = unbiased(above / below, n, k) if below > 0.0 else 0.0
    innovations = np.empty(n)
    for t in range(n):
        innovations[t] = residual[t]
    for t in range(1, n):
        if not fresh[t]:
            innovations[t] -= rho * residual[t - 1]
    return coefficients, covariance, rho, innovations, full


@linked
@kernel("UniTuple(f8[::1], 2)(f8, f8[::1], f8[::1], f8, f8, f8[::1], f8[::1], f8)")
def debt_path(start, growth, reaction, centre, scale, fixed, errors, dt):
    """Return debt (n + 1 values) and balance (n) that follow from a reaction to the debt of the step before.

    ``growth`` is r - g of each step; ``reaction`` has powers of ``(debt - centre) / scale``; ``fixed`` is
    what controls add to the balance, ``errors`` what chance adds.
    """
    n = len(growth)
    debt, balance = np.empty(n + 1), np.empty(n)
    debt[0] = start
    for t in range(n):
        z = (debt[t] - centre) / scale
        value = 0.0
        for k in range(len(reaction) - 1, -1, -1):
            value = value * z + reaction[k]
        balance[t] = value + fixed[t] + errors[t]
        debt[t + 1] = debt[t] + dt * (growth[t] * debt[t] - balance[t])
    return debt, balance


@kernel("f8[::1](f8[::1], f8)")
def ar1_errors(innovations, rho):
    """Return AR(1) errors that start from a draw of stationary size."""
    out = np.empty(len(innovations))
    out[0] = innovations[0] / math.sqrt(1.0 - rho * rho)
    for t in range(1, len(innovations)):
        out[t] = rho * out[t - 1] + innovations[t]
    return out


@kernel(
    "Tuple((f8[:, ::1], f8[:, :, ::1]))(f8, f8[::1], f8[::1], f8, f8, f8[::1], f8[::1], i8[:, ::1], f8, f8, "
    "f8[:, ::1], i8[::1], i8, i8)"
)
def refit_paths(
    start, growth, reaction, centre, scale, fixed, innovations, chosen, rho, dt, controls, rows, degree, lags
):
    """Simulate debt and balance with resampled innovations and refit a reaction of ``degree``.

    Returns, a row a path: coefficients in powers of ``(debt - centre) / scale``, then of the controls, and
    their covariances; NaN where a path left the range of numbers or allows no fit. ``rows`` are the periods
    whose balance is seen, ``controls`` theirs. ``lags`` below zero asks for AR(1) errors, else for a long-run
    covariance.
    """
    paths, n = chosen.shape[0], len(rows)
    extra = controls.shape[1]
    k = degree + 1 + extra
    fresh = np.empty(n, dtype=np.bool_)
    for t in range(n):
        fresh[t] = t == 0 or rows[t] != rows[t - 1] + 1
    seen, drawn = np.empty(n), np.empty(chosen.shape[1])
    estimates, covariances = np.empty((paths, k)), np.empty((paths, k, k))
    design = np.empty((n, k))
    for p in range(paths):
        for i in range(k):
            estimates[p, i] = math.nan
            for j in range(k):
                covariances[p, i, j] = math.nan
        for t in range(chosen.shape[1]):
            drawn[t] = innovations[chosen[p, t]]
        errors = ar1_errors(drawn, rho)
        debt, balance = debt_path(start, growth, reaction, centre, scale, fixed, errors, dt)
        if not abs(debt[-1]) < 1e6 * scale:  # a path that ran away does not come back
            continue
        for t in range(n):
            z = (debt[rows[t]] - centre) / scale
            seen[t] = balance[rows[t]]
            design[t, 0] = 1.0
            for j in range(1, degree + 1):
                design[t, j] = design[t, j - 1] * z
            for j in range(extra):
                design[t, degree + 1 + j] = controls[t, j]
        if lags < 0:
            fit = fit_ar1(design, seen, fresh)
        else:
            fit = fit_hac(design, seen, fresh, lags)
        if fit[4]:  # element by element: a row at a time compiles the text of an error that cannot happen
            for i in range(k):
                estimates[p, i] = fit[0][i]
                for j in range(k):
                    covariances[p, i, j] = fit[1][i, j]
    return estimates, covariances

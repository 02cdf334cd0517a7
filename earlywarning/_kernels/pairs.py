"""Bivariate first-order autoregressions and correlations in rolling windows."""

import math

import numpy as np

from earlywarning._kernels.jit import REDUCTION, kernel

# A variance below this share of the squared mean is rounding of a constant.
ROUNDING = 1e-24


@kernel("f8(f8[::1], f8, f8[::1], f8)", flags=REDUCTION)
def _centred_product(a, mean_a, b, mean_b):
    """Return the sum of products about the means."""
    total = 0.0
    for i in range(len(a)):
        total += (a[i] - mean_a) * (b[i] - mean_b)
    return total


@kernel("void(f8[::1], f8[::1], f8[::1])", flags=REDUCTION)
def _pair_products(x, y, sums):
    """Fill ``sums`` with cross products about the means of x and y now and a step later.

    In order: xx, xy, yy; later x with x and y, later y with x and y; the later ones' own xx, xy, yy.
    """
    m = len(x) - 1
    mean_x, mean_y = np.mean(x[:-1]), np.mean(y[:-1])
    later_x = mean_x + (x[m] - x[0]) / m
    later_y = mean_y + (y[m] - y[0]) / m
    sums[:] = 0.0
    for t in range(m):
        a, b = x[t] - mean_x, y[t] - mean_y
        c, d = x[t + 1] - later_x, y[t + 1] - later_y
        sums[0] += a * a
        sums[1] += a * b
        sums[2] += b * b
        sums[3] += c * a
        sums[4] += c * b
        sums[5] += d * a
        sums[6] += d * b
        sums[7] += c * c
        sums[8] += c * d
        sums[9] += d * d


@kernel
def fit_pair(x, y, matrix, noise, inverse):
    """Fit ``(x, y)[t+1] = c + matrix (x, y)[t] + e``; return whether the fit exists.

    Fills matrix, noise covariance and inverse cross products. Precondition: finite, equal lengths.
    """
    sums = np.empty(10)
    _pair_products(x, y, sums)
    xx, xy, yy = sums[0], sums[1], sums[2]
    determinant = xx * yy - xy * xy
    if not determinant > 1e-12 * xx * yy:
        return False
    inverse[0, 0], inverse[1, 1] = yy / determinant, xx / determinant
    inverse[0, 1] = inverse[1, 0] = -xy / determinant
    freedom = len(x) - 4
    for i in range(2):
        to_x, to_y = sums[3 + 2 * i], sums[4 + 2 * i]
        for j in range(2):
            matrix[i, j] = to_x * inverse[0, j] + to_y * inverse[1, j]
    for i in range(2):
        for j in range(2):
            explained = matrix[i, 0] * sums[3 + 2 * j] + matrix[i, 1] * sums[4 + 2 * j]
            noise[i, j] = (sums[7 + i + j] - explained) / freedom
    return True


@kernel
def leading_eigenvalue(matrix, noise, inverse):
    """Return the real part of the leading eigenvalue, its standard error, and whether it is complex."""
    half = 0.5 * (matrix[0, 0] - matrix[1, 1])
    middle = 0.5 * (matrix[0, 0] + matrix[1, 1])
    square = half * half + matrix[0, 1] * matrix[1, 0]
    gradient = np.zeros((2, 2))
    gradient[0, 0] = gradient[1, 1] = 0.5
    value = middle
    if square > 0.0:
        root = math.sqrt(square)
        value += root
        gradient[0, 0] += 0.5 * half / root
        gradient[1, 1] -= 0.5 * half / root
        gradient[0, 1] = 0.5 * matrix[1, 0] / root
        gradient[1, 0] = 0.5 * matrix[0, 1] / root
    variance = 0.0
    for i in range(2):
        for j in range(2):
            for k in range(2):
                for m in range(2):
                    variance += gradient[i, j] * gradient[k, m] * noise[i, k] * inverse[j, m]
    return value, math.sqrt(max(variance, 0.0)), square < 0.0


@kernel
def loop_statistic(matrix, noise, inverse):
    """Return the smaller t-ratio of the two cross effects, signed by their product."""
    there = matrix[0, 1] / math.sqrt(noise[0, 0] * inverse[1, 1])
    back = matrix[1, 0] / math.sqrt(noise[1, 1] * inverse[0, 0])
    return math.copysign(min(abs(there), abs(back)), there * back)


@kernel
def rolling_pairs(x, y, window):
    """Fit the window that ends at each t.

    Columns: four matrix entries row by row, eigenvalue, its error, whether complex, loop statistic; NaN
    before the first window and without a fit.
    """
    out = np.full((len(x), 8), np.nan)
    matrix, noise, inverse = np.empty((2, 2)), np.empty((2, 2)), np.empty((2, 2))
    for end in range(window, len(x) + 1):
        if fit_pair(x[end - window : end], y[end - window : end], matrix, noise, inverse):
            row = out[end - 1]
            row[0], row[1], row[2], row[3] = matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1]
            value, error, turning = leading_eigenvalue(matrix, noise, inverse)
            row[4], row[5], row[6] = value, error, 1.0 if turning else 0.0
            row[7] = loop_statistic(matrix, noise, inverse)
    return out


@kernel
def refit_pairs(x0, y0, constant, matrix, shocks, chosen):
    """Return eigenvalue and loop of pairs simulated with resampled shocks (a row of ``chosen`` a path)."""
    paths, m = chosen.shape
    out = np.full((paths, 3), np.nan)
    x, y = np.empty(m + 1), np.empty(m + 1)
    fitted, noise, inverse = np.empty((2, 2)), np.empty((2, 2)), np.empty((2, 2))
    for i in range(paths):
        x[0], y[0] = x0, y0
        for t in range(m):
            shock = shocks[chosen[i, t]]
            x[t + 1] = constant[0] + matrix[0, 0] * x[t] + matrix[0, 1] * y[t] + shock[0]
            y[t + 1] = constant[1] + matrix[1, 0] * x[t] + matrix[1, 1] * y[t] + shock[1]
        if fit_pair(x, y, fitted, noise, inverse):
            out[i, 0], out[i, 1], _ = leading_eigenvalue(fitted, noise, inverse)
            out[i, 2] = loop_statistic(fitted, noise, inverse)
    return out


@kernel
def rolling_correlation(a, b, window, out):
    """Fill ``out`` with the correlation of the last ``window`` values at each t; NaN where undefined."""
    out[: window - 1] = np.nan
    for end in range(window, len(a) + 1):
        p, q = a[end - window : end], b[end - window : end]
        mean_p, mean_q = np.mean(p), np.mean(q)
        pp = _centred_product(p, mean_p, p, mean_p)
        qq = _centred_product(q, mean_q, q, mean_q)
        pq = _centred_product(p, mean_p, q, mean_q)
        varies = pp > ROUNDING * window * mean_p**2 and qq > ROUNDING * window * mean_q**2
        out[end - 1] = pq / math.sqrt(pp * qq) if varies else np.nan


@kernel
def running_correlation(a, b, window, out):
    """Fill ``out`` as `rolling_correlation`, from sums updated in place and taken afresh once a window.

    Precondition: a and b have means near zero, or digits are lost.
    """
    out[: window - 1] = np.nan
    sums = np.zeros(5)
    for t in range(window - 1, len(a)):
        if (t + 1) % window == 0:
            sums[:] = 0.0
            for i in range(t + 1 - window, t + 1):
                _add_pair(sums, a[i], b[i], 1.0)
        else:
            _add_pair(sums, a[t], b[t], 1.0)
            _add_pair(sums, a[t - window], b[t - window], -1.0)
        pp = sums[2] - sums[0] * sums[0] / window
        qq = sums[3] - sums[1] * sums[1] / window
        pq = sums[4] - sums[0] * sums[1] / window
        out[t] = pq / math.sqrt(pp * qq) if pp > 0.0 and qq > 0.0 else np.nan


@kernel
def _add_pair(sums, p, q, sign):
    """Add (or take away) one pair to the sums of a, b, a^2, b^2 and ab."""
    sums[0] += sign * p
    sums[1] += sign * q
    sums[2] += sign * p * p
    sums[3] += sign * q * q
    sums[4] += sign * p * q


@kernel
def flipped_correlations(a, b, signs, window):
    """Return the rolling correlation of a with b times each row of signs."""
    out = np.empty((signs.shape[0], len(a)))
    for i in range(signs.shape[0]):
        running_correlation(a, b * signs[i], window, out[i])
    return out


@kernel
def flipped_ranges(a, shared, rest, signs, window):
    """Return the range of the rolling Fisher z of a with ``shared`` plus ``rest`` times each row of signs."""
    ranges = np.empty(signs.shape[0])
    path = np.empty(len(a))
    for i in range(signs.shape[0]):
        running_correlation(a, shared + rest * signs[i], window, path)
        ranges[i] = fisher_range(path)
    return ranges


@kernel
def fisher_range(path):
    """Return the largest less the smallest Fisher z of a path of correlations, NaN ignored."""
    low, high = np.inf, -np.inf
    for r in path:
        if not math.isnan(r):
            z = math.atanh(min(max(r, -0.9999), 0.9999))
            low, high = min(low, z), max(high, z)
    return high - low

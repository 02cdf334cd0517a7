"""Kernels of a coefficient that changes in time: rolling fits with long-run errors, and a Kalman filter."""

import math

import numpy as np

from earlywarning._kernels.jit import kernel
from earlywarning._kernels.linked import linked


@linked
@kernel("UniTuple(f8, 2)(f8[::1], f8[::1], b1, i8)")
def long_run_fit(y, x, intercept, lags):
    """Return slope and Bartlett long-run error of y on x; NaN without variation in x or residual.

    Precondition: finite, equal lengths above 3. Without an intercept the line goes through the origin.
    """
    n = len(y)
    mean_x, mean_y = 0.0, 0.0
    if intercept:
        for i in range(n):
            mean_x += x[i]
            mean_y += y[i]
        mean_x /= n
        mean_y /= n
    xx, xy = 0.0, 0.0
    for i in range(n):
        xx += (x[i] - mean_x) * (x[i] - mean_x)
        xy += (x[i] - mean_x) * (y[i] - mean_y)
    if not xx > 1e-24 * n * (mean_x * mean_x + 1e-300):
        return math.nan, math.nan
    slope = xy / xx
    score = np.empty(n)
    for i in range(n):
        score[i] = (x[i] - mean_x) * (y[i] - mean_y - slope * (x[i] - mean_x))
    variance = 0.0
    for i in range(n):
        variance += score[i] * score[i]
    for lag in range(1, lags + 1):
        product = 0.0
        for i in range(lag, n):
            product += score[i] * score[i - lag]
        variance += 2.0 * (1.0 - lag / (lags + 1.0)) * product
    free = n - 2.0 if intercept else n - 1.0
    error = math.sqrt(max(variance, 0.0) * n / free) / xx
    return slope, error if error > 0.0 else math.nan


@kernel(inner=True)
def _unknown(rows, columns):
    """Return rows of NaN; to fill a whole row at once compiles the text of an error that cannot happen."""
    out = np.empty((rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[i, j] = math.nan
    return out


@kernel("f8[:, ::1](f8[::1], f8[::1], i8, b1, i8)")
def rolling_fit(y, x, window, intercept, lags):
    """Return slope and error in the window that ends at each t, shape (n, 2); NaN before the first."""
    out = _unknown(len(y), 2)
    for end in range(window, len(y) + 1):
        slope, error = long_run_fit(y[end - window : end], x[end - window : end], intercept, lags)
        out[end - 1, 0], out[end - 1, 1] = slope, error
    return out


@kernel("f8(f8[:, ::1])")
def weaker_sign(fits):
    """Return the smaller of the strongest positive and the strongest negative t-ratio, at least 0."""
    high, low = 0.0, 0.0
    for i in range(len(fits)):
        t = fits[i, 0] / fits[i, 1]
        if not math.isnan(t):
            high, low = max(high, t), min(low, t)
    return min(high, -low)


@kernel("Tuple((f8[::1], f8[:, ::1]))(f8[::1], f8[::1], f8, i8[:, ::1], i8, b1, i8, i8)")
def refit_constant(x, residual, slope, chosen, window, intercept, lags, every):
    """Refit paths of a constant slope: pairs of x and residual in the order of each row of ``chosen``.

    Returns the weaker sign of each path, shape (k,), and t-ratios about the true slope in windows that do not
    overlap, shape (k, n // window). Windows are fitted at every ``every``-th observation.
    """
    paths, n = chosen.shape
    weaker = np.empty(paths)
    centred = np.empty((paths, n // window))
    y, z = np.empty(n), np.empty(n)
    fits = _unknown(n, 2)
    for k in range(paths):
        for i in range(n):
            z[i] = x[chosen[k, i]]
            y[i] = slope * z[i] + residual[chosen[k, i]]
        for end in range(n, window - 1, -every):
            b, error = long_run_fit(y[end - window : end], z[end - window : end], intercept, lags)
            fits[end - 1, 0], fits[end - 1, 1] = b, error
        weaker[k] = weaker_sign(fits)
        for j in range(n // window):
            end = n - j * window
            b, error = long_run_fit(y[end - window : end], z[end - window : end], intercept, lags)
            centred[k, j] = (b - slope) / error
    return weaker, centred


@kernel("Tuple((f8[:, ::1], f8, f8))(f8[::1], f8[::1], b1, f8)")
def filter_coefficient(y, x, intercept, ratio):
    """Run the Kalman filter of ``y = a + b[t] x + e`` with ``Var(b[t] - b[t-1]) = ratio Var(e)``.

    Returns filtered b and its variance in units of Var(e), shape (n, 2), the concentrated log-likelihood and
    Var(e). Precondition: y and x of unit scale; the first observations, one a coefficient, set the start.
    """
    n = len(y)
    out = np.empty((n, 2))
    a, b = 0.0, 0.0
    paa = 1e6 if intercept else 0.0
    pab, pbb = 0.0, 1e6
    skipped = 2 if intercept else 1
    squares, logs = 0.0, 0.0
    for t in range(n):
        pbb += ratio
        one = 1.0 if intercept else 0.0
        ga = paa * one + pab * x[t]
        gb = pab * one + pbb * x[t]
        f = one * ga + x[t] * gb + 1.0
        v = y[t] - one * a - b * x[t]
        a += ga * v / f
        b += gb * v / f
        paa -= ga * ga / f
        pab -= ga * gb / f
        pbb -= gb * gb / f
        out[t, 0], out[t, 1] = b, pbb
        if t >= skipped:
            squares += v * v / f
            logs += math.log(f)
    m = n - skipped
    variance = squares / m
    return out, -0.5 * (m * math.log(variance) + logs), variance

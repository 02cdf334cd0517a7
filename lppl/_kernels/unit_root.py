"""Compiled unit-root and stationarity statistics with a constant, for bootstraps that need thousands.

All kernels assume a clean float64 array longer than ``2 lags + 6``; where a variance is zero they return NaN.
"""

import math

import numpy as np

from lppl._kernels.jit import kernel


@kernel
def adf(x, lags):
    """Return the augmented Dickey-Fuller t-statistic of ``x`` with ``lags`` lagged differences."""
    rows, size = x.size - 1 - lags, lags + 2
    # Columns: lagged differences, the lagged level, the difference to explain; each about its mean.
    columns = np.empty((size, rows))
    for i in range(rows):
        now = i + lags + 1
        for k in range(lags):
            columns[k, i] = x[now - 1 - k] - x[now - 2 - k]
        columns[lags, i] = x[now - 1]
        columns[lags + 1, i] = x[now] - x[now - 1]
    for k in range(size):
        columns[k] -= columns[k].mean()
    # In the Cholesky factor of all columns' products the last row holds the regression.
    factor = np.zeros((size, size))
    for k in range(size):
        for j in range(k + 1):
            total = 0.0
            for i in range(rows):
                total += columns[k, i] * columns[j, i]
            whole = total
            for i in range(j):
                total -= factor[k, i] * factor[j, i]
            if k > j:
                factor[k, j] = total / factor[j, j]
            elif total <= 1e-14 * whole:
                return math.nan
            else:
                factor[k, k] = math.sqrt(total)
    return factor[lags + 1, lags] / factor[lags + 1, lags + 1] * math.sqrt(rows - 2 - lags)


@kernel
def long_run_variance(x, lags):
    """Return the Newey-West long-run variance of ``x`` (mean zero) with Bartlett weights."""
    total = 0.0
    for j in range(lags + 1):
        product = 0.0
        for i in range(j, x.size):
            product += x[i] * x[i - j]
        total += product if j == 0 else 2.0 * (1.0 - j / (lags + 1.0)) * product
    return total / x.size


@kernel
def phillips_perron(x, lags):
    """Return the Phillips-Perron Z-tau statistic of ``x``; ``lags`` of the Newey-West correction."""
    n = x.size - 1
    before, now = x[:-1] - x[:-1].mean(), x[1:] - x[1:].mean()
    spread = (before * before).sum()
    if spread <= 0.0:
        return math.nan
    slope = (before * now).sum() / spread
    errors = now - slope * before
    variance = (errors * errors).mean()
    long_run = long_run_variance(errors, lags)
    if variance <= 1e-14 * spread / n or long_run <= 0.0:
        return math.nan
    t = (slope - 1.0) * math.sqrt(spread * (n - 2) / (n * variance))
    correction = 0.5 * (long_run - variance) / math.sqrt(long_run) * n / math.sqrt(spread)
    return math.sqrt(variance / long_run) * t - correction


@kernel
def kpss(x, lags):
    """Return the KPSS statistic of ``x`` about its mean; ``lags`` of the Newey-West variance."""
    errors = x - x.mean()
    long_run = long_run_variance(errors, lags)
    if long_run <= 0.0:
        return math.nan
    partial = total = 0.0
    for i in range(x.size):
        partial += errors[i]
        total += partial * partial
    return total / (x.size * x.size * long_run)


@kernel
def first_order(x):
    """Return the least-squares AR(1) coefficient of ``x`` about its mean."""
    errors = x - x.mean()
    before = errors[:-1]
    return (before * errors[1:]).sum() / (before * before).sum()

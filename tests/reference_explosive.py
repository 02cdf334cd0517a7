"""Slow obvious twin of the explosive-root kernels."""

import numpy as np


def adf_statistic(y, lags):
    """t-statistic of the level in an ordinary least-squares ADF regression with a constant."""
    difference = np.diff(y)
    left = difference[lags:]
    columns = [np.ones(len(left)), y[lags:-1]]
    columns += [difference[lags - i : len(difference) - i] for i in range(1, lags + 1)]
    design = np.column_stack(columns)
    coefficients, *_ = np.linalg.lstsq(design, left, rcond=None)
    residual = left - design @ coefficients
    variance = residual @ residual / (len(left) - design.shape[1])
    return coefficients[1] / np.sqrt(variance * np.linalg.inv(design.T @ design)[1, 1])


def backward_sup_adf(y, lags, min_rows, starts):
    """Largest t-statistic of the windows that end at each regression row, from one regression a window."""
    rows = len(y) - 1 - lags
    path = np.full(rows, np.nan)
    for last in range(min_rows - 1, rows):
        windows = range(min(starts, last - min_rows + 2))
        path[last] = max(adf_statistic(y[first : last + lags + 2], lags) for first in windows)
    return path


def smoothed_variance(steps, bandwidth, causal):
    """Gaussian kernel mean of the squared steps about each of them, term by term."""
    out = []
    for t in range(len(steps)):
        near = [i for i in range(len(steps)) if i <= t or not causal]
        weight = np.array([np.exp(-0.5 * ((i - t) / bandwidth) ** 2) for i in near])
        out.append(weight @ steps[near] ** 2 / weight.sum())
    return np.array(out)


def backward_sup_gls(y, variance, min_rows, starts):
    """Largest statistic of windows that end at each step: levels from a window's first, steps weighted."""
    rows = len(y) - 1
    path = np.full(rows, np.nan)
    for last in range(min_rows - 1, rows):
        found = []
        for first in range(min(starts, last - min_rows + 2)):
            level = (y[first : last + 1] - y[first]) / np.sqrt(variance[first : last + 1])
            step = np.diff(y[first : last + 2]) / np.sqrt(variance[first : last + 1])
            # Unit variance is known: the t-ratio of a regression through the origin.
            found.append((level @ step) / np.sqrt(level @ level))
        path[last] = max(found)
    return path

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

"""Drifts of null paths with equal weights: what is tested of them, bit by bit as ``fit_drifts`` has it."""

import numpy as np

from earlywarning._kernels.drift_polynomials import (
    _dot,
    _fill_basis,
    _subtract,
    _windowed_outer,
    slope_statistic,
    wald,
)
from earlywarning._kernels.jit import kernel


@kernel
def fit_null_drifts(paths, centre, scale, degree, lags, whole, out):
    """Write Wald statistics of the highest and of all powers, and slope over error at the end, a row a path.

    Without ``whole`` the first alone, for which one variance is enough; the constant's are never needed.
    Precondition: as of ``fit_drifts``.
    """
    n, width = paths.shape[1] - 1, degree + 1
    first = 1 if whole else degree
    basis, score, room = np.empty((width, n)), np.empty((width, n)), np.empty((width, n + lags))
    powers, covariance, block = np.empty((width, width)), np.zeros((width, width)), np.empty((degree, degree))
    coefficients, residual = np.empty(width), np.empty(n)
    level = np.empty(n)
    for row in range(paths.shape[0]):
        if not scale[row] > 0.0:
            continue
        for t in range(n):
            level[t] = (paths[row, t] - centre[row]) / scale[row]
            residual[t] = (paths[row, t + 1] - paths[row, t]) / scale[row]
            basis[0, t] = 1.0
        powers[:] = 0.0
        if not _fill_basis(level, basis, powers):
            continue
        for j in range(width):
            coefficients[j] = _dot(basis[j], residual)
        for j in range(width):
            _subtract(residual, coefficients[j], basis[j])
        for j in range(first, width):
            for t in range(n):
                score[j, t] = basis[j, t] * residual[t]
        _windowed_outer(score[first:], lags, room, block)
        for i in range(first, width):
            for j in range(first, width):
                covariance[i, j] = block[i - first, j - first] * (n / (n - width))
        out[row, 0] = wald(coefficients, covariance, degree)
        if whole:
            out[row, 1] = wald(coefficients, covariance, 1)
            end = (paths[row, n] - centre[row]) / scale[row]
            out[row, 2] = slope_statistic(coefficients, covariance, powers, end)

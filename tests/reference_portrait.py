"""Slow obvious twins of the phase-portrait kernels."""

import numpy as np


def drift_by_least_squares(x, degree, lags, weights):
    """Coefficients in powers of x and their Bartlett covariance, term by term."""
    level, step = x[:-1], np.diff(x)
    n = len(step)
    design = np.vander(level, degree + 1, increasing=True)
    bread = np.linalg.inv(design.T @ (weights[:, None] * design))
    coefficients = bread @ design.T @ (weights * step)
    residual = step - design @ coefficients
    score = design * (weights * residual)[:, None]
    meat = score.T @ score
    for k in range(1, lags + 1):
        product = score[k:].T @ score[:-k]
        meat += (1 - k / (lags + 1)) * (product + product.T)
    return coefficients, n / (n - degree - 1) * bread @ meat @ bread, residual


def cubic_paths(count, n, seed, rate=0.1, noise=0.112, edge=1.15):
    """Paths of dx = -rate x (1 - x^2) + noise that never crossed the edge: unstable points at -1 and 1."""
    rng = np.random.default_rng(seed)
    kept = []
    while len(kept) < count:
        x = np.zeros((n, 100))
        for t in range(n - 1):
            x[t + 1] = x[t] - rate * (x[t] - x[t] ** 3) + noise * rng.standard_normal(100)
            x[t + 1] = np.where(np.abs(x[t + 1]) > edge, np.nan, x[t + 1])
        kept.extend(x[:, np.isfinite(x[-1])].T)
    return np.array(kept[:count])


def double_well_path(n, seed, rate=0.1, noise=0.2):
    """One path of dx = rate x (1 - x^2) + noise: stable points at -1 and 1, an unstable one at 0."""
    rng = np.random.default_rng(seed)
    x = np.zeros(n)
    for t in range(n - 1):
        x[t + 1] = x[t] + rate * (x[t] - x[t] ** 3) + noise * rng.standard_normal()
    return x

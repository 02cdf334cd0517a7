"""Slow, obvious twins of curves with AR(1) errors: the log-returns as one normal vector."""

import math

import numpy as np


def shapes(t, tc, m, omega):
    """What B, C1 and C2 multiply."""
    tau = np.maximum(np.abs(tc - t), 0.5)
    return np.column_stack(
        [tau**m, tau**m * np.cos(omega * np.log(tau)), tau**m * np.sin(omega * np.log(tau))]
    )


def steps_covariance(n, rho, variances):
    """Covariance of the steps of AR(1) errors; ``variances`` of the shocks, first of the stationary start."""
    if rho == 1.0:
        return np.diag(variances[1:])
    # errors = moving sum of the start and the shocks
    spread = np.array([[rho ** (i - j) if i >= j else 0.0 for j in range(n)] for i in range(n)])
    sources = np.array([variances[0] / (1.0 - rho**2), *variances[1:]])
    steps = np.diff(spread, axis=0)
    return steps @ np.diag(sources) @ steps.T


def log_likelihood(y, x, rho, variances):
    """Return the log-likelihood of the steps at the best coefficients of ``x``, and these, and the scale."""
    returns, slopes = np.diff(y), np.diff(x, axis=0)
    covariance = steps_covariance(y.size, rho, variances)
    inverse = np.linalg.inv(covariance)
    size = np.linalg.norm(slopes, axis=0)
    scaled = slopes / size
    linear = np.linalg.solve(scaled.T @ inverse @ scaled, scaled.T @ inverse @ returns)
    errors = returns - scaled @ linear
    scale = float(errors @ inverse @ errors) / returns.size
    logs = np.linalg.slogdet(covariance)[1]
    height = -0.5 * (returns.size * (math.log(2.0 * math.pi * scale) + 1.0) + logs)
    return float(height), linear / size, scale

"""Slow obvious twins of the residual statistics, the periodogram and the quantile fit."""

import numpy as np
from scipy.optimize import linprog, minimize

import lppl


def adf_statistic(x, lags):
    """t-statistic of the level in an ordinary least-squares ADF regression with a constant."""
    difference = np.diff(x)
    rows = len(difference) - lags
    columns = [np.ones(rows)] + [difference[lags - k : lags - k + rows] for k in range(1, lags + 1)]
    return _t(np.column_stack([*columns, x[lags:-1]]), difference[lags:])


def _t(design, left):
    """t-statistic of the last coefficient."""
    coefficients, *_ = np.linalg.lstsq(design, left, rcond=None)
    errors = left - design @ coefficients
    variance = errors @ errors / (len(left) - design.shape[1])
    return coefficients[-1] / np.sqrt(variance * np.linalg.inv(design.T @ design)[-1, -1])


def long_run_variance(x, lags):
    """Newey-West variance from explicit autocovariances."""
    gamma = [np.mean(x[j:] * x[: len(x) - j]) * (1 - j / len(x)) for j in range(lags + 1)]
    return gamma[0] + 2 * sum((1 - j / (lags + 1)) * gamma[j] for j in range(1, lags + 1))


def phillips_perron_statistic(x, lags):
    """Z-tau from the Dickey-Fuller regression in levels."""
    design = np.column_stack([np.ones(len(x) - 1), x[:-1]])
    coefficients, *_ = np.linalg.lstsq(design, x[1:], rcond=None)
    errors = x[1:] - design @ coefficients
    n = len(errors)
    s2 = errors @ errors / (n - 2)
    se = np.sqrt(s2 * np.linalg.inv(design.T @ design)[1, 1])
    short, long = errors @ errors / n, long_run_variance(errors, lags)
    t = (coefficients[1] - 1) / se
    return np.sqrt(short / long) * t - 0.5 * (long - short) / np.sqrt(long) * n * se / np.sqrt(s2)


def kpss_statistic(x, lags):
    """Mean square of the scaled partial sums about the mean."""
    errors = x - x.mean()
    return np.sum(np.cumsum(errors) ** 2) / len(x) ** 2 / long_run_variance(errors, lags)


def lomb_power(x, y, omega):
    """Reduction of the sum of squares by the best sinusoid without a constant, in half variances."""
    errors = y - y.mean()
    waves = np.column_stack([np.cos(omega * x), np.sin(omega * x)])
    coefficients, *_ = np.linalg.lstsq(waves, errors, rcond=None)
    return 0.5 * (errors @ waves @ coefficients) / y.var(ddof=1)


def check_regression_loss(design, y, low, high):
    """Smallest check loss of a linear regression as an exact linear programme."""
    size, n = design.shape
    result = linprog(
        np.concatenate([np.zeros(2 * size), high, -np.asarray(low)]),
        A_eq=np.hstack([design.T, -design.T, np.eye(n), -np.eye(n)]),
        b_eq=y,
        bounds=(0, None),
        method="highs",
    )
    return result.fun


def profile_loss(t, y, tc, m, omega, q):
    """Smallest check loss at given nonlinear parameters, by linear programming."""
    tau = np.maximum(np.abs(tc - t), 0.5) / (t[-1] - t[0])
    wave = omega * np.log(tau)
    power = tau**m
    design = np.vstack([np.ones(len(t)), (power - 1) / m, power * np.cos(wave), power * np.sin(wave)])
    return check_regression_loss(design, y, np.full(len(t), q - 1), np.full(len(t), q))


def quantile_loss(t, y, q, lower, upper, nodes, polished):
    """Smallest check loss over a dense grid, its best nodes polished by a simplex search in the box."""
    axes = [np.linspace(a, b, n) for a, b, n in zip(lower, upper, nodes, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    losses = np.array([profile_loss(t, y, *x, q) for x in grid])
    best = losses.min()
    for k in np.argsort(losses)[:polished]:
        found = minimize(
            lambda x: profile_loss(t, y, *x, q),
            grid[k],
            method="Nelder-Mead",
            bounds=list(zip(lower, upper, strict=True)),
            options={"maxfev": 300, "xatol": 1e-4, "fatol": 1e-9},
        )
        best = min(best, found.fun)
    return best


def bubble_start(y, lengths, space):
    """Length that minimises ``SSE/(N - 8) - slope (N - 1)``, each window fitted on its own."""
    normalised = [lppl.fit(np.exp(y[-n:]), space=space).sse / (n - 8) for n in lengths]
    span = np.array(lengths) - 1.0
    slope, _ = np.polyfit(span, normalised, 1)
    curve = np.array(normalised) - slope * span
    return lengths[int(np.argmin(curve))], slope, curve

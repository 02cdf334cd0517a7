"""Slow obvious twins of the kernels behind the chances of a fall."""

import math

import numpy as np
from scipy import stats


def describe(y, fewest=60):
    """Return features from their definitions, one close at a time, shape (n - fewest, 14)."""
    rows = []
    months = []
    for i in range(1, len(y)):
        r = np.diff(y[: i + 1])
        if i >= 60:
            months.append(0.5 * math.log(np.mean(r[-60:] ** 2)))
        if i < fewest:
            continue
        year = r[-250:]
        rows.append(
            (
                0.5 * math.log(_ewma(r**2, 0.94)),
                math.log(_ewma(np.abs(r), 0.97)),
                math.log(_ewma(np.abs(r), 0.99)),
                0.5 * math.log(np.mean(r**2)),
                np.mean(months),
                year.std(ddof=1),
                y[i] - y[max(i - 249, 0) : i + 1].max(),
                y[i] - y[max(i - 199, 0) : i + 1].mean(),
                i,
                np.mean(year == 0.0),
                0.5 * math.log(np.mean((y[20 : i + 1] - y[: i - 19]) ** 2) / 20 / np.mean(r**2)),
                y[i] - y[i - 20],
                y[i] - y[max(i - 500, 0)],
                np.max(months) - np.mean(months),
            )
        )
    return np.array(rows)


def _ewma(x, keep):
    weights = keep ** np.arange(len(x))[::-1]
    return float(np.sum(weights * x) / np.sum(weights))


def passage(loss, horizon, sigma, sharpe, spread, points=7):
    """Return the chance of a log loss within a horizon, node by node."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(points)
    delta = sharpe * math.sqrt(horizon / 250)
    total = 0.0
    for node, weight in zip(nodes, weights / weights.sum(), strict=True):
        z = loss / (sigma * math.exp(spread * node) * math.sqrt(horizon)) + 0.5826 / math.sqrt(horizon)
        total += weight * (stats.norm.cdf(-z - delta) + math.exp(-2 * delta * z) * stats.norm.cdf(delta - z))
    return total


def worst(y, horizon):
    """Return the deepest fall within the next closes, NaN where not all of them are known."""
    return np.array(
        [
            max(0.0, y[i] - y[i + 1 : i + 1 + horizon].min()) if i + horizon < len(y) else np.nan
            for i in range(len(y))
        ]
    )

"""Slow, obvious twins of the early-warning kernels."""

import math

import numpy as np


def causal_local_residual(x, weights, order):
    """Weighted least squares on what lies in the past, one observation at a time."""
    out = np.full(len(x), np.nan)
    for t in range(len(x)):
        lags = np.arange(min(t + 1, len(weights)))
        past = x[t - lags]
        keep = ~np.isnan(past) & (weights[lags] > 0)
        if np.isnan(x[t]) or keep.sum() < order + 2:
            continue
        root = np.sqrt(weights[lags][keep])
        design = np.vander(-lags[keep].astype(float), order + 1, increasing=True)
        beta = np.linalg.lstsq(design * root[:, None], past[keep] * root, rcond=None)[0]
        out[t] = x[t] - beta[0]
    return out


def expanding_line_residual(x):
    out = np.full(len(x), np.nan)
    for t in range(len(x)):
        seen = np.flatnonzero(~np.isnan(x[: t + 1]))
        if len(seen) >= 3 and not np.isnan(x[t]):
            _, level = np.polyfit(seen - t, x[seen], 1)
            out[t] = x[t] - level
    return out


def rolling(x, window, statistic):
    out = np.full(len(x), np.nan)
    for t in range(window - 1, len(x)):
        out[t] = statistic(x[t - window + 1 : t + 1])
    return out


def variance(least):
    def statistic(window):
        seen = window[~np.isnan(window)]
        return math.nan if len(seen) < least else math.fsum((seen - seen.mean()) ** 2) / (len(seen) - 1)

    return statistic


def autocorrelation(lag, least):
    def statistic(window):
        a, b = window[:-lag], window[lag:]
        keep = ~(np.isnan(a) | np.isnan(b))
        a, b = a[keep], b[keep]
        if keep.sum() < least or np.ptp(a) == 0 or np.ptp(b) == 0:
            return math.nan
        return np.corrcoef(a, b)[0, 1]

    return statistic


def kendall_tau(y):
    y = np.asarray(y)[~np.isnan(y)]
    signs = np.sign(y[None, :] - y[:, None])[np.triu_indices(len(y), 1)]
    moving = np.count_nonzero(signs)
    return signs.sum() / math.sqrt(moving * len(signs)) if moving else math.nan

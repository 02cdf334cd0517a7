"""Slow, obvious twins of the early-warning kernels."""

import math

import numpy as np
from scipy import stats


def causal_line_residual(x, weights):
    """Weighted least squares on what lies in the past, one observation at a time."""
    out = np.full(len(x), np.nan)
    for t in range(len(x)):
        lags = np.arange(min(t + 1, len(weights)))
        past = x[t - lags]
        keep = ~np.isnan(past) & (weights[lags] > 0)
        if np.isnan(x[t]) or keep.sum() < 3:
            continue
        root = np.sqrt(weights[lags][keep])
        design = np.vander(-lags[keep].astype(float), 2, increasing=True)
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


def skewness(window):
    return stats.skew(window[~np.isnan(window)], bias=False)


def kurtosis(window):
    return stats.kurtosis(window[~np.isnan(window)], bias=False)


def restoring_rate(window):
    return np.polyfit(window[:-1], np.diff(window), 1)[0]


def restoring_rate_gls(window, rounds=10):
    """Cochrane-Orcutt by least squares on quasi-differenced data, the first pair dropped throughout."""
    step, level = np.diff(window), window[:-1]
    rho = 0.0
    for _ in range(rounds):
        y, x = step[1:] - rho * step[:-1], level[1:] - rho * level[:-1]
        slope = np.polyfit(x, y, 1)[0]
        error = step - slope * level
        rho = np.polyfit(error[:-1], error[1:], 1)[0]
    return slope


def arch(window):
    slope, level = np.polyfit(window[:-1], window[1:], 1)
    square = (window[1:] - level - slope * window[:-1]) ** 2
    return np.corrcoef(square[:-1], square[1:])[0, 1] ** 2


def dfa(window, sizes):
    """Polynomial fits of the profile, boxes laid backwards from the end."""
    profile = np.cumsum(window - window.mean())
    fluctuation = []
    for size in sizes:
        squares = []
        for stop in range(len(window), size - 1, -size):
            box = profile[stop - size : stop]
            fit = np.polyval(np.polyfit(np.arange(size), box, 1), np.arange(size))
            squares.append(np.mean((box - fit) ** 2))
        fluctuation.append(np.sqrt(np.mean(squares)))
    return np.polyfit(np.log(sizes), np.log(fluctuation), 1)[0]


def low_frequency_ratio(window, period):
    """Sum of squares of the slow Fourier components over all of it."""
    spectrum = np.fft.rfft(window - window.mean())
    slow = spectrum.copy()
    slow[np.fft.rfftfreq(len(window)) >= 1 / period] = 0
    return np.sum(np.fft.irfft(slow, len(window)) ** 2) / np.sum((window - window.mean()) ** 2)


def spectral_exponent(window, highest):
    frequency = np.fft.rfftfreq(len(window))
    power = np.abs(np.fft.rfft(window - window.mean())) ** 2
    use = (frequency > 0) & (frequency <= highest)
    return -np.polyfit(np.log(frequency[use]), np.log(power[use]), 1)[0]

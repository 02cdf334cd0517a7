"""How long the blocks of a stationary bootstrap must be for the memory of a series."""

import numpy as np


def block_length(x: np.ndarray) -> float:
    """Return the mean block length that makes the bootstrap's long-run variance most exact.

    Parameters
    ----------
    x : numpy.ndarray, shape (n,)
        Finite values, at least 20 of them.

    Returns
    -------
    float
        Observations, at most ``min(3 sqrt(n), n / 3)``; it may be below one. NaN where ``x`` never changes.

    References
    ----------
    .. [1] Politis & White (2004), Econometric Reviews 23, 53-70.
    .. [2] Patton, Politis & White (2009), Econometric Reviews 28, 372-375 (its correction).
    """
    n = x.size
    if np.ptp(x) == 0:
        return float("nan")
    deviation = x - x.mean()
    quiet = max(5, int(np.log10(n)))
    most = int(np.ceil(np.sqrt(n))) + quiet
    covariance, correlation = np.empty(most + 1), np.empty(most + 1)
    for lag in range(most + 1):
        before, after = deviation[: n - lag], deviation[lag:]
        covariance[lag] = after @ before / n
        # Scaled as Patton's program does: by the sums of squares one further in.
        spread = (deviation[lag + 1 :] @ deviation[lag + 1 :]) * (before[:-1] @ before[:-1])
        correlation[lag] = abs(after @ before) / np.sqrt(spread)
    small = correlation < 2 * np.sqrt(np.log10(n) / n)
    runs = (start for start in range(most - quiet + 1) if small[start : start + quiet].all())
    memory = next(runs, None)
    reach = most if memory is None else min(2 * max(memory, 1), most)
    lags = np.arange(1, reach + 1)
    weight = 2 * np.minimum(1, 2 * (1 - lags / reach)) * covariance[1 : reach + 1]
    slope, variance = weight @ lags, covariance[0] + weight.sum()
    return float(min((n * slope**2 / variance**2) ** (1 / 3), np.ceil(min(3 * np.sqrt(n), n / 3))))

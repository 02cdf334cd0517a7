"""Series in which nothing that a test looks for happens, a generator and a length in, levels out."""

import numpy as np
from scipy.signal import lfilter


def garch_shocks(rng, n):
    """Student-t GARCH(1,1) shocks with the persistence of daily markets."""
    shocks = rng.standard_t(5, n + 200) / np.sqrt(5 / 3)
    variance = 1.0
    for t in range(n + 200):
        shocks[t] *= np.sqrt(variance)
        variance = 0.05 + 0.1 * shocks[t] ** 2 + 0.85 * variance
    return shocks[200:]


def walk(rng, n):
    return np.cumsum(rng.standard_normal(n))


def garch_walk(rng, n):
    return np.cumsum(garch_shocks(rng, n))


def mean_reversion(rng, n):
    return lfilter([1.0], [1.0, -0.9], rng.standard_normal(n + 200))[200:]


NULL_SERIES = {"walk": walk, "garch_walk": garch_walk, "mean_reversion": mean_reversion}

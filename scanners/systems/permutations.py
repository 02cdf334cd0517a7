"""Do the last events differ from those before? Permutations of all of them."""

import numpy as np


def permutation_p_value(values: np.ndarray, last: int, draws: int, seed: int = 0) -> float:
    """Return how often reordered events differ as much between the last ones and those before.

    The statistic is the sum over columns of the squared difference of means, in standard deviations.

    Parameters
    ----------
    values : numpy.ndarray, shape (n, k)
        A row an event, in their order.
    last : int
        Events at the end that are compared with the others.
    draws, seed : int
    """
    scaled = values / values.std(axis=0)
    n, rng = len(scaled), np.random.default_rng(seed)
    chosen = np.array([np.arange(n - last, n), *(rng.permutation(n)[-last:] for _ in range(draws))])
    sums = scaled[chosen].sum(axis=1)
    apart = ((sums / last - (scaled.sum(axis=0) - sums) / (n - last)) ** 2).sum(axis=1)
    return float((1 + np.sum(apart[1:] >= apart[0] * (1 - 1e-12))) / (1 + draws))

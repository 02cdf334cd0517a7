"""Intervals of shares: by the count of episodes, and by resampling stretches of calendar time."""

import numpy as np

WEEK = np.timedelta64(7, "D")


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """Return the 95% Wilson interval of a share; (0, 1) without a trial.

    References
    ----------
    .. [1] Wilson (1927), JASA 22, 209-212.
    """
    if trials == 0:
        return 0.0, 1.0
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(hits, trials, method="wilson")
    return float(low), float(high)


def block_bootstrap(
    days: np.ndarray, hits: np.ndarray, *, draws: int = 999, block: float = 52.0, seed: int = 0
) -> tuple[float, float] | None:
    """Return the 95% interval of a share under the stationary bootstrap of calendar weeks.

    Weeks are drawn in blocks of geometric length, all series of a week together: episodes that belong to one
    crash, or to one bull market, are drawn together and count for little more than one.

    Parameters
    ----------
    days : array of datetime64, shape (n,)
        Dates of the episodes.
    hits : array of bool, shape (n,)
        Whether they were followed by what they warn of.
    draws : int
        Resampled histories.
    block : float
        Mean length in weeks.
    seed : int

    Returns
    -------
    tuple of float or None
        None with fewer than five episodes: there is nothing to resample.

    References
    ----------
    .. [1] Politis & Romano (1994), JASA 89, 1303-1313.
    """
    if len(days) < 5:
        return None
    week = ((days - days.min()) / WEEK).astype(np.int64)
    weeks = int(week.max()) + 1
    trials_of = np.bincount(week, minlength=weeks)
    hits_of = np.bincount(week, weights=hits.astype(float), minlength=weeks)
    shares = np.empty(draws)
    rng = np.random.default_rng(seed)
    for k in range(draws):
        drawn = stationary_indices(weeks, block, rng)
        trials = trials_of[drawn].sum()
        shares[k] = hits_of[drawn].sum() / trials if trials else np.nan
    low, high = np.nanquantile(shares, (0.025, 0.975))
    return float(low), float(high)


def wider(one: tuple[float, float], other: tuple[float, float] | None) -> tuple[float, float]:
    """Return the interval that spans both; ``one`` where there is no other."""
    return one if other is None else (min(one[0], other[0]), max(one[1], other[1]))


def stationary_indices(n: int, block: float, rng: np.random.Generator) -> np.ndarray:
    """Return ``n`` positions in wrapped blocks that start anywhere and end with probability ``1 / block``."""
    starts = rng.random(n) < 1.0 / block
    starts[0] = True
    begins = np.flatnonzero(starts)
    run = np.arange(n) - np.repeat(begins, np.diff(np.append(begins, n)))
    first = np.repeat(rng.integers(0, n, len(begins)), np.diff(np.append(begins, n)))
    return (first + run) % n

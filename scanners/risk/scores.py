"""Scores of stated chances: Brier and log skill, area under ROC, all with intervals clustered by date."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

_TINY = 1e-6  # chances are moved off 0 and 1 by that much in log scores


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95% interval.

    Parameters
    ----------
    value, low, high : float
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def brier(chance: NDArray, followed: NDArray) -> NDArray[np.float64]:
    """Return the squared error of each chance."""
    return (chance - followed) ** 2


def log_loss(chance: NDArray, followed: NDArray) -> NDArray[np.float64]:
    """Return minus the log of the chance that was given to what happened, for each."""
    p = np.clip(chance, _TINY, 1.0 - _TINY)
    return -np.where(followed > 0.5, np.log(p), np.log1p(-p))


def skill(loss: NDArray, reference: NDArray, clusters: NDArray, draws: int = 999, seed: int = 0) -> Estimate:
    """Return one less the ratio of two mean losses.

    Parameters
    ----------
    loss, reference : array, shape (n,)
        Losses of the chances, and of those they are compared with.
    clusters : array of int, shape (n,)
        Calendar half-year of each: series that fall together count once.
    draws, seed : int
        Of the bootstrap over clusters.
    """
    sums = totals(clusters, np.column_stack([loss, reference]))
    return bootstrap(sums, lambda s: 1.0 - s[..., 0] / s[..., 1], draws, seed)


def ratio(
    followed: NDArray, expected: NDArray, clusters: NDArray, draws: int = 999, seed: int = 0
) -> Estimate:
    """Return how often it followed over how often it was expected, both summed."""
    sums = totals(clusters, np.column_stack([followed, expected]))
    return bootstrap(sums, lambda s: s[..., 0] / s[..., 1], draws, seed)


def totals(clusters: NDArray, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return sums of values by cluster, shape (clusters, columns)."""
    _, place = np.unique(clusters, return_inverse=True)
    return np.stack([np.bincount(place, weights=column) for column in values.T], axis=1)


def bootstrap(sums: NDArray[np.float64], statistic: Callable, draws: int = 999, seed: int = 0) -> Estimate:
    """Return a statistic of summed columns with a percentile interval over resampled clusters.

    Parameters
    ----------
    sums : array, shape (clusters, columns)
        From `totals`.
    statistic : callable
        Takes sums with columns last, gives one number a set.
    draws, seed : int
    """
    rng = np.random.default_rng(seed)
    count = rng.multinomial(len(sums), np.full(len(sums), 1.0 / len(sums)), size=draws)
    with np.errstate(invalid="ignore", divide="ignore"):
        low, high = np.nanquantile(statistic(count @ sums), [0.025, 0.975])
        return Estimate(float(statistic(sums.sum(axis=0))), float(low), float(high))


def half_years(dates: NDArray) -> NDArray[np.int64]:
    """Return the calendar half-year of each date, counted from 1970."""
    return (dates.astype("datetime64[M]").astype(np.int64) // 6).astype(np.int64)


def area(chance: NDArray, followed: NDArray) -> float:
    """Return the area under ROC: how often a case that followed had the higher chance; NaN without both."""
    hits = float(followed.sum())
    misses = followed.size - hits
    if not hits or not misses:
        return float("nan")
    return float((rankdata(chance)[followed > 0.5].sum() - hits * (hits + 1) / 2) / (hits * misses))


def area_within(chance: NDArray, followed: NDArray, series: NDArray) -> float:
    """Return the mean area within each series, weighted by pairs: telling series apart gains nothing."""
    summed = pairs = 0.0
    for name in np.unique(series):
        rows = series == name
        hits = followed[rows].sum()
        weight = hits * (rows.sum() - hits)
        if weight:
            summed += weight * area(chance[rows], followed[rows])
            pairs += weight
    return summed / pairs if pairs else float("nan")

"""Intervals of ratios over dates that share crises: calendar half-years are drawn, all series together."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

DRAWS = 999
FEWEST_HALF_YEARS = 5


def half_year(dates: ArrayLike) -> NDArray[np.int64]:
    """Return a running number of the calendar half-year of each date."""
    index = pd.DatetimeIndex(np.asarray(dates))
    return (index.year.to_numpy() * 2 + (index.month.to_numpy() > 6)).astype(np.int64)


def drawn_ratios(
    dates: ArrayLike,
    numerators: Sequence[ArrayLike],
    denominators: Sequence[ArrayLike],
    draws: int = DRAWS,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Return ratios of sums under a bootstrap of calendar half-years, one row a draw.

    Parameters
    ----------
    dates : array of datetime64, shape (n,)
    numerators, denominators : sequences of k arrays, shape (n,)
        Ratio j is the sum of numerator j over the sum of denominator j; all k share their draws, so that
        their differences have intervals too.
    draws, seed : int

    Returns
    -------
    array, shape (draws, k)
        NaN where a denominator is not positive.
    """
    _, place = np.unique(half_year(dates), return_inverse=True)
    blocks = int(place.max()) + 1 if len(place) else 0
    if not blocks:
        return np.full((draws, len(numerators)), np.nan)
    counts = np.random.default_rng(seed).multinomial(blocks, np.full(blocks, 1.0 / blocks), size=draws)

    def sums(parts: Sequence[ArrayLike]) -> NDArray[np.float64]:
        each = [np.bincount(place, weights=np.asarray(part, float), minlength=blocks) for part in parts]
        return np.asarray(counts @ np.column_stack(each), dtype=np.float64)

    top, bottom = sums(numerators), sums(denominators)
    return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), np.nan)


def interval(drawn: NDArray[np.float64], level: float = 0.95) -> tuple[float, float] | None:
    """Return the middle share of drawn values; None where hardly any could be formed."""
    known = drawn[np.isfinite(drawn)]
    if len(known) < 0.9 * len(drawn) or len(known) < 20:
        return None
    low, high = np.quantile(known, ((1 - level) / 2, (1 + level) / 2))
    return float(low), float(high)


def ratio(
    dates: ArrayLike, numerator: ArrayLike, denominator: ArrayLike, draws: int = DRAWS, seed: int = 0
) -> tuple[float, tuple[float, float] | None]:
    """Return a ratio of sums and its 95% interval.

    Parameters
    ----------
    dates, numerator, denominator : arrays, shape (n,)
    draws, seed : int

    Returns
    -------
    ratio, interval : float, tuple or None
        NaN and None without a positive denominator; no interval from fewer than five half-years.
    """
    bottom = float(np.sum(denominator))
    value = float(np.sum(numerator)) / bottom if bottom > 0 else float("nan")
    if len(np.unique(half_year(dates))) < FEWEST_HALF_YEARS:
        return value, None
    return value, interval(drawn_ratios(dates, [numerator], [denominator], draws, seed)[:, 0])

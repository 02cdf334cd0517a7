"""Many series are looked at, so some look special by chance: how many, and which survive that."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

SESSIONS_A_YEAR = 252


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return adjusted p-values: those up to ``q`` have an expected share of false hits of at most ``q``.

    Holds for independent and for positively dependent tests, which series of one market are.

    Parameters
    ----------
    p_values : array_like of float, shape (n,)
        One for each series that was tested; NaN where it could not be, which is not counted as a test.

    Returns
    -------
    ndarray of float64, shape (n,)
        The smallest ``q`` at which each would be called a hit; NaN where the p-value is.

    Raises
    ------
    ValueError
        If a p-value lies outside [0, 1].

    References
    ----------
    .. [1] Benjamini & Hochberg (1995), J. R. Statist. Soc. B 57, 289-300.
    """
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1:
        raise ValueError(f"p_values must have one dimension, got shape {p.shape}")
    tested = np.flatnonzero(~np.isnan(p))
    outside = tested[(p[tested] < 0.0) | (p[tested] > 1.0)]
    if outside.size:
        raise ValueError(f"p_values must lie in [0, 1], got {p[outside[0]]:g} at {outside[0]}")
    adjusted = np.full(p.size, np.nan)
    order = tested[np.argsort(p[tested], kind="stable")]
    steps = p[order] * tested.size / np.arange(1, tested.size + 1)
    adjusted[order] = np.minimum.accumulate(steps[::-1])[::-1]
    return adjusted


def hits_by_chance(series: int, per_year: float, sessions: int = 1) -> float:
    """Return how many alarms a list raises by chance alone.

    Parameters
    ----------
    series : int
        Series that were judged.
    per_year : float
        Alarms a year that one series raises on simulated paths without bubbles.
    sessions : int
        Length of the look, in sessions.

    Raises
    ------
    ValueError
        If an argument is negative.
    """
    for name, value in (("series", series), ("per_year", per_year), ("sessions", sessions)):
        if value < 0:
            raise ValueError(f"{name} must not be negative, got {value:g}")
    return series * per_year * sessions / SESSIONS_A_YEAR

"""Confidence through time for the page of one series; every date is computed from what was known then."""

import numpy as np
import pandas as pd

import lppl
from scanners.bubble import CONSENSUS, Fits

RECENT, FAR = 125, 750  # sessions looked back: closely, and as far as the longest window
STEP, COARSE = 5, 25
YEAR = 250


def closes(fits: Fits) -> pd.Series:
    """Return the prices that were fitted."""
    return pd.Series(np.exp(fits.windows.prices.y), index=fits.windows.prices.dates)


def confidence_past(prices: pd.Series, *, raised: bool, minimum_windows: int = 20) -> pd.DataFrame:
    """Return upward and downward C at sessions before the last, which is included.

    A raised series gets every 5th of the last 125 sessions and every 25th of the 625 before; any other one
    every 25th of the last 250: a date costs about as much as the whole scan of a series in one preset.

    Parameters
    ----------
    prices : pandas.Series
        Closes up to the as-of date.
    raised : bool
        Whether the series stands above calm.
    minimum_windows : int
        Windows of the ``daily`` preset that a date's history must allow; with fewer, confidence reads too
        high and the date is left out.

    Returns
    -------
    pandas.DataFrame
        Indexed by date, columns ``up`` and ``down``; empty when no date has enough history.
    """
    last = len(prices) - 1
    recent, far = (RECENT, FAR) if raised else (0, YEAR)
    needed = sorted(lppl.PRESETS[CONSENSUS].lengths)[minimum_windows - 1]
    parts = [
        _consensus(prices, max(first, needed - 1), end, step)
        for first, end, step in ((last - far, last - recent, COARSE), (last - recent + STEP, last, STEP))
        if end >= max(first, needed - 1)
    ]
    return pd.concat(parts) if parts else pd.DataFrame({"up": [], "down": []}, index=pd.DatetimeIndex([]))


def _consensus(prices: pd.Series, first: int, end: int, step: int) -> pd.DataFrame:
    """Return C at every ``step``-th session counted back from position ``end``."""
    found = lppl.confidence_history(prices, preset=CONSENSUS, step=step, start=first, end=end)
    sides = {"up": "positive", "down": "negative"}
    filters = lppl.PRESETS[CONSENSUS].filters
    columns = {side: [f"{name}_{sign}" for name in filters] for side, sign in sides.items()}
    return pd.DataFrame({side: found[names].mean(axis=1) for side, names in columns.items()}).astype(
        np.float64
    )

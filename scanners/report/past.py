"""Confidence through time for the page of one series; every date is computed from what was known then."""

import numpy as np
import pandas as pd

import lppl
from scanners.evidence.bubble import CONSENSUS, DAYS, Fits

RECENT, FAR = 125, 750  # sessions looked back: closely, and as far as the longest window
STEP, COARSE = 5, 25
YEAR = 250


def closes(fits: Fits) -> pd.Series:
    """Return the prices that were fitted."""
    return pd.Series(np.exp(fits.windows.prices.y), index=fits.windows.prices.dates)


def confidence_past(fits: Fits, *, alarm: bool, minimum_windows: int = 20) -> pd.DataFrame:
    """Return upward and downward C at sessions before the last, and on the last three.

    A series at warning or above gets every 5th of the last 125 sessions and every 25th of the 625 before; any
    other one every 25th of the last 250: ten dates cost about as much as the whole scan of a series.

    Parameters
    ----------
    fits : Fits
        Of the series; C on the last three sessions is in it.
    alarm : bool
        Whether C3 has reached the threshold of a warning.
    minimum_windows : int
        Windows of the ``daily`` preset that a date's history must allow; with fewer, confidence reads too
        high and the date is left out.

    Returns
    -------
    pandas.DataFrame
        Indexed by date, columns ``up`` and ``down``; empty when no date has enough history.
    """
    prices = closes(fits)
    last = len(prices) - 1
    needed = sorted(lppl.PRESETS[CONSENSUS].lengths)[minimum_windows - 1] - 1
    # (sessions back to the oldest date, to the newest one, step)
    spans = ((FAR, RECENT + COARSE, COARSE), (RECENT, STEP, STEP)) if alarm else ((YEAR, COARSE, COARSE),)
    parts = [
        _consensus(prices, max(last - oldest, needed), last - newest, step)
        for oldest, newest, step in spans
        if last - newest >= needed
    ]
    known = np.arange(last - DAYS + 1, last + 1) >= needed
    parts.append(pd.DataFrame(fits.consensus, prices.index[-DAYS:], ["up", "down"])[known])
    return pd.concat([part for part in parts if len(part)] or parts)


def _consensus(prices: pd.Series, first: int, end: int, step: int) -> pd.DataFrame:
    """Return C at every ``step``-th session counted back from position ``end``."""
    found = lppl.confidence_history(prices, preset=CONSENSUS, step=step, start=first, end=end)
    sides = {"up": "positive", "down": "negative"}
    filters = lppl.PRESETS[CONSENSUS].filters
    columns = {side: [f"{name}_{sign}" for name in filters] for side, sign in sides.items()}
    return pd.DataFrame({side: found[names].mean(axis=1) for side, names in columns.items()})

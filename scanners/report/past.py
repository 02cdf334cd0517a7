"""Confidence and chances through time for a page: every date is computed from what was known then."""

import numpy as np
import pandas as pd

import lppl
from scanners.evidence.bubble import CONSENSUS, DAYS, Fits
from scanners.evidence.falls import Falls
from scanners.risk import history
from scanners.risk.sizes import label

RECENT, FAR = 125, 750  # sessions looked back: closely, and as far as the longest window
STEP, COARSE = 5, 25
YEAR = 250
TWO_YEARS, EVERY = 500, 10  # sessions of chances, and between them


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


def chances_past(
    fits: Fits, past: pd.DataFrame, falls: Falls | None, asset_class: str | None
) -> pd.DataFrame | None:
    """Return the chance of the fall by which a series is judged through the last two years.

    C is not fitted for it: each date takes the last one in ``past`` up to 25 sessions old, and has no bubble
    factor without one. The last row is what ``falls`` states.

    Parameters
    ----------
    fits : Fits
        Of the series.
    past : pandas.DataFrame
        What `confidence_past` returned.
    falls : Falls or None
        Of the last date.
    asset_class : str or None
        As in watchlists.

    Returns
    -------
    pandas.DataFrame or None
        Indexed by date, columns ``chance`` and ``usual``; None where no chance is stated.
    """
    one = falls.cell(*falls.headline) if falls else None
    if one is None:
        return None
    prices, size = closes(fits), float(one.size)
    known = past["up"].reindex(prices.index).ffill(limit=COARSE)
    found = history(
        prices,
        start=prices.index[max(0, len(prices) - 1 - TWO_YEARS)],
        step=EVERY,
        confidence=known,
        asset_class=asset_class,
        sizes=(size,),
        horizons=(one.horizon,),
    )
    column = f"{label(size)}_{one.horizon}"
    chances = found[[f"p_{column}", f"usual_{column}"]].set_axis(["chance", "usual"], axis=1)
    chances.iloc[-1] = one.chance, one.usual
    return chances


def _consensus(prices: pd.Series, first: int, end: int, step: int) -> pd.DataFrame:
    """Return C at every ``step``-th session counted back from position ``end``."""
    found = lppl.confidence_history(prices, preset=CONSENSUS, step=step, start=first, end=end)
    sides = {"up": "positive", "down": "negative"}
    filters = lppl.PRESETS[CONSENSUS].filters
    columns = {side: [f"{name}_{sign}" for name in filters] for side, sign in sides.items()}
    return pd.DataFrame({side: found[names].mean(axis=1) for side, names in columns.items()})

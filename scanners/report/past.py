"""Confidence and chances through time for a page: every date is computed from what was known then."""

import numpy as np
import pandas as pd

from scanners.evidence.confidence_memory import Memory, confidence_at, fewest
from scanners.evidence.falls import Falls
from scanners.evidence.series_fits import DAYS, Fits
from scanners.risk import history
from scanners.risk.sizes import label

YEAR, COARSE = 250, 25  # sessions looked at closely, and between those before
TWO_YEARS, EVERY = 500, 10  # sessions of chances, and between them


def closes(fits: Fits) -> pd.Series:
    """Return the prices that were fitted."""
    return pd.Series(np.exp(fits.windows.prices.y), index=fits.windows.prices.dates)


def confidence_past(
    fits: Fits,
    memory: Memory | None = None,
    *,
    above_calm: bool,
    minimum_windows: int = 20,
    prices: pd.Series | None = None,
) -> pd.DataFrame:
    """Return upward and downward C at sessions before the last, and on the last three.

    Above calm it is every session of the last 250 and every 25th of the 500 before; at calm every 25th of
    the last 250: ten sessions cost about as much as the whole scan of a series. What the memory has costs
    nothing, and sessions are counted from the first close, so that the next morning finds those of this one.

    Parameters
    ----------
    fits : Fits
        Of the series; C on the last three sessions is in it.
    memory : Memory, optional
        Where C is looked for first.
    above_calm : bool
        Whether the level is above calm.
    minimum_windows : int
        Windows of the ``daily`` preset that a session's history must allow; with fewer, confidence reads too
        high and the session is left out.
    prices : pandas.Series, optional
        The closes as they came, by which the memory knows them; those of the fits if left out.

    Returns
    -------
    pandas.DataFrame
        Indexed by date, columns ``up`` and ``down``; empty when no session has enough history.
    """
    prices = closes(fits) if prices is None else prices
    last, least = len(prices) - 1, fewest(minimum_windows) - 1
    back = TWO_YEARS + YEAR if above_calm else YEAR
    before = [place for place in range(max(last - back, least), last) if place % COARSE == COARSE - 1]
    closely = range(max(last - (YEAR if above_calm else DAYS) + 1, least), last + 1)
    places = sorted({*before, *closely})
    memory = Memory() if memory is None else memory
    memory.learn_last(prices, fits.consensus)
    found = confidence_at(prices, places, memory, minimum_windows=minimum_windows)
    return pd.DataFrame(found, prices.index[places], ["up", "down"])


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

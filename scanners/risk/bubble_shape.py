"""The confidence C that a forecast takes: share of windows that pass, mean over the filters of ``daily``."""

from typing import Any

import numpy as np
import pandas as pd

import lppl

PRESET = "daily"
DAYS = 3  # sessions averaged
FEWEST_WINDOWS = 20  # with fewer the confidence reads too high (docs/methods.md)


def sessions_needed() -> int:
    """Return the closes that the history must hold on each of the averaged sessions."""
    return sorted(lppl.PRESETS[PRESET].lengths)[FEWEST_WINDOWS - 1] + DAYS - 1


def confidence_3day(
    prices: Any, *, start: int, end: int, step: int = 1, n_jobs: int = 1, progress: Any = None
) -> pd.Series:
    """Return C3 at every ``step``-th session up to ``end``; NaN where the history is too short.

    Parameters
    ----------
    prices : pandas.Series or array_like
        Positive closes.
    start, end : int
        Positions.
    step : int
        Sessions between looks, counted back from ``end``.
    n_jobs : int
        Worker processes.
    progress : callable, optional
        Called with (dates done, dates in all), for each of the averaged sessions in turn.

    Returns
    -------
    pandas.Series
        Indexed by position.
    """
    at = np.arange(end, start - 1, -step)[::-1]
    out = pd.Series(np.nan, index=at, name="C3")
    known = at[at + 1 >= sessions_needed()]
    if not known.size:
        return out
    series = prices if isinstance(prices, pd.Series) else pd.Series(np.asarray(prices, dtype=np.float64))
    values = series.to_numpy(dtype=np.float64)

    def consensus(first: int, last: int, every: int) -> np.ndarray:
        found = lppl.confidence_history(
            values, preset=PRESET, step=every, start=first, end=last, n_jobs=n_jobs, progress=progress
        )
        return found.filter(like="_positive").to_numpy().mean(axis=1)

    if step <= DAYS:
        every_session = consensus(int(known[0]) - DAYS + 1, int(known[-1]), 1)
        three = np.convolve(every_session, np.full(DAYS, 1.0 / DAYS), "valid")[known - known[0]]
    else:
        three = np.mean(
            [consensus(int(known[0]) - back, int(known[-1]) - back, step) for back in range(DAYS)], axis=0
        )
    out[known] = three
    return out

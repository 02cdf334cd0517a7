"""What followed each date: falls of a stated size within a stated time, and major turning points."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scanners.past.turning_points import SIGMAS, WITHIN, major_turns

HORIZONS = (60, 120)  # sessions
SIZES = (0.10, 0.20)
MAJOR = "major top in 60"
_YEAR = 250


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What followed the judged dates of one series.

    Parameters
    ----------
    followed : dict of str to array, shape (n,)
        Target -> 1 where it followed, 0 where it did not, NaN where the data end too soon to tell.
    turns : array of int
        Positions of the major turning points in the judged stretch.
    """

    followed: dict[str, np.ndarray]
    turns: np.ndarray


def targets(side: str = "top") -> tuple[str, ...]:
    """Return the names of the targets of warnings of a ``top`` or of a ``bottom``."""
    move = "fall" if side == "top" else "rise"
    sized = [f"{move} of {size:.0%} in {days}" for size in SIZES for days in HORIZONS]
    scaled = [f"{move} of {SIGMAS:g} sigma in {days}" for days in HORIZONS]
    return (*sized, *scaled, *(f"major {side} in {days}" for days in HORIZONS))


def outcomes(prices: pd.Series, at: np.ndarray, side: str = "top") -> Outcomes:
    """Look at what followed each position.

    Parameters
    ----------
    prices : pandas.Series
        Positive closes on increasing dates.
    at : array of int
        Positions.
    side : {"top", "bottom"}
        Falls and major tops, or rises and major bottoms.

    Notes
    -----
    A move counts from the close of the date to the extreme close of the sessions after it. Sigma is the
    standard deviation of the 250 daily log returns up to the date, times the square root of the horizon. A
    major turning point counts when it lies on the date or up to the horizon after it.
    """
    y = np.log(prices.to_numpy(dtype=np.float64))
    sign = 1.0 if side == "top" else -1.0
    sigma = pd.Series(np.diff(y, prepend=np.nan)).rolling(_YEAR).std().to_numpy()[at]
    followed, names = {}, iter(targets(side))
    drop = {days: _largest_move(sign * y, at, days) for days in HORIZONS}
    for size in SIZES:
        needed = -np.log1p(-size) if side == "top" else np.log1p(size)
        for days in HORIZONS:
            followed[next(names)] = _told(drop[days] >= needed, at + days < len(y))
    for days in HORIZONS:
        reached = drop[days] >= SIGMAS * sigma * np.sqrt(days)
        followed[next(names)] = np.where(np.isfinite(sigma), _told(reached, at + days < len(y)), np.nan)
    turns = np.array([place for place, kind in major_turns(prices) if kind == side], dtype=np.int64)
    for days in HORIZONS:
        next_turn = np.append(turns, np.iinfo(np.int64).max)[np.searchsorted(turns, at)]
        followed[next(names)] = _told(next_turn - at <= days, at + days + WITHIN < len(y))
    inside = (turns >= at[0]) & (turns <= at[-1])
    return Outcomes(followed, turns[inside])


def _largest_move(y: np.ndarray, at: np.ndarray, days: int) -> np.ndarray:
    """Return how far ``y`` falls below each position within ``days`` sessions, as far as the data go."""
    padded = np.append(y, np.full(days, np.inf))
    ahead = np.lib.stride_tricks.sliding_window_view(padded, days + 1)[at]
    return y[at] - ahead.min(axis=1)


def _told(reached: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Leave out dates whose horizon the data do not reach, hits among them: they would flatter every rate."""
    return np.where(known, np.where(reached, 1.0, 0.0), np.nan)

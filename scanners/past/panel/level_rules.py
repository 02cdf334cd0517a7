"""Rules that turn evidence at looks into levels, and the protocol under which their thresholds are chosen.

A rule is judged on calendar blocks other than those it was chosen on, with an embargo between: series share
their crises, so half of the series is no test of the other half.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

LASTS = 60  # sessions after which no excess of falls has been measured
ENDS = 0.1  # confidence below which none has been measured either
APART = 63  # looks at most so many sessions apart belong to one episode
BLOCK_YEARS = 4
EMBARGO = pd.Timedelta(days=183)  # of the longest horizon that levels are judged by (120 sessions)


def lasting(
    position: ArrayLike,
    trigger: ArrayLike,
    confidence: ArrayLike,
    lasts: int = LASTS,
    ends: float = ENDS,
) -> NDArray[np.bool_]:
    """Return where a level holds: at a trigger, and after it until it is old or the shape is gone.

    Parameters
    ----------
    position : array of int, shape (n,)
        Increasing positions of the looks at one series.
    trigger : array of bool, shape (n,)
    confidence : array, shape (n,)
        C at each look.
    lasts : int
        Sessions after the last trigger at which the level still holds.
    ends : float
        The level ends where C falls below.
    """
    at = np.asarray(position)
    found = np.zeros(len(at), dtype=bool)
    last: int | None = None
    for k, (fired, c) in enumerate(zip(np.asarray(trigger), np.asarray(confidence), strict=True)):
        if fired:
            last = int(at[k])
        elif last is not None and (at[k] - last > lasts or not c >= ends):
            last = None
        found[k] = last is not None
    return found


def first_of_episodes(
    series: ArrayLike, position: ArrayLike, alarm: ArrayLike, apart: int = APART
) -> NDArray[np.bool_]:
    """Return which looks begin an episode: an alarm more than ``apart`` sessions after the series' last one.

    Parameters
    ----------
    series : array, shape (n,)
        Name of the series of each look; the looks of one series stand together, in order.
    position : array of int, shape (n,)
    alarm : array of bool, shape (n,)
    apart : int
    """
    rows = np.flatnonzero(np.asarray(alarm))
    first = np.zeros(len(np.asarray(alarm)), dtype=bool)
    if len(rows):
        names, at = np.asarray(series)[rows], np.asarray(position)[rows]
        fresh = np.ones(len(rows), dtype=bool)
        fresh[1:] = (names[1:] != names[:-1]) | (np.diff(at) > apart)
        first[rows[fresh]] = True
    return first


def halves(
    dates: ArrayLike, years: int = BLOCK_YEARS, embargo: pd.Timedelta = EMBARGO
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the looks of the two halves: calendar blocks in turn, without the last stretch of each block.

    Parameters
    ----------
    dates : array of datetime64, shape (n,)
    years : int
        Of a block.
    embargo : Timedelta
        Looks whose horizon may reach into the next block are in neither half.
    """
    days = pd.DatetimeIndex(np.asarray(dates))
    block = days.year.to_numpy() // years
    end = pd.to_datetime({"year": (block + 1) * years, "month": 1, "day": 1})
    clear = (days + embargo).to_numpy() < end.to_numpy()
    odd = block % 2 == 1
    return clear & ~odd, clear & odd


def choose(
    candidates: Mapping[str, NDArray[np.bool_]],
    score: Callable[[NDArray[np.bool_]], float],
) -> tuple[str, float]:
    """Return the candidate with the highest score; the first of equals; NaN scores never win.

    Raises
    ------
    ValueError
        If no candidate has a score.
    """
    best, held = "", -np.inf
    for name, alarm in candidates.items():
        value = score(alarm)
        if value > held:
            best, held = name, value
    if not best:
        raise ValueError(f"candidates must include one that can be scored, got {', '.join(candidates)}")
    return best, held


def at_rate(values: ArrayLike, count: Callable[[NDArray[np.bool_]], int], wanted: int) -> float:
    """Return the lowest threshold whose alarms make at most so many episodes.

    Parameters
    ----------
    values : array, shape (n,)
        A signal; NaN never raises an alarm.
    count : callable
        Alarms to episodes.
    wanted : int
    """
    signal = np.asarray(values, dtype=float)
    levels = np.unique(signal[np.isfinite(signal)])
    low, high = 0, len(levels)  # the answer lies in levels[low:high], or nowhere
    while low < high:
        middle = (low + high) // 2
        if count(signal >= levels[middle]) <= wanted:
            high = middle
        else:
            low = middle + 1
    return float(levels[low]) if low < len(levels) else float("inf")


def fall_episodes(series: ArrayLike, position: ArrayLike, fell: ArrayLike) -> tuple[NDArray[np.int64], int]:
    """Return a number for each fall: neighbouring looks of one series that it followed are one fall.

    Returns
    -------
    number, count : array of int, int
        -1 at looks that it did not follow.
    """
    hit = np.nan_to_num(np.asarray(fell, dtype=float)) > 0
    first = first_of_episodes(series, position, hit)
    return np.where(hit, np.cumsum(first) - 1, -1), int(first.sum())


def recall(number: NDArray[np.int64], count: int, alarm: NDArray[np.bool_]) -> float:
    """Return the share of falls with an alarm at one of the looks that the fall followed."""
    caught: Sequence[int] = np.unique(number[(number >= 0) & alarm]).tolist()
    return len(caught) / count if count else float("nan")

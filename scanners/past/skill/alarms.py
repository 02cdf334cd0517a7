"""Alarm episodes: days of alarm that lie close together are one alarm, counted once, on its first day."""

import numpy as np

GAP = 40  # sessions


def onsets(alarm_at: np.ndarray, gap: int = GAP) -> np.ndarray:
    """Return the positions at which episodes begin.

    Parameters
    ----------
    alarm_at : array of int, shape (n,)
        Increasing positions of the sessions of alarm.
    gap : int
        An alarm at most this many sessions after the last one belongs to the same episode.
    """
    if not len(alarm_at):
        return alarm_at
    return alarm_at[np.diff(alarm_at, prepend=alarm_at[0] - gap - 1) > gap]


def threshold_for(values: list[np.ndarray], at: list[np.ndarray], episodes: int) -> float:
    """Return the lowest threshold that gives at most so many episodes over a panel.

    Thresholds are tried from the highest value down, at most 400 of them, evenly by rank.

    Parameters
    ----------
    values : list of array
        Signal of each series at its judged positions; NaN where it has none.
    at : list of array of int
        Those positions.
    episodes : int
        To come close to, from below.
    """
    pooled = np.sort(np.concatenate([part[np.isfinite(part)] for part in values]))[::-1]
    pooled = np.unique(pooled)[::-1]
    best = np.inf
    for candidate in pooled[:: max(1, len(pooled) // 4000)]:
        if count(values, at, candidate) > episodes:
            break
        best = float(candidate)
    return best


def count(values: list[np.ndarray], at: list[np.ndarray], threshold: float) -> int:
    """Return the episodes of a panel at a threshold."""
    return sum(len(onsets(places[part >= threshold])) for part, places in zip(values, at, strict=True))

"""How far the last close has moved: over a day, a week and the year so far."""

from dataclasses import dataclass

import numpy as np

WEEK = 5  # sessions


@dataclass(frozen=True)
class Moves:
    """Simple returns up to the last close; None where the history does not reach back.

    Parameters
    ----------
    day, week : float or None
        Over one session and over five.
    year_to_date : float or None
        Since the last close of the year before.
    """

    day: float | None
    week: float | None
    year_to_date: float | None


def moves(days: np.ndarray, closes: np.ndarray) -> Moves:
    """Return the moves at the last close.

    Parameters
    ----------
    days : array of datetime64[D], shape (n,)
        Sessions, increasing.
    closes : array, shape (n,)
        Closes; a move from one that is not positive is not known.
    """
    year = days[-1].astype("datetime64[Y]")
    before = int(np.searchsorted(days, year.astype("datetime64[D]"))) - 1
    return Moves(
        _since(closes, len(closes) - 2), _since(closes, len(closes) - 1 - WEEK), _since(closes, before)
    )


def _since(closes: np.ndarray, place: int) -> float | None:
    if place < 0 or not closes[place] > 0:
        return None
    return float(closes[-1] / closes[place] - 1.0)

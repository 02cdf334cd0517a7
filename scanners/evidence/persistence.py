"""How long a series has been where it is: C3 of the sessions before, as far back as it stood that high."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

import lppl
from scanners.core.vocabulary import SIDES, Side
from scanners.evidence.confidence_memory import Memory, confidence_at
from scanners.evidence.series_fits import CONSENSUS, DAYS

LONGEST = 60  # sessions looked at
RECENT = 10  # sessions of which a share is told
_TOGETHER = RECENT - 1  # sessions fitted at once: those that are looked at in any case


@dataclass(frozen=True)
class Persistence:
    """C3 at the last sessions in one direction.

    Parameters
    ----------
    side : {"positive", "negative"}
        Of a bubble or of a negative bubble.
    C3 : tuple of float
        Newest first: at least the last 10 sessions, and on to the first that lies below the threshold of a
        warning; fewer where the history does not allow enough windows, 60 at most.
    """

    side: Side
    C3: tuple[float, ...]

    def days(self, threshold: float) -> int:
        """Return how many sessions in a row, up to the last, C3 was at least ``threshold``."""
        below = [number for number, value in enumerate(self.C3) if value < threshold]
        return below[0] if below else len(self.C3)

    def recent(self, threshold: float) -> int:
        """Return on how many of the last 10 sessions C3 was at least ``threshold``."""
        return sum(value >= threshold for value in self.C3[:RECENT])


def persistence(
    prices: pd.Series,
    side: Side,
    known: np.ndarray,
    *,
    floor: float,
    minimum_windows: int,
    memory: Memory | None = None,
) -> Persistence:
    """Walk back session by session; each that is not remembered costs one set of nested fits.

    Parameters
    ----------
    prices : pandas.Series
        Positive closes up to the as-of date.
    side : {"positive", "negative"}
        Direction.
    known : array, shape (3, 2)
        C on the last three sessions, oldest first, as in `scanners.evidence.bubble.Fits`.
    floor : float
        The walk ends where C3 lies below, but not within the last 10 sessions.
    minimum_windows : int
        Windows of the ``daily`` preset that the history must allow on each session.
    memory : Memory, optional
        Where C is looked for first.
    """
    column, daily = SIDES.index(side), lppl.PRESETS[CONSENSUS]
    shares = [float(value) for value in known[::-1, column]]  # C, newest first
    levels: list[float] = []
    while len(levels) < LONGEST and (len(levels) < RECENT or min(levels) >= floor):
        oldest = len(levels) + DAYS  # sessions back from the last, of the three that make the next C3
        if len(daily.available(len(prices) - oldest + 1)) < minimum_windows:
            break
        if len(shares) < oldest:
            ends = range(len(prices) - oldest, len(prices) - oldest - _TOGETHER, -1)
            enough = [end for end in ends if len(daily.available(end + 1)) >= minimum_windows]
            found = confidence_at(prices, enough[::-1], memory, minimum_windows=minimum_windows)
            shares += found[::-1, column].tolist()
        levels.append(float(np.mean(shares[oldest - DAYS : oldest][::-1])))
    return Persistence(side, tuple(levels))

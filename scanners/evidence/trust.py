"""Trust of the series that need it: how many fits survive when their residuals come in another order."""

from dataclasses import dataclass

import pandas as pd

import lppl
from scanners.core.vocabulary import EXTENTS, Extent, Level
from scanners.evidence.bubble import CONSENSUS

RESAMPLES = 40


@dataclass(frozen=True)
class Trust:
    """The trust indicator on the windows of the ``daily`` preset.

    Parameters
    ----------
    positive, negative : float
        Median over windows of the share of refits that pass the end flag, by the sign of the bubble.
    windows, resamples : int
        How many windows, and refits of each. The published setting, 126 windows of 100 refits, costs ten
        times as much.
    """

    positive: float
    negative: float
    windows: int
    resamples: int

    @property
    def larger(self) -> float:
        """Of the direction that more refits share."""
        return max(self.positive, self.negative)


def trust(prices: pd.Series, level: Level, when: Extent = "raised") -> Trust | None:
    """Return the trust of a series at its last session, or None when it was not asked for.

    Parameters
    ----------
    prices : pandas.Series
        Closes up to the as-of date.
    level : str
        Of the series' verdict.
    when : {"raised", "all", "none"}
        For series above calm, for every one with a verdict, or for none.
    """
    if when not in EXTENTS:
        raise ValueError(f"trust must be one of {', '.join(EXTENTS)}, got {when!r}")
    if when == "none" or (when == "raised" and level == "calm"):
        return None
    found = lppl.trust(prices, preset=CONSENSUS, filter="end_flag", resamples=RESAMPLES)
    return Trust(found.positive, found.negative, len(found.lengths), found.resamples)

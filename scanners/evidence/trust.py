"""Trust of the series that need it: how many fits survive when their residuals come in another order."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from lppl.indicators.trust_indicator import refit_shares
from scanners.core.vocabulary import EXTENTS, Extent, Level
from scanners.evidence.series_fits import THREADS, Fits

RESAMPLES = 40
PUBLISHED = "end_flag"  # the filter of the published indicator


@dataclass(frozen=True)
class Trust:
    """The trust indicator on the windows that decide.

    Parameters
    ----------
    positive, negative : float
        As published: median over all windows of the share of refits that pass the end flag, by the sign of
        the bubble.
    windows, resamples : int
        How many windows, and refits of each. The published setting, 126 windows of 100 refits, costs ten
        times as much.
    qualified : float or None
        Of the windows behind the verdict: median over those that qualify of the share of refits that pass in
        their direction, mean over the filters. None when no window qualifies at the last session.
    of : int
        How many windows those are.
    """

    positive: float
    negative: float
    windows: int
    resamples: int
    qualified: float | None = None
    of: int = 0


def trust(fits: Fits | None, level: Level, when: Extent = "raised") -> Trust | None:
    """Return the trust of a series at its last session, or None when it was not asked for.

    Parameters
    ----------
    fits : Fits or None
        Up to the as-of date.
    level : str
        Of the series' verdict.
    when : {"raised", "all", "none"}
        For series above calm, for every one with a verdict, or for none.
    """
    if when not in EXTENTS:
        raise ValueError(f"trust must be one of {', '.join(EXTENTS)}, got {when!r}")
    if fits is None or when == "none" or (when == "raised" and level == "calm"):
        return None
    windows, filters = fits.windows, fits.preset.filters
    rules, rows = tuple(filters.values()), range(len(windows))
    with ThreadPoolExecutor(THREADS) as pool:  # kernels let go of the interpreter
        shares = np.array([*pool.map(lambda row: refit_shares(windows, row, rules, RESAMPLES, 0), rows)])
    positive, negative = np.nanmedian(shares[:, list(filters).index(PUBLISHED)], axis=0)
    qualified, count = None, int(fits.qualified.sum())
    if count:
        side = 0 if windows.direction[fits.qualified].sum() > 0 else 1
        qualified = float(np.median(shares[fits.qualified, :, side].mean(axis=1)))
    return Trust(float(positive), float(negative), len(windows), RESAMPLES, qualified, count)

"""Trust of the series that need it: how many fits survive when their residuals come in another order."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from lppl.fitting.window_fits import WindowFits
from lppl.indicators.presets import Filter
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
    windows, published = fits.windows, list(fits.preset.filters).index(PUBLISHED)
    shares = _shares(fits, published)
    positive, negative = np.nanmedian(shares[:, published], axis=0)
    qualified, count = None, int(fits.qualified.sum())
    if count:
        side = 0 if windows.direction[fits.qualified].sum() > 0 else 1
        qualified = float(np.median(shares[fits.qualified, :, side].mean(axis=1)))
    return Trust(float(positive), float(negative), len(windows), RESAMPLES, qualified, count)


def _shares(fits: Fits, published: int) -> np.ndarray:
    """Return the shares of each window's refits, shape (windows, filters, 2), NaN where they decide nothing.

    Those that qualify come first, then the shortest, which cost least: once more than half of all windows
    have no refit that passes the published filter, both medians are zero whatever the others have.
    """
    windows, rules = fits.windows, tuple(fits.preset.filters.values())
    order = np.lexsort((windows.length, ~fits.qualified)).tolist()
    half = int(windows.success.sum()) // 2
    shares = np.full((len(windows), len(rules), 2), np.nan)
    together = max(half + 1, int(fits.qualified.sum()))  # nothing is settled before
    with ThreadPoolExecutor(THREADS) as pool:  # kernels let go of the interpreter
        while order and not ((shares[:, published] == 0).sum(axis=0) > half).all():
            some, order = order[:together], order[together:]
            for row, share in zip(some, pool.map(partial(_refits, windows, rules), some), strict=True):
                shares[row] = share
            together = THREADS
    return shares


def _refits(windows: WindowFits, rules: Sequence[Filter], row: int) -> np.ndarray:
    return refit_shares(windows, row, rules, RESAMPLES, 0)

"""Tops and bottoms by the epsilon-drawdown rule: turning points that do not hang on one tolerance."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from lppl._kernels.drawdown import count_turns, rolling_deviation
from lppl.core.series import check

MULTIPLES = tuple(round(0.1 * k, 1) for k in range(1, 51))
WINDOWS = tuple(range(10, 61, 5))
SHORT, LONG = 0.65, 0.95


def turning_points(
    prices: Any,
    *,
    least: float = SHORT,
    multiples: Iterable[float] = MULTIPLES,
    windows: Iterable[int] = WINDOWS,
) -> pd.DataFrame:
    """Return the tops and bottoms of a price series, found with hindsight.

    A rise ends at its highest log price once the price has fallen from it by more than the tolerance
    ``multiple * sigma(window)``, and a fall in the same way upside down; sigma is the standard deviation of
    the last ``window`` log returns. Each pair of multiple and window dates its own tops and bottoms; a date
    counts by the share of the pairs that agree on it.

    The label of a date needs the reversal that follows it: it scores forecasts and never enters one. Moves
    that the data do not yet end have no label.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive prices.
    least : float
        Smallest share of the pairs; published values are 0.65 (short moves) and 0.95 (long ones).
    multiples : iterable of float
        Tolerances in standard deviations.
    windows : iterable of int
        Log returns behind each standard deviation. All pairs start at the longest.

    Returns
    -------
    pandas.DataFrame
        Indexed by date (or position): ``kind`` ("top" or "bottom") and ``frequency``, in (0, 1]. Empty when
        the series is no longer than the longest window.

    Raises
    ------
    ValueError
        If ``least`` does not lie in (0, 1], or multiples or windows are empty or not positive.

    References
    ----------
    .. [1] Johansen & Sornette (2001), Journal of Risk 4, 69-110 (epsilon-drawdowns).
    .. [2] Demos & Sornette (2017), Quantitative Finance 17, 657-675 (tolerances in units of volatility).
    """
    if not 0.0 < least <= 1.0:
        raise ValueError(f"least must lie in (0, 1], got {least:g}")
    steps, spans = tuple(multiples), tuple(windows)
    if not steps or not min(steps) > 0:
        raise ValueError(f"multiples must be positive numbers, got {steps}")
    if not spans or min(spans) < 2:
        raise ValueError(f"windows must hold at least 2 returns, got {spans}")
    checked = check(prices)
    y, first = checked.y, max(spans)
    peaks, troughs = np.zeros(y.size, np.int64), np.zeros(y.size, np.int64)
    sigma = np.empty(y.size)
    if y.size > first:
        for span in spans:
            rolling_deviation(y, span, sigma)
            for step in steps:
                count_turns(y, step * sigma, first, peaks, troughs)
    index = pd.RangeIndex(y.size) if checked.dates is None else checked.dates
    pairs = len(steps) * len(spans)
    found = pd.concat(
        pd.DataFrame({"kind": kind, "frequency": counts / pairs}, index=index)
        for kind, counts in (("top", peaks), ("bottom", troughs))
    )
    return found[found["frequency"] >= least].sort_index(kind="stable")

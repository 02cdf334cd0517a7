"""Closes as a forecast takes them: cut off at a date, and refused in words where nothing can be said."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from scanners.risk.volatility import FEWEST

OK, SHORT, NOT_DAILY, THIN = "ok", "insufficient_data", "not_daily", "thin"
YOUNG = 250  # returns below which little skill was measured
_DAYS_APART = 4.0  # median days between daily closes: 1, or 7/5 at most with holidays
_LEAST_APART = 0.8  # below it there are several closes a day
_UNCHANGED, _MANY = 0.5, 0.2  # shares of unchanged closes: refused, and said


@dataclass(frozen=True, eq=False)
class LogCloses:
    """Log closes up to a date.

    Parameters
    ----------
    y : array, shape (n,)
    index : pandas.Index
        Dates, or positions for closes without any.
    status, note : str
        ``ok`` or why no chance is stated, in a word and in words.
    """

    y: NDArray[np.float64]
    index: pd.Index
    status: str
    note: str

    def until(self, place: int) -> "LogCloses":
        """Return the closes up to a position, as they stood then."""
        y, index = self.y[: place + 1], self.index[: place + 1]
        return LogCloses(y, index, *_judged(y, index))


def closes(prices: pd.Series | ArrayLike, as_of: Any = None) -> LogCloses:
    """Return the log closes up to a date, checked.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive daily closes; a Series with dates must have them strictly increasing.
    as_of : date or int, optional
        Last date (or position, for closes without dates) that may be read.

    Raises
    ------
    ValueError
        If a close is missing or not positive, dates do not increase, or nothing lies at ``as_of`` or before.
    """
    series = prices if isinstance(prices, pd.Series) else pd.Series(np.asarray(prices, dtype=np.float64))
    dated = isinstance(series.index, pd.DatetimeIndex)
    if dated and not (series.index.is_monotonic_increasing and series.index.is_unique):
        raise ValueError("prices must have strictly increasing dates")
    if as_of is not None:
        last = series.index.searchsorted(pd.Timestamp(as_of), side="right") if dated else int(as_of) + 1
        series = series.iloc[: max(last, 0)]
    values = series.to_numpy(dtype=np.float64)
    if not values.size:
        raise ValueError(f"prices must hold a close at as_of={as_of} or before, got none")
    if not (np.isfinite(values) & (values > 0)).all():
        worst = values[~(np.isfinite(values) & (values > 0))][0]
        raise ValueError(f"prices must be positive and finite, got {worst:g}")
    y = np.log(values)
    return LogCloses(y, series.index, *_judged(y, series.index))


def _judged(y: NDArray[np.float64], index: pd.Index) -> tuple[str, str]:
    if y.size <= FEWEST:
        return SHORT, f"{y.size} closes: a chance needs at least {FEWEST + 1}"
    if isinstance(index, pd.DatetimeIndex):
        apart = float(np.median(np.diff(index.values[-250:]) / np.timedelta64(1, "D")))
        if apart > _DAYS_APART or apart < _LEAST_APART:
            span = f"{apart:g} days" if apart > 1 else f"{24 * 60 * apart:g} minutes"
            return NOT_DAILY, f"closes lie {span} apart: chances were measured on daily closes only"
    recent = np.diff(y[-251:])
    unchanged = float(np.mean(recent == 0.0))
    if unchanged > _UNCHANGED or not recent[-FEWEST:].any():
        return THIN, f"{unchanged:.0%} of the last {recent.size} closes did not change: too thin for a chance"
    said = []
    if unchanged > _MANY:
        said.append(
            f"{unchanged:.0%} of the last {recent.size} closes did not change: volatility reads too low"
        )
    if y.size <= YOUNG:
        said.append(
            f"{y.size} closes: volatility is drawn to that of the asset class, and below {YOUNG} closes "
            "little skill was measured"
        )
    return OK, "; ".join(said)

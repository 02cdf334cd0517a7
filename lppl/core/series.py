"""Prices as they come in, checked once: values, dates, the time axis and its continuation past the data."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

TIMES = ("trading", "calendar")
SCALES = ("log", "price")


@dataclass(frozen=True, eq=False)
class Prices:
    """A checked series: ``t`` (time units from the first value), ``y`` (log or plain prices), ``dates``."""

    t: NDArray[np.float64]
    y: NDArray[np.float64]
    dates: pd.DatetimeIndex | None
    time: str
    scale: str

    def until(self, last: int) -> "Prices":
        """Return what was known at position ``last``."""
        dates = None if self.dates is None else self.dates[: last + 1]
        return Prices(self.t[: last + 1], self.y[: last + 1], dates, self.time, self.scale)

    def position(self, end: Any, name: str = "end") -> int:
        """Return the position of the last observation at or before ``end`` (a date, a position, or None).

        ``name`` is what an error calls it.
        """
        n = self.t.size
        if end is None:
            return n - 1
        if isinstance(end, (int, np.integer)) and not isinstance(end, bool):
            position = int(end) + n if end < 0 else int(end)
            if not 0 <= position < n:
                raise ValueError(f"{name} must be a position below {n}, the number of prices, got {end}")
            return position
        if self.dates is None:
            raise ValueError(f"{name} must be a position for prices without dates, got {end!r}")
        date = pd.Timestamp(end)
        if not self.dates[0] <= date <= self.dates[-1]:
            raise ValueError(
                f"{name} must lie inside the data {self.dates[0]:%Y-%m-%d}..{self.dates[-1]:%Y-%m-%d}, "
                f"got {date:%Y-%m-%d}"
            )
        return int(self.dates.searchsorted(date, side="right")) - 1


def check(prices: Any, time: str = "trading", scale: str = "log") -> Prices:
    """Check a price series once and return it with its time axis.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive finite prices; a Series with a DatetimeIndex must have strictly increasing dates.
    time : {"trading", "calendar"}
        Positions, or days since the first date.
    scale : {"log", "price"}
        Whether the model describes log-prices or prices.
    """
    if time not in TIMES:
        raise ValueError(f"time must be one of {', '.join(TIMES)}, got {time!r}")
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
    dates = None
    if isinstance(prices, pd.Series):
        if isinstance(prices.index, pd.DatetimeIndex):
            dates = prices.index
            if dates.tz is not None:
                dates = dates.tz_localize(None)
        values = prices.to_numpy(dtype=float)
    else:
        values = np.asarray(prices, dtype=float)
    if values.ndim != 1:
        raise ValueError(f"prices must be one-dimensional, got shape {values.shape}")
    if values.size < 2:
        raise ValueError(f"prices must hold at least 2 values, got {values.size}")
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        raise ValueError(f"prices must be finite, got {values[bad[0]]} at position {bad[0]}")
    if values.min() <= 0.0:
        place = int(np.argmin(values))
        raise ValueError(f"prices must be positive, got {values[place]:g} at position {place}")
    if dates is not None and not (dates.is_monotonic_increasing and dates.is_unique):
        place = int(np.flatnonzero(np.diff(dates.to_numpy()) <= np.timedelta64(0))[0]) + 1
        raise ValueError(
            f"dates must be strictly increasing, got {dates[place]:%Y-%m-%d} at position {place}"
        )
    if time == "calendar":
        if dates is None:
            raise ValueError("time='calendar' needs a Series with a DatetimeIndex, got prices without dates")
        t = (dates - dates[0]).to_numpy() / np.timedelta64(1, "D")
    else:
        t = np.arange(values.size, dtype=float)
    y = np.log(values) if scale == "log" else values.copy()
    return Prices(np.ascontiguousarray(t, dtype=float), y, dates, time, scale)


def date_of(tc: float, dates: pd.DatetimeIndex | None, time: str) -> pd.Timestamp | None:
    """Return the date of a point on the time axis, past the data by continuing the series' own calendar.

    Parameters
    ----------
    tc : float
        Point on the axis that starts at 0 with ``dates[0]``.
    dates : DatetimeIndex or None
        The series' dates.
    time : {"trading", "calendar"}
        What the axis counts. Trading days continue on the weekdays that occur among the last 60 dates
        (so a market that trades at weekends goes on doing so); sparser series by their median spacing.
    """
    if dates is None or not np.isfinite(tc):
        return None
    if time == "calendar":
        return (dates[0] + pd.Timedelta(days=float(np.floor(tc + 0.5)))).normalize()
    whole = int(np.floor(tc + 0.5))
    if whole < dates.size:
        return dates[max(whole, 0)].normalize()
    ahead = whole - dates.size + 1
    recent = dates[-61:]
    spacing = pd.Series(recent).diff().median()
    if spacing > pd.Timedelta(days=4):
        return (dates[-1] + ahead * spacing).normalize()
    share = np.bincount(recent.day_of_week, minlength=7) / recent.size
    mask = "".join("1" if part > 0.05 else "0" for part in share)
    return pd.Timestamp(
        np.busday_offset(dates[-1].to_numpy().astype("datetime64[D]"), ahead, "backward", mask)
    )

"""Prices as they come in, checked once: values, dates, the time axis and its continuation past the data."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lppl.core.frames import unpack
from lppl.core.frequency import date_after, frequency

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
        date = _moment(end, self.dates, name)
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
    prices : pandas.Series, pandas.DataFrame, polars object or array_like, shape (n,)
        Positive finite prices; see `lppl.core.frames.unpack` for what is taken of a table and its dates.
    time : {"trading", "calendar"}
        Positions, or days since the first date.
    scale : {"log", "price"}
        Whether the model describes log-prices or prices.
    """
    if time not in TIMES:
        raise ValueError(f"time must be one of {', '.join(TIMES)}, got {time!r}")
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
    values, labels = unpack(prices, "prices")
    dates = labels if isinstance(labels, pd.DatetimeIndex) else None
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
    if time == "calendar":
        if dates is None:
            raise ValueError("time='calendar' needs a Series with a DatetimeIndex, got prices without dates")
        t = _days(dates)
    else:
        t = np.arange(values.size, dtype=float)
    y = np.log(values) if scale == "log" else values.copy()
    return Prices(np.ascontiguousarray(t, dtype=float), y, dates, time, scale)


def _moment(end: Any, dates: pd.DatetimeIndex, name: str) -> pd.Timestamp:
    """Return a date in the zone of the series' dates; a date without a time means all of that day."""
    try:
        date = pd.Timestamp(end)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} must be a date or a position, got {end!r}") from error
    if date is pd.NaT:
        raise ValueError(f"{name} must be a date or a position, got {end!r}")
    if dates.tz is None:
        date = date.tz_localize(None)  # as its own clocks show it
    else:
        date = date.tz_localize(dates.tz) if date.tz is None else date.tz_convert(dates.tz)
    if date == date.normalize() and date < dates[-1] and frequency(dates).is_intraday:
        whole = date + pd.Timedelta(days=1) - pd.Timedelta(1, unit="us")
        return min(whole, dates[-1])
    return date


def _days(dates: pd.DatetimeIndex) -> NDArray[np.float64]:
    """Return days since the first date: civil days of dates, time that passed between moments."""
    naive = dates if dates.tz is None else dates.tz_localize(None)
    passed = naive if (naive == naive.normalize()).all() else dates
    return (passed - passed[0]).to_numpy() / np.timedelta64(1, "D")


def date_text(date: pd.Timestamp | None) -> str:
    """Return a date as text, with its time of day where it is no midnight; empty without a date."""
    if date is None:
        return ""
    midnight = date.hour == date.minute == date.second == 0
    return f"{date:%Y-%m-%d}" if midnight else f"{date:%Y-%m-%d %H:%M}"


def date_of(tc: float, dates: pd.DatetimeIndex | None, time: str) -> pd.Timestamp | None:
    """Return the date of a point on the time axis, past the data by continuing the series' own calendar.

    Parameters
    ----------
    tc : float
        Point on the axis that starts at 0 with ``dates[0]``.
    dates : DatetimeIndex or None
        The series' dates.
    time : {"trading", "calendar"}
        What the axis counts. Bars continue as `lppl.core.frequency.date_after` says.
    """
    if dates is None or not np.isfinite(tc):
        return None
    intraday = frequency(dates).is_intraday
    if time == "calendar" and intraday:
        return (dates[0] + pd.Timedelta(days=tc)).floor("s")
    if time == "calendar":
        return (dates[0] + pd.Timedelta(days=float(np.floor(tc + 0.5)))).normalize()
    whole = int(np.floor(tc + 0.5))
    if whole < dates.size:
        return dates[max(whole, 0)] if intraday else dates[max(whole, 0)].normalize()
    return date_after(dates, whole - dates.size + 1)

"""How often a series is observed, found from its dates, and which dates come next."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

RECENT = 61  # dates that tell the spacing and the weekdays
_SESSIONS = 20  # days that tell the hours of bars shorter than a day
_DAY = 86_400_000_000_000  # nanoseconds
_USUAL = 0.8  # share of the months that begin or end alike
_OPEN = 0.05  # share of the dates on a weekday from which on it counts as a day of trading
# Name of the frequency -> shortest and longest median spacing in days, one bar, several, bars a year.
_LONGER = {
    "weekly": (5.5, 8.5, "week", 52.0),
    "monthly": (26.0, 33.0, "month", 12.0),
    "quarterly": (85.0, 96.0, "quarter", 4.0),
    "yearly": (350.0, 380.0, "year", 1.0),
}


@dataclass(frozen=True)
class Frequency:
    """How often a series is observed.

    Attributes
    ----------
    name : str
        ``daily``, ``daily on 7 days``, ``weekly``, ``monthly``, ``quarterly``, ``yearly``, ``hourly``,
        ``5-minute`` ..., or ``irregular``.
    bar : str
        One observation in words: ``session``, ``week``, ``month``, ..., ``bar``.
    a_year : float
        Observations a year, NaN for irregular ones.
    """

    name: str
    bar: str
    a_year: float

    @property
    def bars(self) -> str:
        """Observations in words: ``sessions``, ``weeks``, ``months``, ..., ``bars``."""
        return f"{self.bar}s"

    @property
    def is_daily(self) -> bool:
        """Whether there is one bar a day of trading."""
        return self.name.startswith("daily")

    @property
    def is_longer(self) -> bool:
        """Whether bars are weeks or longer."""
        return self.name in _LONGER

    @property
    def is_intraday(self) -> bool:
        """Whether bars are shorter than a day."""
        return self.bar == "bar" and self.name != "irregular"


def frequency(dates: pd.DatetimeIndex | NDArray[np.datetime64]) -> Frequency:
    """Return how often a series is observed, from its last dates.

    Parameters
    ----------
    dates : DatetimeIndex, or array of datetime64
        Strictly increasing.
    """
    stamps = _wall(dates[-RECENT:])
    if len(stamps) < 3:
        return Frequency("irregular", "bar", np.nan)
    spacing = float(np.median(np.diff(stamps))) / _DAY
    if spacing < 0.8:
        return _shorter(stamps)
    if spacing < 1.5:
        days = int(np.count_nonzero(_open_weekdays(stamps)))
        if days <= 5:
            return Frequency("daily", "session", 252.0)
        return Frequency(f"daily on {days} days", "session", 365.25 * days / 7)
    for name, (low, high, bar, a_year) in _LONGER.items():
        if low <= spacing <= high:
            return Frequency(name, bar, a_year)
    return Frequency("irregular", "bar", np.nan)


def bars_of(dates: pd.DatetimeIndex | None) -> str:
    """Return what the observations of a series are called: ``sessions`` of days, ``weeks``, ..., ``bars``."""
    return "observations" if dates is None else frequency(dates).bars


def date_after(dates: pd.DatetimeIndex, ahead: int) -> pd.Timestamp:
    """Return the date of the bar ``ahead`` bars after the last, if the series goes on as it came.

    Days go on by the weekdays that occur among the last dates; weeks on their usual weekday; months, quarters
    and years on the usual day of the month or its end; shorter bars by the hours of the last days, or without
    a pause where there was none; anything else by the median spacing.
    """
    found = frequency(dates)
    last = dates[-1]
    if found.is_intraday:
        return _stamp(_next_moment(_wall(dates), ahead), dates)
    if found.name in ("monthly", "quarterly", "yearly"):
        months = {"monthly": 1, "quarterly": 3, "yearly": 12}[found.name]
        return _months_later(dates, ahead * months).normalize()
    stamps = _wall(dates)[-RECENT:]
    if found.name == "weekly":
        weekdays = _weekday(stamps)
        usual = int(np.bincount(weekdays, minlength=7).argmax())
        return (last + pd.Timedelta(days=7 * ahead + usual - int(weekdays[-1]))).normalize()
    spacing = float(np.median(np.diff(stamps))) / _DAY if len(stamps) > 1 else 1.0
    if spacing > 4:
        return (last + ahead * pd.Timedelta(days=spacing)).normalize()
    mask = "".join("1" if day else "0" for day in _open_weekdays(stamps))
    day = np.busday_offset(last.tz_localize(None).to_numpy().astype("datetime64[D]"), ahead, "backward", mask)
    return pd.Timestamp(day).tz_localize(dates.tz)


def _wall(dates: pd.DatetimeIndex | NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Return the civil times of dates in nanoseconds."""
    if isinstance(dates, pd.DatetimeIndex):
        dates = (dates if dates.tz is None else dates.tz_localize(None)).to_numpy()
    return dates.astype("datetime64[ns]").astype(np.int64)


def _weekday(stamps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the weekday of each time, 0 for Monday."""
    return (stamps // _DAY + 3) % 7


def _open_weekdays(stamps: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.bincount(_weekday(stamps), minlength=7) / len(stamps) > _OPEN


def _shorter(stamps: NDArray[np.int64]) -> Frequency:
    minutes = round(float(np.median(np.diff(stamps))) / 60e9)
    a_day = len(stamps) / len(np.unique(stamps // _DAY))
    weekends = _open_weekdays(stamps)[5:].any() or len(np.unique(stamps // _DAY)) < 7
    a_year = a_day * (365.25 if weekends else 252.0)
    if minutes == 60:
        return Frequency("hourly", "bar", a_year)
    if minutes and minutes % 60 == 0:
        return Frequency(f"{minutes // 60}-hour", "bar", a_year)
    return Frequency(f"{minutes}-minute" if minutes else "shorter than a minute", "bar", a_year)


def _months_later(dates: pd.DatetimeIndex, months: int) -> pd.Timestamp:
    recent = dates[-25:]
    last = recent[-1]
    offsets = pd.offsets
    usual = (
        (recent.day == recent.days_in_month, offsets.MonthEnd()),
        (recent == recent + offsets.BMonthEnd(0), offsets.BMonthEnd()),
        (recent.day == 1, offsets.MonthBegin()),
        (recent == recent - offsets.BMonthBegin(0), offsets.BMonthBegin()),
    )
    share, offset = max(((np.mean(at), offset) for at, offset in usual), key=lambda pair: pair[0])
    if share < _USUAL:
        return last + pd.DateOffset(months=months)
    return offset.rollforward(last.normalize().replace(day=1) + pd.DateOffset(months=months))


def _next_moment(stamps: NDArray[np.int64], ahead: int) -> int:
    """Return the time of a bar ``ahead`` bars after the last, by the hours of the last days."""
    step = int(np.median(np.diff(stamps[-RECENT:])))
    day = stamps // _DAY
    recent = stamps[np.isin(day, np.unique(day)[-_SESSIONS:])]
    if len(recent) < 2 or np.diff(recent).max() < 1.5 * step:
        return int(stamps[-1]) + ahead * step
    slots = _slots(recent)
    today, now = int(stamps[-1] // _DAY), int(stamps[-1] % _DAY)
    left = ahead
    for days in range(7 * (ahead + 2)):
        hours = slots[(today + days + 3) % 7]
        hours = hours[hours > now] if days == 0 else hours
        if left <= len(hours):
            return (today + days) * _DAY + int(hours[left - 1])
        left -= len(hours)
    return int(stamps[-1]) + ahead * step


def _slots(recent: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return for each weekday the times of day at which bars usually stand.

    The first and the last day may be cut off: they count only where they are all there is of a weekday.
    """
    day, clock = recent // _DAY, recent % _DAY
    whole = (day > day[0]) & (day < day[-1])
    kept = whole if len(np.unique(day[whole])) >= 2 else np.ones_like(whole)
    weekday = (day + 3) % 7
    days = np.unique(day[kept])
    pooled = _usual(clock[kept], len(days))
    known = set(((days + 3) % 7).tolist())
    weekends = {5, 6} & set(weekday.tolist())
    return [
        _usual(clock[kept & (weekday == k)], int(np.count_nonzero((days + 3) % 7 == k)))
        if k in known
        else (pooled if k < 5 or (k in weekends) else np.empty(0, dtype=np.int64))
        for k in range(7)
    ]


def _usual(clocks: NDArray[np.int64], days: int) -> NDArray[np.int64]:
    """Return the times of day that occur on at least half of the days."""
    times, counts = np.unique(clocks, return_counts=True)
    return times[counts >= 0.5 * days]


def _stamp(nanoseconds: int, dates: pd.DatetimeIndex) -> pd.Timestamp:
    moment = pd.Timestamp(nanoseconds, unit="ns").floor("s")
    if dates.tz is None:
        return moment
    return moment.tz_localize(dates.tz, ambiguous=False, nonexistent="shift_forward")

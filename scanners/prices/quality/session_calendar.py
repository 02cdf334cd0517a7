"""Which sessions to expect: an exchange calendar where there is one, weekdays elsewhere."""

import warnings
from datetime import date
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

# Code and day -> calendar, None where there is none, and the day from which it was built.
_built: dict[tuple[str, date], tuple[Any, date]] = {}


class Expected(NamedTuple):
    """Expected sessions, whether an exchange calendar says so, and the span for which it does."""

    sessions: np.ndarray
    by_exchange: bool
    first: np.datetime64
    last: np.datetime64


def expected(code: str, every_day: bool, first: date, last: date) -> Expected:
    """Return the sessions to expect from ``first`` to ``last``.

    Parameters
    ----------
    code : str
        Of exchange_calendars; weekdays if it is empty, unknown, or the package is not installed.
    every_day : bool
        Whether weekends count without a calendar.
    first, last : datetime.date

    Returns
    -------
    Expected
        The calendar speaks for the year of ``last`` and the one before, as far as its table goes; beyond its
        end, weekdays.
    """
    since, until = np.datetime64(first), np.datetime64(last)
    table = _table(code, date(last.year - 1, 1, 1))
    if table is None or not len(table):
        return Expected(_plain(since, until, every_day), False, since, until)
    start, end = max(since, table[0]), min(until, table[-1])
    known = table[(table >= start) & (table <= end)]
    beyond = _plain(max(since, end + 1), until, every_day)
    return Expected(np.append(known, beyond), True, start, end)


def _plain(first: np.datetime64, last: np.datetime64, every_day: bool) -> np.ndarray:
    days = np.arange(first, last + 1)
    return days if every_day else days[np.is_busday(days)]


def trading_days(code: str, last: date, until: date) -> int:
    """Return how many sessions there are after ``last``, up to ``until``: weekdays where no calendar says."""
    days = np.arange(np.datetime64(last) + 1, np.datetime64(until) + 1)
    table = _table(code, last.replace(month=1, day=1)) if len(days) else None
    if table is None or not len(table):
        return int(np.is_busday(days).sum())
    told = (days >= table[0]) & (days <= table[-1])
    return int(np.isin(days[told], table).sum() + np.is_busday(days[~told]).sum())


def days_of(code: str) -> str:
    """Return what the days are called that a calendar counts, or none does."""
    return f"trading days of {code}" if code else "weekdays"


def counts(code: str) -> bool:
    """Return whether an exchange's calendar counts its sessions: the package is there and knows it."""
    try:
        from exchange_calendars import get_calendar_names
    except ImportError:
        return False
    return code in get_calendar_names()


def closed_weekdays(code: str, last: date, as_of: date) -> int | None:
    """Return on how many weekdays after ``last``, up to ``as_of``, the exchange was closed; None if unknown.

    A code alone is believed where there is nothing to count: building a calendar takes a while.
    """
    days = np.arange(np.datetime64(last) + 1, np.datetime64(as_of) + 1)
    weekdays = days[np.is_busday(days)]
    if code and not len(weekdays):
        return 0 if find_spec("exchange_calendars") else None
    table = _table(code, last.replace(month=1, day=1))
    if table is None or not len(table):
        return None
    known = weekdays[(weekdays >= table[0]) & (weekdays <= table[-1])]
    return len(known) - int(np.isin(known, table).sum())


def zone_of(code: str) -> str:
    """Return the time zone of an exchange calendar; empty if it is not known or the package not installed."""
    found = _calendar(code, date.today().replace(month=1, day=1))
    return "" if found is None else str(found.tz)


def _table(code: str, start: date) -> np.ndarray | None:
    """Return a calendar's sessions; only the last years, since building a whole one takes seconds."""
    found = _calendar(code, start)
    if found is None:
        return None
    sessions = found.sessions.to_numpy().astype("datetime64[D]")
    return sessions[sessions >= np.datetime64(start)]


def _calendar(code: str, start: date) -> Any:
    """Return a calendar from ``start`` or earlier; the package itself keeps only the one it built last."""
    if not code:
        return None
    today = date.today()
    built, first = _built.get((code, today), (None, date.max))
    if first > start:
        first = min(start, first, today.replace(year=today.year - 1, month=1, day=1))
        built = _build(code, first)
        _built[code, today] = built, first
    return built


def _build(code: str, start: date) -> Any:
    try:
        from exchange_calendars import errors, get_calendar
    except ImportError:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the package says to its own authors
            return get_calendar(code, start=start)
    except (errors.CalendarError, ValueError, TypeError, AttributeError):
        # Advice that cannot be had, whether the code is unknown or the package too old for its own needs.
        return None

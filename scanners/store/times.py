"""Dates and moments as the integers that are stored: days and microseconds since 1970, UTC."""

from datetime import date, datetime, timedelta, timezone

import numpy as np

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
DAY = 86_400_000_000
LATEST_DAY = 2**31 - 1
LATEST_MOMENT = 2**63 - 1


def to_day(when: date | np.datetime64 | None) -> int:
    """Return a civil date as days since 1970; None means without end.

    Raises
    ------
    ValueError
        If it is a moment instead of a date, or not a time.
    """
    if when is None:
        return LATEST_DAY
    if isinstance(when, datetime):
        raise ValueError(f"as_of must be a date without a time of day, got {when!r}")
    day = np.datetime64(when).astype("datetime64[D]")
    if np.isnat(day):
        raise ValueError(f"as_of must be a date, got {when!r}")
    return int(day.astype(np.int64))


def to_moment(when: datetime | None) -> int:
    """Return a moment as microseconds since 1970, UTC; None means without end.

    Raises
    ------
    ValueError
        If it has no time zone.
    """
    if when is None:
        return LATEST_MOMENT
    if not isinstance(when, datetime) or when.tzinfo is None:
        raise ValueError(f"known_at must be a datetime with a time zone, got {when!r}")
    return (when - EPOCH) // timedelta(microseconds=1)


def from_moment(moment: int) -> datetime:
    """Return stored microseconds as a datetime, UTC."""
    return EPOCH + timedelta(microseconds=moment)


def from_day(day: int) -> date:
    """Return stored days as a date."""
    return (EPOCH + timedelta(days=day)).date()

"""Today, for series that should be as fresh as a series can be."""

from datetime import date, datetime, timedelta, timezone

# A session is final half an hour past its midnight, in UTC where nothing else is known.
_SETTLED = timedelta(hours=1)


def settled_today() -> date:
    """Return the day before which every session is final, at any hour and in any zone of this machine."""
    return (datetime.now(timezone.utc) - _SETTLED).date()

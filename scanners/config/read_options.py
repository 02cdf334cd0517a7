"""What a user may say about how a price file is to be read."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

# What a format needs for a whole date: its own directives, or those that stand for several.
_YEAR, _DAY = ("%Y", "%y", "%G", "%x", "%c", "%D", "%F"), ("%d", "%j", "%e", "%u", "%x", "%c", "%D", "%F")


class ReadOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to read a file; what is left empty is found out, or the file is refused.

    Attributes
    ----------
    date_format : str
        A `strptime` format, e.g. ``%d/%m/%Y``; then only that is accepted.
    decimal : str
        ``.`` or ``,``: the decimal mark.
    column : str
        Name of the column of closes, as in the header.
    timezone : str
        IANA name of the exchange's zone, for times that are written in another one.
    confirmed : tuple of str
        ISO dates of steps that look like a split and are none.
    calendar : str
        Code of exchange_calendars, whose zone is taken where ``timezone`` is empty.
    """

    date_format: str = ""
    decimal: Annotated[str, msgspec.Meta(pattern=r"^[.,]?\Z")] = ""
    column: str = ""
    timezone: str = ""
    calendar: str = ""
    confirmed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.date_format and not (_has(self.date_format, _YEAR) and _has(self.date_format, _DAY)):
            raise ValueError(
                f"date_format must name year, month and day, e.g. %d/%m/%Y, got {self.date_format!r}"
            )
        if self.decimal not in ("", ".", ","):
            raise ValueError(f"decimal must be . or , got {self.decimal!r}")
        check_zone(self.timezone)
        for day in self.confirmed:
            try:
                date.fromisoformat(day)
            except ValueError:
                raise ValueError(f"confirmed must be dates such as 2024-01-31, got {day!r}") from None


def check_zone(name: str) -> None:
    """Raise a `ValueError` for a time zone that nobody knows; empty is none."""
    if name:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"timezone must be an IANA name such as Asia/Tokyo, got {name!r}") from None


def _has(text: str, directives: tuple[str, ...]) -> bool:
    return any(directive in text for directive in directives)

"""Columns in which all dates are written alike: read at once, or left to the careful way."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scanners.prices.files.cells import FIRST_YEAR, LAST_YEAR

_SEPARATORS = b"-/."
_NAMED = (  # and where year, month and day stand
    (re.compile(r"^([0-9]{1,2})[- ]([A-Za-z]{3})[- ]([0-9]{4})$", re.MULTILINE), (2, 1, 0)),
    (re.compile(r"^([A-Za-z]{3}) ([0-9]{1,2}),? ([0-9]{4})$", re.MULTILINE), (2, 0, 1)),
)
_CLOCK = re.compile(r" [0-9]{2}:[0-9]{2}(?::[0-9]{2})?")
_CLOCKS = re.compile(rf"(?:{_CLOCK.pattern}\n)*")
_SHORT = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {
    form(name): number for number, name in enumerate(_SHORT, 1) for form in (str, str.upper, str.title)
}
# With a dot it may be a number that lost a zero: 1990.1 is October as often as January.
_MONTH = re.compile(r"(?P<year>[0-9]{4})(?:[-/]|\s?[年년]\s?)(?P<month>[0-9]{1,2})\s?[月월]?")


class Layout(NamedTuple):
    """Where digits and separators stand in a cell."""

    width: int
    first: slice
    second: slice
    third: slice
    separators: tuple[int, ...] = ()
    year_first: bool = True


_LAYOUTS = (
    Layout(10, slice(0, 4), slice(5, 7), slice(8, 10), (4, 7)),
    Layout(10, slice(0, 2), slice(3, 5), slice(6, 10), (2, 5), year_first=False),
    Layout(8, slice(0, 4), slice(4, 6), slice(6, 8)),
)


def uniform_days(cells: Sequence[str]) -> tuple[NDArray[np.datetime64], bool | None] | None:
    """Return the days of a column, and whether the month comes first where that had to be found.

    None where cells are written in several ways, a day does not exist or is far away, or the order of day and
    month is open.

    Parameters
    ----------
    cells : sequence of str
        ``2024-01-31`` (or ``/`` or ``.``), ``20240131`` or ``31.01.2024``, without anything else.
    """
    width = len(cells[0]) if cells else 0
    joined = "".join(cells)
    if not joined.isascii() or len(joined) != width * len(cells) or set(map(len, cells)) != {width}:
        return None
    letters = np.frombuffer(joined.encode(), dtype=np.uint8).reshape(len(cells), width)
    for layout in _LAYOUTS:
        if layout.width == width and _fits(letters, layout):
            return _days(letters, layout)
    return None


def uniform_moments(cells: Sequence[str]) -> tuple[NDArray[np.datetime64], bool | None] | None:
    """Return the moments of a column of days as in `uniform_days`, a space and a time; None if it is another.

    Parameters
    ----------
    cells : sequence of str
        At least one.
    """
    if not _CLOCK.fullmatch(cells[0][10:]) or not _CLOCKS.fullmatch(
        "".join([cell[10:] + "\n" for cell in cells])
    ):
        return None
    days = uniform_days([cell[:10] for cell in cells])
    if days is None:
        return None
    try:
        times = np.array([f"1970-01-01{cell[10:]}" for cell in cells], dtype="datetime64[s]")
    except ValueError:  # an hour that does not exist
        return None
    return days[0].astype("datetime64[s]") + times.astype(np.int64), days[1]


def named_days(cells: Sequence[str]) -> NDArray[np.datetime64] | None:
    """Return the days of a column such as ``02-Jan-2024`` or ``Jan 2, 2024``; None if it is another one.

    Parameters
    ----------
    cells : sequence of str
        At least one.
    """
    if not any(letter.isalpha() for letter in cells[0]):
        return None
    joined = "\n".join(cells)
    for written, places in _NAMED:
        found = written.findall(joined)
        if len(found) == len(cells) == joined.count("\n") + 1:
            year, month, day = (tuple(row[place] for row in found) for place in places)
            if not set(month) <= _MONTHS.keys():
                return None
            numbers = (
                np.array(part, dtype=np.int64) for part in (year, [_MONTHS[name] for name in month], day)
            )
            return _existing(*numbers)
    return None


def month_ends(cells: Sequence[str]) -> NDArray[np.datetime64] | None:
    """Return the last days of a column of months such as ``2024-01``; None if a cell is anything else.

    Parameters
    ----------
    cells : sequence of str
        At least one.
    """
    if not _MONTH.fullmatch(cells[0].strip()):
        return None
    found = [_MONTH.fullmatch(cell.strip()) for cell in cells]
    if not all(found):
        return None
    year = np.array([int(match["year"]) for match in found if match])
    month = np.array([int(match["month"]) for match in found if match])
    first = _existing(year, month, np.ones_like(month))
    if first is None:
        return None
    return (first.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1


def _fits(letters: NDArray[np.uint8], layout: Layout) -> bool:
    between = letters[:, list(layout.separators)]
    digits = np.delete(letters, layout.separators, axis=1)
    if not ((digits >= ord("0")) & (digits <= ord("9"))).all():
        return False
    return not between.size or (between.flat[0] in _SEPARATORS and bool((between == between.flat[0]).all()))


def _days(letters: NDArray[np.uint8], layout: Layout) -> tuple[NDArray[np.datetime64], bool | None] | None:
    first, second, third = (_number(letters[:, part]) for part in layout[1:4])
    month_first = None
    if layout.year_first:
        year, month, day = first, second, third
    else:
        month_first = bool((second > 12).any())
        if month_first == (first > 12).any():
            return None
        year, month, day = (third, first, second) if month_first else (third, second, first)
    days = _existing(year, month, day)
    return None if days is None else (days, month_first)


def _existing(
    year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]
) -> NDArray[np.datetime64] | None:
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days: NDArray[np.datetime64] = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    sound = (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == months)
    sound &= (year >= FIRST_YEAR) & (year <= LAST_YEAR)
    return days if sound.all() else None


def _number(digits: NDArray[np.uint8]) -> NDArray[np.int64]:
    scale = 10 ** np.arange(digits.shape[1])[::-1]
    return (digits.astype(np.int64) - ord("0")) @ scale

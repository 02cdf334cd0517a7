"""Columns in which all dates are written alike: read at once, or left to the careful way."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scanners.prices.files.cells import FIRST_YEAR, LAST_YEAR

_SEPARATORS = b"-/."


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
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days: NDArray[np.datetime64] = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    sound = (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == months)
    sound &= (year >= FIRST_YEAR) & (year <= LAST_YEAR)
    return (days, month_first) if sound.all() else None


def _number(digits: NDArray[np.uint8]) -> NDArray[np.int64]:
    scale = 10 ** np.arange(digits.shape[1])[::-1]
    return (digits.astype(np.int64) - ord("0")) @ scale

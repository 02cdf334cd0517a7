"""A column of dates: the whole column tells the order of day and month, and whether zones are written."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from scanners.prices.files.bare_numbers import BadCell
from scanners.prices.files.cells import FIRST_YEAR, LAST_YEAR, month_number, parse_date
from scanners.prices.files.mixed_orders import exchanged_row
from scanners.prices.files.uniform_dates import month_ends, named_days, uniform_days, uniform_moments

_TIME = (
    r"(?P<time>\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s?[AaPp][Mm])?)?"
    r"\s?(?P<zone>Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?"
)
# Year first, or a name of a month: unambiguous everywhere.
_YEAR_FIRST = re.compile(
    rf"(?P<day>\d{{4}}(?P<sep>[-/.])\d{{1,2}}(?P=sep)\d{{1,2}}|\d{{8}})(?:[T ]\s?(?=\S){_TIME})?"
)
_CJK = re.compile(
    rf"(?P<day>\d{{4}}\s*[年년]\s*\d{{1,2}}\s*[月월]\s*\d{{1,2}}\s*[日일]?)(?:\s?(?=\S){_TIME})?"
)
_NAMED = re.compile(
    r"(?:(?P<d1>\d{1,2})[- ](?P<m1>[A-Za-z]{3,9})\.?(?:[- ]|, ?)(?P<y1>\d{4})"
    rf"|(?P<m2>[A-Za-z]{{3,9}})\.? (?P<d2>\d{{1,2}}),? (?P<y2>\d{{4}}))(?:,? {_TIME})?"
)
_YEAR_LAST = re.compile(
    rf"(?P<a>\d{{1,2}})(?P<sep>[-/. ])(?P<b>\d{{1,2}})(?P=sep)(?P<year>\d{{4}})(?:,?\s{_TIME})?"
)
_SHORT = re.compile(r"\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3})(?:[-/. ]\d{2})?")
_EPOCH = re.compile(r"-?\d{10}(?:\d{3}){0,3}")
_ISO_MOMENT = re.compile(r"(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:Z|[+-]\d\d:?\d\d)?\n)*")
_HINTS = (
    (re.compile(r"\d{4}(?:[-/. ]?(?:\d\d?|[Qq][1-4]))?"), ": write a month or year with its last day"),
    (re.compile(r"\D*"), ": remove the line if it is no bar"),
)
_MEND = ": correct it or remove the line"
_OF_MONTHS = "months are dated by their last day"
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?:\s?([AaPp])[Mm])?")


@dataclass(frozen=True)
class Moments:
    """Dates as written.

    Attributes
    ----------
    local : numpy.ndarray of datetime64[s], shape (n,)
        Date and time as the cells say; midnight where they say no time.
    offset : numpy.ndarray of int64, shape (n,), or None
        Seconds ahead of UTC; None where no zone is written.
    note : str
        What was chosen, where there was a choice.
    """

    local: NDArray[np.datetime64]
    offset: NDArray[np.int64] | None = None
    note: str = ""


def parse_dates(cells: Sequence[str], date_format: str = "") -> Moments:
    """Return the dates in a column.

    Parameters
    ----------
    cells : sequence of str
        ``2024-01-31``, ``2024/1/31``, ``20240131``, ``2024年1月31日``, ``31-Jan-2024``, ``Jan 31, 2024``,
        each with a time and a zone if wanted; ``01/31/2024`` where some date of the column tells the month
        from the day; seconds, or thousandths, millionths ... of them, since 1970.
    date_format : str
        A `strptime` format; then only that is accepted.

    Raises
    ------
    BadCell
        If a cell is no date of these kinds, or the column allows two readings.
    """
    found = _parsed(cells, date_format)
    if found.note in (_order(True), _order(False)):
        row = exchanged_row(found.local.astype("datetime64[D]"))
        if row is not None:
            raise BadCell(row, _mixed(cells[row], found.note))
    return found


def _parsed(cells: Sequence[str], date_format: str) -> Moments:
    if not date_format and cells:
        uniform = uniform_days(cells)
        if uniform is not None:
            days, month_first = uniform
            return Moments(days.astype("datetime64[s]"), note=_order(month_first))
        timed = uniform_moments(cells)
        if timed is not None:
            return Moments(timed[0], note=_order(timed[1]))
        named = named_days(cells)
        if named is not None:
            return Moments(named.astype("datetime64[s]"))
        ends = month_ends(cells)
        if ends is not None:
            return Moments(ends.astype("datetime64[s]"), note=_OF_MONTHS)
        joined = "\n".join(cells) + "\n"
        if joined.count("\n") == len(cells) and _ISO_MOMENT.fullmatch(joined):
            moments = _iso_moments(cells)
            if moments is not None:
                return moments
    return _one_by_one([cell.strip() for cell in cells], date_format)


def readable_days(cells: Sequence[str], date_format: str = "") -> NDArray[np.datetime64]:
    """Return the civil date of every cell, not-a-time where it cannot be read."""
    cells = [cell.strip() for cell in cells]
    month_first = None
    if not date_format and any(_YEAR_LAST.fullmatch(cell) for cell in cells):
        with suppress(BadCell):  # then none of these can be read
            month_first = _month_first(cells)
    days = np.full(len(cells), np.datetime64("NaT", "D"))
    months = [k for k, cell in enumerate(cells) if month_ends([cell]) is not None]
    if not date_format and 2 * len(months) > len(cells):
        days[months] = np.array([month_ends([cells[k]]) for k in months]).ravel()
        return days
    for position, cell in enumerate(cells):
        try:
            moment, _ = _formatted(cell, date_format) if date_format else _found(cell, month_first)
        except ValueError:
            continue
        days[position] = np.datetime64(moment.date(), "D")
    return days


def _iso_moments(cells: Sequence[str]) -> Moments | None:
    zones = [cell[19:] for cell in cells]
    try:
        local = np.array([cell[:19] for cell in cells], dtype="datetime64[s]")
        seconds = {zone: _offset(zone) for zone in set(zones)}
    except ValueError:  # the slow way names the cell
        return None
    if not _in_range(local) or ("" in zones and len(set(zones)) > 1):
        return None
    if zones and not zones[0]:
        return Moments(local)
    return Moments(local, np.array([seconds[zone] for zone in zones], dtype=np.int64))


def _one_by_one(cells: Sequence[str], date_format: str) -> Moments:
    month_first, note = None, ""
    if not date_format and any(_YEAR_LAST.fullmatch(cell) for cell in cells):
        month_first = _month_first(cells)
        note = _order(month_first)
    local, offsets = [], []
    for position, cell in enumerate(cells):
        try:
            moment, offset = _formatted(cell, date_format) if date_format else _found(cell, month_first)
        except ValueError as error:
            raise BadCell(position, str(error)) from None
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise BadCell(
                position, f"date must lie in the years {FIRST_YEAR} to {LAST_YEAR}, got {cell!r}{_MEND}"
            )
        local.append(moment)
        offsets.append(offset)
    moments = np.array(local, dtype="datetime64[s]")
    if all(offset is None for offset in offsets):
        return Moments(moments, None, note)
    if None in offsets:
        position = (
            offsets.index(None)
            if offsets[0] is not None
            else next(k for k, offset in enumerate(offsets) if offset is not None)
        )
        raise BadCell(position, f"date must have a zone in every line or in none, got {cells[position]!r}")
    return Moments(moments, np.array(offsets, dtype=np.int64), note)


def _order(month_first: bool | None) -> str:
    if month_first is None:
        return ""
    return f"dates read as {'month/day' if month_first else 'day/month'}/year"


def _month_first(cells: Sequence[str]) -> bool:
    """Tell the order of day and month from the cells that allow one only."""
    first_day = first_month = None
    for position, cell in enumerate(cells):
        found = _YEAR_LAST.fullmatch(cell)
        if found is None:
            continue
        if int(found["a"]) > 12 and first_day is None:
            first_day = position
        if int(found["b"]) > 12 and first_month is None:
            first_month = position
    if first_day is not None and first_month is not None:
        raise BadCell(
            max(first_day, first_month),
            f"date mixes day/month and month/day, got {cells[first_day]!r} and {cells[first_month]!r}: "
            "write all of them one way, best as 2024-01-31",
        )
    if first_day is None and first_month is None:
        position = next(k for k, cell in enumerate(cells) if _YEAR_LAST.fullmatch(cell))
        raise BadCell(position, _ambiguous(cells[position]))
    return first_month is not None


def _found(cell: str, month_first: bool | None) -> tuple[datetime, int | None]:
    if found := _YEAR_FIRST.fullmatch(cell) or _CJK.fullmatch(cell):
        try:
            day = parse_date(found["day"])
        except ValueError as error:
            raise ValueError(f"{error}{_MEND}") from None
        return _with_time(datetime(day.year, day.month, day.day), found)
    if found := _NAMED.fullmatch(cell):
        year, number, name = (
            found["y1"] or found["y2"],
            found["d1"] or found["d2"],
            found["m1"] or found["m2"],
        )
        return _with_time(_existing(int(year), month_number(name, cell), int(number), cell), found)
    if month_first is not None and (found := _YEAR_LAST.fullmatch(cell)):
        first, second = int(found["a"]), int(found["b"])
        month, of_month = (first, second) if month_first else (second, first)
        return _with_time(_existing(int(found["year"]), month, of_month, cell), found)
    if _EPOCH.fullmatch(cell):
        seconds = int(cell) // 10 ** (len(cell.lstrip("-")) - 10)
        return datetime.fromisoformat(str(np.datetime64(seconds, "s"))), 0
    if _SHORT.fullmatch(cell):
        raise ValueError(_ambiguous(cell))
    if re.fullmatch(r"[2-6]\d{4}(?:\.0)?", cell):
        raise ValueError(
            f"date must be a date, got {cell!r}, a spreadsheet's day number: format it as a date"
        )
    hint = next((words for form, words in _HINTS if form.fullmatch(cell)), "")
    raise ValueError(f"date must be a date such as 2024-01-31, got {cell[:60]!r}{hint}")


def _formatted(cell: str, date_format: str) -> tuple[datetime, int | None]:
    try:
        moment = datetime.strptime(cell, date_format)
    except ValueError:
        raise ValueError(f"date must have the format {date_format}, got {cell[:60]!r}") from None
    offset = moment.utcoffset()
    return moment.replace(tzinfo=None), None if offset is None else int(offset.total_seconds())


def _with_time(day: datetime, found: re.Match[str]) -> tuple[datetime, int | None]:
    clock, zone = found["time"], found["zone"]
    if clock is None:
        if zone is not None:
            raise ValueError(f"date must have a time before its zone, got {found[0]!r}")
        return day, None
    hour, minute, second, half = _CLOCK.fullmatch(clock).groups()  # type: ignore[union-attr]
    hours = int(hour)
    if half is not None:
        if not 1 <= hours <= 12:
            raise ValueError(f"date must have a time of the day, got {found[0]!r}")
        hours = hours % 12 + 12 * (half.lower() == "p")
    try:
        return day.replace(hour=hours, minute=int(minute), second=int(second or 0)), _offset(
            zone
        ) if zone else None
    except ValueError:
        raise ValueError(f"date must have a time of the day, got {found[0]!r}") from None


def _existing(year: int, month: int, day: int, cell: str) -> datetime:
    try:
        return datetime(year, month, day)
    except ValueError:
        raise ValueError(f"date must exist in the calendar, got {cell!r}{_MEND}") from None


def _offset(zone: str) -> int:
    if zone in ("", "Z", "z", "UTC", "GMT"):
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    seconds = 3600 * int(digits[:2]) + 60 * int(digits[2:])
    if seconds > 15 * 3600:
        raise ValueError(f"date must have a zone within 15 hours of UTC, got {zone!r}")
    return -seconds if zone[0] == "-" else seconds


def _in_range(moments: NDArray[np.datetime64]) -> bool:
    years = moments.astype("datetime64[Y]").astype(int) + 1970
    return not len(years) or bool(years.min() >= FIRST_YEAR and years.max() <= LAST_YEAR)


def _mixed(cell: str, note: str) -> str:
    mend = "write all of them one way, best as 2024-01-31, or name it with --date-format"
    return f"date mixes day/month and month/day: {note}, {cell!r} is out of order, and else in order: {mend}"


def _ambiguous(cell: str) -> str:
    return (
        f"date is ambiguous without a format (day or month first?), got {cell!r}: "
        "--date-format (date_format in the watchlist) settles it"
    )

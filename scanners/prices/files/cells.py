"""Cells of a price file: civil dates and numbers as people and exchanges write them."""

import re
from datetime import date, datetime

# Year first is unambiguous everywhere; a time of day after the date is allowed and ignored.
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]\d.*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CJK = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?")
_YEAR_LAST = re.compile(r"\d{1,2}[-/. ]\d{1,2}(?:[-/. ]\d{2,4})?")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
EMPTY = frozenset({"", ".", "-", "--", "na", "n/a", "nan", "null", "none", "#n/a", "#n/a n/a", "<na>", "nat"})
SCALES = {"K": 1e3, "M": 1e6, "B": 1e9}
FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－＋", "0123456789.,-+")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

# What a nanosecond time stamp can hold.
FIRST_YEAR, LAST_YEAR = 1678, 2261


def parse_date(text: str, date_format: str | None = None) -> date:
    """Return the civil date that a cell names.

    Parameters
    ----------
    text : str
        ``2024-01-31``, ``2024/1/31``, ``2024.1.31``, ``20240131``, ``2024年1月31日`` or ``2024년 1월 31일``.
    date_format : str, optional
        A `strptime` format; then only that is accepted.

    Raises
    ------
    ValueError
        If the text is no date of these kinds, is ambiguous, or lies outside 1678-2261.
    """
    text = text.strip()
    if date_format is not None:
        try:
            day = datetime.strptime(text, date_format).date()
        except ValueError:
            raise ValueError(f"date must have the format {date_format}, got {text!r}") from None
    else:
        day = _unambiguous(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"date must lie in the years {FIRST_YEAR} to {LAST_YEAR}, got {text!r}")
    return day


def _unambiguous(text: str) -> date:
    if match := _YEAR_FIRST.fullmatch(text):
        year, _, month, day = match.groups()
    elif match := _COMPACT.fullmatch(text) or _CJK.fullmatch(text):
        year, month, day = match.groups()
    elif _YEAR_LAST.fullmatch(text):
        raise ValueError(f"date is ambiguous without a format (day or month first?), got {text!r}")
    else:
        raise ValueError(f"date must be a date such as 2024-01-31, got {text!r}")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(f"date must exist in the calendar, got {text!r}") from None


def parse_number(text: str, *, grouped: bool = True) -> float:
    """Return the number in a cell, NaN where the cell says that there is none.

    Parameters
    ----------
    text : str
    grouped : bool
        Whether commas may stand between groups of three digits. They never are decimal marks; where they
        might be meant as such, in files with semicolons, pass False.

    Raises
    ------
    ValueError
        If the text is neither a number nor a mark of absence.
    """
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return float(text)
    text = text.translate(FULL_WIDTH)
    if text.lower() in EMPTY:
        return float("nan")
    if grouped and _GROUPED.fullmatch(text):
        return float(text.replace(",", ""))
    if _PLAIN.fullmatch(text):
        return float(text)
    raise ValueError(f"must be a number{'' if grouped else ' without commas'}, got {text!r}")


def parse_volume(text: str) -> float:
    """Return a volume, which may end in K, M or B for thousands, millions or billions."""
    text = text.strip()
    scale = SCALES.get(text[-1:].upper())
    return parse_number(text) if scale is None else scale * parse_number(text[:-1])


def month_number(name: str, cell: str) -> int:
    """Return the number of a month in English, whole or its first three letters; ValueError otherwise."""
    lower = name.lower()
    for number, month in enumerate(_MONTHS, 1):
        if lower in (month, month[:3]) or (number == 9 and lower == "sept"):
            return number
    raise ValueError(f"date must name a month in English, got {cell!r}: write 2024-01-31")

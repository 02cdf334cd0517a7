"""Where the table of a price file begins, and which series of it is meant."""

from collections.abc import Sequence
from typing import NamedTuple

from scanners.prices.files.columns import (
    Columns,
    NoColumns,
    canonical,
    find_columns,
    split_levels,
    wide_series,
)

# Lines that a vendor may write before the header: title, source, licence.
PREAMBLE = 40
_FIELDS, _TICKERS, _DATES = ("price", ""), ("ticker", ""), ("date", "datetime")


class Header(NamedTuple):
    """Rows before the data, what the columns are, and whether one of them is the series asked for."""

    rows: int
    columns: Columns
    width: int
    chosen: bool = False


def find_header(rows: Sequence[Sequence[str]], symbol: str | None, column: str) -> Header:
    """Return the header among the first rows.

    Parameters
    ----------
    rows : sequence of sequence of str
        At least one.
    symbol : str or None
        Series wanted: a ticker over its columns, a column of a wide table, or rows of a symbol column.
    column : str
        Name of the column of closes; found out if empty.

    Raises
    ------
    NoColumns
        If no row is one, or it holds several series and none is named.
    """
    levels = _two_levels(rows)
    if levels is not None:
        count, fields, tickers = levels
        fields, chosen = _of_ticker(fields, tickers, symbol)
        return Header(count, find_columns(fields, column), len(rows[0]), chosen)
    failure = None
    for number, row in enumerate(rows[:PREAMBLE]):
        try:
            return _plain(number, row, symbol, column)
        except NoColumns as error:
            failure = failure if failure and not _has_date(row) else error
    raise failure or NoColumns("there is no header")


def _plain(number: int, row: Sequence[str], symbol: str | None, column: str) -> Header:
    wide = {} if column else wide_series(row)
    chosen = symbol is not None and symbol in wide
    found = find_columns(row, symbol if chosen and symbol else column)
    passed = (f"{number} lines before the header passed over",) if number else ()
    return Header(number + 1, Columns(found.fields, (*found.notes, *passed), found.close), len(row), chosen)


def _two_levels(rows: Sequence[Sequence[str]]) -> tuple[int, list[str], list[str]] | None:
    """Return rows, fields and tickers of a header in levels, as yfinance has it; None if it is none."""
    named = split_levels(rows[0])
    if named is not None:
        return 1, *named
    if len(rows) < 3 or not all(rows[:3]):
        return None
    first, second, third = ([cell.strip() for cell in row] for row in rows[:3])
    if third[0].lower() not in _DATES or any(third[1:]):
        return None
    if first[0].lower() in _TICKERS and second[0].lower() in ("price", "") and first[0] + second[0]:
        first, second = second, first
    if first[0].lower() not in _FIELDS or second[0].lower() not in _TICKERS or len(first) != len(second):
        return None
    return 3, ["Date", *first[1:]], ["", *second[1:]]


def _of_ticker(fields: list[str], tickers: list[str], symbol: str | None) -> tuple[list[str], bool]:
    known = [ticker for ticker in dict.fromkeys(tickers) if ticker]
    if symbol is None and len(known) > 1:
        raise NoColumns(several(known))
    wanted = symbol if symbol is not None else (known[0] if known else "")
    if symbol is not None and symbol not in known:
        raise NoColumns(f"there is no ticker {symbol!r} among {', '.join(known[:5])}")
    return [
        field if ticker in (wanted, "") else "" for field, ticker in zip(fields, tickers, strict=True)
    ], True


def series_names(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the series of a table that has one a column or a ticker; empty for a table of one series."""
    levels = _two_levels(rows)
    if levels is not None:
        known = [ticker for ticker in dict.fromkeys(levels[2]) if ticker]
        return known if len(known) > 1 else []
    for row in rows[:PREAMBLE]:
        try:
            find_columns(row)
            return []
        except NoColumns:
            wide = wide_series(row)
            if wide:
                return list(wide)
    return []


def several(names: Sequence[str], *, columns: bool = True) -> str:
    """Return what to do with a file of several series, in columns or in rows of a symbol."""
    shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
    return (
        f"holds {len(names)} series ({shown}): name one as FILE#{names[0]}" + ", or with --column" * columns
    )


def _has_date(row: Sequence[str]) -> bool:
    return any(canonical(cell) in ("date", "日期", "날짜", "일자") for cell in row)

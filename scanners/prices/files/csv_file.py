"""Prices from the user's own files, read strictly: a broken rule is named with its file and line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd

from scanners.config.read_options import ReadOptions
from scanners.core.errors import CommandError
from scanners.core.text import counted
from scanners.prices.files.as_of import seen_by
from scanners.prices.files.bare_numbers import BadCell
from scanners.prices.files.dates import parse_dates
from scanners.prices.files.grid import Grid
from scanners.prices.files.grids import grid_of
from scanners.prices.files.header import Header
from scanners.prices.files.numbers import decimal_mark, parse_column
from scanners.prices.files.opened import Opened
from scanners.prices.files.rows import Cells, chosen_rows, with_time
from scanners.prices.files.zones import civil
from scanners.prices.quality.sundays import SHORT_SUNDAYS, short_sundays
from scanners.store.overlap import SAME_SOURCE_TOLERANCE

# An LPPLS fit has seven parameters; fewer sessions than this cannot carry one.
MIN_ROWS = 10
_EXTRAS = ("open", "high", "low")
# Logarithms are taken of closes; an empty cell is a day without a price.
_MEND_CLOSE = "empty the cell if there was no price that day, or correct it"
_PLAIN = ReadOptions()


@dataclass(frozen=True)
class Table:
    """A price file as it stands, in the order of its lines.

    Attributes
    ----------
    moments : numpy.ndarray of datetime64[s], shape (n,)
        Civil dates at the exchange; with the time of day where bars are shorter than a day.
    values : dict of str to numpy.ndarray of float64, shape (n,)
        ``close`` and whichever of open, high, low, volume the file has; NaN in empty cells.
    lines : numpy.ndarray of int64, shape (n,)
        Line numbers in the file, from 1.
    intraday : bool
        Whether bars are shorter than a day.
    notes : tuple of str
        What was chosen where there was a choice.
    column : str
        Of the closes, as the header names it.
    """

    moments: np.ndarray
    values: dict[str, np.ndarray]
    lines: np.ndarray
    intraday: bool = False
    notes: tuple[str, ...] = ()
    column: str = ""

    @property
    def sessions(self) -> np.ndarray:
        """Civil dates, datetime64[D]."""
        return self.moments.astype("datetime64[D]")


def read_table(
    path: str | Path,
    *,
    symbol: str | None = None,
    date_format: str | None = None,
    options: ReadOptions = _PLAIN,
    extras: bool = True,
    as_of: str | date | None = None,
) -> Table:
    """Read the columns of a price file without judging the prices.

    Parameters
    ----------
    path : str or Path
        Text in UTF-8, UTF-16, GB18030, CP949 or CP1252 with commas, semicolons, tabs or bars, gzip allowed;
        Parquet; or a workbook (.xlsx).
    symbol : str, optional
        Which series to take from a file of several: rows of a symbol column, compared as text (``000660``,
        ``NA``), a column of a wide table, or a ticker over columns.
    date_format : str, optional
        In place of that of the options.
    options : ReadOptions
        What the user says about the file.
    extras : bool
        Whether to read open, high, low and volume too; a column that holds no numbers is left out.
    as_of : str or date, optional
        A line of a later date that breaks a rule is left out with all that follow, in place of a refusal.

    Raises
    ------
    CommandError
        If the file cannot be read, is nothing of these, lacks a column, or a cell is no date or number.
    """
    path = Path(path)
    if date_format:
        options = msgspec.structs.replace(options, date_format=date_format)
    file, grid, header = grid_of(path, symbol, options.column)
    try:
        return _table(file, grid, header, symbol, options, extras)
    except CommandError:
        seen = grid if as_of is None else seen_by(grid, header, options, as_of)
        if len(seen.cells) == len(grid.cells):
            raise
    return _table(file, seen, header, symbol, options, extras)


def _table(
    file: Opened, grid: Grid, header: Header, symbol: str | None, options: ReadOptions, extras: bool
) -> Table:
    path = file.path
    grid, columns, keep = chosen_rows(file, grid, header, symbol)
    lines = grid.lines if len(keep) == len(grid.lines) else [grid.lines[row] for row in keep]
    notes = list(columns.notes)
    try:
        cells = Cells(grid, columns.fields, keep)
        written = parse_dates(with_time(cells), options.date_format)
        found = civil(written, options)
    except BadCell as error:
        raise CommandError(f"{path}, line {lines[error.position]}: {error}") from None
    try:
        closes, marks = _closes(cells, grid, options)
    except BadCell as error:
        raise CommandError(f"{path}, line {lines[error.position]}: close {error}") from None
    values = {"close": closes}
    if extras:
        notes += _read_extras(values, cells, marks, lines)
    notes += [found.note] if found.note else []
    return Table(
        found.moments, values, np.array(lines, dtype="int64"), found.intraday, tuple(notes), columns.close
    )


def read_csv(
    path: str | Path,
    *,
    symbol: str | None = None,
    date_format: str | None = None,
    min_rows: int = MIN_ROWS,
    as_of: str | date | None = None,
    options: ReadOptions = _PLAIN,
) -> pd.Series:
    """Read one series of closes and refuse anything doubtful.

    Parameters
    ----------
    path, symbol, date_format, options
        As in `read_table`.
    min_rows : int
        Fewest sessions to accept.
    as_of : str or date, optional
        Lines after this date are not looked at, but for how the whole column writes dates and numbers.

    Returns
    -------
    pandas.Series
        Float64 closes on a strictly increasing `DatetimeIndex` named ``date``; the name is the file's stem.
        What was chosen or left out is in ``attrs["notes"]``.

    Raises
    ------
    CommandError
        As in `read_table`, and for a non-positive close, a date with two closes, too few rows.
    """
    path = Path(path)
    table = read_table(
        path, symbol=symbol, date_format=date_format, options=options, extras=False, as_of=as_of
    )
    return closes_of(table, path, symbol=symbol, min_rows=min_rows, as_of=as_of)


def closes_of(
    table: Table,
    path: Path,
    *,
    symbol: str | None = None,
    min_rows: int = MIN_ROWS,
    as_of: str | date | None = None,
) -> pd.Series:
    """Return the closes of a table up to a date as a series; see `read_csv`."""
    closes, notes = table.values["close"], list(table.notes)
    order = np.argsort(table.moments, kind="stable")
    if as_of is not None:
        first = table.sessions.min() if len(order) else None
        order = order[table.sessions[order] <= np.datetime64(as_of, "D")]
        if first is not None and not len(order):
            raise CommandError(f"no prices up to {as_of}: the series starts {first}")
    empty = np.isnan(closes[order])
    if empty.any():
        line = table.lines[order[empty]].min()
        notes.append(f"{counted(empty.sum(), 'line')} without a close left out, the first is line {line}")
        order = order[~empty]
    _refuse_unsound(path, table, order)
    order, merged = _merged(path, table, order)
    if merged:
        same = "line that repeats" if merged == 1 else "lines that repeat"
        notes.append(f"{merged} {same} a date with the same close merged")
    if not table.intraday:
        short = short_sundays(table.sessions[order], closes[order])
        order = order[~short]
        if short.any():
            notes.append(f"{short.sum()} {SHORT_SUNDAYS}, left out")
    if not len(order) and empty.any():
        raise CommandError(f"{path}: column {table.column!r} has no close: --column names another")
    if len(order) < min_rows:
        raise CommandError(f"{path}: at least {min_rows} rows are needed, got {len(order)}")
    index = pd.DatetimeIndex(table.moments[order].astype("datetime64[ns]"), name="date")
    name = symbol or Path(path.name.removesuffix(".gz")).stem
    prices = pd.Series(closes[order], index=index, name=name)
    prices.attrs["notes"] = tuple(notes)
    return prices


def _closes(cells: Cells, grid: Grid, options: ReadOptions) -> tuple[np.ndarray, str]:
    if grid.typed:
        return parse_column(cells["close"], "."), "."
    others = (cells[name] for name in ("raw", *_EXTRAS, "volume") if name in cells)
    marks = decimal_mark(cells["close"], others, options.decimal, doubtful_dots=grid.delimiter != ",")
    return parse_column(cells["close"], marks), marks


def _read_extras(
    values: dict[str, np.ndarray], cells: Cells, decimal: str, lines: Sequence[int]
) -> list[str]:
    """Add the columns beside the closes; say which one holds no numbers."""
    left_out = []
    for name in (*_EXTRAS, "volume"):
        if name in cells:
            try:
                values[name] = parse_column(cells[name], decimal, scaled=name == "volume")
            except BadCell as error:
                left_out.append(f"{name} left out: line {lines[error.position]} {error}")
    return left_out


def _refuse_unsound(path: Path, table: Table, order: np.ndarray) -> None:
    closes = table.values["close"][order]
    bad = ~((closes > 0) & np.isfinite(closes))
    if bad.any():
        first = order[bad][np.argmin(table.lines[order[bad]])]
        rule = f"not a positive finite number, got {table.values['close'][first]:g}: {_MEND_CLOSE}"
        raise CommandError(f"{path}, line {table.lines[first]}: close is {rule}")


def _merged(path: Path, table: Table, order: np.ndarray) -> tuple[np.ndarray, int]:
    """Keep the last of lines that repeat a date with the same close; two closes of a date are refused."""
    moments, closes = table.moments[order], table.values["close"][order]
    twice = np.flatnonzero(moments[1:] == moments[:-1])
    if not len(twice):
        return order, 0
    apart = np.abs(closes[twice + 1] - closes[twice]) > SAME_SOURCE_TOLERANCE * closes[twice]
    if apart.any():
        first = int(twice[np.argmax(apart)])
        raise CommandError(
            f"{path}, line {table.lines[order[first + 1]]}: date {moments[first].astype('datetime64[D]')} "
            f"stands already in line {table.lines[order[first]]} with another close: "
            "keep the right one"
        )
    return np.delete(order, twice), len(twice)

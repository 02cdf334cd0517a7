"""Prices from the user's own files, read strictly: a broken rule is named with its file and line."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scanners.core.errors import CommandError
from scanners.prices.files.cells import parse_date, parse_number, parse_volume
from scanners.prices.files.csv_text import Rows, read_rows

# An LPPLS fit has seven parameters; fewer sessions than this cannot carry one.
MIN_ROWS = 10
_VALUES = ("open", "high", "low", "close", "volume", "adjusted")
_SUFFIXES = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True)
class Table:
    """A price file as it stands, in the order of its lines.

    Attributes
    ----------
    sessions : numpy.ndarray of datetime64[D], shape (n,)
    values : dict of str to numpy.ndarray of float64, shape (n,)
        ``close`` and whichever of open, high, low, volume, adjusted the file has; NaN in empty cells.
    lines : numpy.ndarray of int64, shape (n,)
        Line numbers in the file, from 1.
    """

    sessions: np.ndarray
    values: dict[str, np.ndarray]
    lines: np.ndarray


def read_table(path: str | Path, *, symbol: str | None = None, date_format: str | None = None) -> Table:
    """Read the columns of a price file without judging the prices.

    Parameters
    ----------
    path : str or Path
        CSV text in UTF-8, GB18030 or CP949 with commas, semicolons or tabs, gzip allowed; or Parquet.
    symbol : str, optional
        Which rows to take from a file with a symbol column, compared as text (``000660``, ``NA``).
    date_format : str, optional
        A `strptime` format for dates that do not begin with the year.

    Raises
    ------
    CommandError
        If the file cannot be read, is no text, lacks a column, or a cell is no date or number.
    """
    path = Path(path)
    rows = read_rows(path)
    chosen = _choose(path, rows, symbol)
    lines = [rows.lines[position] for position in chosen]
    sessions = _parse(
        path, lines, _cells(path, rows, chosen, "date"), partial(parse_date, date_format=date_format)
    )
    numbers = {
        name: _parse(path, lines, _cells(path, rows, chosen, name), partial(_number, name, rows.delimiter))
        for name in _VALUES
        if name in rows.columns
    }
    return Table(
        np.array(sessions, dtype="datetime64[D]"),
        {name: np.array(column, dtype="float64") for name, column in numbers.items()},
        np.array(lines, dtype="int64"),
    )


def read_csv(
    path: str | Path, *, symbol: str | None = None, date_format: str | None = None, min_rows: int = MIN_ROWS
) -> pd.Series:
    """Read one series of closes and refuse anything doubtful.

    Parameters
    ----------
    path, symbol, date_format
        As in `read_table`.
    min_rows : int
        Fewest sessions to accept.

    Returns
    -------
    pandas.Series
        Float64 closes on a strictly increasing `DatetimeIndex` named ``date``; the name is the file's stem.

    Raises
    ------
    CommandError
        As in `read_table`, and for a missing or non-positive close, a duplicate date, too few rows.
    """
    path = Path(path)
    table = read_table(path, symbol=symbol, date_format=date_format)
    closes = table.values["close"]
    bad = ~((closes > 0) & np.isfinite(closes))
    if bad.any():
        first = int(np.argmax(bad))
        rule = (
            "missing" if np.isnan(closes[first]) else f"not a positive finite number, got {closes[first]:g}"
        )
        raise CommandError(f"{path}, line {table.lines[first]}: close is {rule}")
    order = np.argsort(table.sessions, kind="stable")
    sessions, lines = table.sessions[order], table.lines[order]
    twice = sessions[1:] == sessions[:-1]
    if twice.any():
        first = int(np.argmax(twice))
        raise CommandError(
            f"{path}, line {lines[first + 1]}: date {sessions[first]} stands already in line {lines[first]}"
        )
    if len(sessions) < min_rows:
        raise CommandError(f"{path}: at least {min_rows} rows are needed, got {len(sessions)}")
    index = pd.DatetimeIndex(sessions.astype("datetime64[ns]"), name="date")
    return pd.Series(closes[order], index=index, name=symbol or Path(path.name.removesuffix(".gz")).stem)


def find_file(folder: str | Path, name: str) -> Path:
    """Return the file of a series in a folder: ``NAME.csv``, ``NAME.csv.gz`` or ``NAME.parquet``.

    Raises
    ------
    CommandError
        If the name is no plain file name or no such file is there.
    """
    folder = Path(folder)
    if not name or name.startswith(".") or set(name) & set("/\\\0"):
        raise CommandError(f"a series in a folder must be a plain file name, got {name!r}")
    for suffix in _SUFFIXES:
        if (folder / f"{name}{suffix}").is_file():
            return folder / f"{name}{suffix}"
    raise CommandError(f"{folder / name}.csv: no such file (nor {name}.csv.gz, nor {name}.parquet)")


def read_folder_series(folder: str | Path, name: str) -> pd.Series:
    """Read the series ``name`` from its file in a folder, as `read_csv` does.

    Raises
    ------
    CommandError
        As in `find_file` and `read_csv`.
    """
    return read_csv(find_file(folder, name)).rename(name)


def _cells(path: Path, rows: Rows, chosen: list[int], name: str) -> list[str]:
    column = rows.columns[name]
    for position in chosen:
        if len(rows.cells[position]) <= column:
            reason = "fewer cells than the header has columns"
            raise CommandError(f"{path}, line {rows.lines[position]}: {reason}")
    return [rows.cells[position][column] for position in chosen]


def _parse(path: Path, lines: list[int], cells: list[str], parse: Callable[[str], Any]) -> list[Any]:
    values = []
    for line, cell in zip(lines, cells, strict=True):
        try:
            values.append(parse(cell))
        except ValueError as error:
            raise CommandError(f"{path}, line {line}: {error}") from None
    return values


def _number(name: str, delimiter: str, text: str) -> float:
    try:
        if name == "volume":
            return parse_volume(text)
        return parse_number(text, grouped=delimiter != ";")
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None


def _choose(path: Path, rows: Rows, symbol: str | None) -> list[int]:
    """Return the positions of a symbol's rows; symbols are text, so that 000660 and NA stay what they are."""
    everything = list(range(len(rows.cells)))
    if "symbol" not in rows.columns:
        if symbol is not None:
            raise CommandError(f"{path}: symbol {symbol!r} was asked for, but the file has no symbol column")
        return everything
    column = rows.columns["symbol"]
    symbols = [row[column].strip() if len(row) > column else "" for row in rows.cells]
    known = list(dict.fromkeys(symbols))
    if symbol is None and len(known) > 1:
        raise CommandError(f"{path}: holds {len(known)} symbols ({', '.join(known[:5])}, ...); name one")
    if symbol is not None and symbol not in known:
        raise CommandError(f"{path}: no rows for symbol {symbol!r}")
    return [position for position in everything if symbol is None or symbols[position] == symbol]

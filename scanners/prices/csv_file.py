"""Prices from the user's own files, read strictly: a broken rule is named with its file and line."""

import csv
import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from scanners.errors import CommandError
from scanners.prices.csv_cells import parse_date, parse_number
from scanners.prices.csv_columns import find_columns

# An LPPLS fit has seven parameters; fewer sessions than this cannot carry one.
MIN_ROWS = 10
_VALUES = ("open", "high", "low", "close", "volume", "adjusted")
_SUFFIXES = (".csv", ".csv.gz")
_ENCODINGS = ("utf-8-sig", "gb18030", "cp949")


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
        CSV text in UTF-8, GB18030 or CP949, separated by comma, semicolon or tab; gzip allowed.
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
    rows, columns = _split(path)
    chosen = _choose(path, rows, columns, symbol)
    values = {name: columns[name] for name in _VALUES if name in columns}
    sessions, cells = [], {name: [] for name in values}
    for line, row in chosen:
        try:
            sessions.append(parse_date(row[columns["date"]], date_format))
            for name, column in values.items():
                cells[name].append(_number(name, row[column]))
        except IndexError:
            raise CommandError(f"{path}, line {line}: fewer cells than the header has columns") from None
        except ValueError as error:
            raise CommandError(f"{path}, line {line}: {error}") from None
    return Table(
        np.array(sessions, dtype="datetime64[D]"),
        {name: np.array(column, dtype="float64") for name, column in cells.items()},
        np.array([line for line, _ in chosen], dtype="int64"),
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


def read_folder_series(folder: str | Path, name: str) -> pd.Series:
    """Read the series ``name`` from ``NAME.csv`` or ``NAME.csv.gz`` in a folder, as `read_csv` does.

    Raises
    ------
    CommandError
        If the name is no plain file name, no such file is there, or the file breaks a rule.
    """
    folder = Path(folder)
    if not name or name.startswith(".") or set(name) & set("/\\\0"):
        raise CommandError(f"a series in a folder must be a plain file name, got {name!r}")
    path = next(
        (folder / f"{name}{suffix}" for suffix in _SUFFIXES if (folder / f"{name}{suffix}").is_file()), None
    )
    if path is None:
        raise CommandError(f"{folder / name}.csv: no such file (nor {name}.csv.gz)")
    return read_csv(path).rename(name)


def _number(name: str, text: str) -> float:
    try:
        return parse_number(text)
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None


def _choose(
    path: Path, rows: list[tuple[int, list[str]]], columns: dict[str, int], symbol: str | None
) -> list[tuple[int, list[str]]]:
    if "symbol" not in columns:
        if symbol is not None:
            raise CommandError(f"{path}: symbol {symbol!r} was asked for, but the file has no symbol column")
        return rows
    column = columns["symbol"]
    known = dict.fromkeys(row[column].strip() for _, row in rows if len(row) > column)
    if symbol is None and len(known) > 1:
        raise CommandError(
            f"{path}: holds {len(known)} symbols ({', '.join(list(known)[:5])}, ...); name one"
        )
    if symbol is not None and symbol not in known:
        raise CommandError(f"{path}: no rows for symbol {symbol!r}")
    return [(line, row) for line, row in rows if symbol is None or row[column : column + 1] == [symbol]]


def _split(path: Path) -> tuple[list[tuple[int, list[str]]], dict[str, int]]:
    """Return the rows after the header with their line numbers, and the columns by field."""
    raw = _read_bytes(path)
    failure = None
    for encoding in _ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        try:
            rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
            if not rows:
                raise CommandError(f"{path}: the file is empty")
            return rows[1:], find_columns(rows[0][1])
        except csv.Error as error:
            failure = failure or f", line {reader.line_num}: not CSV text ({error})"
        except ValueError as error:
            failure = failure or f", line {rows[0][0]}: {error}"
    raise CommandError(f"{path}{failure or ': not text in UTF-8, GB18030 or CP949'}")


def _delimiter(text: str) -> str:
    header = text.lstrip().partition("\n")[0]
    return max(",;\t", key=header.count)


def _read_bytes(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise CommandError(f"{path}: cannot be read ({reason})") from None
    if not raw.strip():
        raise CommandError(f"{path}: the file is empty")
    if b"\0" in raw:
        raise CommandError(f"{path}: not a text file")
    return raw

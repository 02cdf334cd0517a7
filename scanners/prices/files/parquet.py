"""Parquet as cells: only the columns that are needed, so that an odd one beside them does no harm."""

from pathlib import Path
from typing import Any

from scanners.core.errors import CommandError
from scanners.prices.files.columns import NoColumns
from scanners.prices.files.grid import Grid
from scanners.prices.files.header import Header, find_header

# As many rows as the largest text has; a file of a few bytes can promise more.
MAX_ROWS = 20_000_000


def read_parquet(path: Path, raw: bytes, symbol: str | None, column: str) -> tuple[Grid, Header]:
    """Return the cells of a Parquet file and its header.

    Raises
    ------
    CommandError
        If it cannot be read, a needed column holds something else, or none is called date or close.
    """
    try:
        from pyarrow import BufferReader, parquet
    except ImportError:
        raise CommandError(f"{path}: reading Parquet needs the package pyarrow") from None
    try:
        file = parquet.ParquetFile(BufferReader(raw))
        if file.metadata.num_rows > MAX_ROWS:
            raise CommandError(f"{path}: more than {MAX_ROWS} rows, which no price file has")
        names = list(file.schema_arrow.names)
        header = find_header([names], symbol, column)
        wanted = sorted(set(header.columns.fields.values()))
        columns = {place: _as_text(file, names, place) for place in wanted}
    except NoColumns as error:
        raise CommandError(f"{path}: {error}") from None
    except (OSError, ValueError, KeyError, TypeError, OverflowError, NotImplementedError) as error:
        # pyarrow's errors are among these
        raise CommandError(f"{path}: cannot be read ({type(error).__name__})") from None
    cells, typed = _rows(columns, len(names), file.metadata.num_rows)
    lines = [number for number, row in enumerate(cells, 1) if any(row)]
    return Grid([row for row in cells if any(row)], lines, typed=typed), header


def first_rows(raw: bytes) -> list[list[str]]:
    """Return the names of the columns as the first row; none if they cannot be read."""
    try:
        from pyarrow import BufferReader, parquet

        return [list(parquet.ParquetFile(BufferReader(raw)).schema_arrow.names)]
    except (ImportError, OSError, ValueError, KeyError, TypeError, NotImplementedError):
        return []


def _as_text(file: Any, names: list[str], place: int) -> tuple[list[str], bool]:
    """Return a column as text, and whether it held no text."""
    if names.count(names[place]) > 1:
        raise NoColumns(f"column {names[place]!r} must stand once in the header")
    column = file.read(columns=[names[place]]).column(0)
    values = column.to_pylist()
    text = ["" if value is None else str(value) for value in values]
    return text, not any(isinstance(value, str) for value in values)


def _rows(columns: dict[int, tuple[list[str], bool]], width: int, count: int) -> tuple[list[list[str]], bool]:
    empty = [""] * count
    parts = [columns[place][0] if place in columns else empty for place in range(width)]
    return [list(row) for row in zip(*parts, strict=True)], all(typed for _, typed in columns.values())

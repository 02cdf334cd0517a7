"""The rows of a price file as text with their line numbers, whatever it was saved as."""

import csv
import gzip
import io
import zlib
from pathlib import Path
from typing import NamedTuple

from scanners.core.errors import CommandError
from scanners.prices.files.columns import find_columns

_ENCODINGS = ("utf-8-sig", "gb18030", "cp949")


class Rows(NamedTuple):
    """The cells after the header, the line numbers from 1, and which column is which field."""

    cells: list[list[str]]
    lines: list[int]
    columns: dict[str, int]
    delimiter: str


def read_rows(path: Path) -> Rows:
    """Read CSV text (gzip allowed) or Parquet, told apart by their first bytes.

    The encoding is the first of UTF-8, GB18030 and CP949 in which the header names the columns.

    Raises
    ------
    CommandError
        If the file cannot be read, is empty, is neither, or its header names no date or no close.
    """
    raw = _read_bytes(path)
    if raw[:4] == b"PAR1":
        return _parquet(path, raw)
    failure = None
    for encoding in _ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        delimiter = max(",;\t", key=text.lstrip().partition("\n")[0].count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            numbered = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
        except csv.Error as error:
            failure = failure or f", line {reader.line_num}: not CSV text ({error})"
            continue
        if not numbered:
            raise CommandError(f"{path}: the file is empty")
        try:
            columns = find_columns(numbered[0][1])
        except ValueError as error:
            failure = failure or f", line {numbered[0][0]}: {error}"
            continue
        return Rows([row for _, row in numbered[1:]], [line for line, _ in numbered[1:]], columns, delimiter)
    raise CommandError(f"{path}{failure or ': not text in UTF-8, GB18030 or CP949'}")


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
    if b"\0" in raw and raw[:4] != b"PAR1":
        raise CommandError(f"{path}: not a text file")
    return raw


def _parquet(path: Path, raw: bytes) -> Rows:
    try:
        from pyarrow import ArrowException, BufferReader, parquet
    except ImportError:
        raise CommandError(f"{path}: reading Parquet needs the package pyarrow") from None
    try:
        table = parquet.read_table(BufferReader(raw))
    except (ArrowException, OSError) as error:
        raise CommandError(f"{path}: cannot be read ({type(error).__name__})") from None
    try:
        columns = find_columns(table.column_names)
    except ValueError as error:
        raise CommandError(f"{path}: {error}") from None
    by_row = zip(*(column.to_pylist() for column in table.columns), strict=True)
    cells = [["" if value is None else str(value) for value in row] for row in by_row]
    return Rows(cells, list(range(1, len(cells) + 1)), columns, ",")

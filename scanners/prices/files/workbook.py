"""Workbooks (.xlsx) as cells: the one sheet that holds a table of prices."""

import io
import zipfile
from pathlib import Path
from typing import Any

from scanners.core.errors import CommandError
from scanners.prices.files.columns import NoColumns
from scanners.prices.files.contents import MAX_BYTES
from scanners.prices.files.grid import Grid
from scanners.prices.files.header import PREAMBLE, Header, find_header, series_names


def read_workbook(path: Path, raw: bytes, symbol: str | None, column: str) -> tuple[Grid, Header]:
    """Return the cells of the sheet with a table of prices, and its header.

    Raises
    ------
    CommandError
        If it cannot be read, or no sheet has such a table, or more than one.
    """
    found, failure = [], ""
    for name, rows in _sheets(path, raw):
        numbered = [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
        if not numbered:
            continue
        lines, cells = [number for number, _ in numbered], [row for _, row in numbered]
        try:
            header = find_header(cells, symbol, column)
        except NoColumns as error:
            failure = failure or f"{path}, sheet {name}: {error}"
            continue
        found.append((name, Grid(cells[header.rows :], lines[header.rows :]), header))
    if not found:
        raise CommandError(failure or f"{path}: the file is empty")
    if len(found) > 1:
        names = ", ".join(name for name, _, _ in found)
        raise CommandError(f"{path}: several sheets hold prices ({names}): keep one in the file")
    _, grid, header = found[0]
    return grid, header


def first_series(path: Path, raw: bytes) -> list[str]:
    """Return the series of a workbook's first table that has one a column; none if there is no such table."""
    try:
        return next((names for _, rows in _sheets(path, raw) if (names := series_names(_full(rows)))), [])
    except CommandError:
        return []


def _full(rows: list[list[str]]) -> list[list[str]]:
    return [row for row in rows[: 2 * PREAMBLE] if any(cell.strip() for cell in row)] or [[""]]


def _sheets(path: Path, raw: bytes) -> list[tuple[str, list[list[str]]]]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise CommandError(
            f"{path}: reading workbooks needs the package python-calamine (extra excel), or save it as CSV"
        ) from None
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_BYTES:
                raise CommandError(
                    f"{path}: unpacks to more than {MAX_BYTES >> 20} MB, which no price file does"
                )
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        sheets = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names]
        return [
            (name, [[_as_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)])
            for name, sheet in sheets
        ]
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise CommandError(f"{path}: cannot be read ({type(error).__name__})") from None


def _as_text(cell: Any) -> str:
    """Return a cell as a text file would have it: whole numbers without a point, dates as ISO."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell)

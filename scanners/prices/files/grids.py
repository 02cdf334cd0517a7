"""Cells and header of a price file of any kind, and the series that its rows name."""

from pathlib import Path

from scanners.prices.files.csv_text import read_text
from scanners.prices.files.grid import Grid
from scanners.prices.files.header import Header
from scanners.prices.files.opened import Opened, opened


def grid_of(path: Path, symbol: str | None, column: str) -> tuple[Opened, Grid, Header]:
    """Return a file as it was read, its cells, and its header.

    Raises
    ------
    CommandError
        If it cannot be read, or no header names a date and a close.
    """
    file: Opened = opened(path)
    kind, raw = file.contents
    if kind == "parquet":
        from scanners.prices.files.parquet import read_parquet

        return file, *read_parquet(path, raw, symbol, column)
    if kind == "xlsx":
        from scanners.prices.files.workbook import read_workbook

        return file, *read_workbook(path, raw, symbol, column)
    return file, *read_text(file, symbol, column)


def symbols_in_rows(path: Path) -> list[str]:
    """Return the values of a file's symbol column in their order, empty without one or with a single value.

    Raises
    ------
    CommandError
        As `grid_of`.
    """
    file, grid, header = grid_of(path, None, "")
    place = header.columns.fields.get("symbol")
    kept, _ = file.bars(grid, header)
    if place is None or any(len(row) <= place for row in kept.cells):
        return []
    found = list(file.places(kept, place))
    return found if len(found) > 1 else []

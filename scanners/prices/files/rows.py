"""Which rows of a price file are bars of the series asked for."""

import re
from collections.abc import Mapping, Sequence
from operator import itemgetter

from scanners.core.errors import CommandError
from scanners.prices.files.columns import Columns
from scanners.prices.files.grid import Flat, Grid
from scanners.prices.files.header import Header, several
from scanners.prices.files.opened import Opened

# What vendors write under a table, alone in its line: a source, a licence.
# Without a colon or a mark of rights it may be the beginning of a line that was cut off.
_FOOTER = re.compile(r"\D.*([:：©]|\([Cc]\)).*", re.DOTALL)
_CLOCK = re.compile(r"(\d{1,2}):?(\d\d)(?::?(\d\d)(?:\.\d+)?)?")


class Cells:
    """Columns of the rows of one series by field, each taken out when it is asked for."""

    def __init__(self, grid: Grid, fields: Mapping[str, int], keep: Sequence[int]) -> None:
        whole = len(keep) == len(grid.cells)
        self._rows = grid.cells if whole else [grid.cells[row] for row in keep]
        self._fields = fields

    def __contains__(self, field: str) -> bool:
        return field in self._fields

    def __getitem__(self, field: str) -> list[str]:
        place = self._fields[field]
        if isinstance(self._rows, Flat):
            return self._rows.column(place)
        return list(map(itemgetter(place), self._rows))


def chosen_rows(
    file: Opened, grid: Grid, header: Header, symbol: str | None
) -> tuple[Grid, Columns, Sequence[int]]:
    """Return the grid without notes under the table, the columns, and the positions of a series' rows.

    Raises
    ------
    CommandError
        If a row has fewer or more cells than the header, or the series is not there.
    """
    cells, columns = grid.cells, header.columns
    footer = 0
    while footer < len(cells) and _is_footer(cells[-1 - footer]):
        footer += 1
    if footer:
        cells = cells[:-footer]
        notes = (*columns.notes, f"{footer} lines under the table passed over")
        columns = Columns(columns.fields, notes, columns.close)
    uniform = isinstance(cells, Flat) and cells.width == header.width
    for row, line in () if uniform else zip(cells, grid.lines, strict=False):
        if len(row) != header.width and (len(row) < header.width or any(row[header.width :])):
            _refuse_width(file, row, line, header)
    kept = Grid(cells, grid.lines[: len(cells)], grid.delimiter, grid.typed)
    return kept, columns, _of_symbol(file, kept, header, symbol)


def with_time(cells: Cells) -> list[str]:
    """Return dates with the times of a column of their own, unless they have a time or those are none."""
    dates = cells["date"]
    if "time" not in cells or any(":" in cell for cell in dates[:3]):
        return dates
    found = [_CLOCK.fullmatch(cell.strip()) for cell in cells["time"]]
    if not all(found):
        return dates
    clocks = [f"{match[1]:>02}:{match[2]}:{match[3] or '00'}" for match in found if match]
    return [f"{day.strip()} {clock}" for day, clock in zip(dates, clocks, strict=True)]


def _is_footer(row: Sequence[str]) -> bool:
    full = [cell for cell in row if cell.strip()]
    return len(full) == 1 and row[0] == full[0] and bool(_FOOTER.fullmatch(full[0].strip()))


def _refuse_width(file: Opened, row: Sequence[str], line: int, header: Header) -> None:
    if len(row) < header.width:
        missing = [place for place in header.columns.fields.values() if place >= len(row)]
        rule = "fewer cells than the header has columns"
        if not missing:
            rule += f" ({len(row)} of {header.width})"
    else:
        rule = (
            f"more cells than the header has columns ({len(row)} of {header.width}); "
            "a number with a comma must stand in quotes"
        )
    raise CommandError(f"{file.path}, line {line}: {rule}")


def _of_symbol(file: Opened, grid: Grid, header: Header, symbol: str | None) -> Sequence[int]:
    """Return the positions of a symbol's rows; symbols are text, so that 000660 and NA stay what they are."""
    everything = range(len(grid.cells))
    place = header.columns.fields.get("symbol")
    if header.chosen or (place is None and symbol is None):
        return everything
    if place is None:
        raise CommandError(f"{file.path}: symbol {symbol!r} was asked for, but the file has no symbol column")
    places = file.places(grid, place)
    if symbol is None and len(places) > 1:
        raise CommandError(f"{file.path}: {several(list(places), columns=False)}")
    if symbol is not None and symbol not in places:
        raise CommandError(f"{file.path}: no rows for symbol {symbol!r}")
    return everything if symbol is None else places[symbol]

"""Which lines of a price file are bars: not those under the table, nor its header once more."""

import re
from collections.abc import Sequence

from scanners.core.text import counted
from scanners.prices.files.columns import canonical
from scanners.prices.files.grid import Flat, Grid
from scanners.prices.files.header import Header

# What vendors write under a table, alone in its line: a source, a licence.
# Without a colon or a mark of rights it may be the beginning of a line that was cut off.
_NOTE = re.compile(r"\D.*([:：©]|\([Cc]\)).*", re.DOTALL)
_SOURCE = re.compile(r"(?:数据来源|资料来源|来源|출처|sources?)\s*[:：].*", re.DOTALL | re.IGNORECASE)
# In the column of dates of a line under the table that sums it up.
_SUMS = frozenset({
    "total", "sum", "average", "avg", "mean", "median", "max", "maximum", "min", "minimum", "count", "std",
    "合计", "总计", "平均", "平均值", "均值", "最大值", "最小值", "最高值", "最低值", "합계", "평균", "summe",
    "durchschnitt", "mittelwert", "promedio", "moyenne", "media",
})  # fmt: skip


def bar_lines(grid: Grid, header: Header) -> tuple[Grid, tuple[str, ...]]:
    """Return the grid with bars alone, and notes of what was passed over."""
    cells, lines, place = grid.cells, grid.lines, header.columns.fields["date"]
    under = 0
    while under < len(cells) and _is_under(cells[-1 - under], place):
        under += 1
    notes = []
    if under:
        cells, lines = cells[:-under], lines[: len(cells) - under]
        notes.append(f"{counted(under, 'line')} under the table passed over")
    again = _headers(cells, header, place)
    if again:
        keep = [k for k in range(len(cells)) if k not in again]
        cells, lines = [cells[k] for k in keep], [lines[k] for k in keep]
        repeats = "line that repeats" if len(again) == 1 else "lines that repeat"
        notes.append(f"{len(again)} {repeats} the header passed over")
    return grid._replace(cells=cells, lines=lines), tuple(notes)


def _is_under(row: Sequence[str], place: int) -> bool:
    full = [cell.strip() for cell in row if cell.strip()]
    if len(full) == 1 and (_SOURCE.fullmatch(full[0]) or (row[0].strip() and _NOTE.fullmatch(full[0]))):
        return True
    return place < len(row) and canonical(row[place]) in _SUMS


def _headers(cells: Sequence[list[str]], header: Header, place: int) -> set[int]:
    """Return the positions of the lines that are the header, cell for cell."""
    if not header.line:
        return set()
    name = header.line[place]
    if isinstance(cells, Flat):
        dates = cells.column(place)
        if name not in dates:
            return set()
    line = list(header.line)
    return {k for k, row in enumerate(cells) if row == line}

"""Tables that fit their terminal: columns give way in a stated order, then a list takes the table's place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from scanners.core.text import one_line

_GAP = 2  # columns of space between two cells
_READABLE = 24  # columns that text which wraps must keep
_NAME = (16, 30)  # columns that a long name must keep, and beyond which it wraps


@dataclass(frozen=True)
class Column:
    """Head of a column: numbers stand right, and text may wrap."""

    name: str
    right: bool = False
    wraps: bool = False


def name_of(text: str, style: str = "") -> Text:
    """Return a name from outside as one line of text without control characters, at its full length."""
    return Text(one_line(text, len(text)), style=style)


def fitted(
    columns: Sequence[Column],
    rows: Sequence[Sequence[Text | str]],
    width: int,
    *,
    spare: Sequence[str] = (),
    heading: int = 0,
) -> Group:
    """Return a table that fits ``width``, and a line that names the columns it had to leave out.

    Parameters
    ----------
    columns : sequence of Column
        Heads; the first one may wrap.
    rows : sequence of sequence of Text or str
        A cell a column.
    width : int
        Columns of the terminal.
    spare : sequence of str
        Columns that may be left out, the first one first. What remains and is still too wide becomes a list
        of everything: a line a cell under each row's name.
    heading : int
        The column whose cells head the rows of that list.
    """
    left_out: list[str] = []
    names = [column.name for column in columns]
    order = [name for name in spare if name in names]
    while _needed(columns, rows, left_out) > width and len(left_out) < len(order):
        left_out.append(order[len(left_out)])
    if _needed(columns, rows, left_out) > width:
        return Group(*_listed(columns, rows, heading))
    kept = [i for i, column in enumerate(columns) if column.name not in left_out]
    room = width - _needed(columns, rows, left_out) + _NAME[0]
    table = _table([columns[i] for i in kept], [[row[i] for i in kept] for row in rows], room)
    words = ", ".join(_flat(name) for name in names if name in left_out)
    note = [Text(f"not shown in {width} columns: {words}", style="dim")] if left_out else []
    return Group(table, *note)


def _needed(columns: Sequence[Column], rows: Sequence[Sequence[Text | str]], left_out: Sequence[str]) -> int:
    widths = [
        _width(column, [row[i] for row in rows], named=i == 0)
        for i, column in enumerate(columns)
        if column.name not in left_out
    ]
    return sum(widths) + _GAP * (len(widths) - 1)


def _width(column: Column, cells: Sequence[Text | str], named: bool) -> int:
    head = max(cell_len(line) for line in column.name.split("\n"))
    body = max((cell_len(_plain(cell)) for cell in cells), default=0)
    if named:
        body = min(body, _NAME[0])
    return max(head, min(body, _READABLE) if column.wraps else body)


def _table(columns: Sequence[Column], rows: Sequence[Sequence[Text | str]], room: int) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for i, column in enumerate(columns):
        table.add_column(
            column.name,
            justify="right" if column.right else "left",
            overflow="fold",
            no_wrap=not (column.wraps or i == 0),
            max_width=min(room, _NAME[1]) if i == 0 else None,
        )
    for row in rows:
        table.add_row(*row)
    return table


def _listed(
    columns: Sequence[Column], rows: Sequence[Sequence[Text | str]], heading: int
) -> Iterator[RenderableType]:
    yield Text(_flat(columns[heading].name), style="dim")
    for row in rows:
        yield Text.assemble(row[heading], style="bold")
        body = Table(box=None, show_header=False, padding=(0, 0, 0, 2))
        body.add_column(style="dim", overflow="fold")
        body.add_column(overflow="fold")
        for i, (column, cell) in enumerate(zip(columns, row, strict=True)):
            if i != heading and _plain(cell):
                body.add_row(_flat(column.name), cell)
        yield body


def _plain(cell: Text | str) -> str:
    return cell.plain if isinstance(cell, Text) else cell


def _flat(name: str) -> str:
    return " ".join(name.split())

"""The table of how files would be read."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from scanners.cli.terminal.grid import Column, fitted, name_of

if TYPE_CHECKING:
    from scanners.prices.files.survey import Reading


def check_table(found: "Sequence[Reading]", width: int) -> Group:
    """Return one row a series: what would be read of it."""
    columns = [Column("series"), Column("read"), Column("column"), Column("frequency")]
    columns += [Column("bars", right=True), Column("first"), Column("last"), Column("close", right=True)]
    rows: list[list[Text | str]] = [
        [
            name_of(one.series),
            Text("no", style="bold red") if one.problem else Text("yes", style="green"),
            name_of(one.column),
            one.frequency,
            f"{one.bars}" if one.bars else "",
            one.first,
            one.last,
            "" if one.close is None else f"{one.close:g}",
        ]
        for one in found
    ]
    return fitted(columns, rows, width, spare=("first", "bars", "column", "close"))


def check_lines(found: "Sequence[Reading]") -> Iterator[Text]:
    """Yield what to do about each series that would not be read, then what was chosen for the others."""
    for one in found:
        if one.problem:
            yield Text.assemble(name_of(one.series, "bold red"), ": ", one.problem)
    for one in found:
        for note in one.notes:
            yield Text.assemble(name_of(one.series, "bold"), ": ", note)

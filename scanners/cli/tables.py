"""Tables for the terminal."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scanners.scan import Row
from scanners.table import level_or_status, rank, record

_STYLES = {"critical": "bold red", "warning": "yellow", "watch": "cyan", "calm": ""}
_PIPE_WIDTH = 120  # columns where no terminal tells


def console() -> Console:
    """Return a console on stdout that does not fold a table when it goes into a pipe."""
    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)


@contextmanager
def progress(total: int) -> Iterator[Any]:
    """Yield a callable that wraps an iterator and shows its progress on stderr, on a terminal only."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("scanning"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    screen = Console(stderr=True)
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        yield lambda rows: bar.track(rows, total=total)


def scan_table(rows: Sequence[Row], filters: Sequence[str]) -> Table:
    """Return the table of a scan, the highest level first."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("series", "level", "phase"):
        table.add_column(name)
    for name in ("C3 up", "C3 down", *(name.replace("_", " ") for name in filters)):
        table.add_column(name, justify="right")
    table.add_column("tc, middle 80%")
    table.add_column("last bar")
    for row in sorted(rows, key=rank):
        table.add_row(*_cells(row, filters), style="" if row.verdict.level else "dim")
    return table


def reasons(rows: Sequence[Row]) -> Iterator[Text]:
    """Yield the reasons of every series that is above calm or has no verdict."""
    for row in sorted(rows, key=rank):
        if row.verdict.level != "calm":
            for reason in row.verdict.reasons:
                yield Text.assemble((f"{row.name}: ", "bold"), reason)


def _cells(row: Row, filters: Sequence[str]) -> list[Text]:
    numbers = record(row, filters)
    label = level_or_status(row)
    shares = (numbers["C3"], numbers["C3_negative"], *(numbers[f"{name}_positive"] for name in filters))
    time = f"{numbers['tc_low']} to {numbers['tc_high']}" if numbers["tc_low"] and row.verdict.level else ""
    return [
        Text(row.name),
        Text(label, style=_STYLES.get(label, "")),
        Text(row.verdict.phase or ""),
        *(Text("" if share is None else f"{share:.2f}") for share in shares),
        Text(time),
        Text(numbers["last"] or ""),
    ]

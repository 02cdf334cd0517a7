"""What ``lppl systems`` shows in the terminal."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from scanners.cli.tables import pairs
from scanners.systems.run import SystemReading
from scanners.systems.words import answer, label, thesis

_WIDE = 112
_STYLES = {"agrees": "yellow", "contradicts": "cyan"}


def parts(systems: Sequence[SystemReading], width: int) -> Iterator[Any]:
    """Yield for each system its answer, a table of its monitors, and what is missing."""
    for number, system in enumerate(systems):
        if number:
            yield ""
        yield Text.assemble((system.title, "bold"), f", {system.as_of}")
        yield pairs(answer(system))
        yield _monitors(system, width)
        missing = {name: how for reading in system.readings for name, how in reading.missing.items()}
        for name, how in missing.items():
            yield Text.assemble(("missing ", "dim"), name, f": {how}")


def _monitors(system: SystemReading, width: int) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("monitor", overflow="ellipsis", no_wrap=True)
    for name in ("state", "since", "claim"):
        table.add_column(name, no_wrap=True)
    if width >= _WIDE:
        table.add_column("estimate [95%]", overflow="fold")
    for reading in system.readings:
        cells = [Text(reading.title), Text(label(reading)), Text(reading.since)]
        cells.append(Text(thesis(reading), style=_STYLES.get(reading.thesis, "")))
        if width >= _WIDE:
            cells.append(Text(reading.estimate or (reading.evidence if reading.status != "missing" else "")))
        table.add_row(*cells, style="" if reading.status == "ok" else "dim")
    return table

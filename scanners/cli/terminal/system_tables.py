"""What ``lppl systems`` shows in the terminal."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group
from rich.text import Text

from scanners.cli.terminal.grid import Column, fitted, name_of
from scanners.cli.terminal.tables import pairs
from scanners.systems.replay import LeadHistory
from scanners.systems.system_reading import SystemReading
from scanners.systems.words import answer, label, thesis

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


def replay_parts(tracks: Sequence[LeadHistory], width: int) -> Iterator[Any]:
    """Yield for each system the months in which its region changed."""
    for number, track in enumerate(tracks):
        if number:
            yield ""
        yield Text.assemble((track.system.title, "bold"), f", {track.dates[0]} to {track.dates[-1]}")
        columns = [Column(name) for name in ("month", "region", "state")]
        columns.append(Column("estimate [95%]", wraps=True))
        rows = [[Text(text) for text in change] for change in track.changes()]
        yield fitted(columns, rows, width, spare=("estimate [95%]",))


def _monitors(system: SystemReading, width: int) -> Group:
    columns = [Column(name) for name in ("monitor", "state", "since", "claim")]
    columns.append(Column("estimate [95%]", wraps=True))
    rows = []
    for reading in system.readings:
        dim = "" if reading.status == "ok" else "dim"
        said = reading.estimate or (reading.evidence if reading.status != "missing" else "")
        claim = Text(thesis(reading), style=_STYLES.get(reading.thesis, dim))
        plain = [Text(text, style=dim) for text in (label(reading), reading.since or "")]
        if reading.role == "reference" and reading.last:
            plain[0] = Text(f"{label(reading)}, reference to {reading.last[:4]}", style="dim")
        rows.append([name_of(reading.title, dim), *plain, claim, Text(said, style=dim)])
    return fitted(columns, rows, width, spare=("estimate [95%]",))

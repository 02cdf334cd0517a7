"""What ``lppl record`` shows in the terminal."""

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from scanners.cli.terminal.grid import Column, fitted
from scanners.past.track.page import HEADS, alarm_rows, score_rows
from scanners.past.track.scored import TrackRecord


def parts(found: TrackRecord, width: int) -> Iterator[Any]:
    """Yield what there is to score, the table of falls and that of alarms."""
    yield Text(found.in_words())
    if not found.due:
        return
    rows = [list(row) for row in score_rows(found) if int(row[4])]
    heads = [Column(name, right=name not in ("fall", "version", "skill")) for name in HEADS]
    yield from ("", fitted(heads, rows, width, spare=("of usual", "Brier", "stated", "version")))
    alarms = [list(row) for row in alarm_rows(found)]
    names = ("risk", "began", "due", "chance", "came", "usual")
    yield from ("", fitted([Column(name, right=name != "risk") for name in names], alarms, width))
    yield Text("skill: one less the Brier score over that of the usual chance, 95% interval", style="dim")

"""What came of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanners.alerts.decisions import Decision
from scanners.alerts.delivery import UNDELIVERED
from scanners.core.errors import NOTHING_FRESH, PARTIAL
from scanners.scan.plan import Plan
from scanners.verdict.row import Row


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Parameters
    ----------
    plan : Plan
        What was asked for.
    rows : sequence of Row
        What was found, in the order of the list.
    folder : Path
        Where it is.
    manifest : mapping
        Versions, hashes and timings; ``data`` is the hash of all prices.
    pictures : mapping of str to bytes
        Series -> PNG.
    decision : Decision or None
        What followed; None where nothing was decided, or the run was done before.
    delivered : bool
        Whether every mail that is due has gone out.
    place : str
        Of the run's own folder in that of all runs; its date where nothing else is said.
    notes : tuple of str
        What a person should know of the folder, such as files that had to be made again.
    """

    plan: Plan
    rows: Sequence[Row]
    folder: Path = Path()
    manifest: Mapping[str, Any] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    decision: Decision | None = None
    delivered: bool = True
    place: str = ""
    notes: tuple[str, ...] = ()

    @property
    def code(self) -> int:
        """The exit code."""
        return exit_code(self.rows) if self.delivered else UNDELIVERED


def exit_code(rows: Sequence[Row]) -> int:
    """Return 0, 3 when a series failed, or 4 when no series is fresh."""
    statuses = [row.verdict.status for row in rows]
    if "failed" in statuses:
        return PARTIAL
    return NOTHING_FRESH if set(statuses) == {"stale"} else 0

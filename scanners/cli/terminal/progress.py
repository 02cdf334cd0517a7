"""Progress on stderr: on a terminal only, and only of what takes longer than two seconds."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed
from rich.progress import TimeRemainingColumn as Remaining

PATIENCE = 2.0  # seconds before anything is shown


@contextmanager
def progress(total: int, doing: str = "scanning") -> Iterator[Any]:
    """Yield a callable that wraps an iterator of ``total`` items and shows how far it is and how long yet."""
    with _late(TextColumn(doing), BarColumn(), MofNCompleteColumn(), Remaining(compact=True)) as bar:
        yield lambda rows: bar.track(rows, total=total)


@contextmanager
def counter(doing: str) -> Iterator[Any]:
    """Yield a callable of (done, total) that shows the same."""
    with _late(TextColumn(doing), BarColumn(), MofNCompleteColumn(), Remaining(compact=True)) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def waiting(doing: str) -> Iterator[None]:
    """Show how long one piece of work of unknown length has taken."""
    with _late(TextColumn(doing), BarColumn(), Elapsed()) as bar:
        bar.add_task(doing, total=None)
        yield


@contextmanager
def _late(*columns: ProgressColumn) -> Iterator[Progress]:
    """Yield a bar that appears when the work has taken `PATIENCE` seconds, and goes when it ends."""
    # FORCE_COLOR makes rich take a log for a terminal: ask the stream itself.
    shown = sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown")
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not shown)
    if not shown:
        yield bar
        return
    timer = Timer(PATIENCE, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield bar
    finally:
        timer.cancel()
        timer.join()
        if bar.live.is_started:
            bar.stop()

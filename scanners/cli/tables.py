"""Tables for the terminal."""

import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scanners.scan import Row
from scanners.single import Look
from scanners.table import critical_time, level_or_status, rank, record

_STYLES = {"critical": "bold red", "warning": "yellow", "watch": "cyan", "calm": ""}
_PIPE_WIDTH = 120  # columns where no terminal tells
_WIDE = 112  # from which the whole table fits


def console() -> Console:
    """Return a console on stdout that does not fold a table when it goes into a pipe."""
    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)


@contextmanager
def progress(total: int, doing: str = "scanning") -> Iterator[Any]:
    """Yield a callable that wraps an iterator and shows its progress on stderr, on a terminal only."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    screen = Console(stderr=True)
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        yield lambda rows: bar.track(rows, total=total)


@contextmanager
def counter(what: str) -> Iterator[Any]:
    """Yield a callable of (done, total) that shows progress on stderr, on a terminal only."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    screen = Console(stderr=True)
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def confidence(history: pd.DataFrame) -> Table:
    """Return a history of confidence: a line a date, shares of the attempted windows."""
    shares = [name for name in history if name.endswith(("_positive", "_negative"))]
    table = Table(box=None, pad_edge=False)
    table.add_column("date")
    for name in shares:
        words = name.removesuffix("_positive").removesuffix("_negative").replace("_", " ")
        table.add_column(f"{words}\n{'up' if name.endswith('_positive') else 'down'}", justify="right")
    for name in ("windows", "failed", "on a bound", "tc - t2\nmedian"):
        table.add_column(name, justify="right")
    for date, row in history.iterrows():
        counts = [f"{row[name]:.0f}" for name in ("attempted", "failed", "at_bound")]
        median = "" if math.isnan(row["tc_50"]) else f"{row['tc_50']:+.0f}"
        table.add_row(f"{date:%Y-%m-%d}", *(f"{row[name]:.2f}" for name in shares), *counts, median)
    return table


def scan_table(rows: Sequence[Row], filters: Sequence[str], width: int) -> Table:
    """Return the table of a scan, the highest level first; a narrow terminal gets the columns that matter."""
    shares = {"C3 up": "C3", "C3 down": "C3_negative"}
    wide = width >= _WIDE
    if wide:
        shares |= {name.replace("_", " "): f"{name}_positive" for name in filters}
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("series", overflow="ellipsis", no_wrap=True)
    for name in ("level", "phase") if wide else ("level",):
        table.add_column(name, no_wrap=True)
    for name in shares:
        table.add_column(name, justify="right")
    for name in ("tc, middle 80%", "last bar") if wide else ("tc, middle 80%",):
        table.add_column(name, no_wrap=True)
    for row in sorted(rows, key=rank):
        numbers, label = record(row, filters), level_or_status(row)
        values = (numbers[key] for key in shares.values())
        table.add_row(
            Text(row.name),
            Text(label, style=_STYLES.get(label, "")),
            *([Text(row.verdict.phase or "")] if wide else []),
            *(Text("" if value is None else f"{value:.2f}") for value in values),
            Text(critical_time(row)),
            *([Text(numbers["last"] or "")] if wide else []),
            style="" if row.verdict.level else "dim",
        )
    return table


def reasons(rows: Sequence[Row]) -> Iterator[Text]:
    """Yield the reasons of every series that is above calm or has no verdict."""
    for row in sorted(rows, key=rank):
        if row.verdict.level != "calm":
            for reason in row.verdict.reasons:
                yield Text.assemble((f"{row.name}: ", "bold"), reason)


def look(found: Look) -> Iterator[Any]:
    """Yield the parts of what ``lppl fit`` shows: the fit, the shares of windows, the verdict."""
    yield Text.assemble((found.name, "bold"), f", {found.prices.index[-1]:%Y-%m-%d}")
    yield pairs(_fit_lines(found))
    bubble = found.evidence.bubble
    if bubble is not None:
        table = Table(box=None, header_style="bold", pad_edge=False)
        table.add_column(f"share of {bubble.attempted} windows")
        for name in ("up", "down"):
            table.add_column(name, justify="right")
        shares = {
            name.replace("_", " "): (s["positive"], s["negative"]) for name, s in bubble.confidence.items()
        }
        shares["consensus C3"] = (bubble.consensus_3day, bubble.consensus_3day_negative)
        for name, (up, down) in shares.items():
            table.add_row(name, f"{up:.2f}", f"{down:.2f}")
        yield ""
        yield table
    verdict = found.verdict
    label = verdict.level or verdict.status.replace("_", " ")
    yield ""
    yield Text.assemble("verdict  ", (label, _STYLES.get(label, "")))
    yield from (Text(line) for line in (*verdict.reasons, *verdict.context))


def _fit_lines(found: Look) -> list[tuple[str, str]]:
    fit, days = found.fit, found.prices.index
    window = f"{days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}, {fit.n} sessions ({found.choice})"
    if not fit.success:
        return [("window", window), ("no fit", fit.message)]
    unit = "sessions" if fit.time == "trading" else "days"
    second = fit.second_sse / fit.sse - 1
    return [
        ("window", window),
        ("bubble", "positive (B < 0)" if fit.direction > 0 else "negative (B > 0)"),
        ("tc", f"{fit.tc_date:%Y-%m-%d}, {fit.horizon:+.1f} {unit} from the last"),
        ("m, omega", f"{fit.m:.3f}, {fit.omega:.2f}"),
        ("A, B, C1, C2", ", ".join(f"{value:.5g}" for value in (fit.A, fit.B, fit.C1, fit.C2))),
        ("damping", f"{fit.damping:.2f}"),
        ("oscillations", f"{fit.oscillations:.2f}"),
        ("rms, largest error", f"{fit.rms:.4f} (log), {fit.max_relative_error:.1%}"),
        ("on a bound", ", ".join(fit.at_bound) or "none"),
        ("second solution", "none found" if math.isnan(second) else f"sum of squares {second:+.1%}"),
    ]


def pairs(lines: Sequence[tuple[str, str]]) -> Table:
    """Return names and values as a table without a head."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in lines:
        table.add_row(Text(name, style="dim"), Text(value))
    return table

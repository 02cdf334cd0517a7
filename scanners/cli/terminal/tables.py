"""Tables for the terminal."""

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from scanners.cli.terminal.grid import Column, fitted, name_of
from scanners.cli.terminal.progress import counter as counter
from scanners.cli.terminal.progress import progress as progress
from scanners.cli.terminal.progress import waiting as waiting
from scanners.core.figures import chance_of

if TYPE_CHECKING:  # a table of prices need not load the engine
    import pandas as pd

    from lppl import BubblePosterior
    from scanners.evidence.falls import FallChance
    from scanners.scan.one_series import Look
    from scanners.verdict.row import Row

_STYLES = {"critical": "bold red", "warning": "yellow", "watch": "cyan", "calm": ""}
_BARS, _FULL, _MONTH = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588", 0.4, 4  # of C3, and weeks of a bar
_PIPE_WIDTH = 120  # columns where no terminal tells


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line's entry point, which ends without a traceback."""
        raise


def console() -> Console:
    """Return a console on stdout whose width off a terminal is always the same."""
    return _Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)


def confidence(history: "pd.DataFrame", width: int) -> Group:
    """Return a history of confidence: a line a date, shares of the attempted windows."""
    shares = [name for name in map(str, history) if name.endswith(("_positive", "_negative"))]
    counts = {"windows": "attempted", "failed": "failed", "on a\nbound": "at_bound"}
    columns = [Column("date"), *(Column(_two_sided(name), right=True) for name in shares)]
    columns += [Column(name, right=True) for name in (*counts, "tc - t2\nmedian")]
    rows = []
    for date, row in history.iterrows():
        numbers = [f"{row[name]:.0f}" for name in counts.values()]
        median = "" if math.isnan(row["tc_50"]) else f"{row['tc_50']:+.0f}"
        rows.append([f"{date:%Y-%m-%d}", *(f"{row[name]:.2f}" for name in shares), *numbers, median])
    return fitted(columns, rows, width, spare=("failed", "on a\nbound", "windows", "tc - t2\nmedian"))


def _two_sided(name: str) -> str:
    """Return the head of a share's column, a word a line."""
    filter_name, _, side = name.rpartition("_")
    return "\n".join([*filter_name.split("_"), "up" if side == "positive" else "down"])


def scan_table(rows: "Sequence[Row]", width: int) -> Group:
    """Return the table of a scan, the highest level first: the columns of the page.

    On a narrow terminal the year of C3 goes first, then the moves of a day and of a week, the last bar, the
    year to date and the year; where the rest does not fit either, a list of everything takes the table's
    place.
    """
    from scanners.core.figures import percent, price
    from scanners.report.columns import judged_by, rank, record
    from scanners.report.words import days_of

    moves = {"day": "day", "week": "week", "this\nyear": "year_to_date", "250\nsessions": "return_250"}
    columns = [
        Column("series"),
        Column("level"),
        Column("risk"),
        *(Column(name, right=True) for name in ("close", *moves, "10% in 60\n(usual)", "C3")),
        Column("C3, a year"),
        Column("last bar"),
    ]
    cells = []
    for row in sorted(rows, key=rank):
        numbers, dim = record(row, ()), "" if row.verdict.level else "dim"
        days = days_of(row.trail, row.verdict)
        label = Text.assemble(
            (row.verdict.state, _STYLES.get(row.verdict.state, dim)), f" {days}" if days else ""
        )
        line = [
            row.verdict.risk or "",
            "" if numbers["close"] is None else price(numbers["close"]),
            *(percent(numbers[key]) for key in moves.values()),
            _against_usual(judged_by(row)),
            "" if numbers["C3"] is None else f"{numbers['C3']:.2f}",
            _year(row.trail.C3 if row.trail else ()),
            numbers["last"] or "",
        ]
        cells.append([name_of(row.name, dim), label, *(Text(text, style=dim) for text in line)])
    spare = ("C3, a year", "day", "week", "last bar", "this\nyear", "250\nsessions")
    return fitted(columns, cells, width, spare=spare)


def _against_usual(one: "FallChance | None") -> str:
    if one is None:
        return ""
    size = "" if one.size == "10" else f"{one.size}%: "
    return f"{size}{chance_of(one.chance)} ({chance_of(one.usual)})"


def _year(shares: Sequence[float]) -> str:
    """Return C3 by month as bars, the highest of every four weeks; a warning is half of the height."""
    months = [max(shares[max(0, end - _MONTH) : end]) for end in range(len(shares), 0, -_MONTH)][::-1]
    return "".join(_BARS[min(int(share / _FULL * len(_BARS)), len(_BARS) - 1)] for share in months)


def reasons(rows: "Sequence[Row]") -> Iterator[Text]:
    """Yield the headline and the reasons of every series that is raised on either axis or has no verdict."""
    from scanners.report.columns import rank

    for row in sorted(rows, key=rank):
        if row.verdict.raised or row.verdict.level is None:
            for reason in dict.fromkeys((row.verdict.headline, *row.verdict.reasons)):
                yield Text.assemble(name_of(row.name, "bold"), (": ", "bold"), reason)
            if row.proxy is not None:
                yield Text.assemble(name_of(row.name, "bold"), (": ", "bold"), row.proxy.line)


def look(found: "Look", width: int) -> Iterator[Any]:
    """Yield the parts of what ``lppl fit`` shows: the fit, the shares of windows, the verdict."""
    yield Text.assemble(name_of(found.name, "bold"), f", {found.prices.index[-1]:%Y-%m-%d}")
    yield pairs(_fit_lines(found))
    bubble = found.evidence.bubble
    if bubble is not None:
        last = f"of the last three {found.evidence.data.bar}s, C3"
        means = {
            "their mean, C": (bubble.consensus, bubble.consensus_negative),
            last: (bubble.consensus_3day, bubble.consensus_3day_negative),
        }
        yield from ("", _shares(bubble.attempted, bubble.confidence, means, width))
        if bubble.published is not None:
            beside = bubble.published
            yield from ("", f"{beside.preset}, shown beside; it decides nothing")
            yield _shares(beside.attempted, beside.confidence, {}, width)
    if found.posterior is not None:
        yield from ("", pairs(_posterior_lines(found.posterior)))
    verdict = found.verdict
    label = verdict.state
    yield ""
    yield Text.assemble("verdict  ", (label, _STYLES.get(label, "")))
    yield from (Text(line) for line in dict.fromkeys((verdict.headline, *verdict.reasons, *verdict.context)))


def _shares(
    windows: int,
    confidence: Mapping[str, Mapping[str, float]],
    means: Mapping[str, tuple[float, float]],
    width: int,
) -> Group:
    """Return which filter says what: the share of windows that pass it, upward and downward."""
    columns = [Column(f"share of {windows} windows"), Column("up", True), Column("down", True)]
    shares = {name.replace("_", " "): (s["positive"], s["negative"]) for name, s in confidence.items()}
    lines = [[name, f"{up:.2f}", f"{down:.2f}"] for name, (up, down) in (shares | dict(means)).items()]
    return fitted(columns, lines, width)


def _fit_lines(found: "Look") -> list[tuple[str, str]]:
    import pandas as pd

    from lppl.core.frequency import bars_of
    from lppl.core.series import date_text

    fit, days = found.fit, found.prices.index
    bars = bars_of(pd.DatetimeIndex(days))
    window = f"{days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}, {fit.n} {bars} ({found.choice})"
    if not fit.success:
        return [("window", window), ("no fit", fit.message)]
    unit = bars if fit.time == "trading" else "days"
    second = fit.second_sse / fit.sse - 1
    return [
        ("window", window),
        ("bubble", "positive (B < 0)" if fit.direction > 0 else "negative (B > 0)"),
        ("tc", f"{date_text(fit.tc_date)}, {fit.horizon:+.1f} {unit} from the last"),
        ("m, omega", f"{fit.m:.3f}, {fit.omega:.2f}"),
        ("A, B, C1, C2", ", ".join(f"{value:.5g}" for value in (fit.A, fit.B, fit.C1, fit.C2))),
        ("damping", f"{fit.damping:.2f}"),
        ("oscillations", f"{fit.oscillations:.2f}"),
        ("rms, largest error", f"{fit.rms:.4f} (log), {fit.max_relative_error:.1%}"),
        ("on a bound", ", ".join(fit.at_bound) or "none"),
        ("second solution", "none found" if math.isnan(second) else f"sum of squares {second:+.1%}"),
    ]


def _posterior_lines(found: "BubblePosterior") -> list[tuple[str, str]]:
    from lppl.core.series import date_text

    low, high = (date_text(found.date(tc)) for tc in found.interval(0.8))
    width = f"{found.narrowed(0.8):.0%} as wide as before the data"
    said = "identified" if found.identified else "not identified"
    return [
        ("probability of a bubble", f"{found.bubble:.2f}, before the data {found.prior:g}"),
        ("positive, negative", f"{found.positive:.2f}, {found.negative:.2f}"),
        ("tc, middle 80%", f"{low} to {high} given a {found.side} one, {width}: {said}"),
    ]


def pairs(lines: Sequence[tuple[str, str]]) -> Table:
    """Return names and values as a table without a head; long values wrap."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in lines:
        table.add_row(Text(name, style="dim"), Text(value))
    return table

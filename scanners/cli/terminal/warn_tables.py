"""What ``lppl warn`` shows in the terminal."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from rich.console import Group
from rich.text import Text

from scanners.cli.terminal.grid import Column, fitted, name_of
from scanners.scan.early_warnings import Warned

_LARGEST = 300  # log prices beyond this are no prices


def parts(found: Warned, width: int) -> Iterator[Any]:
    """Yield the verdict in words, then a table a test."""
    yield Text.assemble(name_of(found.name, "bold"), f", {found.first} to {found.last}")
    yield Text.assemble("bifurcation ", (found.state, "bold"), f": {found.line}")
    yield from ("", _indicators(found, width))
    yield from (Text(f"note: {note}") for note in (*found.measured.trend.notes, *found.others.notes))
    yield from ("", _portrait(found, width))
    if found.measured.portrait.fixed_points:
        yield from ("", _fixed_points(found, width))
    yield from ("", _explosive(found, width))
    if found.episodes:
        yield from ("", _episodes(found, width))


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Group:
    heads = [Column(name, right=i > 0) for i, name in enumerate(columns)]
    return fitted(heads, rows, width)


def _indicators(found: Warned, width: int) -> Group:
    trend, rows = found.measured.trend, []
    for test in (trend, found.others):
        for name, tau in test.tau.items():
            now = _number(test.indicators[name].iloc[-1])
            rows.append([name.replace("_", " "), now, f"{tau:+.2f}", f"{test.p_values[name]:.3f}"])
        if test is trend:
            rows.append(["ar1 and restoring rate", "", "", f"{trend.p_value:.3f}"])
    return _table((f"indicator, window {trend.window}", "now", "Kendall tau", "p"), rows, width)


def _portrait(found: Warned, width: int) -> Group:
    portrait = found.measured.portrait
    slope, margin = (_interval(portrait.intervals[name]) for name in ("slope", "margin"))
    rows = {
        "identified": "yes" if portrait.identified else f"no: {portrait.message}",
        "p": f"{portrait.p_value:.3f}",
        "shape": portrait.shape if portrait.identified else f"{portrait.shape} (not established)",
        "present": f"{math.exp(portrait.present):.6g}, {portrait.state}: slope {portrait.slope:+.2g} {slope}",
        "zones of feedback": _zones(portrait),
        "fold margin": "none" if math.isnan(portrait.margin) else f"{portrait.margin:.2g} {margin}",
    }
    heads = (Column("phase portrait of log prices"), Column("", wraps=True))
    return fitted(heads, [[name, value] for name, value in rows.items()], width)


def _zones(portrait: Any) -> str:
    """Name the feedback, positive where the drift rises with the level, between the turning points."""
    turns = [fold.value for fold in portrait.folds]
    edges = [portrait.levels.min(), *turns, portrait.levels.max()]
    inside = [edge for edge in sorted(edges) if edges[0] <= edge <= edges[-1]]
    words = []
    for low, high in pairwise(inside):
        sign = "positive" if portrait.drift.slope((low + high) / 2) > 0 else "negative"
        words.append(f"{sign} {_price(low)} to {_price(high)}")
    return ", ".join(words)


def _fixed_points(found: Warned, width: int) -> Group:
    rows = []
    for point in found.measured.portrait.fixed_points:
        low, high = point.interval
        located = max(abs(low), abs(high)) <= _LARGEST
        span = f"{_price(low)} to {_price(high)}" if located else "unbounded"
        rows.append([_price(point.value), span, "stable" if point.stable else "unstable"])
    return _table(("fixed point", "95% interval", "stability"), rows, width)


def _explosive(found: Warned, width: int) -> Group:
    test, rows = found.measured.explosive, []
    for name, critical in (
        ("random walk", found.measured.critical),
        ("wild bootstrap", found.bootstrap),
    ):
        values = (test.statistic, critical.at(0.95), critical.at(0.99), critical.p_value(test.statistic))
        rows.append([name, *(_number(value) for value in values)])
    return _table(("explosive root", "BSADF", "95%", "99%", "p"), rows, width)


def _episodes(found: Warned, width: int) -> Group:
    rows = []
    for episode in found.episodes:
        end = f"{episode.end_label}{', ongoing' if episode.ongoing else ''}"
        rows.append(
            [episode.start_label, end, episode.peak_label, f"{episode.statistic:.2f}", episode.direction]
        )
    return _table(("explosive episode", "to", "peak", "BSADF", "direction"), rows, width)


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"


def _interval(ends: tuple[float, float]) -> str:
    return f"[{ends[0]:.2g}, {ends[1]:.2g}]"


def _price(level: float) -> str:
    """Return the price of a log level; a root far beyond the data may have none that fits a number."""
    return f"{math.exp(level):.6g}" if abs(level) <= _LARGEST else "beyond any price"

"""What ``lppl warn`` shows in the terminal."""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from rich.table import Table
from rich.text import Text

from scanners.warned import Warned

_LARGEST = 300  # log prices beyond this are no prices


def parts(found: Warned) -> Iterator[Any]:
    """Yield the verdict in words, then a table a test."""
    yield Text.assemble((found.name, "bold"), f", {found.first} to {found.last}")
    yield Text.assemble("bifurcation ", (found.state, "bold"), f": {found.line}")
    yield from ("", _indicators(found))
    yield from (Text(f"note: {note}") for note in (*found.measured.trend.notes, *found.others.notes))
    yield from ("", _portrait(found))
    if found.measured.portrait.fixed_points:
        yield from ("", _fixed_points(found))
    yield from ("", _explosive(found))
    if found.episodes:
        yield from ("", _episodes(found))


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for i, name in enumerate(columns):
        table.add_column(name, justify="right" if i else "left")
    return table


def _indicators(found: Warned) -> Table:
    trend = found.measured.trend
    table = _table(f"indicator, window {trend.window}", "now", "Kendall tau", "p")
    for test in (trend, found.others):
        for name, tau in test.tau.items():
            now = test.indicators[name].iloc[-1]
            table.add_row(name.replace("_", " "), _number(now), f"{tau:+.2f}", f"{test.p_values[name]:.3f}")
        if test is trend:
            table.add_row("both rising together", "", "", f"{trend.p_value:.3f}")
    return table


def _portrait(found: Warned) -> Table:
    portrait = found.measured.portrait
    table = _table("phase portrait of log prices", "")
    table.columns[1].justify = "left"
    slope, margin = (_interval(portrait.intervals[name]) for name in ("slope", "margin"))
    rows = {
        "identified": "yes" if portrait.identified else f"no: {portrait.message}",
        "p": f"{portrait.p_value:.3f}",
        "shape": portrait.shape if portrait.identified else f"{portrait.shape} (not established)",
        "present": f"{math.exp(portrait.present):.6g}, {portrait.state}: slope {portrait.slope:+.2g} {slope}",
        "zones of feedback": _zones(portrait),
        "fold margin": "none" if math.isnan(portrait.margin) else f"{portrait.margin:.2g} {margin}",
    }
    for name, value in rows.items():
        table.add_row(name, Text(value))
    return table


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


def _fixed_points(found: Warned) -> Table:
    table = _table("fixed point", "95% interval", "stability")
    for point in found.measured.portrait.fixed_points:
        low, high = point.interval
        located = max(abs(low), abs(high)) <= _LARGEST
        span = f"{_price(low)} to {_price(high)}" if located else "unbounded"
        table.add_row(_price(point.value), span, "stable" if point.stable else "unstable")
    return table


def _explosive(found: Warned) -> Table:
    test, null = found.measured.explosive, found.measured.bootstrap
    table = _table("explosive root", "BSADF", "95%", "99%", "p")
    for name, critical in (("random walk", found.measured.critical), ("wild bootstrap", null)):
        values = (test.statistic, critical.at(0.95), critical.at(0.99), critical.p_value(test.statistic))
        table.add_row(name, *(_number(value) for value in values))
    return table


def _episodes(found: Warned) -> Table:
    table = _table("explosive episode", "to", "peak", "BSADF", "direction")
    for episode in found.episodes:
        end = f"{episode.end_label}{', ongoing' if episode.ongoing else ''}"
        peak = f"{episode.statistic:.2f}"
        table.add_row(episode.start_label, end, episode.peak_label, peak, episode.direction)
    return table


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"


def _interval(ends: tuple[float, float]) -> str:
    return f"[{ends[0]:.2g}, {ends[1]:.2g}]"


def _price(level: float) -> str:
    """Return the price of a log level; a root far beyond the data may have none that fits a number."""
    return f"{math.exp(level):.6g}" if abs(level) <= _LARGEST else "beyond any price"

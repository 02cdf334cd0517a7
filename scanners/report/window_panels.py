"""Panels of the windows behind a confidence: their critical times, parameters and lengths."""

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from lppl.core.frequency import bars_of
from scanners.evidence.bubble import CriticalTime
from scanners.evidence.series_fits import Fits
from scanners.evidence.sessions import day_numbers
from scanners.report import style
from scanners.report.axes import date_axis
from scanners.report.price_panels import mark_time

BANDS = 9  # most groups of many window lengths in the confidence panel; of few, two windows a group


def draw_windows(fits: Fits, time: CriticalTime | None, ax: Axes) -> Axes:
    """Draw the critical time of every window against its length; those that qualify are filled."""
    windows = fits.windows
    numbers = day_numbers(windows.prices, windows.tc)
    rest = windows.success & ~fits.qualified
    ax.scatter(
        numbers[rest], windows.length[rest], s=9, facecolors="none", edgecolors=style.FAINT, linewidths=0.9
    )
    colours = np.where(windows.direction > 0, style.UP, style.DOWN)[fits.qualified]
    ax.scatter(numbers[fits.qualified], windows.length[fits.qualified], s=15, c=colours, linewidths=0)
    mark_time(ax, float(day_numbers(windows.prices, windows.prices.t[-1])), time)
    ax.set_ylim(windows.length.min() - 40, windows.length.max() + 40)
    ax.set_title("Critical time tc of each window (filled: qualifies)")
    ax.set_ylabel(f"{bars_of(windows.prices.dates)} in window")
    date_axis(ax, most=5)
    return ax


def draw_lengths(fits: Fits, ax: Axes) -> Axes:
    """Draw, by window length, the share of windows that pass each filter; negative bubbles on top in blue."""
    windows = fits.windows
    count = BANDS if len(windows) >= 5 * BANDS else max(1, len(windows) // 2)
    edges = np.linspace(windows.length.min(), windows.length.max() + 1, count + 1)
    bands = [
        np.flatnonzero((windows.length >= low) & (windows.length < high)) for low, high in pairwise(edges)
    ]
    width = (edges[1] - edges[0]) / (len(fits.passed) + 0.6)
    shared = -1 if windows.direction[fits.qualified].sum() < 0 else 1
    for k, (name, passed) in enumerate(fits.passed.items()):
        left, floor = edges[:-1] + (k + 0.3) * width, np.zeros(count)
        for sign, colour in ((1, style.UP), (-1, style.DOWN)):
            good = passed & (windows.direction == sign)
            share = np.array([good[rows].mean() if len(rows) else 0.0 for rows in bands])
            label = name.replace("_", " ") if sign == shared else None
            alpha = (k + 1) / len(fits.passed)
            ax.bar(left, share, 0.94 * width, floor, align="edge", color=colour, alpha=alpha, label=label)
            floor += share
    if not fits.qualified.any():
        ax.text(0.5, 0.45, "no window qualifies", transform=ax.transAxes, ha="center", color=style.MUTED)
    ax.set_ylim(0, 1.6)  # room for the legend
    ax.set_yticks([0, 0.5, 1])
    ax.set_title("Share of windows that qualify, by length")
    ax.set_xlabel(f"{bars_of(windows.prices.dates)} in window")
    ax.legend(loc="upper right", ncols=2, borderaxespad=0.1)
    return ax

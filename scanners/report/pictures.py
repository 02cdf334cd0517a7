"""Pictures of one series: price with fits, and the critical times and shares of the windows behind them."""

import io
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

import lppl
from lppl.series import check
from scanners.bubble import CriticalTime, Fits
from scanners.report import style
from scanners.sessions import day_numbers

AHEAD = 90  # time units drawn to the right of the last close
BANDS = 9  # groups of window lengths in the confidence panel
_CURVES = 60  # qualified windows drawn as thin curves, evenly chosen
_TODAY = {"color": style.MUTED, "linewidth": 0.9, "linestyle": (0, (2, 2))}


def series_picture(fits: Fits, time: CriticalTime | None, *, title: str, level: str, subtitle: str) -> Figure:
    """Draw price and fits, the critical time of each window, and the windows that qualify by length.

    Parameters
    ----------
    fits : Fits
        What `scanners.bubble.fit_series` returned; the prices are in it.
    time : CriticalTime or None
        Interval to shade.
    title, level, subtitle : str
        Heading; the level colours it.
    """
    with rc_context(style.RC):
        figure = framed_figure(6.8, title, level, subtitle)
        box = {"left": 0.085, "right": 0.975, "top": 0.875, "bottom": 0.085}
        grid = figure.add_gridspec(2, 2, height_ratios=(2.4, 1), hspace=0.34, wspace=0.2, **box)
        draw_price(fits, time, figure.add_subplot(grid[0, :]))
        draw_windows(fits, time, figure.add_subplot(grid[1, 0]))
        draw_lengths(fits, figure.add_subplot(grid[1, 1]))
    return figure


def fit_picture(prices: pd.Series, fit: lppl.Fit, *, title: str, level: str, subtitle: str) -> Figure:
    """Draw one window and its fit, with its critical time as a line."""
    with rc_context(style.RC):
        figure = framed_figure(5.2, title, level, subtitle)
        ax = figure.add_axes((0.085, 0.09, 0.89, 0.74))
        checked = check(prices, fit.time)
        numbers = day_numbers(checked, checked.t)
        price_axis(ax, prices.to_numpy())
        ax.plot(numbers, prices, color=style.INK, linewidth=1.1, label="close")
        colour = style.UP if fit.direction > 0 else style.DOWN
        t = np.linspace(fit.t1, max(fit.tc, fit.t2), 400)
        label = f"LPPLS fit of {fit.n} sessions"
        ax.plot(day_numbers(checked, t), np.exp(fit.curve(t)), color=colour, linewidth=2, label=label)
        ax.axvline(numbers[-1], **_TODAY)
        when = f"tc {fit.tc_date:%Y-%m-%d}"
        ax.axvline(day_numbers(checked, fit.tc), color=style.CRITICAL_TIME, linewidth=1, label=when)
        ax.set_xlim(numbers[0], day_numbers(checked, max(fit.t2 + AHEAD, fit.tc + 10)))
        ax.legend(loc="upper left", ncols=3)
    return figure


def draw_price(fits: Fits, time: CriticalTime | None, ax: Axes) -> Axes:
    """Draw closes on a log axis, the fits that qualify with the longest in bold, and the interval of tc."""
    windows = fits.windows
    start = max(0, len(windows.prices.t) - int(windows.length.max()) - 20)
    t = windows.prices.t[start:]
    numbers, closes = day_numbers(windows.prices, t), np.exp(windows.prices.y[start:])
    price_axis(ax, closes)
    ax.plot(numbers, closes, color=style.INK, linewidth=1.1, label="close", zorder=3)
    chosen = np.flatnonzero(fits.qualified)
    for row in chosen[:: max(1, -(-len(chosen) // _CURVES))]:
        ax.plot(*_curve(windows, row), color=_hue(windows, row), linewidth=0.8, alpha=0.2)
    if len(chosen):
        label = f"{len(chosen)} windows that qualify"
        ax.plot([], [], color=_hue(windows, chosen[0]), linewidth=1, alpha=0.5, label=label)
    if fits.shown is not None:
        described = "longest of them" if len(chosen) else "fit, does not qualify"
        dashes = "-" if len(chosen) else (0, (5, 2))
        label = f"{described} ({windows.length[fits.shown]} sessions)"
        hue = _hue(windows, fits.shown) if len(chosen) else style.FAINT
        ax.plot(*_curve(windows, fits.shown), color=hue, linewidth=2, linestyle=dashes, zorder=4, label=label)
    _mark_time(ax, numbers[-1], time)
    ax.set_xlim(numbers[0], day_numbers(windows.prices, t[-1] + AHEAD))
    ax.legend(loc="upper left", ncols=2)
    return ax


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
    _mark_time(ax, day_numbers(windows.prices, windows.prices.t[-1]), time)
    ax.set_ylim(windows.length.min() - 40, windows.length.max() + 40)
    ax.set_title("Critical time tc of each window (filled: qualifies)")
    ax.set_ylabel("sessions in window")
    _date_axis(ax, most=5)
    return ax


def draw_lengths(fits: Fits, ax: Axes) -> Axes:
    """Draw, by window length, the share of windows that pass each filter; negative bubbles on top in blue."""
    windows = fits.windows
    edges = np.linspace(windows.length.min(), windows.length.max() + 1, BANDS + 1)
    bands = [
        np.flatnonzero((windows.length >= low) & (windows.length < high)) for low, high in pairwise(edges)
    ]
    width = (edges[1] - edges[0]) / (len(fits.passed) + 0.6)
    shared = -1 if windows.direction[fits.qualified].sum() < 0 else 1
    for k, (name, passed) in enumerate(fits.passed.items()):
        left, floor = edges[:-1] + (k + 0.3) * width, np.zeros(BANDS)
        for sign, colour in ((1, style.UP), (-1, style.DOWN)):
            good = passed & (windows.direction == sign)
            share = np.array([good[rows].mean() if len(rows) else 0.0 for rows in bands])
            label = name.replace("_", " ") if sign == shared else None
            alpha = (k + 1) / len(fits.passed)
            ax.bar(left, share, 0.94 * width, floor, align="edge", color=colour, alpha=alpha, label=label)
            floor += share
    if not fits.qualified.any():
        ax.text(0.5, 0.45, "no window qualifies", transform=ax.transAxes, ha="center", color=style.MUTED)
    ax.set_ylim(0, 1.25)
    ax.set_yticks([0, 0.5, 1])
    ax.set_title("Share of windows that qualify")
    ax.set_xlabel("sessions in window")
    ax.legend(loc="upper right", ncols=2, borderaxespad=0.1)
    return ax


def encode(figure: Figure, suffix: str = ".png") -> bytes:
    """Return the picture as ``.png``, ``.svg`` or ``.pdf`` bytes, the same for the same picture."""
    stamps: dict[str, dict[str, Any]] = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
    if suffix not in stamps:
        raise ValueError(f"a picture's name must end in {', '.join(stamps)}, got {suffix!r}")
    content = io.BytesIO()
    with rc_context(style.RC):
        figure.savefig(content, format=suffix[1:], metadata=stamps[suffix])
    return content.getvalue()


def framed_figure(height: float, title: str, level: str, subtitle: str) -> Figure:
    """Return an empty figure of this height in inches with its heading."""
    figure = Figure(figsize=(9.2, height))
    FigureCanvasAgg(figure)
    colour = style.LEVEL_COLOURS.get(level, style.LEVEL_COLOURS["no verdict"])[0]
    first, second = 1 - 0.3 / height, 1 - 0.57 / height
    figure.text(0.03, first, title, fontsize=15, fontweight="bold", parse_math=False)
    figure.text(0.975, first, level.upper(), fontsize=13, fontweight="bold", ha="right", color=colour)
    figure.text(0.03, second, subtitle, fontsize=10.5, color=style.MUTED, parse_math=False)
    return figure


def _hue(windows: lppl.WindowFits, row: int) -> str:
    return style.UP if windows.direction[row] > 0 else style.DOWN


def _curve(windows: lppl.WindowFits, row: int) -> tuple[np.ndarray, np.ndarray]:
    """Return day numbers and prices of a fit, from its first session to its tc or the end of the picture."""
    end = min(max(windows.tc[row], windows.t2[row]), windows.t2[row] + AHEAD)
    t = np.linspace(windows.t1[row], end, 400)
    names = ("tc", "m", "omega", "A", "B", "C1", "C2")
    fitted = lppl.log_price(t, *(float(getattr(windows, name)[row]) for name in names))
    return day_numbers(windows.prices, t), np.exp(fitted)


def _mark_time(ax: Axes, today: float, time: CriticalTime | None) -> None:
    ax.axvline(today, **_TODAY)
    if time is None:
        return
    low, median, high = (np.datetime64(day).astype(float) for day in (time.low, time.median, time.high))
    label = "tc: middle 80% of them"
    ax.axvspan(low, high, color=style.CRITICAL_TIME, alpha=0.16, linewidth=0, label=label)
    ax.axvline(median, color=style.CRITICAL_TIME, linewidth=1, alpha=0.7)


def _date_axis(ax: Axes, most: int = 9) -> None:
    locator = AutoDateLocator(minticks=3, maxticks=most)
    ax.xaxis.set_major_locator(locator)
    formats = ["%Y", "%b %Y", "%d %b", "%H:%M", "%H:%M", "%S"]
    ax.xaxis.set_major_formatter(
        ConciseDateFormatter(
            locator, formats=formats, zero_formats=["", "%Y", "%b %Y", *formats[3:]], show_offset=False
        )
    )
    ax.grid(axis="x", visible=False)


def price_axis(ax: Axes, closes: np.ndarray) -> None:
    """Give an axis the log scale of these closes, with room for a legend, and dates."""
    span = np.log(closes.max() / closes.min())
    ax.set_yscale("log")
    ax.set_ylim(closes.min() * np.exp(-0.06 * span), closes.max() * np.exp(0.32 * span))
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)) if span > np.log(4) else MaxNLocator(6))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())
    _date_axis(ax)

"""Panels on the time axis of a series: price with fits and the density of tc, confidence below it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import Locator, MultipleLocator

import lppl
from lppl.core.frequency import bars_of
from scanners.config.policy import Policy
from scanners.evidence.bubble import CriticalTime
from scanners.evidence.series_fits import DAYS, Fits
from scanners.evidence.sessions import day_numbers
from scanners.report import style
from scanners.report.axes import AHEAD, in_days, mark_today, price_axis
from scanners.report.past import COARSE, closes

BEFORE = 20  # sessions shown before the first one of the longest window
_CURVES = 24  # qualified windows drawn as thin curves, evenly chosen
_POINTS = 150  # of a curve
_DENSITY = 0.3  # of the panel's height at the mode
_NARROWEST = 1.5  # sessions: bandwidth of the density when windows agree to the day


def draw_price(fits: Fits, time: CriticalTime | None, ax: Axes) -> Axes:
    """Draw closes on a log axis, the fits that qualify with the longest in bold, and where they put tc."""
    windows = fits.windows
    start = max(0, len(windows.prices.t) - int(windows.length.max()) - BEFORE)
    t = windows.prices.t[start:]
    numbers, closes = day_numbers(windows.prices, t), np.exp(windows.prices.y[start:])
    price_axis(ax, closes)
    ax.plot(numbers, closes, color=style.INK, linewidth=1.1, label="close", zorder=4)
    chosen = np.flatnonzero(fits.qualified)
    for row in drawn(fits):
        ax.plot(*curve(windows, row), color=hue(windows, row), linewidth=0.8, alpha=0.3)
    if len(chosen):
        label = f"{len(chosen)} windows that qualify"
        ax.plot([], [], color=hue(windows, chosen[0]), linewidth=1, alpha=0.5, label=label)
    if fits.shown is not None:
        described = "longest of them" if len(chosen) else "fit, does not qualify"
        dashes = "-" if len(chosen) else (0, (5, 2))
        label = f"{described} ({windows.length[fits.shown]} {bars_of(windows.prices.dates)})"
        colour = hue(windows, fits.shown) if len(chosen) else style.FAINT
        ax.plot(
            *curve(windows, fits.shown), color=colour, linewidth=2, linestyle=dashes, zorder=3, label=label
        )
    mark_time(ax, numbers[-1], time)
    if len(chosen):
        _draw_density(windows, chosen, ax)
    ax.set_xlim(numbers[0], float(day_numbers(windows.prices, t[-1] + AHEAD)))
    ax.legend(loc="upper left", ncols=2)
    return ax


def draw_confidence(past: pd.DataFrame, fits: Fits, policy: Policy, ax: Axes) -> Axes:
    """Draw C where it was looked at, upward above zero and downward below, C3 today and the levels.

    Neighbouring sessions are joined; one that stands alone is a point on a stalk, and nothing is drawn where
    nothing was looked at.
    """
    today = float(day_numbers(fits.windows.prices, fits.windows.prices.t[-1]))
    looked = stretches(past, fits)
    for column, sign, colour in (("up", 1, style.UP), ("down", -1, style.DOWN)):
        for some in looked:
            days, share = in_days(some.index), sign * some[column].to_numpy()
            if column == "down" and not share.any():
                continue
            if len(some) > 1:
                ax.fill_between(days, share, 0.0, color=colour, alpha=0.25, linewidth=0)
                ax.plot(days, share, color=colour, linewidth=1.2)
            else:
                ax.vlines(days, 0.0, share, color=colour, alpha=0.4, linewidth=1)
                ax.plot(days, share, color=colour, marker=".", markersize=4.5, linestyle="none")
    up, down = fits.consensus.mean(axis=0)
    value, colour = (up, style.UP) if up >= down else (-down, style.DOWN)
    ax.plot(today, value, "D", color=colour, markersize=5.5, zorder=5)
    ax.axhline(0.0, color=style.FAINT, linewidth=0.8)
    mark_today(ax, today)
    for name, level in (("critical", policy.critical), ("warning", policy.warning)):
        colour = style.LEVEL_COLOURS[name][0]
        ax.axhline(level, color=colour, linewidth=0.9, linestyle=(0, (4, 2)))
        ax.text(0.002, level + 0.008, name, transform=ax.get_yaxis_transform(), color=colour, fontsize=9)
    ax.annotate(f"C3 {abs(value):.2f}", (today, value), (7, 0), textcoords="offset points", va="center")
    highest, lowest = max([up, *past["up"]]), max([down, *past["down"]])
    ax.set_ylim(-max(0.08, 1.2 * lowest), max(policy.critical + 0.08, 1.15 * highest))
    ax.yaxis.set_major_locator(_shares(ax))
    ax.yaxis.set_major_formatter(lambda share, _: f"{abs(share):.1f}")
    ax.set_title(f"Confidence C, upward above zero, downward below: {_looked_at(looked)}")
    return ax


def drawn(fits: Fits) -> list[int]:
    """Return which of the windows that qualify are drawn as curves: the longest, then some evenly chosen."""
    chosen = np.flatnonzero(fits.qualified)
    few = chosen[:: max(1, -(-len(chosen) // _CURVES))]
    longest = [] if fits.shown is None or not len(few) else [fits.shown]
    return [*longest, *(int(row) for row in few if row not in longest)]


def stretches(past: pd.DataFrame, fits: Fits) -> list[pd.DataFrame]:
    """Return what was looked at in stretches of neighbouring sessions."""
    places = closes(fits).index.get_indexer(past.index)
    breaks = np.flatnonzero(np.diff(places) != 1) + 1
    return [past.iloc[part] for part in np.split(np.arange(len(past)), breaks) if len(part)]


def _looked_at(stretches: Sequence[pd.DataFrame]) -> str:
    """Return in words which sessions were looked at."""
    alone = any(len(some) == 1 for some in stretches)
    if stretches and len(stretches[-1]) > DAYS:
        since = f"every session since {stretches[-1].index[0]:%d %b %Y}"
        return f"{since}, every {COARSE}th before" if alone else since
    return f"every {COARSE}th session, and the last {DAYS}" if alone else "the last sessions"


def mark_time(ax: Axes, today: float, time: CriticalTime | None) -> None:
    """Draw today and, when there is one, the interval of tc with its median."""
    mark_today(ax, today)
    if time is None:
        return
    low, median, high = in_days([time.low, time.median, time.high])
    label = "tc: middle 80% of them"
    ax.axvspan(low, high, color=style.CRITICAL_TIME, alpha=0.16, linewidth=0, label=label)
    ax.axvline(median, color=style.CRITICAL_TIME, linewidth=1, alpha=0.7)


def tc_density(tc: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return the Gaussian kernel density of critical times at ``t``, by Silverman's rule.

    Parameters
    ----------
    tc : array, shape (k,)
        Critical times of the windows that qualify, at least one.
    t : array, shape (n,)
        On the same axis.
    """
    low, high = np.quantile(tc, (0.25, 0.75))
    spread = min(tc.std(), (high - low) / 1.34) or tc.std()
    bandwidth = max(_NARROWEST, 0.9 * spread * len(tc) ** -0.2)
    scaled = (t[:, None] - tc) / bandwidth
    return np.exp(-0.5 * scaled**2).sum(axis=1) / (len(tc) * bandwidth * np.sqrt(2 * np.pi))


def _draw_density(windows: lppl.WindowFits, chosen: np.ndarray, ax: Axes) -> None:
    tc = windows.tc[chosen]
    t = np.linspace(tc.min() - 20, max(tc.max() + 20, windows.t2[0] + AHEAD), 300)
    density = tc_density(tc, t)
    days, height = day_numbers(windows.prices, t), _DENSITY * density / density.max()
    shown = height > 0.002
    look: dict[str, Any] = {"transform": ax.get_xaxis_transform(), "color": style.CRITICAL_TIME}
    ax.fill_between(
        days[shown], 0, height[shown], alpha=0.45, linewidth=0, label="density of their tc", **look
    )
    ax.plot(days[shown], height[shown], linewidth=1, **look)


def _shares(ax: Axes) -> Locator:
    low, high = ax.get_ylim()
    return MultipleLocator(0.2 if high - low < 1.1 else 0.5)


def hue(windows: lppl.WindowFits, row: int) -> str:
    """Return the colour of a fit by its direction."""
    return style.UP if windows.direction[row] > 0 else style.DOWN


def curve(windows: lppl.WindowFits, row: int) -> tuple[np.ndarray, np.ndarray]:
    """Return day numbers and prices of a fit, from its first session to its tc or the end of the picture."""
    end = min(max(windows.tc[row], windows.t2[row]), windows.t2[row] + AHEAD)
    # Denser towards tc, where the oscillations crowd.
    t = end - (end - windows.t1[row]) * np.linspace(1, 0, _POINTS) ** 1.5
    names = ("tc", "m", "omega", "A", "B", "C1", "C2")
    fitted = lppl.log_price(t, *(float(getattr(windows, name)[row]) for name in names))
    return day_numbers(windows.prices, t), np.exp(fitted)

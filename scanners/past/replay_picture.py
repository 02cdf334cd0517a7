"""The picture of a replay: price, chance of a fall, level and confidence through time, and where tc was."""

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scanners.core.vocabulary import highest
from scanners.past.replay import Replay
from scanners.report import fonts, style
from scanners.report.axes import framed_figure, in_days, price_axis
from scanners.report.risk_picture import draw_chances
from scanners.risk.sizes import words

_HEIGHTS = {"watch": 1, "warning": 2, "critical": 3}


def replay_picture(found: Replay, prices: pd.Series) -> Figure:
    """Draw a replay.

    Parameters
    ----------
    found : Replay
    prices : pandas.Series
        Closes of the series, as far as they go.
    """
    days = in_days([one.date for one in found.said])
    after = prices[found.said[0].date :].iloc[: len(prices)]
    shown = after[: found.said[-1].date]
    levels = [one.level for one in found.said if one.level]
    worst = highest(*levels) if levels else "no verdict"
    with rc_context(style.RC):
        span = f"{found.said[0].date} to {found.said[-1].date}"
        figure = framed_figure(
            9.0, fonts.drawable(f"{found.series}, {span}", "series"), worst, _subtitle(found)
        )
        box = {"left": 0.085, "right": 0.975, "top": 0.905, "bottom": 0.05}
        grid = figure.add_gridspec(5, 1, height_ratios=(2.6, 1.25, 0.45, 1, 1.3), hspace=0.32, **box)
        top = figure.add_subplot(grid[0])
        price_axis(top, shown.to_numpy())
        top.plot(in_days(shown.index), shown, color=style.INK, linewidth=1.1, label="close")
        _chances(found, days, figure.add_subplot(grid[1], sharex=top))
        _levels(found, days, figure.add_subplot(grid[2], sharex=top))
        _shares(found, days, figure.add_subplot(grid[3], sharex=top))
        _times(found, days, figure.add_subplot(grid[4], sharex=top))
        for ax in figure.axes:
            _turns(found, ax)
        for ax in figure.axes[:-1]:
            ax.tick_params(labelbottom=False)
        for level in _HEIGHTS:
            _firings(found, shown, level, top)
        top.set_xlim(days[0], days[-1])
        top.legend(loc="upper left", ncols=4)
    return figure


def _subtitle(found: Replay) -> str:
    if not found.turns:
        return "No turning point of the catalogue or the epsilon-drawdown rule lies in this stretch"
    if len(found.turns) == 1:
        turn = found.turns[0]
        return f"{turn.direction} {turn.date} ({turn.size:+.0%} after it): {turn.verdict}"
    missed = sum(not turn.firings for turn in found.turns)
    return f"{len(found.turns)} turning points, {missed} of them without a level before them"


def _chances(found: Replay, days: np.ndarray, ax: Axes) -> None:
    """Draw the chance that was stated over the usual one, and under them the dates that the fall followed."""
    if found.fall is None:
        ax.set_title("No chance of a fall is stated in this stretch")
        ax.set_yticks([])
        return
    chance, usual = (
        np.array([np.nan if value is None else 100 * value for value in values])
        for values in ([one.chance for one in found.said], [one.usual for one in found.said])
    )
    draw_chances(ax, days, chance, usual)
    came = np.array([one.followed is True for one in found.said])
    ground = np.zeros(int(came.sum()))
    ax.plot(days[came], ground, "|", color=style.INK, markersize=9, label="the fall followed", clip_on=False)
    size, horizon = found.fall
    ax.set_title(f"Chance in 100 of a fall of {words(size)} within {horizon} sessions, as stated then")
    ax.legend(loc="upper left", ncols=3, borderaxespad=0.1)


def _levels(found: Replay, days: np.ndarray, ax: Axes) -> None:
    """Draw a bar a date, the higher the level the taller."""
    width = float(np.median(np.diff(days))) if len(days) > 1 else 1.0
    for level, height in _HEIGHTS.items():
        on = np.array([one.level == level for one in found.said])
        colour = style.LEVEL_COLOURS[level][0]
        ax.bar(days[on], height, width=max(width, 1.5), color=colour, linewidth=0)
    silent = np.array([one.level is None for one in found.said])
    ax.bar(days[silent], 3, width=max(width, 1.5), color=style.GRID, linewidth=0)
    ax.set_ylim(0, 3.2)
    ax.set_yticks([])
    ax.set_title("Level: watch, warning, critical (grey: no verdict)")


def _shares(found: Replay, days: np.ndarray, ax: Axes) -> None:
    for name, colour in (("up", style.UP), ("down", style.DOWN)):
        values = [np.nan if getattr(one, name) is None else getattr(one, name) for one in found.said]
        ax.plot(days, values, color=colour, linewidth=1.4, label=f"C3 {name}ward")
    ax.set_ylim(0, max(0.6, 1.25 * max((one.up or 0 for one in found.said), default=0)))
    ax.set_title("Share of windows that look like a bubble, mean of three sessions")
    ax.legend(loc="upper left", ncols=2, borderaxespad=0.1)


def _times(found: Replay, days: np.ndarray, ax: Axes) -> None:
    """Draw, for each date, how far ahead its windows put tc: middle 80% and median."""
    known = [(day, in_days(one.tc)) for day, one in zip(days, found.said, strict=True) if one.tc]
    if known:
        at = np.array([day for day, _ in known])
        low, median, high = np.array([time for _, time in known]).T
        ax.vlines(at, low - at, high - at, color=style.CRITICAL_TIME, alpha=0.3, linewidth=1)
        ax.plot(at, median - at, ".", color=style.CRITICAL_TIME, markersize=3)
        reach = max(20.0, float(np.abs(np.concatenate([low - at, high - at])).max()) * 1.1)
        ax.set_ylim(-reach, reach)
    for turn in found.turns:
        day = in_days([turn.date])[0]
        ax.plot(days, day - days, color=style.INK, linewidth=0.9, linestyle=(0, (4, 2)))
    ax.axhline(0, color=style.FAINT, linewidth=0.9)
    ax.set_ylabel("days ahead")
    ax.set_title("Critical time of the windows that qualify (dashed: the turning point itself)")


def _turns(found: Replay, ax: Axes) -> None:
    for turn in found.turns:
        colour = style.UP if turn.direction == "top" else style.DOWN
        ax.axvline(in_days([turn.date])[0], color=colour, linewidth=1, alpha=0.7)


def _firings(found: Replay, shown: pd.Series, level: str, ax: Axes) -> None:
    dates = [f.date for turn in found.turns for f in turn.firings if f.level == level]
    if dates:
        colour = style.LEVEL_COLOURS[level][0]
        closes = [shown[date] for date in dates]
        ax.plot(in_days(dates), closes, "v", color=colour, markersize=9, label=f"first {level}")

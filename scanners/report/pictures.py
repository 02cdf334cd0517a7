"""Whole pictures of one series, and the panels of its page. They draw results and compute nothing."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import lppl
from lppl.core.frequency import bars_of
from lppl.core.series import check
from scanners.config.policy import Policy
from scanners.core.figures import chance_of
from scanners.evidence.bubble import CriticalTime
from scanners.evidence.series_fits import Fits
from scanners.evidence.sessions import day_numbers
from scanners.report import style
from scanners.report.axes import AHEAD, HEADING, framed_figure, in_days, mark_today, price_axis
from scanners.report.price_panels import draw_confidence, draw_price
from scanners.report.risk_picture import draw_chances
from scanners.report.window_panels import draw_lengths, draw_windows


def overview_picture(
    fits: Fits,
    past: pd.DataFrame,
    time: CriticalTime | None,
    policy: Policy,
    *,
    title: str,
    level: str,
    subtitle: str,
    chances: pd.DataFrame | None = None,
    fall: str = "",
    risk: str = "",
) -> Figure:
    """Draw price, fits and the density of tc over confidence and chances through time, for pages and mails.

    Parameters
    ----------
    fits : Fits
        What `scanners.evidence.bubble.fit_series` returned; the prices are in it.
    past : pandas.DataFrame
        What `scanners.report.past.confidence_past` returned.
    time : CriticalTime or None
        Interval to shade.
    policy : Policy
        Whose levels to draw.
    title, level, subtitle : str
        Heading; the level colours it.
    chances : pandas.DataFrame, optional
        What `scanners.report.past.chances_past` returned.
    fall : str
        Of which, in words.
    risk : str
        Second axis of the heading, "" where none is stated.
    """
    height = 5.9 if chances is None else 7.4
    with rc_context(style.RC):
        figure = framed_figure(height, title, level, subtitle, risk)
        box = {"left": 0.075, "right": 0.96, "top": 1 - (HEADING + 0.04) / height, "bottom": 0.06}
        ratios = (2.3, 1) if chances is None else (2.3, 1, 1)
        grid = figure.add_gridspec(len(ratios), 1, height_ratios=ratios, hspace=0.2, **box)
        price = draw_price(fits, time, figure.add_subplot(grid[0]))
        price.tick_params(labelbottom=False)
        shares = draw_confidence(past, fits, policy, figure.add_subplot(grid[1], sharex=price))
        if chances is not None:
            shares.tick_params(labelbottom=False)
            _draw_fall(chances, fall, figure.add_subplot(grid[2], sharex=price))
    return figure


def _draw_fall(chances: pd.DataFrame, fall: str, ax: Axes) -> None:
    """Draw the chance of a fall through time over the usual one, with the last in figures."""
    days = in_days(chances.index)
    chance, usual = (100 * chances[name].to_numpy() for name in ("chance", "usual"))
    draw_chances(ax, days, chance, usual)
    mark_today(ax, days[-1])
    ax.plot(days[-1], chance[-1], "D", color=style.RISK, markersize=5.5, zorder=5)
    last = f"{chance_of(chance[-1] / 100)} (usual {chance_of(usual[-1] / 100)})"
    at: dict[str, Any] = {"textcoords": "offset points", "va": "center", "fontsize": 9}
    ax.annotate(last, (days[-1], chance[-1]), (7, 0), **at)
    ax.set_title(f"Chance in 100 of {fall}, from what was known then (C as drawn above)")
    ax.legend(loc="upper left", ncols=2, borderaxespad=0.1)


def series_picture(fits: Fits, time: CriticalTime | None, *, title: str, level: str, subtitle: str) -> Figure:
    """Draw price and fits, the critical time of each window, and the windows that qualify by length.

    Parameters
    ----------
    fits : Fits
        What `scanners.evidence.bubble.fit_series` returned; the prices are in it.
    time : CriticalTime or None
        Interval to shade.
    title, level, subtitle : str
        Heading; the level colours it.
    """
    with rc_context(style.RC):
        figure = framed_figure(6.6, title, level, subtitle)
        box = {"left": 0.085, "right": 0.975, "top": 0.875, "bottom": 0.085}
        grid = figure.add_gridspec(2, 2, height_ratios=(2.4, 1), hspace=0.34, wspace=0.2, **box)
        draw_price(fits, time, figure.add_subplot(grid[0, :]))
        draw_windows(fits, time, figure.add_subplot(grid[1, 0]))
        draw_lengths(fits, figure.add_subplot(grid[1, 1]))
    return figure


def fit_picture(prices: pd.Series, fit: lppl.Fit, *, title: str, level: str, subtitle: str) -> Figure:
    """Draw one window and its fit, with its critical time as a line."""
    with rc_context(style.RC):
        figure = framed_figure(5.0, title, level, subtitle)
        ax = figure.add_axes((0.085, 0.09, 0.89, 0.74))
        checked = check(prices, fit.time)
        numbers = day_numbers(checked, checked.t)
        price_axis(ax, prices.to_numpy())
        ax.plot(numbers, prices, color=style.INK, linewidth=1.1, label="close")
        colour = style.UP if fit.direction > 0 else style.DOWN
        t = np.linspace(fit.t1, max(fit.tc, fit.t2), 400)
        label = f"LPPLS fit of {fit.n} {bars_of(checked.dates)}"
        ax.plot(day_numbers(checked, t), np.exp(fit.curve(t)), color=colour, linewidth=2, label=label)
        mark_today(ax, numbers[-1])
        when = f"tc {fit.tc_date:%Y-%m-%d}"
        ax.axvline(float(day_numbers(checked, fit.tc)), color=style.CRITICAL_TIME, linewidth=1, label=when)
        ax.set_xlim(numbers[0], float(day_numbers(checked, max(fit.t2 + AHEAD, fit.tc + 10))))
        ax.legend(loc="upper left", ncols=3)
    return figure

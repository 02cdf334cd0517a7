"""The picture of a series for the width of a phone: a year of price with its fits, confidence below."""

from typing import Any

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from scanners.config.policy import Policy
from scanners.core.figures import price
from scanners.evidence.bubble import CriticalTime
from scanners.evidence.series_fits import Fits
from scanners.evidence.sessions import day_numbers
from scanners.report import style
from scanners.report.axes import date_axis, in_days, mark_today, new_figure, price_axis
from scanners.report.past import closes
from scanners.report.price_panels import curve, drawn, hue, stretches

PIXELS = 390  # of a phone's screen, across
DPI = 200  # two dots a pixel
_INCHES = 2 * PIXELS / DPI
_RC = style.RC | {
    "font.size": 9,  # 12.5 pixels where the picture is 390 wide
    "axes.titlesize": 9,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
}
_YEAR, _TO_COME = 250, 40  # sessions before and after the last
_EDGE = 60  # days: half of a label


def phone_picture(fits: Fits, past: pd.DataFrame, time: CriticalTime | None, policy: Policy) -> Figure:
    """Draw the last year of a series for a phone; what it is called stands beside it.

    Parameters
    ----------
    fits, past, time, policy
        As for `scanners.report.pictures.overview_picture`.
    """
    with rc_context(_RC):
        figure = new_figure(_INCHES, 3.5)
        box = {"left": 0.125, "right": 0.985, "top": 0.94, "bottom": 0.075}
        grid = figure.add_gridspec(2, 1, height_ratios=(2.1, 1), hspace=0.26, **box)
        above, below = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
        _draw_price(fits, time, above)
        _draw_shares(past, fits, policy, below)
        below.set_xlim(above.get_xlim())
        # A date to come would be cut at the edge.
        below.set_xticks([day for day in below.get_xticks() if day <= below.get_xlim()[1] - _EDGE])
    return figure


def _draw_price(fits: Fits, time: CriticalTime | None, ax: Axes) -> None:
    prices, known = fits.windows.prices, closes(fits)
    start = max(0, len(known) - _YEAR)
    days, shown = day_numbers(prices, prices.t[start:]), known.to_numpy()[start:]
    price_axis(ax, shown, headroom=0.12)
    date_axis(ax, most=5)
    rows = drawn(fits)
    for row in reversed(rows):
        look: dict[str, Any] = {"linewidth": 1.6} if row == rows[0] else {"linewidth": 0.7, "alpha": 0.35}
        ax.plot(*curve(fits.windows, row), color=hue(fits.windows, row), **look)
    ax.plot(days, shown, color=style.INK, linewidth=1.2)
    ax.plot(days[-1], shown[-1], "o", color=style.INK, markersize=4)
    ax.annotate(price(shown[-1]), (days[-1], shown[-1]), (-6, 5), textcoords="offset points", ha="right")
    if time is not None:
        low, high = in_days([time.low, time.high])
        ax.axvspan(low, max(high, low + 1), color=style.CRITICAL_TIME, alpha=0.16, linewidth=0)
    mark_today(ax, days[-1])
    ax.set_xlim(days[0], float(day_numbers(prices, prices.t[-1] + _TO_COME)))
    ax.tick_params(labelbottom=False)
    said = f"Close, with {len(rows)} fits" if rows else "Close"
    ax.set_title(said + (" and their tc" if rows and time else ""))


def _draw_shares(past: pd.DataFrame, fits: Fits, policy: Policy, ax: Axes) -> None:
    for some in stretches(past, fits):
        days = in_days(some.index)
        for column, sign, colour in (("up", 1, style.UP), ("down", -1, style.DOWN)):
            share = sign * some[column].to_numpy()
            if len(some) > 1:
                ax.fill_between(days, share, 0.0, color=colour, alpha=0.3, linewidth=0)
                ax.plot(days, share, color=colour, linewidth=1.2)
            else:
                ax.plot(days, share, ".", color=colour, markersize=5)
    for name, level in (("critical", policy.critical), ("warning", policy.warning)):
        colour = style.LEVEL_COLOURS[name][0]
        ax.axhline(level, color=colour, linewidth=0.9, linestyle=(0, (4, 2)))
        ax.text(0.01, level, name, transform=ax.get_yaxis_transform(), color=colour, va="bottom")
    ax.axhline(0.0, color=style.FAINT, linewidth=0.8)
    highest, lowest = max([0.0, *past["up"]]), max([0.0, *past["down"]])
    ax.set_ylim(-max(0.03, 1.2 * lowest), max(policy.critical + 0.1, 1.15 * highest))
    ax.yaxis.set_major_locator(MaxNLocator(3))
    ax.yaxis.set_major_formatter(lambda share, _: f"{abs(share):.1f}")
    mark_today(ax, float(day_numbers(fits.windows.prices, fits.windows.prices.t[-1])))
    date_axis(ax, most=5)
    ax.set_title("C: share of windows with the shape of a bubble")

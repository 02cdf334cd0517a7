"""The picture of the chances of one series: price over the chance of a fall, with what is usual marked."""

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from scanners.core.figures import chance_of
from scanners.report import fonts, style
from scanners.report.axes import framed_figure, in_days, price_axis
from scanners.risk import FallRisk, history
from scanners.risk.result import cell
from scanners.risk.sizes import headline, label, words

SESSIONS = 500  # shown
STEP = 5  # sessions between the chances shown; the last one is always there


def risk_picture(name: str, prices: pd.Series, found: FallRisk) -> Figure:
    """Draw the last two years of a series and of the chance of a fall, from what was known then.

    Parameters
    ----------
    name : str
        Of the series.
    prices : pandas.Series
        Closes on increasing dates; nothing after ``found.as_of`` is looked at.
    found : FallRisk
        At the last date.

    Raises
    ------
    ValueError
        If no chance is stated at the last date.
    """
    seen = prices[: found.as_of]
    shown = seen.iloc[-SESSIONS:]
    size, horizon = headline(found.asset_class)
    past = history(
        seen,
        start=shown.index[0],
        step=STEP,
        asset_class=found.asset_class,
        sizes=(size,),
        horizons=(horizon,),
    )
    column = f"{label(size)}_{horizon}"
    chance, usual = (cell(table, size, horizon) for table in (found.table, found.usual))
    with rc_context(style.RC):
        figure = framed_figure(
            6.0,
            fonts.drawable(f"{name}, {found.as_of}", "series"),
            _state(past),
            f"A fall of {words(size)} within {horizon} sessions: {chance_of(chance)} in 100, "
            f"usually {chance_of(usual)}",
        )
        box = {"left": 0.085, "right": 0.975, "top": 0.87, "bottom": 0.08}
        grid = figure.add_gridspec(2, 1, height_ratios=(1.6, 1), hspace=0.25, **box)
        top = figure.add_subplot(grid[0])
        price_axis(top, shown.to_numpy())
        top.plot(in_days(shown.index), shown, color=style.INK, linewidth=1.2)
        top.tick_params(labelbottom=False)
        below = figure.add_subplot(grid[1], sharex=top)
        days = in_days(past.index)
        draw_chances(
            below, days, 100 * past[f"p_{column}"].to_numpy(), 100 * past[f"usual_{column}"].to_numpy()
        )
        below.set_title(f"Chance in 100 of a fall of {words(size)} within {horizon} sessions")
        below.legend(loc="upper left", ncols=2, borderaxespad=0.1)
        below.xaxis.set_major_locator(AutoDateLocator(maxticks=9))
        below.xaxis.set_major_formatter(ConciseDateFormatter(below.xaxis.get_major_locator()))
        top.set_xlim(in_days(shown.index)[0], in_days(shown.index)[-1])
    return figure


def draw_chances(ax: Axes, days: np.ndarray, chance: np.ndarray, usual: np.ndarray) -> None:
    """Draw chances through time over what was usual then.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    days : array, shape (n,)
        Day numbers.
    chance, usual : array, shape (n,)
        In 100; NaN where none is stated.
    """
    ax.fill_between(days, usual, chance, color=style.RISK, alpha=0.18, linewidth=0)
    ax.plot(days, chance, color=style.RISK, linewidth=1.6, label="chance")
    ax.plot(days, usual, color=style.MUTED, linewidth=1.2, linestyle=(0, (4, 2)), label="usual")
    both = np.concatenate([chance, usual])
    ax.set_ylim(0, 1.3 * float(np.nanmax(both)) if np.isfinite(both).any() else 1.0)


def _state(past: pd.DataFrame) -> str:
    return f"risk {past['risk'].iloc[-1]}" if "risk" in past else ""

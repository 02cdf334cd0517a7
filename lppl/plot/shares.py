"""Pictures of shares: of windows through time, of resampled refits by window, of null paths by confidence."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lppl.core.series import check
from lppl.plot.style import (
    FAINT,
    LEGEND,
    NEGATIVE,
    POSITIVE,
    PRICE,
    civil,
    log_scale,
    new_axes,
    panel_below,
    time_label,
)

if TYPE_CHECKING:
    from lppl.indicators.confidence_significance import Significance
    from lppl.indicators.trust_indicator import Trust

RULE_OF_THUMB = 0.05  # share of refits that published studies call trust


def confidence_history(
    history: pd.DataFrame, prices: pd.Series, ax: Any = None, *, filter: str | None = None
) -> Any:
    """Draw confidence through time in a panel under the price.

    Parameters
    ----------
    history : DataFrame
        Indexed by date, with columns ``F_positive`` and ``F_negative`` for a filter F, as from
        :func:`lppl.confidence_history`, or plain ``positive`` and ``negative``.
    prices : pandas.Series
        Prices with dates; those of the history's span are drawn, so that both panels show the same time.
    ax : matplotlib.axes.Axes, optional
        Subplot for both; the price stays on it, the confidence gets axes of its own below.
    filter : str, optional
        Which filter's columns; default the plain ones.
    """
    columns = {side: side if filter is None else f"{filter}_{side}" for side in ("positive", "negative")}
    for column in columns.values():
        if column not in history:
            raise ValueError(f"history must have the column {column!r}, got {list(history.columns)}")
    checked = check(prices, "trading", "price")
    if checked.dates is None:
        raise ValueError("prices must be a Series with a DatetimeIndex, got prices without dates")
    ax = new_axes(ax, height=5.5)
    first, last = history.index[0], history.index[-1]
    inside = np.asarray((checked.dates >= first) & (checked.dates <= last))
    shown = inside if inside.sum() > 1 else np.full(checked.y.size, True)
    ax.plot(civil(checked.dates[shown]), checked.y[shown], color=PRICE, lw=0.9)
    log_scale(ax)
    ax.set_ylabel("price")
    below = panel_below(ax)
    when = civil(history.index)
    for name, color in (("positive", POSITIVE), ("negative", NEGATIVE)):
        share = history[columns[name]].to_numpy(dtype=float)
        below.fill_between(when, share, 0.0, color=color, alpha=0.45, lw=0, label=f"{name} bubble")
        below.plot(when, share, color=color, lw=0.8)
    below.set_ylim(0.0, max(0.2, 1.1 * float(history[list(columns.values())].max(axis=None))))
    below.set_ylabel("confidence")
    time_label(below, checked)
    ax.margins(x=0.01)
    below.legend(loc="upper left", **LEGEND)
    return ax


def trust(result: "Trust", ax: Any = None) -> Any:
    """Draw the share of refits that qualify in every window, and the median over windows.

    Parameters
    ----------
    result : Trust
        What to draw.
    ax : matplotlib.axes.Axes, optional
        Where; a new figure's by default.
    """
    ax = new_axes(ax, height=3.6)
    lengths, shares = np.array(result.lengths), np.array(result.shares)
    sides = (("positive", POSITIVE, "o", result.positive), ("negative", NEGATIVE, "v", result.negative))
    for column, (name, color, marker, median) in enumerate(sides):
        label = f"{name} bubble, median {median:.2f}"
        ax.plot(lengths, shares[:, column], marker, color=color, ms=4, label=label)
        ax.axhline(median, color=color, lw=1.0)
    ax.axhline(RULE_OF_THUMB, color=FAINT, ls=":", label=f"published rule of thumb {RULE_OF_THUMB:g}")
    ax.set_ylim(-0.03, 1.03)
    ax.set_xlabel("window length")
    ax.set_ylabel(f"share of {result.resamples} refits")
    ax.legend(loc="best", **LEGEND)
    return ax


def significance(result: "Significance", ax: Any = None) -> Any:
    """Draw how many null paths reach each confidence, and the confidence of the series.

    Parameters
    ----------
    result : Significance
        What to draw.
    ax : matplotlib.axes.Axes, optional
        Where; a new figure's by default.
    """
    ax = new_axes(ax, height=3.6)
    sides = (
        ("positive", POSITIVE, result.null_positive, result.positive, result.p_positive),
        ("negative", NEGATIVE, result.null_negative, result.negative, result.p_negative),
    )
    for name, color, null, value, p in sides:
        reached = np.concatenate([[0.0], np.sort(null), [null.max()]])
        share = np.concatenate([[1.0], 1.0 - np.arange(null.size + 1) / null.size])
        ax.step(reached, share, where="pre", color=color, lw=1.2, label=f"null paths, {name}")
        ax.axvline(value, color=color, ls="--", lw=1.2, label=f"series, {name}: {value:.2f} (p = {p:.2g})")
    ax.set_xlim(left=0.0)
    ax.set_ylim(0.0, 1.02)
    ax.set_xlabel("confidence")
    ax.set_ylabel("share of paths that reach it")
    ax.legend(loc="best", **LEGEND)
    return ax

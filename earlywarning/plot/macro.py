"""Pictures of feedback, coupling, debt dynamics, trend channels and cycle lengths; they compute nothing."""

from typing import TYPE_CHECKING, Any

import numpy as np

from earlywarning.core.plain_values import label
from earlywarning.plot.style import BAND, FAINT, INK, LINE, PRESENT, RISE, new_axes

if TYPE_CHECKING:
    from earlywarning.macro.cycles import CycleLength
    from earlywarning.macro.debt_outlook import DebtLimit
    from earlywarning.macro.feedback import Feedback
    from earlywarning.macro.pair_feedback import Coupling
    from earlywarning.macro.trend_breaks import TrendChannel


def plot_feedback(result: "Feedback", ax: Any = None) -> Any:
    """Draw rolling and filtered coefficients, the interval, the established changes; return the axes."""
    ax = new_axes(ax, 7.0, 3.5)
    frame = result.frame.dropna()
    ax.fill_between(frame.index, frame["low"], frame["high"], color=LINE, alpha=0.2, linewidth=0)
    ax.plot(frame.index, frame["rolling"], color=LINE, linewidth=1.3, label=f"window of {result.window}")
    ax.plot(frame.index, frame["filtered"], color=PRESENT, linewidth=0.8, alpha=0.8, label="filtered")
    ax.axhline(0.0, color=INK, linewidth=0.7)
    at = {label: place for place, label in enumerate(_labels(result.frame.index))}
    for change in result.changes:
        ax.axvline(result.frame.index[at[change.date]], color=RISE, linewidth=1.0, linestyle="--")
    # The filter starts wide and jumps; the view follows the interval.
    low, high = frame["low"].min(), frame["high"].max()
    ax.set_ylim(low - 0.1 * (high - low), high + 0.25 * (high - low))
    ax.legend(loc="upper left", ncols=2)
    return ax


def plot_coupling(result: "Coupling", ax: Any = None) -> Any:
    """Draw the leading eigenvalue of a pair with its band, over the sign of the pair's relation.

    Parameters
    ----------
    result : Coupling
        What to draw.
    ax : matplotlib Axes, optional
        Where; a new figure by default.

    Returns
    -------
    Axes
    """
    ax = new_axes(ax, 8.0, 3.5)
    frame = result.frame
    ax.fill_between(frame.index, frame["low"], frame["high"], color=BAND, alpha=0.2, linewidth=0)
    ax.plot(frame.index, frame["eigenvalue"], color=BAND, label="leading eigenvalue")
    ax.axhline(0.0, color=INK, linewidth=0.7)
    # Where two eigenvalues meet the band has no end; the view keeps to the rest.
    ax.set_ylim(frame["low"].quantile(0.02), frame["high"].quantile(0.98))
    stripe = ax.get_xaxis_transform()
    for sign, color, name in ((1, RISE, "moving together"), (-1, LINE, "moving apart")):
        where = frame["sign"] == sign
        ax.fill_between(
            frame.index, 0.0, 0.04, where=where, transform=stripe, color=color, linewidth=0, label=name
        )
    ax.set_ylabel("per unit of time")
    ax.set_title(f"loop {result.loop} (p = {result.loop_p_value:.2f})", fontsize=9)
    ax.legend(fontsize=8, loc="best")
    return ax


def plot_debt(result: "DebtLimit", ax: Any = None) -> Any:
    """Draw balances against debt, both reactions, and the balance that holds debt; return the axes."""
    ax = new_axes(ax, 7.0, 4.0)
    record = result.record
    ax.plot(record.before, record.balance, color=FAINT, linewidth=0.6, marker="o", markersize=2.5)
    low, high = record.debt.min(), record.debt.max()
    grid = np.linspace(low, high + 0.1 * (high - low), 200)
    z = (grid - record.centre) / record.scale
    for fitted, style, name in ((result.reaction, "-", "cubic"), (result.linear, "--", "linear")):
        values = np.polynomial.polynomial.polyval(z, fitted.powers)
        ax.plot(grid, values, style, color=LINE, linewidth=1.2, label=f"{name} reaction")
    ax.plot(grid, result.growth * grid, color=RISE, linewidth=1.0, label="(r - g) debt: holds debt")
    ax.axvline(result.debt, color=INK, linewidth=0.9, linestyle=":", label="present debt")
    if result.identified:
        ax.axvline(result.limit, color=RISE, linewidth=1.0, linestyle="--", label="limit")
    ax.set_xlabel("debt before, % of GDP")
    ax.set_ylabel("primary balance, % of GDP")
    span = record.balance.max() - record.balance.min()
    ax.set_ylim(record.balance.min() - 0.1 * span, record.balance.max() + 0.35 * span)
    ax.legend(loc="upper left", ncols=2)
    return ax


def plot_channel(result: "TrendChannel", ax: Any = None) -> Any:
    """Draw the series, the line and channel of the last trend, and the breaks; return the axes."""
    ax = new_axes(ax, 7.0, 3.5)
    ax.plot(result.index, result.levels, color=INK, linewidth=0.9)
    inside = ~np.isnan(result.line)
    index, line = result.index[inside], result.line[inside]
    ax.plot(index, line, color=LINE, linewidth=1.2, label="last trend")
    reach = 2.0 * result.spread
    ax.fill_between(index, line - reach, line + reach, color=LINE, alpha=0.12, linewidth=0, label="channel")
    ax.set_ylabel("log or level")
    for one in result.breaks:
        ax.axvline(result.index[one.position], color=RISE, linewidth=1.0, linestyle="--")
    ax.legend(loc="upper left", ncols=2)
    return ax


def plot_cycle(result: "CycleLength", ax: Any = None) -> Any:
    """Draw the length of the dominant cycle through time; return the axes."""
    ax = new_axes(ax, 7.0, 3.0)
    ax.plot(result.period.index, result.period, ".", color=LINE, markersize=3)
    ax.set_yscale("log")
    ax.set_yticks([4, 8, 16, 32, 64], [4, 8, 16, 32, 64])
    ax.minorticks_off()
    ax.set_ylabel("observations a cycle")
    return ax


def _labels(index: Any) -> list[str]:
    return [label(index, place) for place in range(len(index))]

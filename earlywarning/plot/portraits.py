"""Pictures of phase portraits, explosive roots and coupled feedback; they compute nothing."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from earlywarning.plot.trends import BAND, FAINT, INK, LINE, PRESENT, RISE, STABLE, _axes

if TYPE_CHECKING:
    from earlywarning.explosive.critical import CriticalValues
    from earlywarning.explosive.dating import Episode
    from earlywarning.explosive.statistics import ExplosiveTest
    from earlywarning.macro.coupled import Coupling
    from earlywarning.phase.kramers_moyal import Transitions
    from earlywarning.phase.phase_portrait import Portrait

NEGATIVE, POSITIVE = STABLE, RISE  # feedback
ARROWS = 15


def plot_portrait(portrait: "Portrait", ax: Any = None, behind: "Transitions | None" = None) -> Any:
    """Draw drift against level: zones of feedback, direction of motion, fixed points and the present.

    Parameters
    ----------
    portrait : Portrait
        What to draw. An unidentified one is drawn dashed and says so.
    ax : matplotlib Axes, optional
        Where; a new figure by default.
    behind : Transitions, optional
        Non-parametric drift to draw behind the polynomial.

    Returns
    -------
    Axes
    """
    ax = _axes(ax, 7.0, 4.5)
    low, high = portrait.levels.min(), portrait.levels.max()
    margin = 0.08 * (high - low)
    x = np.linspace(low - margin, high + margin, 400)
    drift = portrait.drift(x)
    reach = portrait.quantile * portrait.drift.error(x)
    _zones(portrait, ax, x[0], x[-1])
    if behind is not None:
        ax.fill_between(behind.grid, behind.drift_low, behind.drift_high, color=FAINT, alpha=0.3, linewidth=0)
        ax.plot(behind.grid, behind.drift, color=INK, linewidth=0.8, label="local mean of increments")
    ax.fill_between(x, drift - reach, drift + reach, color=LINE, alpha=0.2, linewidth=0)
    style = "-" if portrait.identified else "--"
    ax.plot(x, drift, style, color=LINE, label=f"drift, degree {portrait.drift.degree}")
    ax.axhline(0.0, color=INK, linewidth=0.7)
    _arrows(portrait, ax, x[0], x[-1])
    for point in portrait.fixed_points:
        if x[0] <= point.value <= x[-1]:
            face = INK if point.stable else "white"
            ax.plot(point.value, 0.0, "o", color=INK, markerfacecolor=face, markersize=8, zorder=4)
    present = portrait.present
    ax.plot(present, float(portrait.drift(present)), "D", color=PRESENT, zorder=5, label="present")
    ax.set_xlim(x[0], x[-1])
    # Bands explode beyond the data; the view follows the curve.
    span = max(np.abs(drift).max(), 1e-300)
    ax.set_ylim(-1.6 * span, 1.6 * span)
    ax.set_xlabel("level")
    ax.set_ylabel("rate of change per unit of time")
    verdict = "identified" if portrait.identified else f"NOT IDENTIFIED: {portrait.message}"
    ax.set_title(f"{portrait.state}; {portrait.shape}\n{verdict}", fontsize=9)
    ax.legend(fontsize=8, loc="upper right")
    return ax


def _zones(portrait: "Portrait", ax: Any, low: float, high: float) -> None:
    """Shade negative feedback (falling drift) and positive feedback (rising drift)."""
    turns = [fold.value for fold in portrait.folds if low < fold.value < high]
    edges = [low, *turns, high]
    for left, right in pairwise(edges):
        rising = float(portrait.drift.slope(0.5 * (left + right))) > 0
        ax.axvspan(left, right, color=POSITIVE if rising else NEGATIVE, alpha=0.08, linewidth=0)


def _arrows(portrait: "Portrait", ax: Any, low: float, high: float) -> None:
    """Mark on the zero line which way the drift moves the level."""
    at = np.linspace(low, high, ARROWS + 2)[1:-1]
    moves = portrait.drift(at) > 0
    for marker, chosen in ((">", moves), ("<", ~moves)):
        ax.plot(at[chosen], np.zeros(chosen.sum()), marker, color=INK, markersize=5, linestyle="none")


def plot_explosive(
    test: "ExplosiveTest",
    critical: "CriticalValues | None" = None,
    ax: Any = None,
    *,
    episodes: "tuple[Episode, ...]" = (),
    level: float = 0.95,
) -> Any:
    """Draw the statistic at each observation, its critical values, and the episodes shaded.

    Parameters
    ----------
    test : ExplosiveTest
        What to draw.
    critical : CriticalValues, optional
        Pointwise critical values to draw against.
    ax : matplotlib Axes, optional
        Where; a new figure by default.
    episodes : tuple of Episode
        Result of `explosive_episodes`; vermilion where the series rose, blue where it fell.
    level : float
        Which critical value.

    Returns
    -------
    Axes
    """
    ax = _axes(ax, 8.0, 3.5)
    name = {"sadf": "forward ADF", "adf": "ADF"}.get(test.kind, "backward sup ADF")
    ax.plot(test.index, test.path, color=LINE, linewidth=1.0, label=name)
    if critical is not None:
        label = f"{100 * level:g}% ({critical.method})"
        ax.plot(test.index, critical.path_at(level), "--", color=INK, linewidth=0.9, label=label)
    for episode in episodes:
        color = RISE if episode.direction == "up" else LINE
        ax.axvspan(test.index[episode.start], test.index[episode.end], color=color, alpha=0.2, linewidth=0)
    scale = "log" if test.log else "level"
    ax.set_title(f"{test.kind.upper()} = {test.statistic:.2f} ({scale}, {test.lags} lags)", fontsize=9)
    ax.set_ylabel("t-statistic")
    ax.legend(fontsize=8, loc="upper left")
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
    ax = _axes(ax, 8.0, 3.5)
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

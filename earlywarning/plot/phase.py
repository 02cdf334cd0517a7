"""Pictures of the phase portrait and of drift and diffusion by level; they compute nothing."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from earlywarning.plot.style import FAINT, INK, LINE, PRESENT, RISE, STABLE, inset_grid, new_axes

if TYPE_CHECKING:
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
    ax = new_axes(ax, 7.0, 4.5)
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
    ax.legend(fontsize=8, loc="upper right", frameon=True, framealpha=0.85, edgecolor="none")
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


def plot_moments(result: "Transitions", ax: Any = None) -> Any:
    """Draw the mean and the variance of the increments against the level, with pointwise bands.

    Parameters
    ----------
    result : Transitions
        What to draw.
    ax : matplotlib Axes, optional
        Where; it is covered by two inset axes. A new figure by default.

    Returns
    -------
    Axes
    """
    ax = new_axes(ax, 7.0, 5.0)
    drift, diffusion = inset_grid(ax, 2, 1)
    look = {"color": LINE, "alpha": 0.2, "linewidth": 0}
    drift.fill_between(result.grid, result.drift_low, result.drift_high, **look)
    drift.plot(result.grid, result.drift, color=LINE, linewidth=1.2)
    drift.axhline(0.0, color=FAINT, linewidth=0.7)
    drift.set_ylabel("drift")
    drift.tick_params(labelbottom=False)
    diffusion.fill_between(result.grid, result.second_low, result.second_high, **look)
    diffusion.plot(result.grid, result.second, color=LINE, linewidth=1.2, label="variance, jumps included")
    diffusion.plot(result.grid, result.diffusion, "--", color=INK, linewidth=1.0, label="without jumps")
    diffusion.set_ylim(bottom=0.0)
    diffusion.set_xlabel("level")
    diffusion.set_ylabel("variance")
    diffusion.legend(fontsize=8, loc="best")
    return ax

"""A picture of drift and diffusion by level; it computes nothing."""

from typing import TYPE_CHECKING, Any

from earlywarning.plot.trends import FAINT, INK, LINE, _axes, _split

if TYPE_CHECKING:
    from earlywarning.phase.kramers_moyal import Transitions


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
    ax = _axes(ax, 7.0, 5.0)
    drift, diffusion = _split(ax, 2, 1)
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

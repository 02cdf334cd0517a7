"""A picture of explosive roots; it computes nothing."""

from typing import TYPE_CHECKING, Any

from earlywarning.plot.style import INK, LINE, RISE, new_axes

if TYPE_CHECKING:
    from earlywarning.explosive.critical import CriticalValues
    from earlywarning.explosive.dating import Episode
    from earlywarning.explosive.monitoring import Monitoring
    from earlywarning.explosive.panel import PanelTest
    from earlywarning.explosive.statistics import ExplosiveTest


def plot_explosive(
    test: "ExplosiveTest | PanelTest",
    critical: "CriticalValues | None" = None,
    ax: Any = None,
    *,
    episodes: "tuple[Episode, ...]" = (),
    level: float = 0.95,
) -> Any:
    """Draw the statistic at each observation, its critical values, and the episodes shaded.

    Parameters
    ----------
    test : ExplosiveTest or PanelTest
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
    ax = new_axes(ax, 8.0, 3.5)
    name = {"sadf": "forward ADF", "adf": "ADF", "panel": "mean backward sup ADF"}.get(
        test.kind, "backward sup ADF"
    )
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
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.3 * (high - low))  # room for the legend
    ax.legend(fontsize=8, loc="upper left")
    return ax


def plot_monitoring(found: "Monitoring", ax: Any = None) -> Any:
    """Draw the statistic at each observation, the boundary it was held against, and the episodes shaded.

    Parameters
    ----------
    found : Monitoring
        What to draw.
    ax : matplotlib Axes, optional
        Where; a new figure by default.

    Returns
    -------
    Axes
    """
    ax = plot_explosive(found.test, None, ax, episodes=found.episodes)
    label = f"{found.level:.0%} boundary"
    ax.plot(found.index, found.boundary, "--", color=INK, linewidth=0.9, label=label)
    ax.legend(fontsize=8, loc="upper left")
    return ax

"""Pictures of indicator trends and of their sensitivity. They draw results and compute nothing."""

from typing import TYPE_CHECKING, Any

import numpy as np

from earlywarning.plot.style import FAINT, INK, LINE, inset_grid, new_axes

if TYPE_CHECKING:
    from earlywarning.slowing.sensitivity_map import SensitivityMap
    from earlywarning.slowing.trend import TrendTest


def indicator_panel(test: "TrendTest", ax: Any = None) -> Any:
    """Draw residuals and indicators over time, each with its Kendall tau and p-value.

    Parameters
    ----------
    test : TrendTest
        What to draw.
    ax : matplotlib Axes, optional
        Where; it is covered by a column of inset axes. A new figure by default.

    Returns
    -------
    Axes
        The one given, or that of the new figure.
    """
    names = list(test.tau)
    ax = new_axes(ax, 8.0, 1.7 * (len(names) + 1))
    index = test.indicators.index
    top, *rest = inset_grid(ax, len(names) + 1, 1)
    top.plot(index, test.residuals, color=INK, linewidth=0.7)
    top.axhline(0.0, color=FAINT, linewidth=0.6)
    sided = "causal" if test.causal else "TWO-SIDED"
    bandwidth = "" if test.bandwidth is None else f", bandwidth {test.bandwidth:g}"
    top.set_title(f"residuals: {test.detrend} detrending, {sided}{bandwidth}", loc="left", fontsize=9)
    for name, row in zip(names, rest, strict=True):
        row.plot(index, test.indicators[name], color=LINE, linewidth=1.0)
        text = f"{name}: tau = {test.tau[name]:.2f}, p = {test.p_values[name]:.3f}"
        row.set_title(text, loc="left", fontsize=9)
    for row in (top, *rest):
        row.set_xlim(index[0], index[-1])
        row.tick_params(labelsize=8, labelbottom=row is (rest or [top])[-1])
    joint = "" if len(names) == 1 else f"; together p = {test.p_value:.3f}"
    ax.set_title(f"window {test.window}, {test.n} {test.surrogates} surrogates{joint}", fontsize=10)
    return ax


def sensitivity_maps(result: "SensitivityMap", ax: Any = None) -> Any:
    """Draw Kendall tau over windows and bandwidths, a map an indicator; cells with p <= .05 carry a dot.

    Parameters
    ----------
    result : SensitivityMap
        What to draw.
    ax : matplotlib Axes, optional
        Where; it is covered by a row of inset axes. A new figure by default.

    Returns
    -------
    Axes
        The one given, or that of the new figure.
    """
    names = list(result.tau)
    ax = new_axes(ax, 1.0 + 3.6 * len(names), 3.6)
    image = None
    for name, cell in zip(names, inset_grid(ax, 1, len(names)), strict=True):
        table = result.tau[name]
        image = cell.imshow(table.to_numpy(), cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto", origin="lower")
        row, column = np.nonzero(result.p_values[name].to_numpy() <= 0.05)
        cell.plot(column, row, "k.", markersize=6)
        cell.set_xticks(range(table.shape[1]), [f"{b:.0f}" for b in table.columns], fontsize=8)
        cell.set_yticks(range(table.shape[0]), [str(w) for w in table.index], fontsize=8)
        cell.set_xlabel("bandwidth", fontsize=8)
        cell.set_ylabel("window", fontsize=8)
        cell.set_title(f"{name}: best of grid p = {result.max_p_values[name]:.3f}", fontsize=9)
    ax.figure.colorbar(image, ax=ax, label="Kendall tau", fraction=0.05)
    return ax

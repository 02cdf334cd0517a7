"""Pictures of many windows: their parameters, and their errors by length."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from lppl.core.series import date_text
from lppl.plot.style import CRITICAL, FAINT, LEGEND, NAMES, PRICE, new_axes

if TYPE_CHECKING:
    from lppl.diagnostics.lagrange import BubbleStart
    from lppl.fitting.window_fits import WindowFits


def parameter_cloud(
    windows: "WindowFits", qualified: ArrayLike, x: str = "m", y: str = "omega", ax: Any = None
) -> Any:
    """Draw two quantities of every window's fit; qualified ones coloured by window length.

    Parameters
    ----------
    windows : "WindowFits"
        Fits of nested windows.
    qualified : array_like of bool
        Windows that count, as from :meth:`lppl.Filter.passes`.
    x, y : str
        Columns of :meth:`lppl.WindowFits.to_frame`, such as m, omega, horizon, damping or length.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    """
    frame, chosen = windows.to_frame(), np.asarray(qualified, dtype=bool)
    for name in (x, y):
        if name not in frame or frame[name].dtype.kind not in "if":
            raise ValueError(f"x and y must be numeric columns of the windows' table, got {name!r}")
    if chosen.shape != (len(frame),):
        raise ValueError(f"qualified must hold {len(frame)} flags, got shape {chosen.shape}")
    ax = new_axes(ax)
    ax.scatter(frame[x][~chosen], frame[y][~chosen], s=14, color=FAINT, label="not qualified")
    length = frame["length"].to_numpy()
    look = {"s": 34, "ec": PRICE, "lw": 0.4, "cmap": "viridis", "vmin": length.min(), "vmax": length.max()}
    for name, marker, side in (("positive", "o", 1), ("negative", "v", -1)):
        mask = chosen & (frame["direction"].to_numpy() == side)
        label = f"{name}, {mask.sum()} of {len(frame)}"
        points = ax.scatter(
            frame[x][mask], frame[y][mask], c=length[mask], marker=marker, label=label, **look
        )
    ax.figure.colorbar(points, ax=ax, label="window length", pad=0.02)
    ax.set_xlabel(NAMES.get(x, x))
    ax.set_ylabel(NAMES.get(y, y))
    ax.legend(loc="best", **LEGEND)
    return ax


def bubble_start(result: "BubbleStart", ax: Any = None) -> Any:
    """Draw the normalised error of every window, the same with its slope taken off, and the start found.

    Parameters
    ----------
    result : "BubbleStart"
        From :func:`lppl.bubble_start`.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    """
    ax = new_axes(ax, height=3.6)
    ax.plot(result.lengths, result.normalised, color=FAINT, lw=1.2, label="SSE / (N - 8)")
    ax.plot(result.lengths, result.regularised, color=PRICE, lw=1.2, label="slope taken off")
    when = f"{result.length} observations"
    if result.t1_date is not None:
        when += f", {date_text(result.t1_date)}"
    label = f"start: {when}" + ("\nat the edge of the range" if result.at_edge else "")
    ax.axvline(result.length, color=CRITICAL, ls="--", lw=1.2, label=label)
    ax.margins(x=0.01)
    ax.set_xlabel("window length, observations")
    ax.set_ylabel("normalised squared error")
    ax.legend(loc="best", **LEGEND)
    return ax

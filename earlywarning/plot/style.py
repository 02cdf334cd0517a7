"""How the pictures look: axes, colours and grids of axes."""

from collections.abc import Sequence
from typing import Any

INK, FAINT = "#1f2933", "#b8c0cc"
# Told apart by colour-blind readers (Okabe and Ito).
LINE, RISE, STABLE, PRESENT, BAND = "#0072b2", "#d55e00", "#009e73", "#e69f00", "#7a4fa3"


def new_axes(ax: Any, width: float, height: float) -> Any:
    """Return ``ax``, or the axes of a new figure that belongs to no window system."""
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained").add_subplot()


def inset_grid(ax: Any, rows: int, columns: int) -> Sequence[Any]:
    """Lay a grid of axes, row by row from the top, over ``ax``."""
    ax.set_axis_off()
    gap = 0.22 / max(rows, columns)
    top = 0.95  # the title of ``ax`` stands above the titles of the inset axes
    width, height = (1 - gap * (columns - 1)) / columns, (top - gap * (rows - 1)) / rows
    return [
        ax.inset_axes([column * (width + gap), top - height - row * (height + gap), width, height])
        for row in range(rows)
        for column in range(columns)
    ]

"""Proof that no point of the box lies below a fit's minimum by more than a stated gap."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lppl.core import notebook
from lppl.fitting.box import Box, Window
from lppl.fitting.window_fits import WindowFits, assemble

CELLS, MOST_CELLS = 4_000_000, 10**15
_EPS = float(np.finfo(np.float64).eps)
_COLUMNS = ("certified", "bound", "cells", "asked_sse")


@dataclass(frozen=True, eq=False)
class Certificate:
    """What is proven of each window's minimum, in the order of the windows.

    Attributes
    ----------
    windows : WindowFits
        The fits that are certified: those asked about, or lower minima that were met on the way.
    gap : float
        Share of the SSE by which the true minimum may lie lower.
    certified : ndarray of bool
        Whether the SSE is proven to be at least ``(1 - gap) sse`` everywhere in the box.
    bound : ndarray
        The lower bound proven, as a share of ``sse``: at least ``1 - gap`` where certified, less where the
        cells ran out (0: nothing proven, also where rounding allows no proof), NaN for a window without a
        fit.
    cells : ndarray of int
        Cells of the box that were bounded, over all rounds.
    asked_sse : ndarray
        SSE of the fit that was asked about: above ``windows.sse`` where a lower minimum was met.
    """

    windows: WindowFits
    gap: float
    certified: NDArray[np.bool_]
    bound: NDArray[np.float64]
    cells: NDArray[np.int64]
    asked_sse: NDArray[np.float64]

    def __len__(self) -> int:
        return self.certified.size

    @property
    def share(self) -> float:
        """Share of all windows that are certified; a window without a fit is not."""
        return float(self.certified.mean())

    @property
    def lowered(self) -> NDArray[np.bool_]:
        """Whether a minimum lower than the fit that was asked about was met."""
        return self.asked_sse > self.windows.sse

    def to_frame(self) -> pd.DataFrame:
        """Return the windows' table with ``certified``, ``bound``, ``cells`` and ``asked_sse`` beside it."""
        frame = self.windows.to_frame()
        for name in _COLUMNS:
            frame[name] = getattr(self, name)
        return frame

    def to_dict(self) -> dict[str, Any]:
        """Return the columns as lists, with the gap and the share certified."""
        columns = {name: getattr(self, name).tolist() for name in _COLUMNS}
        return {
            "gap": self.gap,
            "share": self.share,
            "length": self.windows.length.tolist(),
            "sse": self.windows.sse.tolist(),
        } | columns

    def _repr_html_(self) -> str:
        frame = self.to_frame()[["length", "sse", "certified", "bound", "asked_sse", "cells"]]
        title = f"{int(self.certified.sum())} of {len(self)} windows certified to a gap of {self.gap:g}"
        below = int(self.lowered.sum())
        note = f"In {below} a lower minimum was met, which is shown." if below else ""
        return notebook.listing(title, frame, note)


def certify(windows: WindowFits, *, gap: float = 1e-6, cells: int = CELLS, n_jobs: int = 1) -> Certificate:
    """Prove of every window that its minimum is global in its box, to within a gap.

    The box is cut into ever smaller cells of (tc, m, omega) until a lower bound of the SSE over each lies
    above ``(1 - gap) sse``: the space the curves span is turned by no more than a Taylor polynomial and its
    remainder say (``lppl/_kernels/cell_bounds.py``). A bound on the damping is part of the box. It is exact
    mathematics in floating-point numbers: 1e-9 of the SSE is allowed for rounding. A sum of n products may be
    off by n units in the last place of the lengths it multiplies: nothing is proven of a fit whose SSE is
    below ``(2 n eps / 1e-9)^2`` of the prices' sum of squares about the last, 1e-7 for 750 of them, as where
    prices are a curve without noise. The rest of the rounding is not bounded.

    Where a point lower than the fit is met, the search goes on from there: its minimum takes the fit's place
    and is proven instead. A proof takes seconds a window.

    Parameters
    ----------
    windows : WindowFits
        From `fit_windows`; of each fit its SSE alone is read.
    gap : float
        Share of the SSE, from 1e-6 to below 1. A wider one is hardly cheaper.
    cells : int
        Most cells bounded for a window; where they do not suffice, it is not certified.
    n_jobs : int
        Processes.

    Returns
    -------
    Certificate

    Raises
    ------
    ValueError
        If an argument breaks a rule; the message names it.
    """
    from joblib import Parallel, delayed

    if not isinstance(windows, WindowFits):
        raise ValueError(
            f"windows must be WindowFits, as lppl.fit_windows returns, got {type(windows).__name__}"
        )
    if len(windows) == 0:
        raise ValueError("windows must hold at least one fit, got none")
    if not (isinstance(gap, (int, float, np.number)) and 1e-6 <= gap < 1.0):
        raise ValueError(f"gap must be a number in [1e-6, 1), got {gap!r}")
    if not (isinstance(cells, (int, np.integer)) and 1 <= cells <= MOST_CELLS):
        raise ValueError(f"cells must be a whole number from 1 to {MOST_CELLS}, got {cells!r}")
    if not (isinstance(n_jobs, (int, np.integer)) and n_jobs != 0):
        raise ValueError(f"n_jobs must be a whole number other than 0, got {n_jobs!r}")
    box = Box.over(windows.space, windows.t2 - windows.t1)
    log_prices = windows.prices.scale == "log"
    told = [
        (windows.prices.t[-n:], windows.prices.y[-n:], log_prices, box, k, windows.sse[k])
        for k, n in enumerate(windows.length.tolist())
    ]
    proofs = Parallel(n_jobs=n_jobs)(delayed(prove)(*one, gap, cells) for one in told)
    certified, bound, used, rows = zip(*proofs, strict=True)
    lowest = windows
    for k, row in enumerate(rows):
        if row is not None:
            lowest = _with_row(lowest, k, row, box)
    return Certificate(
        lowest, float(gap), np.array(certified), np.array(bound), np.array(used), windows.sse.copy()
    )


def prove(
    t: NDArray[np.float64],
    y: NDArray[np.float64],
    log_prices: bool,
    box: Box,
    k: int,
    sse: float,
    gap: float,
    cells: int,
) -> tuple[bool, float, int, NDArray[np.float64] | None]:
    """Return what is proven of a window in the ``k``-th box: certified, bound, cells, a lower row if any."""
    from lppl._kernels import branch_and_bound as _bounds
    from lppl._kernels import columns

    row, point, spent = None, np.empty(4), 0
    level, t, y = y[-1], t - t[-1], y - y[-1]
    window = Window(t, y, level, log_prices, box, k)
    unit = float(np.abs(y).max())  # prices of any size: their squares neither overflow nor vanish
    if not (sse > 0.0 and unit > 0.0):
        return False, np.nan, 0, None
    scaled, own, below = y / unit, sse / unit / unit, 1.0 - 0.5 * gap
    rounding = (2.0 * t.size * _EPS / _bounds.ROUNDING) ** 2 * float(scaled @ scaled)
    while own > rounding and spent < cells:
        bounds, target = (box.lower[k], box.upper[k], box.damping), (1.0 - gap) * own
        least, used = _bounds.branch_and_bound(t, scaled, *bounds, target, below * own, cells - spent, point)
        spent += used
        if not point[0] < np.inf:
            return least >= target, float(min(least / own, 1.0)), spent, row
        lower = window.search_from(point)
        found = lower[columns.SSE] / unit / unit
        if not found < below * own:  # a descent that loses the point it started from
            break
        row, own = lower, found
    return False, 0.0, spent, row


def _with_row(windows: WindowFits, k: int, row: NDArray[np.float64], box: Box) -> WindowFits:
    """Return the fits with a result row in the ``k``-th place."""
    from lppl._kernels import columns

    sides = box.sides(row[[columns.TC, columns.M, columns.OMEGA]][None])
    one = assemble(windows.space, windows.prices, windows.length[k : k + 1], row[None], sides, [""])
    changed = {}
    for part in fields(windows):
        values = getattr(windows, part.name)
        if isinstance(values, np.ndarray):
            changed[part.name] = values.copy()
            changed[part.name][k] = getattr(one, part.name)[0]
    return replace(windows, **changed)

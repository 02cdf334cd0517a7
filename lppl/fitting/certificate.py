"""Proof that no point of the box lies below a fit's minimum by more than a stated gap."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lppl.core import notebook
from lppl.fitting.box import Box
from lppl.fitting.window_fits import WindowFits

CELLS = 4_000_000


@dataclass(frozen=True, eq=False)
class Certificate:
    """What is proven of each window's minimum, in the order of the windows.

    Attributes
    ----------
    windows : WindowFits
        The fits that were asked about.
    gap : float
        Share of the SSE by which the true minimum may lie lower.
    certified : ndarray of bool
        Whether the SSE is proven to be at least ``(1 - gap) sse`` everywhere in the box.
    bound : ndarray
        The lower bound proven, as a share of ``sse``: at least ``1 - gap`` where certified, less where the
        cells ran out (0: nothing proven), NaN for a window without a fit or with a lower point.
    cells : ndarray of int
        Cells of the box that were bounded.
    lower_sse : ndarray
        SSE of a point of the box that lies below the fit by more than half the gap, NaN where none was met.
    """

    windows: WindowFits
    gap: float
    certified: NDArray[np.bool_]
    bound: NDArray[np.float64]
    cells: NDArray[np.int64]
    lower_sse: NDArray[np.float64]

    def __len__(self) -> int:
        return self.certified.size

    @property
    def share(self) -> float:
        """Share of all windows that are certified; a window without a fit is not."""
        return float(self.certified.mean())

    def to_frame(self) -> pd.DataFrame:
        """Return the windows' table with ``certified``, ``bound``, ``cells`` and ``lower_sse`` beside it."""
        frame = self.windows.to_frame()
        for name in ("certified", "bound", "cells", "lower_sse"):
            frame[name] = getattr(self, name)
        return frame

    def to_dict(self) -> dict[str, Any]:
        """Return the columns as lists, with the gap and the share certified."""
        columns = {
            name: getattr(self, name).tolist() for name in ("certified", "bound", "cells", "lower_sse")
        }
        return {
            "gap": self.gap,
            "share": self.share,
            "length": self.windows.length.tolist(),
            "sse": self.windows.sse.tolist(),
        } | columns

    def _repr_html_(self) -> str:
        frame = self.to_frame()[["length", "sse", "certified", "bound", "lower_sse", "cells"]]
        title = f"{int(self.certified.sum())} of {len(self)} windows certified to a gap of {self.gap:g}"
        below = int(np.isfinite(self.lower_sse).sum())
        note = f"In {below} a lower point was met." if below else ""
        return notebook.listing(title, frame, note)


def certify(windows: WindowFits, *, gap: float = 1e-6, cells: int = CELLS, n_jobs: int = 1) -> Certificate:
    """Prove of every window that its minimum is global in its box, to within a gap.

    The box is cut into ever smaller cells of (tc, m, omega) until a lower bound of the SSE over each lies
    above ``(1 - gap) sse``: the space the curves span is turned by no more than a Taylor polynomial and its
    remainder say (``lppl/_kernels/cell_bounds.py``). A bound on the damping is part of the box. It is exact
    mathematics in floating-point numbers: 1e-9 of the SSE is allowed for rounding, which is not itself
    bounded. A proof takes seconds a window.

    Parameters
    ----------
    windows : WindowFits
        From `fit_windows`.
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
        raise ValueError(f"windows must be WindowFits, as lppl.fit_windows returns, got {windows!r}")
    if not 1e-6 <= gap < 1.0:
        raise ValueError(f"gap must lie in [1e-6, 1), got {gap}")
    if not cells >= 1:
        raise ValueError(f"cells must be at least 1, got {cells}")
    box = Box.over(windows.space, windows.t2 - windows.t1)
    told = [
        (windows.prices.t[-n:], windows.prices.y[-n:], box.lower[k], box.upper[k], windows.sse[k])
        for k, n in enumerate(windows.length.tolist())
    ]
    found = Parallel(n_jobs=n_jobs)(delayed(prove)(*one, box.damping, gap, cells) for one in told)
    certified, bound, used, lower = (np.array(column) for column in zip(*found, strict=True))
    return Certificate(windows, float(gap), certified, bound, used, lower)


def prove(
    t: NDArray[np.float64],
    y: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    sse: float,
    damping: float,
    gap: float,
    cells: int,
) -> tuple[bool, float, int, float]:
    """Return one window's columns of a certificate: certified, bound, cells, lower SSE."""
    from lppl._kernels import branch_and_bound as _bounds

    if not sse > 0.0:
        return False, np.nan, 0, np.nan
    point, target, below = np.empty(4), (1.0 - gap) * sse, (1.0 - 0.5 * gap) * sse
    least, used = _bounds.branch_and_bound(
        t - t[-1], y - y[-1], lower, upper, damping, target, below, cells, point
    )
    if point[0] < np.inf:
        return False, np.nan, used, float(point[0])
    return least >= target, float(min(least / sse, 1.0)), used, np.nan

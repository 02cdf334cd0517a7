"""Where a bubble began: the Lagrange-regularised length of the window that ends today."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lppl.core import notebook
from lppl.core.series import check, date_of, date_text
from lppl.fitting.space import SearchSpace, as_space
from lppl.fitting.windows import fit_checked

PARAMETERS = 8  # degrees of freedom taken off the observations: the seven of the curve and t1
_SHORTEST, _LONGEST, _EVERY = 30, 750, 5


@dataclass(frozen=True, eq=False)
class BubbleStart:
    """The start that minimises ``SSE/(N - 8) - slope (t2 - t1)``, and the curve it was read from.

    Attributes
    ----------
    t1, t2 : float
        Start found and end of the windows, time units.
    t1_date : pandas.Timestamp or None
        Date of the start.
    length : int
        Observations from the start to the end.
    slope : float
        Least-squares slope of ``SSE/(N - 8)`` on ``t2 - t1`` over all windows.
    at_edge : bool
        Whether the minimum is at the shortest or longest window: no start was found inside the range.
    starts : ndarray
        First time of every window.
    lengths : ndarray of int
        Observations of every window.
    normalised, regularised : ndarray
        ``SSE/(N - 8)``, and the same minus ``slope (t2 - t1)``; NaN where a window could not be fitted.
    """

    t1: float
    t2: float
    t1_date: pd.Timestamp | None
    length: int
    slope: float
    at_edge: bool
    starts: NDArray[np.float64]
    lengths: NDArray[np.int64]
    normalised: NDArray[np.float64]
    regularised: NDArray[np.float64]

    def to_frame(self) -> pd.DataFrame:
        """Return the curve, one row a window."""
        return pd.DataFrame(
            {name: getattr(self, name) for name in ("starts", "lengths", "normalised", "regularised")}
        )

    def to_dict(self) -> dict[str, Any]:
        """Return start and curve as plain values."""
        names = ("t1", "t2", "length", "slope", "at_edge")
        date = None if self.t1_date is None else date_text(self.t1_date)
        return {name: getattr(self, name) for name in names} | {
            "t1_date": date,
            "curve": self.to_frame().to_dict(orient="list"),
        }

    def plot(self, ax: Any = None) -> Any:
        """Draw the curve; see :func:`lppl.plot.bubble_start`."""
        from lppl import plot

        return plot.bubble_start(self, ax)

    def _repr_html_(self) -> str:
        edge = "the minimum is the shortest or longest window: not found inside the range"
        rows = {
            "start": self.t1_date if self.t1_date is not None else self.t1,
            "length": f"{self.length} observations",
            "found": f"no: {edge}" if self.at_edge else "inside the range of windows",
            "slope": self.slope,
            "windows compared": f"{self.lengths.size} of {self.lengths.min()} to {self.lengths.max()}",
        }
        note = "Depends on which windows are compared and on the box: read the curve, and try others."
        return notebook.pairs("Start of the bubble", rows, note)


def bubble_start(
    prices: Any,
    *,
    end: Any = None,
    lengths: Iterable[int] | None = None,
    space: SearchSpace | None = None,
    time: str = "trading",
    scale: str = "log",
) -> BubbleStart:
    """Find the start of the bubble that is under way at ``end`` by Lagrange regularisation.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n,)
        Positive prices.
    end : date or int, optional
        Last date (or position) of every window; default the last price.
    lengths : iterable of int, optional
        Windows to compare, at least three different ones, observations; default every fifth length from 30
        up to 750 or what the prices fill.
    space : SearchSpace, optional
        The box of the fits; default that of :func:`lppl.fit_windows`.
    time : {"trading", "calendar"}
        Time unit.
    scale : {"log", "price"}
        Whether log-prices or prices are fitted.

    Returns
    -------
    BubbleStart

    Raises
    ------
    ValueError
        If an argument breaks a rule, or fewer than three windows could be fitted.

    Notes
    -----
    Short windows are fitted too well; the slope of the normalised error on the length is taken off before
    windows are compared. The slope, and with it the minimum, depends on which lengths are compared, and in
    a series that is a bubble throughout it is close to zero: read the curve, compare ranges and boxes, and
    distrust a minimum at an edge or one no deeper than its neighbours. ``docs/bubble_start.md`` shows how
    far the published dates depend on these choices.

    References
    ----------
    .. [1] Demos & Sornette (2017), arXiv:1707.07162.
    """
    checked = check(prices, time, scale)
    last = checked.position(end)
    if lengths is None:
        if last + 1 < _SHORTEST + 2 * _EVERY:
            raise ValueError(
                f"prices must hold at least {_SHORTEST + 2 * _EVERY} values up to the end, got {last + 1}"
            )
        lengths = range(_SHORTEST, min(_LONGEST, last + 1) + 1, _EVERY)
    wanted = sorted(set(lengths), reverse=True)
    if len(wanted) < 3:
        raise ValueError(f"lengths must name at least 3 different windows, got {len(wanted)}")
    windows = fit_checked(checked, last, wanted, as_space(space))
    span = windows.t2 - windows.t1
    normalised = windows.sse / (windows.length - PARAMETERS)
    good = windows.success
    if good.sum() < 3:
        raise ValueError(f"prices must allow at least 3 windows to be fitted, got {good.sum()}")
    x, y = span[good] - span[good].mean(), normalised[good]
    slope = float(x @ y / (x @ x))
    regularised = normalised - slope * span
    best = int(np.nanargmin(regularised))
    fitted = np.flatnonzero(good)
    t1 = float(windows.t1[best])
    return BubbleStart(
        t1=t1,
        t2=float(windows.t2[best]),
        t1_date=date_of(t1, checked.dates, time),
        length=int(windows.length[best]),
        slope=slope,
        at_edge=best in (fitted[0], fitted[-1]),
        starts=windows.t1,
        lengths=windows.length,
        normalised=normalised,
        regularised=regularised,
    )

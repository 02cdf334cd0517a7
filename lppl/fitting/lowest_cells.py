"""The lowest cell of each window's grid, without a descent: what a fit is like, for a fifth of its price."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lppl.core.series import Prices
from lppl.fitting.box import TOGETHER, Box, grid_maps
from lppl.fitting.space import SearchSpace
from lppl.fitting.window_fits import WindowFits, assemble


def lowest_cells(series: Sequence[Prices], lengths: Sequence[int], space: SearchSpace) -> list[WindowFits]:
    """Return the grid's lowest cell of each window as if it were the fit.

    Its linear parameters are solved; tc, m and omega are nodes of the grid, and the sum of squares lies above
    the minimum. A row depends neither on the other windows nor on the other series.

    Parameters
    ----------
    series : sequence of Prices
        Checked, with the same times up to their ends.
    lengths : sequence of int
        Of the windows, all of which every series can fill; the results are in this order.
    space : SearchSpace
        The box.
    """
    order = np.sort(np.array(lengths, dtype=np.int64))
    longest = int(order[-1])
    t = series[0].t[-longest:] - series[0].t[-1]
    box = Box.over(space, -t[longest - order])
    level = np.array([one.y[-1] for one in series])
    y = np.array([one.y[-longest:] for one in series]) - level[:, None]
    places = np.searchsorted(order, lengths)
    found: list[WindowFits] = []
    for start in range(0, len(series), TOGETHER):
        part = slice(start, start + TOGETHER)
        # Laid out as fits lay it out: another layout compiles the grid once more.
        moving = np.stack([np.ptp(y[part, -n:], axis=1) != 0.0 for n in order], axis=1)
        rows = _rows(t, y[part], level[part], order, moving, box, series[0].scale == "log")
        for k, one in enumerate(series[part]):
            messages = ["" if moves else "prices do not change in this window" for moves in moving[k, places]]
            sides = np.zeros((len(lengths), 3), dtype=np.int64)
            found.append(assemble(space, one, order[places], rows[k, places], sides, messages))
    return found


def _rows(
    t: NDArray[np.float64],
    y: NDArray[np.float64],
    level: NDArray[np.float64],
    lengths: NDArray[np.int64],
    moving: NDArray[np.bool_],
    box: Box,
    log_prices: bool,
) -> NDArray[np.float64]:
    """Return a row (columns: ``lppl._kernels.columns``) a series and window, NaN where prices do not move."""
    from lppl._kernels import columns, linear

    best, power = grid_maps(t, y, lengths, box, moving)
    rows = np.full((len(y), lengths.size, columns.COLUMNS), np.nan)
    for k, n in enumerate(lengths):
        low, high = box.lower[k, 0], box.upper[k, 0]
        inside = np.flatnonzero((low <= box.horizons) & (box.horizons <= high))
        series = np.flatnonzero(moving[:, k])
        cells = best[series, k][:, inside]
        cells = cells.reshape(series.size, inside.size * box.lanes)
        node, lane = np.unravel_index(cells.argmin(axis=1), (inside.size, box.lanes))
        rows[series, k, columns.TC] = box.horizons[inside[node]]
        rows[series, k, columns.M] = box.powers[power[series, k, inside[node], lane]]
        rows[series, k, columns.OMEGA] = box.omega_low + lane * box.omega_step
        rows[series, k, columns.CONVERGED] = 1.0
        for r in series.tolist():
            linear.finish(t[-n:], y[r, -n:], level[r], log_prices, rows[r, k])
    return rows

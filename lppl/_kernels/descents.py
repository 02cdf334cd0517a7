"""Compiled descents of one window: on blocks of observations, and on all."""

import numpy as np

from lppl._kernels.blocks import summarise
from lppl._kernels.jit import kernel
from lppl._kernels.refine import refine

# Tolerance, evaluations, and whether a descent minds the cells: on blocks first, and in
# a cell; on all observations the best, and the next best.
FIRST, CELL = (1e-4, 6, False), (1e-4, 10, True)
FINE, NEXT = (1e-12, 100, True), (1e-8, 40, True)
REACH = 24  # cells compared on each side of a basin inside the sample
_TURN, _SLOWEST = 0.7, 14.0  # radians a wave turns within a block at most; slower ones count as this fast


@kernel(inner=True)
def _around(tc, reach, lower, upper, low, high):
    """Fill the part of the box where tc is within ``reach``."""
    for k in range(3):
        low[k], high[k] = lower[k], upper[k]
    low[0] = max(lower[0], min(tc - reach, upper[0]))
    high[0] = min(upper[0], max(tc + reach, lower[0]))


@kernel(inner=True)
def _summary(t, sums, start, reach, lower, upper, low, high, blocks):
    """Fill the blocks around ``start`` (SSE, tc, m, omega), and the part of the box that they resolve."""
    _around(start[1], reach, lower, upper, low, high)
    return summarise(t, sums, low[0], high[0], _TURN / max(start[3], _SLOWEST), blocks)


@kernel(inner=True)
def coarse(t, sums, start, reach, how, lower, upper, log_scale, x, work, scratch, blocks):
    """Descend from ``start`` (SSE, tc, m, omega) on blocks of observations, tc within ``reach``.

    Fill ``x``; return its SSE over the blocks, the blocks, the squares within them, and the evaluations.
    """
    low, high = scratch[14], scratch[15]
    tolerance, evaluations, cells = how
    size, within = _summary(t, sums, start, reach, lower, upper, low, high, blocks)
    for k in range(3):
        x[k] = start[k + 1]
    sse, _, used = refine(
        blocks[0, :size], blocks[1, :size], blocks[2, :size],
        log_scale, x, low, high, cells, tolerance, evaluations, np.inf, scratch[20], work, scratch,
    )  # fmt: skip
    return sse, size, within, used


@kernel(inner=True)
def wide(tc):
    """Return how far around tc blocks of observations must resolve a walk over cells."""
    return max(REACH + 1.0, 0.75 * tc)


@kernel(inner=True)
def fine(whole, how, lower, upper, log_scale, ceiling, home, x, work, scratch):
    """Descend from ``x`` on all observations; return (SSE, converged, evaluations used)."""
    tolerance, evaluations, cells = how
    return refine(
        whole[0], whole[1], whole[2],
        log_scale, x, lower, upper, cells, tolerance, evaluations, ceiling, home, work, scratch,
    )  # fmt: skip

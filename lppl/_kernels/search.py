"""Compiled global search of one window: the separated basins of its grid map, and their refinement."""

import numpy as np

from lppl._kernels.blocks import LANES, estimate, running_sums
from lppl._kernels.columns import EVALUATIONS
from lppl._kernels.descents import CELL, FIRST, REACH, coarse, wide
from lppl._kernels.elementary import log
from lppl._kernels.final import CLOSE, finish
from lppl._kernels.jit import kernel
from lppl._kernels.minima import above, apart, known, sort, sort_lowest
from lppl._kernels.refine import comb, refine

STARTS, SHADOWS = 30, 6  # grid basins refined a little, and how many of them at least may be shadows
# What one observation weighs in n is added over n: how much of the SSE a kink at it can change.
_RIVAL = (1.06, 6.0)  # a basin this much above the best after the first descent is not refined further
_WALL = (1.05, 3.0)  # where a walk over cells stops
_MINIMA, _SLACK = (
    30,
    (1.01, 2.0),
)  # minima of a basin at most, and how far above the best a prediction may lie
_WALKED = (0.5, 0.1, 0.2)  # a basin this close to a node of another's cells needs no walk of its own


@kernel(inner=True)
def _first_descents(t, sums, starts, count, lower, upper, log_scale, work, scratch, blocks):
    """Descend a little from every start on blocks of observations; return the points visited."""
    x, used = np.empty(3), 0
    for b in range(count):
        row = starts[b]
        reach = max(2.0, 0.25 * abs(row[1]))
        _, size, within, spent = coarse(
            t, sums, row, reach, FIRST, lower, upper, log_scale, x, work, scratch, blocks
        )
        row[0] = estimate(blocks, size, within, x, log_scale, work, scratch)
        for k in range(3):
            row[k + 1] = x[k]
        used += spent * size
    sort(starts[:count], count)
    return used


@kernel(inner=True)
def _cells(t, sums, start, lower, upper, log_scale, best, work, scratch, blocks, nodes, minima, found):
    """Compare the smooth cells around ``start`` on blocks of observations, and descend in the lowest.

    Add to the ``found`` rows of ``minima`` (SSE, tc, m, omega), the first the start's own; return how many
    there are now, the nodes, and the points visited. ``best`` is the lowest SSE known: what cannot come
    close to it is given up.
    """
    x, low, high = np.empty(3), scratch[14], scratch[15]
    tolerance, evaluations, cells = CELL
    sse, size, within, used = coarse(
        t, sums, start, wide(start[1]), CELL, lower, upper, log_scale, x, work, scratch, blocks
    )
    times, prices, sizes = blocks[0, :size], blocks[1, :size], blocks[2, :size]
    offset = estimate(blocks, size, within, x, log_scale, work, scratch) - sse
    minima[found, 0] = sse + offset
    for k in range(3):
        minima[found, k + 1] = x[k]
    bar = min(best - offset, sse)
    near = comb(
        times,
        prices,
        sizes,
        log_scale,
        x,
        low,
        high,
        REACH,
        above(_WALL, t.size) * bar,
        work,
        scratch,
        nodes,
    )
    used += near
    count = found + 1
    for c in range(sort_lowest(nodes, near, above(_SLACK, t.size) * bar)):
        if count == found + _MINIMA or nodes[c, 0] > above(_SLACK, t.size) * bar:
            break
        if known(t, nodes, c, nodes[c]) or known(t, minima, count, nodes[c]):
            continue
        for k in range(3):
            x[k] = nodes[c, k + 1]
        sse, _, spent = refine(
            times, prices, sizes,
            log_scale, x, low, high, cells, tolerance, evaluations, above(CLOSE, t.size) * bar,
            scratch[20], work, scratch,
        )  # fmt: skip
        used += spent
        minima[count, 0] = sse + offset
        for k in range(3):
            minima[count, k + 1] = x[k]
        count += 1
        bar = min(bar, sse)
    return count, near, used * size


@kernel
def solve_window(t, y, starts, count, second, lower, upper, out):
    """Refine the basins of one window; ``starts`` (from :func:`basins`) are overwritten.

    Write tc, m, omega and how they were found into ``out``; the linear parameters are left to
    :func:`lppl._kernels.linear.finish`. Without ``second`` the second minimum is not sought, and is NaN.
    """
    log_scale = log(max(t[-1] - t[0], 1.0))
    sums, work, blocks = (
        np.empty((5, t.size + 1)),
        np.empty((5, t.size + LANES)),
        np.empty((5, t.size + LANES)),
    )
    scratch = np.full((21, 4), np.inf)  # the last row: no minimum is known
    nodes = np.empty((STARTS * (8 * REACH + 8), 4))
    minima = np.empty((STARTS * _MINIMA, 5))  # SSE, tc, m, omega, and the number of the basin
    whole = np.zeros((3, (t.size + LANES - 1) // LANES * LANES))  # times, prices, weights
    for i in range(t.size):
        whole[0, i], whole[1, i], whole[2, i] = t[i], y[i], 1.0
    running_sums(t, y, sums)
    used = _first_descents(t, sums, starts, count, lower, upper, log_scale, work, scratch, blocks)
    many, walked, best = np.int64(0), np.int64(0), np.inf  # a literal 0 would be compiled for once more
    for b in range(count):
        rival = starts[b, 0] <= above(_RIVAL, t.size) * best
        skipped = not rival
        for other in range(walked):
            if skipped:
                break
            skipped = not apart(starts[b], nodes[other], _WALKED[0], _WALKED[1], _WALKED[2])
        if skipped and rival:
            continue
        first = many
        if skipped:
            for k in range(4):
                minima[many, k] = starts[b, k]
            many += 1
        else:
            many, near, spent = _cells(
                t, sums, starts[b], lower, upper, log_scale, best, work, scratch, blocks, nodes[walked:],
                minima, many,
            )  # fmt: skip
            used += spent
            walked += near
        for c in range(first, many):
            minima[c, 4] = b
            best = min(best, minima[c, 0])
    used += finish(t, whole, lower, upper, log_scale, minima, many, second, work, scratch, out)
    out[EVALUATIONS] = used / t.size

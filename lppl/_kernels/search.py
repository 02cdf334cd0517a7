"""Compiled global search of one window: the separated basins of its grid map, and their refinement."""

import numpy as np

from lppl._kernels.arithmetic import log
from lppl._kernels.blocks import LANES, estimate, running_sums, summarise
from lppl._kernels.columns import CONVERGED, EVALUATIONS, OMEGA, SECOND, TC, M
from lppl._kernels.jit import kernel
from lppl._kernels.minima import above, apart, known, sort
from lppl._kernels.refine import HOP, cell, comb, refine

STARTS, SHADOWS = 30, 6  # grid basins refined a little, and how many of them at least may be shadows
# Tolerance, evaluations, and whether a descent minds the cells: on blocks first, in a
# cell, near the next best; on all observations best, next best.
_FIRST, _CELL, _NEAR = (1e-4, 6, False), (1e-4, 10, True), (1e-5, 40, True)
_FINE, _NEXT = (1e-12, 100, True), (1e-8, 40, True)
# What one observation weighs in n is added over n: how much of the SSE a kink at it can change.
_RIVAL = (1.06, 6.0)  # a basin this much above the best after the first descent is not refined further
_REACH, _WALL = 24, (1.05, 3.0)  # cells compared on each side of a basin inside the sample, and where to stop
_MINIMA, _SLACK = (
    30,
    (1.01, 2.0),
)  # minima of a basin at most, and how far above the best a prediction may lie
_CLOSE = (1.005, 1.0)  # minima on blocks this much above the best are descended on all observations
_HOPE = 1.0  # a descent on all observations is given up where its prediction stays this much above the best
_TRIED = 4  # candidates for the second minimum
_WALKED = (0.5, 0.1, 0.2)  # a basin this close to a node of another's cells needs no walk of its own
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
def _coarse(t, sums, start, reach, how, lower, upper, log_scale, x, work, scratch, blocks):
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
def _first_descents(t, sums, starts, count, lower, upper, log_scale, work, scratch, blocks):
    """Descend a little from every start on blocks of observations; return the points visited."""
    x, used = np.empty(3), 0
    for b in range(count):
        row = starts[b]
        reach = max(2.0, 0.25 * abs(row[1]))
        _, size, within, spent = _coarse(
            t, sums, row, reach, _FIRST, lower, upper, log_scale, x, work, scratch, blocks
        )
        row[0] = estimate(blocks, size, within, x, log_scale, work, scratch)
        for k in range(3):
            row[k + 1] = x[k]
        used += spent * size
    sort(starts[:count], count)
    return used


@kernel(inner=True)
def _wide(tc):
    """Return how far around tc blocks of observations must resolve a walk over cells."""
    return max(_REACH + 1.0, 0.75 * tc)


@kernel(inner=True)
def _cells(t, sums, start, lower, upper, log_scale, best, work, scratch, blocks, nodes, minima, found):
    """Compare the smooth cells around ``start`` on blocks of observations, and descend in the lowest.

    Add to the ``found`` rows of ``minima`` (SSE, tc, m, omega), the first the start's own; return how many
    there are now, the nodes, and the points visited. ``best`` is the lowest SSE known: what cannot come
    close to it is given up.
    """
    x, low, high = np.empty(3), scratch[14], scratch[15]
    tolerance, evaluations, cells = _CELL
    sse, size, within, used = _coarse(
        t, sums, start, _wide(start[1]), _CELL, lower, upper, log_scale, x, work, scratch, blocks
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
        _REACH,
        above(_WALL, t.size) * bar,
        work,
        scratch,
        nodes,
    )
    sort(nodes, near)
    used += near
    count = found + 1
    for c in range(near):
        if count == found + _MINIMA or nodes[c, 0] > above(_SLACK, t.size) * bar:
            break
        if known(t, nodes, c, nodes[c]) or known(t, minima, count, nodes[c]):
            continue
        for k in range(3):
            x[k] = nodes[c, k + 1]
        sse, _, spent = refine(
            times, prices, sizes,
            log_scale, x, low, high, cells, tolerance, evaluations, above(_CLOSE, t.size) * bar,
            scratch[20], work, scratch,
        )  # fmt: skip
        used += spent
        minima[count, 0] = sse + offset
        for k in range(3):
            minima[count, k + 1] = x[k]
        count += 1
        bar = min(bar, sse)
    return count, near, used * size


@kernel(inner=True)
def _fine(whole, how, lower, upper, log_scale, ceiling, home, x, work, scratch):
    """Descend from ``x`` on all observations; return (SSE, converged, evaluations used)."""
    tolerance, evaluations, cells = how
    return refine(
        whole[0], whole[1], whole[2],
        log_scale, x, lower, upper, cells, tolerance, evaluations, ceiling, home, work, scratch,
    )  # fmt: skip


@kernel(inner=True)
def _finish(t, sums, whole, lower, upper, log_scale, minima, count, work, scratch, blocks, out):
    """Descend from the leading minima on all observations and write the best; return the points visited.

    A row of ``minima`` is (SSE, tc, m, omega, basin). The second minimum is the lowest of another basin.
    """
    seen, x = np.empty((count, 5)), np.empty(3)
    sort(minima, count)
    best, first = np.inf, minima[0, 0]
    used, solved, home = 0, 0, scratch[20]
    for b in range(count):
        # What blocks tell may be too low.
        if solved and minima[b, 0] > above(_CLOSE, t.size) * max(first, best):
            break
        if known(t, seen, solved, minima[b]):
            minima[b, 0] = np.inf
            continue
        for k in range(4):
            seen[solved, k] = minima[b, k]
        solved += 1
        for k in range(3):
            x[k] = minima[b, k + 1]
        sse, converged, spent = _fine(
            whole, _FINE, lower, upper, log_scale, _HOPE * best, home, x, work, scratch
        )
        used += spent * t.size
        minima[b, 0] = sse
        for k in range(3):
            minima[b, k + 1] = x[k]
        if sse < best:
            best, home = sse, minima[b]
            out[TC], out[M], out[OMEGA], out[CONVERGED] = x[0], x[1], x[2], converged
    used += _across(t, sums, whole, lower, upper, log_scale, minima, count, best, work, scratch, blocks, out)
    sort(minima, count)
    out[SECOND], spent = _second(
        t, sums, whole, lower, upper, log_scale, minima, count, work, scratch, blocks
    )
    return used + spent


@kernel(inner=True)
def _across(t, sums, whole, lower, upper, log_scale, minima, count, best, work, scratch, blocks, out):
    """Step over both ends of the best minimum's cell while that lowers it; return the points visited.

    Minima often lie in pairs on both sides of a kink: the walk may have found one only. Inside the
    sample a step whose descent on blocks comes back is none.
    """
    x, trial, used, first = np.empty(3), np.empty(4), 0, 0
    for b in range(1, count):
        first = b if minima[b, 0] < minima[first, 0] else first
    moved = True
    while moved:
        moved = False
        low, high = cell(t, minima[first, 1])
        for edge in (low - HOP, high + HOP):
            if not (lower[0] < edge < upper[0]):
                continue
            trial[1], trial[2], trial[3] = edge, minima[first, 2], minima[first, 3]
            for k in range(3):
                x[k] = trial[k + 1]
            if edge < 0.0:
                _, size, _, spent = _coarse(
                    t, sums, trial, _wide(edge), _CELL, lower, upper, log_scale, x, work, scratch, blocks
                )
                used += spent * size
                for k in range(3):
                    trial[k + 1] = x[k]
                if known(t, minima[first:], 1, trial):
                    continue
            sse, converged, spent = _fine(
                whole,
                _FINE,
                lower,
                upper,
                log_scale,
                above(_CLOSE, t.size) * best,
                minima[first],
                x,
                work,
                scratch,
            )
            used += spent * t.size
            if sse < best * (1.0 - _FINE[0]):
                best, moved = sse, True
                minima[first, 0] = sse
                for k in range(3):
                    minima[first, k + 1] = x[k]
                out[TC], out[M], out[OMEGA], out[CONVERGED] = x[0], x[1], x[2], converged
                break
    return used


@kernel(inner=True)
def _second(t, sums, whole, lower, upper, log_scale, minima, count, work, scratch, blocks):
    """Return the lowest SSE of another basin than the first row's, NaN if there is none, and points visited.

    A candidate that descends into the first basin after all is none.
    """
    far = 0.05 * (t[-1] - t[0]) + 1.0
    trial, x, used, tried = np.empty(4), np.empty(3), 0, 0
    for b in range(1, count):
        lowest = True  # of its basin
        for other in range(b):
            lowest = lowest and minima[other, 4] != minima[b, 4]
        if not lowest or not apart(minima[b], minima[0], far, 0.3, 0.5):
            continue
        tried += 1
        sse, size, _, spent = _coarse(
            t, sums, minima[b], _wide(minima[b, 1]), _NEAR, lower, upper, log_scale, x, work, scratch, blocks
        )
        used += spent * size
        for turn in range(2):
            for k in range(3):
                trial[k + 1] = x[k]
            if not apart(trial, minima[0], far, 0.3, 0.5):
                break
            if turn == 1:
                return sse, used
            sse, _, spent = _fine(
                whole, _NEXT, lower, upper, log_scale, np.inf, scratch[20], x, work, scratch
            )
            used += spent * t.size
        if tried == _TRIED:
            break
    return np.nan, used


@kernel
def solve_window(t, y, starts, count, lower, upper, out):
    """Refine the basins of one window; ``starts`` (from :func:`basins`) are overwritten.

    Write tc, m, omega and how they were found into ``out``; the linear parameters are left to
    :func:`lppl._kernels.linear.finish`.
    """
    log_scale = log(max(t[-1] - t[0], 1.0))
    sums, work, blocks = (
        np.empty((5, t.size + 1)),
        np.empty((5, t.size + LANES)),
        np.empty((5, t.size + LANES)),
    )
    scratch = np.full((21, 4), np.inf)  # the last row: no minimum is known
    nodes = np.empty((STARTS * (8 * _REACH + 8), 4))
    minima = np.empty((STARTS * _MINIMA, 5))  # SSE, tc, m, omega, and the number of the basin
    whole = np.zeros((3, (t.size + LANES - 1) // LANES * LANES))  # times, prices, weights
    whole[0, : t.size], whole[1, : t.size], whole[2, : t.size] = t, y, 1.0
    running_sums(t, y, sums)
    used = _first_descents(t, sums, starts, count, lower, upper, log_scale, work, scratch, blocks)
    many, walked, best = 0, 0, np.inf
    for b in range(count):
        rival = starts[b, 0] <= above(_RIVAL, t.size) * best
        skipped = not rival
        for other in range(walked):
            skipped = skipped or not apart(starts[b], nodes[other], _WALKED[0], _WALKED[1], _WALKED[2])
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
    used += _finish(t, sums, whole, lower, upper, log_scale, minima, many, work, scratch, blocks, out)
    out[EVALUATIONS] = used / t.size

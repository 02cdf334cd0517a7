"""Compiled global search of one window: the separated basins of its grid map, and their refinement."""

import numpy as np

from lppl._kernels.arithmetic import log
from lppl._kernels.blocks import LANES, estimate, running_sums, summarise
from lppl._kernels.columns import CONVERGED, EVALUATIONS, OMEGA, SECOND, TC, M
from lppl._kernels.jit import ELEMENTWISE, kernel
from lppl._kernels.refine import comb, refine

STARTS = 12  # grid basins refined a little
# Tolerance, evaluations, and whether a descent minds the cells: first, in a cell, best, next best.
_FIRST, _CELL, _FINE, _NEXT = (1e-4, 6, False), (1e-4, 6, True), (1e-12, 100, True), (1e-8, 40, True)
_RIVAL = 1.04  # a basin this much above the best after the first descent is not refined further
_REACH, _WALL = 16, 1.03  # cells compared on each side of a basin inside the sample, and where to stop
_MINIMA, _SLACK = 9, 1.01  # minima of a basin at most, and how far above the best a prediction may lie
_CLOSE = 1.004  # minima on blocks this much above the best are descended on all observations
_TRIED = 4  # candidates for the second minimum
_SAME = (0.1, 0.02, 0.05)  # starts this close in (tc, m, omega) are one
_TURN, _SLOWEST = 0.7, 14.0  # radians a wave turns within a block at most; slower ones count as this fast


@kernel("void(f8[:, ::1], i8, f8[::1], f8[::1])", flags=ELEMENTWISE, inner=True)
def _lowest_around(best, h, column, around):
    """Fill ``around`` with the smallest of the nine values around every cell of one row of a map."""
    lanes = best.shape[1]
    above, below = max(h - 1, 0), min(h + 1, best.shape[0] - 1)
    for j in range(lanes):
        value = best[h, j]
        value = best[above, j] if best[above, j] < value else value
        value = best[below, j] if best[below, j] < value else value
        column[j + 1] = value
    for j in range(lanes):
        value = column[j + 1]
        value = column[j] if column[j] < value else value
        value = column[j + 2] if column[j + 2] < value else value
        around[j] = value


@kernel
def basins(best, power, horizons, powers, omega_low, omega_step, starts):
    """Fill ``starts`` (SSE, tc, m, omega) with the lowest local minima of a window's map; return how many."""
    rows, lanes = best.shape
    column, around = np.full(lanes + 2, np.inf), np.empty(lanes)
    count = 0
    for h in range(rows):
        _lowest_around(best, h, column, around)
        for j in range(lanes):
            value = best[h, j]
            if around[j] < value or not value < np.inf:
                continue
            if count == starts.shape[0] and value >= starts[count - 1, 0]:
                continue
            place = count if count < starts.shape[0] else count - 1
            while place > 0 and starts[place - 1, 0] > value:
                for k in range(4):
                    starts[place, k] = starts[place - 1, k]
                place -= 1
            starts[place, 0] = value
            starts[place, 1] = horizons[h]
            starts[place, 2] = powers[int(power[h, j])]
            starts[place, 3] = omega_low + j * omega_step
            count = min(count + 1, starts.shape[0])
    return count


@kernel(inner=True)
def _sort(rows, count):
    """Sort the first rows by their first column, stably."""
    for i in range(1, count):
        j = i
        while j > 0 and rows[j - 1, 0] > rows[j, 0]:
            for k in range(rows.shape[1]):
                rows[j - 1, k], rows[j, k] = rows[j, k], rows[j - 1, k]
            j -= 1


@kernel(inner=True)
def _apart(one, other, tc, m, omega):
    """Tell whether two solutions (SSE, tc, m, omega) differ by more than the given distances."""
    return abs(one[1] - other[1]) > tc or abs(one[2] - other[2]) > m or abs(one[3] - other[3]) > omega


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
def _first_descents(t, sums, starts, count, lower, upper, log_scale, work, scratch, blocks):
    """Descend a little from every start on blocks of observations; return the points visited."""
    x, low, high = np.empty(3), scratch[14], scratch[15]
    tolerance, evaluations, cells = _FIRST
    used = 0
    for b in range(count):
        row = starts[b]
        reach = max(2.0, 0.25 * abs(row[1]))
        size, within = _summary(t, sums, row, reach, lower, upper, low, high, blocks)
        for k in range(3):
            x[k] = row[k + 1]
        _, _, spent = refine(
            blocks[0, :size], blocks[1, :size], blocks[2, :size],
            log_scale, x, low, high, cells, tolerance, evaluations, np.inf, work, scratch,
        )  # fmt: skip
        row[0] = estimate(blocks, size, within, x, log_scale, work, scratch)
        for k in range(3):
            row[k + 1] = x[k]
        used += spent * size
    _sort(starts[:count], count)
    return used


@kernel(inner=True)
def _cells(t, sums, start, lower, upper, log_scale, best, work, scratch, blocks, nodes, minima):
    """Compare the smooth cells around ``start`` on blocks of observations, and descend in the lowest.

    Fill ``minima`` (SSE, tc, m, omega); return how many, and the points visited. ``best`` is the lowest SSE
    known: what cannot come close to it is given up.
    """
    x, low, high = np.empty(3), scratch[14], scratch[15]
    reach = max(_REACH + 1.0, 0.75 * start[1])
    size, within = _summary(t, sums, start, reach, lower, upper, low, high, blocks)
    times, prices, sizes = blocks[0, :size], blocks[1, :size], blocks[2, :size]
    tolerance, evaluations, cells = _CELL
    for k in range(3):
        x[k] = start[k + 1]
    sse, _, used = refine(
        times, prices, sizes, log_scale, x, low, high, cells, tolerance, evaluations, np.inf, work, scratch
    )
    offset = estimate(blocks, size, within, x, log_scale, work, scratch) - sse
    minima[0, 0] = sse + offset
    for k in range(3):
        minima[0, k + 1] = x[k]
    bar = min(best - offset, sse)
    near = comb(times, prices, sizes, log_scale, x, low, high, _REACH, _WALL * bar, work, scratch, nodes)
    _sort(nodes, near)
    used += near
    count = 1
    for c in range(near):
        if count == minima.shape[0] or nodes[c, 0] > _SLACK * bar:
            break
        if _known(nodes, c, nodes[c]):
            continue
        for k in range(3):
            x[k] = nodes[c, k + 1]
        sse, _, spent = refine(
            times, prices, sizes,
            log_scale, x, low, high, cells, tolerance, evaluations, _CLOSE * bar, work, scratch,
        )  # fmt: skip
        used += spent
        minima[count, 0] = sse + offset
        for k in range(3):
            minima[count, k + 1] = x[k]
        count += 1
        bar = min(bar, sse)
    return count, used * size


@kernel(inner=True)
def _known(rows, count, row):
    """Tell whether a solution is practically one of the first rows."""
    known = False
    for other in range(count):
        known = known or not _apart(row, rows[other], _SAME[0], _SAME[1], _SAME[2])
    return known


@kernel(inner=True)
def _finish(t, y, lower, upper, log_scale, minima, count, work, scratch, out):
    """Descend from the leading minima on all observations and write the best; return the points visited.

    A row of ``minima`` is (SSE, tc, m, omega, basin). The second minimum is the lowest of another basin.
    """
    seen, ones, x = np.empty((count, 5)), np.ones(t.size), np.empty(3)
    _sort(minima, count)
    best, first = np.inf, minima[0, 0]
    used, solved = 0, 0
    tolerance, evaluations, cells = _FINE
    for b in range(count):
        if solved and minima[b, 0] > _CLOSE * max(first, best):  # what blocks tell may be too low
            break
        if _known(seen, solved, minima[b]):
            minima[b, 0] = np.inf
            continue
        for k in range(4):
            seen[solved, k] = minima[b, k]
        solved += 1
        for k in range(3):
            x[k] = minima[b, k + 1]
        sse, converged, spent = refine(
            t, y, ones, log_scale, x, lower, upper, cells, tolerance, evaluations, best, work, scratch
        )
        used += spent
        minima[b, 0] = sse
        for k in range(3):
            minima[b, k + 1] = x[k]
        if sse < best:
            best = sse
            out[TC], out[M], out[OMEGA], out[CONVERGED] = x[0], x[1], x[2], converged
    _sort(minima, count)
    out[SECOND], spent = _second(t, y, ones, lower, upper, log_scale, minima, count, work, scratch)
    return (used + spent) * t.size


@kernel(inner=True)
def _second(t, y, ones, lower, upper, log_scale, minima, count, work, scratch):
    """Return the lowest SSE of another basin than the first row's, NaN if there is none, and the evaluations.

    A candidate that descends into the first basin after all is none.
    """
    far = 0.05 * (t[-1] - t[0]) + 1.0
    trial, x, used, tried = np.empty(4), np.empty(3), 0, 0
    tolerance, evaluations, cells = _NEXT
    for b in range(1, count):
        lowest = True  # of its basin
        for other in range(b):
            lowest = lowest and minima[other, 4] != minima[b, 4]
        if not lowest or not _apart(minima[b], minima[0], far, 0.3, 0.5):
            continue
        for k in range(3):
            x[k] = minima[b, k + 1]
        sse, _, spent = refine(
            t, y, ones, log_scale, x, lower, upper, cells, tolerance, evaluations, np.inf, work, scratch
        )
        used += spent
        tried += 1
        for k in range(3):
            trial[k + 1] = x[k]
        if _apart(trial, minima[0], far, 0.3, 0.5):
            return sse, used
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
    scratch, nodes, found = np.empty((16, 4)), np.empty((8 * _REACH + 8, 4)), np.empty((STARTS, 4))
    minima = np.empty((STARTS * _MINIMA, 5))  # SSE, tc, m, omega, and the number of the basin
    running_sums(t, y, sums)
    used = _first_descents(t, sums, starts, count, lower, upper, log_scale, work, scratch, blocks)
    kept, many, best = 0, 0, np.inf
    for b in range(count):
        known = False
        for other in range(kept):
            known = known or not _apart(starts[b], found[other], 1.0, 0.1, 0.2)
        if known:
            continue
        for k in range(4):
            found[kept, k] = minima[many, k] = starts[b, k]
        kept += 1
        new = 1
        if starts[b, 0] <= _RIVAL * best:
            room = minima[many : many + _MINIMA]
            new, spent = _cells(
                t, sums, starts[b], lower, upper, log_scale, best, work, scratch, blocks, nodes, room
            )
            used += spent
            for c in range(many, many + new):
                best = min(best, minima[c, 0])
        for c in range(many, many + new):
            minima[c, 4] = kept
        many += new
    used += _finish(t, y, lower, upper, log_scale, minima, many, work, scratch, out)
    out[EVALUATIONS] = used / t.size

"""Compiled global search of one window: the separated basins of its grid map, and their refinement."""

import numpy as np

from lppl._kernels.arithmetic import log
from lppl._kernels.columns import CONVERGED, EVALUATIONS, OMEGA, SECOND, TC, M
from lppl._kernels.jit import kernel
from lppl._kernels.refine import comb, refine

STARTS = 8  # grid basins refined a little
# Tolerance, evaluations, and whether the descent minds the cells: at first, in a cell, in the best cell.
_FIRST, _CELL, _FINE = (1e-4, 6, False), (1e-4, 6, True), (1e-10, 100, True)
_RIVAL = 1.03  # a basin this much above the best after the first descent is not refined further
_REACH, _WALL = 16, 1.04  # cells compared on each side of a basin inside the sample, and where to stop
_CELLS, _SLACK = 4, 1.003  # cells refined at most, and how far above the best a prediction may lie


@kernel
def basins(best, power, horizons, powers, omega_low, omega_step, starts):
    """Fill ``starts`` (SSE, tc, m, omega) with the lowest local minima of a window's map; return how many."""
    rows, lanes = best.shape
    count = 0
    for h in range(rows):
        for j in range(lanes):
            value = best[h, j]
            if not value < np.inf:
                continue
            if count == starts.shape[0] and value >= starts[count - 1, 0]:
                continue
            lowest = True
            for dh in range(-1, 2):
                for dj in range(-1, 2):
                    a, b = h + dh, j + dj
                    if 0 <= a < rows and 0 <= b < lanes and best[a, b] < value:
                        lowest = False
            if not lowest:
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
def _solve_basin(t, y, x, lower, upper, log_scale, work, scratch, nodes, row):
    """Compare the smooth cells around ``x`` and keep the best minimum in ``row``; return the evaluations."""
    used = comb(t, y, log_scale, x, lower, upper, _REACH, _WALL, work, scratch, nodes)
    _sort(nodes, used)
    tried = min(used, _CELLS)
    for c in range(-1, tried + 1):
        last = c == tried
        if 0 <= c < tried:
            if nodes[c, 0] > _SLACK * row[0]:
                continue
            for k in range(3):
                x[k] = nodes[c, k + 1]
        elif last:
            for k in range(3):
                x[k] = row[k + 1]
        tolerance, evaluations, cells = _FINE if last else _CELL
        sse, converged, count = refine(
            t, y, log_scale, x, lower, upper, cells, tolerance, evaluations, work, scratch
        )
        used += count
        if sse < row[0] or last:
            row[0], row[4] = sse, converged
            for k in range(3):
                row[k + 1] = x[k]
    return used


@kernel
def solve_window(t, y, starts, count, lower, upper, out):
    """Refine the basins of one window; ``starts`` (from :func:`basins`) are overwritten.

    Write tc, m, omega and how they were found into ``out``; the linear parameters are left to
    :func:`lppl._kernels.linear.finish`.
    """
    span = t[-1] - t[0]
    log_scale = log(max(span, 1.0))
    work, scratch = np.empty((5, t.size)), np.empty((14, 3 + 1))
    nodes, found = np.empty((4 * _REACH + 4, 4)), np.empty((STARTS, 5))
    x = np.empty(3)
    used = 0
    for b in range(count):
        for k in range(3):
            x[k] = starts[b, k + 1]
        tolerance, evaluations, cells = _FIRST
        starts[b, 0], _, spent = refine(
            t, y, log_scale, x, lower, upper, cells, tolerance, evaluations, work, scratch
        )
        used += spent
        for k in range(3):
            starts[b, k + 1] = x[k]
    _sort(starts, count)
    kept, best = 0, np.inf
    for b in range(count):
        known = False
        for other in range(kept):
            known = known or not _apart(starts[b], found[other], 1.0, 0.1, 0.2)
        if known:
            continue
        row = found[kept]
        for k in range(4):
            row[k] = starts[b, k]
        row[4] = 0.0
        kept += 1
        if row[0] > _RIVAL * best:
            continue
        for k in range(3):
            x[k] = row[k + 1]
        used += _solve_basin(t, y, x, lower, upper, log_scale, work, scratch, nodes, row)
        best = min(best, row[0])
    _sort(found, kept)
    out[TC], out[M], out[OMEGA] = found[0, 1], found[0, 2], found[0, 3]
    out[CONVERGED] = found[0, 4]
    out[EVALUATIONS] = used
    out[SECOND] = np.nan
    for b in range(kept - 1, 0, -1):
        if _apart(found[b], found[0], 0.05 * span + 1.0, 0.3, 0.5):
            out[SECOND] = found[b, 0]

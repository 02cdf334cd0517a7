"""Compiled global search of one window: separated basins of its grid map, refinement, final linear solve."""

import math

import numpy as np

from lppl._jit import REDUCTION, kernel
from lppl._kernels import TAU_MIN, exp, log, sincos
from lppl._refine import comb, refine

# Columns of one window's result.
SSE, TC, M, OMEGA, A, B, C1, C2, SECOND, CONVERGED, EVALUATIONS, MAX_ERROR, MAX_RELATIVE = range(13)
COLUMNS = 13

STARTS = 8  # grid basins refined a little
_COARSE = (1e-4, 6)  # tolerance and evaluations of the first descent
_FINE = (1e-10, 100)
_RIVAL = 1.03  # a basin this much above the best after the first descent is not refined further
_REACH, _WALL = 16, 1.04  # cells compared on each side of a basin inside the sample, and where to stop
_CELLS, _SLACK = 6, 1.01  # cells refined at most, and how far above the best a prediction may lie


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


@kernel(flags=REDUCTION, inner=True)
def _dot(u, v):
    total = 0.0
    for i in range(u.size):
        total += u[i] * v[i]
    return total


@kernel(inner=True)
def _orthogonal_solve(t, y, tc, m, omega, log_scale, q, r, coefficients):
    """Solve the linear parameters by twice-iterated Gram-Schmidt; ``q`` (5, n) ends as Q' and residuals."""
    n = t.size
    for i in range(n):
        ln = log(max(abs(tc - t[i]), TAU_MIN)) - log_scale
        f = exp(m * ln)
        s, c = sincos(omega * ln)
        q[0, i] = 1.0
        q[1, i] = (f - 1.0) / m
        q[2, i] = f * c
        q[3, i] = f * s
        q[4, i] = y[i]
    for k in range(5):
        for j in range(5):
            r[j, k] = 0.0
    for k in range(5):
        before = math.sqrt(_dot(q[k], q[k]))
        for _ in range(2):
            for j in range(k):
                share = _dot(q[j], q[k])
                r[j, k] += share
                for i in range(n):
                    q[k, i] -= share * q[j, i]
        if k < 4:
            norm = math.sqrt(_dot(q[k], q[k]))
            r[k, k] = norm if norm > 1e-12 * before else 0.0
            inverse = 1.0 / norm if r[k, k] > 0.0 else 0.0
            for i in range(n):
                q[k, i] *= inverse
    for k in range(3, -1, -1):
        value = r[k, 4]
        for j in range(k + 1, 4):
            value -= r[k, j] * coefficients[j]
        coefficients[k] = value / r[k, k] if r[k, k] > 0.0 else 0.0
    return _dot(q[4], q[4])


@kernel(inner=True)
def _finish(t, y, level, log_prices, tc, m, omega, log_scale, work, row):
    """Write one window's solution in natural units: linear solve, SSE from residuals, largest errors."""
    r, coefficients = np.empty((5, 5)), np.empty(4)
    n = t.size
    row[SSE] = _orthogonal_solve(t, y, tc, m, omega, log_scale, work, r, coefficients)
    a, b, c1, c2 = coefficients
    shrink = exp(-m * log_scale)
    s, c = sincos(omega * log_scale)
    row[TC], row[M], row[OMEGA] = tc, m, omega
    row[A] = a - b / m + level
    row[B] = b / m * shrink
    row[C1] = shrink * (c1 * c - c2 * s)
    row[C2] = shrink * (c1 * s + c2 * c)
    largest = relative = 0.0
    for i in range(n):
        error = work[4, i]
        largest = max(largest, abs(error))
        if log_prices:
            relative = max(relative, abs(math.exp(error) - 1.0))
        else:
            relative = max(relative, abs(error / (y[i] + level - error)))
    row[MAX_ERROR] = largest
    row[MAX_RELATIVE] = relative


@kernel(inner=True)
def _solve_basin(t, y, x, lower, upper, log_scale, work, scratch, nodes, row):
    """Compare the smooth cells around ``x`` and keep the best minimum in ``row``; return the evaluations."""
    used = comb(t, y, log_scale, x, lower, upper, _REACH, _WALL, work, scratch, nodes)
    _sort(nodes, used)
    cells = min(used, _CELLS)
    for c in range(-1, cells + 1):
        last = c == cells
        if 0 <= c < cells:
            if nodes[c, 0] > _SLACK * row[0]:
                continue
            for k in range(3):
                x[k] = nodes[c, k + 1]
        elif last:
            for k in range(3):
                x[k] = row[k + 1]
        tolerance, evaluations = _FINE if last else _COARSE
        sse, converged, count = refine(
            t, y, log_scale, x, lower, upper, True, tolerance, evaluations, work, scratch
        )
        used += count
        if sse < row[0] or last:
            row[0], row[4] = sse, converged
            for k in range(3):
                row[k + 1] = x[k]
    return used


@kernel
def solve_window(t, y, level, log_prices, starts, count, lower, upper, out):
    """Refine the basins of one window and write its row; ``starts`` (from :func:`basins`) are overwritten."""
    span = t[-1] - t[0]
    log_scale = log(max(span, 1.0))
    work, scratch = np.empty((5, t.size)), np.empty((14, 3 + 1))
    nodes, found = np.empty((4 * _REACH + 4, 4)), np.empty((STARTS, 5))
    x = np.empty(3)
    used = 0
    for b in range(count):
        for k in range(3):
            x[k] = starts[b, k + 1]
        tolerance, evaluations = _COARSE
        starts[b, 0], _, evaluations = refine(
            t, y, log_scale, x, lower, upper, False, tolerance, evaluations, work, scratch
        )
        used += evaluations
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
    _finish(t, y, level, log_prices, found[0, 1], found[0, 2], found[0, 3], log_scale, work, out)
    out[CONVERGED] = found[0, 4]
    out[EVALUATIONS] = used
    out[SECOND] = np.nan
    for b in range(kept - 1, 0, -1):
        if _apart(found[b], found[0], 0.05 * span + 1.0, 0.3, 0.5):
            out[SECOND] = found[b, 0]

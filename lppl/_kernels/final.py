"""Compiled end of the search of one window: the leading minima on all observations, the second."""

import numpy as np

from lppl._kernels.columns import CONVERGED, OMEGA, SECOND, TC, M
from lppl._kernels.descents import FINE, NEXT, fine
from lppl._kernels.jit import kernel
from lppl._kernels.minima import above, apart, known, sort
from lppl._kernels.refine import HOP, cell

CLOSE = (1.005, 1.0)  # minima on blocks this much above the best are descended on all observations
_HOPE = 1.001  # a descent is given up where its prediction stays this much above the best
_TRIED = 4  # candidates for the second minimum


@kernel(inner=True)
def finish(t, whole, lower, upper, log_scale, minima, count, second, work, scratch, out):
    """Descend from the leading minima on all observations and write the best; return the points visited.

    A row of ``minima`` is (SSE, tc, m, omega, basin). The second minimum, where ``second`` asks for it, is
    the lowest of another basin.
    """
    seen, x = np.empty((count, 5)), np.empty(3)
    sort(minima, count)
    best, first = np.inf, minima[0, 0]
    used, solved, home = np.int64(0), np.int64(0), scratch[20]
    for b in range(count):
        # What blocks tell may be too low.
        if solved and minima[b, 0] > above(CLOSE, t.size) * max(first, best):
            break
        if known(t, seen, solved, minima[b]):
            minima[b, 0] = np.inf
            continue
        for k in range(4):
            seen[solved, k] = minima[b, k]
        solved += 1
        for k in range(3):
            x[k] = minima[b, k + 1]
        sse, converged, spent = fine(
            whole, FINE, lower, upper, log_scale, _HOPE * best, home, x, work, scratch
        )
        used += spent * t.size
        minima[b, 0] = sse
        for k in range(3):
            minima[b, k + 1] = x[k]
        if sse < best:
            best, home = sse, minima[b]
            out[TC], out[M], out[OMEGA], out[CONVERGED] = x[0], x[1], x[2], converged
    used += _across(t, whole, lower, upper, log_scale, minima, count, best, work, scratch, out)
    if not second:
        out[SECOND] = np.nan
        return used
    sort(minima, count)
    out[SECOND], spent = _second(t, whole, lower, upper, log_scale, minima, count, work, scratch)
    return used + spent


@kernel(inner=True)
def _across(t, whole, lower, upper, log_scale, minima, count, best, work, scratch, out):
    """Step over both ends of the best minimum's cell while that lowers it; return the points visited.

    Minima often lie in pairs on both sides of a kink: blocks may have told of one only.
    """
    x, used, first = np.empty(3), 0, 0
    for b in range(1, count):
        first = b if minima[b, 0] < minima[first, 0] else first
    moved = True
    while moved:
        moved = False
        low, high = cell(t, minima[first, 1])
        for edge in (low - HOP, high + HOP):
            if not (lower[0] < edge < upper[0]):
                continue
            x[0], x[1], x[2] = edge, minima[first, 2], minima[first, 3]
            sse, converged, spent = fine(
                whole,
                FINE,
                lower,
                upper,
                log_scale,
                above(CLOSE, t.size) * best,
                minima[first],
                x,
                work,
                scratch,
            )
            used += spent * t.size
            if sse < best * (1.0 - FINE[0]):
                best, moved = sse, True
                minima[first, 0] = sse
                for k in range(3):
                    minima[first, k + 1] = x[k]
                out[TC], out[M], out[OMEGA], out[CONVERGED] = x[0], x[1], x[2], converged
                break
    return used


@kernel(inner=True)
def _second(t, whole, lower, upper, log_scale, minima, count, work, scratch):
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
        for k in range(3):
            x[k] = minima[b, k + 1]
        sse, _, spent = fine(whole, NEXT, lower, upper, log_scale, np.inf, scratch[20], x, work, scratch)
        used += spent * t.size
        tried += 1
        for k in range(3):
            trial[k + 1] = x[k]
        if apart(trial, minima[0], far, 0.3, 0.5):
            return sse, used
        if tried == _TRIED:
            break
    return np.nan, used

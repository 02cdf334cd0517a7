"""Compiled end of the search of one window: the leading minima settled, the second, the best on all."""

import numpy as np

from lppl._kernels.arithmetic import evaluate
from lppl._kernels.columns import CONVERGED, OMEGA, SECOND, TC, M
from lppl._kernels.descents import around, coarse, fine
from lppl._kernels.jit import kernel
from lppl._kernels.minima import above, apart, known, sort
from lppl._kernels.quadrature import gather
from lppl._kernels.refine import HOP, cell, refine

CLOSE = (1.005, 1.0)  # minima this much above the best are settled
_HOPE = 1.001  # a descent is given up where its prediction stays this much above the best
_EXACT = 1.0005  # what nodes tell of a minimum may be wrong by less: such rivals are descended on all
_TRIED = 4  # candidates for the second minimum
_SETTLE, _SKETCH = (1e-10, 100, True, False), (1e-6, 100, True, True)  # in double precision, in single
_BLUR = 1.00002  # what single precision tells of a minimum may be wrong by less
_FAR = 1.01  # a descent beside the best minimum is given up where its prediction stays this much above
_PLACES, _BESIDE, _BETTER = 4, 2.0, 1e-9  # of a cell tried, what nodes resolve beside it, and what counts
_AROUND = 8.0  # time units of tc in which nodes resolve a minimum and what is next to it


@kernel(inner=True, views=True)
def finish(
    t, y, nodes, whole, lower, upper, log_scale, minima, count, second, rough, work, scratch, summary, seen,
    out,
):  # fmt: skip
    """Settle the leading minima, write the best on all observations; return the points visited.

    A row of ``minima`` is (SSE, tc, m, omega, basin). The second minimum, where ``second`` asks for it, is
    the lowest of another basin.
    """
    x = scratch[21]
    sort(minima, count)
    best, used, solved, home = np.inf, np.int64(0), np.int64(0), scratch[20]
    how = _SKETCH if rough else _SETTLE
    for b in range(count):
        if minima[b, 0] > above(CLOSE, t.size) * best:
            break
        if known(t, seen, solved, minima[b]):
            minima[b, 0] = np.inf
            continue
        for k in range(4):
            seen[solved, k] = minima[b, k]
        solved += 1
        used += _settle(
            t, y, nodes, lower, upper, log_scale, how, _HOPE * best, minima[b], x, work, scratch, summary
        )
        if minima[b, 0] < best:
            best = minima[b, 0]
            for k in range(4):
                home[k] = minima[b, k]
    sort(minima, count)
    if rough:
        used += _settle(
            t, y, nodes, lower, upper, log_scale, _SETTLE, np.inf, minima[0], x, work, scratch, summary
        )
        for k in range(4):
            home[k] = minima[0, k]
    used += _across(t, y, nodes, lower, upper, log_scale, rough, minima[0], x, work, scratch, summary)
    for k in range(4):
        home[k] = np.inf
    out[SECOND] = np.nan
    if second:
        used += _second(
            t, y, nodes, whole, lower, upper, log_scale, minima, count, x, work, scratch, summary, out
        )
    best = np.inf
    for b in range(count):
        if minima[b, 0] > _EXACT * minima[0, 0]:
            break
        if known(t, minima, b, minima[b]):
            continue
        for k in range(3):
            x[k] = minima[b, k + 1]
        sse, converged, spent = fine(whole, t.size, lower, upper, log_scale, best, home, x, work, scratch)
        used += spent * t.size
        if sse < best:
            best = sse
            out[TC], out[M], out[OMEGA], out[CONVERGED] = x[0], x[1], x[2], converged
    return used


@kernel(inner=True, views=True)
def _settle(t, y, nodes, lower, upper, log_scale, how, ceiling, row, x, work, scratch, summary):
    """Descend from a row (SSE, tc, m, omega) to its minimum, on nodes; return the points visited."""
    row[0], size, spent = coarse(
        t, y, nodes, row, _AROUND, how, lower, upper, log_scale, ceiling, x, work, scratch, summary
    )
    for k in range(3):
        row[k + 1] = x[k]
    return spent * size


@kernel(inner=True, views=True)
def _across(t, y, nodes, lower, upper, log_scale, rough, leader, x, work, scratch, summary):
    """Try other places of the best minimum's cell and of the cells beside it; return the points visited.

    Inside the sample a cell has several minima, and minima lie in pairs on both sides of a kink. What lowers
    the SSE is the best from then on, and its own neighbours are tried.
    """
    home, low, high = scratch[20], scratch[14], scratch[15]
    used, moved = np.int64(0), True
    while moved:
        moved = False
        first, last = cell(t, leader[1])
        around(leader[1], _BESIDE + last - first, lower, upper, low, high)
        size, rest = gather(t, y, nodes, low[0], high[0], leader[3], work, summary)
        for side in range(-1, 2):
            start, end = first, last
            if side:
                start, end = cell(t, first - HOP if side < 0 else last + HOP)
            for place in range(_PLACES):
                x[0], x[1], x[2] = start + (end - start) * place / (_PLACES - 1.0), leader[2], leader[3]
                if moved or not (low[0] < x[0] < high[0]):
                    continue
                if rough:
                    sse, done, spent = refine(
                        summary[0, :size], summary[1, :size], summary[2, :size], rest, log_scale, x, low,
                        high, _SKETCH, _FAR * leader[0], home, work, scratch,
                    )  # fmt: skip
                    used += spent * size
                    if not done or sse > _BLUR * leader[0]:
                        continue
                sse, _, spent = refine(
                    summary[0, :size], summary[1, :size], summary[2, :size], rest, log_scale, x, low, high,
                    _SETTLE, leader[0] if rough else _FAR * leader[0], home, work, scratch,
                )  # fmt: skip
                used += spent * size
                if sse < leader[0] * (1.0 - _BETTER):
                    moved = True
                    leader[0] = home[0] = sse
                    for k in range(3):
                        leader[k + 1] = home[k + 1] = x[k]
    return used


@kernel(inner=True, views=True)
def _second(t, y, nodes, whole, lower, upper, log_scale, minima, count, x, work, scratch, summary, out):
    """Write the lowest SSE of another basin than the first row's, if there is one; return points visited.

    A candidate that descends into the first basin after all is none.
    """
    far = 0.05 * (t[-1] - t[0]) + 1.0
    trial, used, tried = scratch[22], np.int64(0), 0
    for b in range(1, count):
        lowest = True  # of its basin
        for other in range(b):
            lowest = lowest and minima[other, 4] != minima[b, 4]
        if not lowest or not apart(minima[b], minima[0], far, 0.3, 0.5):
            continue
        for k in range(4):
            trial[k] = minima[b, k]
        used += _settle(
            t, y, nodes, lower, upper, log_scale, _SETTLE, np.inf, trial, x, work, scratch, summary
        )
        tried += 1
        if apart(trial, minima[0], far, 0.3, 0.5):
            out[SECOND] = evaluate(
                whole[0, : t.size], whole[1, : t.size], whole[2, : t.size], x[0], x[1], x[2],
                log_scale, work[0], scratch[0], scratch[5:8], scratch[4],
            )  # fmt: skip
            return used + t.size
        if tried == _TRIED:
            break
    return used

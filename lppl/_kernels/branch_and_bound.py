"""Compiled branch and bound: no (tc, m, omega) of a box has an SSE below a target."""

import numpy as np

from lppl._kernels.cell_bounds import cell_bound
from lppl._kernels.cell_damped import damped_cell_bound
from lppl._kernels.cell_tables import ROWS
from lppl._kernels.jit import kernel
from lppl._kernels.sums import TAU_MIN

ROUNDING = 1e-9  # of the SSE: what rounding may add to a bound
_DEPTH = 2000  # cells that wait at most
_SMALLEST = 1e-10  # a cell no larger is not split: it stays unproven


@kernel(inner=True)
def _kink(t, low, high):
    """Return the kink nearest to the middle, the middle if there is none."""
    middle = 0.5 * (low + high)
    best, margin = np.inf, 1e-9 * (high - low)
    first = np.searchsorted(t, low - TAU_MIN)
    last = np.searchsorted(t, high + TAU_MIN, side="right")
    for i in range(first, last):
        for place in (t[i] - TAU_MIN, t[i] + TAU_MIN):
            if low + margin < place < high - margin and abs(place - middle) < abs(best - middle):
                best = place
    return best if best < np.inf else middle


@kernel
def branch_and_bound(t, y, lower, upper, damping, target, lower_than, budget, point):
    """Return (lowest bound proved, cells bounded): at least ``target`` if the whole box was seen.

    ``t`` are relative to the window's end. The search ends at the first centre of a cell whose SSE lies
    below ``lower_than``, which is above the target: ``point`` takes SSE, tc, m, omega. It also ends after
    ``budget`` cells.
    """
    work, out = np.empty((ROWS, t.size)), np.empty(4)
    stack, centre, half = np.empty((_DEPTH, 7)), np.empty(3), np.empty(3)
    mean = y.mean()
    centred = y - mean
    stack[0, 0] = 0.0
    for k in range(3):
        stack[0, 1 + k], stack[0, 4 + k] = lower[k], upper[k]
    size, used, least = 1, 0, np.inf
    point[0] = np.inf
    while size > 0 and used < budget and size < _DEPTH:
        size -= 1
        for k in range(3):
            low, high = stack[size, 1 + k], stack[size, 4 + k]
            centre[k], half[k] = 0.5 * (low + high), 0.5 * (high - low)
        bound = cell_bound(t, centred, centre, half, work, out)
        if damping > 0.0:
            out[0] = np.nan
            if bound < target * (1.0 + ROUNDING):
                bound = max(bound, damped_cell_bound(t, centred, centre, half, damping, work, out))
        used += 1
        if out[0] < lower_than:
            point[0] = out[0]
            for k in range(3):
                point[1 + k] = centre[k]
            return 0.0, used
        bound = max(
            bound - ROUNDING * out[0] if out[0] == out[0] else bound * (1.0 - ROUNDING), stack[size, 0]
        )
        if bound >= target:
            least = min(least, bound)
            continue
        k = 0
        for other in (1, 2):
            if out[1 + other] > out[1 + k]:
                k = other
        low, high = stack[size, 1 + k], stack[size, 4 + k]
        if half[k] <= _SMALLEST * (1.0 + abs(centre[k])):
            least = min(least, bound)
            continue
        place = _kink(t, low, high) if k == 0 else 0.5 * (low + high)
        for c in range(7):
            stack[size + 1, c] = stack[size, c]
        stack[size, 0] = stack[size + 1, 0] = bound
        stack[size, 4 + k] = place
        stack[size + 1, 1 + k] = place
        size += 2
    for c in range(size):
        least = min(least, stack[c, 0])
    return least, used

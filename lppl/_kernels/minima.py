"""Compiled handling of local minima, rows (SSE, tc, m, omega): found on a map, ordered, told apart."""

import numpy as np

from lppl._kernels.jit import ELEMENTWISE, kernel
from lppl._kernels.refine import SAME, same_cell

_SHADOW = 1.05  # a minimum along tc counts if the frequencies beside it are lower by less: it may be a basin


@kernel("void(f4[:, ::1], i8, i8, f4[::1], f4[::1], u1[::1])", flags=ELEMENTWISE, inner=True, views=True)
def _lowest_around(best, h, stride, column, around, minimal):
    """Fill ``around`` with the smallest of the nine values around every cell of one row of a map.

    ``minimal`` says where the row is a minimum along tc, with nothing much lower beside it.
    """
    lanes = best.shape[1]
    before = h - stride if h >= stride else h
    after = h + stride if h + stride < best.shape[0] else h
    for j in range(lanes):
        value = best[h, j]
        value = best[before, j] if best[before, j] < value else value
        value = best[after, j] if best[after, j] < value else value
        column[j + 1] = value
    for j in range(lanes):
        value = column[j + 1]
        value = column[j] if column[j] < value else value
        value = column[j + 2] if column[j + 2] < value else value
        around[j] = value
    for j in range(lanes):
        value = best[h, j]
        minimal[j] = (value < np.inf) & (column[j + 1] >= value) & (_SHADOW * around[j] >= value)


@kernel("i8(f8[:, ::1], i8, f8, f8, f8, f8)", inner=True, views=True)
def _keep(rows, count, value, tc, m, omega):
    """Insert a minimum into the first ``count`` rows, lowest first; return how many there are then."""
    room = rows.shape[0]
    if room == 0 or (count == room and value >= rows[count - 1, 0]):
        return count
    place = count if count < room else count - 1
    while place > 0 and rows[place - 1, 0] > value:
        for k in range(4):
            rows[place, k] = rows[place - 1, k]
        place -= 1
    rows[place, 0], rows[place, 1], rows[place, 2], rows[place, 3] = value, tc, m, omega
    return min(count + 1, room)


@kernel
def basins(best, power, horizons, powers, omega_low, omega_step, stride, most, starts, shadows):
    """Fill ``starts`` (SSE, tc, m, omega) with the lowest local minima of a window's map; return how many.

    ``shadows`` takes the minima along tc alone, beside a frequency that is a little lower; the second number
    returned is theirs. Neither keeps a value above the lowest times the first of ``most`` plus its second.
    Inside the sample, rows ``stride`` apart are neighbours: 2 where nodes lie on and between observations by
    turns, whose minima differ.
    """
    rows, lanes = best.shape
    column, around = np.full(lanes + 2, np.inf, np.float32), np.empty(lanes, np.float32)
    minimal = np.empty(lanes, np.uint8)
    lowest = np.inf
    count = hidden = np.int64(0)  # a literal 0 would be compiled for once more
    for h in range(rows):
        tc = horizons[h]
        _lowest_around(best, h, stride if tc < 0.0 else 1, column, around, minimal)
        for j in range(lanes):
            if not minimal[j]:
                continue
            value, m, omega = best[h, j], powers[power[h, j]], omega_low + j * omega_step
            lowest = min(lowest, value)
            if around[j] < value:
                hidden = _keep(shadows, hidden, value, tc, m, omega)
            else:
                count = _keep(starts, count, value, tc, m, omega)
    limit = most[0] * lowest + most[1]
    while count > 0 and starts[count - 1, 0] > limit:
        count -= 1
    while hidden > 0 and shadows[hidden - 1, 0] > limit:
        hidden -= 1
    return count, hidden


@kernel(inner=True, views=True)
def sort(rows, count):
    """Sort the first rows by their first column, stably."""
    for i in range(1, count):
        j = i
        while j > 0 and rows[j - 1, 0] > rows[j, 0]:
            for k in range(rows.shape[1]):
                rows[j - 1, k], rows[j, k] = rows[j, k], rows[j - 1, k]
            j -= 1


@kernel(views=True)
def sort_lowest(rows, count, limit):
    """Sort the rows up to ``limit`` to the front; return how many. The others follow in any order."""
    low = np.int64(0)
    for i in range(count):
        if rows[i, 0] <= limit:
            for k in range(rows.shape[1]):
                rows[low, k], rows[i, k] = rows[i, k], rows[low, k]
            low += 1
    sort(rows, low)
    return low


@kernel(inner=True, views=True)
def above(bar, n):
    """Return how far above the best counts, in a window of ``n`` observations."""
    return bar[0] + bar[1] / n


@kernel(inner=True, views=True)
def apart(one, other, tc, m, omega):
    """Tell whether two solutions (SSE, tc, m, omega) differ by more than the given distances."""
    return abs(one[1] - other[1]) > tc or abs(one[2] - other[2]) > m or abs(one[3] - other[3]) > omega


@kernel(inner=True, views=True)
def known(t, rows, count, row):
    """Tell whether a solution is practically one of the first rows."""
    for other in range(count):
        if not apart(row, rows[other], SAME[0], SAME[1], SAME[2]) and same_cell(t, row[1], rows[other, 1]):
            return True
    return False

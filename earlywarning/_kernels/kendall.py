"""Kendall's tau against time in O(n log n), with few branches that data decide: null paths are all new."""

import math

import numpy as np

from earlywarning._kernels.jit import kernel

_RUN = 16  # values that are sorted by exchanges of neighbours, many runs side by side


@kernel(inner=True)
def _sort_runs(a, room):
    """Sort each run of ``a`` in place; return how often neighbours were exchanged, once an inversion."""
    n, many = a.size, room.shape[1]
    for run in range(many):
        for k in range(_RUN):
            t = run * _RUN + k
            room[k, run] = a[t] if t < n else np.inf
    exchanges = 0
    for last in range(_RUN - 1, 0, -1):
        for k in range(last):
            low, high = room[k], room[k + 1]
            for run in range(many):
                x, y = low[run], high[run]
                exchanges += 1 if x > y else 0
                low[run] = y if x > y else x
                high[run] = x if x > y else y
    for t in range(n):
        a[t] = room[t % _RUN, t // _RUN]
    return exchanges


@kernel(inner=True)
def _merge(left, right, out):
    """Merge two sorted runs from both ends at once; return how many pairs are inverted between them."""
    i, j, p, q = 0, 0, left.size - 1, right.size - 1
    back, shorter, inversions = left.size + right.size - 1, min(left.size, right.size), 0
    for k in range(shorter):  # neither end can run out before
        x, y = left[i], right[j]
        first = y < x
        out[k] = y if first else x
        inversions += (left.size - i) if first else 0
        j += first
        i += not first
        x, y = left[p], right[q]
        last = y < x
        out[back - k] = x if last else y
        inversions += 0 if last else (left.size - 1 - p)
        p -= last
        q -= not last
    for k in range(shorter, back + 1 - shorter):
        if i <= p and (j > q or left[i] <= right[j]):
            out[k] = left[i]
            i += 1
        else:
            out[k] = right[j]
            inversions += left.size - i
            j += 1
    return inversions


@kernel(inner=True)
def _sort_counting(a, b, room):
    """Sort ``a`` by runs and merges with ``b`` as room; return the sorted array and the inversions."""
    n, width = a.size, _RUN
    inversions = _sort_runs(a, room)
    while width < n:
        for low in range(0, n, 2 * width):
            middle, high = min(low + width, n), min(low + 2 * width, n)
            if middle == high or a[middle - 1] <= a[middle]:  # rolling indicators have long rising runs
                for k in range(low, high):
                    b[k] = a[k]
            else:
                inversions += _merge(a[low:middle], a[middle:high], b[low:high])
        a, b = b, a
        width *= 2
    return a, inversions


@kernel
def kendall_tau(y):
    """Kendall tau-b of y against its own order in O(n log n); NaN is skipped; NaN if nothing varies."""
    values = np.empty(y.size)
    n = 0
    for value in y:
        if not math.isnan(value):
            values[n] = value
            n += 1
    room = np.empty((_RUN, (n + _RUN - 1) // _RUN))
    ordered, discordant = _sort_counting(values[:n], np.empty(n), room)
    tied = 0
    run = 0
    for i in range(1, n):
        run = run + 1 if ordered[i] == ordered[i - 1] else 0
        tied += run
    pairs = n * (n - 1) // 2
    if tied == pairs:
        return np.nan
    return (pairs - tied - 2.0 * discordant) / (math.sqrt(pairs) * math.sqrt(pairs - tied))


@kernel
def kendall_taus(rows, out):
    """Write the Kendall tau of each row to ``out``."""
    for i in range(rows.shape[0]):
        out[i] = kendall_tau(rows[i])

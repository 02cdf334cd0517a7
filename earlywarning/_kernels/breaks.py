"""Kernel of a break in a straight trend: the best split into two lines."""

import math

import numpy as np

from earlywarning._kernels.jit import kernel


@kernel
def _line_sse(n, st, sy, tt, ty, yy):
    """Return the sum of squares about the least-squares line, from sums."""
    ctt, cty, cyy = tt - st * st / n, ty - st * sy / n, yy - sy * sy / n
    return max(cyy - cty * cty / ctt, 0.0)


@kernel
def largest_break(y, shortest):
    """Return the sup-F of two separate lines against one, and the first position of the second line.

    Precondition: finite, mean near zero, ``2 <= shortest <= len(y) // 2``.
    """
    n = len(y)
    total = np.zeros(5)
    for t in range(n):
        total[0] += t
        total[1] += y[t]
        total[2] += t * t
        total[3] += t * y[t]
        total[4] += y[t] * y[t]
    one = _line_sse(n, total[0], total[1], total[2], total[3], total[4])
    best, place = math.inf, shortest
    left = np.zeros(5)
    for t in range(n - shortest):
        left[0] += t
        left[1] += y[t]
        left[2] += t * t
        left[3] += t * y[t]
        left[4] += y[t] * y[t]
        if t + 1 < shortest:
            continue
        two = _line_sse(t + 1, left[0], left[1], left[2], left[3], left[4]) + _line_sse(
            n - t - 1,
            total[0] - left[0],
            total[1] - left[1],
            total[2] - left[2],
            total[3] - left[3],
            total[4] - left[4],
        )
        if two < best:
            best, place = two, t + 1
    if not best > 1e-14 * total[4]:
        return math.inf, place
    return (one - best) / 2.0 / (best / (n - 4)), place


@kernel
def walk_breaks(steps, drift, chosen, shortest):
    """Return the sup-F of random walks whose steps are drawn in the order of each row of ``chosen``."""
    paths, n = chosen.shape
    out = np.empty(paths)
    y = np.empty(n + 1)
    for k in range(paths):
        y[0] = 0.0
        for t in range(n):
            y[t + 1] = y[t] + drift + steps[chosen[k, t]]
        out[k], _ = largest_break(y - np.mean(y), shortest)
    return out

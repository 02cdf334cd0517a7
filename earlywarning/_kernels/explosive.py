"""Recursive ADF t-statistics without lagged differences: every window of a series from running sums.

Row ``r`` regresses ``y[r+1] - y[r]`` on a constant and the level ``y[r]``; a window is a run of at least
``min_rows`` rows. Starts are taken in blocks whose last level lies inside every one of their windows; sums
run forward from there with that level as origin: no sum is ever a difference of large cumulative sums.
"""

import numpy as np

from earlywarning._kernels.jit import REDUCTION, kernel

BLOCK = 32
# A regression with 1 - R^2 below this, or a regressor with less of its own variation left, is degenerate.
DEGENERATE = 1e-12


@kernel("void(f8[::1], i8, f8, f8[::1], f8[::1], f8[::1])", flags=REDUCTION)
def _forward_sums(y, first, origin, level, square, step):
    """Fill the sums of level, level^2 and difference^2 over rows ``first..r``; r starts at ``first - 1``."""
    s_x, s_xx, s_zz = 0.0, 0.0, 0.0
    level[first - 1] = square[first - 1] = step[first - 1] = 0.0
    for r in range(first, len(y) - 1):
        x = y[r] - origin
        z = y[r + 1] - y[r]
        s_x += x
        s_xx += x * x
        s_zz += z * z
        level[r] = s_x
        square[r] = s_xx
        step[r] = s_zz


@kernel("void(f8[::1], f8, f8, i8, UniTuple(f8, 3), f8[::1], f8[::1], f8[::1], f8[::1])", flags=REDUCTION)
def _raise_path(last_level, origin, first, rows, head, level, square, step, best):
    """Raise ``best`` to the signed squared t of windows that share a start, from ``rows`` rows up."""
    h_level, h_square, h_step = head
    first_square = first * first
    for i in range(len(best)):
        m = float(rows + i)
        s_x = h_level + level[i]
        s_zz = h_step + step[i]
        last = last_level[i] - origin
        s_z = last - first
        # Summing level * difference telescopes.
        s_xz = 0.5 * (last * last - first_square - s_zz)
        xx = m * (h_square + square[i]) - s_x * s_x
        zz = m * s_zz - s_z * s_z
        xz = m * s_xz - s_x * s_z
        full = xx * zz
        rest = full - xz * xz
        t2 = (m - 2.0) * xz * abs(xz) / rest
        t2 = t2 if rest > DEGENERATE * full else -np.inf
        best[i] = t2 if t2 > best[i] else best[i]


@kernel("void(f8[::1], i8, i8, i8, f8[::1])", flags=REDUCTION)
def path_without_lags(y, min_rows, starts, ends, best):
    """Raise ``best`` to the largest signed squared t over the first ``starts`` starts, without lags.

    Only windows that end on one of the last ``ends`` rows are looked at.
    """
    rows = len(y) - 1
    level, square, step = np.empty(rows), np.empty(rows), np.empty(rows)
    block = min(BLOCK, min_rows)
    for begin in range(0, starts, block):
        end = min(begin + block, starts)
        origin = y[end - 1]
        _forward_sums(y, end, origin, level, square, step)
        s_x, s_xx, s_zz = 0.0, 0.0, 0.0
        for start in range(end - 1, begin - 1, -1):
            x = y[start] - origin
            z = y[start + 1] - y[start]
            s_x += x
            s_xx += x * x
            s_zz += z * z
            lo = max(start + min_rows - 1, rows - ends)
            size = lo - start + 1
            head = (s_x, s_xx, s_zz)
            _raise_path(y[lo + 1 :], origin, x, size, head, level[lo:], square[lo:], step[lo:], best[lo:])


@kernel
def integrate(shocks, ar, paths):
    """Fill ``paths`` (a column more than ``shocks``) with walks from zero; steps follow ``ar``."""
    steps = np.empty(shocks.shape[1])
    for i in range(shocks.shape[0]):
        level = 0.0
        paths[i, 0] = level
        for t in range(len(steps)):
            step = shocks[i, t]
            for j in range(min(len(ar), t)):
                step += ar[j] * steps[t - 1 - j]
            steps[t] = step
            level += step
            paths[i, t + 1] = level

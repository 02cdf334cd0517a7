"""Recursive Dickey-Fuller statistics by generalised least squares.

Row ``r`` holds the level ``y[r]`` and the step ``y[r+1] - y[r]`` with weight ``weight[r]``, one over the
variance of the step. The first level of a window is its origin, the estimate of a constant under a unit root.
"""

import numpy as np

from earlywarning._kernels.jit import kernel


@kernel("void(f8[::1], f8[::1], i8, i8, f8[::1])")
def path_by_gls(y, weight, min_rows, starts, best):
    """Raise ``best`` to the largest signed squared statistic over the first ``starts`` starts.

    Weights are finite, not negative, and zero where a step carries nothing.
    """
    rows = len(y) - 1
    for start in range(min(starts, rows - min_rows + 1)):
        origin = y[start]
        own, both = 0.0, 0.0
        for r in range(start, rows):
            level = y[r] - origin
            weighted = weight[r] * level
            own += weighted * level
            both += weighted * (y[r + 1] - y[r])
            if r - start + 1 >= min_rows and own > 0.0:
                squared = both * abs(both) / own
                best[r] = squared if squared > best[r] else best[r]


@kernel("void(f8[::1], f8[::1], b1, f8[::1])")
def smoothed(squares, kernel, before_only, out):
    """Fill weighted means of ``squares``; ``kernel[d]`` weighs what lies ``d`` places away.

    ``kernel[0]`` may be zero, which leaves the own place out; a mean of no weight is NaN.
    """
    n, reach = len(squares), len(kernel)
    for t in range(n):
        total, weight = 0.0, 0.0
        for d in range(min(reach, t + 1)):
            total += kernel[d] * squares[t - d]
            weight += kernel[d]
        if not before_only:
            for d in range(1, min(reach, n - t)):
                total += kernel[d] * squares[t + d]
                weight += kernel[d]
        out[t] = total / weight if weight > 0.0 else np.nan

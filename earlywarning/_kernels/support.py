"""Kernel of rising lines through earlier lows: drawn when a low is confirmed, held until they break."""

import math

import numpy as np

from earlywarning._kernels.jit import kernel


@kernel
def support_lines(x, swing, margin, warm, back):
    """Return rising lines under earlier values, shape (k, 6): each drawn at a confirmed low and held.

    A row: position of the earlier low, of the later one, of the drawing, of the break (-1 while it holds),
    level at the later low, slope. A low is confirmed when x has risen by ``swing`` standard deviations of the
    steps before it. Its line goes back to that value of the ``back`` before it under which none lies; it is
    drawn if it rises, and breaks when x lies ``margin`` deviations below it. Nothing after t is read at t.
    Precondition: finite x, more than ``warm`` values, ``warm`` at least 2.
    """
    n = len(x)
    lines = np.empty((n, 6))
    count = 0
    total, squares = 0.0, 0.0
    falling, high, low = False, 0, 0
    for t in range(1, n):
        step = x[t] - x[t - 1]
        spread = math.sqrt(max(squares / (t - 1) - (total / (t - 1)) ** 2, 0.0)) if t > 1 else 0.0
        total += step
        squares += step * step
        confirmed = False
        if falling:
            if x[t] <= x[low]:
                low = t
            elif t >= warm and x[t] >= x[low] + swing * spread:
                confirmed, falling, high = True, False, t
        elif x[t] >= x[high]:
            high = t
        elif x[t] <= x[high] - swing * spread:
            falling, low = True, t
        for k in range(count):
            if lines[k, 3] < 0 and x[t] < lines[k, 4] + lines[k, 5] * (t - lines[k, 1]) - margin * spread:
                lines[k, 3] = t
        if confirmed:
            slope, first = 0.0, -1
            for j in range(max(low - back, 0), low):
                rise = (x[low] - x[j]) / (low - j)
                if rise > slope:
                    slope, first = rise, j
            if first >= 0 and x[t] >= x[low] + slope * (t - low):
                lines[count, 0], lines[count, 1], lines[count, 2] = first, low, t
                lines[count, 3], lines[count, 4], lines[count, 5] = -1.0, x[low], slope
                count += 1
    return lines[:count]

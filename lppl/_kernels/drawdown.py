"""Kernel of the epsilon-drawdown rule: which observations end a rise or a fall, for one tolerance."""

import numpy as np

from lppl._kernels.jit import kernel


@kernel
def count_turns(y, tolerance, first, peaks, troughs):
    """Add 1 to ``peaks`` or ``troughs`` where a move ends; ``y`` finite, tolerances known from ``first``."""
    n = y.size
    start, rising, known = first, True, False
    while start < n - 1:
        top = bottom = start
        end = -1
        for i in range(start + 1, n):
            if y[i] > y[top]:
                top = i
            if y[i] < y[bottom]:
                bottom = i
            if (rising or not known) and y[top] - y[i] > tolerance[i]:
                end, rising = top, True
                break
            if (not rising or not known) and y[i] - y[bottom] > tolerance[i]:
                end, rising = bottom, False
                break
        if end < 0:
            return
        if known or end > first:
            if rising:
                peaks[end] += 1
            else:
                troughs[end] += 1
        known, rising, start = True, not rising, end


@kernel
def rolling_deviation(y, window, out):
    """Fill ``out`` with the standard deviation of the last ``window`` differences of ``y``, NaN before."""
    n = y.size
    for i in range(n):
        out[i] = np.nan
        if i < window:
            continue
        mean = (y[i] - y[i - window]) / window
        total = 0.0
        for k in range(i - window + 1, i + 1):
            total += (y[k] - y[k - 1] - mean) ** 2
        out[i] = np.sqrt(total / (window - 1))

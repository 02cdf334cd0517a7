"""Rolling conditional heteroskedasticity; on its own because what has a signature compiles when it loads."""

import math

import numpy as np

from earlywarning._kernels.jit import REDUCTION, kernel


@kernel("f8(f8[::1], f8, i8, f8[::1])", flags=REDUCTION)
def _arch_share(x, slope, least, square):
    """Squared correlation of successive squared residuals x[t] - slope x[t-1] - mean; ``square`` is room."""
    n = x.size - 1
    count = total = 0.0
    for t in range(n):
        error = x[t + 1] - slope * x[t]
        square[t] = error
        here = error == error  # false for NaN, without a branch
        count += 1.0 if here else 0.0
        total += error if here else 0.0
    if count < least:
        return np.nan
    middle = total / count
    total = 0.0
    for t in range(n):
        square[t] = (square[t] - middle) ** 2
        total += square[t] if square[t] == square[t] else 0.0
    middle = total / count
    count = sa = sb = saa = sbb = sab = 0.0
    for t in range(n - 1):
        a, b = square[t] - middle, square[t + 1] - middle
        both = a + b == a + b
        a = a if both else 0.0
        b = b if both else 0.0
        count += 1.0 if both else 0.0
        sa += a
        sb += b
        saa += a * a
        sbb += b * b
        sab += a * b
    # Squared residuals that are all alike up to rounding carry no sign of clustering, nor of its absence.
    floor = 1e-20 * count * middle * middle
    if count < least or not (saa > floor and sbb > floor):
        return np.nan
    va, vb, both = saa - sa * sa / count, sbb - sb * sb / count, sab - sa * sb / count
    return min(1.0, both * both / (va * vb))


@kernel
def rolling_arch(x, window, slope, least, out):
    """Conditional heteroskedasticity of the last ``window`` values, O(window) each; ``slope`` is AR(1)."""
    square = np.empty(window - 1)
    out[:] = np.nan
    for t in range(window - 1, x.size):
        if not math.isnan(slope[t]):
            out[t] = _arch_share(x[t + 1 - window : t + 1], slope[t], least, square)

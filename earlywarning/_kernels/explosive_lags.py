"""Recursive ADF t-statistics with lagged differences: as without them, by sums of all products.

With ``k`` lags, row ``r`` regresses ``y[r+k+1] - y[r+k]`` on a constant, the level ``y[r+k]`` and ``k``
lagged differences. Apart from the kernels without lags so that only what is used is compiled.
"""

import numpy as np

from earlywarning._kernels.jit import REDUCTION, kernel

BLOCK = 32
CHUNK = 256
DEGENERATE = 1e-12  # as without lags


@kernel
def _row(y, r, lags, origin, values):
    """Fill ``values`` with difference, level (from ``origin``), lagged differences and one, for row ``r``."""
    t = r + lags + 1
    values[0] = y[t] - y[t - 1]
    values[1] = y[t - 1] - origin
    for i in range(1, lags + 1):
        values[1 + i] = y[t - i] - y[t - i - 1]
    values[lags + 2] = 1.0


@kernel
def _add_products(values, totals):
    """Add every product of two entries of ``values`` (upper triangle) to ``totals``."""
    p = 0
    for i in range(len(values) - 1):
        for j in range(i, len(values)):
            totals[p] += values[i] * values[j]
            p += 1


@kernel("void(f8, f8[::1], f8[:, ::1], i8, i8, i8, f8[:, :, ::1], f8[:, ::1])", flags=REDUCTION)
def _centre(m, head, sums, lo, hi, width, cross, raw):
    """Fill m times the cross products about the means, and m times the squares; last rows ``lo..hi-1``."""
    count = hi - lo
    p = 0
    for i in range(width):
        sum_i, head_i = sums[p + width - i][lo:hi], head[p + width - i]
        squares, head_squares = sums[p][lo:hi], head[p]
        own = raw[i]
        for c in range(count):
            own[c] = (m + c) * (head_squares + squares[c])
        q = p
        for j in range(i, width):
            products, head_products = sums[p + j - i][lo:hi], head[p + j - i]
            sum_j, head_j = sums[q + width - j][lo:hi], head[q + width - j]
            out = cross[i, j]
            for c in range(count):
                out[c] = (m + c) * (head_products + products[c]) - (head_i + sum_i[c]) * (head_j + sum_j[c])
            q += width - j + 1
        p += width - i + 1


@kernel("void(f8[:, :, ::1], f8[:, ::1], f8[::1], i8, i8)", flags=REDUCTION)
def _partial_out(cross, raw, inverse, width, count):
    """Sweep the lagged differences (entries 2 and up) out of ``cross``; drop what is collinear."""
    for pivot in range(width - 1, 1, -1):
        own, square = cross[pivot, pivot], raw[pivot]
        for c in range(count):
            inverse[c] = 1.0 / own[c] if own[c] > DEGENERATE * square[c] else 0.0
        for i in range(pivot):
            left = cross[i, pivot]
            for j in range(i, pivot):
                right, out = cross[j, pivot], cross[i, j]
                for c in range(count):
                    out[c] -= left[c] * right[c] * inverse[c]


@kernel("void(f8[:, :, ::1], f8, f8[::1])", flags=REDUCTION)
def _raise_from_cross(cross, freedom, best):
    """Raise ``best`` to the signed squared partial t; the degrees of freedom grow by one a window."""
    own_z, own_x, both = cross[0, 0], cross[1, 1], cross[0, 1]
    for c in range(len(best)):
        xz = both[c]
        full = own_z[c] * own_x[c]
        rest = full - xz * xz
        t2 = (freedom + c) * xz * abs(xz) / rest
        t2 = t2 if rest > DEGENERATE * full else -np.inf
        best[c] = t2 if t2 > best[c] else best[c]


@kernel
def path_with_lags(y, lags, min_rows, starts, best):
    """Raise ``best`` to the largest signed squared t over the first ``starts`` starts, with lags."""
    rows = len(y) - 1 - lags
    width = lags + 2
    pairs = (width + 1) * (width + 2) // 2 - 1
    sums = np.zeros((pairs, rows))
    head = np.zeros(pairs)
    values = np.empty(width + 1)
    cross = np.zeros((width, width, CHUNK))
    raw = np.empty((width, CHUNK))
    inverse = np.empty(CHUNK)
    block = min(BLOCK, min_rows)
    for begin in range(0, starts, block):
        end = min(begin + block, starts)
        origin = y[end - 1 + lags]
        head[:] = 0.0
        sums[:, end - 1] = 0.0
        for r in range(end, rows):
            _row(y, r, lags, origin, values)
            _add_products(values, head)
            sums[:, r] = head
        head[:] = 0.0
        for start in range(end - 1, begin - 1, -1):
            _row(y, start, lags, origin, values)
            _add_products(values, head)
            for lo in range(start + min_rows - 1, rows, CHUNK):
                hi = min(lo + CHUNK, rows)
                m = float(lo - start + 1)
                _centre(m, head, sums, lo, hi, width, cross, raw)
                _partial_out(cross, raw, inverse, width, hi - lo)
                _raise_from_cross(cross, m - 2.0 - lags, best[lo:hi])

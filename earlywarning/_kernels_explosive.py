"""Recursive ADF t-statistics: every window of a series from block-wise running sums.

With ``k`` lags, row ``r`` regresses ``y[r+k+1] - y[r+k]`` on a constant, the level ``y[r+k]`` and ``k``
lagged differences; a window is a run of at least ``min_rows`` rows. Starts are taken in blocks whose last
level lies inside every one of their windows; sums run forward from there with that level as origin, so that
no sum is ever a difference of large cumulative sums.
"""

import math

import numpy as np

from earlywarning._jit import kernel

BLOCK = 32
CHUNK = 256
# A regression with 1 - R^2 below this, or a regressor with less of its own variation left, is degenerate.
DEGENERATE = 1e-12


@kernel
def _unsigned_root(squares, out):
    """Turn signed squares into signed roots; a row without any usable window becomes NaN."""
    for r in range(len(squares)):
        s = squares[r]
        if s == -np.inf:
            out[r] = np.nan
        else:
            out[r] = math.copysign(math.sqrt(abs(s)), s)


@kernel(vector=True)
def _forward_sums(y, first, origin, sums):
    """Fill ``sums`` with level, level^2 and difference^2 summed over rows ``first..r`` (zero before)."""
    rows = len(y) - 1
    level, square, step = 0.0, 0.0, 0.0
    if first > 0:
        sums[0, first - 1] = sums[1, first - 1] = sums[2, first - 1] = 0.0
    for r in range(first, rows):
        x = y[r] - origin
        z = y[r + 1] - y[r]
        level += x
        square += x * x
        step += z * z
        sums[0, r] = level
        sums[1, r] = square
        sums[2, r] = step


@kernel(vector=True)
def _raise_path(y, origin, start, min_rows, head, sums, best):
    """Raise ``best[r]`` to the signed squared t of the window ``start..r``, for every r, without lags."""
    rows = len(y) - 1
    level, square, step = sums[0], sums[1], sums[2]
    h_level, h_square, h_step = head
    first = y[start] - origin
    first_square = first * first
    for r in range(start + min_rows - 1, rows):
        m = float(r - start + 1)
        s_x = h_level + level[r]
        s_zz = h_step + step[r]
        last = y[r + 1] - origin
        s_z = last - first
        # Summing level * difference telescopes.
        s_xz = 0.5 * (last * last - first_square - s_zz)
        xx = m * (h_square + square[r]) - s_x * s_x
        zz = m * s_zz - s_z * s_z
        xz = m * s_xz - s_x * s_z
        full = xx * zz
        rest = full - xz * xz
        t2 = (m - 2.0) * xz * abs(xz) / rest
        t2 = t2 if rest > DEGENERATE * full else -np.inf
        best[r] = t2 if t2 > best[r] else best[r]


@kernel(vector=True)
def _path_without_lags(y, min_rows, starts, sums, best):
    """Raise ``best`` to the largest signed squared t over the first ``starts`` starts, without lags."""
    block = min(BLOCK, min_rows)
    for begin in range(0, starts, block):
        end = min(begin + block, starts)
        origin = y[end - 1]
        _forward_sums(y, end, origin, sums)
        level, square, step = 0.0, 0.0, 0.0
        for start in range(end - 1, begin - 1, -1):
            x = y[start] - origin
            z = y[start + 1] - y[start]
            level += x
            square += x * x
            step += z * z
            _raise_path(y, origin, start, min_rows, (level, square, step), sums, best)


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


@kernel(vector=True)
def _centre(m, head, sums, lo, hi, width, cross, raw):
    """Fill m times the cross products about the means, and the raw squares, for last rows ``lo..hi-1``."""
    p = 0
    for i in range(width):
        mean_i = p + width - i
        q = 0
        for j in range(width):
            mean_j = q + width - j
            if j >= i:
                for r in range(lo, hi):
                    s_i = head[mean_i] + sums[mean_i, r]
                    s_j = head[mean_j] + sums[mean_j, r]
                    c = r - lo
                    cross[i, j, c] = (m + c) * (head[p + j - i] + sums[p + j - i, r]) - s_i * s_j
                if j == i:
                    for r in range(lo, hi):
                        raw[i, r - lo] = (m + r - lo) * (head[p] + sums[p, r])
            q += width - j + 1
        p += width - i + 1


@kernel(vector=True)
def _partial_out(cross, raw, inverse, width, count):
    """Sweep the lagged differences (entries 2 and up) out of the rest of ``cross``."""
    for pivot in range(width - 1, 1, -1):
        for c in range(count):
            d = cross[pivot, pivot, c]
            inverse[c] = 1.0 / d if d > DEGENERATE * raw[pivot, c] else 0.0
        for i in range(pivot):
            for j in range(i, pivot):
                for c in range(count):
                    cross[i, j, c] -= cross[i, pivot, c] * cross[j, pivot, c] * inverse[c]


@kernel(vector=True)
def _raise_from_cross(cross, freedom, lo, count, best):
    """Raise ``best`` to the signed squared partial t of level on difference."""
    for c in range(count):
        xz = cross[0, 1, c]
        full = cross[0, 0, c] * cross[1, 1, c]
        rest = full - xz * xz
        t2 = (freedom + c) * xz * abs(xz) / rest
        t2 = t2 if rest > DEGENERATE * full else -np.inf
        best[lo + c] = t2 if t2 > best[lo + c] else best[lo + c]


@kernel
def _path_with_lags(y, lags, min_rows, starts, best):
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
                _raise_from_cross(cross, m - 2.0 - lags, lo, hi - lo, best)


@kernel
def backward_sup_adf(y, lags, min_rows, starts):
    """Return the largest ADF t (or NaN) for each last row, over windows that begin at rows ``0..starts-1``.

    Precondition: y finite, ``lags + 3 <= min_rows <= len(y) - 1 - lags``, ``starts >= 1``.
    """
    rows = len(y) - 1 - lags
    best = np.full(rows, -np.inf)
    out = np.empty(rows)
    starts = min(starts, rows - min_rows + 1)
    if lags == 0:
        _path_without_lags(y, min_rows, starts, np.zeros((3, rows)), best)
    else:
        _path_with_lags(y, lags, min_rows, starts, best)
    _unsigned_root(best, out)
    return out


@kernel
def sup_of_paths(paths, lags, min_rows, starts, backward):
    """Fill each row of ``backward`` with that path's backward sup ADF sequence; return their maxima."""
    count = paths.shape[0]
    largest = np.full(count, np.nan)
    for i in range(count):
        path = backward_sup_adf(paths[i], lags, min_rows, starts)
        backward[i] = path
        for value in path:
            if not value <= largest[i] and not math.isnan(value):
                largest[i] = value
    return largest

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


@kernel(vector=True)
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


@kernel(vector=True)
def _path_without_lags(y, min_rows, starts, best):
    """Raise ``best`` to the largest signed squared t over the first ``starts`` starts, without lags."""
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
            lo = start + min_rows - 1
            head = (s_x, s_xx, s_zz)
            _raise_path(y[lo + 1 :], origin, x, min_rows, head, level[lo:], square[lo:], step[lo:], best[lo:])


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


@kernel(vector=True)
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


@kernel(vector=True)
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
                _raise_from_cross(cross, m - 2.0 - lags, best[lo:hi])


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
        _path_without_lags(y, min_rows, starts, best)
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

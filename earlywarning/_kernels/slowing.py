"""The hot path of an early-warning trend: causal residuals and rolling second moments.

Rolling moments never subtract what leaves the window. Observations are cut into blocks as long as the
window; a window is the tail of one block and the head of the next, and the two halves are merged by the
pairwise update of Chan, Golub & LeVeque (1983). A spike therefore leaves no rounding error behind, a
constant stretch has a variance of exactly zero, and no value depends on what comes after it.
"""

import math

import numpy as np

from earlywarning._kernels.jit import REDUCTION, kernel


@kernel("void(f8[::1], f8[::1], i8, f8[::1])", flags=REDUCTION)
def _whole_contrast(x, weights, start, out):
    """``lag_contrast`` where every lag is in reach, four values sharing the weights they load.

    Fours are counted from ``start`` and the last is filled up, so that the end of x changes no order of sums.
    """
    n, span = x.size, weights.size
    padded = np.zeros(n + 3)
    for t in range(n):  # a slice would compile the text of an error that cannot happen
        padded[t] = x[t]
    for t in range(start, n, 4):
        past0 = padded[t + 1 - span : t + 1]
        past1 = padded[t + 2 - span : t + 2]
        past2 = padded[t + 3 - span : t + 3]
        past3 = padded[t + 4 - span : t + 4]
        x0, x1, x2, x3 = padded[t], padded[t + 1], padded[t + 2], padded[t + 3]
        s0 = s1 = s2 = s3 = 0.0
        for j in range(span):
            w = weights[j]
            s0 += w * (x0 - past0[j])
            s1 += w * (x1 - past1[j])
            s2 += w * (x2 - past2[j])
            s3 += w * (x3 - past3[j])
        for i, total in enumerate((s0, s1, s2, s3)):
            if t + i < n:
                out[t + i] = total


@kernel("void(f8[::1], f8[::1], i8, f8[::1])", flags=REDUCTION)
def lag_contrast(x, weights, start, out):
    """``out[t] = sum_k w[k] (x[t] - x[t-k])``, t >= start, over lags in reach; x finite, oldest w first."""
    span = weights.size
    for t in range(start, min(span - 1, x.size)):
        weight = weights[span - 1 - t :]
        here = x[t]
        total = 0.0
        for j in range(t + 1):
            total += weight[j] * (here - x[j])
        out[t] = total
    _whole_contrast(x, weights, max(start, span - 1), out)


@kernel
def lag_contrasts(paths, weights, start, out):
    """``lag_contrast`` of each row of ``paths`` up to the width of ``out``."""
    for i in range(paths.shape[0]):
        lag_contrast(paths[i, : out.shape[1]], weights, start, out[i])


@kernel
def local_line_residual(x, weights, out):
    """Residual of a one-sided local line at its newest point; NaN is skipped, below 3 values returned.

    ``weights[k]`` belongs to the observation k steps back.
    """
    for t in range(x.size):
        out[t] = np.nan
        if math.isnan(x[t]):
            continue
        s0 = s1 = s2 = d0 = d1 = 0.0
        count = 0
        for k in range(min(t + 1, weights.size)):
            value = x[t - k]
            if weights[k] > 0.0 and not math.isnan(value):
                count += 1
                s0 += weights[k]
                s1 += weights[k] * k
                s2 += weights[k] * k * k
                d0 += weights[k] * (x[t] - value)
                d1 += weights[k] * k * (x[t] - value)
        if count >= 3:
            out[t] = (s2 * d0 - s1 * d1) / (s0 * s2 - s1 * s1)


@kernel
def expanding_line_residual(x, out):
    """Residual at t of the line through all values up to t; NaN is skipped, below 3 values returned."""
    count = 0
    mean_t = mean_x = s_tt = s_tx = 0.0
    for t in range(x.size):
        out[t] = np.nan
        if math.isnan(x[t]):
            continue
        count += 1
        dt = t - mean_t
        dx = x[t] - mean_x
        share = (count - 1) / count
        mean_t += dt / count
        mean_x += dx / count
        s_tt += share * dt * dt
        s_tx += share * dt * dx
        if count >= 3:
            out[t] = (x[t] - mean_x) - s_tx / s_tt * (t - mean_t)


@kernel
def _add(count, mean, square, value):
    """Welford's update of a count, a mean and a sum of squares about it; NaN changes nothing."""
    if math.isnan(value):
        return count, mean, square
    count += 1.0
    step = value - mean
    mean += step / count
    return count, mean, square + step * (value - mean)


@kernel
def rolling_variance(x, window, least, out):
    """Sample variance of the last ``window`` values; NaN is skipped, fewer than ``least`` values give NaN."""
    n = x.size
    tail = np.zeros((window + 1, 3))
    out[: min(window - 1, n)] = np.nan
    for start in range(0, n, window):
        length = min(window, n - start)
        count = mean = square = 0.0
        for j in range(length):
            count, mean, square = _add(count, mean, square, x[start + j])
            if start == 0 and j < window - 1:
                continue
            other = tail[j + 1, 0]
            total = count + other
            out[start + j] = np.nan
            if total >= least:
                gap = mean - tail[j + 1, 1]
                out[start + j] = (square + tail[j + 1, 2] + gap * gap * count * other / total) / (total - 1.0)
        if length == window:
            count = mean = square = 0.0
            for j in range(window - 1, -1, -1):
                count, mean, square = _add(count, mean, square, x[start + j])
                tail[j, 0] = count
                tail[j, 1] = mean
                tail[j, 2] = square


@kernel
def _add_pair(count, ma, mb, aa, bb, ab, a, b):
    """Welford's update for pairs: count, two means, two sums of squares and the sum of products."""
    if math.isnan(a) or math.isnan(b):
        return count, ma, mb, aa, bb, ab
    count += 1.0
    da = a - ma
    db = b - mb
    share = (count - 1.0) / count
    return (
        count,
        ma + da / count,
        mb + db / count,
        aa + share * da * da,
        bb + share * db * db,
        ab + share * da * db,
    )


@kernel
def _merged(count, ma, mb, aa, bb, ab, tail, least, slope):
    """Correlation, or slope of b on a, of two disjoint sets of pairs; NaN if too few or all alike."""
    total = count + tail[0]
    if total < least:
        return np.nan
    ga = ma - tail[1]
    gb = mb - tail[2]
    share = count * tail[0] / total
    va = aa + tail[3] + ga * ga * share
    vb = bb + tail[4] + gb * gb * share
    both = ab + tail[5] + ga * gb * share
    if slope:
        return both / va if va > 0.0 else np.nan
    if not (va > 0.0 and vb > 0.0):
        return np.nan
    return max(-1.0, min(1.0, both / math.sqrt(va) / math.sqrt(vb)))


@kernel
def rolling_lag_relation(x, window, lag, least, slope, out):
    """Pearson correlation of the pairs (x[t-lag], x[t]) inside the last ``window`` values; window > lag.

    With ``slope`` the regression slope of x[t] on x[t-lag] instead. Pairs with a NaN are skipped; fewer than
    ``least`` pairs, or a side without variation, give NaN.
    """
    pairs = x.size - lag
    span = window - lag
    tail = np.zeros((span + 1, 6))
    out[: min(window - 1, x.size)] = np.nan
    for start in range(0, pairs, span):
        length = min(span, pairs - start)
        count = ma = mb = aa = bb = ab = 0.0
        for j in range(start, start + length):
            count, ma, mb, aa, bb, ab = _add_pair(count, ma, mb, aa, bb, ab, x[j], x[j + lag])
            if j >= span - 1:
                out[j + lag] = _merged(count, ma, mb, aa, bb, ab, tail[j + 1 - start], least, slope)
        if length == span:
            count = ma = mb = aa = bb = ab = 0.0
            for j in range(start + span - 1, start - 1, -1):
                count, ma, mb, aa, bb, ab = _add_pair(count, ma, mb, aa, bb, ab, x[j], x[j + lag])
                row = tail[j - start]
                row[0], row[1], row[2], row[3], row[4], row[5] = count, ma, mb, aa, bb, ab

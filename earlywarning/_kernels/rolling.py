"""Rolling indicators beyond the hot path: higher moments, generalised least squares, DFA.

As in ``_kernels``, window moments are merged from two halves and never subtracted.
"""

import math

import numpy as np

from earlywarning._kernels.jit import kernel

_SIDE_BY_SIDE = 64  # windows whose restoring rates are found at once


@kernel
def _add_moment(s, value):
    """Add a value to s = (count, mean, central sums M2, M3, M4) (Pebay 2008); NaN changes nothing."""
    if math.isnan(value):
        return
    before = s[0]
    n = before + 1.0
    delta = value - s[1]
    step = delta / n
    square = delta * step * before
    s[0] = n
    s[1] += step
    s[4] += square * step * step * (n * n - 3.0 * n + 3.0) + 6.0 * step * step * s[2] - 4.0 * step * s[3]
    s[3] += square * step * (n - 2.0) - 3.0 * step * s[2]
    s[2] += square


@kernel
def _merge_moments(a, b, out):
    """Central moment sums of two disjoint sets that are not both empty."""
    na, nb = a[0], b[0]
    n = na + nb
    d = b[1] - a[1]
    out[0] = n
    out[1] = a[1] + d * nb / n
    out[2] = a[2] + b[2] + d * d * na * nb / n
    out[3] = a[3] + b[3] + d * d * d * na * nb * (na - nb) / (n * n) + 3.0 * d * (na * b[2] - nb * a[2]) / n
    out[4] = (
        a[4]
        + b[4]
        + d**4 * na * nb * (na * na - na * nb + nb * nb) / (n * n * n)
        + 6.0 * d * d * (na * na * b[2] + nb * nb * a[2]) / (n * n)
        + 4.0 * d * (na * b[3] - nb * a[3]) / n
    )


@kernel
def rolling_moments(x, window, least, out):
    """Fill out[t] = (count, mean, M2, M3, M4) of the last ``window`` values, NaN below ``least`` of them."""
    n = x.size
    tail = np.zeros((window + 1, 5))
    head = np.zeros(5)
    out[:] = np.nan
    for start in range(0, n, window):
        length = min(window, n - start)
        head[:] = 0.0
        for j in range(length):
            _add_moment(head, x[start + j])
            if start + j >= window - 1 and head[0] + tail[j + 1, 0] >= least:
                _merge_moments(tail[j + 1], head, out[start + j])
        if length == window:
            head[:] = 0.0
            for j in range(window - 1, -1, -1):
                _add_moment(head, x[start + j])
                tail[j] = head


@kernel
def _add_triple(s, u, v, w):
    """Add a triple to s = (count, 3 means, sums uu uv uw vv vw ww about them); NaN changes nothing."""
    if math.isnan(u) or math.isnan(v) or math.isnan(w):
        return
    s[0] += 1.0
    share = (s[0] - 1.0) / s[0]
    du, dv, dw = u - s[1], v - s[2], w - s[3]
    s[1] += du / s[0]
    s[2] += dv / s[0]
    s[3] += dw / s[0]
    s[4] += share * du * du
    s[5] += share * du * dv
    s[6] += share * du * dw
    s[7] += share * dv * dv
    s[8] += share * dv * dw
    s[9] += share * dw * dw


@kernel
def _merge_triples(a, b, out):
    """Merge the sums of two disjoint sets of triples that are not both empty; count and means stay behind."""
    share = a[0] * b[0] / (a[0] + b[0])
    du, dv, dw = b[1] - a[1], b[2] - a[2], b[3] - a[3]
    out[4] = a[4] + b[4] + du * du * share
    out[5] = a[5] + b[5] + du * dv * share
    out[6] = a[6] + b[6] + du * dw * share
    out[7] = a[7] + b[7] + dv * dv * share
    out[8] = a[8] + b[8] + dv * dw * share
    out[9] = a[9] + b[9] + dw * dw * share


@kernel("void(f8[:, ::1], i8, i8, f8[:, ::1])", inner=True)
def _cochrane_orcutt(sums, count, iterations, room):
    """Fill ``room[0]`` with slopes of w - v on v with AR(1) errors, NaN where there is none.

    Columns of ``sums`` are sums uu, uv, uw, vv, vw of triples (u, v, w) = (x[t-2], x[t-1], x[t]), a window
    each: their divisions go on side by side. Rows of ``room`` are as wide.
    """
    uu, uv, uw, vv, vw = sums[0], sums[1], sums[2], sums[3], sums[4]
    slope, rho, lost = room[0], room[1], room[2]
    for i in range(count):
        slope[i] = rho[i] = lost[i] = 0.0
    for _ in range(iterations):
        for i in range(count):
            r = rho[i]
            sxx = vv[i] - 2.0 * r * uv[i] + r * r * uu[i]
            top = vw[i] - (1.0 + r) * vv[i] + 2.0 * r * uv[i] - r * uw[i] + r * r * (uv[i] - uu[i])
            slope[i] = top / sxx
            q = 1.0 + slope[i]
            before = vv[i] - 2.0 * q * uv[i] + q * q * uu[i]
            rho[i] = (vw[i] - q * uw[i] - q * vv[i] + q * q * uv[i]) / before
            lost[i] = lost[i] if (sxx > 0.0) & (before > 0.0) else 1.0
    for i in range(count):
        slope[i] = np.nan if lost[i] > 0.0 else slope[i]


@kernel
def rolling_restoring_rate_gls(x, window, least, iterations, out):
    """Restoring rate with AR(1) errors in the last ``window`` values; NaN below ``least`` whole triples."""
    triples = x.size - 2
    span = window - 2
    tail = np.zeros((span + 1, 10))
    head = np.zeros(10)
    both = np.zeros(10)
    sums, room, places = np.empty((5, _SIDE_BY_SIDE)), np.empty((3, _SIDE_BY_SIDE)), np.empty(_SIDE_BY_SIDE)
    count = 0
    out[:] = np.nan
    for start in range(0, triples, span):
        length = min(span, triples - start)
        head[:] = 0.0
        for j in range(start, start + length):
            _add_triple(head, x[j], x[j + 1], x[j + 2])
            other = tail[j + 1 - start]
            if j >= span - 1 and head[0] + other[0] >= least:
                _merge_triples(other, head, both)
                for k in range(5):
                    sums[k, count] = both[4 + k]
                places[count] = j + 2
                count += 1
            if count == _SIDE_BY_SIDE or (count and j == triples - 1):
                _cochrane_orcutt(sums, count, iterations, room)
                for k in range(count):
                    out[int(places[k])] = room[0, k]
                count = 0
        if length == span:
            head[:] = 0.0
            for j in range(start + span - 1, start - 1, -1):
                _add_triple(head, x[j], x[j + 1], x[j + 2])
                tail[j - start] = head


@kernel
def _box_residual(x, stop, size):
    """Sum of squares about a line of the running sum of x over [stop - size, stop)."""
    mean = 0.0
    for i in range(stop - size, stop):
        mean += x[i] - x[stop - 1]
    mean /= size
    # About the box mean the profile ends at zero, and the fitted line takes up whatever slope that removed.
    middle = 0.5 * (size - 1)
    profile = total = square = moment = 0.0
    for k in range(size):
        profile += x[stop - size + k] - x[stop - 1] - mean
        total += profile
        square += profile * profile
        moment += (k - middle) * profile
    residual = square - total * total / size - moment * moment * 12.0 / (size * (size * size - 1.0))
    return max(residual, 0.0)


@kernel
def box_fluctuation(x, window, size, out):
    """Mean square fluctuation of the boxes of ``size`` laid back from the end of each window; NaN spreads."""
    boxes = window // size
    residual = np.empty(x.size)
    for t in range(x.size):
        residual[t] = _box_residual(x, t + 1, size) if t >= size - 1 else np.nan
        out[t] = np.nan
        if t >= window - 1:
            total = 0.0
            for box in range(boxes):
                total += residual[t - box * size]
            out[t] = total / (boxes * size)

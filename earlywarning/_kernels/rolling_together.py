"""Rolling indicators of many complete paths of one length, a lane a path: what null paths are put through.

Each path gets the bits that it gets alone from ``slowing`` and ``rolling``: the same operations in the same
order, while the divisions of sixteen paths go on at once. Arrays of lanes are flat and hold ``LANES`` numbers
a row, so that the compiler sees that rows never overlap. A window is the tail of one block and the head of
the next, as there. Paths are finite from the position ``first`` on, which all of them share.
"""

import math

import numpy as np

from earlywarning._kernels.jit import kernel

LANES = 16
_AT_ONCE = 4  # sessions whose restoring rates are found together
_WIDE = _AT_ONCE * LANES
_PAIR, _TRIPLE = 5 * LANES, 8 * LANES  # means and sums about them


@kernel(inner=True)
def _gather(paths, start, x):
    """Fill the lanes of x with the paths from ``start`` on, the last of them again where there are fewer."""
    count, n = paths.shape
    for t in range(n):
        row = x[t * LANES : (t + 1) * LANES]
        for i in range(LANES):
            row[i] = paths[min(start + i, count - 1), t]


@kernel(inner=True)
def _scatter(lanes, start, out):
    """Write the lanes to the rows of ``out`` from ``start`` on, as many as there are."""
    for t in range(out.shape[1]):
        row = lanes[t * LANES : (t + 1) * LANES]
        for i in range(min(LANES, out.shape[0] - start)):
            out[start + i, t] = row[i]


@kernel(inner=True)
def _clear(sums):
    for k in range(sums.size):
        sums[k] = 0.0


@kernel(inner=True)
def _keep(sums, row):
    for k in range(sums.size):
        row[k] = sums[k]


@kernel(inner=True)
def _add(x, count, s):
    """Add a row of x, the ``count``-th, to means and sums of squares."""
    for i in range(LANES):
        step = x[i] - s[i]
        s[i] += step / count
        s[LANES + i] += step * (x[i] - s[i])


@kernel
def variances(paths, first, window, out):
    """Fill the rows of ``out`` (paths, n - window + 1) with sample variances of ``window`` values."""
    n = paths.shape[1]
    x, found = np.empty(n * LANES), np.empty(out.shape[1] * LANES)
    tail, counts, s = np.zeros((window + 1) * 2 * LANES), np.zeros(window + 1), np.empty(2 * LANES)
    for group in range(0, paths.shape[0], LANES):
        _gather(paths, group, x)
        counts[:] = 0.0
        _clear(tail)
        for start in range(0, n, window):
            count = 0.0
            _clear(s)
            for t in range(start, min(start + window, n)):
                if t >= first:
                    count += 1.0
                    _add(x[t * LANES : (t + 1) * LANES], count, s)
                if t >= window - 1:
                    k = t - start + 1
                    other, row = counts[k], tail[k * 2 * LANES : (k + 1) * 2 * LANES]
                    total, here = count + other, found[(t - window + 1) * LANES : (t - window + 2) * LANES]
                    for i in range(LANES):
                        gap = s[i] - row[i]
                        square = s[LANES + i] + row[LANES + i] + gap * gap * count * other / total
                        here[i] = square / (total - 1.0)
            if start + window <= n:
                count = 0.0
                _clear(s)
                for j in range(window - 1, -1, -1):
                    if start + j >= first:
                        count += 1.0
                        _add(x[(start + j) * LANES : (start + j + 1) * LANES], count, s)
                    counts[j] = count
                    _keep(s, tail[j * 2 * LANES : (j + 1) * 2 * LANES])
        _scatter(found, group, out)


@kernel(inner=True)
def _add_pairs(a, b, count, s):
    """Add pairs, the ``count``-th, to two means and the sums aa, bb, ab about them."""
    share = (count - 1.0) / count
    for i in range(LANES):
        da = a[i] - s[i]
        db = b[i] - s[LANES + i]
        s[i] += da / count
        s[LANES + i] += db / count
        s[2 * LANES + i] += share * da * da
        s[3 * LANES + i] += share * db * db
        s[4 * LANES + i] += share * da * db


@kernel(inner=True)
def _correlate(s, tail, share, out):
    """Correlation of two disjoint sets of pairs; NaN where one side is all alike."""
    for i in range(LANES):
        ga = s[i] - tail[i]
        gb = s[LANES + i] - tail[LANES + i]
        va = s[2 * LANES + i] + tail[2 * LANES + i] + ga * ga * share
        vb = s[3 * LANES + i] + tail[3 * LANES + i] + gb * gb * share
        both = s[4 * LANES + i] + tail[4 * LANES + i] + ga * gb * share
        value = both / math.sqrt(va) / math.sqrt(vb)
        value = value if value < 1.0 else 1.0
        value = value if value > -1.0 else -1.0
        out[i] = value if (va > 0.0) & (vb > 0.0) else np.nan


@kernel
def lag_correlations(paths, first, window, lag, out):
    """Fill the rows of ``out`` (paths, n - window + 1) with correlations of (x[t-lag], x[t]) in a window."""
    n = paths.shape[1]
    pairs, span = n - lag, window - lag
    x, found = np.empty(n * LANES), np.empty(out.shape[1] * LANES)
    tail, counts, s = np.zeros((span + 1) * _PAIR), np.zeros(span + 1), np.empty(_PAIR)
    for group in range(0, paths.shape[0], LANES):
        _gather(paths, group, x)
        counts[:] = 0.0
        _clear(tail)
        for start in range(0, pairs, span):
            count = 0.0
            _clear(s)
            for t in range(start, min(start + span, pairs)):
                if t >= first:
                    count += 1.0
                    a, b = x[t * LANES : (t + 1) * LANES], x[(t + lag) * LANES : (t + lag + 1) * LANES]
                    _add_pairs(a, b, count, s)
                if t >= span - 1:
                    k = t - start + 1
                    share = count * counts[k] / (count + counts[k])
                    here = found[(t - span + 1) * LANES : (t - span + 2) * LANES]
                    _correlate(s, tail[k * _PAIR : (k + 1) * _PAIR], share, here)
            if start + span <= pairs:
                count = 0.0
                _clear(s)
                for j in range(span - 1, -1, -1):
                    t = start + j
                    if t >= first:
                        count += 1.0
                        a, b = x[t * LANES : (t + 1) * LANES], x[(t + lag) * LANES : (t + lag + 1) * LANES]
                        _add_pairs(a, b, count, s)
                    counts[j] = count
                    _keep(s, tail[j * _PAIR : (j + 1) * _PAIR])
        _scatter(found, group, out)


@kernel(inner=True)
def _add_triples(x, count, s):
    """Add triples, the ``count``-th, to three means and the sums uu, uv, uw, vv, vw about them."""
    share = (count - 1.0) / count
    for i in range(LANES):
        du = x[i] - s[i]
        dv = x[LANES + i] - s[LANES + i]
        dw = x[2 * LANES + i] - s[2 * LANES + i]
        s[i] += du / count
        s[LANES + i] += dv / count
        s[2 * LANES + i] += dw / count
        s[3 * LANES + i] += share * du * du
        s[4 * LANES + i] += share * du * dv
        s[5 * LANES + i] += share * du * dw
        s[6 * LANES + i] += share * dv * dv
        s[7 * LANES + i] += share * dv * dw


@kernel(inner=True)
def _merge_triples(tail, head, share, sums):
    """Write the sums of two disjoint sets of triples to every ``_WIDE``-th row of ``sums``."""
    for i in range(LANES):
        du = head[i] - tail[i]
        dv = head[LANES + i] - tail[LANES + i]
        dw = head[2 * LANES + i] - tail[2 * LANES + i]
        sums[i] = tail[3 * LANES + i] + head[3 * LANES + i] + du * du * share
        sums[_WIDE + i] = tail[4 * LANES + i] + head[4 * LANES + i] + du * dv * share
        sums[2 * _WIDE + i] = tail[5 * LANES + i] + head[5 * LANES + i] + du * dw * share
        sums[3 * _WIDE + i] = tail[6 * LANES + i] + head[6 * LANES + i] + dv * dv * share
        sums[4 * _WIDE + i] = tail[7 * LANES + i] + head[7 * LANES + i] + dv * dw * share


@kernel(inner=True)
def _cochrane_orcutt(sums, iterations, room):
    """Write slopes of w - v on v with AR(1) errors to the first row of ``room``, NaN where there is none."""
    _clear(room)
    for _ in range(iterations):
        for i in range(_WIDE):
            uu, uv, uw = sums[i], sums[_WIDE + i], sums[2 * _WIDE + i]
            vv, vw, r = sums[3 * _WIDE + i], sums[4 * _WIDE + i], room[_WIDE + i]
            sxx = vv - 2.0 * r * uv + r * r * uu
            top = vw - (1.0 + r) * vv + 2.0 * r * uv - r * uw + r * r * (uv - uu)
            slope = top / sxx
            q = 1.0 + slope
            before = vv - 2.0 * q * uv + q * q * uu
            room[i] = slope
            room[_WIDE + i] = (vw - q * uw - q * vv + q * q * uv) / before
            room[2 * _WIDE + i] = room[2 * _WIDE + i] if (sxx > 0.0) & (before > 0.0) else 1.0
    for i in range(_WIDE):
        room[i] = np.nan if room[2 * _WIDE + i] > 0.0 else room[i]


@kernel
def restoring_rates_gls(paths, first, window, iterations, out):
    """Fill the rows of ``out`` (paths, n - window + 1) with restoring rates with AR(1) errors in a window."""
    n = paths.shape[1]
    triples, span = n - 2, window - 2
    x, found = np.empty(n * LANES), np.empty(out.shape[1] * LANES)
    tail, counts, s = np.zeros((span + 1) * _TRIPLE), np.zeros(span + 1), np.empty(_TRIPLE)
    sums, room = np.ones(5 * _WIDE), np.empty(3 * _WIDE)
    for group in range(0, paths.shape[0], LANES):
        _gather(paths, group, x)
        counts[:] = 0.0
        _clear(tail)
        waiting = done = 0
        for start in range(0, triples, span):
            count = 0.0
            _clear(s)
            for t in range(start, min(start + span, triples)):
                if t >= first:
                    count += 1.0
                    _add_triples(x[t * LANES : (t + 3) * LANES], count, s)
                if t >= span - 1:
                    k = t - start + 1
                    share = counts[k] * count / (counts[k] + count)
                    _merge_triples(tail[k * _TRIPLE : (k + 1) * _TRIPLE], s, share, sums[waiting * LANES :])
                    waiting += 1
                if waiting == _AT_ONCE or (waiting and t == triples - 1):
                    _cochrane_orcutt(sums, iterations, room)
                    _keep(room[: waiting * LANES], found[done * LANES : (done + waiting) * LANES])
                    done += waiting
                    waiting = 0
            if start + span <= triples:
                count = 0.0
                _clear(s)
                for j in range(span - 1, -1, -1):
                    if start + j >= first:
                        count += 1.0
                        _add_triples(x[(start + j) * LANES : (start + j + 3) * LANES], count, s)
                    counts[j] = count
                    _keep(s, tail[j * _TRIPLE : (j + 1) * _TRIPLE])
        _scatter(found, group, out)

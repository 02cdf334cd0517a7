"""Compiled grid search shared by all nested windows that end at the same date."""

import numpy as np

from lppl._jit import ELEMENTWISE, REDUCTION, kernel
from lppl._kernels import TAU_MIN, exp, log, sincos


@kernel("void(f8[::1], f8[::1], f8, f8, i8)", flags=REDUCTION, inner=True)
def _rotate(cosine, sine, c, s, count):
    """Extend a row of cos/sin by ``count`` lanes, rotated by one angle from the first ``count`` lanes."""
    for j in range(count):
        cosine[count + j] = cosine[j] * c - sine[j] * s
        sine[count + j] = sine[j] * c + cosine[j] * s


@kernel(inner=True)
def _zero(sums, totals):
    """Start a running sum."""
    for k in range(sums.shape[0]):
        for j in range(sums.shape[1]):
            sums[k, j] = 0.0
    for k in range(totals.size):
        totals[k] = 0.0


@kernel(inner=True)
def _copy(sums, totals, to_sums, to_totals):
    """Copy a running sum."""
    for k in range(sums.shape[0]):
        for j in range(sums.shape[1]):
            to_sums[k, j] = sums[k, j]
    for k in range(totals.size):
        to_totals[k] = totals[k]


@kernel("void(f8[:, ::1], f8[::1], f8[::1], f8[::1], f8, f8, f8)", flags=REDUCTION, inner=True)
def _add(sums, totals, cosine, sine, f, g, v):
    """Add one observation to the sums shared by all lanes and to the eight of every lane."""
    totals[0] += g
    totals[1] += v
    totals[2] += g * g
    totals[3] += g * v
    totals[4] += v * v
    totals[5] += f * f
    c1, s1, gc, gs, cc, cs, yc, ys = sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]
    for j in range(cosine.size):
        c = f * cosine[j]
        s = f * sine[j]
        c1[j] += c
        s1[j] += s
        gc[j] += g * c
        gs[j] += g * s
        cc[j] += c * c
        cs[j] += c * s
        yc[j] += v * c
        ys[j] += v * s


@kernel(
    "void(f8[:, ::1], f8[::1], f8[:, ::1], f8[:, ::1], i8, f8[::1], f8[::1], f8[::1])",
    flags=REDUCTION,
    inner=True,
)
def _add5(sums, totals, cosine, sine, i, f, g, v):
    """Add the five observations i, i-1, ... i-4: one load and store of the sums instead of five."""
    c1, s1, gc, gs, cc, cs, yc, ys = sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]
    ca, cb, cd, ce, ch = cosine[i], cosine[i - 1], cosine[i - 2], cosine[i - 3], cosine[i - 4]
    sa, sb, sd, se, sh = sine[i], sine[i - 1], sine[i - 2], sine[i - 3], sine[i - 4]
    fa, fb, fd, fe, fh = f[i], f[i - 1], f[i - 2], f[i - 3], f[i - 4]
    ga, gb, gd, ge, gh = g[i], g[i - 1], g[i - 2], g[i - 3], g[i - 4]
    va, vb, vd, ve, vh = v[i], v[i - 1], v[i - 2], v[i - 3], v[i - 4]
    totals[0] += ga + gb + gd + ge + gh
    totals[1] += va + vb + vd + ve + vh
    totals[2] += ga * ga + gb * gb + gd * gd + ge * ge + gh * gh
    totals[3] += ga * va + gb * vb + gd * vd + ge * ve + gh * vh
    totals[4] += va * va + vb * vb + vd * vd + ve * ve + vh * vh
    totals[5] += fa * fa + fb * fb + fd * fd + fe * fe + fh * fh
    for j in range(ca.size):
        pa, pb, pd, pe, ph = fa * ca[j], fb * cb[j], fd * cd[j], fe * ce[j], fh * ch[j]
        qa, qb, qd, qe, qh = fa * sa[j], fb * sb[j], fd * sd[j], fe * se[j], fh * sh[j]
        c1[j] += pa + pb + pd + pe + ph
        s1[j] += qa + qb + qd + qe + qh
        gc[j] += ga * pa + gb * pb + gd * pd + ge * pe + gh * ph
        gs[j] += ga * qa + gb * qb + gd * qd + ge * qe + gh * qh
        cc[j] += pa * pa + pb * pb + pd * pd + pe * pe + ph * ph
        cs[j] += pa * qa + pb * qb + pd * qd + pe * qe + ph * qh
        yc[j] += va * pa + vb * pb + vd * pd + ve * pe + vh * ph
        ys[j] += va * qa + vb * qb + vd * qd + ve * qe + vh * qh


@kernel("void(f8[:, ::1], f8[::1], i8, i8, f8[::1], f8[::1])", flags=REDUCTION, inner=True)
def _close(sums, totals, n, index, best, power):
    """Keep the smaller SSE of every lane at one window's start, and the exponent that gave it."""
    g1, y1, gg, gy, yy, ff = totals[0], totals[1], totals[2], totals[3], totals[4], totals[5]
    k = 1.0 / n
    a11 = gg - g1 * g1 * k
    b1 = gy - g1 * y1 * k
    base = yy - y1 * y1 * k - b1 * b1 / a11
    inverse = 1.0 / a11
    c1, s1, gc, gs, cc, cs, yc, ys = sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]
    for j in range(best.size):
        a12 = gc[j] - g1 * c1[j] * k
        a13 = gs[j] - g1 * s1[j] * k
        a22 = cc[j] - c1[j] * c1[j] * k
        a23 = cs[j] - c1[j] * s1[j] * k
        a33 = ff - cc[j] - s1[j] * s1[j] * k
        d2 = a22 - a12 * a12 * inverse
        e = a23 - a12 * a13 * inverse
        z2 = yc[j] - c1[j] * y1 * k - a12 * b1 * inverse
        d2 = d2 if d2 > 1e-12 * a22 else 1e300
        d3 = a33 - a13 * a13 * inverse - e * e / d2
        z3 = ys[j] - s1[j] * y1 * k - a13 * b1 * inverse - e * z2 / d2
        d3 = d3 if d3 > 1e-12 * a33 else 1e300
        sse = base - z2 * z2 / d2 - z3 * z3 / d3
        better = sse < best[j]
        best[j] = sse if better else best[j]
        power[j] = index if better else power[j]


@kernel("void(f8[::1], f8, f8, f8, f8[::1], f8[:, ::1], f8[:, ::1])", flags=ELEMENTWISE, inner=True)
def _angles(t, tc, omega_low, omega_step, logs, base, step):
    """Fill ln tau and the (sin, cos) pairs of the lowest frequency and of one frequency step."""
    for i in range(t.size):
        logs[i] = log(max(abs(tc - t[i]), TAU_MIN))
    for i in range(t.size):
        base[i, 0], base[i, 1] = sincos(omega_low * logs[i])
    for i in range(t.size):
        step[i, 0], step[i, 1] = sincos(omega_step * logs[i])


@kernel(inner=True)
def _waves(base, step, cosine, sine):
    """Fill cos/sin(omega ln tau) of every lane: eight by single rotations, then doubled lanes and angle."""
    lanes = cosine.shape[1]
    for i in range(base.shape[0]):
        s, c = base[i, 0], base[i, 1]
        ds, dc = step[i, 0], step[i, 1]
        for j in range(8):
            cosine[i, j] = c
            sine[i, j] = s
            s, c = s * dc + c * ds, c * dc - s * ds
        for _ in range(3):
            ds, dc = 2.0 * ds * dc, (dc - ds) * (dc + ds)
        count = 8
        while count < lanes:
            _rotate(cosine[i], sine[i], dc, ds, count)
            ds, dc = 2.0 * ds * dc, (dc - ds) * (dc + ds)
            count *= 2


@kernel("void(f8[::1], f8, f8[::1], f8[::1])", flags=ELEMENTWISE, inner=True)
def _powers(logs, m, f, g):
    """Fill F = tau^m and G = (F - 1)/m."""
    inverse = 1.0 / m
    for i in range(logs.size):
        f[i] = exp(m * logs[i])
        g[i] = (f[i] - 1.0) * inverse


@kernel
def grid(t, y, lengths, lower, upper, horizons, powers, omega_low, omega_step, best, power):
    """Scan (tc, m, omega) for all nested windows at once; keep the best exponent of every (tc, omega).

    Windows end at the last observation (t = 0); ``lengths`` increase. Every window's sums are a prefix of
    one running sum from the end backwards, so a window costs one 3x3 solve a cell. The running sum
    advances by five observations from the end whatever the windows are, so that a window's values do not
    depend on its neighbours. ``best`` and ``power`` are (windows, horizons, lanes), lanes
    8 times a power of two; cells outside a window's ``lower <= tc <= upper`` stay infinite.
    """
    n = t.size
    lanes = best.shape[2]
    logs, f, g = np.empty(n), np.empty(n), np.empty(n)
    base, step = np.empty((n, 2)), np.empty((n, 2))
    cosine, sine = np.empty((n, lanes)), np.empty((n, lanes))
    sums, totals = np.empty((8, lanes)), np.empty(6)
    window_sums, window_totals = np.empty((8, lanes)), np.empty(6)
    for w in range(best.shape[0]):
        for h in range(best.shape[1]):
            for j in range(lanes):
                best[w, h, j] = np.inf
    for h in range(horizons.size):
        tc = horizons[h]
        first, last = -1, -1
        for w in range(lengths.size):
            if lower[w] <= tc <= upper[w]:
                if first < 0:
                    first = w
                last = w
        if first < 0:
            continue
        end = n - lengths[last]
        _angles(t[end:], tc, omega_low, omega_step, logs[end:], base[end:], step[end:])
        _waves(base[end:], step[end:], cosine[end:], sine[end:])
        for p in range(powers.size):
            _powers(logs[end:], powers[p], f[end:], g[end:])
            _zero(sums, totals)
            done = 0
            for w in range(first, last + 1):
                while done + 5 <= lengths[w]:
                    _add5(sums, totals, cosine, sine, n - 1 - done, f, g, y)
                    done += 5
                if not (lower[w] <= tc <= upper[w]):
                    continue
                if done == lengths[w]:
                    _close(sums, totals, done, p, best[w, h], power[w, h])
                    continue
                _copy(sums, totals, window_sums, window_totals)
                for i in range(n - 1 - done, n - 1 - lengths[w], -1):
                    _add(window_sums, window_totals, cosine[i], sine[i], f[i], g[i], y[i])
                _close(window_sums, window_totals, lengths[w], p, best[w, h], power[w, h])


@kernel("void(f8[:, ::1], f8[::1], f4[:, ::1])", flags=REDUCTION, inner=True)
def _weigh(y, f, weighted):
    """Fill the rows of ``y`` times ``f``."""
    for r in range(y.shape[0]):
        for i in range(f.size):
            weighted[r, i] = y[r, i] * f[i]


@kernel
def grid_many(t, y, low, high, horizons, powers, omega_low, omega_step, best, power):
    """Scan one window for many series on the same dates; ``y`` (series, n) is zero at the end.

    The basis of a cell serves all series: their sums with it are one matrix product, in single precision,
    which ranks cells well enough. ``best`` and ``power`` are (series, horizons, lanes); otherwise as
    :func:`grid`.
    """
    series, n = y.shape
    lanes = best.shape[2]
    logs, f, g = np.empty(n), np.empty(n), np.empty(n)
    base, step = np.empty((n, 2)), np.empty((n, 2))
    cosine, sine = np.empty((n, lanes)), np.empty((n, lanes))
    sums, totals, absent = np.empty((8, lanes)), np.empty(6), np.zeros(n)
    weighted, y1, yy = np.empty((series, n), np.float32), np.zeros(series), np.zeros(series)
    for r in range(series):
        for i in range(n):
            y1[r] += y[r, i]
            yy[r] += y[r, i] * y[r, i]
        for h in range(horizons.size):
            for j in range(lanes):
                best[r, h, j] = np.inf
    for h in range(horizons.size):
        if not (low <= horizons[h] <= high):
            continue
        _angles(t, horizons[h], omega_low, omega_step, logs, base, step)
        _waves(base, step, cosine, sine)
        cosine32, sine32 = cosine.astype(np.float32), sine.astype(np.float32)
        for p in range(powers.size):
            _powers(logs, powers[p], f, g)
            _zero(sums, totals)
            done = 0
            while done + 5 <= n:
                _add5(sums, totals, cosine, sine, n - 1 - done, f, g, absent)
                done += 5
            for i in range(n - 1 - done, -1, -1):
                _add(sums, totals, cosine[i], sine[i], f[i], g[i], 0.0)
            _weigh(y, f, weighted)
            yc, ys, yg = np.dot(weighted, cosine32), np.dot(weighted, sine32), np.dot(y, g)
            for r in range(series):
                totals[1], totals[3], totals[4] = y1[r], yg[r], yy[r]
                for j in range(lanes):
                    sums[6, j] = yc[r, j]
                    sums[7, j] = ys[r, j]
                _close(sums, totals, n, p, best[r, h], power[r, h])

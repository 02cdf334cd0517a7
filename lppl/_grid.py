"""Compiled grid search shared by all nested windows that end at one date, and by all series on those dates.

Lanes lie in groups of 64: the rows of a group are a fixed distance apart, so that the compiler sees that they
do not overlap and vectorises. A narrow box leaves the end of its only group unused.
"""

import numpy as np

from lppl._jit import ELEMENTWISE, REDUCTION, kernel
from lppl._kernels import TAU_MIN, exp, log, sincos

_BLOCK = 5  # observations a running sum advances by
_WIDTH = 64  # lanes in a group
# Rows of a group of waves: cosines and sines of five observations, and the same times their damping.
_COS, _SIN, _DAMPED_COS, _DAMPED_SIN = 0, 5 * _WIDTH, 10 * _WIDTH, 15 * _WIDTH
# Rows of a group of sums over the basis.
_C, _S, _GC, _GS, _CC, _CS = (_WIDTH * k for k in range(6))


@kernel("void(f8[:, ::1], f8[:, ::1], f8[::1], f8[::1], f8[::1], i8, i8)", flags=REDUCTION, inner=True)
def _add5(waves, sums, totals, f, g, i, width):
    """Add the observations i to i + 4 to the sums of the basis, and fill their damped waves."""
    fa, fb, fc, fd, fe = f[i], f[i + 1], f[i + 2], f[i + 3], f[i + 4]
    ga, gb, gc, gd, ge = g[i], g[i + 1], g[i + 2], g[i + 3], g[i + 4]
    totals[0] += ga + gb + gc + gd + ge
    totals[1] += ga * ga + gb * gb + gc * gc + gd * gd + ge * ge
    totals[2] += fa * fa + fb * fb + fc * fc + fd * fd + fe * fe
    for group in range(waves.shape[0]):
        w, s = waves[group], sums[group]
        for j in range(width):
            pa = fa * w[_COS + j]
            pb = fb * w[_COS + _WIDTH + j]
            pc = fc * w[_COS + 2 * _WIDTH + j]
            pd = fd * w[_COS + 3 * _WIDTH + j]
            pe = fe * w[_COS + 4 * _WIDTH + j]
            qa = fa * w[_SIN + j]
            qb = fb * w[_SIN + _WIDTH + j]
            qc = fc * w[_SIN + 2 * _WIDTH + j]
            qd = fd * w[_SIN + 3 * _WIDTH + j]
            qe = fe * w[_SIN + 4 * _WIDTH + j]
            w[_DAMPED_COS + j] = pa
            w[_DAMPED_COS + _WIDTH + j] = pb
            w[_DAMPED_COS + 2 * _WIDTH + j] = pc
            w[_DAMPED_COS + 3 * _WIDTH + j] = pd
            w[_DAMPED_COS + 4 * _WIDTH + j] = pe
            w[_DAMPED_SIN + j] = qa
            w[_DAMPED_SIN + _WIDTH + j] = qb
            w[_DAMPED_SIN + 2 * _WIDTH + j] = qc
            w[_DAMPED_SIN + 3 * _WIDTH + j] = qd
            w[_DAMPED_SIN + 4 * _WIDTH + j] = qe
            s[_C + j] += pa + pb + pc + pd + pe
            s[_S + j] += qa + qb + qc + qd + qe
            s[_GC + j] += ga * pa + gb * pb + gc * pc + gd * pd + ge * pe
            s[_GS + j] += ga * qa + gb * qb + gc * qc + gd * qd + ge * qe
            s[_CC + j] += pa * pa + pb * pb + pc * pc + pd * pd + pe * pe
            s[_CS + j] += pa * qa + pb * qb + pc * qc + pd * qd + pe * qe


@kernel("void(f8[:, ::1], f8[::1], i8, f8[:, ::1], i8)", flags=REDUCTION, inner=True)
def _project5(waves, y, i, products, width):
    """Add the products of the observations i to i + 4 of one series with their damped waves."""
    va, vb, vc, vd, ve = y[i], y[i + 1], y[i + 2], y[i + 3], y[i + 4]
    for group in range(waves.shape[0]):
        w, s = waves[group], products[group]
        for j in range(width):
            s[j] += (
                va * w[_DAMPED_COS + j]
                + vb * w[_DAMPED_COS + _WIDTH + j]
                + vc * w[_DAMPED_COS + 2 * _WIDTH + j]
                + vd * w[_DAMPED_COS + 3 * _WIDTH + j]
                + ve * w[_DAMPED_COS + 4 * _WIDTH + j]
            )
            s[_WIDTH + j] += (
                va * w[_DAMPED_SIN + j]
                + vb * w[_DAMPED_SIN + _WIDTH + j]
                + vc * w[_DAMPED_SIN + 2 * _WIDTH + j]
                + vd * w[_DAMPED_SIN + 3 * _WIDTH + j]
                + ve * w[_DAMPED_SIN + 4 * _WIDTH + j]
            )


@kernel("void(f8[:, ::1], f8[::1], i8, f8[:, ::1], i8)", flags=REDUCTION, inner=True)
def _eliminate(sums, totals, n, factors, width):
    """Fill what the 3x3 systems of a window ask of the basis alone; a degenerate direction counts nothing."""
    g1, gg, ff = totals[0], totals[1], totals[2]
    k = 1.0 / n
    inverse = 1.0 / (gg - g1 * g1 * k)
    for group in range(sums.shape[0]):
        s, out = sums[group], factors[group]
        for j in range(width):
            c1, s1 = s[_C + j], s[_S + j]
            a12 = s[_GC + j] - g1 * c1 * k
            a13 = s[_GS + j] - g1 * s1 * k
            a22 = s[_CC + j] - c1 * c1 * k
            a23 = s[_CS + j] - c1 * s1 * k
            a33 = ff - s[_CC + j] - s1 * s1 * k
            d2 = a22 - a12 * a12 * inverse
            e = a23 - a12 * a13 * inverse
            d2 = d2 if d2 > 1e-12 * a22 else 1e300
            d3 = a33 - a13 * a13 * inverse - e * e / d2
            d3 = d3 if d3 > 1e-12 * a33 else 1e300
            out[j] = c1 * k
            out[_WIDTH + j] = s1 * k
            out[2 * _WIDTH + j] = a12 * inverse
            out[3 * _WIDTH + j] = a13 * inverse
            out[4 * _WIDTH + j] = e / d2
            out[5 * _WIDTH + j] = 1.0 / d2
            out[6 * _WIDTH + j] = 1.0 / d3


@kernel("void(f8[:, ::1], f8[:, ::1], f8, f8, f8, i8, f8[::1], f8[::1], i8)", flags=REDUCTION, inner=True)
def _close(factors, products, y1, b1, base, index, best, power, width):
    """Keep the smaller SSE of every lane at one window's start, and the exponent that gave it."""
    for group in range(factors.shape[0]):
        x, s = factors[group], products[group]
        low, at = best[group * _WIDTH :], power[group * _WIDTH :]
        for j in range(width):
            z2 = s[j] - x[j] * y1 - x[2 * _WIDTH + j] * b1
            z3 = s[_WIDTH + j] - x[_WIDTH + j] * y1 - x[3 * _WIDTH + j] * b1 - x[4 * _WIDTH + j] * z2
            sse = base - z2 * z2 * x[5 * _WIDTH + j] - z3 * z3 * x[6 * _WIDTH + j]
            better = sse < low[j]
            low[j] = sse if better else low[j]
            at[j] = index if better else at[j]


@kernel("void(f8[::1], f8, f8, f8, f8[::1], f8[:, ::1], f8[:, ::1])", flags=ELEMENTWISE, inner=True)
def _angles(t, tc, omega_low, omega_step, logs, base, step):
    """Fill ln tau and the (sin, cos) pairs of the lowest frequency and of one frequency step."""
    for i in range(t.size):
        logs[i] = log(max(abs(tc - t[i]), TAU_MIN))
    for i in range(t.size):
        base[i, 0], base[i, 1] = sincos(omega_low * logs[i])
    for i in range(t.size):
        step[i, 0], step[i, 1] = sincos(omega_step * logs[i])


@kernel("void(f8[::1], f8[::1], f8, f8, i8)", flags=REDUCTION, inner=True)
def _rotate(cosine, sine, c, s, count):
    """Extend a row of cos/sin by ``count`` lanes, rotated by one angle from the first ``count`` lanes."""
    for j in range(count):
        cosine[count + j] = cosine[j] * c - sine[j] * s
        sine[count + j] = sine[j] * c + cosine[j] * s


@kernel("void(f8[:, ::1], f8[:, ::1], i8, f8[:, ::1], i8)", flags=ELEMENTWISE, inner=True)
def _waves(base, step, first, waves, width):
    """Fill cos/sin(omega ln tau) of every lane of five observations.

    Eight lanes by single rotations, then by rotating those that are there: each doubling doubles the angle.
    """
    for k in range(_BLOCK):
        s, c = base[first + k, 0], base[first + k, 1]
        ds, dc = step[first + k, 0], step[first + k, 1]
        cosine, sine = waves[0, _COS + k * _WIDTH :], waves[0, _SIN + k * _WIDTH :]
        for j in range(8):
            cosine[j] = c
            sine[j] = s
            s, c = s * dc + c * ds, c * dc - s * ds
        for _ in range(3):
            ds, dc = 2.0 * ds * dc, (dc - ds) * (dc + ds)
        done = 8
        while done < width:
            _rotate(cosine, sine, dc, ds, done)
            ds, dc = 2.0 * ds * dc, (dc - ds) * (dc + ds)
            done *= 2
        done = 1
        while done < waves.shape[0]:
            for group in range(done):
                u, v = waves[group], waves[done + group]
                for j in range(width):
                    x, y = u[_COS + k * _WIDTH + j], u[_SIN + k * _WIDTH + j]
                    v[_COS + k * _WIDTH + j] = x * dc - y * ds
                    v[_SIN + k * _WIDTH + j] = y * dc + x * ds
            ds, dc = 2.0 * ds * dc, (dc - ds) * (dc + ds)
            done *= 2


@kernel("void(f8[::1], f8, f8[::1], f8[::1])", flags=ELEMENTWISE, inner=True)
def _powers(logs, m, f, g):
    """Fill F = tau^m and G = (F - 1)/m."""
    inverse = 1.0 / m
    for i in range(logs.size):
        f[i] = exp(m * logs[i])
        g[i] = (f[i] - 1.0) * inverse


@kernel(inner=True)
def _reverse(t, y, back, closes):
    """Fill times and series, newest first."""
    for i in range(t.size):
        back[i] = t[t.size - 1 - i]
        for r in range(y.shape[0]):
            closes[r, i] = y[r, t.size - 1 - i]


@kernel(inner=True)
def _zero(sums, totals):
    """Start the running sums of the basis."""
    for p in range(sums.shape[0]):
        for k in range(totals.shape[1]):
            totals[p, k] = 0.0
        for group in range(sums.shape[1]):
            for k in range(sums.shape[2]):
                sums[p, group, k] = 0.0


@kernel(inner=True)
def _zero_products(products, gy):
    """Start the running products of the series with the basis."""
    for p in range(products.shape[0]):
        for r in range(products.shape[1]):
            gy[p, r] = 0.0
            for group in range(products.shape[2]):
                for k in range(products.shape[3]):
                    products[p, r, group, k] = 0.0


@kernel("void(f8[:, ::1], f8[:, ::1])", inner=True)
def _copy(source, target):
    """Copy sums of all groups."""
    for group in range(source.shape[0]):
        for k in range(source.shape[1]):
            target[group, k] = source[group, k]


@kernel(inner=True)
def _prefix_sums(y, lengths, y1, yy):
    """Fill the sums of every series, newest first, and of its squares over every window."""
    for r in range(y.shape[0]):
        total, squares, w = 0.0, 0.0, 0
        for i in range(lengths[-1]):
            total += y[r, i]
            squares += y[r, i] * y[r, i]
            if i + 1 == lengths[w]:
                y1[r, w], yy[r, w] = total, squares
                w += 1


@kernel
def grid(t, y, lengths, wanted, lower, upper, horizons, powers, omega_low, omega_step, best, power):
    """Scan (tc, m, omega) for nested windows of many series at once; keep the best exponent of every cell.

    Windows end at the last observation, where ``t`` and ``y``, (series, n), are zero; ``lengths`` increase
    and ``wanted``, (series, windows), says which count. Every window's sums are a prefix of one running sum
    from the end backwards; those of the basis alone serve all series. The running sum advances by five
    observations whatever the windows are, so that the values of a window depend neither on its neighbours
    nor on other series. ``best``, infinite at first, and ``power`` are (series, windows, horizons, lanes),
    lanes 8 times a power of two; cells outside a window's ``lower <= tc <= upper`` stay infinite.
    """
    series, n = y.shape
    lanes, exponents = best.shape[3], powers.size
    width = min(lanes, _WIDTH)
    groups = lanes // width
    back, closes = np.empty(n), np.empty((series, n))
    _reverse(t, y, back, closes)
    y1, yy = np.empty((series, lengths.size)), np.empty((series, lengths.size))
    _prefix_sums(closes, lengths, y1, yy)
    logs, f, g = np.empty(n), np.empty((exponents, n)), np.empty((exponents, n))
    base, step = np.zeros((n + _BLOCK, 2)), np.zeros((n + _BLOCK, 2))
    waves, factors = np.empty((groups, 20 * _WIDTH)), np.empty((groups, 7 * _WIDTH))
    sums, totals = np.empty((exponents, groups, 6 * _WIDTH)), np.empty((exponents, 3))
    products, gy = np.empty((exponents, series, groups, 2 * _WIDTH)), np.empty((exponents, series))
    window_sums, window_totals = np.empty((groups, 6 * _WIDTH)), np.empty(3)
    window_products, rest = np.empty((groups, 2 * _WIDTH)), np.zeros((3, _BLOCK))
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
        span = lengths[last]
        _angles(back[:span], tc, omega_low, omega_step, logs[:span], base[:span], step[:span])
        for p in range(exponents):
            _powers(logs[:span], powers[p], f[p, :span], g[p, :span])
        _zero(sums, totals)
        _zero_products(products, gy)
        done = 0
        for w in range(first, last + 1):
            length = lengths[w]
            while done + _BLOCK <= length:
                _waves(base, step, done, waves, width)
                for p in range(exponents):
                    _add5(waves, sums[p], totals[p], f[p], g[p], done, width)
                    for r in range(series):
                        _project5(waves, closes[r], done, products[p, r], width)
                        for i in range(done, done + _BLOCK):
                            gy[p, r] += g[p, i] * closes[r, i]
                done += _BLOCK
            if not (lower[w] <= tc <= upper[w]):
                continue
            more = length - done
            if more:
                _waves(base, step, done, waves, width)
            for p in range(exponents):
                _copy(sums[p], window_sums)
                for k in range(3):
                    window_totals[k] = totals[p, k]
                if more:
                    for i in range(_BLOCK):
                        rest[0, i] = f[p, done + i] if i < more else 0.0
                        rest[1, i] = g[p, done + i] if i < more else 0.0
                    _add5(waves, window_sums, window_totals, rest[0], rest[1], 0, width)
                g1 = window_totals[0] / length
                spread = window_totals[1] - window_totals[0] * g1
                _eliminate(window_sums, window_totals, length, factors, width)
                for r in range(series):
                    if not wanted[r, w]:
                        continue
                    _copy(products[p, r], window_products)
                    slope = gy[p, r] - g1 * y1[r, w]
                    if more:
                        for i in range(more):
                            rest[2, i] = closes[r, done + i]
                            slope += rest[1, i] * rest[2, i]
                        _project5(waves, rest[2], 0, window_products, width)
                    flat = yy[r, w] - y1[r, w] * y1[r, w] / length - slope * slope / spread
                    _close(
                        factors,
                        window_products,
                        y1[r, w],
                        slope,
                        flat,
                        p,
                        best[r, w, h],
                        power[r, w, h],
                        width,
                    )


@kernel("void(f8[:, ::1], f8[::1], f4[:, ::1])", flags=REDUCTION, inner=True)
def _weigh(y, f, weighted):
    """Fill the rows of ``y`` times ``f``."""
    for r in range(y.shape[0]):
        for i in range(y.shape[1]):
            weighted[r, i] = y[r, i] * f[i]


@kernel
def grid_many(t, y, low, high, horizons, powers, omega_low, omega_step, best, power):
    """Scan one window for very many series on the same dates; ``y`` (series, n) is zero at the end.

    The sums of all series with the basis of a cell are one matrix product, in single precision, which ranks
    cells well enough. ``best``, infinite at first, and ``power`` are (series, horizons, lanes); otherwise as
    :func:`grid`.
    """
    series, n = y.shape
    lanes, exponents = best.shape[2], powers.size
    width = min(lanes, _WIDTH)
    groups = lanes // width
    back, closes = np.empty(n), np.empty((series, n))
    _reverse(t, y, back, closes)
    y1, yy, length = np.empty((series, 1)), np.empty((series, 1)), np.full(1, n)
    _prefix_sums(closes, length, y1, yy)
    logs, f, g = np.empty(n), np.zeros((exponents, n + _BLOCK)), np.zeros((exponents, n + _BLOCK))
    base, step = np.zeros((n + _BLOCK, 2)), np.zeros((n + _BLOCK, 2))
    waves, factors = np.empty((groups, 20 * _WIDTH)), np.empty((groups, 7 * _WIDTH))
    sums, totals = np.empty((exponents, groups, 6 * _WIDTH)), np.empty((exponents, 3))
    products, weighted = np.empty((groups, 2 * _WIDTH)), np.empty((series, n), np.float32)
    cosine, sine = np.empty((n, lanes), np.float32), np.empty((n, lanes), np.float32)
    for h in range(horizons.size):
        if not (low <= horizons[h] <= high):
            continue
        _angles(back, horizons[h], omega_low, omega_step, logs, base[:n], step[:n])
        for p in range(exponents):
            _powers(logs, powers[p], f[p, :n], g[p, :n])
        _zero(sums, totals)
        for first in range(0, n, _BLOCK):
            _waves(base, step, first, waves, width)
            for p in range(exponents):
                _add5(waves, sums[p], totals[p], f[p], g[p], first, width)
            for k in range(min(_BLOCK, n - first)):
                for group in range(groups):
                    for j in range(width):
                        cosine[first + k, group * width + j] = waves[group, _COS + k * _WIDTH + j]
                        sine[first + k, group * width + j] = waves[group, _SIN + k * _WIDTH + j]
        for p in range(exponents):
            _eliminate(sums[p], totals[p], n, factors, width)
            _weigh(closes, f[p], weighted)
            yc, ys, yg = np.dot(weighted, cosine), np.dot(weighted, sine), np.dot(closes, g[p, :n])
            g1 = totals[p, 0] / n
            spread = totals[p, 1] - totals[p, 0] * g1
            for r in range(series):
                for group in range(groups):
                    for j in range(width):
                        products[group, j] = yc[r, group * width + j]
                        products[group, _WIDTH + j] = ys[r, group * width + j]
                slope = yg[r] - g1 * y1[r, 0]
                flat = yy[r, 0] - y1[r, 0] * y1[r, 0] / n - slope * slope / spread
                _close(factors, products, y1[r, 0], slope, flat, p, best[r, h], power[r, h], width)

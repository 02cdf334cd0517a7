"""Compiled sums of the grid search: what the basis has alone, and its products with the series.

Lanes lie in groups of 64: the rows of a group are a fixed distance apart, so that the compiler sees that they
do not overlap and vectorises. A narrow box leaves the end of its only group unused.
"""

import math

import numpy as np
from numpy import float32 as single

from lppl._kernels.elementary import exp, log, sincos
from lppl._kernels.jit import ELEMENTWISE, REDUCTION, kernel
from lppl._kernels.linked import linked
from lppl._kernels.sums import TAU_MIN

BLOCK = 5  # observations a running sum advances by
RUN = 25  # the same, where five observations count as one
ROOT = math.sqrt(5.0)
WIDTH = 64  # lanes in a group
# Rows of a group of waves, damped or not: cosines and sines of five observations.
COS, SIN = 0, 5 * WIDTH
# Rows of a group of sums over the basis.
_C, _S, _GC, _GS, _CC, _CS = (WIDTH * k for k in range(6))


@linked
@kernel(
    "void(f8[:, ::1], f4[:, ::1], f8[:, ::1], f8[::1], f8[::1], f8[::1], i8, f8, i8)",
    flags=REDUCTION,
    inner=True,
)
def add5(waves, damped, sums, totals, f, g, i, one, width):
    """Add the observations i to i + 4 to the sums of the basis, and fill their damped waves.

    ``one`` is the constant column: where F and G of an observation carry the root of its weight, that root.
    """
    fa, fb, fc, fd, fe = f[i], f[i + 1], f[i + 2], f[i + 3], f[i + 4]
    ga, gb, gc, gd, ge = g[i], g[i + 1], g[i + 2], g[i + 3], g[i + 4]
    totals[0] += one * (ga + gb + gc + gd + ge)
    totals[1] += ga * ga + gb * gb + gc * gc + gd * gd + ge * ge
    totals[2] += fa * fa + fb * fb + fc * fc + fd * fd + fe * fe
    for group in range(waves.shape[0]):
        w, v, s = waves[group], damped[group], sums[group]
        for j in range(width):
            pa = fa * w[COS + j]
            pb = fb * w[COS + WIDTH + j]
            pc = fc * w[COS + 2 * WIDTH + j]
            pd = fd * w[COS + 3 * WIDTH + j]
            pe = fe * w[COS + 4 * WIDTH + j]
            qa = fa * w[SIN + j]
            qb = fb * w[SIN + WIDTH + j]
            qc = fc * w[SIN + 2 * WIDTH + j]
            qd = fd * w[SIN + 3 * WIDTH + j]
            qe = fe * w[SIN + 4 * WIDTH + j]
            v[COS + j] = pa
            v[COS + WIDTH + j] = pb
            v[COS + 2 * WIDTH + j] = pc
            v[COS + 3 * WIDTH + j] = pd
            v[COS + 4 * WIDTH + j] = pe
            v[SIN + j] = qa
            v[SIN + WIDTH + j] = qb
            v[SIN + 2 * WIDTH + j] = qc
            v[SIN + 3 * WIDTH + j] = qd
            v[SIN + 4 * WIDTH + j] = qe
            s[_C + j] += one * (pa + pb + pc + pd + pe)
            s[_S + j] += one * (qa + qb + qc + qd + qe)
            s[_GC + j] += ga * pa + gb * pb + gc * pc + gd * pd + ge * pe
            s[_GS + j] += ga * qa + gb * qb + gc * qc + gd * qd + ge * qe
            s[_CC + j] += pa * pa + pb * pb + pc * pc + pd * pd + pe * pe
            s[_CS + j] += pa * qa + pb * qb + pc * qc + pd * qd + pe * qe


@linked
@kernel("void(f4[:, ::1], f8[::1], i8, f4[:, ::1], i8)", flags=REDUCTION, inner=True)
def project5(damped, y, i, products, width):
    """Add the products of the observations i to i + 4 of one series with their damped waves."""
    va, vb, vc = single(y[i]), single(y[i + 1]), single(y[i + 2])
    vd, ve = single(y[i + 3]), single(y[i + 4])
    for group in range(damped.shape[0]):
        w, s = damped[group], products[group]
        for j in range(width):
            s[j] += (
                va * w[COS + j]
                + vb * w[COS + WIDTH + j]
                + vc * w[COS + 2 * WIDTH + j]
                + vd * w[COS + 3 * WIDTH + j]
                + ve * w[COS + 4 * WIDTH + j]
            )
            s[WIDTH + j] += (
                va * w[SIN + j]
                + vb * w[SIN + WIDTH + j]
                + vc * w[SIN + 2 * WIDTH + j]
                + vd * w[SIN + 3 * WIDTH + j]
                + ve * w[SIN + 4 * WIDTH + j]
            )


@linked
@kernel("void(f8[:, ::1], f8[::1], i8, f4[:, ::1], i8)", flags=REDUCTION, inner=True)
def eliminate(sums, totals, n, factors, width):
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
            i2 = 1.0 / d2
            d3 = a33 - a13 * a13 * inverse - e * e * i2
            d3 = d3 if d3 > 1e-12 * a33 else 1e300
            out[j] = c1 * k
            out[WIDTH + j] = s1 * k
            out[2 * WIDTH + j] = a12 * inverse
            out[3 * WIDTH + j] = a13 * inverse
            out[4 * WIDTH + j] = e * i2
            out[5 * WIDTH + j] = np.sqrt(single(i2))
            out[6 * WIDTH + j] = np.sqrt(single(1.0) / single(d3))


@linked
@kernel(
    "void(f4[:, ::1], f4[:, ::1], f8, f8, f8, f8, u1, f4[::1], u1[::1], i8)",
    flags=REDUCTION,
    inner=True,
)
def close(factors, products, total, y1, slope, spread, index, best, power, width):
    """Keep the smaller SSE of every lane at one window's start, and the exponent that gave it.

    It is told as a share of ``total``, the squares around the mean; {1, G} leave the slope's part of them.
    """
    base, unit = single(1.0 - slope * slope / (spread * total)), single(1.0 / math.sqrt(total))
    y1, b1 = single(y1), single(slope)
    for group in range(factors.shape[0]):
        x, s = factors[group], products[group]
        low, at = best[group * WIDTH :], power[group * WIDTH :]
        for j in range(width):
            z2 = s[j] - x[j] * y1 - x[2 * WIDTH + j] * b1
            z3 = s[WIDTH + j] - x[WIDTH + j] * y1 - x[3 * WIDTH + j] * b1 - x[4 * WIDTH + j] * z2
            z2 *= unit * x[5 * WIDTH + j]
            z3 *= unit * x[6 * WIDTH + j]
            sse = base - z2 * z2 - z3 * z3
            better = sse < low[j]
            low[j] = sse if better else low[j]
            at[j] = index if better else at[j]


@linked
@kernel("void(f8[::1], f8, f8, f8, f8[::1], f8[:, ::1], f8[:, ::1])", flags=ELEMENTWISE, inner=True)
def angles(t, tc, omega_low, omega_step, logs, base, step):
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


@linked
@kernel("void(f8[:, ::1], f8[:, ::1], i8, f8[:, ::1], i8)", flags=ELEMENTWISE, inner=True)
def fill_waves(base, step, first, waves, width):
    """Fill cos/sin(omega ln tau) of every lane of five observations.

    Eight lanes by single rotations, then by rotating those that are there: each doubling doubles the angle.
    """
    for k in range(BLOCK):
        s, c = base[first + k, 0], base[first + k, 1]
        ds, dc = step[first + k, 0], step[first + k, 1]
        cosine, sine = waves[0, COS + k * WIDTH :], waves[0, SIN + k * WIDTH :]
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
                    x, y = u[COS + k * WIDTH + j], u[SIN + k * WIDTH + j]
                    v[COS + k * WIDTH + j] = x * dc - y * ds
                    v[SIN + k * WIDTH + j] = y * dc + x * ds
            ds, dc = 2.0 * ds * dc, (dc - ds) * (dc + ds)
            done *= 2


@linked
@kernel("void(f8[::1], f8, i8, i8, f8[::1], f8[::1])", flags=ELEMENTWISE, inner=True)
def fill_powers(logs, m, first, last, f, g):
    """Fill F = tau^m and G = (F - 1)/m; where an observation is the mean of five, times the root of five."""
    inverse = 1.0 / m
    for i in range(logs.size):
        f[i] = exp(m * logs[i])
        g[i] = (f[i] - 1.0) * inverse
    for i in range(first, last):
        f[i] *= ROOT
        g[i] *= ROOT


@kernel(inner=True)
def reverse(t, y, back, closes):
    """Fill times and series, newest first; these are scaled by a power of two, for single precision."""
    for i in range(t.size):
        back[i] = t[t.size - 1 - i]
    for r in range(y.shape[0]):
        peak = 0.0
        for i in range(t.size):
            peak = max(peak, abs(y[r, i]))
        scale = math.ldexp(1.0, -math.frexp(peak)[1])
        for i in range(t.size):
            closes[r, i] = scale * y[r, t.size - 1 - i]


@kernel(inner=True)
def fives(back, closes, times, sums):
    """Fill the mean time and the sum of the series, over the root of five, of every five observations."""
    for k in range(back.size // BLOCK):
        total = 0.0
        for i in range(BLOCK * k, BLOCK * k + BLOCK):
            total += back[i]
        times[k] = total / BLOCK
        for r in range(closes.shape[0]):
            total = 0.0
            for i in range(BLOCK * k, BLOCK * k + BLOCK):
                total += closes[r, i]
            sums[r, k] = total / ROOT


@kernel(inner=True)
def lay_out(back, times, tc, apart, lengths, points, loose):
    """Fill the times ``points`` that the sums of one critical time run over.

    Older than ``apart`` before tc five observations count as one: runs of 25 are five such points. ``loose``
    says where the observations lie that a window counts one by one beyond its last five. Return the first
    observation that does not stand alone, the points before ``loose`` ones, and all points.
    """
    span = lengths[-1]
    start = 0
    while start < span and tc - back[start] <= apart:
        start += RUN
    count = min(start, span)
    for i in range(count):
        points[i] = back[i]
    for k in range(start // BLOCK, span // BLOCK):
        points[count] = times[k]
        count += 1
    whole = count
    for w in range(lengths.size):
        loose[w] = count
        if lengths[w] > start:
            for i in range(lengths[w] - lengths[w] % BLOCK, lengths[w]):
                points[count] = back[i]
                count += 1
    return start, whole, count


@kernel(["void(f8[:, ::1], f8[:, ::1])", "void(f4[:, ::1], f4[:, ::1])"], inner=True)
def copy(source, target):
    """Copy sums of all groups."""
    for group in range(source.shape[0]):
        for k in range(source.shape[1]):
            target[group, k] = source[group, k]


@kernel(inner=True)
def prefix_sums(y, lengths, y1, yy):
    """Fill the sums of every series, newest first, and of its squares over every window."""
    for r in range(y.shape[0]):
        total, squares, w = 0.0, 0.0, 0
        for i in range(lengths[-1]):
            total += y[r, i]
            squares += y[r, i] * y[r, i]
            if i + 1 == lengths[w]:
                y1[r, w], yy[r, w] = total, squares
                w += 1


@kernel("void(f8[:, ::1], f8[::1], f4[:, ::1])", flags=REDUCTION, inner=True)
def weigh(y, f, weighted):
    """Fill the rows of ``y`` times ``f``."""
    for r in range(y.shape[0]):
        for i in range(y.shape[1]):
            weighted[r, i] = y[r, i] * f[i]

"""Compiled sums over observations behind the bound of a cell: see :mod:`lppl._kernels.cell_bounds`."""

import math

import numpy as np

from lppl._kernels.elementary import exp, log_inverse, sincos
from lppl._kernels.jit import ELEMENTWISE, REDUCTION, kernel
from lppl._kernels.sums import TAU_MIN

# Rows of the table: the basis, what its derivatives are made of, prices; ln(tau/scale), d ln(tau)/d tc, F.
ROWS, DERIVED, PRICE = 13, 3, 9
# Curves are expanded about exp(-0.94/(m + 0.53)) of the way from the nearest observation to the farthest:
# about where the fourth to sixth moments of F ln(tau/scale) are least.
_SCALE = (0.94, 0.53)
_TURN = 0.4  # radians a curve may turn in half a cell at an observation that is kept


@kernel("void(f8[::1], f8[::1], f8, f8, f8, f8, i8, f8[:, ::1])", flags=ELEMENTWISE, inner=True)
def _tables(t, y, tc, m, omega, log_scale, first, rows):
    """Fill the rows of these observations from column ``first`` on."""
    inverse_m = 1.0 / m
    for i in range(t.size):
        gap = tc - t[i]
        distance = abs(gap)
        inside = distance > TAU_MIN
        ln, inverse = log_inverse(distance if inside else TAU_MIN)
        ln -= log_scale
        inverse = inverse if inside else 0.0
        slope = inverse if gap > 0.0 else -inverse
        f = exp(m * ln)
        s, c = sincos(omega * ln)
        g = (f - 1.0) * inverse_m
        k = first + i
        rows[0, k] = g
        rows[1, k] = f * c
        rows[2, k] = f * s
        rows[3, k] = (ln * f - g) * inverse_m
        rows[4, k] = slope * f
        rows[5, k] = ln * f * c
        rows[6, k] = ln * f * s
        rows[7, k] = slope * f * c
        rows[8, k] = slope * f * s
        rows[9, k] = y[i]
        rows[10, k] = ln
        rows[11, k] = slope
        rows[12, k] = f


@kernel("f8(f8[:, ::1], i8, i8, i8)", flags=REDUCTION, inner=True)
def _dot(rows, i, j, n):
    total = 0.0
    for k in range(n):
        total += rows[i, k] * rows[j, k]
    return total


@kernel("f8(f8[:, ::1], i8, i8)", flags=REDUCTION, inner=True)
def _sum(rows, i, n):
    total = 0.0
    for k in range(n):
        total += rows[i, k]
    return total


@kernel("UniTuple(f8, 10)(f8[:, ::1], i8, f8, f8, f8, f8, f8, f8)", flags=REDUCTION, inner=True)
def bent(rows, n, a, b, c1, c2, m, inverse_m):
    """Return r'r, and r times the second derivatives of the basis.

    They are powers of ln and slope, times F, F cos and F sin.
    """
    rr = mm = mt = tt = llc = lls = ldc = lds = ddc = dds = 0.0
    for k in range(n):
        ln, slope, f = rows[10, k], rows[11, k], rows[12, k]
        c, s = rows[1, k], rows[2, k]
        r = rows[9, k] - a - b * rows[0, k] - c1 * c - c2 * s
        rr += r * r
        mm += r * (ln * ln * f - 2.0 * rows[3, k]) * inverse_m
        rl = r * ln
        rd = r * slope
        mt += rl * slope * f
        tt += rd * slope * f
        llc += rl * ln * c
        lls += rl * ln * s
        ldc += rl * slope * c
        lds += rl * slope * s
        ddc += rd * slope * c
        dds += rd * slope * s
    return rr, mm, mt, tt, llc, lls, ldc, lds, ddc, dds


@kernel("UniTuple(f8, 4)(f8[:, ::1], i8, f8, f8, f8, f8, f8, b1)", flags=REDUCTION, inner=True)
def remainders(rows, n, m, omega, ht, hm, hw, scaled):
    """Return norms of what Taylor polynomials leave out: wave and power, of first and second degree.

    Along d the wave is exp(e(s)), s from 0 to 1, with ``e1`` to ``e3`` bounds of the derivatives of e; the
    power is the integral of exp(m x) from 0 to ln. A ``scaled`` wave is one over omega.
    """
    w2 = p2 = w3 = p3 = 0.0
    turn = math.hypot(hm, hw)
    z = math.hypot(m + hm, omega + hw)
    eta = hw / (omega - hw) if scaled else 0.0
    grown = omega / (omega - hw) if scaled else 1.0
    off1 = max(abs(m - hm - 1.0), abs(m + hm - 1.0))
    off2 = off1 * max(abs(m - hm - 2.0), abs(m + hm - 2.0))
    for k in range(n):
        xi = ht * abs(rows[11, k])
        x = xi / (1.0 - xi)
        ln = abs(rows[10, k]) + x * (1.0 - 0.5 * xi)
        f = rows[12, k] * exp(hm * ln + m * xi)
        top = max(f, 1.0)
        e1 = turn * ln + z * x + eta
        e2 = x * (2.0 * turn + z * x) + eta * eta
        e3 = x * x * (3.0 * turn + 2.0 * z * x) + 2.0 * eta * eta * eta
        wave2 = grown * f * (e2 + e1 * e1) * 0.5
        wave3 = grown * f * (e3 + e1 * (3.0 * e2 + e1 * e1)) * (1.0 / 6.0)
        hl = hm * ln
        power2 = 0.5 * (hl * hl * ln * top * (1.0 / 3.0) + f * x * (2.0 * hl + off1 * x))
        power3 = (1.0 / 6.0) * (
            hl * hl * hl * ln * top * 0.25
            + f * x * (3.0 * hl * hl + x * (3.0 * hm * (1.0 + off1 * ln) + off2 * x))
        )
        w2 += wave2 * wave2
        p2 += power2 * power2
        w3 += wave3 * wave3
        p3 += power3 * power3
    return math.sqrt(w2), math.sqrt(p2), math.sqrt(w3), math.sqrt(p3)


@kernel(inner=True)
def _left_out(t, tc, ht, z):
    """Return the range of observations to leave out: what has a kink in the cell, or turns too fast in it."""
    i, j = np.searchsorted(t, tc - ht - TAU_MIN), np.searchsorted(t, tc + ht + TAU_MIN, side="right")
    kink, inner = False, ht * (1.0 - 1e-9) - 1e-12 * (1.0 + abs(tc))  # cells end at kinks, up to rounding
    for k in range(i, j):
        kink = kink or abs(abs(tc - t[k]) - TAU_MIN) < inner
    reach = ht * z / _TURN
    if reach < (ht + TAU_MIN if kink else TAU_MIN):
        return (i, j) if kink else (t.size, t.size)
    return np.searchsorted(t, tc - reach), np.searchsorted(t, tc + reach, side="right")


@kernel(inner=True)
def fill(t, y, centre, half, work, gram, mean):
    """Fill the table of the observations kept, their means and centred products; return how many are kept."""
    tc, m, omega = centre[0], centre[1], centre[2]
    far = max(abs(tc - t[0]), abs(tc - t[t.size - 1]))
    near = max(tc - t[t.size - 1], 0.0)
    log_scale = math.log(near + max(far - near, 1.0) * math.exp(-_SCALE[0] / (m + _SCALE[1])))
    i, j = _left_out(t, tc, half[0], math.hypot(m + half[1], omega + half[2]))
    _tables(t[:i], y[:i], tc, m, omega, log_scale, 0, work)
    _tables(t[j:], y[j:], tc, m, omega, log_scale, i, work)
    n = i + t.size - j
    for a in range(PRICE + 1):
        mean[a] = _sum(work, a, n) / max(n, 1)
        for b in range(a + 1):
            gram[a, b] = gram[b, a] = _dot(work, a, b, n) - n * mean[a] * mean[b]
    return n

"""Compiled lower bound of the SSE over a cell of (tc, m, omega).

Let X0 be the columns {G, F cos, F sin} at the cell's centre, centred and orthonormalised, P their projection,
p = P y, r = y - p, and let a step d lead to columns X. Write E = P X - X0 and K = (1 - P) X (1 + E)^-1: every
curve of the stepped model is v + K v with v in the span of X0, so

    SSE(d) = min_v |p - v|^2 + |r - K v|^2 = u' (1 + K K')^-1 u >= |u|^2 - |K' u|^2,    u = r - K p.

With X = X0 + sum d_k X_k + R the terms up to d^2 are known exactly (they are the Taylor polynomial of the SSE),
and what is left is bounded by norms: pointwise bounds of the second and third derivatives of tau^m and
tau^(m + i omega) along d (Taylor's remainder) for R, Frobenius norms at the worst corner of the cell for the
rest. Where the d^2 terms are not convex they are bent up, at a price of what that adds at the corners. Convex,
they lie above each of their tangent planes: the bound is that of a nearly stationary one. Leaving
out observations can only lower the SSE, and those nearest to tc, where curves turn fastest, are left out.

All is exact mathematics in floating-point numbers; callers leave a margin for rounding.
"""

import math

import numpy as np

from lppl._kernels.arithmetic import TAU_MIN
from lppl._kernels.elementary import exp, log_inverse, sincos
from lppl._kernels.jit import ELEMENTWISE, REDUCTION, kernel

# Rows of the table: the basis, its derivatives, prices; then ln(tau/scale), d ln(tau)/d tc, F.
ROWS, DERIVED, PRICE = 13, 3, 9
_TURN = 1.0  # radians a curve may turn in half a cell at an observation that is kept


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
def _bent(rows, n, a, b, c1, c2, m, inverse_m):
    """Return r'r, and r times the second derivatives of the basis: powers of ln and slope, times F, F cos, F sin."""
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


@kernel("UniTuple(f8, 4)(f8[:, ::1], i8, f8, f8, f8, f8, f8)", flags=REDUCTION, inner=True)
def _remainders(rows, n, m, omega, ht, hm, hw):
    """Return squared norms of what Taylor polynomials leave out: wave and power, of first and second degree."""
    w2 = p2 = w3 = p3 = 0.0
    turn = math.hypot(hm, hw)
    z = math.hypot(m + hm, omega + hw)
    off1 = max(abs(m - hm - 1.0), abs(m + hm - 1.0))
    off2 = off1 * max(abs(m - hm - 2.0), abs(m + hm - 2.0))
    for k in range(n):
        xi = ht * abs(rows[11, k])
        x = xi / (1.0 - xi)
        ln = abs(rows[10, k]) + x * (1.0 - 0.5 * xi)
        f = rows[12, k] * exp(hm * ln + m * xi)
        top = max(f, 1.0)
        e1 = turn * ln + z * x
        e2 = x * (2.0 * turn + z * x)
        e3 = x * x * (3.0 * turn + 2.0 * z * x)
        wave2 = f * (e2 + e1 * e1) * 0.5
        wave3 = f * (e3 + e1 * (3.0 * e2 + e1 * e1)) * (1.0 / 6.0)
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
    return w2, p2, w3, p3


@kernel(inner=True)
def _corner(form, half):
    """Return the largest square root of d'(form)d over the cell: it is convex, so a corner has it."""
    most = 0.0
    for k in range(4):
        d1 = half[1] if k & 1 else -half[1]
        d2 = half[2] if k & 2 else -half[2]
        d = (half[0], d1, d2)
        total = 0.0
        for i in range(3):
            for j in range(3):
                total += form[i, j] * d[i] * d[j]
        most = max(most, total)
    return math.sqrt(most)


@kernel(inner=True)
def _least(gradient, form, half, step):
    """Return a lower bound of gradient'd + d'(form)d over the cell, for any symmetric form."""
    scale = 0.0
    for i in range(3):
        scale = max(scale, abs(form[i, i]) * half[i] * half[i])
    for i in range(3):
        for j in range(i):
            scale = max(scale, abs(form[i, j]) * half[i] * half[j])
    lift = 0.0
    for _ in range(60):
        a = form[0, 0] * half[0] * half[0] + lift
        b = form[0, 1] * half[0] * half[1]
        c = form[0, 2] * half[0] * half[2]
        d = form[1, 1] * half[1] * half[1] + lift
        e = form[1, 2] * half[1] * half[2]
        f = form[2, 2] * half[2] * half[2] + lift
        if a > 1e-12 * scale:
            d1 = d - b * b / a
            e1 = e - b * c / a
            if d1 > 1e-12 * scale and f - c * c / a - e1 * e1 / d1 > 1e-12 * scale:
                break
        lift = max(2.0 * lift, 1e-3 * scale)
    for k in range(3):
        step[k] = 0.0
    for _ in range(12):
        for k in range(3):
            if half[k] > 0.0:
                pull = gradient[k]
                for j in range(3):
                    if j != k:
                        pull += 2.0 * form[k, j] * step[j]
                bend = form[k, k] + lift / (half[k] * half[k])
                free = -pull / (2.0 * bend) if bend > 0.0 else -math.copysign(half[k], pull)
                step[k] = min(max(free, -half[k]), half[k])
    value = -3.0 * lift
    for k in range(3):
        if half[k] > 0.0:
            bend = lift / (half[k] * half[k])
            slope = gradient[k] + 2.0 * bend * step[k]
            value += gradient[k] * step[k] + bend * step[k] * step[k]
            for j in range(3):
                slope += 2.0 * form[k, j] * step[j]
                value += step[k] * form[k, j] * step[j]
            # The tangent plane at the step, at its lowest corner.
            value -= abs(slope) * half[k] + slope * step[k]
    return value


@kernel(inner=True)
def _left_out(t, tc, ht, z):
    """Return the range of observations to leave out: what has a kink in the cell, or turns too fast in it."""
    i, j = np.searchsorted(t, tc - ht - TAU_MIN), np.searchsorted(t, tc + ht + TAU_MIN, side="right")
    kink = False
    for k in range(i, j):
        kink = kink or abs(abs(tc - t[k]) - TAU_MIN) < ht * (1.0 - 1e-9)
    reach = ht * z / _TURN
    if reach < (ht + TAU_MIN if kink else TAU_MIN):
        return (i, j) if kink else (t.size, t.size)
    return np.searchsorted(t, tc - reach), np.searchsorted(t, tc + reach, side="right")


@kernel(inner=True)
def _factor(gram, r):
    """Fill the inverse of the upper Cholesky factor of a 3x3 matrix; return whether it is safely positive."""
    a, b, c = gram[0, 0], gram[0, 1], gram[0, 2]
    if not a > 0.0:
        return False
    r00 = math.sqrt(a)
    r01, r02 = b / r00, c / r00
    d = gram[1, 1] - r01 * r01
    if not d > 1e-11 * gram[1, 1]:
        return False
    r11 = math.sqrt(d)
    r12 = (gram[1, 2] - r01 * r02) / r11
    f = gram[2, 2] - r02 * r02 - r12 * r12
    if not f > 1e-11 * gram[2, 2]:
        return False
    r22 = math.sqrt(f)
    r[:] = 0.0
    r[0, 0], r[1, 1], r[2, 2] = 1.0 / r00, 1.0 / r11, 1.0 / r22
    r[0, 1] = -r01 / (r00 * r11)
    r[1, 2] = -r12 / (r11 * r22)
    r[0, 2] = (r01 * r12 - r02 * r11) / (r00 * r11 * r22)
    return True


@kernel(inner=True)
def _columns_of(m, omega, steps):
    """Fill how the basis' derivatives in tc, m, omega are made of the derived rows: (3, 6, 3)."""
    steps[:] = 0.0
    steps[0, 1, 0] = 1.0
    steps[0, 4, 1], steps[0, 5, 1] = m, -omega
    steps[0, 4, 2], steps[0, 5, 2] = omega, m
    steps[1, 0, 0] = steps[1, 2, 1] = steps[1, 3, 2] = 1.0
    steps[2, 3, 1], steps[2, 2, 2] = -1.0, 1.0


@kernel
def cell_bound(t, y, centre, half, work, out):
    """Return a lower bound of the SSE over the cell ``centre`` +- ``half`` (tc, m, omega).

    ``work`` is (13, n). ``out`` takes the SSE at the centre, NaN where observations are left out, and how much
    each half-width weighs in what the bound loses.
    """
    tc, m, omega = centre[0], centre[1], centre[2]
    ht, hm, hw = half[0], half[1], half[2]
    far = max(abs(tc - t[0]), abs(tc - t[t.size - 1]))
    log_scale = math.log(0.5 * max(far, 1.0))
    i, j = _left_out(t, tc, ht, math.hypot(m + hm, omega + hw))
    _tables(t[:i], y[:i], tc, m, omega, log_scale, 0, work)
    _tables(t[j:], y[j:], tc, m, omega, log_scale, i, work)
    n = i + t.size - j
    out[0] = np.nan
    out[1], out[2], out[3] = 1.0, 0.0, 0.0
    if n < 8:
        return 0.0
    gram = np.empty((10, 10))
    mean = np.empty(10)
    for a in range(10):
        mean[a] = _sum(work, a, n) / n
        for b in range(a + 1):
            gram[a, b] = gram[b, a] = _dot(work, a, b, n) - n * mean[a] * mean[b]
    r, steps = np.empty((3, 3)), np.empty((3, 6, 3))
    if not _factor(gram, r):
        out[2] = hm / m
        out[3] = hw / omega
        return 0.0
    _columns_of(m, omega, steps)
    p, linear = np.zeros(3), np.zeros(3)
    for a in range(3):
        for b in range(3):
            p[a] += r[b, a] * gram[b, PRICE]
    for a in range(3):
        for b in range(3):
            linear[a] += r[a, b] * p[b]
    b, c1, c2 = linear[0], linear[1], linear[2]
    constant = mean[9] - b * mean[0] - c1 * mean[1] - c2 * mean[2]
    rr, mm, mt, tt, llc, lls, ldc, lds, ddc, dds = _bent(work, n, constant, b, c1, c2, m, 1.0 / m)
    # In the orthonormal basis: V_k = X_k R^-1, E_k = X0'V_k; V'V, and how they act on p and on r.
    e, norms, turns = np.zeros((3, 3, 3)), np.zeros((3, 3)), np.zeros((3, 3))
    moved, kr = np.zeros((3, 3)), np.zeros((3, 3))
    across = np.zeros((3, 6, 3))
    for k in range(3):
        for a in range(6):
            for q in range(3):
                for v in range(3):
                    across[k, a, q] += steps[k, a, v] * r[v, q]
        for q in range(3):
            for a in range(6):
                left = 0.0
                for v in range(3):
                    left += r[v, q] * gram[v, DERIVED + a]
                for v in range(3):
                    e[k, q, v] += left * across[k, a, v]
        for q in range(3):
            for v in range(3):
                moved[k, q] += e[k, q, v] * p[v]
        for a in range(6):
            rd = gram[DERIVED + a, PRICE]
            for v in range(3):
                rd -= gram[DERIVED + a, v] * linear[v]
            for v in range(3):
                kr[k, v] += rd * across[k, a, v]
    slopes = np.zeros((3, 6))
    for k in range(3):
        for a in range(6):
            for v in range(3):
                slopes[k, a] += across[k, a, v] * p[v]
    form, gradient = np.zeros((3, 3)), np.zeros(3)
    jj, eep, rrk, eps = np.zeros((3, 3)), np.zeros((3, 3)), np.zeros((3, 3)), np.zeros((3, 3))
    for k in range(3):
        for q in range(3):
            for a in range(6):
                for v in range(6):
                    g = gram[DERIVED + a, DERIVED + v]
                    jj[k, q] += slopes[k, a] * g * slopes[q, v]
                    norms[k, q] += g * (
                        across[k, a, 0] * across[q, v, 0]
                        + across[k, a, 1] * across[q, v, 1]
                        + across[k, a, 2] * across[q, v, 2]
                    )
            for a in range(3):
                eep[k, q] += moved[k, a] * moved[q, a]
                rrk[k, q] += kr[k, a] * kr[q, a]
                for v in range(3):
                    eps[k, q] += e[k, a, v] * e[q, a, v]
            jj[k, q] -= eep[k, q]
            turns[k, q] = norms[k, q] - eps[k, q]
    w2, p2, w3, p3 = _remainders(work, n, m, omega, ht, hm, hw)
    w2, p2, w3, p3 = math.sqrt(w2), math.sqrt(p2), math.sqrt(w3), math.sqrt(p3)
    wave, power = math.hypot(c1, c2), abs(b)
    nb = math.sqrt(r[0, 0] ** 2 + r[0, 1] ** 2 + r[0, 2] ** 2)
    nw = math.sqrt(r[1, 1] ** 2 + r[1, 2] ** 2 + r[2, 2] ** 2)
    tau2 = nw * w2 + nb * p2
    t2, t3 = wave * w2 + power * p2, wave * w3 + power * p3
    kappa1, eps1 = _corner(turns, half), _corner(eps, half)
    kp, ep, kr1 = _corner(jj, half), _corner(eep, half), _corner(rrk, half)
    for k in range(3):
        out[1 + k] = half[k] * half[k] * norms[k, k]
    out[1] += (t.size - n) / t.size
    if n == t.size:
        out[0] = rr
    small = eps1 + tau2
    if not small < 0.95:
        return 0.0
    rest = 1.0 / (1.0 - small)
    size = math.sqrt(rr)
    kappa = (kappa1 + tau2) * rest
    delta = t2 + kappa * (ep + t2)
    for k in range(3):
        gradient[k] = 0.0
        for v in range(3):
            gradient[k] -= 2.0 * kr[k, v] * p[v]
    step = np.empty(3)
    # First: all second-degree terms bounded by norms.
    least = max(rr + _least(gradient, jj, half, step), 0.0)
    u = max(math.sqrt(least) - delta, 0.0)
    ku = (kr1 + tau2 * size) * rest + kappa * (kp + delta)
    bound = u * u * max(1.0 / (1.0 + kappa * kappa), 0.0)
    bound = max(bound, u * u - ku * ku)
    # Second: the exact polynomial of second degree, the third bounded by norms.
    z0r, z0i = m, omega
    # (C1 - i C2) times the moments of F e^{i omega ln}.
    llr, lli = c1 * llc + c2 * lls, c1 * lls - c2 * llc
    ldr, ldi = c1 * ldc + c2 * lds, c1 * lds - c2 * ldc
    ddr, ddi = c1 * ddc + c2 * dds, c1 * dds - c2 * ddc
    xc = xs = 0.0
    xc = gram[7, PRICE] - b * gram[7, 0] - c1 * gram[7, 1] - c2 * gram[7, 2]
    xs = gram[8, PRICE] - b * gram[8, 0] - c1 * gram[8, 1] - c2 * gram[8, 2]
    xr, xi = c1 * xc + c2 * xs, c1 * xs - c2 * xc
    ytr, yti = z0r * ldr - z0i * ldi + xr, z0r * ldi + z0i * ldr + xi
    sqr, sqi = z0r * z0r - z0i * z0i - z0r, 2.0 * z0r * z0i - z0i
    second = np.zeros((3, 3))
    second[0, 0] = sqr * ddr - sqi * ddi + b * (m - 1.0) * tt
    second[0, 1] = second[1, 0] = ytr + b * mt
    second[0, 2] = second[2, 0] = -yti
    second[1, 1] = llr + b * mm
    second[1, 2] = second[2, 1] = -lli
    second[2, 2] = -llr
    for k in range(3):
        for q in range(3):
            form[k, q] = jj[k, q] - second[k, q] - rrk[k, q]
            for v in range(3):
                form[k, q] += kr[k, v] * moved[q, v] + kr[q, v] * moved[k, v]
    error = (
        size * t3
        + kr1 * t2
        + size * tau2 * (ep + t2)
        + (kr1 + size * tau2) * small * (ep + t2) * rest
    )
    off = (small * kr1 + tau2 * size) * rest + kappa * (kp + delta)
    error = 2.0 * error + 2.0 * kp * delta + 2.0 * kr1 * off + off * off
    return max(bound, rr + _least(gradient, form, half, step) - error)

"""Compiled LPPLS arithmetic: one window's least squares, and how they bend.

All kernels assume float64 contiguous arrays, increasing times and finite values; callers validate. Times and
prices are handed in relative to the window's end (``t2 = 0``), the model is written in the equivalent basis
``{1, G, F cos, F sin}`` with ``F = (tau/scale)^m`` and ``G = (F - 1)/m``: it stays well conditioned as m
goes to zero, where G tends to ``ln tau``.
"""

from lppl._kernels.elementary import exp, log_inverse, sincos
from lppl._kernels.jit import ELEMENTWISE, REDUCTION, kernel
from lppl._kernels.linked import linked

TAU_MIN = 0.5  # |tc - t| is not resolved below half a sampling step
_TINY = 1e-13  # of a column is independent of the others: it counts as dependent


@kernel("void(f8[::1], f8, f8, f8, f8, f8[:, ::1])", flags=ELEMENTWISE, inner=True, views=True)
def _tables(t, tc, m, omega, log_scale, work):
    """Fill work rows: ln(tau/scale), d ln(tau)/d tc, F, F cos, F sin."""
    logs, slope, power, cosine, sine = work[0], work[1], work[2], work[3], work[4]
    for i in range(t.size):
        gap = tc - t[i]
        distance = abs(gap)
        inside = distance > TAU_MIN
        ln, inverse = log_inverse(distance if inside else TAU_MIN)
        logs[i] = ln - log_scale
        inverse = inverse if inside else 0.0
        slope[i] = inverse if gap > 0.0 else -inverse
    for i in range(t.size):
        f = exp(m * logs[i])
        s, c = sincos(omega * logs[i])
        power[i] = f
        cosine[i] = f * c
        sine[i] = f * s


@kernel("UniTuple(f8, 14)(f8[::1], f8[::1], f8, f8, f8[:, ::1])", flags=REDUCTION, inner=True, views=True)
def _gram(y, weights, m, shift, work):
    """Return the weighted sums of {1, the basis {G, F cos, F sin}, y}; G is shifted to condition them."""
    power, cosine, sine = work[2], work[3], work[4]
    n = g1 = c1 = s1 = y1 = gg = gc = gs = cc = cs = ss = gy = cy = sy = 0.0
    inverse = 1.0 / m
    for i in range(y.size):
        w = weights[i]
        g = (power[i] - 1.0) * inverse - shift
        c = cosine[i]
        s = sine[i]
        v = y[i]
        wg = w * g
        wc = w * c
        ws = w * s
        n += w
        g1 += wg
        c1 += wc
        s1 += ws
        y1 += w * v
        gg += wg * g
        gc += wg * c
        gs += wg * s
        cc += wc * c
        cs += wc * s
        ss += ws * s
        gy += wg * v
        cy += wc * v
        sy += ws * v
    return n, g1, c1, s1, y1, gg, gc, gs, cc, cs, ss, gy, cy, sy


@kernel(
    "UniTuple(f8, 35)(f8[::1], f8[::1], f8, f8, f8, f8, f8, f8, f8, f8[:, ::1])",
    flags=REDUCTION,
    inner=True,
    views=True,
)
def _curvature(y, weights, m, omega, shift, a, b, c1, c2, work):
    """Return the sums behind gradient and Hessian of the SSE in (tc, m, omega) at the linear optimum.

    In this order: r'r; J'J; J'Phi; r times slope, ln, slope^2, slope ln and ln^2, each times F, F cos, F sin;
    r'G. Here r is the residual, J = df, Phi the basis.
    """
    logs, slope, power, cosine, sine = work[0], work[1], work[2], work[3], work[4]
    inverse = 1.0 / m
    scaled = b * inverse
    sse = rg = 0.0
    h00 = h01 = h02 = h11 = h12 = h22 = 0.0
    p00 = p01 = p02 = p03 = p10 = p11 = p12 = p13 = p20 = p21 = p22 = p23 = 0.0
    df = dc = ds = lf = lc = ls = ddf = ddc = dds = dlf = dlc = dls = llf = llc = lls = 0.0
    for i in range(y.size):
        w = weights[i]
        ln = logs[i]
        dl = slope[i]
        f = power[i]
        c = cosine[i]
        s = sine[i]
        g = (f - 1.0) * inverse
        g0 = g - shift
        wave = c1 * c + c2 * s
        turn = c2 * c - c1 * s
        j0 = dl * (b * f + m * wave + omega * turn)
        j1 = scaled * (ln * f - g) + ln * wave
        j2 = ln * turn
        w0 = w * j0
        w1 = w * j1
        w2 = w * j2
        h00 += j0 * w0
        h01 += j0 * w1
        h02 += j0 * w2
        h11 += j1 * w1
        h12 += j1 * w2
        h22 += j2 * w2
        p00 += w0
        p01 += w0 * g0
        p02 += w0 * c
        p03 += w0 * s
        p10 += w1
        p11 += w1 * g0
        p12 += w1 * c
        p13 += w1 * s
        p20 += w2
        p21 += w2 * g0
        p22 += w2 * c
        p23 += w2 * s
    # A loop of its own: all sums at once would not fit into the registers.
    for i in range(y.size):
        ln = logs[i]
        dl = slope[i]
        f = power[i]
        c = cosine[i]
        s = sine[i]
        g = (f - 1.0) * inverse
        e = y[i] - a - b * (g - shift) - (c1 * c + c2 * s)
        r = weights[i] * e
        rd = r * dl
        rl = r * ln
        rdd = rd * dl
        rdl = rd * ln
        rll = rl * ln
        sse += r * e
        rg += r * g
        df += rd * f
        dc += rd * c
        ds += rd * s
        lf += rl * f
        lc += rl * c
        ls += rl * s
        ddf += rdd * f
        ddc += rdd * c
        dds += rdd * s
        dlf += rdl * f
        dlc += rdl * c
        dls += rdl * s
        llf += rll * f
        llc += rll * c
        lls += rll * s
    return (
        sse, h00, h01, h02, h11, h12, h22,
        p00, p01, p02, p03, p10, p11, p12, p13, p20, p21, p22, p23,
        df, dc, ds, lf, lc, ls, ddf, ddc, dds, dlf, dlc, dls, llf, llc, lls, rg,
    )  # fmt: skip


@kernel(inner=True, views=True)
def _factors(a11, a12, a13, a22, a23, a33):
    """Return l21, l31, e23 and the inverses that solve a 3x3 system, zero for nearly dependent columns."""
    if a11 <= 0.0:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    i1 = 1.0 / a11
    l21, l31 = a12 * i1, a13 * i1
    d2 = a22 - l21 * a12
    e23 = a23 - l21 * a13
    i2 = 1.0 / d2 if d2 > _TINY * a22 else 0.0
    d3 = a33 - l31 * a13 - e23 * i2 * e23
    i3 = 1.0 / d3 if d3 > _TINY * a33 else 0.0
    return l21, l31, e23, i1, i2, i3


@kernel(inner=True, views=True)
def _solve(factors, b1, b2, b3):
    """Solve a 3x3 system by its factors."""
    l21, l31, e23, i1, i2, i3 = factors
    z2 = b2 - l21 * b1
    x3 = (b3 - l31 * b1 - e23 * i2 * z2) * i3
    x2 = (z2 - e23 * x3) * i2
    return b1 * i1 - l21 * x2 - l31 * x3, x2, x3


@kernel(inner=True, views=True)
def solve3(a11, a12, a13, a22, a23, a33, b1, b2, b3):
    """Solve a symmetric positive 3x3 system; nearly dependent columns get a zero coefficient."""
    return _solve(_factors(a11, a12, a13, a22, a23, a33), b1, b2, b3)


@kernel(inner=True, views=True)
def _forward(factors, b1, b2, b3):
    """Return L^-1 b: what the inverse of the system gives between two sides is a sum of products of these."""
    l21, l31, e23, _, i2, _ = factors
    z2 = b2 - l21 * b1
    return b1, z2, b3 - l31 * b1 - e23 * i2 * z2


@kernel(inner=True, views=True)
def _between(one, other, factors):
    """Return one' A^-1 other for two sides that were taken forward."""
    return one[0] * other[0] * factors[3] + one[1] * other[1] * factors[4] + one[2] * other[2] * factors[5]


@kernel(inner=True, views=True)
def _positive(h00, h01, h02, h11, h12, h22):
    """Tell whether a symmetric 3x3 matrix is safely positive definite."""
    m11, m12, m22 = h00 * h11 - h01 * h01, h00 * h12 - h01 * h02, h00 * h22 - h02 * h02
    return h00 > 0.0 and m11 > 1e-10 * h00 * h11 and m11 * m22 - m12 * m12 > 1e-10 * h00 * h22 * m11


@linked
@kernel(
    "f8(f8[::1], f8[::1], f8[::1], f8, f8, f8, f8, f8[:, ::1], f8[::1], f8[:, ::1], f8[::1])",
    views=True,
)
def evaluate(t, y, weights, tc, m, omega, log_scale, work, gradient, hessian, linear):
    """Return the weighted SSE at (tc, m, omega); fill J'r, the Hessian of SSE/2 and (a, b, c1, c2).

    The Hessian is the exact one of the projected problem where that is positive definite, Kaufman's
    Gauss-Newton approximation elsewhere.
    """
    _tables(t, tc, m, omega, log_scale, work)
    shift = (work[2, t.size // 2] - 1.0) / m
    n, g1, c1, s1, y1, gg, gc, gs, cc, cs, ss, gy, cy, sy = _gram(y, weights, m, shift, work)
    k = 1.0 / n
    a11 = gg - g1 * g1 * k
    a12 = gc - g1 * c1 * k
    a13 = gs - g1 * s1 * k
    a22 = cc - c1 * c1 * k
    a23 = cs - c1 * s1 * k
    a33 = ss - s1 * s1 * k
    factors = _factors(a11, a12, a13, a22, a23, a33)
    x1, x2, x3 = _solve(factors, gy - g1 * y1 * k, cy - c1 * y1 * k, sy - s1 * y1 * k)
    a = (y1 - x1 * g1 - x2 * c1 - x3 * s1) * k
    (
        sse, h00, h01, h02, h11, h12, h22,
        p00, p01, p02, p03, p10, p11, p12, p13, p20, p21, p22, p23,
        df, dc, ds, lf, lc, ls, ddf, ddc, dds, dlf, dlc, dls, llf, llc, lls, rg,
    ) = _curvature(y, weights, m, omega, shift, a, x1, x2, x3, work)  # fmt: skip
    # r times the oscillation (wave) and its derivative in the angle (turn), times powers of slope and ln.
    wave_d, turn_d = x2 * dc + x3 * ds, x3 * dc - x2 * ds
    wave_dd, turn_dd = x2 * ddc + x3 * dds, x3 * ddc - x2 * dds
    wave_dl, turn_dl = x2 * dlc + x3 * dls, x3 * dlc - x2 * dls
    wave_ll, turn_ll = x2 * llc + x3 * lls, x3 * llc - x2 * lls
    bent = x1 * (lf - rg) / m
    gradient[0] = x1 * df + m * wave_d + omega * turn_d
    gradient[1] = bent + x2 * lc + x3 * ls
    gradient[2] = x3 * lc - x2 * ls
    linear[0] = a - x1 * shift
    linear[1] = x1
    linear[2] = x2
    linear[3] = x3
    # r'd2f.
    e00 = (m - 1.0) * x1 * ddf + (m * m - omega * omega - m) * wave_dd + (2.0 * m - 1.0) * omega * turn_dd
    e01 = wave_d + x1 * dlf + m * wave_dl + omega * turn_dl
    e02 = turn_d + m * turn_dl - omega * wave_dl
    e11 = (x1 * llf - 2.0 * bent) / m + wave_ll
    e12, e22 = turn_ll, -wave_ll
    h00 -= p00 * p00 * k
    h01 -= p00 * p10 * k
    h02 -= p00 * p20 * k
    h11 -= p10 * p10 * k
    h12 -= p10 * p20 * k
    h22 -= p20 * p20 * k
    # J'Phi off the constant, without and with the residual's part (constant column: none).
    u0 = (p01 - p00 * g1 * k, p02 - p00 * c1 * k, p03 - p00 * s1 * k)
    u1 = (p11 - p10 * g1 * k, p12 - p10 * c1 * k, p13 - p10 * s1 * k)
    u2 = (p21 - p20 * g1 * k, p22 - p20 * c1 * k, p23 - p20 * s1 * k)
    for exact in (True, False):
        if exact:
            q0 = (u0[0] - df, u0[1] - m * dc + omega * ds, u0[2] - m * ds - omega * dc)
            q1 = (u1[0] - (lf - rg) / m, u1[1] - lc, u1[2] - ls)
            q2 = (u2[0], u2[1] + ls, u2[2] - lc)
        else:
            q0, q1, q2 = u0, u1, u2
            e00 = e01 = e02 = e11 = e12 = e22 = 0.0
        v0 = _forward(factors, q0[0], q0[1], q0[2])
        v1 = _forward(factors, q1[0], q1[1], q1[2])
        v2 = _forward(factors, q2[0], q2[1], q2[2])
        k00 = h00 - e00 - _between(v0, v0, factors)
        k01 = h01 - e01 - _between(v0, v1, factors)
        k02 = h02 - e02 - _between(v0, v2, factors)
        k11 = h11 - e11 - _between(v1, v1, factors)
        k12 = h12 - e12 - _between(v1, v2, factors)
        k22 = h22 - e22 - _between(v2, v2, factors)
        if _positive(k00, k01, k02, k11, k12, k22):
            break
    hessian[0, 0], hessian[1, 1], hessian[2, 2] = k00, k11, k22
    hessian[0, 1] = hessian[1, 0] = k01
    hessian[0, 2] = hessian[2, 0] = k02
    hessian[1, 2] = hessian[2, 1] = k12
    return sse

"""Compiled LPPLS arithmetic: one window's least squares, its bounded refinement, and the shared grid.

All kernels assume float64 contiguous arrays, increasing times and finite values; callers validate.
Times and prices are handed in relative to the window's end (``t2 = 0``), the model is written in the
equivalent basis ``{1, G, F cos, F sin}`` with ``F = (tau/scale)^m`` and ``G = (F - 1)/m``: it stays well
conditioned as m goes to zero, where G tends to ``ln tau``.
"""

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from lppl._kernels.jit import ELEMENTWISE, REDUCTION, kernel

TAU_MIN = 0.5  # |tc - t| is not resolved below half a sampling step

_LN2_HI, _LN2_LO = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_PI_HI, _PI_MID, _PI_LO = 3.141592651605606, 1.9841871583270443e-09, 1.034036596358821e-18
_MAGIC = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to an integer kept in the low bits


@intrinsic
def _bits(typingctx, x):
    """Return the bits of a double as a signed integer."""

    def codegen(context, builder, signature, args):
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), codegen


@intrinsic
def _double(typingctx, x):
    """Return the double that has the bits of a signed integer."""

    def codegen(context, builder, signature, args):
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), codegen


@kernel("f8(f8)", flags=ELEMENTWISE)
def log(x):
    """Return ln x for a positive normal x, to a few ulp."""
    bits = _bits(x)
    exponent = (bits - 0x3FE6A09E667F3BCD) >> 52
    z = _double(bits - (exponent << 52))  # in [sqrt(1/2), sqrt(2))
    k = _double(exponent + 0x4338000000000000) - _MAGIC  # int to float without a conversion
    s = (z - 1.0) / (z + 1.0)
    q = s * s
    p = 1.0 / 21.0
    p = p * q + 1.0 / 19.0
    p = p * q + 1.0 / 17.0
    p = p * q + 1.0 / 15.0
    p = p * q + 1.0 / 13.0
    p = p * q + 1.0 / 11.0
    p = p * q + 1.0 / 9.0
    p = p * q + 1.0 / 7.0
    p = p * q + 1.0 / 5.0
    p = p * q + 1.0 / 3.0
    return k * _LN2_HI + (2.0 * s + (2.0 * s * q * p + k * _LN2_LO))


@kernel("f8(f8)", flags=ELEMENTWISE)
def exp(x):
    """Return e**x for abs(x) < 700, to a few ulp."""
    shifted = x * 1.4426950408889634 + _MAGIC
    k = shifted - _MAGIC
    r = (x - k * _LN2_HI) - k * _LN2_LO
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return _double(_bits(p) + (_bits(shifted) << 52))


@kernel("UniTuple(f8, 2)(f8)", flags=ELEMENTWISE)
def sincos(x):
    """Return sin x and cos x for abs(x) < 1e5, to 1e-15 absolute."""
    shifted = x * 0.3183098861837907 + _MAGIC
    k = shifted - _MAGIC
    flip = _bits(shifted) << 63
    r = ((x - k * _PI_HI) - k * _PI_MID) - k * _PI_LO
    q = r * r
    s = -1.0 / 121645100408832000.0
    s = s * q + 1.0 / 355687428096000.0
    s = s * q - 1.0 / 1307674368000.0
    s = s * q + 1.0 / 6227020800.0
    s = s * q - 1.0 / 39916800.0
    s = s * q + 1.0 / 362880.0
    s = s * q - 1.0 / 5040.0
    s = s * q + 1.0 / 120.0
    s = s * q - 1.0 / 6.0
    s = s * q * r + r
    c = 1.0 / 2432902008176640000.0
    c = c * q - 1.0 / 6402373705728000.0
    c = c * q + 1.0 / 20922789888000.0
    c = c * q - 1.0 / 87178291200.0
    c = c * q + 1.0 / 479001600.0
    c = c * q - 1.0 / 3628800.0
    c = c * q + 1.0 / 40320.0
    c = c * q - 1.0 / 720.0
    c = c * q + 1.0 / 24.0
    c = c * q - 0.5
    c = c * q + 1.0
    return _double(_bits(s) ^ flip), _double(_bits(c) ^ flip)


@kernel("void(f8[::1], f8, f8, f8, f8, f8[:, ::1])", flags=ELEMENTWISE, inner=True)
def _tables(t, tc, m, omega, log_scale, work):
    """Fill work rows: ln(tau/scale), d ln(tau)/d tc, F, F cos, F sin."""
    logs, slope, power, cosine, sine = work[0], work[1], work[2], work[3], work[4]
    for i in range(t.size):
        gap = tc - t[i]
        distance = abs(gap)
        inside = distance > TAU_MIN
        logs[i] = log(distance if inside else TAU_MIN) - log_scale
        slope[i] = 1.0 / gap if inside else 0.0
    for i in range(t.size):
        f = exp(m * logs[i])
        s, c = sincos(omega * logs[i])
        power[i] = f
        cosine[i] = f * c
        sine[i] = f * s


@kernel("UniTuple(f8, 14)(f8[::1], f8[::1], f8, f8, f8[:, ::1])", flags=REDUCTION, inner=True)
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


@kernel
def solve3(a11, a12, a13, a22, a23, a33, b1, b2, b3):
    """Solve a symmetric positive 3x3 system; nearly dependent columns get a zero coefficient."""
    tiny = 1e-13
    l11 = a11
    x1 = x2 = x3 = 0.0
    if l11 <= 0.0:
        return 0.0, 0.0, 0.0
    l21 = a12 / l11
    l31 = a13 / l11
    d2 = a22 - l21 * a12
    e23 = a23 - l21 * a13
    d3 = a33 - l31 * a13
    z2 = b2 - l21 * b1
    z3 = b3 - l31 * b1
    if d2 > tiny * a22:
        l32 = e23 / d2
        d3 -= l32 * e23
        z3 -= l32 * z2
        if d3 > tiny * a33:
            x3 = z3 / d3
        x2 = (z2 - e23 * x3) / d2
    elif d3 > tiny * a33:
        x3 = z3 / d3
    x1 = (b1 - a12 * x2 - a13 * x3) / l11
    return x1, x2, x3


@kernel(
    "UniTuple(f8, 35)(f8[::1], f8[::1], f8, f8, f8, f8, f8, f8, f8, f8[:, ::1])", flags=REDUCTION, inner=True
)
def _curvature(y, weights, m, omega, shift, a, b, c1, c2, work):
    """Return the sums behind gradient and Hessian of the SSE in (tc, m, omega) at the linear optimum.

    In this order: r'r; J'r; J'J; J'Phi; r'd2f; r'dPhi, with r the residual, J = df, Phi the basis.
    """
    logs, slope, power, cosine, sine = work[0], work[1], work[2], work[3], work[4]
    inverse = 1.0 / m
    sse = r0 = r1 = r2 = 0.0
    h00 = h01 = h02 = h11 = h12 = h22 = 0.0
    p00 = p01 = p02 = p03 = p10 = p11 = p12 = p13 = p20 = p21 = p22 = p23 = 0.0
    e00 = e01 = e02 = e11 = e12 = e22 = 0.0
    sf = sc = ss = lf = lc = ls = rg = 0.0
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
        e = y[i] - a - b * g0 - wave
        bf = b * f
        along = bf + m * wave + omega * turn
        gm = b * (ln * f - g) * inverse
        j0 = dl * along
        j1 = gm + ln * wave
        j2 = ln * turn
        r = w * e
        w0 = w * j0
        w1 = w * j1
        w2 = w * j2
        rl = r * ln
        rd = r * dl
        sse += r * e
        r0 += j0 * r
        r1 += j1 * r
        r2 += j2 * r
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
        e00 += rd * dl * (m * bf + (m * m - omega * omega) * wave + 2.0 * m * omega * turn - along)
        e01 += rd * (wave + ln * along)
        e02 += rd * (turn + ln * (m * turn - omega * wave))
        e11 += r * (ln * ln * bf - 2.0 * gm) * inverse + rl * ln * wave
        e12 += rl * ln * turn
        e22 -= rl * ln * wave
        sf += rd * f
        sc += rd * c
        ss += rd * s
        lf += rl * f
        lc += rl * c
        ls += rl * s
        rg += r * g
    return (
        sse, r0, r1, r2, h00, h01, h02, h11, h12, h22,
        p00, p01, p02, p03, p10, p11, p12, p13, p20, p21, p22, p23,
        e00, e01, e02, e11, e12, e22, sf, sc, ss, lf, lc, ls, rg,
    )  # fmt: skip


@kernel(inner=True)
def _positive(h00, h01, h02, h11, h12, h22):
    """Tell whether a symmetric 3x3 matrix is safely positive definite."""
    if not h00 > 0.0:
        return False
    d1 = h11 - h01 * h01 / h00
    if not d1 > 1e-10 * h11:
        return False
    e = h12 - h01 * h02 / h00
    return h22 - h02 * h02 / h00 - e * e / d1 > 1e-10 * h22


@kernel("f8(f8[::1], f8[::1], f8[::1], f8, f8, f8, f8, f8[:, ::1], f8[::1], f8[:, ::1], f8[::1])")
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
    x1, x2, x3 = solve3(a11, a12, a13, a22, a23, a33, gy - g1 * y1 * k, cy - c1 * y1 * k, sy - s1 * y1 * k)
    a = (y1 - x1 * g1 - x2 * c1 - x3 * s1) * k
    (
        sse, r0, r1, r2, h00, h01, h02, h11, h12, h22,
        p00, p01, p02, p03, p10, p11, p12, p13, p20, p21, p22, p23,
        e00, e01, e02, e11, e12, e22, sf, sc, sn, lf, lc, ls, rg,
    ) = _curvature(y, weights, m, omega, shift, a, x1, x2, x3, work)  # fmt: skip
    gradient[0] = r0
    gradient[1] = r1
    gradient[2] = r2
    linear[0] = a - x1 * shift
    linear[1] = x1
    linear[2] = x2
    linear[3] = x3
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
            q0 = (u0[0] - sf, u0[1] - m * sc + omega * sn, u0[2] - m * sn - omega * sc)
            q1 = (u1[0] - (lf - rg) / m, u1[1] - lc, u1[2] - ls)
            q2 = (u2[0], u2[1] + ls, u2[2] - lc)
        else:
            q0, q1, q2 = u0, u1, u2
            e00 = e01 = e02 = e11 = e12 = e22 = 0.0
        v00, v01, v02 = solve3(a11, a12, a13, a22, a23, a33, q0[0], q0[1], q0[2])
        v10, v11, v12 = solve3(a11, a12, a13, a22, a23, a33, q1[0], q1[1], q1[2])
        v20, v21, v22 = solve3(a11, a12, a13, a22, a23, a33, q2[0], q2[1], q2[2])
        k00 = h00 - e00 - (q0[0] * v00 + q0[1] * v01 + q0[2] * v02)
        k01 = h01 - e01 - (q0[0] * v10 + q0[1] * v11 + q0[2] * v12)
        k02 = h02 - e02 - (q0[0] * v20 + q0[1] * v21 + q0[2] * v22)
        k11 = h11 - e11 - (q1[0] * v10 + q1[1] * v11 + q1[2] * v12)
        k12 = h12 - e12 - (q1[0] * v20 + q1[1] * v21 + q1[2] * v22)
        k22 = h22 - e22 - (q2[0] * v20 + q2[1] * v21 + q2[2] * v22)
        if _positive(k00, k01, k02, k11, k12, k22):
            break
    hessian[0, 0], hessian[1, 1], hessian[2, 2] = k00, k11, k22
    hessian[0, 1] = hessian[1, 0] = k01
    hessian[0, 2] = hessian[2, 0] = k02
    hessian[1, 2] = hessian[2, 1] = k12
    return sse

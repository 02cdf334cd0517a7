"""Compiled sums of one window at (tc, m, omega): what the arithmetic of a fit is made of.

The tables are filled in double precision, or in single for a look that need not be exact; the sums are the
same code for both.
"""

import numpy as np

from lppl._kernels import elementary_single as single
from lppl._kernels.elementary import exp, log_inverse, sincos
from lppl._kernels.jit import ELEMENTWISE, REDUCTION, kernel

TAU_MIN = 0.5  # |tc - t| is not resolved below half a sampling step
PRICES, WEIGHTS = 5, 6  # rows of the work in single precision behind the tables


@kernel("void(f8[::1], f8, f8, f8, f8, f8[:, ::1])", flags=ELEMENTWISE, inner=True, views=True)
def tables(t, tc, m, omega, log_scale, work):
    """Fill work rows: ln(tau/scale), d ln(tau)/d tc, F - 1, F cos, F sin."""
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
        power[i] = f - 1.0
        cosine[i] = f * c
        sine[i] = f * s


@kernel("void(f8[::1], f8, f4, f4, f4, f4[:, ::1])", flags=ELEMENTWISE, inner=True, views=True)
def rough_tables(t, tc, m, omega, log_scale, work):
    """Fill the work rows of :func:`tables` in single precision."""
    logs, slope, power, cosine, sine = work[0], work[1], work[2], work[3], work[4]
    for i in range(t.size):
        gap = tc - t[i]
        distance = abs(gap)
        inside = distance > TAU_MIN
        ln, inverse = single.log_inverse(np.float32(distance if inside else TAU_MIN))
        logs[i] = ln - log_scale
        inverse = inverse if inside else np.float32(0.0)
        slope[i] = inverse if gap > 0.0 else -inverse
    for i in range(t.size):
        grown = single.expm1(m * logs[i])
        f = grown + np.float32(1.0)
        s, c = single.sincos(omega * logs[i])
        power[i] = grown
        cosine[i] = f * c
        sine[i] = f * s


@kernel(
    [
        "UniTuple(f8, 14)(f8[::1], f8[::1], f8, f8, f8[:, ::1])",
        "UniTuple(f4, 14)(f4[::1], f4[::1], f4, f4, f4[:, ::1])",
    ],
    flags=REDUCTION,
    inner=True,
    views=True,
)
def gram(y, weights, inverse, shift, work):
    """Return the weighted sums of {1, the basis {G, F cos, F sin}, y}; G is shifted to condition them."""
    power, cosine, sine = work[2], work[3], work[4]
    zero = y.dtype.type(0.0)
    n = g1 = c1 = s1 = y1 = gg = gc = gs = cc = cs = ss = gy = cy = sy = zero
    for i in range(y.size):
        w = weights[i]
        g = power[i] * inverse - shift
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
    [
        "UniTuple(f8, 35)(f8[::1], f8[::1], f8, f8, f8, f8, f8, f8, f8, f8, f8[:, ::1])",
        "UniTuple(f4, 35)(f4[::1], f4[::1], f4, f4, f4, f4, f4, f4, f4, f4, f4[:, ::1])",
    ],
    flags=REDUCTION,
    inner=True,
    views=True,
)
def curvature(y, weights, m, omega, inverse, shift, a, b, c1, c2, work):
    """Return the sums behind gradient and Hessian of the SSE in (tc, m, omega) at the linear optimum.

    In this order: r'r; J'J; J'Phi; r times slope, ln, slope^2, slope ln and ln^2, each times F, F cos, F sin;
    r'G. Here r is the residual, J = df, Phi the basis.
    """
    logs, slope, power, cosine, sine = work[0], work[1], work[2], work[3], work[4]
    one, zero = y.dtype.type(1.0), y.dtype.type(0.0)
    scaled = b * inverse
    sse = rg = zero
    h00 = h01 = h02 = h11 = h12 = h22 = zero
    p00 = p01 = p02 = p03 = p10 = p11 = p12 = p13 = p20 = p21 = p22 = p23 = zero
    df = dc = ds = lf = lc = ls = ddf = ddc = dds = dlf = dlc = dls = llf = llc = lls = zero
    for i in range(y.size):
        w = weights[i]
        ln = logs[i]
        dl = slope[i]
        f = power[i] + one
        c = cosine[i]
        s = sine[i]
        g = power[i] * inverse
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
        f = power[i] + one
        c = cosine[i]
        s = sine[i]
        g = power[i] * inverse
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

"""Compiled LPPLS arithmetic: one window's least squares, and how they bend.

All kernels assume float64 contiguous arrays, increasing times and finite values; callers validate. Times and
prices are handed in relative to the window's end (``t2 = 0``), the model is written in the equivalent basis
``{1, G, F cos, F sin}`` with ``F = (tau/scale)^m`` and ``G = (F - 1)/m``: it stays well conditioned as m
goes to zero, where G tends to ``ln tau``.
"""

import numpy as np

from lppl._kernels.jit import ELEMENTWISE, kernel
from lppl._kernels.linked import linked
from lppl._kernels.sums import PRICES, WEIGHTS, curvature, gram, rough_tables, tables

TINY = 1e-13  # of a column is independent of the others: it counts as dependent


@kernel(inner=True, views=True)
def _factors(a11, a12, a13, a22, a23, a33):
    """Return l21, l31, e23 and the inverses that solve a 3x3 system, zero for nearly dependent columns."""
    if a11 <= 0.0:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    i1 = 1.0 / a11
    l21, l31 = a12 * i1, a13 * i1
    d2 = a22 - l21 * a12
    e23 = a23 - l21 * a13
    i2 = 1.0 / d2 if d2 > TINY * a22 else 0.0
    d3 = a33 - l31 * a13 - e23 * i2 * e23
    i3 = 1.0 / d3 if d3 > TINY * a33 else 0.0
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


@kernel(
    "Tuple((f8, f8, f8, f8, f8, UniTuple(f8, 6)))(UniTuple(f8, 14))",
    flags=ELEMENTWISE,
    inner=True,
    views=True,
)
def _solution(sums):
    """Return the inverse of the count, the linear optimum (a, b, c1, c2), and the factors behind it."""
    n, g1, c1, s1, y1, gg, gc, gs, cc, cs, ss, gy, cy, sy = sums
    k = 1.0 / n
    a11 = gg - g1 * g1 * k
    a12 = gc - g1 * c1 * k
    a13 = gs - g1 * s1 * k
    a22 = cc - c1 * c1 * k
    a23 = cs - c1 * s1 * k
    a33 = ss - s1 * s1 * k
    factors = _factors(a11, a12, a13, a22, a23, a33)
    x1, x2, x3 = _solve(factors, gy - g1 * y1 * k, cy - c1 * y1 * k, sy - s1 * y1 * k)
    return k, (y1 - x1 * g1 - x2 * c1 - x3 * s1) * k, x1, x2, x3, factors


@linked
@kernel(
    "void(UniTuple(f8, 14), UniTuple(f8, 35), UniTuple(f8, 6), f8, f8, f8, f8, f8, f8, f8[::1], f8[:, ::1])",
    flags=ELEMENTWISE,
    inner=True,
    views=True,
)
def _bend(first, second, factors, k, m, omega, x1, x2, x3, gradient, hessian):
    """Fill J'r and the Hessian of SSE/2 from the sums at the linear optimum (b, c1, c2)."""
    _, g1, c1, s1, _, _, _, _, _, _, _, _, _, _ = first
    (
        _, h00, h01, h02, h11, h12, h22,
        p00, p01, p02, p03, p10, p11, p12, p13, p20, p21, p22, p23,
        df, dc, ds, lf, lc, ls, ddf, ddc, dds, dlf, dlc, dls, llf, llc, lls, rg,
    ) = second  # fmt: skip
    # r times the oscillation (wave) and its derivative in the angle (turn), times powers of slope and ln.
    wave_d, turn_d = x2 * dc + x3 * ds, x3 * dc - x2 * ds
    wave_dd, turn_dd = x2 * ddc + x3 * dds, x3 * ddc - x2 * dds
    wave_dl, turn_dl = x2 * dlc + x3 * dls, x3 * dlc - x2 * dls
    wave_ll, turn_ll = x2 * llc + x3 * lls, x3 * llc - x2 * lls
    bent = x1 * (lf - rg) / m
    gradient[0] = x1 * df + m * wave_d + omega * turn_d
    gradient[1] = bent + x2 * lc + x3 * ls
    gradient[2] = x3 * lc - x2 * ls
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
    tables(t, tc, m, omega, log_scale, work)
    inverse = 1.0 / m
    shift = work[2, t.size // 2] * inverse
    first = gram(y, weights, inverse, shift, work)
    k, a, x1, x2, x3, factors = _solution(first)
    second = curvature(y, weights, m, omega, inverse, shift, a, x1, x2, x3, work)
    _bend(first, second, factors, k, m, omega, x1, x2, x3, gradient, hessian)
    linear[0], linear[1], linear[2], linear[3] = a - x1 * shift, x1, x2, x3
    return second[0]


@linked
@kernel(
    "f8(f8[::1], f8, f8, f8, f8, f4[:, ::1], f8[::1], f8[:, ::1])",
    views=True,
)
def estimate(t, tc, m, omega, log_scale, work, gradient, hessian):
    """Return what :func:`evaluate` does from sums in single precision; prices and weights lie in ``work``.

    The SSE is known to 1e-6 where the curve leaves a thousandth of the prices' sum of squares or more, and to
    nothing where it leaves as little as rounding does.
    """
    single = np.float32
    rough_tables(t, tc, single(m), single(omega), single(log_scale), work)
    y, weights, inverse = work[PRICES, : t.size], work[WEIGHTS, : t.size], 1.0 / m
    shift = work[2, t.size // 2] * single(inverse)
    first = gram(y, weights, single(inverse), shift, work)
    k, a, x1, x2, x3, factors = _solution(first)
    second = curvature(
        y, weights, single(m), single(omega), single(inverse), shift, single(a), single(x1), single(x2),
        single(x3), work,
    )  # fmt: skip
    _bend(first, second, factors, k, m, omega, x1, x2, x3, gradient, hessian)
    return second[0]


@kernel(inner=True, views=True)
def value(t, y, weights, x, log_scale, rough, work, gradient, hessian, linear):
    """Return the weighted SSE at ``x``, in single precision where that will do; fill gradient and Hessian.

    In single precision prices and weights are those of the last :func:`lppl._kernels.quadrature.gather`.
    """
    exact, single = work
    if rough:
        return estimate(t, x[0], x[1], x[2], log_scale, single, gradient, hessian)
    return evaluate(t, y, weights, x[0], x[1], x[2], log_scale, exact, gradient, hessian, linear)

"""Compiled lower bound of the SSE over a cell of (tc, m, omega).

Let X0 be the columns {G, F cos, F sin} at the cell's centre, centred and orthonormalised, P their projection,
p = P y, r = y - p, and let a step d lead to columns X. Write E = P X - X0 and K = (1 - P) X (1 + E)^-1: every
curve of the stepped model is v + K v with v in the span of X0, so

    SSE(d) = min_v |p - v|^2 + |r - K v|^2 = u' (1 + K K')^-1 u >= |u|^2 - |K' u|^2,    u = r - K p.

With X = X0 + sum d_k X_k + R the terms up to d^2 are known exactly: the Taylor polynomial of the SSE. What
is left is bounded by norms: for R pointwise bounds of the second and third derivatives of tau^m and
tau^(m + i omega) along d (Taylor's remainder), for the rest Frobenius norms at the worst corner of the cell.
Leaving out observations can only lower the SSE: those nearest to tc, whose curves turn fastest or have a kink
in the cell, are left out.

This is exact mathematics in floating-point numbers; callers leave a margin for rounding.
"""

import math

import numpy as np

from lppl._kernels.cell_quadratic import corner, least
from lppl._kernels.cell_tables import DERIVED, PRICE, bent, fill, remainders
from lppl._kernels.jit import kernel

FEWEST = 8  # observations
_PIVOT = 1e-7  # of a column is independent of the others: cells of less are split, rounding would be felt
WIDEST = 0.95  # of |E|: cells beyond are split unseen


@kernel(inner=True)
def _factor(gram, r):
    """Fill the inverse of the upper Cholesky factor of a 3x3 matrix; return whether it is safely positive."""
    a, b, c = gram[0, 0], gram[0, 1], gram[0, 2]
    if not a > 0.0:
        return False
    r00 = math.sqrt(a)
    r01, r02 = b / r00, c / r00
    d = gram[1, 1] - r01 * r01
    if not d > _PIVOT * gram[1, 1]:
        return False
    r11 = math.sqrt(d)
    r12 = (gram[1, 2] - r01 * r02) / r11
    f = gram[2, 2] - r02 * r02 - r12 * r12
    if not f > _PIVOT * gram[2, 2]:
        return False
    r22 = math.sqrt(f)
    r[:] = 0.0
    r[0, 0], r[1, 1], r[2, 2] = 1.0 / r00, 1.0 / r11, 1.0 / r22
    r[0, 1] = -r01 / (r00 * r11)
    r[1, 2] = -r12 / (r11 * r22)
    r[0, 2] = (r01 * r12 - r02 * r11) / (r00 * r11 * r22)
    return True


@kernel(inner=True)
def _steps(m, omega, steps):
    """Fill how the basis' derivatives in tc, m, omega are made of the table's rows: (3, 6, 3)."""
    steps[:] = 0.0
    steps[0, 1, 0] = 1.0
    steps[0, 4, 1], steps[0, 5, 1] = m, -omega
    steps[0, 4, 2], steps[0, 5, 2] = omega, m
    steps[1, 0, 0] = steps[1, 2, 1] = steps[1, 3, 2] = 1.0
    steps[2, 3, 1], steps[2, 2, 2] = -1.0, 1.0


@kernel(inner=True)
def frame(gram, m, omega, r, across, e, turns):
    """Fill R^-1, the derivatives D V_k in the orthonormal basis, E_k, and the traces of K_j'K_k."""
    if not _factor(gram, r):
        return False
    steps, left = np.empty((3, 6, 3)), np.zeros((3, 6))
    _steps(m, omega, steps)
    across[:] = e[:] = turns[:] = 0.0
    for q in range(3):
        for a in range(6):
            for v in range(3):
                left[q, a] += r[v, q] * gram[v, DERIVED + a]
    for k in range(3):
        for a in range(6):
            for q in range(3):
                for v in range(3):
                    across[k, a, q] += steps[k, a, v] * r[v, q]
        for q in range(3):
            for a in range(6):
                for v in range(3):
                    e[k, q, v] += left[q, a] * across[k, a, v]
    for k in range(3):
        for j in range(k + 1):
            for v in range(3):
                for a in range(6):
                    for b in range(6):
                        turns[k, j] += across[k, a, v] * gram[DERIVED + a, DERIVED + b] * across[j, b, v]
                for q in range(3):
                    turns[k, j] -= e[k, q, v] * e[j, q, v]
            turns[j, k] = turns[k, j]
    return True


@kernel(inner=True)
def products(rows, form):
    """Fill the products of three matrices or vectors, given as rows."""
    for k in range(3):
        for j in range(3):
            form[k, j] = (rows[k] * rows[j]).sum()


@kernel(inner=True)
def moves(gram, across, e, p, moved, jj):
    """Fill E_k p and the products of K_k p."""
    slopes = np.zeros((3, 6))
    for k in range(3):
        for v in range(3):
            moved[k, v] = e[k, v, 0] * p[0] + e[k, v, 1] * p[1] + e[k, v, 2] * p[2]
        for a in range(6):
            slopes[k, a] = across[k, a, 0] * p[0] + across[k, a, 1] * p[1] + across[k, a, 2] * p[2]
    for k in range(3):
        for j in range(3):
            jj[k, j] = 0.0
            for a in range(6):
                for b in range(6):
                    jj[k, j] += slopes[k, a] * gram[DERIVED + a, DERIVED + b] * slopes[j, b]
            for v in range(3):
                jj[k, j] -= moved[k, v] * moved[j, v]


@kernel(inner=True)
def pulls(gram, across, linear, kr):
    """Fill K_k'r."""
    kr[:] = 0.0
    for a in range(6):
        rd = gram[DERIVED + a, PRICE]
        for v in range(3):
            rd -= gram[DERIVED + a, v] * linear[v]
        for k in range(3):
            for v in range(3):
                kr[k, v] += rd * across[k, a, v]


@kernel(inner=True)
def _bends(gram, bent, linear, m, omega, second):
    """Fill r times the second derivatives of the curve with these linear parameters."""
    b, c1, c2 = linear[0], linear[1], linear[2]
    _, mm, mt, tt, llc, lls, ldc, lds, ddc, dds = bent
    dc = gram[7, PRICE] - b * gram[7, 0] - c1 * gram[7, 1] - c2 * gram[7, 2]
    ds = gram[8, PRICE] - b * gram[8, 0] - c1 * gram[8, 1] - c2 * gram[8, 2]
    z, amplitude = complex(m, omega), complex(c1, -c2)
    ll, dd = amplitude * complex(llc, lls), amplitude * complex(ddc, dds)
    crossed = amplitude * (z * complex(ldc, lds) + complex(dc, ds))
    second[0, 0] = (z * (z - 1.0) * dd).real + b * (m - 1.0) * tt
    second[0, 1] = second[1, 0] = crossed.real + b * mt
    second[0, 2] = second[2, 0] = -crossed.imag
    second[1, 1] = ll.real + b * mm
    second[1, 2] = second[2, 1] = -ll.imag
    second[2, 2] = -ll.real


@kernel(inner=True)
def solve(gram, r, p, linear):
    """Fill the free least squares, orthonormal and in the basis {G, F cos, F sin}."""
    for a in range(3):
        p[a] = r[0, a] * gram[0, PRICE] + r[1, a] * gram[1, PRICE] + r[2, a] * gram[2, PRICE]
    for a in range(3):
        linear[a] = r[a, 0] * p[0] + r[a, 1] * p[1] + r[a, 2] * p[2]


@kernel(inner=True)
def norms(r):
    """Return the largest b, and the largest wave, of curves of unit length."""
    b = math.sqrt(r[0, 0] ** 2 + r[0, 1] ** 2 + r[0, 2] ** 2)
    return b, math.sqrt(r[1, 1] ** 2 + r[1, 2] ** 2 + r[2, 2] ** 2)


@kernel
def cell_bound(t, y, centre, half, work, out):
    """Return a lower bound of the SSE over the cell ``centre`` +- ``half`` (tc, m, omega).

    ``work`` is (13, n). ``out`` takes the SSE at the centre, NaN where observations are left out, and how
    much each half-width weighs in what the bound loses.
    """
    m, omega = centre[1], centre[2]
    gram, mean, form = np.empty((10, 10)), np.empty(10), np.empty((3, 3))
    n = fill(t, y, centre, half, work, gram, mean)
    out[0] = np.nan
    out[1], out[2], out[3] = 1.0 - n / t.size, half[1] / m, half[2] / omega
    r, across, e, turns = np.empty((3, 3)), np.empty((3, 6, 3)), np.empty((3, 3, 3)), np.empty((3, 3))
    if n < FEWEST or not frame(gram, m, omega, r, across, e, turns):
        return 0.0
    p, linear, moved, kr = np.empty(3), np.empty(3), np.empty((3, 3)), np.empty((3, 3))
    jj, second = np.empty((3, 3)), np.empty((3, 3))
    solve(gram, r, p, linear)
    b, c1, c2 = linear[0], linear[1], linear[2]
    constant = mean[PRICE] - b * mean[0] - c1 * mean[1] - c2 * mean[2]
    sums = bent(work, n, constant, b, c1, c2, m, 1.0 / m)
    moves(gram, across, e, p, moved, jj)
    pulls(gram, across, linear, kr)
    _bends(gram, sums, linear, m, omega, second)
    rr = sums[0]
    w2, p2, w3, p3 = remainders(work, n, m, omega, half[0], half[1], half[2], False)
    most_b, most_wave = norms(r)
    tau2 = most_wave * w2 + most_b * p2
    t2, t3 = math.hypot(c1, c2) * w2 + abs(b) * p2, math.hypot(c1, c2) * w3 + abs(b) * p3
    products(e, form)
    small = corner(form, half) + tau2
    for k in range(3):
        out[1 + k] = half[k] * half[k] * (turns[k, k] + form[k, k])
    out[1] += 1.0 - n / t.size
    if n == t.size:
        out[0] = rr
    if not small < WIDEST:
        return 0.0
    rest, size = 1.0 / (1.0 - small), math.sqrt(rr)
    kappa = (corner(turns, half) + tau2) * rest
    products(moved, form)
    ep, kp = corner(form, half), corner(jj, half)
    products(kr, form)
    kr1 = corner(form, half)
    delta = t2 + kappa * (ep + t2)  # of K p beyond the first degree
    gradient = -2.0 * (kr @ p)
    # The first degree exact, the second bounded by norms.
    u = max(math.sqrt(max(rr + least(gradient, jj, half), 0.0)) - delta, 0.0)
    off = (small * kr1 + tau2 * size) * rest + kappa * (kp + delta)  # of K'u beyond the first degree
    bound = max(u * u / (1.0 + kappa * kappa), u * u - (kr1 + off) ** 2)
    # The second degree exact, the third bounded by norms.
    for k in range(3):
        for j in range(3):
            form[k, j] = jj[k, j] - second[k, j] - form[k, j]
            for v in range(3):
                form[k, j] += kr[k, v] * moved[j, v] + kr[j, v] * moved[k, v]
    error = size * t3 + kr1 * t2 + size * tau2 * (ep + t2) + (kr1 + size * tau2) * small * (ep + t2) * rest
    error = 2.0 * (error + kp * delta + kr1 * off) + off * off
    return max(bound, rr + least(gradient, form, half) - error)

"""Compiled lower bound of the SSE over a cell under a lower bound on the damping.

With the wave's columns over omega the bound is one cone all over the cell, ``|wave| <= s b`` with
``s = 1/(damping omega)`` at the centre, or its mirror image. For any multiplier l of the dual cone
(``l_b >= s |l_wave|``) the least of |y - X c|^2 - l'c over all c bounds the constrained minimum from below.
Take that of the centre, in its orthonormal basis, where the least is at q = p + l/2. By the same steps as in
:mod:`lppl._kernels.cell_bounds`, with c = (1 + E)^-1 (q + e) and h = (1 + E')^-1 E'l, it is at least

    -|l|^2/4 - l'p + l'E (1 + E)^-1 q - |h|^2/4 + |u|^2 - |K'u|^2,    u = r - K q + K h/2.
"""

import math

import numpy as np

from lppl._kernels.cell_bounds import FEWEST, WIDEST, frame, moves, norms, products, pulls, solve
from lppl._kernels.cell_quadratic import corner, least
from lppl._kernels.cell_tables import PRICE, bent, fill, remainders
from lppl._kernels.jit import kernel

_ANGLES = 24


@kernel(inner=True)
def _rescale(gram, r, omega, e):
    """Let E of omega be that of waves over omega."""
    for q in range(3):
        for v in range(3):
            for b in (1, 2):
                whole = r[0, q] * gram[0, b] + r[1, q] * gram[1, b] + r[2, q] * gram[2, b]
                e[2, q, v] -= whole * r[b, v] / omega


@kernel(inner=True)
def _constrained(gram, sign, s, linear, c):
    """Fill the best curve in the cone of one sign of b, mirrored to b > 0: 0 if none is better than none."""
    if sign * linear[0] > 0.0 and math.hypot(linear[1], linear[2]) <= s * sign * linear[0]:
        for k in range(3):
            c[k] = sign * linear[k]
        return
    c[:] = 0.0
    highest, best, width = 0.0, 0.0, 2.0 * math.pi / _ANGLES
    for step in range(_ANGLES + 50):
        # A round of angles, then ever narrower steps to both sides of the best.
        if step < _ANGLES:
            angle = step * width
        else:
            width *= 0.5 if (step - _ANGLES) % 2 == 0 else 1.0
            angle = best + (width if (step - _ANGLES) % 2 == 0 else -width)
        x, z = s * math.cos(angle), s * math.sin(angle)
        along = sign * (gram[0, PRICE] + x * gram[1, PRICE] + z * gram[2, PRICE])
        length = (
            gram[0, 0]
            + 2.0 * (x * gram[0, 1] + z * gram[0, 2] + x * z * gram[1, 2])
            + x * x * gram[1, 1]
            + z * z * gram[2, 2]
        )
        if along > 0.0 and along * along > highest * length:
            highest, best = along * along / length, angle
            c[0], c[1], c[2] = along / length, x * along / length, z * along / length


@kernel(inner=True)
def _multiplier(gram, sign, s, r, c, tilde):
    """Fill a multiplier of the dual cone, orthonormal: the gradient of the SSE at ``c``, brought into it."""
    raw = np.empty(3)
    for k in range(3):
        raw[k] = -sign * gram[k, PRICE] + gram[k, 0] * c[0] + gram[k, 1] * c[1] + gram[k, 2] * c[2]
        raw[k] *= 2.0
    raw[0] = max(raw[0], s * math.hypot(raw[1], raw[2]))
    for a in range(3):
        tilde[a] = r[0, a] * raw[0] + r[1, a] * raw[1] + r[2, a] * raw[2]


@kernel(inner=True)
def _excess(gram, sign, linear, c):
    """Return how far the SSE at ``c`` lies above the free minimum."""
    total = 0.0
    for k in range(3):
        for j in range(3):
            total += (c[k] - sign * linear[k]) * gram[k, j] * (c[j] - sign * linear[j])
    return total


@kernel(inner=True)
def _one_sign(sign, rr, gram, r, across, e, unscaled, half, p, kr, tilde, tau2, small, kappa, w2, p2):
    """Return the lower bound of the curves with b of one sign, from a multiplier."""
    q, gradient, form, jj = np.empty(3), np.zeros(3), np.empty((3, 3)), np.empty((3, 3))
    moved, el = np.empty((3, 3)), np.empty((3, 3))
    for k in range(3):
        q[k] = sign * p[k] + 0.5 * tilde[k]
    wave = math.hypot(r[1, 1] * q[1] + r[1, 2] * q[2], r[2, 2] * q[2])
    t2 = wave * w2 + abs(r[0, 0] * q[0] + r[0, 1] * q[1] + r[0, 2] * q[2]) * p2
    moves(gram, across, unscaled, q, moved, jj)
    for k in range(3):
        for v in range(3):
            moved[k, v] = e[k, v, 0] * q[0] + e[k, v, 1] * q[1] + e[k, v, 2] * q[2]
            el[k, v] = e[k, 0, v] * tilde[0] + e[k, 1, v] * tilde[1] + e[k, 2, v] * tilde[2]
            gradient[k] += tilde[v] * moved[k, v] - 2.0 * sign * kr[k, v] * q[v]
    size, rest, long = math.sqrt(rr), 1.0 / (1.0 - small), math.sqrt((tilde * tilde).sum())
    products(moved, form)
    ep, kp = corner(form, half), corner(jj, half)
    products(el, form)
    pull = (corner(form, half) + long * tau2) * rest  # at least |h|
    delta = t2 + kappa * (ep + t2) + 0.5 * kappa * pull  # of u beyond the first degree
    products(kr, form)
    ku = (corner(form, half) + tau2 * size) * rest + kappa * (kp + delta)
    error = 2.0 * (size + kp) * delta + ku * ku + 0.25 * pull * pull + long * t2 + pull * (ep + t2)
    return rr + least(gradient, jj, half) - error - 0.25 * long * long - sign * (tilde * p).sum()


@kernel
def damped_cell_bound(t, y, centre, half, damping, work, out):
    """Return a lower bound of the SSE of curves with at least this damping over a cell.

    ``out[0]`` takes the SSE at the centre, NaN where observations are left out.
    """
    m, omega = centre[1], centre[2]
    gram, mean, form = np.empty((10, 10)), np.empty(10), np.empty((3, 3))
    n = fill(t, y, centre, half, work, gram, mean)
    r, across, e, turns = np.empty((3, 3)), np.empty((3, 6, 3)), np.empty((3, 3, 3)), np.empty((3, 3))
    out[0] = np.nan
    if n < FEWEST or not frame(gram, m, omega, r, across, e, turns):
        return 0.0
    p, linear, kr, unscaled = np.empty(3), np.empty(3), np.empty((3, 3)), e.copy()
    solve(gram, r, p, linear)
    b, c1, c2 = linear[0], linear[1], linear[2]
    constant = mean[PRICE] - b * mean[0] - c1 * mean[1] - c2 * mean[2]
    rr = bent(work, n, constant, b, c1, c2, m, 1.0 / m)[0]
    pulls(gram, across, linear, kr)
    _rescale(gram, r, omega, e)
    w2, p2, _, _ = remainders(work, n, m, omega, half[0], half[1], half[2], True)
    most_b, most_wave = norms(r)
    tau2 = most_wave * w2 + most_b * p2
    products(e, form)
    small = corner(form, half) + tau2
    kappa = (corner(turns, half) + tau2) / (1.0 - small)
    c, tilde, s = np.empty(3), np.empty(3), 1.0 / (damping * omega)
    value, bound = np.inf, np.inf if small < WIDEST else 0.0
    for sign in (1.0, -1.0):
        _constrained(gram, sign, s, linear, c)
        value = min(value, rr + _excess(gram, sign, linear, c))
        if small < WIDEST:
            _multiplier(gram, sign, s, r, c, tilde)
            low = _one_sign(
                sign, rr, gram, r, across, e, unscaled, half, p, kr, tilde, tau2, small, kappa, w2, p2
            )
            bound = min(bound, low)
    if n == t.size:
        out[0] = value
    return bound

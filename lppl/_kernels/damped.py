"""Compiled search under a lower bound on the damping, for presets that publish one.

With ``{1, G, F cos, F sin}`` and coefficients (a, b, c1, c2) the damping is ``|b| / (omega hypot(c1, c2))``.
Where the free least squares breaks the bound, the best admissible curve lies on it:
``a + b [G + F cos(omega ln tau - angle) / (omega damping)]``, one angle to be found.
"""

import math

import numpy as np

from lppl._kernels.arithmetic import TAU_MIN, exp, log, sincos, solve3
from lppl._kernels.columns import OMEGA, TC, M
from lppl._kernels.jit import kernel

_ANGLES = 24
_DESCENTS = 6
_EVALUATIONS = 400
_SAFE = 1.0 + 1e-9  # the bound is kept by more than rounding takes


@kernel
def damped_solve(t, y, tc, m, omega, damping, log_scale, coefficients):
    """Fill (a, b, c1, c2) of the best curve with at least this damping; return its SSE."""
    n = t.size
    k = 1.0 / n
    power = np.empty(n)
    cosine, sine = np.empty(n), np.empty(n)
    g1 = c1 = s1 = y1 = 0.0
    for i in range(n):
        ln = log(max(abs(tc - t[i]), TAU_MIN)) - log_scale
        f = exp(m * ln)
        s, c = sincos(omega * ln)
        power[i] = (f - 1.0) / m
        cosine[i] = f * c
        sine[i] = f * s
        g1 += power[i]
        c1 += cosine[i]
        s1 += sine[i]
        y1 += y[i]
    g1, c1, s1, y1 = g1 * k, c1 * k, s1 * k, y1 * k
    gg = gc = gs = cc = cs = ss = gy = cy = sy = yy = 0.0
    for i in range(n):
        g, c, s, v = power[i] - g1, cosine[i] - c1, sine[i] - s1, y[i] - y1
        gg += g * g
        gc += g * c
        gs += g * s
        cc += c * c
        cs += c * s
        ss += s * s
        gy += g * v
        cy += c * v
        sy += s * v
        yy += v * v
    b, x, z = solve3(gg, gc, gs, cc, cs, ss, gy, cy, sy)
    if abs(b) < damping * omega * math.hypot(x, z):
        ratio = 1.0 / (damping * _SAFE * omega)
        best, width = 0.0, 2.0 * math.pi / _ANGLES
        highest = -1.0
        for step in range(_ANGLES + 40):
            # A round of angles, then ever narrower steps to both sides of the best.
            if step < _ANGLES:
                angle = step * width
            else:
                if (step - _ANGLES) % 2 == 0:
                    width *= 0.5
                angle = best + (width if (step - _ANGLES) % 2 == 0 else -width)
            p, q = ratio * math.cos(angle), ratio * math.sin(angle)
            along = gy + p * cy + q * sy
            length = gg + 2.0 * (p * gc + q * gs + p * q * cs) + p * p * cc + q * q * ss
            if along * along > highest * length:
                highest, best = along * along / length, angle
                b, x, z = along / length, p * along / length, q * along / length
    coefficients[0] = y1 - b * g1 - x * c1 - z * s1
    coefficients[1], coefficients[2], coefficients[3] = b, x, z
    return (
        yy
        - 2.0 * (b * gy + x * cy + z * sy)
        + (b * b * gg + x * x * cc + z * z * ss + 2.0 * (b * x * gc + b * z * gs + x * z * cs))
    )


@kernel(inner=True)
def _value(t, y, x, lower, upper, damping, log_scale, coefficients):
    for k in range(3):
        x[k] = min(max(x[k], lower[k]), upper[k])
    return damped_solve(t, y, x[0], x[1], x[2], damping, log_scale, coefficients)


@kernel(inner=True)
def _descend(t, y, simplex, lower, upper, damping, log_scale, coefficients):
    """Nelder-Mead inside the box; the rows of ``simplex`` are (SSE, tc, m, omega), the best ends first."""
    centre, trial, other = np.empty(3), np.empty(3), np.empty(3)
    for i in range(4):
        simplex[i, 0] = _value(t, y, simplex[i, 1:], lower, upper, damping, log_scale, coefficients)
    for _ in range(_EVALUATIONS):
        for i in range(1, 4):
            j = i
            while j > 0 and simplex[j - 1, 0] > simplex[j, 0]:
                for k in range(4):
                    simplex[j - 1, k], simplex[j, k] = simplex[j, k], simplex[j - 1, k]
                j -= 1
        if simplex[3, 0] - simplex[0, 0] <= 1e-12 * simplex[0, 0]:
            break
        for k in range(3):
            centre[k] = (simplex[0, k + 1] + simplex[1, k + 1] + simplex[2, k + 1]) / 3.0
            trial[k] = 2.0 * centre[k] - simplex[3, k + 1]
        value = _value(t, y, trial, lower, upper, damping, log_scale, coefficients)
        if value < simplex[0, 0]:
            for k in range(3):
                other[k] = 3.0 * centre[k] - 2.0 * simplex[3, k + 1]
            far = _value(t, y, other, lower, upper, damping, log_scale, coefficients)
            if far < value:
                value = far
                for k in range(3):
                    trial[k] = other[k]
        elif value >= simplex[2, 0]:
            for k in range(3):
                trial[k] = 0.5 * (centre[k] + simplex[3, k + 1])
            value = _value(t, y, trial, lower, upper, damping, log_scale, coefficients)
        if value < simplex[3, 0]:
            simplex[3, 0] = value
            for k in range(3):
                simplex[3, k + 1] = trial[k]
            continue
        for i in range(1, 4):
            for k in range(3):
                simplex[i, k + 1] = 0.5 * (simplex[i, k + 1] + simplex[0, k + 1])
            simplex[i, 0] = _value(t, y, simplex[i, 1:], lower, upper, damping, log_scale, coefficients)


@kernel(inner=True)
def _spread(simplex, x, size, lower, upper):
    """Lay a simplex at ``x`` that reaches ``size`` of the box along every axis, into the box."""
    for i in range(4):
        for k in range(3):
            simplex[i, k + 1] = x[k]
        if i > 0:
            step = size * (upper[i - 1] - lower[i - 1])
            simplex[i, i] += step if x[i - 1] + step <= upper[i - 1] else -step


@kernel
def damped_window(t, y, nodes, lower, upper, damping, log_scale, out, coefficients):
    """Search one window under the bound from the lowest of ``nodes`` (SSE, tc, m, omega), which it fills.

    Write tc, m, omega into ``out`` and the linear parameters into ``coefficients``.
    """
    for i in range(nodes.shape[0]):
        nodes[i, 0] = _value(t, y, nodes[i, 1:], lower, upper, damping, log_scale, coefficients)
    order = np.argsort(nodes[:, 0])
    simplex, x, best = np.empty((4, 4)), np.empty(3), np.inf
    for start in range(min(_DESCENTS, order.size)):
        for k in range(3):
            x[k] = nodes[order[start], k + 1]
        for size in (0.08, 0.01):  # the second simplex frees a collapsed first
            _spread(simplex, x, size, lower, upper)
            _descend(t, y, simplex, lower, upper, damping, log_scale, coefficients)
            for k in range(3):
                x[k] = simplex[0, k + 1]
        if simplex[0, 0] < best:
            best = simplex[0, 0]
            out[TC], out[M], out[OMEGA] = x[0], x[1], x[2]
    damped_solve(t, y, out[TC], out[M], out[OMEGA], damping, log_scale, coefficients)

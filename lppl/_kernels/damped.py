"""Compiled search under a lower bound on the damping, for presets that publish one.

With ``{1, G, F cos, F sin}`` and coefficients (a, b, c1, c2) the damping is ``|b| / (omega hypot(c1, c2))``.
Where the free least squares breaks the bound, the best admissible curve lies on it:
``a + b [G + F cos(omega ln tau - angle) / (omega damping)]``, one angle to be found.
"""

import math

import numpy as np

from lppl._kernels.arithmetic import solve3
from lppl._kernels.columns import OMEGA, TC, M
from lppl._kernels.elementary import exp, log, sincos
from lppl._kernels.jit import kernel
from lppl._kernels.sums import TAU_MIN

_ANGLES = 24
_MINIMA = 16  # minima of the lattice at most
_DESCENTS = 8  # of which this many are descended to the end
_FIRST, _EVALUATIONS = 60, 400
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
def _descend(t, y, simplex, lower, upper, damping, log_scale, evaluations, coefficients):
    """Nelder-Mead inside the box; the rows of ``simplex`` are (SSE, tc, m, omega), the best ends first."""
    centre, trial, other = np.empty(3), np.empty(3), np.empty(3)
    for i in range(4):
        simplex[i, 0] = _value(t, y, simplex[i, 1:], lower, upper, damping, log_scale, coefficients)
    for _ in range(evaluations):
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
    """Lay a simplex at ``x`` into the box: it reaches ``size`` of the box in tc and m, of omega itself."""
    for i in range(4):
        for k in range(3):
            simplex[i, k + 1] = x[k]
        if i > 0:
            step = size * (x[2] if i == 3 else upper[i - 1] - lower[i - 1])
            simplex[i, i] += step if lower[i - 1] <= x[i - 1] + step <= upper[i - 1] else -step


@kernel(inner=True)
def _lowest(values, h, i, j):
    """Tell whether a node of a lattice is no higher than its neighbours, diagonal ones included."""
    for a in range(max(h - 1, 0), min(h + 2, values.shape[0])):
        for b in range(max(i - 1, 0), min(i + 2, values.shape[1])):
            for c in range(max(j - 1, 0), min(j + 2, values.shape[2])):
                if values[a, b, c] < values[h, i, j]:
                    return False
    return True


@kernel(inner=True)
def _minima(t, y, horizons, powers, frequencies, lower, upper, damping, log_scale, found):
    """Fill ``found`` (SSE, tc, m, omega) with the lowest local minima of a lattice; return how many."""
    values = np.empty((horizons.size, powers.size, frequencies.size))
    x, coefficients, count = np.empty(3), np.empty(4), 0
    for h in range(horizons.size):
        for i in range(powers.size):
            for j in range(frequencies.size):
                x[0], x[1], x[2] = horizons[h], powers[i], frequencies[j]
                values[h, i, j] = _value(t, y, x, lower, upper, damping, log_scale, coefficients)
    for h in range(horizons.size):
        for i in range(powers.size):
            for j in range(frequencies.size):
                if not _lowest(values, h, i, j):
                    continue
                if count == found.shape[0] and values[h, i, j] >= found[count - 1, 0]:
                    continue
                place = count if count < found.shape[0] else count - 1
                while place > 0 and found[place - 1, 0] > values[h, i, j]:
                    found[place] = found[place - 1]
                    place -= 1
                found[place, 0], found[place, 1] = values[h, i, j], horizons[h]
                found[place, 2], found[place, 3] = powers[i], frequencies[j]
                count = min(count + 1, found.shape[0])
    return count


@kernel
def damped_window(t, y, starts, horizons, powers, frequencies, lower, upper, damping, log_scale, out, linear):
    """Search one window under the bound from the minima of a lattice and from ``starts`` (SSE, tc, m, omega).

    Write tc, m, omega into ``out`` and the linear parameters into ``linear``.
    """
    found, simplex = np.empty((_MINIMA + starts.shape[0], 4)), np.empty((4, 4))
    count = _minima(t, y, horizons, powers, frequencies, lower, upper, damping, log_scale, found[:_MINIMA])
    for i in range(starts.shape[0]):
        found[count] = starts[i]
        count += 1
    for i in range(count):
        _spread(simplex, found[i, 1:], 0.1, lower, upper)
        _descend(t, y, simplex, lower, upper, damping, log_scale, _FIRST, linear)
        found[i] = simplex[0]
    order, best = np.argsort(found[:count, 0]), np.inf
    for i in range(min(_DESCENTS, count)):
        x = found[order[i], 1:]
        for size in (0.1, -0.05, 0.01):  # later simplices free a collapsed one, and look the other way
            _spread(simplex, x, size, lower, upper)
            _descend(t, y, simplex, lower, upper, damping, log_scale, _EVALUATIONS, linear)
            for k in range(3):
                x[k] = simplex[0, k + 1]
        if simplex[0, 0] < best:
            best = simplex[0, 0]
            out[TC], out[M], out[OMEGA] = x[0], x[1], x[2]
    damped_solve(t, y, out[TC], out[M], out[OMEGA], damping, log_scale, linear)

"""Compiled search under a lower bound on the damping, for presets that publish one.

With ``{1, G, F cos, F sin}`` and coefficients (a, b, c1, c2) the damping is ``|b| / (omega hypot(c1, c2))``.
Where the free least squares breaks the bound, the best admissible curve lies on it:
``a + b [G + F cos(omega ln tau - angle) / (omega damping)]``, one angle to be found.
"""

import math

import numpy as np

from lppl._kernels.arithmetic import solve3
from lppl._kernels.columns import OMEGA, TC, M
from lppl._kernels.jit import kernel
from lppl._kernels.sums import gram, tables

_ANGLES, _HALVINGS = 24, 20
_ROUND_COS, _ROUND_SIN = (
    np.array([f(2.0 * math.pi * k / _ANGLES) for k in range(_ANGLES)]) for f in (math.cos, math.sin)
)
_STEP_COS, _STEP_SIN = (
    np.array([f(math.pi / _ANGLES / 2.0**k) for k in range(_HALVINGS)]) for f in (math.cos, math.sin)
)
_MINIMA = 24  # minima of the lattice at most
_DESCENTS = 12  # of which this many are descended to the end
_FIRST, _EVALUATIONS = 60, 400
_LOST = 1e-8  # of what the SSE is a difference of: less than that, and it is told from residuals
_SAFE = 1.0 + 1e-9  # the bound is kept by more than rounding takes


@kernel(inner=True, views=True)
def _best_angle(sums, ratio):
    """Return b, c1 and c2 of the best curve on the bound, where ``hypot(c1, c2)`` is ``ratio`` times |b|.

    A round of angles, then ever narrower steps to both sides of the best.
    """
    gg, gc, gs, cc, cs, ss, gy, cy, sy = sums
    b = x = z = 0.0
    best_cos, best_sin, highest = 1.0, 0.0, -1.0
    for step in range(_ANGLES + 2 * _HALVINGS):
        if step < _ANGLES:
            cosine, sine = _ROUND_COS[step], _ROUND_SIN[step]
        else:
            turn_cos, turn_sin = _STEP_COS[(step - _ANGLES) // 2], _STEP_SIN[(step - _ANGLES) // 2]
            turn_sin = turn_sin if (step - _ANGLES) % 2 == 0 else -turn_sin
            cosine = best_cos * turn_cos - best_sin * turn_sin
            sine = best_sin * turn_cos + best_cos * turn_sin
        p, q = ratio * cosine, ratio * sine
        along = gy + p * cy + q * sy
        length = gg + 2.0 * (p * gc + q * gs + p * q * cs) + p * p * cc + q * q * ss
        if along * along > highest * length:
            highest, best_cos, best_sin = along * along / length, cosine, sine
            b, x, z = along / length, p * along / length, q * along / length
    return b, x, z


@kernel(inner=True, views=True)
def _admissible(sums, squares, omega, damping, coefficients):
    """Fill the best admissible (a, b, c1, c2); return the SSE, and what it is a difference of.

    ``sums`` are those of :func:`lppl._kernels.sums.gram`.
    """
    n, g1, c1, s1, y1, gg, gc, gs, cc, cs, ss, gy, cy, sy = sums
    k, whole = 1.0 / n, (gg, cc, ss)
    gg, gc, gs, gy = gg - g1 * g1 * k, gc - g1 * c1 * k, gs - g1 * s1 * k, gy - g1 * y1 * k
    cc, cs, ss = cc - c1 * c1 * k, cs - c1 * s1 * k, ss - s1 * s1 * k
    cy, sy = cy - c1 * y1 * k, sy - s1 * y1 * k
    b, u, v = solve3(gg, gc, gs, cc, cs, ss, gy, cy, sy)
    if abs(b) < damping * omega * math.hypot(u, v):
        b, u, v = _best_angle((gg, gc, gs, cc, cs, ss, gy, cy, sy), 1.0 / (damping * _SAFE * omega))
    coefficients[0] = (y1 - b * g1 - u * c1 - v * s1) * k
    coefficients[1], coefficients[2], coefficients[3] = b, u, v
    sse = (
        squares
        - y1 * y1 * k
        - 2.0 * (b * gy + u * cy + v * sy)
        + (b * b * gg + u * u * cc + v * v * ss + 2.0 * (b * u * gc + b * v * gs + u * v * cs))
    )
    return sse, squares + b * b * whole[0] + u * u * whole[1] + v * v * whole[2]


@kernel(inner=True, views=True)
def _take_mean(column):
    """Take its mean off a column, and return it."""
    mean = 0.0
    for i in range(column.size):
        mean += column[i]
    mean /= column.size
    for i in range(column.size):
        column[i] -= mean
    return mean


@kernel(inner=True, views=True)
def _careful(y, weights, squares, omega, damping, inverse, work, coefficients):
    """Return the SSE from residuals, of columns without their means: where that of sums is rounding."""
    means = _take_mean(work[2, : y.size]), _take_mean(work[3, : y.size]), _take_mean(work[4, : y.size])
    _admissible(gram(y, weights, inverse, 0.0, work), squares, omega, damping, coefficients)
    b, u, v = coefficients[1] * inverse, coefficients[2], coefficients[3]
    power, cosine, sine = means
    coefficients[0] -= b * power + u * cosine + v * sine
    sse = 0.0
    for i in range(y.size):
        curve = b * (work[2, i] + power) + u * (work[3, i] + cosine) + v * (work[4, i] + sine)
        sse += (y[i] - coefficients[0] - curve) ** 2
    return sse


@kernel(inner=True, views=True)
def _value(sample, x, lower, upper, damping, log_scale, work, coefficients):
    """Move ``x`` (tc, m, omega) into the box; fill the best admissible (a, b, c1, c2) and return the SSE.

    ``sample`` are times, prices and weights, and the sum of squares they stand for.
    """
    t, y, weights, squares = sample
    for k in range(3):
        x[k] = min(max(x[k], lower[k]), upper[k])
    tables(t, x[0], x[1], x[2], log_scale, work)
    inverse = 1.0 / x[1]
    shift = work[2, t.size // 2] * inverse
    sums = gram(y, weights, inverse, shift, work)
    sse, parts = _admissible(sums, squares, x[2], damping, coefficients)
    if sse > _LOST * parts:
        coefficients[0] -= coefficients[1] * shift
        return sse
    return _careful(y, weights, squares, x[2], damping, inverse, work, coefficients)


@kernel(inner=True)
def _sample(t, y):
    """Return all observations as a sample."""
    return t, y, np.ones(t.size), np.dot(y, y)


@kernel
def damped_solve(t, y, tc, m, omega, damping, log_scale, coefficients):
    """Fill (a, b, c1, c2) of the best curve with at least this damping; return its SSE."""
    x, work = np.array([tc, m, omega]), np.empty((5, t.size))
    return _value(_sample(t, y), x, x, x, damping, log_scale, work, coefficients)


@kernel(inner=True)
def _descend(sample, simplex, lower, upper, damping, log_scale, evaluations, work, coefficients):
    """Nelder-Mead inside the box; the rows of ``simplex`` are (SSE, tc, m, omega), the best ends first."""
    centre, trial, other = np.empty(3), np.empty(3), np.empty(3)
    for i in range(4):
        simplex[i, 0] = _value(sample, simplex[i, 1:], lower, upper, damping, log_scale, work, coefficients)
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
        value = _value(sample, trial, lower, upper, damping, log_scale, work, coefficients)
        if value < simplex[0, 0]:
            for k in range(3):
                other[k] = 3.0 * centre[k] - 2.0 * simplex[3, k + 1]
            far = _value(sample, other, lower, upper, damping, log_scale, work, coefficients)
            if far < value:
                value = far
                for k in range(3):
                    trial[k] = other[k]
        elif value >= simplex[2, 0]:
            for k in range(3):
                trial[k] = 0.5 * (centre[k] + simplex[3, k + 1])
            value = _value(sample, trial, lower, upper, damping, log_scale, work, coefficients)
        if value < simplex[3, 0]:
            simplex[3, 0] = value
            for k in range(3):
                simplex[3, k + 1] = trial[k]
            continue
        for i in range(1, 4):
            for k in range(3):
                simplex[i, k + 1] = 0.5 * (simplex[i, k + 1] + simplex[0, k + 1])
            simplex[i, 0] = _value(
                sample, simplex[i, 1:], lower, upper, damping, log_scale, work, coefficients
            )


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
def _minima(sample, horizons, powers, frequencies, lower, upper, damping, log_scale, work, found):
    """Fill ``found`` (SSE, tc, m, omega) with the lowest local minima of a lattice; return how many."""
    values = np.empty((horizons.size, powers.size, frequencies.size))
    x, coefficients, count = np.empty(3), np.empty(4), 0
    for h in range(horizons.size):
        for i in range(powers.size):
            for j in range(frequencies.size):
                x[0], x[1], x[2] = horizons[h], powers[i], frequencies[j]
                values[h, i, j] = _value(sample, x, lower, upper, damping, log_scale, work, coefficients)
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
    sample, work = _sample(t, y), np.empty((5, t.size))
    box = lower, upper, damping, log_scale
    count = _minima(sample, horizons, powers, frequencies, *box, work, found[:_MINIMA])
    for i in range(starts.shape[0]):
        found[count] = starts[i]
        count += 1
    for i in range(count):
        _spread(simplex, found[i, 1:], 0.1, lower, upper)
        _descend(sample, simplex, *box, _FIRST, work, linear)
        found[i] = simplex[0]
    order, best = np.argsort(found[:count, 0]), np.inf
    for i in range(min(_DESCENTS, count)):
        x = found[order[i], 1:]
        for size in (0.1, -0.05, 0.01):  # later simplices free a collapsed one, and look the other way
            _spread(simplex, x, size, lower, upper)
            _descend(sample, simplex, *box, _EVALUATIONS, work, linear)
            for k in range(3):
                x[k] = simplex[0, k + 1]
        if simplex[0, 0] < best:
            best = simplex[0, 0]
            out[TC], out[M], out[OMEGA] = x[0], x[1], x[2]
    damped_solve(t, y, out[TC], out[M], out[OMEGA], damping, log_scale, linear)

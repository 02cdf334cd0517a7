"""Compiled likelihood of a curve with AR(1) errors, its persistence profiled, and its descent in a box.

Rows are 1 to 3 shapes of the curve and last the prices, each less its first value: the constant is integrated
out under a flat prior, which makes the likelihood that of the steps. It is then continuous up to a unit root
(``ease = 1 - rho = 0``), and a random walk is one of the curves with AR(1) errors. Assumes clean float64
arrays; ``weights`` are inverse relative variances of the shocks, the first that of the error at the start.
"""

import math

import numpy as np

from lppl._kernels.elementary import exp, log, sincos
from lppl._kernels.jit import ELEMENTWISE, REDUCTION, kernel
from lppl._kernels.sums import TAU_MIN

EASES = np.array([0.0, 0.004, 0.01, 0.02, 0.04, 0.07, 0.12, 0.2, 0.35, 0.6, 1.0])
_GOLDEN = 0.3819660112501051
_NOTHING = 1e-13  # of a row's own square: what is left of it is rounding


@kernel("void(f8[::1], f8, f8, f8, f8[:, ::1])", flags=ELEMENTWISE, inner=True)
def shapes_of(t, tc, m, omega, rows):
    """Fill the power law, with three shapes and the prices also both oscillations, less first values."""
    n, scale = t.size, log(max(t[t.size - 1] - t[0], 1.0))
    for i in range(n):
        distance = abs(tc - t[i])
        ln = log(distance if distance > TAU_MIN else TAU_MIN) - scale
        power = exp(m * ln)
        rows[0, i] = (power - 1.0) / m
        if rows.shape[0] > 2:
            s, c = sincos(omega * ln)
            rows[1, i] = power * c
            rows[2, i] = power * s
    for k in range(rows.shape[0] - 1):
        first = rows[k, 0]
        for i in range(n):
            rows[k, i] -= first


@kernel("void(f8[:, ::1], f8[::1], f8[:, :, ::1], f8[:, ::1])", flags=REDUCTION, inner=True)
def moments(rows, weights, products, sums):
    """Fill weighted sums of step x step, step x last level, level x level; and of steps, levels, ones."""
    n = weights.size
    for a in range(rows.shape[0]):
        x = rows[a]
        step, level, ones = 0.0, 0.0, 0.0
        for i in range(1, n):
            step += weights[i] * (x[i] - x[i - 1])
            level += weights[i] * x[i - 1]
            ones += weights[i]
        sums[0, a], sums[1, a], sums[2, a] = step, level, ones
        for b in range(a + 1):
            z = rows[b]
            steps, ahead, behind, levels = 0.0, 0.0, 0.0, 0.0
            for i in range(1, n):
                dx, dz = weights[i] * (x[i] - x[i - 1]), z[i] - z[i - 1]
                steps += dx * dz
                ahead += dx * z[i - 1]
                behind += weights[i] * x[i - 1] * dz
                levels += weights[i] * x[i - 1] * z[i - 1]
            products[0, a, b], products[1, a, b], products[2, a, b] = steps, ahead + behind, levels


@kernel(inner=True)
def _loss(products, sums, first, n, ease, gram):
    """Return minus the log-likelihood of the steps without constants; ``gram`` ends as a Cholesky factor."""
    size = gram.shape[0]
    root = 2.0 - ease
    constant = root * first + ease * sums[2, 0]
    for a in range(size):
        own = sums[0, a] + ease * sums[1, a]
        for b in range(a + 1):
            other = sums[0, b] + ease * sums[1, b]
            gram[a, b] = (
                products[0, a, b]
                + ease * products[1, a, b]
                + ease * ease * products[2, a, b]
                - ease * own * other / constant
            )
    for a in range(size):
        whole = gram[a, a]
        for b in range(a):
            value = gram[a, b]
            for k in range(b):
                value -= gram[a, k] * gram[b, k]
            gram[a, b] = value / gram[b, b] if gram[b, b] > 0.0 else 0.0
            gram[a, a] -= gram[a, b] * gram[a, b]
        if a < size - 1:
            gram[a, a] = math.sqrt(gram[a, a]) if gram[a, a] > _NOTHING * whole else 0.0
        elif gram[a, a] < _NOTHING * whole:
            gram[a, a] = _NOTHING * whole  # the curve meets every price
    left = max(gram[size - 1, size - 1], 1e-300)
    return 0.5 * (n - 1) * math.log(left / (n - 1)) + 0.5 * math.log(constant / (root * first))


@kernel(inner=True)
def _persistence(products, sums, first, n, gram, fine):
    """Return the least loss over ``ease`` in [0, 1] and the ease: of the nodes, or ``fine``."""
    best, least = 0, math.inf
    for k in range(EASES.size):
        value = _loss(products, sums, first, n, EASES[k], gram)
        if value < least:
            best, least = k, value
    ease = EASES[best]
    if not fine:
        return least, ease
    low, high = EASES[max(best - 1, 0)], EASES[min(best + 1, EASES.size - 1)]
    left, right = low + _GOLDEN * (high - low), high - _GOLDEN * (high - low)
    at_left = _loss(products, sums, first, n, left, gram)
    at_right = _loss(products, sums, first, n, right, gram)
    for _ in range(20):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = low + _GOLDEN * (high - low)
            at_left = _loss(products, sums, first, n, left, gram)
        else:
            low, left, at_left = left, right, at_right
            right = high - _GOLDEN * (high - low)
            at_right = _loss(products, sums, first, n, right, gram)
    middle = 0.5 * (low + high)
    value = _loss(products, sums, first, n, middle, gram)
    return (value, middle) if value < least else (least, ease)


@kernel
def given(rows, weights, ease):
    """Return (loss, ease) of given ``rows``; a negative ``ease`` is searched for."""
    size = rows.shape[0]
    products, sums, gram = np.empty((3, size, size)), np.empty((3, size)), np.empty((size, size))
    moments(rows, weights, products, sums)
    if ease < 0.0:
        return _persistence(products, sums, weights[0], weights.size, gram, True)
    return _loss(products, sums, weights[0], weights.size, ease, gram), ease


@kernel
def scan(t, paths, weights, nodes, shapes, losses):
    """Fill the loss of every path (row) at every node (tc, m, omega), with the persistence of a few."""
    n, size = t.size, shapes + 1
    rows = np.empty((size, n))
    products, sums, gram = np.empty((3, size, size)), np.empty((3, size)), np.empty((size, size))
    for k in range(len(nodes)):
        shapes_of(t, nodes[k, 0], nodes[k, 1], nodes[k, 2], rows)
        for j in range(len(paths)):
            for i in range(n):
                rows[shapes, i] = paths[j, i] - paths[j, 0]
            moments(rows, weights[j], products, sums)
            losses[j, k], _ = _persistence(products, sums, weights[j, 0], n, gram, False)


@kernel(inner=True)
def _at(t, weights, point, low, high, rows, products, sums, gram):
    """Return (loss, ease) at a point, moved into the box."""
    for k in range(3):
        point[k] = min(max(point[k], low[k]), high[k])
    shapes_of(t, point[0], point[1], point[2], rows)
    moments(rows, weights, products, sums)
    return _persistence(products, sums, weights[0], t.size, gram, True)


@kernel
def descend(t, y, weights, shapes, steps, low, high, rounds, point):
    """Move ``point`` (tc, m, omega) to a minimum by Nelder and Mead; parameters of step 0 stay.

    Return (loss, ease). Trial points outside the box are moved onto its faces.
    """
    rows = np.empty((shapes + 1, t.size))
    for i in range(t.size):
        rows[shapes, i] = y[i] - y[0]
    products, sums = np.empty((3, shapes + 1, shapes + 1)), np.empty((3, shapes + 1))
    gram = np.empty((shapes + 1, shapes + 1))
    free = np.flatnonzero(steps > 0.0)
    size = free.size
    simplex, values = np.empty((size + 1, 3)), np.empty(size + 1)
    for k in range(3):
        point[k] = min(max(point[k], low[k]), high[k])
    for k in range(size + 1):
        simplex[k] = point
        if k > 0:
            j = free[k - 1]
            simplex[k, j] += steps[j] if point[j] + steps[j] <= high[j] else -steps[j]
        values[k], _ = _at(t, weights, simplex[k], low, high, rows, products, sums, gram)
    trial = np.empty(3)
    for _ in range(rounds if size > 0 else 0):
        order = np.argsort(values)
        simplex, values = simplex[order], values[order]
        if values[size] - values[0] < 1e-8:
            break
        centre = point.copy()
        for j in free:
            centre[j] = simplex[:size, j].mean()
        trial[:] = 2.0 * centre - simplex[size]
        value, _ = _at(t, weights, trial, low, high, rows, products, sums, gram)
        if value < values[0]:
            further = 3.0 * centre - 2.0 * simplex[size]
            lower, _ = _at(t, weights, further, low, high, rows, products, sums, gram)
            if lower < value:
                trial[:], value = further, lower
        elif value >= values[size - 1]:
            outer = value < values[size]
            trial[:] = 0.5 * (centre + (trial if outer else simplex[size]))
            inner, _ = _at(t, weights, trial, low, high, rows, products, sums, gram)
            if inner >= min(value, values[size]):
                for k in range(1, size + 1):
                    simplex[k] = 0.5 * (simplex[0] + simplex[k])
                    values[k], _ = _at(t, weights, simplex[k], low, high, rows, products, sums, gram)
                continue
            value = inner
        simplex[size] = trial
        values[size] = value
    point[:] = simplex[np.argmin(values)]
    return _at(t, weights, point, low, high, rows, products, sums, gram)

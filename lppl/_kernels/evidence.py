"""Compiled marginal likelihood of a curve with AR(1) errors: linear parameters and variance integrated out.

Rows, weights and ``ease = 1 - rho`` are those of ``correlated``. Linear parameters are normal about zero a
priori, with ``spreads`` for their variances in units of the shocks', whose own variance has the density
1/variance.
"""

import math

import numpy as np

from lppl._kernels.correlated import moments, shapes_of
from lppl._kernels.jit import kernel


@kernel(inner=True)
def _integrated(products, sums, first, ease, order, spreads, before, steps, gram):
    """Return (log-likelihood, last shape's estimate over its standard deviation).

    Rows are taken in ``order``; ``before`` is the sum of squares of steps ahead of these, ``steps`` counts
    both. Constants in ``steps`` are left out.
    """
    size = gram.shape[0]
    root = 2.0 - ease
    constant = root * first + ease * sums[2, 0]
    for i in range(size):
        a = order[i]
        own = sums[0, a] + ease * sums[1, a]
        for j in range(i + 1):
            b, c = max(a, order[j]), min(a, order[j])
            other = sums[0, order[j]] + ease * sums[1, order[j]]
            gram[i, j] = (
                products[0, b, c]
                + ease * products[1, b, c]
                + ease * ease * products[2, b, c]
                - ease * own * other / constant
            )
        if i < size - 1:
            gram[i, i] += 1.0 / spreads[i]
    found = -0.5 * math.log(constant / (root * first))
    for i in range(size):
        for j in range(i):
            value = gram[i, j]
            for k in range(j):
                value -= gram[i, k] * gram[j, k]
            gram[i, j] = value / gram[j, j]
            gram[i, i] -= gram[i, j] * gram[i, j]
        if i < size - 1:
            gram[i, i] = math.sqrt(max(gram[i, i], 1.0 / spreads[i]))
            found -= math.log(gram[i, i]) + 0.5 * math.log(spreads[i])
    left = max(before + gram[size - 1, size - 1], 1e-300)
    estimate = gram[size - 1, size - 2] / math.sqrt(left / steps)
    return found - 0.5 * steps * math.log(left), estimate


@kernel
def trend_evidence(t, y, weights, spread, before, steps, eases, logs):
    """Fill ``logs`` (eases,): of a straight line, whose slope has the prior variance ``spread``."""
    rows = np.empty((2, t.size))
    for i in range(t.size):
        rows[0, i], rows[1, i] = t[i] - t[0], y[i] - y[0]
    products, sums, gram = np.empty((3, 2, 2)), np.empty((3, 2)), np.empty((2, 2))
    moments(rows, weights, products, sums)
    order, spreads = np.arange(2), np.full(1, spread)
    for e in range(eases.size):
        logs[e], _ = _integrated(products, sums, weights[0], eases[e], order, spreads, before, steps, gram)


@kernel
def curve_evidence(t, y, weights, rise, swing, before, steps, eases, nodes, logs, falls):
    """Fill ``logs`` and ``falls`` (nodes, eases) of LPPLS curves: log-likelihood, probability that B < 0.

    ``rise`` is the prior variance of what the power law gains from the first time to the last; each
    oscillation's amplitude has the power law's standard deviation times ``swing`` over omega.
    """
    n = t.size
    rows = np.empty((4, n))
    for i in range(n):
        rows[3, i] = y[i] - y[0]
    products, sums, gram = np.empty((3, 4, 4)), np.empty((3, 4)), np.empty((4, 4))
    order, spreads = np.array([1, 2, 0, 3]), np.empty(3)
    for k in range(len(nodes)):
        shapes_of(t, nodes[k, 0], nodes[k, 1], nodes[k, 2], rows)
        moments(rows, weights, products, sums)
        spreads[2] = rise / (rows[0, n - 1] * rows[0, n - 1])
        spreads[0] = spreads[1] = spreads[2] * (swing / nodes[k, 2]) ** 2
        for e in range(eases.size):
            logs[k, e], score = _integrated(
                products, sums, weights[0], eases[e], order, spreads, before, steps, gram
            )
            falls[k, e] = 0.5 * math.erfc(score / math.sqrt(2.0))

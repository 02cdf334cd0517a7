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
def _gram(products, sums, first, ease, order, gram):
    """Fill the products of whitened rows in ``order`` without constants; return minus half their log-size."""
    root = 2.0 - ease
    constant = root * first + ease * sums[2, 0]
    for i in range(order.size):
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
    return -0.5 * math.log(constant / (root * first))


@kernel(inner=True)
def _integrated(gram, spreads, scale, before, steps, factor):
    """Return (log-likelihood, last shape's estimate over its standard deviation) under one prior.

    ``before`` is the sum of squares of steps ahead of these, ``steps`` counts both. Constants in ``steps``
    are left out.
    """
    size, found = gram.shape[0], 0.0
    for i in range(size):
        for j in range(i):
            value = gram[i, j]
            for k in range(j):
                value -= factor[i, k] * factor[j, k]
            factor[i, j] = value / factor[j, j]
        left = gram[i, i]
        for j in range(i):
            left -= factor[i, j] * factor[i, j]
        if i < size - 1:
            spread = scale * spreads[i]
            factor[i, i] = math.sqrt(max(left, 0.0) + 1.0 / spread)
            found -= math.log(factor[i, i]) + 0.5 * math.log(spread)
    left = max(before + left, 1e-300)
    estimate = factor[size - 1, size - 2] / math.sqrt(left / steps)
    return found - 0.5 * steps * math.log(left), estimate


@kernel(inner=True)
def _averaged(gram, spreads, scales, before, steps, factor):
    """Return the log of the mean likelihood over ``scales`` of the prior, and the weight of B < 0."""
    top, total, falling = -math.inf, 0.0, 0.0
    for k in range(scales.size):
        value, score = _integrated(gram, spreads, scales[k], before, steps, factor)
        if value > top:
            total, falling, top = total * math.exp(top - value), falling * math.exp(top - value), value
        weight = math.exp(value - top)
        total += weight
        falling += weight * 0.5 * math.erfc(score / math.sqrt(2.0))
    return top + math.log(total / scales.size), falling / total


@kernel
def trend_evidence(t, y, weights, scales, before, steps, eases, logs):
    """Fill ``logs`` (eases,): of a straight line; ``scales`` are prior variances of what it gains in all."""
    rows = np.empty((2, t.size))
    for i in range(t.size):
        rows[0, i], rows[1, i] = t[i] - t[0], y[i] - y[0]
    products, sums, gram, factor = np.empty((3, 2, 2)), np.empty((3, 2)), np.empty((2, 2)), np.empty((2, 2))
    moments(rows, weights, products, sums)
    order, spreads = np.arange(2), np.full(1, 1.0 / (t[t.size - 1] - t[0]) ** 2)
    for e in range(eases.size):
        size = _gram(products, sums, weights[0], eases[e], order, gram)
        value, _ = _averaged(gram, spreads, scales, before, steps, factor)
        logs[e] = size + value


@kernel
def curve_evidence(t, y, weights, scales, swing, before, steps, eases, nodes, logs, falls):
    """Fill ``logs`` and ``falls`` (nodes, eases) of LPPLS curves: log-likelihood, probability that B < 0.

    ``scales`` are equally likely prior variances of what the power law gains from the first time to the last;
    each oscillation's amplitude has the power law's standard deviation times ``swing`` over omega.
    """
    n = t.size
    rows = np.empty((4, n))
    for i in range(n):
        rows[3, i] = y[i] - y[0]
    products, sums, gram, factor = np.empty((3, 4, 4)), np.empty((3, 4)), np.empty((4, 4)), np.empty((4, 4))
    order, spreads = np.array([1, 2, 0, 3]), np.empty(3)
    for k in range(len(nodes)):
        shapes_of(t, nodes[k, 0], nodes[k, 1], nodes[k, 2], rows)
        moments(rows, weights, products, sums)
        spreads[2] = 1.0 / (rows[0, n - 1] * rows[0, n - 1])
        spreads[0] = spreads[1] = spreads[2] * (swing / nodes[k, 2]) ** 2
        for e in range(eases.size):
            size = _gram(products, sums, weights[0], eases[e], order, gram)
            value, falls[k, e] = _averaged(gram, spreads, scales, before, steps, factor)
            logs[k, e] = size + value

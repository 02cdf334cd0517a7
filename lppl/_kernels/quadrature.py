"""Compiled summary of a window: observations far from tc count by the nodes of a quadrature.

A panel is a run of observations, counted back from the last; panels of a level hold as many each. Its nodes
come from :mod:`lppl.fitting.quadrature`.
"""

import math

from lppl._kernels.jit import REDUCTION, kernel
from lppl._kernels.linked import linked
from lppl._kernels.sums import PRICES, WEIGHTS

LANES = 8  # loops over a whole number of these need no scalar end
LEVELS = 6
SIZES = (8, 16, 32, 64, 128, 256)  # observations of a panel
NODES = (5, 6, 9, 12, 12, 12)
_TURNS = (4.0, 5.5, 9.0, 12.5, 12.5, 12.5)  # radians a wave turns within a panel at most
_SLOWEST, _FASTER = 6.0, 1.15  # slower waves count as this fast; a descent may find a wave this much faster


@kernel("void(f8[::1], f8[::1], f8[:, ::1], f8[::1])", flags=REDUCTION, inner=True, views=True)
def _node_prices(y, weights, values, out):
    """Fill the prices of a panel's nodes; the last place of ``out`` takes the squares they leave out."""
    rest = 0.0
    for i in range(y.size):
        rest += y[i] * y[i]
    for q in range(weights.size):
        price = 0.0
        for i in range(y.size):
            price += values[q, i] * y[i]
        out[q] = price
        rest -= weights[q] * price * price
    out[weights.size] = max(rest, 0.0)  # not below zero by rounding


@kernel(views=True)
def project(y, weights, values, at, prices):
    """Fill the prices of all nodes, and what each panel leaves out; a panel takes one place more than nodes.

    ``at``, (3, levels), says where a level begins among the nodes, the values and the prices.
    """
    for level in range(LEVELS):
        size, nodes = SIZES[level], NODES[level]
        for k in range(y.size // size):
            node, value, place = at[0, level] + k * nodes, at[1, level] + k * nodes * size, at[2, level]
            place += k * (nodes + 1)
            _node_prices(
                y[y.size - (k + 1) * size : y.size - k * size],
                weights[node : node + nodes],
                values[value : value + nodes * size].reshape(nodes, size),
                prices[place : place + nodes + 1],
            )


@linked
@kernel(
    "Tuple((i8, f8))(f8[::1], f8[::1], Tuple((f8[::1], f8[::1], f8[::1], i8[:, ::1])), f8, f8, f8, "
    "Tuple((f8[:, ::1], f4[:, ::1])), f8[:, ::1])",
    inner=True,
    views=True,
)
def gather(t, y, nodes, low, high, omega, work, summary):
    """Fill the rows of ``summary``, times, prices and weights; return how many, and the squares left out.

    Prices and weights go to ``work`` in single precision too, where they stay until the next call.

    ``nodes`` are the times, weights and prices of all nodes and where each level begins.

    Inside the critical times [low, high] and beside them every observation stands for itself; a panel stands
    by its nodes where the wave turns little enough over it, seen from the nearer end of [low, high].
    """
    times, weights, prices, at = nodes
    limits, single = work[0][0], work[1]
    n, within = t.size, 0.0
    for level in range(LEVELS):
        limits[level] = math.exp(_TURNS[level] / max(_FASTER * omega, _SLOWEST)) - 1.0
    for i in range(n % SIZES[0]):
        summary[0, i], summary[1, i], summary[2, i] = t[i], y[i], 1.0
    count, left = n % SIZES[0], n - n % SIZES[0]
    while left > 0:
        start, level = n - left, LEVELS - 1
        while level >= 0:
            size = SIZES[level]
            if left & (size - 1) == 0:  # sizes are powers of two
                first, last = t[start], t[start + size - 1]
                gap = low - last if last < low else first - high
                if gap > 0.0 and last - first <= limits[level] * gap:
                    break
            level -= 1
        if level >= 0:
            many, k = NODES[level], left // size - 1
            node, place = at[0, level] + k * many, at[2, level] + k * (many + 1)
            for q in range(many):
                summary[0, count + q] = times[node + q]
                summary[1, count + q] = prices[place + q]
                summary[2, count + q] = weights[node + q]
            within += prices[place + many]
            count += many
            left -= size
        else:
            for i in range(SIZES[0]):
                summary[0, count + i], summary[1, count + i] = t[start + i], y[start + i]
                summary[2, count + i] = 1.0
            count += SIZES[0]
            left -= SIZES[0]
    while True:  # one more at least: the end of the window bounds a cell
        summary[0, count] = t[n - 1]
        summary[1, count] = summary[2, count] = 0.0
        count += 1
        if count % LANES == 0:
            break
    for i in range(count):
        single[PRICES, i], single[WEIGHTS, i] = summary[1, i], summary[2, i]
    return count, within

"""Quadrature of sums over observations: a panel of many, seen from afar, counts as a few weighted nodes."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lppl._kernels import quadrature as _quadrature
from lppl._kernels.quadrature import LEVELS, NODES, SIZES

Nodes = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]


@dataclass(frozen=True, eq=False)
class Quadrature:
    """Nodes of every panel of a window: what :func:`lppl._kernels.quadrature.gather` takes.

    Panels of a level hold as many observations each, counted back from the last one; what is over at the
    beginning belongs to no panel of the level.

    Attributes
    ----------
    times, weights : ndarray, shape (nodes,)
        Level after level, from the last panel of each backwards.
    values : ndarray
        What takes the prices of a panel to those of its nodes, in the same order, (nodes, size) a panel.
    at : ndarray, shape (3, levels)
        Where each level begins among the nodes, among ``values``, and among the prices of :meth:`nodes`.
    """

    times: NDArray[np.float64]
    weights: NDArray[np.float64]
    values: NDArray[np.float64]
    at: NDArray[np.int64]

    def nodes(self, y: NDArray[np.float64]) -> Nodes:
        """Return times, weights and prices of all nodes for prices that end with the times, and ``at``.

        A panel's prices are followed by the sum of squares that its nodes leave out.
        """
        prices = np.empty(self.times.size + self.times.size // min(NODES))
        _quadrature.project(y, self.weights, self.values, self.at, prices)
        return self.times, self.weights, prices, self.at


def quadrature(t: NDArray[np.float64]) -> Quadrature:
    """Return the Gauss nodes of all panels of times that end at zero.

    The nodes and weights of a panel are those of Gauss for the discrete measure that gives every observation
    the weight one: sums of polynomials of a degree below twice the nodes are exact. The price of a node is
    that of the polynomial through as many coefficients as there are nodes that is nearest to the panel's
    prices, so that sums of prices times polynomials of a degree below the nodes are exact too.
    """
    if (np.diff(t) == 1.0).all():
        return _regular(-(-t.size // SIZES[-1]) * SIZES[-1])
    return _tables(t)


@lru_cache(4)
def _regular(count: int) -> Quadrature:
    return _tables(np.arange(count, dtype=np.float64) - (count - 1.0))


def _tables(t: NDArray[np.float64]) -> Quadrature:
    parts = [_level(t, SIZES[level], NODES[level]) for level in range(LEVELS)]
    panels = [t.size // size for size in SIZES[:-1]]
    counts = [
        [many * nodes for many, nodes in zip(panels, NODES, strict=False)],
        [many * nodes * size for many, nodes, size in zip(panels, NODES, SIZES, strict=False)],
        [many * (nodes + 1) for many, nodes in zip(panels, NODES, strict=False)],
    ]
    at = np.array([[0, *np.cumsum(row)] for row in counts], dtype=np.int64)
    times, weights, values = (np.concatenate([part[k].ravel() for part in parts]) for k in range(3))
    return Quadrature(times, weights, values, at)


def _level(
    t: NDArray[np.float64], size: int, nodes: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return times, weights and values of the nodes of all panels of one size."""
    panels = t.size // size
    times = t[t.size - panels * size :].reshape(panels, size)[::-1]
    middle = 0.5 * (times[:, :1] + times[:, -1:])
    half = 0.5 * (times[:, -1:] - times[:, :1])
    x = (times - middle) / half
    jacobi = np.zeros((panels, nodes, nodes))
    basis = np.zeros((panels, nodes, size))
    before, current, beta = np.zeros_like(x), np.full_like(x, size**-0.5), np.zeros((panels, 1))
    for r in range(nodes):
        basis[:, r] = current
        alpha = (x * current * current).sum(axis=1, keepdims=True)
        jacobi[:, r, r] = alpha[:, 0]
        following = (x - alpha) * current - beta * before
        beta = np.sqrt((following * following).sum(axis=1, keepdims=True))
        if r + 1 < nodes:
            jacobi[:, r, r + 1] = jacobi[:, r + 1, r] = beta[:, 0]
            before, current = current, following / beta
    places, vectors = np.linalg.eigh(jacobi)
    weights = size * vectors[:, 0] ** 2
    at = vectors / vectors[:, :1] * size**-0.5  # (panels, degree, node): the polynomials at the nodes
    values = (at[:, :, :, None] * basis[:, :, None, :]).sum(axis=1)
    return middle + half * places, weights, values

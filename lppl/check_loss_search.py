"""Global search for the smallest check loss of the LPPLS curve in a box."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lppl.model import M_MIN
from lppl.space import SearchSpace, exponent_nodes, frequency_lanes, horizon_nodes

_BASINS = 16  # minima of the map to descend from
_EVALUATIONS = 60
_WALKED = 3  # best solutions around which tc is moved
_REACH = 8  # how far, sampling steps
_TC = np.array([1.0, 0.0, 0.0])
_APART = np.array([1.0, 0.1, 0.3])  # solutions closer than this in (tc, m, omega) are one


class Solution(NamedTuple):
    """A minimum: loss, (tc - t2, m, omega), coefficients of {1, G, F cos, F sin}, and convergence."""

    loss: float
    x: NDArray[np.float64]
    linear: NDArray[np.float64]
    converged: bool


class CheckLoss:
    """The check loss of one window as a function of (tc - t2, m, omega) in a box.

    Parameters
    ----------
    t, y : ndarray, shape (n,)
        Times and values relative to the window's end.
    q : float
        Quantile level.
    space : SearchSpace
        The box.
    """

    def __init__(self, t: NDArray[np.float64], y: NDArray[np.float64], q: float, space: SearchSpace) -> None:
        self.t, self.y, self.q = t, y, q
        low, high = space.horizons(np.array([t[-1] - t[0]]))
        m, self._omega = np.maximum(space.m, M_MIN), space.omega
        self.lower = np.array([low[0], m[0], space.omega[0]])
        self.upper = np.array([high[0], m[1], space.omega[1]])
        self._log_scale = np.log(max(t[-1] - t[0], 1.0))

    def descend(self, start: NDArray[np.float64], evaluations: int = _EVALUATIONS) -> Solution:
        """Return the local minimum below ``start``; with one evaluation, the loss there."""
        from lppl._quantile import descend

        x, linear = np.clip(start, self.lower, self.upper), np.empty(4)
        loss, converged, _ = descend(
            self.t, self.y, x, self.lower, self.upper, self._log_scale, self.q, evaluations, linear
        )
        return Solution(loss, x, linear, converged)

    def minimise(self, first: NDArray[np.float64]) -> Solution:
        """Return the best minimum found below ``first`` and the map's basins."""
        found = sorted((self.descend(x) for x in [first, *self._basins()]), key=lambda one: one.loss)
        best: list[Solution] = []
        for one in found:
            if all((np.abs(one.x - other.x) > _APART).any() for other in best):
                best.append(one)
        return min((self._walk(one) for one in best[:_WALKED]), key=lambda one: one.loss)

    def _basins(self) -> NDArray[np.float64]:
        """Return the lowest local minima of the check-loss map, shape (basins, 3).

        The map is exact in the linear parameters and takes the exponents of the least-squares map.
        """
        from lppl import _grid, _search
        from lppl._quantile import check_map

        horizons = horizon_nodes(self.lower[0], self.upper[0])
        powers = exponent_nodes(self.lower[1], self.upper[1])
        step, lanes = frequency_lanes(*self._omega)
        squares, power = np.empty((2, 1, horizons.size, lanes))
        lengths, low = np.array([self.t.size]), self.lower[2]
        ends = horizons[:1], horizons[-1:]
        _grid.grid(self.t, self.y, lengths, *ends, horizons, powers, low, step, squares, power)
        # The grid is dense in tc for the sake of least squares; every other node does for the basins here.
        horizons, losses, power = horizons[::2].copy(), squares[0, ::2].copy(), power[0, ::2].copy()
        check_map(self.t, self.y, horizons, powers, power, low, step, self.q, losses)
        starts = np.empty((_BASINS, 4))
        count = _search.basins(losses, power, horizons, powers, low, step, starts)
        return starts[:count, 1:]

    def _walk(self, best: Solution) -> Solution:
        """Move tc by whole steps inside the sample, where nearly every date has its own minimum."""
        while best.x[0] <= _REACH:
            last = best
            for hop in range(-_REACH, _REACH + 1):
                start = last.x + hop * _TC
                if hop != 0 and self.lower[0] <= start[0] <= min(self.upper[0], 1.0):
                    best = min(best, self.descend(start), key=lambda one: one.loss)
            if best.loss >= last.loss * (1.0 - 1e-9):
                break
        return best

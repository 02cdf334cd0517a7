"""Global search for the smallest check loss of the LPPLS curve in a box."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lppl.fitting.box import Box, grid_maps
from lppl.fitting.space import SearchSpace

_THIN = 100  # observations in the map, at least
_BASINS = 24  # minima of the map to descend from
_FIRST, _EVALUATIONS = 8, 60  # evaluations of the first descents and of full ones
_REFINED = 8  # best first descents that are carried on
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


def _loss(one: Solution) -> float:
    return one.loss


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
        self._box = Box.over(space, np.full(1, t[-1] - t[0]))
        self.lower, self.upper = self._box.lower[0], self._box.upper[0]
        self._log_scale = np.log(max(t[-1] - t[0], 1.0))

    def descend(self, start: NDArray[np.float64], evaluations: int = _EVALUATIONS) -> Solution:
        """Return the local minimum below ``start``; with one evaluation, the loss there."""
        from lppl._kernels.quantile import descend

        x, linear = np.clip(start, self.lower, self.upper), np.empty(4)
        loss, converged, _ = descend(
            self.t, self.y, x, self.lower, self.upper, self._log_scale, self.q, evaluations, linear
        )
        return Solution(loss, x, linear, converged)

    def minimise(self, first: NDArray[np.float64]) -> Solution:
        """Return the best minimum found below ``first`` and the map's basins."""
        near = sorted((self.descend(x, _FIRST) for x in [first, *self._basins()]), key=_loss)
        found = sorted((self.descend(one.x) for one in near[:_REFINED]), key=_loss)
        best: list[Solution] = []
        for one in found:
            if all((np.abs(one.x - other.x) > _APART).any() for other in best):
                best.append(one)
        return min((self._walk(one) for one in best[:_WALKED]), key=_loss)

    def _basins(self) -> NDArray[np.float64]:
        """Return the lowest local minima of the check-loss map, shape (basins, 3).

        The map is exact in the linear parameters, takes the exponents of the least-squares map, and only
        looks at every k-th observation: it has to tell basins apart, not to measure them.
        """
        from lppl._kernels import minima as _minima
        from lppl._kernels.quantile import check_map

        box, lattice = self._box, self._box.lattice
        losses, power = (maps[0, 0] for maps in grid_maps(self.t, self.y[None], np.array([self.t.size]), box))
        every = max(self.t.size // _THIN, 1)
        t, y = self.t[::-every][::-1].copy(), self.y[::-every][::-1].copy()
        check_map(t, y, *lattice, power, self.q, losses)
        starts = np.empty((_BASINS, 4))
        count, _ = _minima.basins(
            losses, power, *lattice, box.stride, (np.inf, 0.0), starts, np.empty((0, 4))
        )
        return starts[:count, 1:]

    def _walk(self, best: Solution) -> Solution:
        """Move tc by whole steps inside the sample, where nearly every date has its own minimum."""
        while best.x[0] <= _REACH:
            last = best
            for hop in range(-_REACH, _REACH + 1):
                start = last.x + hop * _TC
                if hop != 0 and self.lower[0] <= start[0] <= min(self.upper[0], 1.0):
                    best = min(best, self.descend(start), key=_loss)
            if best.loss >= last.loss * (1.0 - 1e-9):
                break
        return best

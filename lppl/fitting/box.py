"""The global search inside a box: bounds and grid of each window, the shared grid pass, the descents."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lppl.core.model import M_MIN
from lppl.fitting.quadrature import Nodes, quadrature
from lppl.fitting.space import SearchSpace, exponent_nodes, frequency_lanes, horizon_nodes

# Where a bound on the damping binds: even nodes of tc beside those of the grid, exponents, frequencies, and
# basins of the grid.
_DAMPED_HORIZONS, _DAMPED_POWERS, _DAMPED_FREQUENCIES, _DAMPED_STARTS = 17, 7, 26, 6
# Minima of a map are descended from up to this many times the lowest, and this share of the squares more: as
# little as tells exponents of a straight curve apart.
_HOPEFUL = (1.5, 0.005)
TOGETHER = 12  # series in one pass over the grid: their sums stay in a core's own memory
_MOST_CELLS = 4_500_000  # of their maps, 70 MB
_EDGE = 1e-6  # a parameter this close to a bound, in units of the box, counts as on it


@dataclass(frozen=True)
class Box:
    """The search box of windows that span ``spans`` time units, and the grid over it."""

    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    horizons: NDArray[np.float64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    powers: NDArray[np.float64]
    omega_low: float
    omega_step: float
    lanes: int
    damping: float
    stride: int = 1

    @classmethod
    def over(cls, space: SearchSpace, spans: NDArray[np.float64], coarse: bool = False) -> "Box":
        """Lay the box and its grid, which reaches one node beyond the box on either side.

        The ``coarse`` grid has half the nodes: for refits by the thousand, whose statistic forgives a
        missed basin in a hundred.
        """
        low, high = space.horizons(spans)
        m, omega = np.maximum(space.m, M_MIN), space.omega
        horizons = horizon_nodes(low.min(), high.max(), coarse)
        step, lanes = frequency_lanes(*omega)
        return cls(
            np.column_stack([low, np.full(low.size, m[0]), np.full(low.size, omega[0])]),
            np.column_stack([high, np.full(low.size, m[1]), np.full(low.size, omega[1])]),
            horizons,
            np.maximum(np.searchsorted(horizons, low, side="right") - 1, 0),
            np.minimum(np.searchsorted(horizons, high, side="left"), horizons.size - 1),
            exponent_nodes(m[0], m[1], coarse),
            omega[0],
            step,
            lanes,
            space.damping,
            1 if coarse else 2,
        )

    @property
    def lattice(self) -> tuple[NDArray[np.float64], NDArray[np.float64], float, float]:
        """Nodes of tc and m, lowest omega and its step: what the grid kernels take."""
        return self.horizons, self.powers, self.omega_low, self.omega_step

    def sides(self, found: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return -1 or 1 where (tc - t2, m, omega) sits on its lower or upper bound, else 0."""
        edge = _EDGE * (self.upper - self.lower)
        return np.where(found <= self.lower + edge, -1, np.where(found >= self.upper - edge, 1, 0))


def search(
    t: NDArray[np.float64],
    y: NDArray[np.float64],
    lengths: NDArray[np.int64],
    wanted: NDArray[np.bool_],
    box: Box,
    log_prices: bool,
    second: bool = True,
) -> NDArray[np.float64]:
    """Return a row (columns: ``lppl._kernels.columns``) a series and window, NaN where it is not wanted.

    Series ``y`` (series, n) share their times ``t``; ``lengths`` increase, windows end with the data. A row
    depends neither on the other windows nor on the other series. Without ``second`` the second minimum is
    not sought, which takes less time.
    """
    from lppl._kernels import columns as _columns

    level = y[:, -1].copy()
    t, y = t - t[-1], y - level[:, None]
    out = np.full((len(y), lengths.size, _columns.COLUMNS), np.nan)
    cells = lengths.size * box.horizons.size * box.lanes
    summary = quadrature(t)
    together = max(1, min(TOGETHER, _MOST_CELLS // cells))
    for start in range(0, len(y), together):
        part = slice(start, start + together)
        maps = grid_maps(t, y[part], lengths, box, wanted[part])
        for r, one in enumerate(zip(*maps, strict=True), start):
            nodes, told = summary.nodes(y[r]), (level[r], log_prices)
            descend(t, y[r], nodes, lengths, wanted[r], box, one, *told, out[r], second)
    return out


def grid_maps(
    t: NDArray[np.float64],
    y: NDArray[np.float64],
    lengths: NDArray[np.int64],
    box: Box,
    wanted: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Return the SSE of every cell at its best exponent, and the number of that exponent.

    The SSE is told as a share of the squares around the window's mean, to single precision.

    Both are (series, windows, nodes of tc, lanes), infinite outside a window's box. ``t`` and ``y``, (series,
    n), are zero at the end.
    """
    from lppl._kernels import grid as _grid

    if wanted is None:
        wanted = np.ones((len(y), lengths.size), dtype=np.bool_)
    best = np.full((len(y), lengths.size, box.horizons.size, box.lanes), np.inf, np.float32)
    power = np.empty(best.shape, np.uint8)
    ends = box.horizons[box.first], box.horizons[box.last]
    _grid.grid(t, y, lengths, wanted, *ends, *box.lattice, best, power)
    return best, power


def descend(
    t: NDArray[np.float64],
    y: NDArray[np.float64],
    nodes: Nodes,
    lengths: NDArray[np.int64],
    wanted: NDArray[np.bool_],
    box: Box,
    maps: tuple[NDArray[np.float32], NDArray[np.uint8]],
    level: float,
    log_prices: bool,
    out: NDArray[np.float64],
    second: bool = True,
) -> None:
    """Refine the basins of one series' grid maps inside the boxes of its windows; write their rows ``out``.

    ``t`` and ``y`` are relative to the last observation, whose price or log-price is ``level``.
    """
    from lppl._kernels import search as _search

    rows = _search.STARTS + _search.MORE
    starts, counts = np.empty((lengths.size, rows, 4)), np.zeros(lengths.size, dtype=np.int64)
    _search.search_windows(
        t, y, nodes, lengths, wanted, box.lower, box.upper, (box.first, box.last, *maps),
        (*box.lattice, box.stride), _HOPEFUL, second, level, log_prices, starts, counts, out,
    )  # fmt: skip
    if box.damping > 0.0:
        for k in map(int, np.flatnonzero(wanted)):
            window = Window(t[-lengths[k] :], y[-lengths[k] :], level, log_prices, box, k)
            window.keep_damping(starts[k, : counts[k]], out[k])


@dataclass(frozen=True, eq=False)
class Window:
    """A window in the ``k``-th of its boxes.

    ``t`` and ``y`` are relative to its end, whose price or log-price is ``level``.
    """

    t: NDArray[np.float64]
    y: NDArray[np.float64]
    level: float
    log_prices: bool
    box: Box
    k: int

    def search_from(self, point: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the result row of the minimum that ``point`` (SSE, tc, m, omega) leads to.

        It keeps the bound on the damping: no minimum along it is told that lies above.
        """
        from lppl._kernels import columns, linear
        from lppl._kernels import search as _search

        out, starts = np.full(columns.COLUMNS, np.nan), np.full((1 + _search.MORE, 4), np.inf)
        starts[0] = point
        nodes, bounds = quadrature(self.t).nodes(self.y), (self.box.lower[self.k], self.box.upper[self.k])
        _search.search_from(self.t, self.y, nodes, starts, 1, *bounds, out)
        linear.finish(self.t, self.y, self.level, self.log_prices, out)
        if self.box.damping > 0.0:
            self.keep_damping(np.vstack([point, starts[:1]]), out)
        return out

    def keep_damping(self, starts: NDArray[np.float64], out: NDArray[np.float64]) -> None:
        """Search again along the bound on the damping if the free minimum ``out`` breaks it."""
        from lppl._kernels import columns
        from lppl._kernels import damped as _damped
        from lppl._kernels import linear as _linear

        t, y, box, k = self.t, self.y, self.box, self.k
        m, omega, amplitude = out[columns.M], out[columns.OMEGA], np.hypot(out[columns.C1], out[columns.C2])
        if m * abs(out[columns.B]) >= box.damping * omega * amplitude:
            return
        (low, *bottom), (high, *top) = box.lower[k], box.upper[k]
        inside = box.horizons[(low < box.horizons) & (box.horizons < high)]
        horizons = np.unique(np.concatenate([inside, np.linspace(low, high, _DAMPED_HORIZONS)]))
        powers = np.linspace(bottom[0], top[0], _DAMPED_POWERS)
        frequencies = np.geomspace(bottom[1], top[1], _DAMPED_FREQUENCIES)
        coefficients, log_scale = np.empty(4), np.log(max(t[-1] - t[0], 1.0))
        bounds = box.lower[k], box.upper[k], box.damping
        nodes = starts[:_DAMPED_STARTS], horizons, powers, frequencies
        _damped.damped_window(t, y, *nodes, *bounds, log_scale, out, coefficients)
        _linear.complete(t, y, self.level, self.log_prices, coefficients, out)
        out[columns.SECOND] = np.nan

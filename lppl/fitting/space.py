"""The box in which a fit is global: bounds on (tc, m, omega), and the grid laid over it."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lppl.core.model import M_MIN

Bounds = tuple[float, float]

_GROWTH_INSIDE, _GROWTH_AHEAD, _GROWTH_COARSE, _LEAST_AHEAD = 0.06, 0.35, 0.13, 2.0


@dataclass(frozen=True)
class SearchSpace:
    """Bounds of the search.

    Parameters
    ----------
    m, omega : (low, high)
        Exponent and angular log-frequency. A lower bound ``m = 0`` is taken as 0.001.
    horizon : (low, high), optional
        Bounds on ``tc - t2`` in time units.
    horizon_fraction : (low, high), optional
        Bounds on ``tc - t2`` in window lengths ``t2 - t1``. With both, the intersection counts.
    damping : float
        Smallest damping ``m|B|/(omega C)`` a fit may have; 0 asks nothing. A window whose free minimum breaks
        the bound is searched again along it.
    """

    m: Bounds = (0.0, 2.0)
    omega: Bounds = (1.0, 50.0)
    horizon: Bounds | None = None
    horizon_fraction: Bounds | None = (-0.2, 0.2)
    damping: float = 0.0

    def __post_init__(self) -> None:
        for name in ("m", "omega", "horizon", "horizon_fraction"):
            bounds = getattr(self, name)
            if bounds is None:
                continue
            if len(bounds) != 2 or not all(np.isfinite(bounds)) or bounds[0] > bounds[1]:
                raise ValueError(f"{name} must be finite (low, high) with low <= high, got {bounds}")
            object.__setattr__(self, name, (float(bounds[0]), float(bounds[1])))
        if self.horizon is None and self.horizon_fraction is None:
            raise ValueError("horizon or horizon_fraction must bound tc, got neither")
        if not 0.0 <= self.damping < np.inf:
            raise ValueError(f"damping must be finite and not negative, got {self.damping}")
        if self.m[0] < 0.0 or self.m[1] > 4.0:
            raise ValueError(f"m must lie in [0, 4], got {self.m}")
        if self.m[1] < M_MIN:
            raise ValueError(f"m must reach {M_MIN}, got {self.m}")
        if self.omega[0] <= 0.0 or self.omega[1] > 200.0:
            raise ValueError(f"omega must lie in (0, 200], got {self.omega}")

    def horizons(self, spans: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the bounds on ``tc - t2`` for windows that span ``spans`` time units."""
        low, high = np.full(spans.size, -np.inf), np.full(spans.size, np.inf)
        if self.horizon is not None:
            low, high = np.maximum(low, self.horizon[0]), np.minimum(high, self.horizon[1])
        if self.horizon_fraction is not None:
            low = np.maximum(low, self.horizon_fraction[0] * spans)
            high = np.minimum(high, self.horizon_fraction[1] * spans)
        if (low > high).any():
            k = int(np.argmax(low > high))
            raise ValueError(
                f"horizon and horizon_fraction must overlap, got [{low[k]:g}, {high[k]:g}] "
                f"for a window of {spans[k]:g} time units"
            )
        return low, high

    def to_dict(self) -> dict[str, Any]:
        """Return the bounds as plain values."""
        return asdict(self)


def as_space(space: Any) -> SearchSpace:
    """Return the box asked for, the default one for None.

    Raises
    ------
    ValueError
        If it is no `SearchSpace`.
    """
    if space is None:
        return SearchSpace()
    if not isinstance(space, SearchSpace):
        raise ValueError(f"space must be a SearchSpace such as lppl.PRESETS['daily'].space, got {space!r}")
    return space


def horizon_nodes(low: float, high: float, coarse: bool = False) -> NDArray[np.float64]:
    """Return the grid's nodes on ``tc - t2`` that cover [low, high]: dense near t2, growing outwards.

    Steps grow faster ahead of t2, where the SSE is smooth, than inside the sample, where it has a kink
    half-way between observations: nodes lie there on observations and between them by turns. The nodes lie
    on one fixed lattice whatever the box is, with one node beyond either end, so that a window sees the same
    nodes in any company.
    """
    inside = _outwards(-low, _GROWTH_COARSE) if coarse else _phases(-low)
    ahead = _outwards(high, _GROWTH_COARSE) if coarse else _outwards(high, _GROWTH_AHEAD, _LEAST_AHEAD)
    lattice = np.concatenate([-inside[::-1], [0.0], ahead])
    first = max(int(np.searchsorted(lattice, low, side="right")) - 1, 0)
    last = min(int(np.searchsorted(lattice, high, side="left")), lattice.size - 1)
    return lattice[first : last + 1]


def _outwards(reach: float, growth: float, least: float = 1.0) -> NDArray[np.float64]:
    nodes = [0.5]
    while nodes[-1] < reach:
        nodes.append(nodes[-1] + max(least, growth * nodes[-1]))
    return np.array(nodes)


def _phases(reach: float) -> NDArray[np.float64]:
    """Nodes inside the sample: by turns half-way between observations and on one."""
    nodes = [0.5]
    while nodes[-1] < reach:
        nodes.append(nodes[-1] + max(0.5, np.floor(_GROWTH_INSIDE * nodes[-1]) + 0.5))
    return np.array(nodes)


def exponent_nodes(low: float, high: float, coarse: bool = False) -> NDArray[np.float64]:
    """Return the grid's exponents: both ends, and steps between them of at most 0.35 + m/4 (coarse: 0.7)."""
    low, high = max(low, M_MIN), max(high, M_MIN)
    if coarse:
        return np.linspace(low, high, int(np.ceil((high - low) / 0.7)) + 1)
    first, last = (np.log1p(m / 1.4) for m in (low, high))
    steps = int(np.ceil((last - first) / np.log(1.25)))
    nodes = 1.4 * np.expm1(np.linspace(first, last, steps + 1))
    nodes[0], nodes[-1] = low, high
    return nodes


def frequency_lanes(low: float, high: float) -> tuple[float, int]:
    """Return step and number of the angular log-frequencies: at most 0.8 apart, 8 times a power of two."""
    lanes = 8
    while (high - low) / (lanes - 1) > 0.8:
        lanes *= 2
    return (high - low) / (lanes - 1), lanes

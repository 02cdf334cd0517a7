"""Equilibria of a fitted drift, the folds that destroy them, and the shape they make."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from earlywarning.core.plain_values import plain
from earlywarning.phase.drift import Drift

Interval = tuple[float, float]


@dataclass(frozen=True)
class FixedPoint:
    """A level of zero drift.

    Attributes
    ----------
    value : float
        The level.
    interval : tuple of float
        Delta-method interval ``value -+ q sqrt(g' V g) / |f'(value)|``.
    stable : bool
        Whether the drift falls through zero there.
    slope : float
        ``f'(value)``; minus one over it is the return time of a stable point.
    """

    value: float
    interval: Interval
    stable: bool
    slope: float

    def to_dict(self) -> dict[str, Any]:
        """Return the point as plain Python values."""
        return plain(asdict(self))


@dataclass(frozen=True)
class Fold:
    """A local extremum of the drift: an equilibrium and its unstable partner meet here.

    Attributes
    ----------
    value : float
        The level.
    shift : float
        Change of ``th0`` that brings the fold about, ``-f(value)``.
    interval : tuple of float
        Interval of the distance ``abs(shift)``; a negative lower end says that the fold is not excluded.
    """

    value: float
    shift: float
    interval: Interval

    def to_dict(self) -> dict[str, Any]:
        """Return the fold as plain Python values."""
        return plain(asdict(self))


def fixed_points(drift: Drift, quantile: float) -> tuple[FixedPoint, ...]:
    """Return the real roots of the drift, in ascending order; intervals of ``quantile`` errors each way."""
    points = []
    for root in drift.real_roots():
        slope = float(drift.slope(root))
        reach = quantile * float(drift.error(root)) / abs(slope) if slope else np.inf
        points.append(FixedPoint(float(root), (float(root - reach), float(root + reach)), slope < 0, slope))
    return tuple(points)


def folds(drift: Drift, quantile: float) -> tuple[Fold, ...]:
    """Return the turning points of the drift, in ascending order; intervals of the distance to a fold."""
    found = []
    for value in drift.turning_points():
        height = float(drift(value))
        reach = quantile * float(drift.error(value))
        found.append(Fold(float(value), -height, (abs(height) - reach, abs(height) + reach)))
    return tuple(found)


def home_of(points: tuple[FixedPoint, ...], present: float) -> FixedPoint | None:
    """Return the stable point that the drift leads to from the present level, if there is one."""
    below = [p for p in points if p.value <= present]
    above = [p for p in points if p.value > present]
    candidates = [p for p in (below[-1:] + above[:1]) if p.stable]
    return candidates[0] if candidates else None


def nearest_fold(points: tuple[FixedPoint, ...], turns: tuple[Fold, ...], home: FixedPoint) -> Fold | None:
    """Return the fold closest in ``th0`` at which the home equilibrium would vanish."""
    partners = [p.value for p in points if not p.stable]
    reachable = [
        fold
        for fold in turns
        if any(min(home.value, p) < fold.value < max(home.value, p) for p in partners)
        and not any(q.stable and q is not home and _between(fold.value, home.value, q.value) for q in points)
    ]
    return min(reachable, key=lambda fold: abs(fold.shift), default=None)


def _between(fold: float, home: float, other: float) -> bool:
    """Whether another equilibrium lies between home and fold."""
    return min(home, fold) < other < max(home, fold)


def shape_of(points: tuple[FixedPoint, ...]) -> str:
    """Return the arrangement of the fixed points in words."""
    signs = tuple(p.stable for p in points)
    return {
        (): "no equilibrium",
        (True,): "one stable",
        (False,): "one unstable",
        (False, True, False): "stable between unstable",
        (True, False, True): "unstable between stable",
    }.get(signs, "stable and unstable" if any(signs) else "touching zero")

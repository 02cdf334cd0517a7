"""The evidence of one start of a bubble: the likelihood of all returns averaged over (tc, m, omega)."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lppl._kernels import evidence as _evidence
from lppl.core.model import M_MIN
from lppl.fitting.space import SearchSpace

EASES = np.array([0.0, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64])  # 1 - rho, equally likely a priori
# What a trend or a curve gains, in deviations of a walk over its time: equally likely scales of its
# prior. One scale alone would take a steep, smooth rise for noise of another kind.
RISES = (1.0, 3.0, 9.0)
SWING = 0.5  # prior scale of an oscillation, relative to the power law over omega: damping >= 1 in 55%
SHARPE = 1.0  # prior scale of a walk's growth, in standard deviations of a year
_YEAR = 250.0  # observations
_GRID = (12, 4, 24)  # cells of (tc, m, omega) before any is halved
_RANKED, _ROUNDS, _HEAVY = (
    2,
    12,
    1.0 / 200.0,
)  # rounds by rank, in all; share of the evidence to be halved
_TOP = 20  # one cell in so many is halved by rank, lest a narrow peak between centres go unseen


@dataclass(frozen=True, eq=False)
class StartEvidence:
    """What one start says; logarithms share a constant over the starts of a series.

    Attributes
    ----------
    log_bubble, log_trend : float
        Log-evidence of an LPPLS, and of a straight line, with AR(1) errors from the start on.
    low, high : ndarray, shape (cells, 3)
        Edges of the cells of (tc - t2, m, omega).
    falling, rising : ndarray, shape (cells,)
        Shares of the evidence in each cell, of curves with B < 0 and with B > 0; all sum to 1.
    persistence : ndarray, shape (2, eases)
        Shares of each 1 - rho, of curves with B < 0 and with B > 0.
    change : float
        How much the last halving of cells moved ``log_bubble``.
    """

    log_bubble: float
    log_trend: float
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    falling: NDArray[np.float64]
    rising: NDArray[np.float64]
    persistence: NDArray[np.float64]
    change: float


def log_sum(logs: NDArray[np.float64]) -> Any:
    """Return the logarithm of the sum of exponentials along the last axis."""
    top = logs.max(axis=-1)
    return top + np.log(np.exp(logs - top[..., None]).sum(axis=-1))


def walk_evidence(y: NDArray[np.float64], w: NDArray[np.float64]) -> tuple[float, float]:
    """Return the log-evidence of a random walk with drift and the sum of squares it leaves.

    Without its part that depends on that sum, where the steps are the first of more; ``w`` are inverse
    variances of the steps.
    """
    steps = np.diff(y)
    precision = w.sum() + _YEAR / SHARPE**2
    left = float((w * steps) @ steps - ((w * steps).sum()) ** 2 / precision)
    return -0.5 * math.log(precision * SHARPE**2 / _YEAR), left


def start_evidence(
    y: NDArray[np.float64], w: NDArray[np.float64], start: int, space: SearchSpace,
    eases: NDArray[np.float64] = EASES,
) -> StartEvidence:  # fmt: skip
    """Return the evidence of the start at position ``start`` of log-prices.

    ``w`` are inverse variances: of the error a series starts with, then of every step. Steps before the start
    are a random walk with drift.
    """
    ahead, before = walk_evidence(y[: start + 1], w[1 : start + 1])
    t = np.arange(start - y.size + 1.0, 1.0)
    weights = np.concatenate([w[:1], w[start + 1 :]])
    part, steps, n = np.ascontiguousarray(y[start:]), y.size - 1, t.size
    trend = np.empty(eases.size)
    scales = np.array([rise**2 * n for rise in RISES])
    _evidence.trend_evidence(t, part, weights, scales, before, steps, eases, trend)
    (nearest,), (furthest,) = space.horizons(np.array([n - 1.0]))
    bottom = np.array([nearest, max(space.m[0], M_MIN), space.omega[0]])
    side = np.array([furthest, max(space.m[1], M_MIN), space.omega[1]]) - bottom

    def at(corner: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.float64]:
        logs, falls = np.empty((2, len(corner), eases.size))
        nodes = bottom + side * (corner + 0.5 * size)
        _evidence.curve_evidence(t, part, weights, scales, SWING, before, steps, eases, nodes, logs, falls)
        volume = np.log(size).sum(axis=1)[:, None] - math.log(eases.size)
        return np.stack([logs + volume, falls])

    corner, size, values, change = _halved(at)
    masses = values[0] + ahead
    total = log_sum(masses.ravel())
    share = np.exp(masses - total)
    falling, rising = share * values[1], share * (1.0 - values[1])
    return StartEvidence(
        log_bubble=float(total),
        log_trend=float(log_sum(trend)) - math.log(eases.size) + ahead,
        low=bottom + side * corner,
        high=bottom + side * (corner + size),
        falling=falling.sum(axis=1),
        rising=rising.sum(axis=1),
        persistence=np.stack([falling.sum(axis=0), rising.sum(axis=0)]),
        change=change,
    )


def _halved(
    at: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]:
    """Return corners, sizes and values of cells of the unit cube, halved where the evidence lies."""
    axes = [np.arange(n) / n for n in _GRID]
    corner = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    size = np.tile(1.0 / np.array(_GRID), (len(corner), 1))
    values, change = at(corner, size), math.inf
    halves = np.stack(np.meshgrid(*[[0.0, 0.5]] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    for k in range(_ROUNDS):
        mass = log_sum(values[0])
        total = log_sum(mass)
        chosen = mass > total + math.log(_HEAVY)
        if k < _RANKED:
            density = mass - np.log(size).sum(axis=1)
            chosen |= density >= np.sort(density)[-max(density.size // _TOP, 1)]
        if not chosen.any():
            break
        children = (corner[chosen][:, None] + size[chosen][:, None] * halves).reshape(-1, 3)
        smaller = np.repeat(0.5 * size[chosen], len(halves), axis=0)
        corner, size = np.concatenate([corner[~chosen], children]), np.concatenate([size[~chosen], smaller])
        values = np.concatenate([values[:, ~chosen], at(children, smaller)], axis=1)
        change = float(log_sum(values[0].ravel()) - total)
    return corner, size, values, abs(change)

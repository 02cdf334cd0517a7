"""Fitting the surface: Fisher scoring of the log score over all sizes and horizons, drawn to a prior."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanners.risk._kernels import barrier as kernels
from scanners.risk.barrier import POINTS, WEIGHTS
from scanners.risk.bubble_factor import LASTS, odds_ratio
from scanners.risk.surface import NAMES, OWN, REFERENCE, TREND, VOLATILITY

# What theory says before any data: volatility to come is a mean of volatilities past (mean absolute returns
# of a normal lie .2258 lower, half a mixture's spread squared is taken off), past errors of a series go on,
# a Sharpe ratio of .3, no more.
PRIOR = {
    "level": 0.05,
    "e94": 0.2,
    "a97": 0.2,
    "a99": 0.3,
    "vlr": 0.3,
    "error": 1.0,
    "spread": 0.45,
    "drift": 0.3,
}
# Weight of the prior against all looks at all cells: looks of one date and of overlapping horizons repeat
# each other, so that fifty thousand are worth some hundred. An asset class is drawn to all as hard.
RIDGE = 10_000.0
# The bubble: 1.8 with a standard deviation of .5 for looks that each count for a twentieth, which is how
# much larger the clustered variance of k is than that of independent cells. 1.8 is the published value at
# 60 sessions, from these series and confirmed on 63 others: no walk forward by itself finds it before 1990.
BUBBLE, RIDGE_BUBBLE = 1.8, 80.0


def prior(kinds: int = 0) -> NDArray[np.float64]:
    """Return the coefficients before any data: those of `NAMES`, the bubble's, `OWN` of each class."""
    common = [PRIOR.get(name, 0.0) for name in NAMES]
    return np.array([*common, BUBBLE, *([0.0] * len(OWN) * kinds)])


def ridge(kinds: int = 0) -> NDArray[np.float64]:
    """Return the weight of the prior for each coefficient of `prior`."""
    return np.array([RIDGE] * len(NAMES) + [RIDGE_BUBBLE] + [RIDGE] * len(OWN) * kinds)


@dataclass(frozen=True, eq=False)
class Sample:
    """Looks to fit to.

    Parameters
    ----------
    volatility, trend : array, shape (n, 10) and (n, 3)
        From `surface.volatility_terms` and `surface.trend_terms`.
    loss : array, shape (n, H, S)
        Log losses.
    followed : array, shape (n, H, S)
        1 where the fall followed, 0 where not, NaN where it is not to be used.
    confidence : array, shape (n,)
        C; NaN where not known.
    horizons : array, shape (H,)
    weight : array, shape (n,), optional
        Of each look; default 1.
    kind : array of int, shape (n,), optional
        Asset class of each look, whose coefficients `OWN` are its own; default no classes.
    kinds : int
        Asset classes in all.
    """

    volatility: NDArray[np.float64]
    trend: NDArray[np.float64]
    loss: NDArray[np.float64]
    followed: NDArray[np.float64]
    confidence: NDArray[np.float64]
    horizons: NDArray[np.float64]
    weight: NDArray[np.float64] | None = None
    kind: NDArray[np.int64] | None = None
    kinds: int = 0

    def select(self, rows: NDArray, unknown: NDArray[np.bool_] | None = None) -> "Sample":
        """Return some of the looks, with outcomes that are ``unknown``, shape (n, H), left out."""
        followed = self.followed[rows]
        if unknown is not None:
            followed = np.where(unknown[rows][:, :, None], np.nan, followed)
        at = (self.volatility[rows], self.trend[rows], self.loss[rows], followed, self.confidence[rows])
        weight, kind = (None if one is None else one[rows] for one in (self.weight, self.kind))
        return Sample(*at, self.horizons, weight, kind, self.kinds)


def fit(
    sample: Sample,
    start: NDArray[np.float64] | None = None,
    *,
    weight: NDArray[np.float64] | None = None,
    iterations: int = 12,
    tolerance: float = 0.02,
) -> NDArray[np.float64]:
    """Return the coefficients, in the order of `prior`, that maximise the penalised log score.

    Parameters
    ----------
    sample : Sample
    start : array, optional
        Where to start; default the prior.
    weight : array, optional
        Weight of the prior; default `ridge`.
    iterations : int
        Steps at most.
    tolerance : float
        Gain in the penalised log likelihood, in nats, below which a step is the last.
    """
    centre = prior(sample.kinds)
    weight = ridge(sample.kinds) if weight is None else weight
    theta = centre.copy() if start is None else np.array(start, dtype=np.float64)
    best, kept, step = -math.inf, theta, np.zeros_like(theta)
    for _ in range(iterations):
        value, scores, information = scored(sample, theta)
        value -= 0.5 * float(weight @ (theta - centre) ** 2)
        if value < best:  # the quadratic was trusted too far
            step = step / 2.0
            theta = kept + step
            continue
        gain, best, kept = value - best, value, theta
        if gain < tolerance:
            break
        step = np.linalg.solve(information + np.diag(weight), scores.sum(axis=0) - weight * (theta - centre))
        theta = theta + step
    return kept


def standard_errors(
    sample: Sample,
    theta: NDArray[np.float64],
    clusters: NDArray[np.int64],
    weight: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return standard errors of fitted coefficients, robust to dependence within clusters.

    Parameters
    ----------
    sample, theta
        What was fitted, and the result.
    clusters : array of int, shape (n,)
        Looks of one cluster may depend on each other, the cells of one look always do.
    weight : array, optional
        Weight of the prior in the fit; default `ridge`.
    """
    _, scores, information = scored(sample, theta)
    bread = np.linalg.inv(information + np.diag(ridge(sample.kinds) if weight is None else weight))
    _, place = np.unique(clusters, return_inverse=True)
    summed = np.stack([np.bincount(place, weights=column) for column in scores.T], axis=1)
    return np.sqrt(np.diag(bread @ (summed.T @ summed) @ bread))


def scored(sample: Sample, theta: NDArray) -> tuple[float, NDArray, NDArray]:
    """Return log likelihood, its gradient by look, and the Fisher information."""
    if not sample.kinds:
        return _one_class(sample, theta)
    value, k = 0.0, len(NAMES) + 1
    scores, information = np.zeros((len(sample.trend), theta.size)), np.zeros((theta.size, theta.size))
    for kind in range(sample.kinds):
        rows = np.flatnonzero(sample.kind == kind)
        if not rows.size:
            continue
        own = slice(k + kind * len(OWN), k + (kind + 1) * len(OWN))
        mine = theta[:k].copy()
        mine[OWN] += theta[own]
        gain, each, fisher = _one_class(sample.select(rows), mine)
        value += gain
        scores[rows, :k], scores[rows, own] = each, each[:, OWN]
        information[:k, :k] += fisher
        information[own, own] += fisher[np.ix_(OWN, OWN)]
        information[:k, own] += fisher[:, OWN]
        information[own, :k] += fisher[OWN]
    return value, scores, information


def _one_class(sample: Sample, theta: NDArray) -> tuple[float, NDArray, NDArray]:
    at = np.append(sample.horizons, float(LASTS))
    n, many = len(sample.trend), sample.horizons.size
    score, fisher = np.zeros((n, many, 7)), np.zeros((n, many, 7, 7))
    capped = np.log(odds_ratio(sample.confidence, 1.0))
    given: tuple = (np.ascontiguousarray(sample.loss), sample.followed, sample.horizons, float(LASTS))
    given += (*_parts(sample, theta, at), float(theta[-1]), capped, POINTS, WEIGHTS, score, fisher)
    each = kernels.scored(*given)
    if sample.weight is not None:
        each = each * sample.weight
        score *= sample.weight[:, None, None]
        fisher *= sample.weight[:, None, None, None]
    scores, information = np.zeros((n, theta.size)), np.zeros((theta.size, theta.size))
    first = _design(sample, float(LASTS))
    for j, horizon in enumerate(sample.horizons):
        blocks = [*_design(sample, horizon), *first, np.ones((n, 1))]
        used = range(7) if horizon > LASTS else (0, 1, 2, 6)
        for u in used:
            scores[:, _PLACES[u]] += blocks[u] * score[:, j, u, None]
            for v in used:
                both = (blocks[u] * fisher[:, j, u, v, None]).T @ blocks[v]
                information[_PLACES[u], _PLACES[v]] += both
    return float(each.sum()), scores, information


# Coefficients through which each of the seven directions of `kernels.scored` acts.
_VOLATILITY = slice(0, 2 * len(VOLATILITY))
_SPREAD = slice(_VOLATILITY.stop, _VOLATILITY.stop + 2)
_TREND = slice(_SPREAD.stop, _SPREAD.stop + len(TREND))
_PLACES = (*(_VOLATILITY, _SPREAD, _TREND) * 2, slice(len(NAMES), len(NAMES) + 1))


def _design(sample: Sample, horizon: float) -> list[NDArray[np.float64]]:
    h = math.log(horizon / REFERENCE)
    n = len(sample.trend)
    volatility = np.stack([sample.volatility, sample.volatility * h], axis=2).reshape(n, -1)
    spread = np.broadcast_to([1.0, h], (n, 2))
    return [volatility, spread, np.column_stack([np.ones(n), sample.trend]) * math.sqrt(horizon / 250.0)]


def _parts(sample: Sample, theta: NDArray, at: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return log sigma, drift over the horizon and spread, each of shape (n, len(at))."""
    h = np.log(at / REFERENCE)
    pair = sample.volatility @ theta[_VOLATILITY].reshape(-1, 2)
    drift, *slopes = theta[_TREND]
    log_sigma = pair[:, :1] + pair[:, 1:] * h
    delta = (drift + sample.trend @ np.array(slopes))[:, None] * np.sqrt(at / 250.0)
    spread = theta[_SPREAD]
    return [log_sigma, delta, np.tile(spread[0] + spread[1] * h, (len(pair), 1))]

"""Fitting the surface: Fisher scoring of the log score over all sizes and horizons, drawn to a prior."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanners.risk._kernels import barrier as kernels
from scanners.risk.barrier import POINTS, WEIGHTS
from scanners.risk.bubble_factor import LASTS, odds_ratio
from scanners.risk.surface import NAMES, REFERENCE, TREND, VOLATILITY

# What theory says before any data: volatility to come is a mean of volatilities past (mean absolute returns
# of a normal lie .2258 lower, half a mixture's spread squared is taken off), a Sharpe ratio of .3, no more.
PRIOR = {"level": 0.05, "e94": 0.2, "a97": 0.2, "a99": 0.3, "vlr": 0.3, "spread": 0.45, "drift": 0.3}
# Weight of the prior against all looks at all cells: looks of one date and of overlapping horizons repeat
# each other, so that fifty thousand are worth some hundred.
RIDGE, RIDGE_NEW, RIDGE_BUBBLE = 10_000.0, 1_000.0, 10.0
_NEW = ("ratio", "recent", "peak", "drift_long")
_EDGE = 1e-6


def prior() -> NDArray[np.float64]:
    """Return the coefficients before any data, those of `NAMES` and the bubble's last, shape (25,)."""
    return np.array([PRIOR.get(name, 0.0) for name in (*NAMES, "bubble")])


def ridge() -> NDArray[np.float64]:
    """Return the weight of the prior for each coefficient, shape (25,)."""
    new = [RIDGE_NEW if name.removesuffix("_h") in _NEW else RIDGE for name in NAMES]
    return np.array([*new, RIDGE_BUBBLE])


@dataclass(frozen=True, eq=False)
class Sample:
    """Looks to fit to.

    Parameters
    ----------
    volatility, trend : array, shape (n, 9) and (n, 3)
        From `surface.volatility_terms` and `surface.trend_terms`.
    loss : array, shape (n, H, S)
        Log losses.
    followed : array, shape (n, H, S)
        1 where the fall followed, 0 where not, NaN where it is not to be used.
    confidence : array, shape (n,)
        C; NaN where not known.
    horizons : array, shape (H,)
    """

    volatility: NDArray[np.float64]
    trend: NDArray[np.float64]
    loss: NDArray[np.float64]
    followed: NDArray[np.float64]
    confidence: NDArray[np.float64]
    horizons: NDArray[np.float64]

    def select(self, rows: NDArray, unknown: NDArray[np.bool_] | None = None) -> "Sample":
        """Return some of the looks, with outcomes that are ``unknown``, shape (n, H), left out."""
        followed = self.followed[rows]
        if unknown is not None:
            followed = np.where(unknown[rows][:, :, None], np.nan, followed)
        at = (self.volatility[rows], self.trend[rows], self.loss[rows], followed, self.confidence[rows])
        return Sample(*at, self.horizons)


def fit(
    sample: Sample,
    start: NDArray[np.float64] | None = None,
    *,
    weight: NDArray[np.float64] | None = None,
    iterations: int = 12,
    tolerance: float = 0.02,
) -> NDArray[np.float64]:
    """Return coefficients of `NAMES` and the bubble's, shape (25,), that maximise the penalised log score.

    Parameters
    ----------
    sample : Sample
    start : array, shape (25,), optional
        Where to start; default the prior.
    weight : array, shape (25,), optional
        Weight of the prior; default `ridge`.
    iterations : int
        Steps at most.
    tolerance : float
        Gain in the penalised log likelihood, in nats, below which a step is the last.
    """
    centre = prior()
    weight = ridge() if weight is None else weight
    theta = centre.copy() if start is None else np.array(start, dtype=np.float64)
    best, kept, step = -math.inf, theta, np.zeros_like(theta)
    for _ in range(iterations):
        value, scores, information = _scored(sample, theta)
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
    """Return standard errors of fitted coefficients, shape (25,), robust to dependence within clusters.

    Parameters
    ----------
    sample, theta
        What was fitted, and the result.
    clusters : array of int, shape (n,)
        Looks of one cluster may depend on each other, the cells of one look always do.
    weight : array, shape (25,), optional
        Weight of the prior in the fit; default `ridge`.
    """
    _, scores, information = _scored(sample, theta)
    bread = np.linalg.inv(information + np.diag(ridge() if weight is None else weight))
    _, place = np.unique(clusters, return_inverse=True)
    summed = np.stack([np.bincount(place, weights=column) for column in scores.T], axis=1)
    return np.sqrt(np.diag(bread @ (summed.T @ summed) @ bread))


def _scored(sample: Sample, theta: NDArray) -> tuple[float, NDArray, NDArray]:
    """Return log likelihood, its gradient by look, and the Fisher information."""
    horizons, sizes = sample.horizons.size, sample.loss.shape[2]
    own = _surface(sample, theta, sample.horizons)
    within = own.copy()
    later = sample.horizons > LASTS
    if later.any():
        within[:, later] = _surface(sample, theta, np.minimum(sample.horizons, LASTS), later)
    ratio = odds_ratio(sample.confidence, theta[-1])[:, None]
    capped = np.log(odds_ratio(sample.confidence, 1.0))
    value, k = 0.0, theta.size
    scores, information = np.zeros((len(sample.trend), k)), np.zeros((k, k))
    for j in range(horizons):
        design = _design(sample, sample.horizons[j])
        first = _design(sample, float(LASTS)) if later[j] else design
        for s in range(sizes):
            known = ~np.isnan(sample.followed[:, j, s])
            p, p60, f = own[known, j, s, 0], within[known, j, s, 0], ratio[known, 0]
            divisor = 1.0 + (f - 1.0) * p60
            chance = np.clip(1.0 - (1.0 - p) / divisor, _EDGE, 1.0 - _EDGE)
            by_within = (1.0 - p) * (f - 1.0) / divisor**2
            jacobian = np.column_stack(
                [
                    design[known] * own[known, j, s, 1:][:, _BLOCKS] / divisor[:, None]
                    + first[known] * within[known, j, s, 1:][:, _BLOCKS] * by_within[:, None],
                    (1.0 - p) * p60 / divisor**2 * f * capped[known],
                ]
            )
            y = sample.followed[known, j, s]
            information_each = 1.0 / (chance * (1.0 - chance))
            value += float(np.sum(np.where(y > 0.5, np.log(chance), np.log1p(-chance))))
            scores[known] += jacobian * (information_each * (y - chance))[:, None]
            information += (jacobian * information_each[:, None]).T @ jacobian
    return value, scores, information


# Which of the slopes in log sigma, spread and drift each coefficient acts through.
_BLOCKS = np.array([0] * (2 * len(VOLATILITY)) + [1, 1] + [2] * len(TREND))


def _design(sample: Sample, horizon: float) -> NDArray[np.float64]:
    h = math.log(horizon / REFERENCE)
    n = len(sample.trend)
    volatility = np.stack([sample.volatility, sample.volatility * h], axis=2).reshape(n, -1)
    spread = np.broadcast_to([1.0, h], (n, 2))
    trend = np.column_stack([np.ones(n), sample.trend]) * math.sqrt(horizon / 250.0)
    return np.column_stack([volatility, spread, trend])


def _surface(
    sample: Sample, theta: NDArray, at: NDArray[np.float64], chosen: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Return chances and slopes at horizons ``at`` of the losses at the chosen horizons."""
    chosen = np.ones(at.size, bool) if chosen is None else chosen
    at, loss = at[chosen], np.ascontiguousarray(sample.loss[:, chosen])
    h = np.log(at / REFERENCE)
    weights = theta[: 2 * len(VOLATILITY)].reshape(-1, 2)
    pair = sample.volatility @ weights
    spread, spread_h, drift, *slopes = theta[2 * len(VOLATILITY) : -1]
    log_sigma = pair[:, :1] + pair[:, 1:] * h
    delta = (drift + sample.trend @ np.array(slopes))[:, None] * np.sqrt(at / 250.0)
    spreads = np.ascontiguousarray(np.broadcast_to(spread + spread_h * h, log_sigma.shape))
    out = np.zeros((*loss.shape, 4))
    kernels.slopes(loss, np.sqrt(at), log_sigma, delta, spreads, POINTS, WEIGHTS, out)
    return out

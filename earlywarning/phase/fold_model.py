"""The fold model behind `tipping_time`: search, simulation and refits."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from earlywarning._kernels.tipping import (
    ramp_loss,
    ramp_losses,
    simulate_ramp,
    simulate_trend,
    stationary_fit,
    trend_fit,
)

# Grid that begins the search: log of the relative curvature, share of the way to the fold covered at the end.
CURVES = np.linspace(-8.0, 1.0, 7)
SHARES = np.linspace(0.05, 0.95, 7)
WIDEST = 12.0
# Tolerance of the search, for the series and for its bootstrap paths.
FINE, ROUGH = 1e-8, 1e-3


@dataclass(frozen=True)
class Ramp:
    """A fitted approach to a fold.

    Attributes
    ----------
    alpha0, mu0, s2 : float
        Restoring rate, equilibrium and noise variance of the stationary part.
    a : float
        Curvature.
    covered : float
        Share of the way to the fold at the last observation.
    gain : float
        Twice the log-likelihood over that of reversion about a linear trend.
    """

    alpha0: float
    mu0: float
    s2: float
    a: float
    covered: float
    gain: float


def fit_ramp(x: np.ndarray, start: int, dt: float, precision: float) -> Ramp | None:
    """Fit the stationary part, then curvature and rate of the ramp; None where there is no fit.

    The search is over the log of ``a sd / alpha0``, the curvature that one stationary spread feels, and the
    covered share.
    """
    alpha0, mu0, s2 = stationary_fit(x[: start + 1], dt)
    if not np.isfinite(alpha0):
        return None
    ramp = x[start:]
    span = (len(ramp) - 1) * dt
    unit = alpha0 / np.sqrt(s2 / (2.0 * alpha0))

    def loss(point: np.ndarray) -> float:
        if not 0.0 <= point[1] < 1.0 or abs(point[0]) > WIDEST:
            return np.inf
        return ramp_loss(ramp, dt, alpha0, mu0, s2, unit * np.exp(point[0]), point[1] / span)

    grid = ramp_losses(ramp, dt, alpha0, mu0, s2, unit * np.exp(CURVES), SHARES / span)
    row, column = np.unravel_index(np.argmin(grid), grid.shape)
    if not np.isfinite(grid[row, column]):
        return None
    options = {"xatol": precision, "fatol": precision, "maxiter": 400}
    best = minimize(loss, [CURVES[row], SHARES[column]], method="Nelder-Mead", options=options)
    gain = 2.0 * (trend_fit(ramp, dt, alpha0, mu0, s2)[1] - best.fun)
    return Ramp(alpha0, mu0, s2, float(unit * np.exp(best.x[0])), float(best.x[1]), float(gain))


def _simulate(x: np.ndarray, start: int, dt: float, fit: Ramp, ramp: bool, noise: np.ndarray) -> np.ndarray:
    """Path of the fitted model, or of reversion about a trend, with a stationary part before it."""
    before = simulate_trend(x[0], noise[:start], dt, fit.alpha0, fit.mu0, fit.s2, 0.0)
    if ramp:
        rate = fit.covered / ((len(x) - 1 - start) * dt)
        after = simulate_ramp(before[-1], noise[start:], dt, fit.alpha0, fit.mu0, fit.s2, fit.a, rate)
    else:
        slope = trend_fit(x[start:], dt, fit.alpha0, fit.mu0, fit.s2)[0]
        after = simulate_trend(before[-1], noise[start:], dt, fit.alpha0, fit.mu0, fit.s2, slope)
    return np.concatenate([before, after[1:]])


def refit(
    x: np.ndarray, start: int, dt: float, fit: Ramp, ramp: bool, stream: np.random.SeedSequence
) -> Ramp | None:
    """Fit the model to a path of the fitted ramp, or of the trend; None if the path tips or has no fit."""
    noise = np.random.default_rng(stream).standard_normal(len(x) - 1)
    path = _simulate(x, start, dt, fit, ramp, noise)
    return None if np.isnan(path[-1]) else fit_ramp(path, start, dt, ROUGH)


def readings(fit: Ramp, start: int, n: int, dt: float) -> dict[str, float]:
    """Return the quantities of the fit on the time axis of the series."""
    span = (n - 1 - start) * dt
    duration = span / fit.covered if fit.covered > 0 else float("inf")
    at_start = fit.alpha0**2 / (4.0 * fit.a)
    return {
        "a": fit.a,
        "duration": duration,
        "time": start * dt + duration,
        "remaining": duration - span,
        "distance": at_start * (1.0 - fit.covered),
    }

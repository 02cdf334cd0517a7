"""Time to a fold: maximum likelihood for an equilibrium that is ramped towards its disappearance."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from scipy.optimize import minimize

from earlywarning._kernels_tipping import (
    ramp_loss,
    ramp_losses,
    simulate_ramp,
    simulate_trend,
    stationary_fit,
    trend_fit,
)
from earlywarning._levels import Series, as_levels, plain, table
from earlywarning.null_refits import upper_share

Interval = tuple[float, float]
FEWEST = 30
# Grid that begins the search: log of the relative curvature, share of the way to the fold covered at the end.
CURVES = np.linspace(-8.0, 1.0, 7)
SHARES = np.linspace(0.05, 0.95, 7)
WIDEST = 12.0
# Tolerance of the search, for the series and for its bootstrap paths.
FINE, ROUGH = 1e-8, 1e-3


@dataclass(frozen=True)
class TippingTime:
    """Fitted approach to a fold; never to be shown without its interval and its p-value.

    Attributes
    ----------
    alpha0, mu0, noise_variance : float
        Restoring rate, equilibrium and ``s^2`` of the stationary part.
    a : float
        Curvature of the drift.
    duration : float
        Units of time from the start of the ramp to the fold; infinite without a ramp.
    time : float
        Units of time from the first observation to the fold.
    remaining : float
        Units of time from the last observation to the fold.
    distance : float
        Distance ``-lambda`` to the fold at the last observation, in units of the drift.
    distance_at_start : float
        The same, ``alpha0^2 / (4 a)``, at the start of the ramp.
    intervals : dict of str to tuple of float
        Parametric bootstrap intervals of ``a``, ``duration``, ``time``, ``remaining``, ``distance``.
    p_value : float
        Of no ramp: share of paths that revert about a linear trend whose likelihood gains as much.
    identified : bool
        Whether the p-value is at most one minus the confidence.
    kept : float
        Share of bootstrap paths that had not passed the fold by the last observation; others are dropped.
    success : bool
        Whether the fit exists; everything is NaN otherwise.
    message : str
        What is wrong, or why nothing is identified; empty otherwise.
    confidence : float
        Level of the intervals.
    """

    alpha0: float
    mu0: float
    noise_variance: float
    a: float
    duration: float
    time: float
    remaining: float
    distance: float
    distance_at_start: float
    intervals: dict[str, Interval]
    p_value: float
    identified: bool
    kept: float
    success: bool
    message: str
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain Python values."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}

    def _repr_html_(self) -> str:
        rows = {}
        for name in ("remaining", "distance", "a"):
            low, high = self.intervals[name]
            rows[name] = f"{getattr(self, name):.4g} [{low:.4g}, {high:.4g}]"
        rows["p (no ramp)"] = f"{self.p_value:.3f}"
        rows["identified"] = "yes" if self.identified else f"no: {self.message}"
        return table("Time to a fold", rows)


@dataclass(frozen=True)
class _Ramp:
    alpha0: float
    mu0: float
    s2: float
    a: float
    covered: float  # share of the way to the fold at the last observation
    gain: float  # twice the log-likelihood over that of reversion about a linear trend


def _fit_ramp(x: np.ndarray, start: int, dt: float, precision: float) -> _Ramp | None:
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
    return _Ramp(alpha0, mu0, s2, float(unit * np.exp(best.x[0])), float(best.x[1]), float(gain))


def _simulate(x: np.ndarray, start: int, dt: float, fit: _Ramp, ramp: bool, noise: np.ndarray) -> np.ndarray:
    """Path of the fitted model, or of reversion about a trend, with a stationary part before it."""
    before = simulate_trend(x[0], noise[:start], dt, fit.alpha0, fit.mu0, fit.s2, 0.0)
    if ramp:
        rate = fit.covered / ((len(x) - 1 - start) * dt)
        after = simulate_ramp(before[-1], noise[start:], dt, fit.alpha0, fit.mu0, fit.s2, fit.a, rate)
    else:
        slope = trend_fit(x[start:], dt, fit.alpha0, fit.mu0, fit.s2)[0]
        after = simulate_trend(before[-1], noise[start:], dt, fit.alpha0, fit.mu0, fit.s2, slope)
    return np.concatenate([before, after[1:]])


def _refit(
    x: np.ndarray, start: int, dt: float, fit: _Ramp, ramp: bool, stream: np.random.SeedSequence
) -> _Ramp | None:
    noise = np.random.default_rng(stream).standard_normal(len(x) - 1)
    path = _simulate(x, start, dt, fit, ramp, noise)
    return None if np.isnan(path[-1]) else _fit_ramp(path, start, dt, ROUGH)


def _readings(fit: _Ramp, start: int, n: int, dt: float) -> dict[str, float]:
    """Quantities of the fit on the time axis of the series."""
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


def tipping_time(
    x: Series,
    dt: float = 1.0,
    *,
    ramp_start: int,
    direction: str = "down",
    confidence: float = 0.95,
    replications: int = 200,
    seed: int = 0,
    n_jobs: int = 1,
) -> TippingTime:
    """Estimate the time until a linearly ramped equilibrium disappears in a fold.

    Parameters
    ----------
    x : pandas.Series or array of shape (n,)
        Finite values at equal time steps.
    dt : float
        Time step.
    ramp_start : int
        Position of the last observation of the stationary part; the ramp begins there.
    direction : {"down", "up"}
        Which way the system would run after the fold.
    confidence : float
        Level of the intervals.
    replications : int
        Bootstrap paths for the intervals, and again as many for the p-value.
    seed, n_jobs : int
        Seed and threads; threads do not change the numbers.

    Returns
    -------
    TippingTime

    Raises
    ------
    ValueError
        For missing values, fewer than 30 points in either part, or an impossible option.

    Notes
    -----
    ``dX = -(a (X - m)^2 + lambda) dt + s dB`` with ``lambda = lambda0 (1 - t / duration)``: a method for
    systems known to approach a fold. It always returns a time; the p-value asks whether mean reversion about
    a straight line would look the same. Where the data allow a curvature near zero, the interval has no end.

    References
    ----------
    .. [1] Ditlevsen & Ditlevsen (2023), Nature Communications 14, 4254.
    """
    values, _ = as_levels(x, "x", at_least=2 * FEWEST)
    n = len(values)
    _check(n, values, dt, ramp_start, direction, confidence, replications)
    signed = values if direction == "down" else -values
    fit = _fit_ramp(signed, ramp_start, dt, FINE)
    if fit is None:
        return _failed("the stationary part does not revert to a mean, or no ramp fits", confidence)
    streams = np.random.SeedSequence(seed).spawn(2 * replications)
    refits = Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(_refit)(signed, ramp_start, dt, fit, i < replications, stream)
        for i, stream in enumerate(streams)
    )
    alternatives = [r for r in refits[:replications] if r is not None]
    gains = np.array([r.gain if r is not None else np.inf for r in refits[replications:]])
    readings = _readings(fit, ramp_start, n, dt)
    tail = (1.0 - confidence) / 2
    intervals = {}
    for name in readings:
        draws = [_readings(r, ramp_start, n, dt)[name] for r in alternatives]
        low, high = np.quantile(draws, [tail, 1 - tail], method="nearest") if draws else (np.nan, np.nan)
        intervals[name] = (float(low), float(high))
    p_value = upper_share(gains, fit.gain)
    identified = p_value <= 1.0 - confidence
    return TippingTime(
        alpha0=fit.alpha0,
        mu0=fit.mu0 if direction == "down" else -fit.mu0,
        noise_variance=fit.s2,
        **readings,
        distance_at_start=fit.alpha0**2 / (4.0 * fit.a),
        intervals=intervals,
        p_value=p_value,
        identified=identified,
        kept=len(alternatives) / replications,
        success=True,
        message="" if identified else f"reversion about a trend would look like this (p = {p_value:.2f})",
        confidence=confidence,
    )


def _check(
    n: int,
    values: np.ndarray,
    dt: float,
    ramp_start: int,
    direction: str,
    confidence: float,
    replications: int,
) -> None:
    if not dt > 0:
        raise ValueError(f"dt must be positive, got {dt}")
    if not FEWEST <= ramp_start <= n - FEWEST:
        raise ValueError(f"ramp_start must leave {FEWEST} of the {n} points on each side, got {ramp_start}")
    if direction not in ("down", "up"):
        raise ValueError(f"direction must be 'down' or 'up', got {direction!r}")
    if not 0.5 < confidence < 1:
        raise ValueError(f"confidence must lie between 0.5 and 1, got {confidence}")
    if replications < 19:
        raise ValueError(f"replications must be at least 19, got {replications}")
    if np.ptp(values[: ramp_start + 1]) == 0:
        raise ValueError(f"x must not be constant before ramp_start={ramp_start}")


def _failed(message: str, confidence: float) -> TippingTime:
    nan = float("nan")
    names = ("a", "duration", "time", "remaining", "distance")
    return TippingTime(
        *(nan,) * 9, dict.fromkeys(names, (nan, nan)), nan, False, nan, False, message, confidence
    )

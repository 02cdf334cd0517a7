"""Time to a fold: maximum likelihood for an equilibrium that is ramped towards its disappearance."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from earlywarning.core.input_checks import Series, finite_values
from earlywarning.core.notebook import interval, table
from earlywarning.core.null_refits import upper_share
from earlywarning.core.plain_values import plain
from earlywarning.phase.fold_model import FINE, fit_ramp, readings, refit

Interval = tuple[float, float]
FEWEST = 30
MAX_POINTS = 20_000
READINGS = ("a", "duration", "time", "remaining", "distance")


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
        if not self.success:
            return table("Time to a fold", {"no fit": self.message})
        rows = {
            name: f"{getattr(self, name):.4g} {interval(self.intervals[name])}"
            for name in ("remaining", "distance", "a")
        }
        rows["p (no ramp)"] = f"{self.p_value:.3f}"
        rows["identified"] = "yes" if self.identified else f"no: {self.message}"
        kept = f"{self.kept:.0%} of the bootstrap paths had not passed the fold and were kept."
        return table("Time to a fold", rows, kept)


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
    max_points: int = MAX_POINTS,
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
    max_points : int
        Refuse longer series: two thousand points already take seconds.

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
    values, _ = finite_values(x, "x", least=2 * FEWEST)
    n = len(values)
    if n > max_points:
        raise ValueError(f"x must have at most max_points={max_points} points, got {n}; thin it out")
    _check(n, values, dt, ramp_start, direction, confidence, replications)
    signed = values if direction == "down" else -values
    fit = fit_ramp(signed, ramp_start, dt, FINE)
    if fit is None:
        return _failed("the stationary part does not revert to a mean, or no ramp fits", confidence)
    streams = np.random.SeedSequence(seed).spawn(2 * replications)
    refits = Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(refit)(signed, ramp_start, dt, fit, i < replications, stream)
        for i, stream in enumerate(streams)
    )
    alternatives = [r for r in refits[:replications] if r is not None]
    gains = np.array([r.gain if r is not None else np.inf for r in refits[replications:]])
    p_value = upper_share(gains, fit.gain)
    identified = p_value <= 1.0 - confidence
    return TippingTime(
        alpha0=fit.alpha0,
        mu0=fit.mu0 if direction == "down" else -fit.mu0,
        noise_variance=fit.s2,
        **readings(fit, ramp_start, n, dt),
        distance_at_start=fit.alpha0**2 / (4.0 * fit.a),
        intervals=_intervals([readings(r, ramp_start, n, dt) for r in alternatives], confidence),
        p_value=p_value,
        identified=identified,
        kept=len(alternatives) / replications,
        success=True,
        message="" if identified else f"reversion about a trend would look like this (p = {p_value:.2f})",
        confidence=confidence,
    )


def _intervals(draws: list[dict[str, float]], confidence: float) -> dict[str, Interval]:
    """Quantiles of each reading over the bootstrap paths; NaN without paths."""
    if not draws:
        return dict.fromkeys(READINGS, (float("nan"), float("nan")))
    tail = (1.0 - confidence) / 2
    intervals = {}
    for name in READINGS:
        low, high = np.quantile([draw[name] for draw in draws], [tail, 1 - tail], method="nearest")
        intervals[name] = (float(low), float(high))
    return intervals


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
    return TippingTime(*(nan,) * 9, _intervals([], confidence), nan, False, nan, False, message, confidence)

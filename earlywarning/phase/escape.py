"""Mean time until a one-dimensional diffusion with fitted drift first crosses an unstable point."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.integrate import cumulative_trapezoid

from earlywarning.core.notebook import interval, table
from earlywarning.core.plain_values import plain
from earlywarning.phase.drift import Drift
from earlywarning.phase.fixed_points import fixed_points, home_of
from earlywarning.phase.phase_portrait import Portrait

GRID = 2001
# How far past the home point, in stationary spreads, an open side is closed by a wall.
FAR = 8.0
# Above this difference of potential (in half noise variances) the time overflows and means never.
HIGHEST_BARRIER = 300.0


@dataclass(frozen=True)
class EscapeTime:
    """Mean first passage from the present level over an unstable point.

    Attributes
    ----------
    mean : float
        In units of time; NaN when the shape is not identified, with the reason in ``message``.
    interval : tuple of float
        Quantiles over draws of the drift coefficients that kept the unstable points.
    kept : float
        Share of draws that did.
    barriers : tuple of float
        The unstable points around the present.
    message : str
        Why there is no estimate; empty otherwise.
    """

    mean: float
    interval: tuple[float, float]
    kept: float
    barriers: tuple[float, ...]
    message: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain Python values."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}

    def _repr_html_(self) -> str:
        if self.message:
            return table("Escape time", {"not known": self.message})
        rows = {
            "mean": f"{self.mean:.4g} {interval(self.interval)} units of time",
            "over": ", ".join(f"{level:.6g}" for level in self.barriers),
            "draws that keep the barriers": f"{self.kept:.0%}",
        }
        return table("Escape time", rows)


def mean_passage_time(
    drift: Drift, start: float, low: float, high: float, absorb: tuple[bool, bool]
) -> float:
    """Return the mean first passage time of ``dX = f dt + s dB`` out of ``[low, high]``.

    Parameters
    ----------
    drift : Drift
        Drift f and noise variance ``s^2``.
    start, low, high : float
        Starting level and the ends of the interval.
    absorb : tuple of bool
        Whether the low and the high end absorb; an end that does not reflects. At least one must absorb.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If neither end absorbs or start lies outside.

    References
    ----------
    .. [1] Gardiner (2009), Stochastic Methods, section 5.5.
    """
    if not any(absorb):
        raise ValueError("absorb must be true for at least one end, got (False, False)")
    if not low < start < high:
        raise ValueError(f"start must lie between low={low:g} and high={high:g}, got {start:g}")
    if not absorb[1]:
        mirrored = Drift(
            -drift.scaled * (-1.0) ** np.arange(drift.degree + 1),
            drift.scaled_covariance,
            -drift.centre,
            drift.scale,
            drift.noise_variance,
        )
        return mean_passage_time(mirrored, -start, -high, -low, (False, True))
    x = np.linspace(low, high, GRID)
    potential = 2.0 / drift.noise_variance * cumulative_trapezoid(drift(x), x, initial=0.0)
    if np.ptp(potential) > HIGHEST_BARRIER:
        return float("inf")
    top = potential.max()
    density = np.exp(potential - top) * 2.0 / drift.noise_variance
    scale = np.exp(top - potential)
    inner = cumulative_trapezoid(density, x, initial=0.0)
    outward = cumulative_trapezoid(inner * scale, x, initial=0.0)
    passage = outward[-1] - outward
    if absorb[0]:
        reach = cumulative_trapezoid(scale, x, initial=0.0)
        passage = outward[-1] * reach / reach[-1] - outward
    return float(np.interp(start, x, passage))


def escape_time(portrait: Portrait, *, draws: int = 200, seed: int = 0) -> EscapeTime:
    """Return the mean time until the series first crosses an unstable point, where one is identified.

    Parameters
    ----------
    portrait : Portrait
        Result of `portrait`.
    draws : int
        Draws of the coefficients for the interval.
    seed : int
        Seed of the draws.

    Returns
    -------
    EscapeTime
        NaN with a reason unless the portrait is identified and the present has a home equilibrium.
    """
    nothing = (float("nan"), float("nan"))
    if not portrait.identified:
        message = f"not identified: {portrait.message}"
        return EscapeTime(float("nan"), nothing, float("nan"), (), message)
    mean, barriers = _from_present(portrait.drift, portrait.present)
    if not barriers:
        message = "the present lies beyond the unstable points"
        return EscapeTime(mean, nothing, float("nan"), (), message)
    rng = np.random.default_rng(seed)
    drift = portrait.drift
    samples = rng.multivariate_normal(drift.scaled, drift.scaled_covariance, draws)
    times = []
    for sample in samples:
        time, crossed = _from_present(replace(drift, scaled=sample), portrait.present)
        if len(crossed) == len(barriers):
            times.append(time)
    tail = (1.0 - portrait.confidence) / 2
    low, high = np.quantile(times, [tail, 1.0 - tail], method="nearest") if times else nothing
    return EscapeTime(mean, (float(low), float(high)), len(times) / draws, barriers)


def _from_present(drift: Drift, present: float) -> tuple[float, tuple[float, ...]]:
    """Mean passage time over the unstable points around the present, and those points."""
    points = fixed_points(drift, 1.0)
    home = home_of(points, present)
    if home is None:
        return float("nan"), ()
    below = [p.value for p in points if not p.stable and p.value < min(home.value, present)]
    above = [p.value for p in points if not p.stable and p.value > max(home.value, present)]
    wall = FAR * np.sqrt(drift.noise_variance / (2.0 * abs(home.slope)))
    low = below[-1] if below else min(home.value, present) - wall
    high = above[0] if above else max(home.value, present) + wall
    barriers = tuple(below[-1:] + above[:1])
    if not barriers:
        return float("nan"), ()
    return mean_passage_time(drift, present, low, high, (bool(below), bool(above))), barriers

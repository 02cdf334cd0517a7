"""Non-parametric drift and diffusion of a level series: the picture behind the cubic, with bands."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from earlywarning.core.input_checks import Series, finite_values
from earlywarning.core.notebook import table
from earlywarning.core.plain_values import plain

# Fewer effective observations than this under the kernel, and a grid point says nothing.
FEWEST_EFFECTIVE = 10.0


@dataclass(frozen=True, eq=False)
class Transitions:
    """Moments of the increments given the level, per unit of time, on a grid.

    Attributes
    ----------
    grid : numpy.ndarray, shape (k,)
        Levels.
    drift, drift_low, drift_high : numpy.ndarray, shape (k,)
        Mean increment and its pointwise band; NaN where data are too few.
    diffusion : numpy.ndarray, shape (k,)
        Variance of the continuous part, ``max(0, second - jump_intensity * jump_variance)``.
    second, second_low, second_high : numpy.ndarray, shape (k,)
        Variance of the increments, jumps included, and its pointwise band.
    jump_variance : float
        Variance of a jump; zero when the increments have no excess kurtosis.
    jump_intensity : numpy.ndarray, shape (k,)
        Jumps per unit of time.
    effective : numpy.ndarray, shape (k,)
        Effective number of transitions under the kernel.
    bandwidth, dt, confidence : float
        Kernel standard deviation in levels, time step, level of the bands.
    """

    grid: np.ndarray
    drift: np.ndarray
    drift_low: np.ndarray
    drift_high: np.ndarray
    diffusion: np.ndarray
    second: np.ndarray
    second_low: np.ndarray
    second_high: np.ndarray
    jump_variance: float
    jump_intensity: np.ndarray
    effective: np.ndarray
    bandwidth: float
    dt: float
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain Python values."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}

    def plot(self, ax: Any = None) -> Any:
        """Draw drift and diffusion with their bands; see :func:`earlywarning.plot.phase.plot_moments`."""
        from earlywarning.plot.phase import plot_moments

        return plot_moments(self, ax)

    def _repr_html_(self) -> str:
        known = ~np.isnan(self.drift)
        apart = known & ((self.drift_low > 0) | (self.drift_high < 0))
        jumps = f"variance {self.jump_variance:.4g}" if self.jump_variance else "none seen"
        rows = {
            "levels": f"{self.grid[0]:.6g} to {self.grid[-1]:.6g}",
            "with enough data": f"{known.sum()} of {known.size}",
            "drift": f"its band leaves zero out at {apart.sum()} levels",
            "jumps": jumps,
            "bandwidth": self.bandwidth,
        }
        return table("Drift and diffusion by level", rows, f"Pointwise {self.confidence:.0%} bands.")


def transitions(
    x: Series,
    dt: float = 1.0,
    *,
    grid: Any = None,
    bandwidth: float | None = None,
    confidence: float = 0.95,
) -> Transitions:
    """Estimate drift and diffusion at each level from the increments that started nearby.

    Parameters
    ----------
    x : pandas.Series or array of shape (n,)
        Finite levels at equal time steps, at least 30.
    dt : float
        Time step.
    grid : array_like of shape (k,), optional
        Levels; 60 between the 1% and 99% quantiles by default.
    bandwidth : float, optional
        Standard deviation of the Gaussian kernel, in levels; ``1.06 s n^(-1/5)`` by default.
    confidence : float
        Level of the bands.

    Returns
    -------
    Transitions

    Raises
    ------
    ValueError
        For missing values, too few points, a constant series, or an impossible option.

    Notes
    -----
    Conditional moments come from kernel regression. Jumps are told from diffusion by the fourth and sixth
    moments, as Bandi & Nguyen and Johannes do, but with the terms of a finite time step kept: without them a
    pure diffusion observed at steps ``dt`` passes for one jump a step. Clustered volatility also shows up as
    jumps. Bands are pointwise and take the increments as uncorrelated given the level.

    References
    ----------
    .. [1] Bandi & Nguyen (2003), Journal of Econometrics 116, 293-328.
    .. [2] Johannes (2004), Journal of Finance 59, 227-260.
    """
    levels, _ = finite_values(x, "x", least=30)
    if not dt > 0:
        raise ValueError(f"dt must be positive, got {dt}")
    if not 0.5 < confidence < 1:
        raise ValueError(f"confidence must lie between 0.5 and 1, got {confidence}")
    before, step = levels[:-1], np.diff(levels)
    if np.ptp(before) == 0:
        raise ValueError(f"x must not be constant, got {levels[0]:g} throughout")
    width = 1.06 * before.std() * len(before) ** -0.2 if bandwidth is None else float(bandwidth)
    if not width > 0:
        raise ValueError(f"bandwidth must be positive, got {bandwidth}")
    low, high = np.quantile(before, [0.01, 0.99])
    points = np.linspace(low, high, 60) if grid is None else np.array(grid, float)
    weights, effective = _weights(points, before, width)
    first = weights @ step
    noise = step - np.interp(before, points, np.nan_to_num(first))
    second, fourth = weights @ noise**2, weights @ noise**4
    reach = NormalDist().inv_cdf(0.5 + confidence / 2) / np.sqrt(effective)
    jump_variance = _jump_variance(noise)
    continuous, chance = _without_jumps(second, fourth, jump_variance)
    spread = np.sqrt(np.maximum(fourth - second**2, 0.0))
    return Transitions(
        grid=points,
        drift=first / dt,
        drift_low=(first - reach * np.sqrt(second)) / dt,
        drift_high=(first + reach * np.sqrt(second)) / dt,
        diffusion=continuous / dt,
        second=second / dt,
        second_low=np.maximum(second - reach * spread, 0.0) / dt,
        second_high=(second + reach * spread) / dt,
        jump_variance=jump_variance,
        jump_intensity=chance / dt,
        effective=effective,
        bandwidth=width,
        dt=float(dt),
        confidence=confidence,
    )


def _weights(points: np.ndarray, before: np.ndarray, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Kernel weights, a row a grid point summing to one, and effective counts; NaN where too few."""
    kernel = np.exp(-0.5 * ((points[:, np.newaxis] - before) / width) ** 2)
    total = kernel.sum(axis=1)
    effective = np.where(total > 0, total**2 / np.maximum((kernel**2).sum(axis=1), 1e-300), 0.0)
    enough = effective >= FEWEST_EFFECTIVE
    total = np.where(enough, total, np.nan)
    return kernel / total[:, np.newaxis], np.where(enough, effective, np.nan)


def _jump_variance(noise: np.ndarray) -> float:
    """Jump variance of a normal noise whose variance is ``v``, or ``v + jump_variance`` on rare steps.

    Mean, variance and skewness of that two-point variance follow from the second, fourth and sixth moments.
    """
    mean, square, cube = np.mean(noise**2), np.mean(noise**4) / 3.0, np.mean(noise**6) / 15.0
    variance = square - mean**2
    # Excess kurtosis within two standard errors of zero is no evidence of jumps.
    if variance <= 2.0 * np.sqrt(24.0 / len(noise)) / 3.0 * mean**2:
        return 0.0
    skewness = (cube - 3.0 * mean * square + 2.0 * mean**3) / variance**1.5
    # For a two-point variable with chance q of the upper point, q (1 - q) = 1 / (4 + skewness^2).
    return float(np.sqrt(variance * (4.0 + skewness**2)))


def _without_jumps(
    second: np.ndarray, fourth: np.ndarray, jump_variance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Variance of the continuous part of a step, and the chance of a jump in it, at each grid point."""
    if jump_variance == 0:
        return second, np.where(np.isnan(second), np.nan, 0.0)
    share = np.clip((fourth / 3.0 - second**2) / jump_variance**2, 0.0, 0.25)
    chance = 0.5 * (1.0 - np.sqrt(1.0 - 4.0 * share))
    return np.maximum(second - chance * jump_variance, 0.0), chance

"""Where debt dynamics stand still: stable debt and limit of a reaction, their intervals, and slopes."""

import numpy as np
from numpy.polynomial import polynomial

from earlywarning.macro.fiscal_reaction import Reaction, Record

Interval = tuple[float, float]
NOWHERE = (float("nan"), float("nan"))


def drift_of_debt(powers: np.ndarray, growth: float, record: Record) -> np.ndarray:
    """Return ``f = growth d - pb(d)`` in powers of standardised debt."""
    f = -powers.astype(float)
    f[0] += growth * record.centre
    f[1] += growth * record.scale
    return f


def roots(powers: np.ndarray, growth: float, record: Record) -> tuple[float, float]:
    """Return stable debt and debt limit of a reaction, in per cent of GDP; NaN where there is none.

    The limit is the unstable root that bounds the basin of the present from above; for debt beyond every
    root, the largest unstable one.
    """
    f = drift_of_debt(powers, growth, record)
    z = polynomial.polyroots(polynomial.polytrim(f, 1e-14 * np.abs(f).max()))
    real = np.sort(z[np.abs(z.imag) <= 1e-9 * (1 + np.abs(z))].real)
    slopes = polynomial.polyval(real, polynomial.polyder(f))
    now = (record.debt[-1] - record.centre) / record.scale
    above = real[(slopes > 0) & (real > now)]
    stable, unstable = real[slopes < 0], real[slopes > 0]
    limit = above[0] if len(above) else (unstable[-1] if len(unstable) else np.nan)
    below = stable[stable < limit] if np.isfinite(limit) else stable
    home = below[-1] if len(below) else (stable[0] if len(stable) and not np.isfinite(limit) else np.nan)
    if np.isfinite(limit) and not np.isfinite(home):
        limit = np.nan  # an unstable root alone bounds nothing that debt is drawn to
    return float(record.centre + record.scale * home), float(record.centre + record.scale * limit)


def root_interval(
    root: float, fitted: Reaction, growth: tuple[float, float], record: Record, quantile: float
) -> Interval:
    """Return the delta-method interval of a root; ``growth`` is r - g with its standard error."""
    if not np.isfinite(root):
        return NOWHERE
    z = (root - record.centre) / record.scale
    gradient = z ** np.arange(fitted.degree + 1)
    variance = gradient @ fitted.powers_covariance @ gradient + (root * growth[1]) ** 2
    slope, _ = slope_at(fitted, growth, record, root)
    return around(root, quantile * np.sqrt(variance) / abs(slope))


def slope_at(
    fitted: Reaction, growth: tuple[float, float], record: Record, debt: float
) -> tuple[float, float]:
    """Return ``f'(debt)`` and its standard error."""
    z = (debt - record.centre) / record.scale
    k = np.arange(fitted.degree + 1)
    gradient = np.where(k > 0, k * z ** np.maximum(k - 1, 0), 0.0) / record.scale
    variance = gradient @ fitted.powers_covariance @ gradient + growth[1] ** 2
    return float(growth[0] - gradient @ fitted.powers), float(np.sqrt(variance))


def around(value: float, reach: float) -> Interval:
    """Return the interval of a value."""
    return float(value - reach), float(value + reach)


def limit_quantiles(limits: np.ndarray, confidence: float) -> Interval:
    """Return the middle of the refits' limits; those without one count as limits beyond any number."""
    tail = (1 - confidence) / 2
    ordered = np.sort(np.where(np.isfinite(limits), limits, np.inf))
    return float(ordered[int(tail * len(ordered))]), float(
        ordered[int(np.ceil((1 - tail) * len(ordered))) - 1]
    )

"""A polynomial drift with its covariance, kept in standardised levels so that no digits are lost."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import polynomial

from earlywarning._kernels.drift_polynomials import fit_drift
from earlywarning._kernels.paths import garch_variance


@dataclass(frozen=True, eq=False)
class Drift:
    """``f(x) = sum_k scaled[k] z^k`` per unit of time, ``z = (x - centre) / scale``.

    Attributes
    ----------
    scaled : numpy.ndarray, shape (degree + 1,)
        Coefficients in powers of z.
    scaled_covariance : numpy.ndarray, shape (degree + 1, degree + 1)
        Their covariance.
    centre, scale : float
        Mean and standard deviation of the levels.
    noise_variance : float
        Residual variance per unit of time, in squared units of x.
    """

    scaled: np.ndarray
    scaled_covariance: np.ndarray
    centre: float
    scale: float
    noise_variance: float

    @property
    def degree(self) -> int:
        """Degree of the polynomial."""
        return len(self.scaled) - 1

    def _z(self, x: Any) -> np.ndarray:
        return (np.asarray(x, dtype=float) - self.centre) / self.scale

    def _powers(self, x: Any) -> np.ndarray:
        return self._z(x)[..., np.newaxis] ** np.arange(self.degree + 1)

    def __call__(self, x: Any) -> np.ndarray:
        """Return the drift at levels x."""
        return polynomial.polyval(self._z(x), self.scaled)

    def slope(self, x: Any) -> np.ndarray:
        """Return the derivative of the drift at levels x."""
        return polynomial.polyval(self._z(x), polynomial.polyder(self.scaled)) / self.scale

    def error(self, x: Any) -> np.ndarray:
        """Return the standard error of the drift at levels x."""
        return self._error(self._powers(x))

    def slope_error(self, x: Any) -> np.ndarray:
        """Return the standard error of the slope at levels x."""
        powers = self._powers(x)
        gradient = np.zeros_like(powers)
        gradient[..., 1:] = powers[..., :-1] * np.arange(1, self.degree + 1)
        return self._error(gradient) / self.scale

    def _error(self, gradient: np.ndarray) -> np.ndarray:
        return np.sqrt(np.einsum("...i,ij,...j->...", gradient, self.scaled_covariance, gradient))

    def in_levels(self) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients and covariance in powers of x itself."""
        shift = np.zeros((self.degree + 1, self.degree + 1))
        for k in range(self.degree + 1):
            shift[: k + 1, k] = polynomial.polypow([-self.centre / self.scale, 1.0 / self.scale], k)
        return shift @ self.scaled, shift @ self.scaled_covariance @ shift.T

    def real_roots(self) -> np.ndarray:
        """Return the levels of zero drift in ascending order."""
        return self._levels_of(polynomial.polyroots(self.scaled))

    def turning_points(self) -> np.ndarray:
        """Return the levels where the drift has a local extremum, in ascending order."""
        return self._levels_of(polynomial.polyroots(polynomial.polyder(self.scaled)))

    def _levels_of(self, z: np.ndarray) -> np.ndarray:
        real = z[np.abs(z.imag) <= 1e-9 * (1.0 + np.abs(z))].real
        return np.sort(self.centre + self.scale * real)


def estimate_drift(x: np.ndarray, dt: float, degree: int, lags: int, garch: np.ndarray) -> Drift:
    """Fit the drift by least squares, or with GARCH variances as weights, and its robust covariance.

    Parameters
    ----------
    x : numpy.ndarray, shape (n,)
        Finite levels, not constant.
    dt : float
        Time step.
    degree, lags : int
        Degree of the polynomial; lags of the Bartlett long-run covariance.
    garch : numpy.ndarray, shape (0,) or (3,)
        Omega, alpha and beta of unit-variance shocks to weight by; empty for equal weights.

    Returns
    -------
    Drift

    Raises
    ------
    ValueError
        If x takes too few distinct levels for the degree.
    """
    centre, scale = x[:-1].mean(), x[:-1].std()
    z, dz = (x[:-1] - centre) / scale, np.diff(x) / scale
    fit = fit_drift(z, dz, np.ones(len(z)), degree, lags)
    if fit[4] and len(garch):
        shocks = fit[3] / fit[3].std()
        fit = fit_drift(z, dz, 1.0 / garch_variance(shocks, *garch), degree, lags)
    coefficients, covariance, powers, residual, full = fit
    if not full:
        raise ValueError(f"x must take more than degree + 1 = {degree + 1} distinct levels")
    per_time = scale / dt
    return Drift(
        scaled=per_time * powers.T @ coefficients,
        scaled_covariance=per_time**2 * powers.T @ covariance @ powers,
        centre=float(centre),
        scale=float(scale),
        noise_variance=float(residual @ residual) / (len(z) - degree - 1) * scale**2 / dt,
    )

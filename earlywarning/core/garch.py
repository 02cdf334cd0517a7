"""GARCH(1,1) with Student-t innovations: fitted once, simulated often."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from earlywarning._kernels.garch import fit_garch_t
from earlywarning._kernels.paths import garch_shocks

# With fewer shocks the likelihood says nothing about persistence.
FEWEST_SHOCKS = 50


@dataclass(frozen=True)
class Garch:
    """Parameters for shocks of unit variance, and the scale that restores the data's.

    Attributes
    ----------
    omega, alpha, beta : float
        Conditional variance ``omega + alpha shock^2 + beta variance`` in units of ``scale^2``.
    nu : float
        Degrees of freedom of the innovations.
    scale : float
        Standard deviation of the fitted shocks.
    mean : float
        Mean of the steps that the shocks are about, in units of ``scale``.
    """

    omega: float
    alpha: float
    beta: float
    nu: float
    scale: float
    mean: float = 0.0

    def variance_parameters(self) -> np.ndarray:
        """Return omega, alpha and beta as kernels take them."""
        return np.array([self.omega, self.alpha, self.beta])

    def simulate(self, rng: np.random.Generator, paths: int, n: int) -> np.ndarray:
        """Draw shocks of shape (paths, n) that start from the sample variance."""
        noise = rng.standard_t(self.nu, (paths, n)) * np.sqrt((self.nu - 2.0) / self.nu)
        return self.scale * garch_shocks(noise, self.omega, self.alpha, self.beta)


def fit_garch(steps: np.ndarray, mean: Literal["Zero", "Constant"] = "Zero") -> Garch:
    """Fit a GARCH(1,1)-t by maximum likelihood.

    Parameters
    ----------
    steps : numpy.ndarray, shape (n,)
        Finite increments or residuals, at least 50 of them, not all alike.
    mean : {"Zero", "Constant"}
        Whether they are demeaned already, or their mean is fitted too.

    Returns
    -------
    Garch
        Of the largest likelihood, at the edge of stationarity too. Steps that hardly ever move have none in
        the usual sense: it is then the best that was found.

    References
    ----------
    .. [1] Bollerslev (1987), Review of Economics and Statistics 69, 542-547.
    """
    scale = float(np.std(steps))
    parameters, *_ = fit_garch_t(np.ascontiguousarray(steps) / scale, mean == "Constant")
    location, omega, alpha, beta, nu = parameters.tolist()
    return Garch(omega, alpha, beta, nu, scale, location)

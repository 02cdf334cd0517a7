"""The shocks of AR(1) errors: constant variance or GARCH(1,1), their weights and draws."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lppl._kernels.garch import fit_garch_t

KINDS = ("garch", "constant")
GARCH_MIN = 100  # returns below which five GARCH parameters mean nothing
FEWEST = 30  # prices


@dataclass(frozen=True, eq=False)
class Shocks:
    """How the variance of the shocks moves, relative to its geometric mean.

    Attributes
    ----------
    alpha, beta, nu : float
        GARCH(1,1)-t parameters; NaN for normal shocks of constant variance.
    omega : float
        Its constant, relative to the geometric mean of the variances.
    variances : ndarray, shape (n - 1,)
        Relative variance of every shock.
    """

    omega: float
    alpha: float
    beta: float
    nu: float
    variances: NDArray[np.float64]

    @property
    def weights(self) -> NDArray[np.float64]:
        """Inverse variances, first that of the error the series starts with: the mean variance's."""
        return 1.0 / np.append(self.variances.mean(), self.variances)

    def draw(self, paths: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw (paths, n - 1) shocks; each path starts at a variance the series has known."""
        steps = self.variances.size
        if np.isnan(self.nu):
            return rng.standard_normal((paths, steps))
        shocks = rng.standard_t(self.nu, (steps, paths)) * np.sqrt((self.nu - 2.0) / self.nu)
        variance = rng.choice(self.variances, paths)
        for i in range(steps):
            shocks[i] *= np.sqrt(variance)
            variance = self.omega + self.alpha * shocks[i] ** 2 + self.beta * variance
        return np.ascontiguousarray(shocks.T)

    def to_dict(self) -> dict[str, Any]:
        """Return the GARCH parameters as plain values."""
        return {name: getattr(self, name) for name in ("omega", "alpha", "beta", "nu")}


def fit_shocks(y: NDArray[np.float64], kind: str) -> Shocks | None:
    """Return the shocks of a random walk fitted to log-prices, None where GARCH has no maximum."""
    steps = np.diff(y)
    if kind == "constant":
        return Shocks(np.nan, np.nan, np.nan, np.nan, np.ones(steps.size))
    scale = steps.std()
    if scale == 0.0:
        return None
    (_, omega, alpha, beta, nu), _, ended, variances = fit_garch_t((steps - steps.mean()) / scale, True)
    if not ended:
        return None
    level = np.exp(np.log(variances).mean())
    return Shocks(float(omega / level), float(alpha), float(beta), float(nu), variances / level)


def fewest_prices(kind: str) -> int:
    """Return how many prices a kind of shocks asks for.

    Raises
    ------
    ValueError
        If there is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"shocks must be one of {', '.join(KINDS)}, got {kind!r}")
    return GARCH_MIN + 2 if kind == "garch" else FEWEST


def shocks_of(y: NDArray[np.float64], kind: str) -> Shocks:
    """Return the shocks of a random walk fitted to log-prices.

    Raises
    ------
    ValueError
        If the prices do not change, or GARCH has no maximum.
    """
    found = fit_shocks(y, kind) if np.ptp(y) > 0.0 else None
    if found is None:
        raise ValueError("prices must change, and admit a GARCH(1,1)-t fit for shocks='garch'")
    return found
